"""When scans are due: at even distances, or as cron says; the only user of APScheduler."""

from datetime import UTC, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from feeds.text.cron import crontabs

# Seconds; outside of these, clocks and timers overflow or never rest.
_SHORTEST = 0.01
_LONGEST = 366 * 86_400.0

# What a run does at the end of a day it must not do before, by whatever part of a second.
_AFTER_MIDNIGHT = timedelta(seconds=1)
_NEXT = timedelta(microseconds=1)


class Rhythm(Protocol):
    """Says when scans are due, each midnight in UTC among these times.

    `makes_up` tells whether a scan that fell due during a run is done when that has ended.
    """

    @property
    def makes_up(self) -> bool:
        """Whether what was due during a run is done after it."""

    def following(self, due: datetime, now: datetime) -> datetime:
        """Give the first instant after `now` that is due, where the last one was `due`."""


class Every:
    """Due at even distances, but after a pause only once, and a second after a day's end in UTC.

    Distances are counted from midnight, too. What is due while a run lasts is left out: the
    next one is near. An interval, in seconds, is a year at the most.
    """

    makes_up = False

    def __init__(self, seconds: float) -> None:
        # In this order, what is not a number is the longest.
        self._interval = timedelta(seconds=max(_SHORTEST, min(_LONGEST, seconds)))

    def following(self, due: datetime, now: datetime) -> datetime:
        """Give the next instant at the distance from the last one, unless that is over or far."""
        following = due + self._interval
        is_near = now < following <= now + self._interval
        return min(following if is_near else now + self._interval, following_day(now))


class Cron:
    """Due as a cron expression says in a time zone, and a second after a day's end in UTC.

    An hour that the clocks leave out counts as the one after it; one that they repeat comes
    twice. What is due while a run lasts is done once after it: the next one may be far.
    Raises ValueError for what is no expression or no zone.
    """

    makes_up = True

    def __init__(self, expression: str, zone: str = "UTC") -> None:
        self._triggers = [
            CronTrigger.from_crontab(text, timezone=ZoneInfo(zone)) for text in crontabs(expression)
        ]

    def following(self, due: datetime, now: datetime) -> datetime:  # noqa: ARG002 - see Rhythm
        """Give the next instant that the expression or the day's end names."""
        # Without a last time, APScheduler looks from the given one on, which may be due itself.
        found = [item.get_next_fire_time(None, now + _NEXT) for item in self._triggers]
        dates: list[datetime] = [date.astimezone(UTC) for date in found if date is not None]
        return min([*dates, following_day(now)])


def following_day(moment: datetime) -> datetime:
    """Give the first instant after this one at which a run is due because a day has ended."""
    mark = datetime.combine(moment.astimezone(UTC).date(), time(), UTC) + _AFTER_MIDNIGHT
    return mark if mark > moment else mark + timedelta(days=1)
