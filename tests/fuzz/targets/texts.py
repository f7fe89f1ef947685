"""Any text as a title or an excerpt."""

from collections.abc import Iterable

import test_text_clean
import test_text_mojibake
from fuzz.kept import text_of, tried_in
from test_text_clean import LEGAL

from feeds.text.clean import (
    clean_line,
    clean_paragraph,
    count_illegal,
    is_clean,
    replace_illegal,
    shorten,
    shown,
)
from feeds.text.mojibake import repaired
from feeds.text.words import count_words, telling_words

LONGEST = 500
WORDS = [
    "&amp;",
    "&#8;",
    "&#xD800;",
    "<b>",
    "<!--",
    "-->",
    "<script>",
    "\u00e2\u20ac\u2122",
    "\u00c3\u00a9",
    "\u202e",
    "\u200d",
]


def seeds() -> Iterable[bytes]:
    """Give texts of all kinds."""
    yield from tried_in(test_text_clean)
    yield from tried_in(test_text_mojibake)
    yield "It\u00e2\u20ac\u2122s caf\u00c3\u00a9 <b>time</b> &amp; more".encode()
    yield "\u202eA\u00adB &#8217; <!-- x --> \U0001f468\u200d\U0001f469".encode()
    yield b"The electricity grids of cities, and their operators"


def check(data: bytes) -> None:
    """See that a cleaned text is one legal line, and shortening leaves a beginning."""
    text = text_of(data)
    for cleaned in (clean_line(text), clean_paragraph(text)):
        assert LEGAL.fullmatch(cleaned)
        assert cleaned == " ".join(cleaned.split())
        short = shorten(cleaned, 20)
        assert len(short) <= 20
        assert short == cleaned or cleaned.startswith(short[:-1])
    legal = replace_illegal(text)
    assert is_clean(legal)
    assert is_clean(text) == (legal == text)
    if text.isprintable():
        assert count_illegal(text.encode()) == 0
    assert shown(text).isprintable()
    mended = repaired(text)
    assert mended is None or mended != text
    assert telling_words(text) == telling_words(text)
    assert count_words(telling_words(text)) >= 0
