"""Which dates are understood, and how dates are written."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from feeds.text.dates import (
    Instant,
    http_date,
    moment_in_words,
    parse_http_date,
    parse_instant,
    rfc3339,
)

BERLIN = ZoneInfo("Europe/Berlin")
MOMENTS = st.datetimes(min_value=datetime(2, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)
ANYTHING = st.text(alphabet=st.characters() | st.characters(categories=["Cs", "Nd"]))
DATELIKE = st.text("0123456789-+:.TZ ,GMTJan", max_size=40)
modest = settings(max_examples=100, deadline=None)


@pytest.mark.case(7)
@pytest.mark.parametrize(
    ("raw", "written"),
    [
        ("2021-06-30T17:37:00Z", "2021-06-30T17:37:00Z"),
        ("2021-12-31T23:59:59Z", "2021-12-31T23:59:59Z"),
        ("2021-06-30t17:37:00z", "2021-06-30T17:37:00Z"),
        ("2020-12-21", "2020-12-21T00:00:00Z"),
        ("2021-1-5", "2021-01-05T00:00:00Z"),
        (" 2020-12-21\n", "2020-12-21T00:00:00Z"),
        ("2020-12-21T11:43:10.874990Z", "2020-12-21T11:43:10Z"),
        ("2020-12-21T11:43:10,8+0530", "2020-12-21T06:13:10Z"),
        ("2013-11-22 12:00:00 +0000", "2013-11-22T12:00:00Z"),
        ("2013-11-22 12:00:00 -0500", "2013-11-22T17:00:00Z"),
        ("2013-11-22 12:00:00 +0000 UTC", "2013-11-22T12:00:00Z"),
        ("2021-03-04 5:00:00 +0000", "2021-03-04T05:00:00Z"),
        ("2021-03-04 10:00+01", "2021-03-04T09:00:00Z"),
        ("2021-03-04T10:00:00-00:00", "2021-03-04T10:00:00Z"),
        ("2021-03-04T10:00:00+23:59", "2021-03-03T10:01:00Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
        ("2024-02-29", "2024-02-29T00:00:00Z"),
        ("Mon, 02 Jan 2006 15:04:05 -0700", "2006-01-02T22:04:05Z"),
        ("Mon, 02 Jan 2006 15:04:05 -0700 (MST)", "2006-01-02T22:04:05Z"),
        ("mon, 2 jan 2006 15:04:05 gmt", "2006-01-02T15:04:05Z"),
        ("2 Jan 2006 15:04 EST", "2006-01-02T20:04:00Z"),
    ],
)
def test_dates_of_front_matter_are_understood(raw: str, written: str) -> None:
    """A date in a known form gives its instant in UTC, whatever the zone for naive ones."""
    instant = parse_instant(raw, BERLIN)
    assert rfc3339(instant.moment) == written
    assert instant.moment.tzinfo is UTC
    assert not instant.naive


@pytest.mark.case(7)
@pytest.mark.parametrize(
    ("raw", "written"),
    [
        ("2021-03-04 10:00", "2021-03-04T09:00:00Z"),
        ("2021-07-04T10:00:00", "2021-07-04T08:00:00Z"),
        ("Mon, 02 Jan 2006 15:04:05", "2006-01-02T14:04:05Z"),
        ("2021-03-28 02:30", "2021-03-28T01:30:00Z"),
        ("2021-10-31 02:30", "2021-10-31T00:30:00Z"),
    ],
)
def test_a_time_without_a_zone_is_in_the_configured_one(raw: str, written: str) -> None:
    """A time that names no zone is in the zone given, and says that it was naive."""
    instant = parse_instant(raw, BERLIN)
    assert (rfc3339(instant.moment), instant.naive) == (written, True)


@pytest.mark.case(7)
def test_a_time_without_a_zone_is_in_utc_by_default() -> None:
    """Where no zone is given, a naive time is in UTC."""
    moment = datetime(2021, 3, 4, 10, tzinfo=UTC)
    assert parse_instant("2021-03-04 10:00") == Instant(moment, naive=True)


@pytest.mark.case(7)
@pytest.mark.parametrize(
    "raw",
    [
        "",
        "  ",
        "null",
        "yesterday",
        "2021-13-45",
        "2021-02-29",
        "2021-01-01T25:61Z",
        "2021-02-29T00:00:00Z",
        "2021-01-00T00:00:00Z",
        "2021-13-01T00:00:00Z",
        "2021-01-01T24:00:00Z",
        "2021-01-01T00:60:00Z",
        "2021-01-01T10:00:61Z",
        "0000-01-01",
        "2021-01-01T00:00:00+99:99",
        "2021-01-01T00:00:00+24:00",
        "2021-01-01T00:00:00+10:60",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00+14:00",
        "2021-01-01T10:00:00 CET",
        "2021-W01-1",
        "20210630",
        "12:30",
        "2021-06-30T17",
        "\u0662\u0660\u0662\u0661-01-01",
        "2021-01-01\n2021-01-01",
        "Mon, 30 Feb 2006 15:04:05 GMT",
        "Mon, 02 Foo 2006 15:04:05 GMT",
        "Mon, 02 Jan 06 15:04:05 GMT",
    ],
)
def test_all_else_is_not_a_date(raw: str) -> None:
    """What is no date is refused, with a message that quotes it."""
    with pytest.raises(ValueError, match=r'\A".*" is not a date\Z'):
        parse_instant(raw, BERLIN)


@pytest.mark.case(7)
@pytest.mark.parametrize("raw", ["0001-01-01T00:00:00Z", "0001-01-01", "0001-01-01T00:00:00"])
def test_a_zero_date_is_a_placeholder(raw: str) -> None:
    """Go's zero date stands for a date that is missing."""
    with pytest.raises(ValueError, match="is a placeholder, not a date"):
        parse_instant(raw)


@pytest.mark.case(8)
def test_a_message_has_no_room_for_a_long_value() -> None:
    """A message quotes 80 characters at most."""
    with pytest.raises(ValueError, match="9") as caught:
        parse_instant("9" * 5000)
    assert len(str(caught.value)) < 100


@pytest.mark.case(7)
@given(ANYTHING | DATELIKE, st.sampled_from(["America/New_York", "Asia/Kolkata", "UTC"]))
@modest
def test_no_text_breaks_the_parsing_of_dates(raw: str, zone: str) -> None:
    """Any text gives an instant in UTC and in whole seconds, or a ValueError."""
    try:
        moment, _ = parse_instant(raw, ZoneInfo(zone))
    except ValueError:
        return
    assert moment.utcoffset() == timedelta(0)
    assert moment.microsecond == 0


@given(ANYTHING | DATELIKE)
@modest
def test_no_header_breaks_the_parsing_of_http_dates(raw: str) -> None:
    """Any text gives an instant in UTC, or None."""
    moment = parse_http_date(raw)
    assert moment is None or moment.tzinfo is UTC


@given(MOMENTS)
@modest
def test_what_is_written_is_read_back(moment: datetime) -> None:
    """An instant survives being written as RFC 3339 and as a date of HTTP."""
    assert parse_instant(rfc3339(moment)) == Instant(moment, naive=False)
    assert parse_instant(http_date(moment)) == Instant(moment, naive=False)
    assert parse_http_date(http_date(moment)) == moment
    assert http_date(moment) == format_datetime(moment, usegmt=True)


@given(MOMENTS.filter(lambda moment: moment.year > 1000), st.integers(-1439, 1439))
@modest
def test_mail_dates_are_read_as_the_standard_library_reads_them(
    moment: datetime, minutes: int
) -> None:
    """A date of RFC 5322 with any offset is what the standard library takes it for."""
    written = format_datetime(moment.replace(tzinfo=timezone(timedelta(minutes=minutes))))
    try:
        expected = parsedate_to_datetime(written).astimezone(UTC)
    except OverflowError:
        return
    assert parse_instant(written).moment == expected


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2021, 6, 30, 17, 37, 0, 999_999, tzinfo=UTC),
        datetime(2021, 6, 30, 19, 37, tzinfo=BERLIN),
    ],
)
def test_instants_are_written_in_utc_and_whole_seconds(moment: datetime) -> None:
    """Whatever an instant carries, it is written in UTC without fractions."""
    assert rfc3339(moment) == "2021-06-30T17:37:00Z"
    assert http_date(moment) == "Wed, 30 Jun 2021 17:37:00 GMT"


def test_years_have_four_digits() -> None:
    """A year before 1000 is padded, as both standards want it."""
    moment = datetime(33, 4, 3, tzinfo=UTC)
    assert rfc3339(moment) == "0033-04-03T00:00:00Z"
    assert http_date(moment) == "Sun, 03 Apr 0033 00:00:00 GMT"


@pytest.mark.parametrize(
    "raw",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ],
)
def test_all_three_forms_of_http_dates_are_read(raw: str) -> None:
    """The examples of RFC 9110, section 5.6.7, are one instant."""
    assert parse_http_date(raw) == datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "0",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "sun, 06 nov 1994 08:49:37 gmt",
        "1994-11-06T08:49:37Z",
        "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
    ],
)
def test_what_is_no_http_date_is_none(raw: str) -> None:
    """A header that holds no date of HTTP is as if it were not there."""
    assert parse_http_date(raw) is None


@pytest.mark.parametrize(
    ("digits", "year_now", "year"),
    [
        ("94", 2026, 1994),
        ("26", 2026, 2026),
        ("76", 2026, 2076),
        ("77", 2026, 1977),
        ("05", 2060, 2105),
    ],
)
def test_two_digits_are_a_year_near_now(digits: str, year_now: int, year: int) -> None:
    """A year of two digits is at most 50 years ahead (RFC 9110, section 5.6.7)."""
    now = datetime(year_now, 11, 20, tzinfo=UTC)
    moment = parse_http_date(f"Sunday, 06-Nov-{digits} 08:49:37 GMT", now=now)
    assert moment is not None
    assert moment.year == year


def test_people_read_instants_in_utc() -> None:
    """An instant of any zone is a day and a minute in UTC, whatever the locale."""
    moment = datetime(2026, 10, 2, 1, 5, 59, tzinfo=BERLIN)
    assert moment_in_words(moment) == "1 October 2026, 23:05 UTC"
