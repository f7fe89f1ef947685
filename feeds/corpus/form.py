"""Typed values out of nodes; whatever is wrong with one becomes a finding.

Types come from here, not from YAML: a title is text whatever it looks like, and only a
field that must be a number is read as one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import NamedTuple

from feeds.corpus.dialect import Path, Sources, find
from feeds.model import Finding, Mapping, Node, Scalar, Sequence, Severity
from feeds.text.clean import clean_line, clean_paragraph, is_clean, shorten
from feeds.text.dates import parse_instant
from feeds.text.urls import UrlProblem, check_url

_VALUE_CHARACTERS = 80


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
    `zone` that of dates which name none.
    """

    path: str
    root: Node
    findings: list[Finding]
    names: dict[str, str]
    zone: tzinfo
    url_characters: int
    base: str | None = None
    prefix: str = ""

    def under(self, value: Value) -> "Form":
        """Give the form of an item, whose findings go to the same list."""
        return replace(self, root=value.node, prefix=f"{value.key}.")

    def values(self, sources: Sources) -> Iterator[Value]:
        """Give what stands at each path of the sources, null left out."""
        for path in sources.paths:
            if (node := self._node(path)) is not None:
                yield Value(self.prefix + _written(path), node)

    def all_values(self, sources: Sources) -> Iterator[Value]:
        """Give what stands at each path of the sources, null included."""
        for path in sources.paths:
            parent = find(self.root, path[:-1])
            if isinstance(parent, Mapping) and path[-1] in parent.items:
                yield Value(self.prefix + _written(path), parent.items[str(path[-1])])

    def text(self, sources: Sources) -> TextValue | None:
        """Give the first scalar; a list gives its only item.

        A value of another shape is a finding if it stands at the first path, since a later
        path may rightly lead to a mapping that an earlier one looked into.
        """
        for number, value in enumerate(self.values(sources)):
            node = value.node
            if isinstance(node, Sequence) and len(node.items) == 1:
                node = node.items[0]
            if isinstance(node, Scalar):
                return TextValue(value.key, node)
            if number == 0:
                self.warn("type-invalid", value, "must be text; field dropped")
        return None

    def line(self, sources: Sources) -> str:
        """Read one line of cleaned text, empty where there is none."""
        value = self.text(sources)
        return self._cleaned(value) if value else ""

    def paragraph(self, sources: Sources) -> str:
        """Read running text without markup, empty where there is none."""
        value = self.text(sources)
        if not value:
            return ""
        self._report_illegal(value)
        return clean_paragraph(value.node.text)

    def lines(self, sources: Sources, limit: int) -> tuple[str, ...]:
        """Read up to `limit` distinct lines from a list or a scalar, in their order."""
        found: dict[str, None] = {}
        for value in self.items(sources):
            if not isinstance(value.node, Scalar):
                self.warn("type-invalid", value, "must be text; item dropped")
                continue
            parts = value.node.text.split() if sources.split else [""]
            for part in parts:
                node = value.node._replace(text=part) if part else value.node
                if line := self._cleaned(TextValue(value.key, node)):
                    found.setdefault(line)
            if len(found) > limit:
                self.warn("list-too-long", value, f"more than {limit} items; the rest is dropped")
                break
        return tuple(found)[:limit]

    def items(self, sources: Sources) -> Iterator[Value]:
        """Give the items of the first list found, or of all where the sources merge them."""
        for value in self.values(sources):
            if isinstance(value.node, Sequence):
                for index, item in enumerate(value.node.items):
                    if not (isinstance(item, Scalar) and item.is_null):
                        yield Value(f"{value.key}[{index}]", item)
            else:
                yield value
            if not sources.merge:
                return

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
            for item in _flat(value):
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
        """Read a number, rounded to a whole one."""
        if not (value := self.text(sources)):
            return None
        try:
            return round(float(value.node.text[:_VALUE_CHARACTERS]))
        except (ValueError, OverflowError):
            message = f"{quoted(value)} is not a number; field dropped"
            self.warn("number-invalid", value, message)
            return None

    def boolean(self, sources: Sources) -> bool | None:
        """Read exactly true or false, without quotes; None where there is neither.

        Raises `ValueError` for any other value: what decides over publication is not
        guessed.
        """
        for value in self.values(sources):
            node = value.node
            if isinstance(node, Scalar) and node.plain and node.text.lower() in {"true", "false"}:
                return node.text.lower() == "true"
            message = f"{quoted(value)} is neither true nor false; document skipped"
            self.note("boolean-invalid", value, message, "error")
            raise ValueError(message)
        return None

    def warn(self, code: str, value: AnyValue, message: str) -> None:
        """Note that a field was dropped or mended."""
        self.note(code, value, message, "warning")

    def note(self, code: str, value: AnyValue, message: str, severity: Severity) -> None:
        """Note something wrong at the place of a value."""
        node = value.node
        self.findings.append(
            Finding(self.path, node.line, node.column, code, value.key, message, severity)
        )

    def _node(self, path: Path) -> Node | None:
        name = path[0]
        if isinstance(name, str) and name.startswith("$"):
            return Scalar(self.names[name], 0, 0, plain=False) if name in self.names else None
        return find(self.root, path)

    def _cleaned(self, value: TextValue) -> str:
        self._report_illegal(value)
        return clean_line(value.node.text)

    def _report_illegal(self, value: TextValue) -> None:
        if not is_clean(value.node.text):
            self.warn("text-illegal", value, "has characters that XML forbids; replaced by U+FFFD")


def quoted(value: AnyValue) -> str:
    """Show a value in a message, cut short, with control characters escaped."""
    if not isinstance(value.node, Scalar):
        return "a mapping" if isinstance(value.node, Mapping) else "a list"
    shown = shorten(value.node.text, _VALUE_CHARACTERS)
    return '"' + shown.encode("unicode_escape").decode("ascii").replace('"', '\\"') + '"'


def _flat(value: Value) -> Iterator[Value]:
    if isinstance(value.node, Sequence):
        yield from (Value(f"{value.key}[{n}]", item) for n, item in enumerate(value.node.items))
    else:
        yield value


def _written(path: Path) -> str:
    """Write a path as people do: `related[2].webUrl`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).lstrip(".")
