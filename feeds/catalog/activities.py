"""What channels have had lately: how many entries week by week, and which topics besides."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, bindparam, func, select

from feeds.catalog import schema
from feeds.catalog.records import instant
from feeds.catalog.rows import PART, read_parts
from feeds.model import Activity

_memberships = schema.memberships

_WEEK = 7 * 86_400
# Weeks begin on Mondays, and 1970 on a Thursday.
_SINCE_MONDAY = 3 * 86_400
# More weeks than there were before 1970: SQL divides towards nought, and weeks are to be alike.
_BEFORE = 200_000
_IS_ENTRY = _memberships.c.channel == bindparam("channel"), _memberships.c.position.is_not(None)
_NUMBER = (_memberships.c.published + _SINCE_MONDAY + _BEFORE * _WEEK) // _WEEK - _BEFORE

_NEWEST = select(func.max(_memberships.c.published)).where(*_IS_ENTRY)
_WEEKS = (
    select(_NUMBER, func.count())
    .where(*_IS_ENTRY, _memberships.c.published >= bindparam("first"))
    .group_by(_NUMBER)
)
_OTHERS = (
    select(_memberships.c.channel, func.count())
    .where(_memberships.c.article.in_(PART))
    .group_by(_memberships.c.channel)
)


class Activities:
    """Knows how much there is in channels."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, channel: int, weeks: int) -> Activity | None:
        """Count a channel's entries of the weeks up to that of its newest; None without any."""
        newest = self._connection.execute(_NEWEST, {"channel": channel}).scalar_one()
        if newest is None:
            return None
        last = (newest + _SINCE_MONDAY) // _WEEK
        first = (last - weeks + 1) * _WEEK - _SINCE_MONDAY
        rows = self._connection.execute(_WEEKS, {"channel": channel, "first": first})
        counts: dict[int, int] = dict(map(tuple, rows))
        numbers = range(last - weeks + 1, last + 1)
        return Activity(tuple(counts.get(number, 0) for number in numbers), instant(newest))

    def beside(self, articles: Iterable[int]) -> Mapping[int, int]:
        """Count how many of some articles are in each channel, by its key."""
        found: dict[int, int] = {}
        for channel, number in read_parts(self._connection, _OTHERS, articles):
            found[channel] = found.get(channel, 0) + number
        return found
