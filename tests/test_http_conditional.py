import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from feeds.http.conditional import has_tag, is_not_modified, is_unmodified_since, named_tags

ETAG = '"0123456789abcdef"'
LAST_MODIFIED = datetime(2026, 10, 9, 8, 7, 6, tzinfo=UTC)

EXACT_DATE = "Fri, 09 Oct 2026 08:07:06 GMT"
LATER_DATE = "Fri, 09 Oct 2026 08:07:07 GMT"
EARLIER_DATE = "Fri, 09 Oct 2026 08:07:05 GMT"


@pytest.mark.case(57)
@pytest.mark.parametrize(
    "field",
    [
        ETAG,
        f"W/{ETAG}",
        f"  {ETAG}\t",
        f'"x", {ETAG}',
        f'{ETAG},"x"',
        f'"x" ,\t W/{ETAG} , "y"',
        f',, "", {ETAG},',
        f'"a,b", {ETAG}',
        f'"\xe9\xff", {ETAG}',
        "*",
        " * ",
        '"0123456789abcdef-gzip"',
        '"0123456789abcdef-br"',
        '"0123456789abcdef-zstd"',
        '"0123456789abcdef--gzip"',
        '"0123456789abcdef;gzip"',
        '"0123456789abcdef;br"',
        '"0123456789abcdef-br-gzip"',
        '"0123456789abcdef-gzip;gzip"',
        'W/"0123456789abcdef-gzip"',
        '"x-gzip", W/"0123456789abcdef--gzip", "y"',
    ],
)
def test_a_field_that_names_the_tag_matches(field: str) -> None:
    """A tag matches exactly, weakened, with codings at its end, in a list, and under `*`."""
    assert has_tag(field, ETAG)


@pytest.mark.case(57)
@pytest.mark.parametrize(
    "field",
    [
        "",
        ",",
        '"x"',
        '"x", W/"y"',
        "0123456789abcdef",
        '"0123456789abcdef',
        '0123456789abcdef"',
        "'0123456789abcdef'",
        f"w/{ETAG}",
        f"W/ {ETAG}",
        f"W{ETAG}",
        f"/{ETAG}",
        f"{ETAG}{ETAG}",
        f'{ETAG} "x"',
        f"{ETAG}; q=1",
        f"x, {ETAG}",
        f"{ETAG}, x",
        f'"a b", {ETAG}',
        f'"\x00", {ETAG}',
        f'"\u2603", {ETAG}',
        f"{ETAG}\n",
        f"{ETAG}, *",
        "**",
        '"*"',
        '"0123456789abcdef-"',
        '"0123456789abcdef-x"',
        '"0123456789abcdefgzip"',
        '"0123456789abcdef---gzip"',
        '"0123456789abcdef-GZIP"',
        '"0123456789abcdef-gzip-x"',
        '"0123456789abcde-gzip"',
        '"-gzip"',
        '"0123456789abcdef-gzip',
        '"0123456789ABCDEF"',
        '"0123456789abcde"',
    ],
)
def test_a_field_that_does_not_name_the_tag_or_is_malformed_does_not_match(field: str) -> None:
    """Other tags, other endings and fields that break the grammar anywhere match nothing."""
    assert not has_tag(field, ETAG)


def test_a_tag_between_two_others_is_not_made_of_their_commas() -> None:
    """The text between two tags of a list is not taken for a tag."""
    assert not has_tag('"a","b"', '","')
    assert has_tag('"a", ",", "b"', '","')


def test_a_weak_validator_of_ours_matches_the_strong_one_of_the_client() -> None:
    """The comparison is weak on both sides (RFC 9110, section 8.8.3.2)."""
    assert has_tag(ETAG, f"W/{ETAG}")
    assert has_tag(f"W/{ETAG}", f"W/{ETAG}")


@pytest.mark.case(57)
@pytest.mark.parametrize(
    "field",
    [
        ", ".join(f'"{number}"' for number in range(10_000)),
        '"' * 100_000,
        "," * 100_000 + "x",
        " " * 100_000 + "x",
        '"x"' + " " * 100_000 + "x",
        "W/" * 50_000,
        '"x",' * 25_000 + "x",
        '"' + "x" * 100_000,
        f'{ETAG[:-1]}{"-gzip" * 20_000}x"',
        ",".join([f'{ETAG[:-1]}-gzi"'] * 5_000),
    ],
    ids=lambda field: field[:8],
)
def test_work_grows_with_the_length_of_the_field_only(field: str) -> None:
    """Ten thousand tags, or a hundred kilobytes of nonsense, are read in a moment."""
    begin = time.perf_counter()
    assert not has_tag(field, ETAG)
    assert time.perf_counter() - begin < 0.5


@pytest.mark.case(57)
def test_the_last_of_ten_thousand_tags_is_found() -> None:
    """No tag of a long list is left out."""
    assert has_tag(", ".join([*(f'"{number}"' for number in range(10_000)), ETAG]), ETAG)


@pytest.mark.case(57)
@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (EXACT_DATE, True),
        (LATER_DATE, True),
        (EARLIER_DATE, False),
        ("Friday, 09-Oct-26 08:07:06 GMT", True),
        ("Fri Oct  9 08:07:06 2026", True),
        ("Fri, 09 Oct 2099 00:00:00 GMT", True),
        ("Thu, 01 Jan 1970 00:00:00 GMT", False),
        ("", False),
        ("yesterday", False),
        ("2026-10-09T08:07:06Z", False),
        ("0", False),
        ("Fri, 32 Oct 2026 08:07:06 GMT", False),
        (f"{EXACT_DATE}, {EXACT_DATE}", False),
        ("\xff" * 1_000, False),
    ],
)
def test_a_date_is_compared_as_a_date(field: str, *, expected: bool) -> None:
    """A date not before ours says unmodified; what is no HTTP date is ignored."""
    assert is_unmodified_since(field, LAST_MODIFIED) is expected


@pytest.mark.case(57)
@pytest.mark.parametrize(
    ("tags", "date", "expected"),
    [
        (None, None, False),
        (ETAG, None, True),
        ('"x"', None, False),
        (None, EXACT_DATE, True),
        (None, EARLIER_DATE, False),
        (ETAG, EARLIER_DATE, True),
        ('"x"', LATER_DATE, False),
        ("malformed", LATER_DATE, False),
        ("", LATER_DATE, False),
        ("*", "nonsense", True),
    ],
)
def test_tags_win_over_dates(tags: str | None, date: str | None, *, expected: bool) -> None:
    """If-Modified-Since counts only where there is no If-None-Match of any kind."""
    answer = is_not_modified(
        if_none_match=tags, if_modified_since=date, etag=ETAG, last_modified=LAST_MODIFIED
    )
    assert answer is expected


@pytest.mark.case(57)
@given(st.text(st.characters(max_codepoint=255)), st.text(st.characters(max_codepoint=255)))
def test_no_field_is_too_strange(tags: str, date: str) -> None:
    """Whatever bytes a client sends, there is an answer and no exception."""
    for tag_field in (tags, None):
        is_not_modified(
            if_none_match=tag_field,
            if_modified_since=date,
            etag=ETAG,
            last_modified=LAST_MODIFIED,
        )


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ('"a"', [('"a"', '"a"')]),
        ('W/"a"', [('"a"', '"a"')]),
        (' "a", W/"b" ,, "c"', [('"a"', '"a"'), ('"b"', '"b"'), ('"c"', '"c"')]),
        ('"a-gzip"', [('"a-gzip"', '"a"')]),
        ('"a-br-gzip"', [('"a-br-gzip"', '"a"')]),
        ('"a;gzip"', [('"a;gzip"', '"a"')]),
        ("*", []),
        ("", []),
        ("a", []),
        ('"a" "b"', []),
        ('"a", b', []),
    ],
)
def test_the_tags_of_a_field_are_named(field: str, expected: list[tuple[str, str]]) -> None:
    """Each is given as written, and as that of the bytes uncoded; a malformed field has none."""
    assert list(named_tags(field)) == expected
