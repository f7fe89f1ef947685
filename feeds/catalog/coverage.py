"""What else covers the same as an article: what is known of it, and what its entry shows."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    delete,
    select,
    true,
    union,
)

from feeds.catalog import coverage_schema, schema
from feeds.catalog.expressions import AsJson
from feeds.catalog.lists import drop_lists, write_lists
from feeds.catalog.parts import parts
from feeds.catalog.records import RECORD, WITH_RECORDS
from feeds.catalog.rows import in_batches
from feeds.corpus.records import unpack_subject
from feeds.model import PackedReference, Subject

_articles = schema.articles
_coverage = schema.coverage
_held = coverage_schema.held
_mentions = coverage_schema.mentions
_profiles = coverage_schema.profiles
_SHOWN = _articles.c.shown_as.is_not(None)
_IS_SHOWN = _profiles.c.article.is_not(None)
_TOLD = (
    _IS_SHOWN.label("is_published"),
    *(_profiles.c[name] for name in ("url", "headline", "published", "provider", "name")),
    _profiles.c.language,
)


class Coverage:
    """The coverage of articles.

    With `held_until`, in seconds since 1970, documents that are held and not of a later date
    may be part of it.
    """

    def __init__(self, connection: Connection, held_until: int | None) -> None:
        self._connection = connection
        self._held_until = held_until

    def subjects(self, keys: Iterable[int] | None = None) -> Iterator[list[Subject]]:
        """Give, in batches, the articles that are shown: all, or those of some."""
        query = select(_articles.c.key, RECORD).select_from(WITH_RECORDS).where(_SHOWN)
        for rows in in_batches(self._connection, query, _articles.c.key, keys):
            yield [unpack_subject(row.key, row.record) for row in rows]

    def paths(self, keys: Iterable[int]) -> set[str]:
        """Give the paths of some articles."""
        query = select(_articles.c.path)
        return {
            path
            for part in parts(keys)
            for path in self._connection.execute(query.where(_articles.c.key.in_(part))).scalars()
        }

    def affected(self, paths: Iterable[str]) -> set[int]:
        """Give the shown articles whose coverage may change with some documents.

        They refer to one of these, list its address or that of one it stands for, or are
        listed by it.
        """
        found: set[int] = set()
        for part in parts(paths):
            addresses = union(
                select(_held.c.address).where(_held.c.path.in_(part)),
                select(_articles.c.address).where(_articles.c.path.in_(part)),
                select(_articles.c.address).where(_articles.c.shadowed_by.in_(part)),
            ).scalar_subquery()
            listing = select(_mentions.c.path).where(_mentions.c.address.in_(addresses))
            listed = select(_mentions.c.address).where(_mentions.c.path.in_(part))
            for query in (
                select(_coverage.c.article).where(_coverage.c.path.in_(part)),
                select(_articles.c.key).where(_SHOWN, _articles.c.path.in_(listing)),
                select(_articles.c.key).where(_SHOWN, _articles.c.address.in_(listed)),
            ):
                found.update(self._connection.execute(query).scalars())
        return found

    def at(self, paths: Iterable[str] | None = None) -> dict[str, tuple[str, str]]:
        """Give, by address, which document is where documents, all or some, list one.

        After its path comes that of the one that tells: where another stands for the document,
        it is the other. Of several, the
        newest counts, then the one whose path sorts first.
        """
        found: dict[str, tuple[str, str]] = {}
        for condition in _each_part(_mentions.c.path, paths):
            for table, teller, also in self._referable():
                query = (
                    select(_mentions.c.address, table.c.path, teller)
                    .join(table, table.c.address == _mentions.c.address)
                    .join(_profiles, _profiles.c.path == teller)
                    .where(condition, *also)
                    .order_by(table.c.published, table.c.path.desc())
                )
                rows = self._connection.execute(query)
                found |= {address: (path, told_by) for address, path, told_by in rows}
        return found

    def listing(self, keys: Iterable[int] | None = None) -> dict[str, list[str]]:
        """Give who lists the addresses of articles, all or some: paths, the newest first."""
        found: dict[str, list[str]] = {}
        query = (
            select(_articles.c.address, _profiles.c.path)
            .join(_mentions, _mentions.c.address == _articles.c.address)
            .join(_profiles, _profiles.c.path == _mentions.c.path)
            .order_by(_profiles.c.published.desc(), _profiles.c.path)
        )
        for condition in _each_part(_articles.c.key, keys):
            for address, path in self._connection.execute(query.where(condition)):
                found.setdefault(address, []).append(path)
        return found

    def told(self, paths: Iterable[str] | None = None) -> dict[str, PackedReference]:
        """Give what is told of the documents that may be referred to, all or some, by path."""
        query = select(_profiles.c.path, *_TOLD)
        return {
            row[0]: PackedReference(*row)
            for condition in _each_part(_profiles.c.path, paths)
            for row in self._connection.execute(query.where(condition))
        }

    def keep(
        self, coverage: Mapping[int, tuple[PackedReference, ...]], *, anew: bool = False
    ) -> set[int]:
        """Keep what entries show, and give the articles whose entries show something else now.

        Where this is `anew`, nothing is kept of these articles yet.
        """
        before = {} if anew else self._kept(coverage)
        return write_lists(self._connection, _coverage, before, coverage)

    def forget(self) -> None:
        """Forget the coverage of all articles."""
        self._connection.execute(delete(_coverage))

    def drop(self, keys: Iterable[int]) -> None:
        """Forget the coverage of some articles."""
        drop_lists(self._connection, _coverage, keys)

    def _kept(self, keys: Iterable[int]) -> dict[int, list[PackedReference]]:
        found: dict[int, list[PackedReference]] = {}
        query = select(_coverage).order_by(_coverage.c.article, _coverage.c.place)
        for part in parts(keys):
            rows = self._connection.execute(query.where(_coverage.c.article.in_(part)))
            for article, _, *told in rows:
                found.setdefault(article, []).append(PackedReference(*told))
        return found

    def _referable(
        self,
    ) -> Iterator[tuple[Table, ColumnElement[str], tuple[ColumnElement[bool], ...]]]:
        """Give the tables of documents at addresses, who tells for each, and conditions.

        What comes later counts more.
        """
        yield _articles, _articles.c.shadowed_by, (_IS_SHOWN, _articles.c.listed)
        if self._held_until is not None:
            yield _held, _held.c.path, (~_IS_SHOWN,)
        yield _articles, _articles.c.path, (_IS_SHOWN,)


def _each_part(
    column: ColumnElement[Any], values: Iterable[Any] | None
) -> Iterator[ColumnElement[bool]]:
    """Give conditions that hold for some values of a column, part by part, or one for all."""
    if values is None:
        yield true()
        return
    for part in parts(sorted(values)):
        yield column.in_(part)


def told_of_articles() -> tuple[ColumnElement[Any], ...]:
    """Give the columns of a packed reference to an article but the first, out of its record."""
    record = AsJson(RECORD)
    texts = (
        *(record["url"], record["title"]),
        *(record["provider", "domain"], record["provider", "name"], record["language"]),
    )
    url, title, *named = (text.as_string() for text in texts)
    return true(), url, title, _articles.c.published, *named
