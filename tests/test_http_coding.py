import time

import pytest
from hypothesis import given, strategies as st

from feeds.http.coding import CODINGS, accepted_codings, tag_of_variant

ALL = ("br", "zstd", "gzip", "identity")


@pytest.mark.case(58)
@pytest.mark.parametrize(
    ("field", "expected"),
    [
        # RFC 9110, section 12.5.3, has these as examples.
        ("compress, gzip", ("gzip", "identity")),
        ("", ("identity",)),
        ("*", ALL),
        ("compress;q=0.5, gzip;q=1.0", ("gzip", "identity")),
        ("gzip;q=1.0, identity; q=0.5, *;q=0", ("gzip", "identity")),
        # What readers and browsers send.
        ("gzip, deflate", ("gzip", "identity")),
        ("gzip, deflate, br, zstd", ALL),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", ("br", "gzip", "zstd", "identity")),
        ("deflate, gzip, x-gzip, identity; q=0.9", ("gzip", "identity")),
        # Weights go before our preference.
        ("br;q=0.5, gzip", ("gzip", "br", "identity")),
        ("gzip;q=0.001, zstd;q=0.002", ("zstd", "gzip", "identity")),
        ("identity, gzip;q=0.5", ("identity", "gzip")),
        ("identity, gzip", ("gzip", "identity")),
        ("*;q=0.5, gzip;q=0.1", ("br", "zstd", "identity", "gzip")),
        # What is refused is not sent.
        ("gzip;q=0", ("identity",)),
        ("gzip;q=0.000", ("identity",)),
        ("gzip;q=0, *", ("br", "zstd", "identity")),
        ("identity;q=0", ()),
        ("identity;q=0, gzip", ("gzip",)),
        ("*;q=0", ()),
        ("*;q=0, gzip", ("gzip",)),
        ("*;q=0, identity;q=0.1", ("identity",)),
        ("identity;q=0, *", ("br", "zstd", "gzip")),
        ("gzip, gzip;q=0", ("identity",)),
        ("gzip;q=0, x-gzip", ("identity",)),
        # How it may be written.
        ("x-gzip", ("gzip", "identity")),
        ("GZip;Q=0.5", ("gzip", "identity")),
        (",, gzip ,\t,", ("gzip", "identity")),
        ("gzip \t; \tq=1.", ("gzip", "identity")),
        ("identity", ("identity",)),
        ("deflate", ("identity",)),
        ("deflate;q=0", ("identity",)),
    ],
)
def test_codings_are_ordered_by_weight_and_then_by_preference(
    field: str, expected: tuple[str, ...]
) -> None:
    """What is acceptable is what the RFC says, the identity last among equals."""
    assert accepted_codings([field.encode()]) == expected


@pytest.mark.case(58)
@pytest.mark.parametrize(
    "field",
    [
        "gzip br",
        "gzip;q",
        "gzip;q=",
        "gzip;q=2",
        "gzip;q=1.001",
        "gzip;q=0.1234",
        "gzip;q=-1",
        "gzip;q=.5",
        "gzip;q=0,5x y",
        "gzip; q =1",
        "gzip;level=9",
        "gzip;q=1;q=1",
        ";q=1",
        '"gzip"',
        "gzip\x00",
        "gzip\n",
        "gz\xefp",
        "br/2, gzip",
    ],
)
def test_a_field_that_breaks_the_grammar_is_as_good_as_none(field: str) -> None:
    """One that cannot be read says nothing about what the client decodes."""
    assert accepted_codings([field.encode("latin-1")]) == ("identity",)


def test_without_a_field_nothing_is_coded() -> None:
    """Every coding is acceptable then, but not known to be decoded."""
    assert accepted_codings([]) == ("identity",)


def test_several_lines_are_one_list() -> None:
    """Items may stand on lines of their own, and what is refused on one is refused."""
    assert accepted_codings([b"gzip;q=0.5", b"br"]) == ("br", "gzip", "identity")
    assert accepted_codings([b"gzip", b"*;q=0"]) == ("gzip",)
    assert accepted_codings([b"gzip", b"nonsense nonsense"]) == ("identity",)


def test_each_coding_has_a_tag_of_its_own() -> None:
    """Tags of variants are strong and differ; that of the identity is the resource's."""
    tags = [tag_of_variant('"abc"', coding) for coding in ("identity", *CODINGS)]
    assert tags == ['"abc"', '"abc-br"', '"abc-zstd"', '"abc-gzip"']


@pytest.mark.case(58)
@pytest.mark.parametrize(
    "field",
    ["," * 60_000, "gzip," * 12_000, "gzip;q=" * 9_000, "x" * 60_000, "\t" * 60_000 + "x y"],
    ids=lambda field: field[:6],
)
def test_work_grows_with_the_length_of_the_field_only(field: str) -> None:
    """Sixty kilobytes of anything are read in a moment."""
    begin = time.perf_counter()
    accepted_codings([field.encode()])
    assert time.perf_counter() - begin < 0.5


@pytest.mark.case(58)
@given(st.lists(st.binary(max_size=400), max_size=4))
def test_no_field_is_too_strange(lines: list[bytes]) -> None:
    """Whatever bytes a client sends, there is an answer, of codings that we know."""
    assert set(accepted_codings(lines)) <= set(ALL)
