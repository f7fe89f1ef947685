"""Plain text made fit for a feed: legal in XML, on one line, free of what cannot be seen.

Nothing here judges what a text says; it only makes sure that text stays text.
"""

import re
import unicodedata
from collections.abc import Callable
from html import unescape
from html.entities import html5

# XML 1.0, production 2 (Char): all but these may stand in a document.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# The same in UTF-8, which has no surrogates.
_CONTROLS = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])
# One byte is found several times faster than two.
_HIGH = b"\xef"
_NO_CHARACTERS = ("\ufffe".encode(), "\uffff".encode())

# Soft hyphen, zero-width space, word joiner, BOM, and every character of Unicode's property
# Bidi_Control. The zero-width joiners stay: emoji and Persian are spelt with them.
_INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")

_ENTITY = re.compile("&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")

_INLINE = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr q"
    " ruby rb rp rt rtc s samp small span strike strong sub sup time tt u var wbr"
)
_BLOCK = (
    "!doctype address applet area article aside audio base blockquote body br button canvas"
    " caption center col colgroup dd details dialog dir div dl dt embed fieldset figcaption figure"
    " footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe input legend"
    " li link main map menu meta meter nav noframes noscript object ol optgroup option output p"
    " param picture pre progress script search section select slot source style summary svg table"
    " tbody td template textarea tfoot th thead title tr track ul video"
)
_BLOCK_NAMES, _INLINE_NAMES = "|".join(_BLOCK.split()), "|".join(_INLINE.split())

# No scan passes the next opening of its kind, so that no text costs more than its length.
_UNSEEN = re.compile(
    r"<!--(?:(?!<!--|-->).)*+-->"
    r"|<(script|style)(?=[\s>])[^<>]*+>(?:(?!</?\1).)*+</\1\s*+>",
    re.ASCII | re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(
    rf"</?(?:({_BLOCK_NAMES})|{_INLINE_NAMES})(?=[\s/>])"
    r"(?:(?:[^<>\"']|\"[^<\"]*+\"|'[^<']*+')*+>|[^<>]*+>)",
    re.ASCII | re.IGNORECASE,
)
# What is left of a tag where an excerpt was cut off in its middle.
_CUT_TAG = re.compile(
    rf"<(?:{_BLOCK_NAMES}|{_INLINE_NAMES})\s+[\w:-]+=[\"'][^<>]*+\Z", re.ASCII | re.IGNORECASE
)

_PLACEHOLDERS = frozenset(
    {"na", "n/a", "n.a.", "null", "none", "nil", "nan", "undefined"}
    | {"-", "--", "---", ".", "..", "...", "\u2013", "\u2014", "\u2026"}
)

_LONGEST_PLACEHOLDER = max(map(len, _PLACEHOLDERS))

_ELLIPSIS = "\u2026"
_DANGLING = " ,;:.-\u2013\u2014\u2026"
_JOINERS = "\u200c\u200d"
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u312f\u31a0-\u9fff\uf900-\ufaff\uff00-\uffef"
    "\U00020000-\U0003ffff"
)
"""Scripts that put no space between words, as ranges of a regular expression's class: CJK, kana,
their full-width forms, Thai, Lao, Khmer, Myanmar."""

_UNSPACED = re.compile(f"[{UNSPACED}]")


def is_clean(raw: str) -> bool:
    """Tell whether every character may stand in an XML document (XML 1.0, production 2)."""
    # Nothing that Unicode calls printable is illegal, and that is known without a search.
    if raw.isprintable():
        return True
    try:
        return not count_illegal(raw.encode())
    except UnicodeEncodeError:
        return False


def count_illegal(data: bytes) -> int:
    """Count in UTF-8 the characters that may not stand in an XML document.

    Bytes are looked through several times faster than text is by a regular expression.
    """
    controls = len(data) - len(data.translate(None, _CONTROLS))
    return controls + (sum(map(data.count, _NO_CHARACTERS)) if _HIGH in data else 0)


def illegal_at(raw: str) -> list[int]:
    """Give the index, counted from 0, of each character that is illegal in XML 1.0."""
    return [] if is_clean(raw) else [found.start() for found in _ILLEGAL.finditer(raw)]


def replace_illegal(raw: str) -> str:
    """Replace each character that is illegal in XML 1.0 by U+FFFD."""
    return raw if is_clean(raw) else _ILLEGAL.sub("\ufffd", raw)


def decode_entities(text: str) -> str:
    """Decode, once, the character references that end in a semicolon and are known to HTML.

    Browsers decode some without it, too, which turns the `&copy=1` of a URL into `©=1`.
    """
    return _ENTITY.sub(_decoded, text) if "&" in text else text


def clean_line(raw: str, mend: Callable[[str], str] | None = None) -> str:
    """Make a title, name or label one line of visible text; entities are decoded once.

    Markup is not removed: a title that says `<b>x` is that text. `mend` is applied to what
    the entities spell, before anything invisible is dropped.
    """
    text = unescape(raw) if "&" in raw else raw
    return _one_line(mend(text) if mend else text)


def clean_paragraph(raw: str, mend: Callable[[str], str] | None = None) -> str:
    """Make an excerpt plain text on one line; a placeholder such as `NA` gives nothing.

    Only what is written as a tag is markup, and it is dropped first; whatever entities
    spell is text. So `<b>x</b>` gives `x`, and `&lt;b&gt;` the text `<b>`. Entities are
    decoded twice, because excerpts are often escaped twice: `&amp;quot;` gives `"`. `mend`
    is as in `clean_line`.
    """
    text = _without_tags(raw) if "<" in raw else raw
    if "&" in text:
        text = decode_entities(unescape(text))
    line = _one_line(mend(text) if mend else text)
    # No text becomes shorter when its case is folded.
    is_short = len(line) <= _LONGEST_PLACEHOLDER
    return "" if is_short and line.casefold() in _PLACEHOLDERS else line


def shorten(text: str, limit: int) -> str:
    """Cut a text to at most `limit` characters, between words, with `…` where it was cut.

    A first word longer than the limit is cut, but never between a letter and its marks.
    """
    if len(text) <= limit:
        return text
    if limit <= 0:
        return ""
    room = limit - 1
    end = next((at for at in range(room, 0, -1) if _is_between_words(text, at)), room)
    while end > 0 and _is_within_character(text, end):
        end -= 1
    head = text[:end]
    return (head.rstrip(_DANGLING) or head.rstrip()) + _ELLIPSIS


def shown(value: str) -> str:
    """Quote a value for a message: cut at 80 characters, and nothing in it can forge a line."""
    cut = value if len(value) <= 80 else value[:79] + _ELLIPSIS  # noqa: PLR2004
    if not cut.isprintable():
        cut = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in cut)
    return f'"{cut}"'


def _decoded(entity: re.Match[str]) -> str:
    if entity[1].startswith("#"):
        return unescape(entity[0]) or "\ufffd"
    return html5.get(entity[1] + ";", entity[0])


def _one_line(text: str) -> str:
    if not text.isprintable():
        text = _INVISIBLE.sub("", replace_illegal(text))
    elif "  " not in text:
        # Of what is printable, only the space is white.
        return text.strip(" ")
    return " ".join(text.split())


def _without_tags(text: str) -> str:
    return _CUT_TAG.sub("", _TAG.sub(_gap, _UNSEEN.sub(" ", text)))


def _gap(tag: re.Match[str]) -> str:
    return " " if tag[1] else ""


def _is_between_words(text: str, at: int) -> bool:
    around = text[at - 1 : at + 1]
    return any(c.isspace() for c in around) or _UNSPACED.search(around) is not None


def _is_within_character(text: str, at: int) -> bool:
    after = text[at]
    return (
        text[at - 1] in _JOINERS
        or after in _JOINERS
        or unicodedata.category(after).startswith("M")
        or "\U0001f3fb" <= after <= "\U0001f3ff"
    )
