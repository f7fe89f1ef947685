"""Amounts as people read them."""

import pytest

from feeds.text.amounts import share_in_words, size_in_words


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
