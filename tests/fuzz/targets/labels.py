"""Any text as the name of a topic."""

from collections.abc import Iterable

import test_text_slugs
from fuzz.kept import text_of, tried_in
from test_text_slugs import SLUG

from feeds.text.slugs import distinct_slug, fold, slug

LONGEST = 300
WORDS = [
    "C++",
    "C#",
    ".NET",
    "R&D",
    "'",
    "\u00df",
    "\u0130",
    "\u0345",
    "\ufb01",
    "\u4eba",
    "-",
    "../",
]


def seeds() -> Iterable[bytes]:
    """Give names of all kinds."""
    yield from tried_in(test_text_slugs)
    yield from (
        name.encode() for name in ("Machine Learning", ".NET & C#", "Stra\u00dfe", "\U0001f600")
    )


def check(data: bytes) -> None:
    """See that a key is one for all spellings, and its slugs are safe names."""
    label = text_of(data)
    key = fold(label)
    assert fold(key) == key == fold(f" {label}\n")
    assert SLUG.fullmatch(slug(label))
    assert SLUG.fullmatch(distinct_slug(label))
    assert slug(label) == slug(key)
    assert distinct_slug(label) == distinct_slug(key)
