"""Which articles are in channels now: listed, due, and not shadowed by another document."""

from collections.abc import Iterator
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    delete,
    false,
    func,
    null,
    or_,
    select,
    union_all,
    update,
)

from feeds.catalog import schema
from feeds.catalog.parts import parts
from feeds.catalog.records import instant, seconds
from feeds.model import Finding

_articles = schema.articles


class Transition(NamedTuple):
    """An article whose place in channels is to be reconsidered.

    `shown_as` is the id that it was in channels under until now, None where it was in none,
    and `is_elsewhere` says that it had another address then. `changed` says that feeds would
    say something else of it than they did.
    """

    key: int
    path: str
    id: str
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
        self._connection.execute(update(_articles).where(~_articles.c.stale).values(stale=True))

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
        for part in parts(sorted(self._in_conflict(now))):
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
        # To have them in order, SQLite would look at all articles.
        for path, winner in sorted(map(tuple, self._connection.execute(query))):
            message = f"is the same article as {winner}, which stands for both"
            yield Finding(path, 0, 0, "article-duplicate", "", message, "warning")

    def transitions(self, now: datetime) -> list[Transition]:
        """Give, by path, the articles to be reconsidered at an instant."""
        query = select(
            *(_articles.c[name] for name in ("key", "path", "id", "shown_as")),
            _articles.c.shown_at.is_distinct_from(_articles.c.address),
            _should_show(now),
            or_(
                _articles.c.changed, func.coalesce(_articles.c.shown_as != _articles.c.id, false())
            ),
        )
        rows = self._connection.execute(union_all(*map(query.where, _unsettled(now)))).all()
        return sorted(map(Transition._make, rows), key=attrgetter("path"))

    def settle(self, now: datetime) -> None:
        """Note that the articles to be reconsidered are now in the channels where they belong."""
        should = _should_show(now)
        values = {
            "shown_as": case((should, _articles.c.id), else_=null()),
            "shown_at": case((should, _articles.c.address), else_=null()),
            "stale": False,
            "changed": False,
        }
        for condition in _unsettled(now):
            self._connection.execute(update(_articles).where(condition).values(values))

    def unlisted(self) -> set[tuple[str, str]]:
        """Give the ids and paths of articles whose documents are gone, bad or held back."""
        query = select(_articles.c.id, _articles.c.path).where(~_articles.c.listed)
        return {(row.id, row.path) for row in self._connection.execute(query)}

    def drop_unlisted(self) -> None:
        """Forget articles whose documents are gone, bad or held back."""
        self._connection.execute(delete(_articles).where(~_articles.c.listed))

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

    def _in_conflict(self, now: datetime) -> set[int]:
        """Find unsettled articles that share an id or address with others, and those others.

        What was shadowed is among them, since it may share nothing with anybody now.
        """
        key, other = _articles.c.key, _articles.alias("other")
        pairs = [
            select(key, other.c.key).where(
                is_ours, other.c.listed, other.c[name] == _articles.c[name], other.c.key != key
            )
            for is_ours in _unsettled(now)
            for name in ("id", "address")
        ]
        shadowed = (
            select(key, key).where(is_ours, _articles.c.shadowed_by.is_not(None))
            for is_ours in _unsettled(now)
        )
        rows = self._connection.execute(union_all(*pairs, *shadowed))
        return {key for pair in rows for key in pair}


def _unsettled(now: datetime) -> Iterator[ColumnElement[bool]]:
    """Tell the articles whose place may have to be another, by conditions, one for each of them.

    They changed, or became due, or are no longer due.
    """
    is_shown, is_ahead = _articles.c.shown_as.is_not(None), _articles.c.published > seconds(now)
    yield _articles.c.stale
    yield and_(~_articles.c.stale, ~is_shown, _should_show(now))
    yield and_(~_articles.c.stale, is_shown, is_ahead)


def _should_show(now: datetime) -> ColumnElement[bool]:
    is_due = _articles.c.published <= seconds(now)
    return and_(_articles.c.listed, is_due, _articles.c.shadowed_by.is_(None))
