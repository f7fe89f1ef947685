"""Instants as documents write them and as feeds and HTTP want them.

All instants that come out are aware, in UTC and in whole seconds.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

from feeds.text.clean import shown

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS_IN_FULL = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MONTH_NUMBERS = {name.lower(): number for number, name in enumerate(_MONTHS, start=1)}

# RFC 3339, section 5.6, with the liberties that front matter takes: a space for the `T`, one
# digit for two, no seconds, no minutes in the zone, and Go's `+0000 UTC`.
_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"(?:(?:[Tt]| +)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
    r" *(?P<zone>[Zz]|UTC|GMT|[+-]\d\d(?::?\d\d)?(?: [A-Z]{3,5})?)?)?",
    re.ASCII,
)
# How nearly all are written. What is no date of the calendar is told from other forms later.
_USUAL = re.compile(r"[12]\d{3}-\d\d-\d\dT(?!24)\d\d:\d\d:\d\dZ", re.ASCII)
# RFC 5322, section 3.3; its day of the week is not compared with the date.
_MAIL = re.compile(
    r"(?:[a-z]{3},\s*)?(?P<day>\d{1,2})\s+(?P<month>[a-z]{3})\s+(?P<year>\d{4})\s+"
    r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
    r"(?:\s+(?P<zone>[+-]\d{4}|[a-z]{1,3})(?:\s+\([a-z]*\))?)?",
    re.ASCII | re.IGNORECASE,
)
# RFC 5322, section 4.3: the names of zones that have a meaning there.
_ZONE_HOURS = {"Z": 0, "UT": 0, "UTC": 0, "GMT": 0} | {
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7
}  # fmt: skip
_ZONES = {name: timezone(timedelta(hours=hours)) for name, hours in _ZONE_HOURS.items()}

_TIME = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_MONTH = f"(?P<month>{'|'.join(_MONTHS)})"
_HTTP_DATES = (
    re.compile(rf"[A-Z][a-z]{{2}}, (?P<day>\d\d) {_MONTH} (?P<year>\d{{4}}) {_TIME} GMT", re.ASCII),
    re.compile(rf"[A-Z][a-z]{{5,8}}, (?P<day>\d\d)-{_MONTH}-(?P<year>\d\d) {_TIME} GMT", re.ASCII),
    re.compile(rf"[A-Z][a-z]{{2}} {_MONTH} (?P<day>[ \d]\d) {_TIME} (?P<year>\d{{4}})", re.ASCII),
)

_TO_THE_SECOND = len("2021-06-30T17:37:00")

DAY = 24 * 3600
"""Seconds of a day."""

WEEK = 7 * DAY
"""Seconds of a week."""


class Instant(NamedTuple):
    """A moment in UTC; `naive` says that a time was written without a zone.

    A date alone is not naive: it is 00:00 UTC of that day.
    """

    moment: datetime
    naive: bool


def parse_instant(raw: str, zone: tzinfo = UTC) -> Instant:
    """Read a date in one of the forms of RFC 3339, RFC 5322 or front matter.

    `zone` is that of times that name none. Fractions of a second are dropped, and a leap
    second is the second before it. Raises ValueError, with a message that quotes the value,
    for anything else and for what UTC cannot express in the years 1 to 9999.
    """
    if usual := parse_usual(raw):
        return Instant(usual, naive=False)
    text = raw.strip()
    written = _ISO.fullmatch(text) or _MAIL.fullmatch(text)
    try:
        instant = _instant(written, zone) if written else None
    except (ValueError, OverflowError):
        instant = None
    if instant is None:
        raise ValueError(f"{shown(raw)} is not a date")
    if instant.moment.year == 1:
        raise ValueError(f"{shown(raw)} is a placeholder, not a date")
    return instant


def parse_usual(raw: str) -> datetime | None:
    """Read a date as nearly all are written, `2021-06-30T17:37:00Z`; None where it is another."""
    try:
        return datetime.fromisoformat(raw) if _USUAL.fullmatch(raw) else None
    except ValueError:
        return None


def rfc3339(moment: datetime) -> str:
    """Write an instant as Atom and JSON Feed want it: `2021-06-30T17:37:00Z` (RFC 3339)."""
    return moment.astimezone(UTC).isoformat()[:_TO_THE_SECOND] + "Z"


def rfc2822(moment: datetime) -> str:
    """Write an instant as RSS wants it: `Wed, 30 Jun 2021 17:37:00 GMT` (RFC 2822).

    HTTP wants one of the ways in which that may be written.
    """
    return http_date(moment)


def in_words(moment: datetime) -> str:
    """Write a day as people do, in UTC: `1 October 2026`."""
    day = moment.astimezone(UTC)
    return f"{day.day} {_MONTHS_IN_FULL[day.month - 1]} {day.year}"


def month_in_words(month: str) -> str:
    """Write a month, `2026-10`, as people do: `October 2026`."""
    year, _, number = month.partition("-")
    return f"{_MONTHS_IN_FULL[int(number) - 1]} {int(year)}"


def moment_in_words(moment: datetime) -> str:
    """Write an instant as people do, to the minute and in UTC: `1 October 2026, 08:05 UTC`."""
    return f"{in_words(moment)}, {moment.astimezone(UTC):%H:%M} UTC"


def week_of(moment: int) -> int:
    """Give the number of the week of an instant, both counted from 1 January 1970 in UTC."""
    return moment // WEEK


def month_of(moment: datetime) -> str:
    """Give the month of an instant in UTC, such as `2026-10`."""
    utc = moment.astimezone(UTC)
    return f"{utc.year:04}-{utc.month:02}"


def month_bounds(month: str) -> tuple[datetime, datetime]:
    """Give the first instant of a month and the first after it, both in UTC."""
    year, _, number = month.partition("-")
    first = datetime(int(year), int(number), 1, tzinfo=UTC)
    return first, (first + timedelta(days=31)).replace(day=1)


def http_date(moment: datetime) -> str:
    """Write an instant as an IMF-fixdate, whatever the locale (RFC 9110, section 5.6.7)."""
    utc = moment.astimezone(UTC)
    return (
        f"{_DAYS[utc.weekday()]}, {utc.day:02} {_MONTHS[utc.month - 1]} {utc.year:04}"
        f" {utc.hour:02}:{utc.minute:02}:{utc.second:02} GMT"
    )


def parse_http_date(raw: str, *, now: datetime | None = None) -> datetime | None:
    """Read a date of HTTP in any of its three forms, None for what is none (RFC 9110, 5.6.7).

    A year of two digits is the one that is at most 50 years after `now`; without `now`,
    it is in 1970 to 2069.
    """
    text = raw.strip()
    written = next((found for form in _HTTP_DATES if (found := form.fullmatch(text))), None)
    if written is None:
        return None
    year = int(written["year"])
    if len(written["year"]) == len("99"):
        year = _nearest(year, now.year + 50 if now else 2069)
    try:
        return _moment(written, year, UTC)
    except ValueError:
        return None


def _instant(written: re.Match[str], zone: tzinfo) -> Instant:
    year = int(written["year"])
    if written["hour"] is None:
        day = datetime(year, int(written["month"]), int(written["day"]), tzinfo=UTC)
        return Instant(day, naive=False)
    named = _zone(written["zone"])
    moment = _moment(written, year, zone if named is None else named)
    return Instant(moment.astimezone(UTC), naive=named is None)


def _moment(written: re.Match[str], year: int, zone: tzinfo) -> datetime:
    month, second = written["month"], int(written["second"] or 0)
    return datetime(
        year,
        int(month) if month.isdigit() else _MONTH_NUMBERS.get(month.lower(), 0),
        int(written["day"]),
        int(written["hour"]),
        int(written["minute"]),
        59 if second == 60 else second,  # noqa: PLR2004 - RFC 3339, section 5.7: a leap second
        tzinfo=zone,
    )


def _zone(written: str | None) -> timezone | None:
    if written is None:
        return None
    if written[0] not in "+-":
        if (zone := _ZONES.get(written.upper())) is None:
            raise ValueError(written)
        return zone
    digits = written[1:6].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:4].strip() or 0)
    if minutes > 59:  # noqa: PLR2004
        raise ValueError(written)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(offset if written[0] == "+" else -offset)


def _nearest(two_digits: int, latest: int) -> int:
    """Give the latest year up to `latest` that ends in these two digits."""
    return latest - (latest - two_digits) % 100
