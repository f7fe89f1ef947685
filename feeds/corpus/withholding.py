"""Whether a text that cannot be read says all the same that it is not to be published."""

import re
from collections.abc import Iterator, Sequence

from feeds.corpus.dialect import Dialect
from feeds.corpus.form import BOOLEANS

# What decides over publication, and the value with which a document is published.
_DECIDING = {"listed": True, "draft": False, "removed": False}

_FENCE = re.compile(r"(?:---|\.\.\.|\+\+\+)[ \t]*")
_ANY_INDENT = r"[ \t]*"
_REMARK = re.compile(r"(?:^|[ \t])#.*")


def is_withheld(data: bytes, dialects: Sequence[Dialect]) -> bool:
    """Tell whether a line of front matter holds its document back, whatever else is broken.

    That is one that begins with a key by which any dialect decides over publication, indented
    as the first line is unless the key is a nested one, and that has any value but the one
    with which a document is published. Of a last line without an end, which may be cut off,
    only `true` and `false` count.
    """
    *lines, last = _lines(data)
    first = next(filter(str.strip, lines), last)
    indent = re.escape(first[: len(first) - len(first.lstrip(" \t"))])
    if first.strip().startswith("{"):
        *lines, last = re.sub("[{,]", "\n", "\n".join([*lines, last])).split("\n")
        indent = _ANY_INDENT
    for pair, published in _pairs(dialects, indent):
        if any(_said(found[1]) is not published for found in map(pair.fullmatch, lines) if found):
            return True
        if (found := pair.fullmatch(last)) and _said(found[1]) is (not published):
            return True
    return False


def _pairs(dialects: Sequence[Dialect], indent: str) -> Iterator[tuple[re.Pattern[str], bool]]:
    """Give patterns of lines that decide, each with the value that they should have."""
    for name, published in _DECIDING.items():
        for *outer, key in {path for dialect in dialects for path in dialect.of(name).paths}:
            lead = _ANY_INDENT if outer else indent
            yield re.compile(rf"{lead}[\"']?{re.escape(str(key))}[\"']?[ \t]*[:=](.*)"), published


def _lines(data: bytes) -> list[str]:
    """Give the lines of front matter, closed or not, and what stands after the end of the last.

    What is not UTF-8 is read as far as it is; in UTF-16, each letter has a zero beside it.
    """
    text = data.replace(b"\0", b"").decode(errors="replace").lstrip("\ufeff\ufffd \t\r\n")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    begin = 1 if _FENCE.fullmatch(lines[0]) else 0
    for number, line in enumerate(lines[begin:], start=begin):
        if _FENCE.fullmatch(line):
            return [*lines[begin:number], ""]
    return lines[begin:] or [""]


def _said(value: str) -> bool | None:
    """Give what is written as a value; None where that is neither true nor false."""
    return BOOLEANS.get(_REMARK.sub("", value).strip(" \t,}"))
