"""For how long feeds name what was taken out of them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from feeds.selection.tombstones import tombstones_since

DAY = timedelta(days=1)
moments = st.datetimes(
    datetime(1970, 3, 1),  # noqa: DTZ001
    datetime(2999, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@pytest.mark.parametrize(
    "now", ["2026-11-01T00:00:00+00:00", "2026-11-01T23:59:59+00:00", "2026-11-02T08:59:59+09:00"]
)
def test_what_feeds_name_is_the_same_all_day(now: str) -> None:
    """From a day's first second to its last, in whatever zone, it is the same thirty days."""
    since = tombstones_since(datetime.fromisoformat(now))
    assert since == datetime(2026, 10, 2, tzinfo=UTC)
    assert since.tzinfo is UTC


@given(moments)
def test_an_entry_is_named_on_its_day_and_thirty_whole_days(deleted: datetime) -> None:
    """It is still named in the last second of the thirtieth day after its own, and not then."""
    ends = (deleted + 31 * DAY).replace(hour=0, minute=0, second=0, microsecond=0)
    assert tombstones_since(deleted) <= deleted
    assert tombstones_since(ends - timedelta(seconds=1)) <= deleted < tombstones_since(ends)


@given(moments, st.integers(-14, 14))
def test_days_are_days_in_utc(now: datetime, hours: int) -> None:
    """An instant is the same one in every zone."""
    assert tombstones_since(now.astimezone(timezone(timedelta(hours=hours)))) == tombstones_since(
        now
    )
