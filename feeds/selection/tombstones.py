"""For how long a feed names the entries that were taken out of it."""

from datetime import UTC, datetime, timedelta

_KEPT = timedelta(days=30)


def tombstones_since(now: datetime) -> datetime:
    """Give the first instant of which feeds still name the entries that were deleted then.

    An entry is named on the day on which it was deleted and on thirty whole days in UTC after
    it, so that what a feed says of that changes when a day ends, and at no other time.
    """
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - _KEPT
