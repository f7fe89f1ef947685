"""Any text as the HTML or Markdown of a document."""

from collections import Counter
from collections.abc import Iterable

import test_text_markup
from fuzz.kept import text_of, tried_in
from lxml import html
from test_text_markup import (
    ACTIVE,
    BASE,
    CLOSINGS,
    HOSTILE,
    ODDITIES,
    OPENINGS,
    VALUES,
    check as hold,
)

from feeds.text.clean import clean_line, is_clean
from feeds.text.markup import first_paragraph, iframe_sources, markdown_html, safe_html

LONGEST = 1_000
WORDS = [
    *OPENINGS, *HOSTILE, *CLOSINGS, *(odd for odd in ODDITIES if odd.isprintable()), *VALUES,
    "](", "![", "```", "| - |\n", "&colon;", "<math><mtext></p><style>", "<annotation-xml>",
]  # fmt: skip


def seeds() -> Iterable[bytes]:
    """Give HTML and Markdown of all kinds."""
    yield from tried_in(test_text_markup)
    yield b"<p>a <b>b</b> <a href='/c'>d</a> <img src=//e.example/f alt='g'></p>"
    yield b"# T\n\na *b* [c](http://d.example 'e')\n\n| f |\n|---|\n| g |\n\n- h\n\n> i\n"
    yield b"<svg><style><img src=x onerror=y></style></svg><script>z</script>"
    yield b"<table><tr><td><select><iframe src=x></table>"


def check(data: bytes) -> None:
    """See that what comes out is legal, balanced, cannot act by any parser, and keeps its words."""
    text = text_of(data)
    for raw in (text, markdown_html(text)):
        safe = safe_html(raw, base=BASE)
        hold(safe)
        hold(safe_html(raw))
        held_by_another(safe)
        # What tables do not hold comes out where it is parsed otherwise, by whoever reads it.
        again = safe_html(safe, base=BASE)
        hold(again)
        held_by_another(again)
        assert words(again) == words(safe)
        assert is_clean(first_paragraph(safe, 200))
    for source in iframe_sources(text):
        assert isinstance(source, str)


def words(safe: str) -> Counter[str]:
    """Count the characters of what is shown, white space aside."""
    shown = html.fragment_fromstring(safe, create_parent="div").text_content()
    return Counter("".join(shown.split()))


def held_by_another(safe: str) -> None:
    """See that another parser finds nothing that acts, either."""
    for element in html.fragment_fromstring(safe, create_parent="div").iter():
        assert element.tag not in ACTIVE
        assert not [name for name in element.attrib if name.startswith("on")]
        assert not clean_line(element.get("href", "")).lower().startswith(("javascript", "data"))
