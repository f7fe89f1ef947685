"""Which articles are in channels now: listed, due, and not shadowed by another document."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, or_, select, update

from feeds.catalog import schema
from feeds.catalog.records import seconds, stored_article
from feeds.model import Finding, StoredArticle

_BATCH = 500
_articles = schema.articles


@dataclass(frozen=True, slots=True)
class Transition:
    """An article whose place in channels is to be reconsidered.

    `shown_as` is the id that it was in channels under until now, None where it was in none.
    `changed` says that feeds would say something else of it than they did.
    """

    stored: StoredArticle
    shown_as: str | None
    is_visible: bool
    changed: bool


class Visibility:
    """Decides from articles and the time which of them are shown."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def count(self) -> int:
        """Count the articles that are visible."""
        query = select(func.count()).where(_articles.c.shown_as.is_not(None))
        return self._connection.execute(query).scalar_one()

    def count_waiting(self, now: datetime) -> int:
        """Count the articles that are listed but not due."""
        due_later = _articles.c.published > seconds(now)
        query = select(func.count()).where(_articles.c.listed, due_later)
        return self._connection.execute(query).scalar_one()

    def reconsider_all(self) -> None:
        """Let every article's place in channels be found anew."""
        self._connection.execute(update(_articles).values(stale=True))

    def settle_duplicates(self) -> None:
        """Let one document stand for all that have one id or one address.

        It is the newest, then the one whose path sorts first.
        """
        for row in self._in_conflict():
            best = (
                select(_articles.c.path)
                .where(_articles.c.listed)
                .where(or_(_articles.c.id == row.id, _articles.c.address == row.address))
                .order_by(_articles.c.published.desc(), _articles.c.path)
                .limit(1)
            )
            winner = self._connection.execute(best).scalar_one()
            shadow = None if winner == row.path else winner
            if shadow != row.shadowed_by:
                change = update(_articles).where(_articles.c.key == row.key)
                self._connection.execute(change.values(shadowed_by=shadow, stale=True))

    def duplicates(self) -> Iterator[Finding]:
        """Give a finding for every document that another one stands for."""
        query = select(_articles.c.path, _articles.c.shadowed_by).where(
            _articles.c.listed, _articles.c.shadowed_by.is_not(None)
        )
        for path, winner in self._connection.execute(query.order_by(_articles.c.path)):
            message = f"is the same article as {winner}, which stands for both"
            yield Finding(path, 0, 0, "article-duplicate", "", message, "warning")

    def transitions(self, now: datetime) -> Iterator[list[Transition]]:
        """Give, in batches, the articles to be reconsidered at an instant."""
        due = _articles.c.published <= seconds(now)
        should = and_(_articles.c.listed, due, _articles.c.shadowed_by.is_(None))
        query = select(_articles.c.key).where(
            or_(
                _articles.c.stale,
                and_(_articles.c.shown_as.is_(None), should),
                and_(_articles.c.shown_as.is_not(None), ~due),
            )
        )
        keys = list(self._connection.execute(query.order_by(_articles.c.path)).scalars())
        for start in range(0, len(keys), _BATCH):
            yield self._transitions(keys[start : start + _BATCH], should)

    def settle(self, transitions: list[Transition]) -> None:
        """Note that the articles are now in the channels where they belong."""
        for shown_as, visible in ((_articles.c.id, True), (None, False)):
            keys = [item.stored.key for item in transitions if item.is_visible is visible]
            change = update(_articles).where(_articles.c.key.in_(keys))
            self._connection.execute(change.values(shown_as=shown_as, stale=False, changed=False))

    def drop_unlisted(self) -> None:
        """Forget articles whose documents are gone, bad or held back."""
        self._connection.execute(delete(_articles).where(~_articles.c.listed))

    def _transitions(self, keys: list[int], should: ColumnElement[bool]) -> list[Transition]:
        query = select(_articles, should.label("should")).where(_articles.c.key.in_(keys))
        rows = self._connection.execute(query.order_by(_articles.c.path))
        return [
            Transition(stored_article(row), row.shown_as, bool(row.should), row.changed)
            for row in rows
        ]

    def _in_conflict(self) -> list[Row[tuple[int, str, str, str, str | None]]]:
        """Find the listed articles that share an id or address with one just stored or gone."""
        other = _articles.alias("other")
        columns = (other.c.key, other.c.path, other.c.id, other.c.address, other.c.shadowed_by)
        shared = or_(other.c.id == _articles.c.id, other.c.address == _articles.c.address)
        query = (
            select(*columns)
            .distinct()
            .where(_articles.c.stale, other.c.listed, shared)
            .where(or_(other.c.key != _articles.c.key, other.c.shadowed_by.is_not(None)))
            .order_by(other.c.path)
        )
        return list(self._connection.execute(query))
