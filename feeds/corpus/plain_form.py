"""Typed values out of a document's values, for as long as nothing is wrong with any.

What `Form` tells of with a place, this does not read at all: `Unsure` is raised, and the
document is read in the other way, which is the one that says what each thing means. That
spares places, and whatever is only needed to tell of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from feeds.corpus.dialect import Path, Sources
from feeds.syntax import Value, Values
from feeds.text.clean import clean_line, clean_paragraph
from feeds.text.dates import parse_instant
from feeds.text.mojibake import repaired
from feeds.text.urls import UrlProblem, check_url

_DIGITS = 9


class Unsure(Exception):
    """Something may be wrong, or is of a kind that is not read here."""


@dataclass(frozen=True, slots=True)
class PlainForm:
    """The values under one mapping of a document; `base` is what URLs are resolved against."""

    values: Values
    url_characters: int
    base: str | None = None

    def under(self, values: Values) -> "PlainForm":
        """Give the form of an item."""
        return PlainForm(values, self.url_characters, self.base)

    def text(self, sources: Sources) -> str:
        """Give the first of the texts, which must not be empty; empty where there is none."""
        return self._first(sources, _written)

    def line(self, sources: Sources) -> str:
        """Read one line of cleaned text, empty where no path has any."""
        return self._first(sources, clean)

    def paragraph(self, sources: Sources) -> str:
        """Read running text without markup, empty where no path has any."""
        return self._first(sources, _paragraph)

    def _first(self, sources: Sources, read: Callable[[str], str]) -> str:
        values = self.values
        for path in sources.paths:
            value = values.get(path[0]) if len(path) == 1 else find(values, path)  # type: ignore[arg-type]
            if type(value) is str:
                if text := read(value):
                    return text
            # A later path may lead to a mapping that an earlier one looked into.
            elif value is not None and (type(value) is not dict or path is sources.paths[0]):
                raise Unsure
        return ""

    def items(self, sources: Sources, limit: int) -> list[Value]:
        """Give up to `limit` items of the first list that has any, or of all that are merged."""
        found: list[Value] = []
        for path in sources.paths:
            value = find(self.values, path)
            if type(value) is list:
                found += [item for item in value if item is not None]
            elif type(value) is str and path in sources.split:
                found += value.split()
            elif value is not None:
                found.append(value)
            if found and not sources.merge:
                break
        if len(found) > limit:
            raise Unsure
        return found

    def lines(self, sources: Sources, limit: int) -> tuple[str, ...]:
        """Read the distinct lines among the items of a list or a scalar, in order."""
        found: dict[str, None] = {}
        for item in self.items(sources, limit):
            if type(item) is not str:
                raise Unsure
            if line := clean(item):
                found[line] = None
        return tuple(found)

    def instant(self, sources: Sources) -> datetime | None:
        """Read a date."""
        if not (text := self.text(sources)):
            return None
        try:
            moment, naive = parse_instant(text)
        except ValueError:
            raise Unsure from None
        if naive:
            raise Unsure
        return moment

    def url(self, sources: Sources) -> str | None:
        """Read the first URL."""
        for path in sources.paths:
            value = find(self.values, path)
            if value is not None:
                return self.checked(value)
        return None

    def checked(self, value: Value) -> str:
        """Give an absolute URL as it is emitted."""
        if type(value) is not str:
            raise Unsure
        try:
            return check_url(value, base=self.base, limit=self.url_characters)
        except UrlProblem:
            raise Unsure from None

    def whole(self, sources: Sources) -> int | None:
        """Read a number."""
        if not (text := self.text(sources)):
            return None
        digits = text.removeprefix("-")
        if not (digits.isdecimal() and digits.isascii() and len(digits) <= _DIGITS):
            raise Unsure
        return int(text)

    def boolean(self, sources: Sources) -> bool | None:
        """Read exactly true or false, without quotes; None where there is no such key."""
        for path in sources.paths:
            key = path[-1]
            parent = find(self.values, path[:-1])
            if type(parent) is dict and key in parent:
                value = parent[str(key)]
                if type(value) is bool:
                    return value
                raise Unsure
        return None


def find(values: Values, path: Path) -> Value:
    """Follow a path through mappings and lists; None where it leads to nothing or to null."""
    value: Value = values
    for part in path:
        if type(value) is dict:
            value = value.get(part)  # type: ignore[arg-type]
        elif type(value) is list and type(part) is int and part < len(value):
            value = value[part]
        else:
            return None
    return value


def clean(text: str) -> str:
    """Make a text one line; it holds nothing that cannot be seen but newlines."""
    if "&" in text or not text.isascii():
        return clean_line(text, as_it_is)
    return " ".join(text.split()) if "  " in text or "\n" in text else text.strip(" ")


def _paragraph(text: str) -> str:
    return clean_paragraph(text, as_it_is)


def _written(text: str) -> str:
    if not text:
        raise Unsure
    return text


def as_it_is(text: str) -> str:
    """Give a text that was decoded rightly."""
    if not text.isascii() and repaired(text) is not None:
        raise Unsure
    return text
