"""Amounts as people read them."""

import pytest

from feeds.text.amounts import (
    interval_in_words,
    range_in_words,
    share_in_words,
    size_in_words,
)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 bytes"),
        (1_023, "1023 bytes"),
        (1_024, "1.0 KiB"),
        (1_536, "1.5 KiB"),
        (1_048_576, "1.0 MiB"),
        (5 * 2**40, "5120.0 GiB"),
    ],
)
def test_bytes_are_in_the_largest_unit_that_they_fill(number: int, words: str) -> None:
    """Sizes are powers of 1,024, whole where they are bytes, and never more than GiB."""
    assert size_in_words(number) == words


@pytest.mark.parametrize(("share", "words"), [(0.0, "0 %"), (0.934, "93 %"), (1.0, "100 %")])
def test_shares_are_whole_per_cent(share: float, words: str) -> None:
    """A part of a whole is in per cent, to the nearest one."""
    assert share_in_words(share) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (1_800, "30 min"),
        (5_400, "1.5 h"),
        (172_800, "2.0 d"),
    ],
)
def test_intervals_are_in_the_largest_unit_that_they_fill(seconds: float, words: str) -> None:
    """A time between polls is in seconds, minutes, hours or days."""
    assert interval_in_words(seconds) == words


def test_what_is_known_of_a_number_is_a_range() -> None:
    """A number that is certain stands alone, and another from where to where it may be."""
    assert range_in_words(2, 2) == "2"
    assert range_in_words(2, 102) == "2-102"
