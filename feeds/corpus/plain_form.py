"""Readers of a document's values, for as long as nothing is wrong with any.

A reader is made once, of where a field may stand in the documents of a dialect, and gives what
stands there in one of them. What `Form` tells of with a place, it does not read at all:
`Unsure` is raised, and the document is read in the other way, which is the one that says what
each thing means. That spares places, and whatever is only needed to tell of them.
"""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from operator import methodcaller
from typing import TypeVar

from feeds.corpus.dialect import Path, Sources
from feeds.syntax import Value, Values
from feeds.text.clean import clean_line, clean_paragraph
from feeds.text.dates import parse_instant, parse_usual
from feeds.text.mojibake import repaired
from feeds.text.urls import UrlProblem, check_url

Result = TypeVar("Result")
Reader = Callable[[Values], Result]
"""What reads one field of a mapping; raises `Unsure`."""

Check = Callable[[Value], str]
"""What gives a URL as it is emitted; raises `Unsure`."""

_DIGITS = 9


class Unsure(Exception):
    """Something may be wrong, or is of a kind that is not read here."""


def at(path: Path) -> Reader[Value]:
    """Give what stands at a path; None where it leads to nothing or to null."""
    key, *rest = path
    if not rest:
        return methodcaller("get", key)
    inner = tuple(rest)
    return lambda values: follow(values.get(key), inner)  # type: ignore[arg-type]


def follow(value: Value, path: Path) -> Value:
    """Go through mappings and lists; None where that leads to nothing."""
    for part in path:
        if type(value) is dict:
            value = value.get(part)  # type: ignore[arg-type]
        elif type(value) is list and type(part) is int and part < len(value):
            value = value[part]
        else:
            return None
    return value


def line(sources: Sources, default: str = "") -> Reader[str]:
    """Read one line of cleaned text, or give the default where no path has any."""
    return _first(sources, clean, default)


def label(sources: Sources, default: str = "") -> Reader[str]:
    """Do the same for a line that many documents have."""
    return _first(sources, clean_label, default)


def paragraph(sources: Sources) -> Reader[str]:
    """Read running text without markup, empty where no path has any."""
    return _first(sources, _paragraph, "")


def text(sources: Sources) -> Reader[str]:
    """Give the first of the texts, which must not be empty; empty where there is none."""
    return _first(sources, _written, "")


def instant(sources: Sources) -> Reader[datetime | None]:
    """Read a date."""
    return _first(sources, _moment, None)


def whole(sources: Sources) -> Reader[int | None]:
    """Read a number."""
    written = text(sources)

    def read(values: Values) -> int | None:
        number = written(values)
        if not number:
            return None
        digits = number.removeprefix("-")
        if not (digits.isdecimal() and digits.isascii() and len(digits) <= _DIGITS):
            raise Unsure
        return int(number)

    return read


def boolean(sources: Sources) -> Reader[bool | None]:
    """Read exactly true or false, without quotes; None where there is no such key."""

    def read(values: Values) -> bool | None:
        for *way, key in sources.paths:
            parent = follow(values, tuple(way)) if way else values
            if type(parent) is dict and key in parent:
                value = parent[str(key)]
                if type(value) is bool:
                    return value
                raise Unsure
        return None

    return read


def url(sources: Sources, check: Check) -> Reader[str | None]:
    """Read the first URL, as `check` gives it."""
    places = tuple(map(at, sources.paths))

    def read(values: Values) -> str | None:
        for place in places:
            if (value := place(values)) is not None:
                return check(value)
        return None

    return read


def url_check(base: str | None, limit: int) -> Check:
    """Check absolute URLs, and those that are resolved against `base`."""

    def check(value: Value) -> str:
        if type(value) is not str:
            raise Unsure
        try:
            return check_url(value, base=base, limit=limit)
        except UrlProblem:
            raise Unsure from None

    return check


def own_url(sources: Sources, check: Check) -> Reader[str]:
    """Read the address of a document, which is no pattern of addresses."""
    paths = sources.paths

    def read(values: Values) -> str:
        for path in paths:
            if str(path[0])[:1] == "/":
                break
            value = follow(values, path)
            if type(value) is str and value[:1] != "/":
                return check(value)
            # A later path may lead to a mapping that an earlier one looked into.
            if value is not None and not (type(value) is dict and path != paths[0]):
                break
        raise Unsure

    return read


def present(sources: Sources) -> Reader[bool]:
    """Tell whether anything stands at any of the paths."""
    places = tuple(map(at, sources.paths))

    def read(values: Values) -> bool:
        return any(place(values) is not None for place in places)

    return read


def items(sources: Sources, limit: int) -> Reader[list[Value]]:
    """Give up to `limit` items of the first list that has any, or of all that are merged."""
    places = tuple((at(path), path in sources.split) for path in sources.paths)

    def read(values: Values) -> list[Value]:
        found: list[Value] = []
        for place, is_split in places:
            value = place(values)
            if type(value) is list:
                found += [item for item in value if item is not None]
            elif type(value) is str and is_split:
                found += value.split()
            elif value is not None:
                found.append(value)
            if found and not sources.merge:
                break
        if len(found) > limit:
            raise Unsure
        return found

    return read


def labels(sources: Sources, limit: int) -> Reader[tuple[str, ...]]:
    """Read the distinct lines among the items of a list or a scalar, in order."""
    written = items(sources, limit)

    def read(values: Values) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for item in written(values):
            if type(item) is not str:
                raise Unsure
            if cleaned := clean_label(item):
                found[cleaned] = None
        return tuple(found)

    return read


def _first(sources: Sources, read: Callable[[str], Result], nothing: Result) -> Reader[Result]:
    """Read the first text of which anything is left."""
    places = [(at(path), number == 0) for number, path in enumerate(sources.paths)]

    def read_first(values: Values) -> Result:
        for place, is_first in places:
            value = place(values)
            if type(value) is str:
                if found := read(value):
                    return found
            # A later path may lead to a mapping that an earlier one looked into.
            elif value is not None and (is_first or type(value) is not dict):
                raise Unsure
        return nothing

    return read_first


def clean(raw: str) -> str:
    """Make a text one line; it holds nothing that cannot be seen but newlines."""
    if "&" in raw or not raw.isascii():
        return clean_line(raw, as_it_is)
    return " ".join(raw.split()) if "  " in raw or "\n" in raw else raw.strip(" ")


clean_label = lru_cache(maxsize=1_024)(clean)
"""Do the same for what many documents have."""


def _paragraph(raw: str) -> str:
    return clean_paragraph(raw, as_it_is)


def _written(raw: str) -> str:
    if not raw:
        raise Unsure
    return raw


def _moment(raw: str) -> datetime:
    if usual := parse_usual(raw):
        return usual
    try:
        moment, naive = parse_instant(raw)
    except ValueError:
        raise Unsure from None
    if naive:
        raise Unsure
    return moment


def as_it_is(raw: str) -> str:
    """Give a text that was decoded rightly."""
    if not raw.isascii() and repaired(raw) is not None:
        raise Unsure
    return raw
