"""Days and weeks, which both begin at midnight in UTC; a week begins on Monday."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from feeds.model import Frequency

_DAY = timedelta(days=1)
_DAYS = {"daily": 1, "weekly": 7}
_DAYS_OF_TOP = 7
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Period:
    """A day or a week: its first instant, and the first one after it."""

    frequency: Frequency
    first: datetime

    @property
    def end(self) -> datetime:
        """The instant at which it has ended."""
        return self.first + _DAYS[self.frequency] * _DAY

    @property
    def name(self) -> str:
        """Its name, such as `2026-11-20` or `2026-W47` (ISO 8601)."""
        if self.frequency == "daily":
            return self.first.date().isoformat()
        year, week, _ = self.first.isocalendar()
        return f"{year:04}-W{week:02}"

    @property
    def title(self) -> str:
        """What people call it, in English."""
        if self.frequency == "daily":
            return _written(self.first)
        year, week, _ = self.first.isocalendar()
        return f"week {week} of {year} ({_range(self.first, self.end - _DAY)})"


def period_of(frequency: Frequency, moment: datetime) -> Period:
    """Give the day or week of an instant."""
    day = moment.astimezone(UTC).date()
    # Of the year 1, the first day is a Monday: no week begins before it.
    return Period(frequency, _midnight(day - (_DAYS[frequency] > 1) * day.weekday() * _DAY))


def last_end(frequency: Frequency, now: datetime) -> datetime:
    """Give the instant, not after `now`, at which the last day or week ended."""
    return period_of(frequency, now).first


def last_days(now: datetime) -> tuple[datetime, datetime]:
    """Give the first instant of the last seven whole days, and the first one after them."""
    end = _midnight(now.astimezone(UTC).date())
    return end - _DAYS_OF_TOP * _DAY, end


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _range(first: datetime, last: datetime) -> str:
    """Write two days without saying twice what they share."""
    if first.year != last.year:
        return f"{_written(first)} – {_written(last)}"  # noqa: RUF001
    if first.month != last.month:
        return f"{_day_of_month(first)} – {_day_of_month(last)}"  # noqa: RUF001
    return f"{first.day}–{_day_of_month(last)}"  # noqa: RUF001


def _written(day: datetime) -> str:
    return f"{_day_of_month(day)} {day.year}"


def _day_of_month(day: datetime) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"
