"""Days and weeks in UTC, and what they are called."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from feeds.model import Frequency
from feeds.selection.periods import last_days, last_end, period_of

FIRST = datetime(1, 1, 8)  # noqa: DTZ001 - what Hypothesis wants
LAST = datetime(9999, 12, 20)  # noqa: DTZ001
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
FREQUENCIES: list[Frequency] = ["daily", "weekly"]


def at(year: int, month: int, day: int, hour: int = 0) -> datetime:
    """Give an instant in UTC."""
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "first", "name", "title"),
    [
        (at(2026, 11, 20, 23), at(2026, 11, 20), "2026-11-20", "20 November 2026"),
        (at(2024, 2, 29), at(2024, 2, 29), "2024-02-29", "29 February 2024"),
        (at(476, 9, 4), at(476, 9, 4), "0476-09-04", "4 September 476"),
    ],
)
def test_days(moment: datetime, first: datetime, name: str, title: str) -> None:
    """A day begins at midnight in UTC and is called by its date."""
    period = period_of("daily", moment)
    assert (period.first, period.end) == (first, first + timedelta(days=1))
    assert (period.name, period.title) == (name, title)


@pytest.mark.parametrize(
    ("moment", "first", "name", "title"),
    [
        (
            *(at(2026, 11, 20), at(2026, 11, 16), "2026-W47"),
            "week 47 of 2026 (16–22 November)",  # noqa: RUF001
        ),
        (
            *(at(2026, 12, 6, 23), at(2026, 11, 30), "2026-W49"),
            "week 49 of 2026 (30 November – 6 December)",  # noqa: RUF001
        ),
        (
            *(at(2027, 1, 1), at(2026, 12, 28), "2026-W53"),
            "week 53 of 2026 (28 December 2026 – 3 January 2027)",  # noqa: RUF001
        ),
        (
            *(at(2027, 1, 4), at(2027, 1, 4), "2027-W01"),
            "week 1 of 2027 (4–10 January)",  # noqa: RUF001
        ),
        (
            *(at(2024, 12, 31), at(2024, 12, 30), "2025-W01"),
            "week 1 of 2025 (30 December 2024 – 5 January 2025)",  # noqa: RUF001
        ),
    ],
)
def test_weeks(moment: datetime, first: datetime, name: str, title: str) -> None:
    """A week begins on Monday, and has the number that ISO 8601 gives it, over a new year, too."""
    period = period_of("weekly", moment)
    assert (period.first, period.end) == (first, first + timedelta(days=7))
    assert (period.name, period.title) == (name, title)


def test_a_day_is_one_of_utc() -> None:
    """An instant in another zone belongs to the day that it is in UTC."""
    moment = datetime(2026, 11, 20, 1, tzinfo=timezone(timedelta(hours=2)))
    assert period_of("daily", moment).first == at(2026, 11, 19)
    assert last_days(moment) == (at(2026, 11, 12), at(2026, 11, 19))


@given(MOMENTS, st.sampled_from(FREQUENCIES))
def test_each_instant_is_in_one_period(moment: datetime, frequency: Frequency) -> None:
    """Periods follow each other without a gap, each with a name of its own."""
    period = period_of(frequency, moment)
    assert period.first <= moment < period.end
    following = period_of(frequency, period.end)
    assert following.first == period.end
    assert following.name > period.name
    assert period_of(frequency, period.end - timedelta(seconds=1)) == period


@given(MOMENTS, st.sampled_from(FREQUENCIES))
def test_what_has_ended(moment: datetime, frequency: Frequency) -> None:
    """The last period to end did so at this instant at the latest, and the next ends after it."""
    end = last_end(frequency, moment)
    assert end <= moment < period_of(frequency, end).end
    assert last_end(frequency, end) == end


def test_the_last_seven_days_are_whole() -> None:
    """They end with the last midnight, which may be now."""
    days = at(2026, 11, 13), at(2026, 11, 20)
    assert last_days(at(2026, 11, 20)) == days
    assert last_days(at(2026, 11, 20, 23)) == days
    assert last_days(at(2026, 11, 20) - timedelta(seconds=1)) == (
        at(2026, 11, 12),
        days[1] - timedelta(days=1),
    )
