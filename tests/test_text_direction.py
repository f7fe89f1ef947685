"""What is left of the characters that turn the direction of text."""

import time

import pytest
from hypothesis import given, strategies as st

from feeds.text.direction import has_turns, turned_back

TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ANYTHING = st.text(st.sampled_from(f"{TURNS}ab") | st.characters(), max_size=30)


@pytest.mark.case(14)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "naïve \u200e\u200f",
        "a \u202bb\u202c c",
        "a \u2067b\u2069 c",
        "a \u2067b \u202ac\u202c\u2069 d \u2068e\u2069",
        "<p>a \u2067b</p>\n<p>c\u2069</p>",
    ],
)
def test_what_is_turned_back_stays(text: str) -> None:
    """Text whose turns are pairs is the same object afterwards."""
    assert turned_back(text) is text


@pytest.mark.case(14)
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("abc\u202egnp.exe", "abcgnp.exe"),
        ("a\u2066b", "ab"),
        ("a\u202cb\u2069c", "abc"),
        ("\u202aa\u2069\u202c", "\u202aa\u202c"),
        ("\u2067a\u202eb\u2069c", "\u2067ab\u2069c"),
        ("\u202ea\u2067b\u202cc\u2069", "a\u2067bc\u2069"),
        ("\u202ea\u202eb\u202c", "a\u202eb\u202c"),
    ],
)
def test_what_is_not_turned_back_goes(text: str, kept: str) -> None:
    """A turn without its end goes, and an end without its turn: an isolate ends those in it."""
    assert turned_back(text) == kept


@given(ANYTHING)
def test_nothing_else_goes(text: str) -> None:
    """Whatever the text, only turns go, and what is left has nothing more to leave out."""
    kept = turned_back(text)
    assert kept.translate(dict.fromkeys(map(ord, TURNS))) == text.translate(
        dict.fromkeys(map(ord, TURNS))
    )
    assert turned_back(kept) is kept
    assert has_turns(kept) == any(char in TURNS for char in kept)


@pytest.mark.parametrize(
    "text", ["\u202e" * 300_000, "\u2067\u202e\u2069" * 100_000, "\u202e\u2069" * 100_000]
)
def test_looking_takes_linear_time(text: str) -> None:
    """A body of nothing but turns costs a moment."""
    began = time.process_time()
    turned_back(text)
    assert time.process_time() - began < 2
