"""Any text as a date of a document or of a request."""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import test_text_dates
from fuzz.kept import text_of, tried_in

from feeds.text.dates import http_date, parse_http_date, parse_instant, parse_usual, rfc3339

LONGEST = 60
WORDS = [
    "2026-10-09",
    "T",
    "Z",
    "+01:00",
    "-12:00",
    " GMT",
    "Fri, 09 Oct 2026",
    "Friday, 09-Oct-26",
]
ZONES = (UTC, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Apia"))


def seeds() -> Iterable[bytes]:
    """Give dates in all forms."""
    yield from tried_in(test_text_dates)
    yield b"2026-10-09T08:07:06Z"
    yield b"2026-10-09 08:07:06.5 +01:00"
    yield b"Fri, 09 Oct 2026 08:07:06 GMT"
    yield b"Friday, 09-Oct-26 08:07:06 GMT"
    yield b"Fri Oct  9 08:07:06 2026"


def check(data: bytes) -> None:
    """See that it is refused, or an instant in UTC that survives being written."""
    text = text_of(data)
    for zone in ZONES:
        try:
            moment, naive = parse_instant(text, zone)
        except ValueError as problem:
            assert str(problem).isprintable()
            assert parse_usual(text) is None or text.startswith("0001-01-01")
            continue
        written_and_read(moment)
        assert parse_usual(text) in {None, moment}
        assert naive or moment == parse_instant(text).moment
    heard = parse_http_date(text)
    if heard:
        written_and_read(heard)


def written_and_read(moment: datetime) -> None:
    """See that an instant is what is read of it once it is written, in each form."""
    assert moment.tzinfo is UTC
    assert not moment.microsecond
    if moment.year > 1:
        assert parse_instant(rfc3339(moment)).moment == moment
        assert parse_instant(http_date(moment)).moment == moment
    assert parse_http_date(http_date(moment)) == moment
