"""Typed values out of nodes; whatever is wrong with one becomes a finding.

Types come from here, not from YAML: a title is text whatever it looks like, and only a
field that must be a number is read as one.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from typing import NamedTuple

from feeds.corpus.dialect import FILE_NAMES, Path, Sources, find, written
from feeds.model import SKIPPED, Finding, Mapping, Node, Scalar, Sequence, Severity
from feeds.text.clean import clean_line, clean_paragraph, is_clean, shown
from feeds.text.dates import parse_instant
from feeds.text.direction import has_turns
from feeds.text.mojibake import meant, repaired
from feeds.text.urls import UrlProblem, check_url

_NUMBER_CHARACTERS = 40
_LARGEST = 2_000_000_000
BOOLEANS = {"true": True, "True": True, "TRUE": True} | {
    "false": False, "False": False, "FALSE": False
}  # fmt: skip
_MOJIBAKE = "text-mojibake"
_INDEXES = re.compile(r"\[[0-9]+\]")


class Value(NamedTuple):
    """A node, and the key path that leads to it."""

    key: str
    node: Node


class TextValue(NamedTuple):
    """A scalar, and the key path that leads to it."""

    key: str
    node: Scalar


AnyValue = Value | TextValue


class Problem(NamedTuple):
    """A value that could not be read, with the code and words of a finding."""

    value: AnyValue
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Form:
    """The values under one node of a document, with a list that findings are added to.

    `names` are the values of `$` paths, `base` is what relative URLs are resolved against,
    `zone` that of dates which name none; `mends` says that mojibake is repaired, not only told.
    """

    path: str
    root: Node
    findings: list[Finding]
    names: dict[str, str]
    zone: tzinfo
    url_characters: int
    base: str | None = None
    mends: bool = False
    prefix: str = ""

    def under(self, value: Value) -> "Form":
        """Give the form of an item, whose findings go to the same list."""
        return Form(
            path=self.path,
            root=value.node,
            findings=self.findings,
            names=self.names,
            zone=self.zone,
            url_characters=self.url_characters,
            base=self.base,
            mends=self.mends,
            prefix=f"{value.key}.",
        )

    def values(self, sources: Sources) -> Iterator[Value]:
        """Give what stands at each path of the sources, null left out."""
        for path in sources.paths:
            if value := self.at(path):
                yield value

    def at(self, path: Path) -> Value | None:
        """Give what stands at a path; None where there is nothing or null."""
        name = path[0]
        node = self._name(str(name)) if name in FILE_NAMES else find(self.root, path)
        return None if node is None else Value(self.prefix + written(path), node)

    def all_values(self, sources: Sources) -> Iterator[Value]:
        """Give what stands at each path of the sources, null included."""
        for path in sources.paths:
            parent = find(self.root, path[:-1])
            if isinstance(parent, Mapping) and path[-1] in parent.items:
                yield Value(self.prefix + written(path), parent.items[str(path[-1])])

    def text(self, sources: Sources) -> TextValue | None:
        """Give the first of the texts."""
        return next(self.texts(sources), None)

    def texts(self, sources: Sources) -> Iterator[TextValue]:
        """Give the scalar at each path that has one; a list gives its only item.

        A value of another shape is a finding if it stands at the first path, since a later
        path may rightly lead to a mapping that an earlier one looked into.
        """
        for path in sources.paths:
            if not (value := self.at(path)):
                continue
            if isinstance(value.node, Scalar):
                yield TextValue(value.key, value.node)
                continue
            items = list(flat(value))
            if len(items) == 1 and isinstance(items[0].node, Scalar):
                yield TextValue(value.key, items[0].node)
            elif items and path == sources.paths[0]:
                self.warn("type-invalid", value, "must be text; field dropped")

    def line(self, sources: Sources) -> str:
        """Read one line of cleaned text, empty where no path has any."""
        for value in self.texts(sources):
            if line := self.cleaned(value):
                return line
        return ""

    def paragraph(self, sources: Sources) -> str:
        """Read running text without markup, empty where no path has any."""
        for value in self.texts(sources):
            if paragraph := self._cleaned(value, clean_paragraph):
                return paragraph
        return ""

    def lines(self, sources: Sources, limit: int) -> tuple[str, ...]:
        """Read the distinct lines among up to `limit` items of a list or a scalar, in order."""
        found: dict[str, None] = {}
        for number, value in enumerate(self.items(sources)):
            if number == limit:
                self.warn("list-too-long", value, f"more than {limit} items; the rest is dropped")
                break
            if not isinstance(value.node, Scalar):
                self.warn("type-invalid", value, "must be text; item dropped")
            elif line := self.cleaned(TextValue(value.key, value.node)):
                found.setdefault(line)
        return tuple(found)

    def items(self, sources: Sources) -> Iterator[Value]:
        """Give the items of the first list that has any, or of all where sources merge them."""
        for path in sources.paths:
            if not (value := self.at(path)):
                continue
            items = list(_words(value) if path in sources.split else flat(value))
            yield from items
            if items and not sources.merge:
                return

    def cleaned(self, value: TextValue) -> str:
        """Make a text one line, and note what is wrong with it."""
        return self._cleaned(value, clean_line)

    def mended(self, value: AnyValue, text: str) -> str:
        """Note that some text at a value was decoded wrongly, once for each field; mend it."""
        if text.isascii() or (mended := repaired(text)) is None:
            return text
        field = _INDEXES.sub("", value.key)
        if not any(f.code == _MOJIBAKE and _INDEXES.sub("", f.key) == field for f in self.findings):
            outcome = "repaired" if self.mends else "left as it is"
            message = f"was decoded wrongly, {shown(meant(text, mended))} is meant; {outcome}"
            self.warn(_MOJIBAKE, value, message)
        return mended if self.mends else text

    def instant(self, value: TextValue) -> datetime:
        """Read a date; raises `ValueError` with a message for people."""
        instant = parse_instant(value.node.text, self.zone)
        if instant.naive:
            self.warn("date-naive", value, f"names no time zone; {self.zone} is assumed")
        return instant.moment

    def optional_instant(self, sources: Sources) -> datetime | None:
        """Read a date that a document can do without."""
        if not (value := self.text(sources)):
            return None
        try:
            return self.instant(value)
        except ValueError as error:
            self.warn("date-invalid", value, f"{error}; field dropped")
            return None

    def url(self, value: AnyValue) -> str:
        """Read an absolute URL; raises `UrlProblem`."""
        if not isinstance(value.node, Scalar):
            raise UrlProblem("url-invalid", "a URL must be text")
        return check_url(value.node.text, base=self.base, limit=self.url_characters)

    def first_url(self, sources: Sources) -> "str | Problem | None":
        """Read the first URL that is one; where none is, say what is wrong with the first."""
        problem: Problem | None = None
        for value in self.values(sources):
            for item in flat(value):
                try:
                    return self.url(item)
                except UrlProblem as error:
                    problem = problem or Problem(item, error.code, str(error))
        return problem

    def optional_url(self, sources: Sources) -> str | None:
        """Read a URL that a document can do without."""
        url = self.first_url(sources)
        if isinstance(url, Problem):
            self.warn(url.code, url.value, f"{url.message}; dropped")
            return None
        return url

    def whole(self, sources: Sources) -> int | None:
        """Read a number, rounded to a whole one; none has more than ten digits."""
        if not (value := self.text(sources)):
            return None
        try:
            number = round(float(value.node.text[:_NUMBER_CHARACTERS]))
        except (ValueError, OverflowError):
            problem = "is not a number"
        else:
            if -_LARGEST <= number <= _LARGEST:
                return number
            problem = "is too large a number"
        self.warn("number-invalid", value, f"{quoted(value)} {problem}; field dropped")
        return None

    def boolean(self, sources: Sources) -> bool | None:
        """Read exactly true or false, without quotes; None where there is no such key.

        Raises `ValueError` for any other value, null too: what decides over publication is
        not guessed.
        """
        for value in self.all_values(sources):
            node = value.node
            if isinstance(node, Scalar) and node.plain and node.text in BOOLEANS:
                return BOOLEANS[node.text]
            message = f"{quoted(value)} is neither true nor false; {SKIPPED}"
            self.note("boolean-invalid", value, message, "error")
            raise ValueError(message)
        return None

    def warn(self, code: str, value: AnyValue, message: str) -> None:
        """Note that a field was dropped or mended."""
        self.note(code, value, message, "warning")

    def note(self, code: str, value: AnyValue, message: str, severity: Severity) -> None:
        """Note something wrong at the place of a value, once however often it is read."""
        place = (value.node.line, value.node.column)
        finding = Finding(self.path, *place, code, value.key, message, severity)
        if finding not in self.findings:
            self.findings.append(finding)

    def _name(self, name: str) -> Node | None:
        return Scalar(self.names[name], 0, 0, plain=False) if name in self.names else None

    def _cleaned(self, value: TextValue, clean: Callable[..., str]) -> str:
        text = value.node.text
        # A shortcut for most texts: they have nothing that could be noted.
        if text.isascii() and text.isprintable() and "&" not in text:
            return clean(text)
        self._report_illegal(value)
        return clean(text, partial(self.mended, value))

    def _report_illegal(self, value: TextValue) -> None:
        if not is_clean(value.node.text):
            self.warn("text-illegal", value, "has characters that XML forbids; replaced by U+FFFD")
        if has_turns(value.node.text):
            message = "has invisible characters that turn the direction of text; removed"
            self.warn("text-direction", value, message)


def quoted(value: AnyValue) -> str:
    """Show a value in a message, cut short, with control characters escaped."""
    if not isinstance(value.node, Scalar):
        return "a mapping" if isinstance(value.node, Mapping) else "a list"
    return shown(value.node.text)


def flat(value: Value) -> Iterator[Value]:
    """Give the items of a list, null left out; a value of another shape is its only item."""
    if not isinstance(value.node, Sequence):
        yield value
        return
    for index, item in enumerate(value.node.items):
        if not (isinstance(item, Scalar) and item.is_null):
            yield Value(f"{value.key}[{index}]", item)


def _words(value: Value) -> Iterator[Value]:
    if isinstance(value.node, Scalar):
        words = value.node.text.split()
        yield from (Value(value.key, value.node._replace(text=word)) for word in words)
    else:
        yield from flat(value)
