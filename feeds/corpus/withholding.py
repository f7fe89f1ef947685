"""Whether a text that cannot be read says all the same that it is not to be published."""

import re
from collections.abc import Iterator, Sequence

from feeds.corpus.dialect import Dialect
from feeds.corpus.form import BOOLEANS

DECIDING = {"listed": True, "draft": False, "removed": False}
"""What decides over publication, and the value with which a document is published."""

_FENCE = re.compile(r"^(?:---|\.\.\.|\+\+\+)[ \t]*$", re.MULTILINE)
_FIRST = re.compile(r"^([ \t]*)(\S)", re.MULTILINE)
_ANY_INDENT = r"[ \t]*"
_REMARK = re.compile(r"(?:^|[ \t])#.*")


def is_withheld(data: bytes, dialects: Sequence[Dialect]) -> bool:
    """Tell whether a line of front matter holds its document back, whatever else is broken.

    That is one that begins with a key by which any dialect decides over publication, indented
    as the first line is unless the key is a nested one, and that has any value but the one
    with which a document is published. Of a last line without an end, which may be cut off,
    only `true` and `false` count.
    """
    text = _front_matter(data)
    first = _FIRST.search(text)
    if first is None:
        return False
    indent = re.escape(first[1])
    if first[2] == "{":
        text, indent = re.sub("[{,]", "\n", text), _ANY_INDENT
    for pair, published in _pairs(dialects, indent):
        for found in pair.finditer(text):
            said = _said(found[1])
            is_cut_off = said is None and found.end() == len(text)
            if said is not published and not is_cut_off:
                return True
    return False


def _front_matter(data: bytes) -> str:
    """Give the text between the lines that open and close it, where there are any.

    What is not UTF-8 is read as far as it is; in UTF-16, each letter has a zero beside it.
    """
    text = data.replace(b"\0", b"").decode(errors="replace").lstrip("\ufeff\ufffd \t\r\n")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    opening = _FENCE.match(text)
    begin = opening.end() if opening else 0
    closing = _FENCE.search(text, begin)
    return text[begin : closing.start() if closing else None]


def _pairs(dialects: Sequence[Dialect], indent: str) -> Iterator[tuple[re.Pattern[str], bool]]:
    """Give patterns of lines that decide, each with the value that they should have."""
    for name, published in DECIDING.items():
        for *outer, key in {path for dialect in dialects for path in dialect.of(name).paths}:
            lead = _ANY_INDENT if outer else indent
            pair = rf"^{lead}[\"']?{re.escape(str(key))}[\"']?[ \t]*[:=](.*)"
            yield re.compile(pair, re.MULTILINE), published


def _said(value: str) -> bool | None:
    """Give what is written as a value; None where that is neither true nor false."""
    return BOOLEANS.get(_REMARK.sub("", value).strip(" \t,}"))
