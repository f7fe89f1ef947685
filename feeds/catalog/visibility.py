"""Which articles are in channels now: listed, due, and not shadowed by another document."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    delete,
    func,
    or_,
    select,
    union,
    union_all,
    update,
)

from feeds.catalog import schema
from feeds.catalog.parts import parts
from feeds.catalog.records import instant, seconds, stored_article
from feeds.model import Finding, StoredArticle

_BATCH = 500
_articles = schema.articles


@dataclass(frozen=True, slots=True)
class Transition:
    """An article whose place in channels is to be reconsidered.

    `shown_as` is the id that it was in channels under until now, None where it was in none,
    and `is_elsewhere` says that it had another address then. `changed` says that feeds would
    say something else of it than they did.
    """

    stored: StoredArticle
    shown_as: str | None
    is_elsewhere: bool
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
        is_hidden, due_later = _articles.c.shown_as.is_(None), _articles.c.published > seconds(now)
        query = select(func.count()).where(_articles.c.listed, is_hidden, due_later)
        return self._connection.execute(query).scalar_one()

    def next_due(self, now: datetime) -> datetime | None:
        """Give the first instant to come at which an article, or a change of one, falls due."""
        moment = seconds(now)
        is_hidden = and_(_articles.c.shown_as.is_(None), _articles.c.published > moment)
        is_ahead = and_(_articles.c.updated != _articles.c.modified, _articles.c.modified > moment)
        query = union_all(
            select(func.min(_articles.c.published)).where(_articles.c.listed, is_hidden),
            select(func.min(_articles.c.modified)).where(_articles.c.listed, is_ahead),
        )
        moments = filter(None, self._connection.execute(query).scalars())
        return min(map(instant, moments), default=None)

    def reconsider_all(self) -> None:
        """Let every article's place in channels be found anew."""
        self._connection.execute(update(_articles).values(stale=True))

    def settle_dates(self, now: datetime) -> None:
        """Let no article have changed in days to come: until then it counts as unchanged."""
        moment = seconds(now)
        is_due = and_(_articles.c.updated != _articles.c.modified, _articles.c.modified <= moment)
        is_ahead = and_(_articles.c.updated != _articles.c.published, _articles.c.updated > moment)
        for condition, updated in (
            (is_due, _articles.c.modified),
            (is_ahead, _articles.c.published),
        ):
            change = update(_articles).where(condition)
            self._connection.execute(change.values(updated=updated, stale=True, changed=True))

    def settle_duplicates(self, now: datetime) -> None:
        """Let one document stand for all that are due and have one id or one address.

        It is the newest, then the one whose path sorts first.
        """
        columns = ("key", "path", "id", "address", "published", "shadowed_by")
        query = select(*(_articles.c[name] for name in columns)).where(_articles.c.listed)
        unsettled = [key for _, key in self._unsettled(now)]
        for part in parts(sorted(self._in_conflict(unsettled))):
            for row in self._connection.execute(query.where(_articles.c.key.in_(part))).all():
                winner = row.path if row.published > seconds(now) else self._winner(row, now)
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
        for part in parts(sorted(self._unsettled(now)), _BATCH):
            yield self._transitions([key for _, key in part], now)

    def settle(self, transitions: list[Transition]) -> None:
        """Note that the articles are now in the channels where they belong."""
        shown = {"shown_as": _articles.c.id, "shown_at": _articles.c.address}
        hidden = {"shown_as": None, "shown_at": None}
        for values, visible in ((shown, True), (hidden, False)):
            keys = [item.stored.key for item in transitions if item.is_visible is visible]
            change = update(_articles).where(_articles.c.key.in_(keys))
            self._connection.execute(change.values(**values, stale=False, changed=False))

    def unlisted(self) -> set[tuple[str, str]]:
        """Give the ids and paths of articles whose documents are gone, bad or held back."""
        query = select(_articles.c.id, _articles.c.path).where(~_articles.c.listed)
        return {(row.id, row.path) for row in self._connection.execute(query)}

    def drop_unlisted(self) -> None:
        """Forget articles whose documents are gone, bad or held back."""
        self._connection.execute(delete(_articles).where(~_articles.c.listed))

    def _transitions(self, keys: list[int], now: datetime) -> list[Transition]:
        query = select(_articles, _should_show(now).label("should"))
        rows = self._connection.execute(
            query.where(_articles.c.key.in_(keys)).order_by(_articles.c.path)
        )
        return [
            Transition(
                stored_article(row),
                row.shown_as,
                row.shown_at != row.address,
                bool(row.should),
                row.changed or row.shown_as not in {None, row.id},
            )
            for row in rows
        ]

    def _winner(self, row: Row[Any], now: datetime) -> str:
        """Give the path of the document that stands for a due article and all that are the same."""
        same = or_(_articles.c.id == row.id, _articles.c.address == row.address)
        query = (
            select(_articles.c.path)
            .where(_articles.c.listed, _articles.c.published <= seconds(now), same)
            .order_by(_articles.c.published.desc(), _articles.c.path)
            .limit(1)
        )
        winner: str = self._connection.execute(query).scalar_one()
        return winner

    def _in_conflict(self, keys: list[int]) -> set[int]:
        """Find those of some articles that share an id or address with others, and those others.

        What was shadowed is among them, since it may share nothing with anybody now.
        """
        other = _articles.alias("other")
        found: set[int] = set()
        for part in parts(keys):
            is_ours = _articles.c.key.in_(part)
            for column in (_articles.c.id, _articles.c.address):
                is_shared = and_(other.c[column.name] == column, other.c.key != _articles.c.key)
                pairs = select(_articles.c.key, other.c.key).where(is_ours, is_shared)
                for pair in self._connection.execute(pairs.where(other.c.listed)):
                    found.update(pair)
            shadowed = select(_articles.c.key).where(is_ours, _articles.c.shadowed_by.is_not(None))
            found.update(self._connection.execute(shadowed).scalars())
        return found

    def _unsettled(self, now: datetime) -> list[tuple[str, int]]:
        """Find the articles whose place may have to be another, as paths and keys.

        They changed, or became due, or are no longer due.
        """
        columns = select(_articles.c.path, _articles.c.key)
        conditions = (
            _articles.c.stale,
            and_(_articles.c.shown_as.is_(None), _should_show(now)),
            and_(_articles.c.shown_as.is_not(None), _articles.c.published > seconds(now)),
        )
        query = union(*(columns.where(condition) for condition in conditions))
        return [(path, key) for path, key in self._connection.execute(query)]


def _should_show(now: datetime) -> ColumnElement[bool]:
    is_due = _articles.c.published <= seconds(now)
    return and_(_articles.c.listed, is_due, _articles.c.shadowed_by.is_(None))
