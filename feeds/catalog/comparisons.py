"""The comparison of articles: who is to be compared with whom, and what came of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, func, select, update

from feeds.catalog import schema
from feeds.catalog.lists import drop_lists_of_hidden, write_lists
from feeds.catalog.parts import parts
from feeds.catalog.records import stored_article, unpack_article
from feeds.model import Article, StoredArticle
from feeds.text.dates import WEEK, week_of

_articles = schema.articles
_held = schema.held
_similar = schema.similar
_SHOWN = _articles.c.shown_as.is_not(None)


class Compared(NamedTuple):
    """An article, and the digest and the week under which it was compared last."""

    stored: StoredArticle
    is_shown: bool
    digest: str | None
    week: int | None


class Comparisons:
    """The articles that are compared with each other.

    With `held_until`, in seconds since 1970, these are also those that are held and not of a
    later date.
    """

    def __init__(self, connection: Connection, held_until: int | None) -> None:
        self._connection = connection
        self._held_until = held_until

    def weeks(self) -> Iterator[int]:
        """Give the weeks in which articles are shown, in order."""
        first = select(func.min(_articles.c.published)).where(_SHOWN)
        moment = self._connection.execute(first).scalar_one()
        while moment is not None:
            week = week_of(moment)
            yield week
            later = _articles.c.published >= (week + 1) * WEEK
            moment = self._connection.execute(first.where(later)).scalar_one()

    def shown(self, week: int) -> list[StoredArticle]:
        """Give the articles of a week that are shown, by key."""
        query = select(_articles).where(_SHOWN, *_within(_articles, week))
        rows = self._connection.execute(query.order_by(_articles.c.key))
        return [stored_article(row) for row in rows]

    def held(self, week: int) -> list[Article]:
        """Give the articles of a week that are held but may be referred to."""
        if self._held_until is None:
            return []
        due = _held.c.published <= self._held_until
        query = select(_held.c.record).where(due, *_within(_held, week)).order_by(_held.c.path)
        return [unpack_article(record) for record in self._connection.execute(query).scalars()]

    def drop_hidden(self) -> None:
        """Forget what was similar to articles that are not shown."""
        drop_lists_of_hidden(self._connection, _similar)

    def forget(self) -> None:
        """Forget all comparisons."""
        self._connection.execute(delete(_similar))
        self._connection.execute(update(_articles).values(week=None, compared=None))

    def compared(self, keys: Iterable[int]) -> Iterator[list[Compared]]:
        """Give, in batches, articles with what is remembered of their last comparison."""
        for part in parts(keys):
            rows = self._connection.execute(select(_articles).where(_articles.c.key.in_(part)))
            yield [
                Compared(stored_article(row), row.shown_as is not None, row.compared, row.week)
                for row in rows
            ]

    def remember(self, compared: Mapping[int, tuple[str | None, int | None]]) -> None:
        """Remember under which digest and in which week articles are compared."""
        change = update(_articles).where(_articles.c.key == bindparam("at"))
        change = change.values(compared=bindparam("digest"), week=bindparam("in_week"))
        rows = [
            {"at": key, "digest": digest, "in_week": week}
            for key, (digest, week) in compared.items()
        ]
        if rows:
            self._connection.execute(change, rows)

    def keep(self, similar: Mapping[int, list[str]]) -> set[int]:
        """Keep the paths of what is similar to articles, and give those to which other is now."""
        before = self.similar(similar)
        return write_lists(self._connection, _similar, before, similar, lambda path: {"path": path})

    def similar(self, keys: Collection[int]) -> dict[int, list[str]]:
        """Give the paths of what is similar to articles, the best first."""
        found: dict[int, list[str]] = {}
        query = select(_similar).order_by(_similar.c.article, _similar.c.place)
        for part in parts(keys):
            for row in self._connection.execute(query.where(_similar.c.article.in_(part))):
                found.setdefault(row.article, []).append(row.path)
        return found


def _within(table: Table, week: int) -> tuple[ColumnElement[bool], ...]:
    return table.c.published >= week * WEEK, table.c.published < (week + 1) * WEEK
