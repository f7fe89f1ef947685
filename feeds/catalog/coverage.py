"""What else covers the same as an article: what is known of it, and what its entry shows."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    FromClause,
    Table,
    delete,
    literal,
    select,
    type_coerce,
    union,
)

from feeds.catalog import coverage_schema, schema
from feeds.catalog.lists import drop_lists_of_hidden, write_lists
from feeds.catalog.parts import parts
from feeds.catalog.records import pack_reference, subject, unpack_reference
from feeds.catalog.rows import in_batches
from feeds.model import Reference, Subject

_articles = schema.articles
_coverage = schema.coverage
_held = coverage_schema.held
_mentions = coverage_schema.mentions
_SHOWN = _articles.c.shown_as.is_not(None)


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
        query = select(_articles.c.key, _articles.c.record).where(_SHOWN)
        for rows in in_batches(self._connection, query, _articles.c.key, keys):
            yield [subject(row) for row in rows]

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

    def at(self, addresses: Iterable[str]) -> dict[str, Reference]:
        """Give the documents that may be referred to at some addresses.

        Where another stands for the one that is there, what the other says is told. Of
        several, the newest counts, then the one whose path sorts first.
        """
        found: dict[str, Reference] = {}
        winner = _articles.alias("winner")
        is_shown = winner.c.shown_as.is_not(None)
        for part in parts(addresses):
            shadowed = (
                select(_articles.c.address.label("at"), _articles.c.path, *told_of(winner))
                .join(winner, winner.c.path == _articles.c.shadowed_by)
                .where(_articles.c.address.in_(part), _articles.c.listed, is_shown)
                .order_by(_articles.c.published, _articles.c.path.desc())
            )
            themselves = [
                select(table.c.address.label("at"), table.c.path, *told_of(table))
                .where(table.c.address.in_(part), *also)
                .order_by(table.c.published, table.c.path.desc())
                for table, also in self._referable()
            ]
            for query in (shadowed, *themselves):
                found |= {row.at: unpack_reference(row) for row in self._connection.execute(query)}
        return found

    def listing(self, addresses: Iterable[str]) -> dict[str, list[Reference]]:
        """Give the documents that list some addresses and may be referred to, the newest first."""
        found: dict[str, list[tuple[int, str, Reference]]] = {}
        for part in parts(addresses):
            for table, also in self._referable():
                query = (
                    select(_mentions.c.address.label("at"), table.c.path, *told_of(table))
                    .join(table, table.c.path == _mentions.c.path)
                    .where(_mentions.c.address.in_(part), *also)
                )
                for row in self._connection.execute(query):
                    place = (-row.published, row.path, unpack_reference(row))
                    found.setdefault(row.at, []).append(place)
        return {at: [place[2] for place in sorted(places)] for at, places in found.items()}

    def by_path(self, paths: Iterable[str]) -> dict[str, Reference]:
        """Give those of some documents that may be referred to."""
        found: dict[str, Reference] = {}
        for part in parts(paths):
            for table, also in self._referable():
                query = select(table.c.path, *told_of(table)).where(table.c.path.in_(part), *also)
                rows = self._connection.execute(query)
                found |= {row.path: unpack_reference(row) for row in rows}
        return found

    def keep(self, coverage: Mapping[int, tuple[Reference, ...]]) -> set[int]:
        """Keep what entries show, and give the articles whose entries show something else now."""
        before = references_of(self._connection, coverage)
        return write_lists(self._connection, _coverage, before, coverage, pack_reference)

    def forget(self) -> None:
        """Forget the coverage of all articles."""
        self._connection.execute(delete(_coverage))

    def drop_hidden(self, keys: Iterable[int]) -> None:
        """Forget the coverage of those of some articles that are not shown."""
        drop_lists_of_hidden(self._connection, _coverage, keys)

    def _referable(self) -> list[tuple[Table, tuple[ColumnElement[bool], ...]]]:
        """Give the tables of documents that may be referred to, each with conditions."""
        shown: tuple[Table, tuple[ColumnElement[bool], ...]] = (_articles, (_SHOWN,))
        if self._held_until is None:
            return [shown]
        return [(_held, (_held.c.published <= self._held_until,)), shown]


def told_of(table: FromClause) -> tuple[ColumnElement[Any], ...]:
    """Give the columns of a reference to a document, out of its record."""
    record = type_coerce(table.c.record, JSON)
    texts = {
        "url": record["url"],
        "title": record["title"],
        "domain": record["provider", "domain"],
        "name": record["provider", "name"],
        "language": record["language"],
    }
    return (
        literal(table is not _held).label("is_published"),
        table.c.published,
        *(value.as_string().label(name) for name, value in texts.items()),
    )


def references_of(connection: Connection, keys: Iterable[int]) -> dict[int, tuple[Reference, ...]]:
    """Give what the entries of some articles show as their coverage, in order."""
    found: dict[int, list[Reference]] = {}
    query = select(_coverage).order_by(_coverage.c.article, _coverage.c.place)
    for part in parts(keys):
        for row in connection.execute(query.where(_coverage.c.article.in_(part))):
            found.setdefault(row.article, []).append(unpack_reference(row))
    return {key: tuple(references) for key, references in found.items()}
