"""Typed values out of a document's values, for as long as nothing is wrong with any.

What `Form` tells of with a place, this does not read at all: `Unsure` is raised, and the
document is read in the other way, which is the one that says what each thing means. That
spares places, and whatever is only needed to tell of them.
"""

from collections.abc import Iterator
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

    def texts(self, sources: Sources) -> Iterator[str]:
        """Give the text at each path that has one."""
        for path in sources.paths:
            value = find(self.values, path)
            if type(value) is str:
                yield value
            elif value is not None and not (type(value) is dict and path != sources.paths[0]):
                raise Unsure

    def text(self, sources: Sources) -> str | None:
        """Give the first of the texts."""
        for text in self.texts(sources):
            return text
        return None

    def line(self, sources: Sources) -> str:
        """Read one line of cleaned text, empty where no path has any."""
        for text in self.texts(sources):
            if line := clean_line(text, as_it_is):
                return line
        return ""

    def paragraph(self, sources: Sources) -> str:
        """Read running text without markup, empty where no path has any."""
        for text in self.texts(sources):
            if paragraph := clean_paragraph(text, as_it_is):
                return paragraph
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
            if line := clean_line(item, as_it_is):
                found[line] = None
        return tuple(found)

    def instant(self, sources: Sources) -> datetime | None:
        """Read a date."""
        if (text := self.text(sources)) is None:
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
        text = self.text(sources)
        if text is None:
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


def as_it_is(text: str) -> str:
    """Give a text that was decoded rightly."""
    if not text.isascii() and repaired(text) is not None:
        raise Unsure
    return text
