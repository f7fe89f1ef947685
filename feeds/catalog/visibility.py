"""Which articles are in channels now: listed, due, and not shadowed by another document."""

from collections.abc import Iterator
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
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
from feeds.catalog.records import instant, seconds
from feeds.catalog.rows import PART, change_parts, read_parts
from feeds.model import Finding

_articles = schema.articles
_records = schema.records
_NOW: BindParameter[Any] = bindparam("now")
_SHOULD_SHOW = and_(
    _articles.c.listed, _articles.c.published <= _NOW, _articles.c.shadowed_by.is_(None)
)
_IS_SHOWN = _articles.c.shown_as.is_not(None)
# The articles whose place may have to be another, by conditions, one for each of them: they
# changed, or became due, or are no longer due.
_UNSETTLED = (
    _articles.c.stale,
    and_(~_articles.c.stale, ~_IS_SHOWN, _SHOULD_SHOW),
    and_(~_articles.c.stale, _IS_SHOWN, _articles.c.published > _NOW),
)
_IS_CHANGE_AHEAD = and_(_articles.c.updated != _articles.c.modified, _articles.c.modified > _NOW)
_WAITS = and_(_articles.c.listed, ~_IS_SHOWN, _articles.c.published > _NOW)
_COUNT = select(func.count()).where(_IS_SHOWN)
_COUNT_WAITING = select(func.count()).where(_WAITS)
_NEXT_DUE = union_all(
    select(func.min(_articles.c.published)).where(_WAITS),
    select(func.min(_articles.c.modified)).where(_articles.c.listed, _IS_CHANGE_AHEAD),
)
_RECONSIDER_ALL = update(_articles).where(~_articles.c.stale).values(stale=True)
_SETTLE_DATES = tuple(
    update(_articles).where(condition).values(updated=updated, stale=True, changed=True)
    for condition, updated in (
        (
            and_(_articles.c.updated != _articles.c.modified, _articles.c.modified <= _NOW),
            _articles.c.modified,
        ),
        (
            and_(_articles.c.updated != _articles.c.published, _articles.c.updated > _NOW),
            _articles.c.published,
        ),
    )
)
_TRANSITIONS = union_all(
    *(
        select(
            *(_articles.c[name] for name in ("key", "path", "id", "shown_as")),
            _articles.c.shown_at.is_distinct_from(_articles.c.address),
            _SHOULD_SHOW,
            or_(
                _articles.c.changed, func.coalesce(_articles.c.shown_as != _articles.c.id, false())
            ),
        ).where(condition)
        for condition in _UNSETTLED
    )
)
_SETTLE = tuple(
    update(_articles)
    .where(condition)
    .values(
        shown_as=case((_SHOULD_SHOW, _articles.c.id), else_=null()),
        shown_at=case((_SHOULD_SHOW, _articles.c.address), else_=null()),
        stale=False,
        changed=False,
    )
    for condition in _UNSETTLED
)
_UNLISTED = select(_articles.c.id, _articles.c.path).where(~_articles.c.listed)
_UNLISTED_KEYS = select(_articles.c.key).where(~_articles.c.listed)
_DROP_UNLISTED = (
    delete(_records).where(_records.c.article.in_(PART)),
    delete(_articles).where(_articles.c.key.in_(PART)),
)
_DISPUTANTS = select(
    *(_articles.c[name] for name in ("key", "path", "id", "address", "published", "shadowed_by"))
).where(_articles.c.listed, _articles.c.key.in_(PART))


def _in_conflict() -> Iterator[Select[Any]]:
    """Ask for unsettled articles that share an id or address with others, and for those others.

    What was shadowed is among them, since it may share nothing with anybody now.
    """
    key, other = _articles.c.key, _articles.alias("other")
    for is_ours in _UNSETTLED:
        for name in ("id", "address"):
            is_same = other.c[name] == _articles.c[name], other.c.key != key
            yield select(key, other.c.key).where(is_ours, other.c.listed, *is_same)
        yield select(key, key).where(is_ours, _articles.c.shadowed_by.is_not(None))


_IN_CONFLICT = union_all(*_in_conflict())


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
        return self._connection.execute(_COUNT).scalar_one()

    def count_waiting(self, now: datetime) -> int:
        """Count the articles that are listed but not due."""
        return self._connection.execute(_COUNT_WAITING, {"now": seconds(now)}).scalar_one()

    def next_due(self, now: datetime) -> datetime | None:
        """Give the first instant to come at which an article, or a change of one, falls due."""
        rows = self._connection.execute(_NEXT_DUE, {"now": seconds(now)}).scalars()
        moments = filter(None, rows)
        return min(map(instant, moments), default=None)

    def reconsider_all(self) -> None:
        """Let every article's place in channels be found anew."""
        self._connection.execute(_RECONSIDER_ALL)

    def settle_dates(self, now: datetime) -> None:
        """Let no article have changed in days to come: until then it counts as unchanged."""
        for change in _SETTLE_DATES:
            self._connection.execute(change, {"now": seconds(now)})

    def settle_duplicates(self, now: datetime) -> None:
        """Let one document stand for all that are due and have one id or one address.

        It is the newest, then the one whose path sorts first.
        """
        pairs = self._connection.execute(_IN_CONFLICT, {"now": seconds(now)}).all()
        keys = sorted({key for pair in pairs for key in pair})
        for row in read_parts(self._connection, _DISPUTANTS, keys):
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
        rows = self._connection.execute(_TRANSITIONS, {"now": seconds(now)}).all()
        return sorted(map(Transition._make, rows), key=attrgetter("path"))

    def settle(self, now: datetime) -> None:
        """Note that the articles to be reconsidered are now in the channels where they belong."""
        for change in _SETTLE:
            self._connection.execute(change, {"now": seconds(now)})

    def unlisted(self) -> set[tuple[str, str]]:
        """Give the ids and paths of articles whose documents are gone, bad or held back."""
        return {(row.id, row.path) for row in self._connection.execute(_UNLISTED)}

    def drop_unlisted(self) -> None:
        """Forget articles whose documents are gone, bad or held back."""
        unlisted = self._connection.execute(_UNLISTED_KEYS).scalars().all()
        for change in _DROP_UNLISTED:
            change_parts(self._connection, change, unlisted)

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
