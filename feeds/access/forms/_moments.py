"""Instants as logs write them."""

import re
from datetime import UTC, datetime
from functools import lru_cache

from feeds.text.dates import parse_instant

_REMEMBERED = 8_192
_DAYS = 64
_LONGEST = 40
_MONTHS = {
    name: f"{number:02}"
    for number, name in enumerate(
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),  # noqa: SIM905 - for people
        start=1,
    )
}
# `10/Oct/2026:13:55:36 -0700`, as Apache began it; milliseconds are no part of it everywhere.
_COMMON = re.compile(
    r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.\d+)? ([+-]\d{4})",
    re.ASCII,
)
_NUMBER = re.compile(r"\d{1,19}(?:\.\d{1,9})?", re.ASCII)

# What numbers of seconds do not reach, are those of a thousandth, a millionth, a billionth.
_UNITS = ((10**17, 10**9), (10**14, 10**6), (10**11, 10**3))
_MOST = 10**19
_LAST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


def moment_of(text: str) -> int | None:
    """Read an instant, in seconds since 1970; None for what is none.

    It is a date of the common log format, one of RFC 3339, or a number of seconds or of
    thousandths, millionths or billionths of these.
    """
    return _moment_of(text) if len(text) <= _LONGEST else None


@lru_cache(_REMEMBERED)
def _moment_of(text: str) -> int | None:
    if _NUMBER.fullmatch(text):
        return moment_of_number(float(text))
    try:
        if common := _COMMON.fullmatch(text):
            day, month, year, hour, minute, second, zone = common.groups()
            begin = _midnight(f"{year}-{_MONTHS.get(month, '00')}-{day}T00:00:00{zone}")
            return begin + 3600 * int(hour) + 60 * int(minute) + int(second)
        return _seconds(text)
    except ValueError:
        return None


def _seconds(text: str) -> int:
    return int(parse_instant(text).moment.timestamp())


# Of each day there are many lines.
_midnight = lru_cache(_DAYS)(_seconds)


def moment_of_number(number: float) -> int | None:
    """Read an instant from a number of seconds, or of parts of seconds; None for what is none."""
    if not 0 <= number < _MOST:
        return None
    for least, unit in _UNITS:
        if number >= least:
            number /= unit
            break
    return int(number) if number < _LAST else None
