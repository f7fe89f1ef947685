"""What formats write alike of many values, made once: bytes with gaps for what differs.

Formats write an example, in which marks stand for texts, numbers and dates. Where a mark comes
out, there is a gap for what it stands for. A mark for a text has characters that are escaped
in one way between tags, in others in attributes or in JSON: so it tells how the text that is to
stand there must be escaped.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from feeds.text.dates import rfc2822, rfc3339

BETWEEN = b"\x00"
"""What stands between texts that are joined: none that is legal in XML has it."""

_LEAST_NUMBER = 900_719_925_470_000
_LEAST_YEAR = 1000


def text_mark(index: int) -> str:
    """Give what stands for a text; no format writes characters for private use of its own."""
    return f'\ue000{index}<"\ue001'


def number_mark(index: int) -> int:
    """Give what stands for a number; there may be thousands of them."""
    return _LEAST_NUMBER + index


def date_mark(index: int) -> datetime:
    """Give what stands for an instant; there may be thousands of them."""
    return datetime(_LEAST_YEAR + index, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Values:
    """What fills gaps: texts in UTF-8, legal in XML and joined, numbers and instants."""

    texts: bytes
    numbers: Sequence[int | None] = ()
    dates: Sequence[datetime] = ()


class _Gap(NamedTuple):
    """A place for a value, which has a number among those of its kind, and how it is written."""

    way: str
    number: int


class Pattern:
    """Some examples that were written, with gaps where they have marks.

    Raises `ValueError` where a mark was written in a way that is not known.
    """

    def __init__(self, examples: Iterable[bytes]) -> None:
        divided = [_divide(example.decode()) for example in examples]
        gaps = sorted({gap for _, found in divided for gap in found})
        # Texts are written in a way all together, since that takes a fraction of the time, from
        # the first that needs it to the last.
        spans: dict[str, range] = {}
        for way, number in gaps:
            if way in _TEXTS:
                first = spans.get(way, range(number, number)).start
                spans[way] = range(first, number + 1)
        self._ways = [(_TEXTS[way], span.start, span.stop) for way, span in spans.items()]
        numbers = [gap for gap in gaps if gap.way == _NUMBER]
        dates = [gap for gap in gaps if gap.way in _DATES]
        self._numbers = [gap.number for gap in numbers]
        self._dates = [(_DATES[gap.way], gap.number) for gap in dates]
        order = [_Gap(way, number) for way, span in spans.items() for number in span]
        places = {gap: place for place, gap in enumerate((*order, *numbers, *dates))}
        self._pieces = [(pieces, [places[gap] for gap in found]) for pieces, found in divided]

    def fill(self, values: Values) -> list[bytes]:
        """Give what would have been written of some values."""
        texts = values.texts.split(BETWEEN)
        written: list[bytes] = []
        for escaped, start, end in self._ways:
            written += escaped(BETWEEN.join(texts[start:end])).split(BETWEEN)
        written += [str(values.numbers[index]).encode() for index in self._numbers]
        written += [write(values.dates[index]).encode() for write, index in self._dates]
        return [_filled(pieces, written, places) for pieces, places in self._pieces]


def _filled(pieces: list[bytes], written: list[bytes], places: list[int]) -> bytes:
    whole = pieces.copy()
    whole[1::2] = map(written.__getitem__, places)
    return b"".join(whole)


def _divide(example: str) -> tuple[list[bytes], list[_Gap]]:
    """Take an example apart: its pieces, of which every other one is a gap and empty."""
    pieces: list[str] = []
    gaps: list[_Gap] = []
    end = 0
    for found in _MARKS.finditer(example):
        way = found.lastgroup or ""
        gaps.append(_Gap(way, int(found[way]) - _LEAST.get(way, 0)))
        pieces += (example[end : found.start()], "")
        end = found.end()
    pieces.append(example[end:])
    if any("\ue000" in piece for piece in pieces):
        raise ValueError("a text is written in a way that is not known")
    return [piece.encode() for piece in pieces], gaps


def _between_tags(text: bytes) -> bytes:
    """Escape text as lxml does between tags."""
    text = text.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    return text.replace(b"\r", b"&#13;")


def _in_attribute(text: bytes) -> bytes:
    """Escape text as lxml does in an attribute."""
    text = _between_tags(text).replace(b'"', b"&quot;")
    return text.replace(b"\n", b"&#10;").replace(b"\t", b"&#9;")


def _as_html(text: bytes) -> bytes:
    """Escape text to be HTML, and that as lxml does between tags."""
    text = text.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    return _between_tags(text)


def _in_json(text: bytes) -> bytes:
    """Escape text as JSON does, of which the other control characters are not legal in XML."""
    text = text.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return text.replace(b"\n", b"\\n").replace(b"\r", b"\\r").replace(b"\t", b"\\t")


_TEXTS: dict[str, Callable[[bytes], bytes]] = {
    "text": _between_tags,
    "attribute": _in_attribute,
    "html": _as_html,
    "json": _in_json,
}
_DATES: dict[str, Callable[[datetime], str]] = {"rfc3339": rfc3339, "rfc2822": rfc2822}
_NUMBER = "number"
_LEAST = {_NUMBER: _LEAST_NUMBER, "rfc3339": _LEAST_YEAR, "rfc2822": _LEAST_YEAR}
_MARKS = re.compile(
    '\ue000(?P<text>[0-9]+)&lt;"\ue001'
    "|\ue000(?P<attribute>[0-9]+)&lt;&quot;\ue001"
    '|\ue000(?P<html>[0-9]+)&amp;lt;"\ue001'
    '|\ue000(?P<json>[0-9]+)<\\\\"\ue001'
    "|(?P<number>90071992547[0-9]{4})"
    "|(?P<rfc3339>[0-9]{4})-01-01T00:00:00Z"
    "|[A-Z][a-z]{2}, 01 Jan (?P<rfc2822>[0-9]{4}) 00:00:00 GMT"
)
