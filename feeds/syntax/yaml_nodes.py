"""YAML to nodes in one pass over the events of PyYAML's C parser, unless it is plain.

Building nodes from events, not loading, is what makes a hostile document cheap: depth and
number are bounded before anything recurses, an alias is refused before it can multiply,
and a scalar stays the text that was written, because its type is the schema's to say.
"""

import re
from dataclasses import dataclass, field

from yaml import MarkedYAMLError, SafeLoader
from yaml.cyaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from yaml.reader import ReaderError

from feeds.model import Mapping, Node, Scalar, Sequence
from feeds.syntax.plain_yaml import parse_plain_yaml
from feeds.syntax.problem import SyntaxLimits, SyntaxProblem

_IMPLICIT_TYPES: dict[str, list[tuple[str, object]]] = SafeLoader.yaml_implicit_resolvers

# YAML 1.1 ends a line at these, editors and YAML 1.2 (section 5.4) do not.
_NO_LINE_BREAKS = re.compile("[\x85\u2028\u2029]")

_HINTS = {
    "mapping values are not allowed in this context": 'quote a text that has ": " in it,'
    " or mend the indentation",
    "found character that cannot start any token": "quote a text that begins with @, % or `;"
    " indent with spaces, not tabs",
    "did not find expected node content": "a value, ] or } is missing before this",
    "did not find expected alphabetic or numeric character": "quote a text that begins with & or *",
    "found unexpected end of stream": "the quote opened on line {line} is never closed",
    "could not find expected ':'": "line {line} is no key with a value, nor indented as more text",
    "block sequence entries are not allowed in this context": "begin a list on a line of its own,"
    " and quote a text that begins with -",
    "did not find expected key": "look for a quote within quotes or for wrong indentation",
    "did not find expected ',' or ']'": "the list of line {line} lacks a comma or its end",
    "did not find expected ',' or '}'": "the mapping of line {line} lacks a comma or its end",
    "found unknown escape character": "write \\\\ for \\, or use single quotes",
}
_QUOTE = "if it is text, quote it"

# JSON writes an emoji as two escapes, which YAML refuses; half of one is no character at all.
_HALF_A_CHARACTER = "found invalid Unicode character escape code"
_SURROGATES = re.compile(
    r"((?<!\\)(?:\\\\)*)\\u(?:(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})|d[89a-f][0-9a-f]{2})",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Open:
    """A collection whose end has not been seen; `items` is a dictionary for a mapping."""

    items: dict[str, Node] | list[Node]
    line: int
    column: int
    key: str | None = None
    key_lines: dict[str, int] = field(default_factory=dict)


def parse_yaml(text: str, *, first_line: int = 1, limits: SyntaxLimits | None = None) -> Node:
    """Parse one YAML document, its scalars kept as text; an empty text gives a null scalar.

    `first_line` is the line of the file on which `text` begins. Raises `SyntaxProblem`
    with code `yaml-syntax`, `yaml-depth`, `yaml-nodes`, `yaml-alias`,
    `yaml-duplicate-key` or `yaml-key-not-text`.
    """
    limits = limits or SyntaxLimits()
    plain = parse_plain_yaml(text, first_line=first_line, limits=limits)
    return parse_any_yaml(text, first_line=first_line, limits=limits) if plain is None else plain


def parse_any_yaml(text: str, *, first_line: int, limits: SyntaxLimits) -> Node:
    """Do the same as `parse_yaml` without its way for texts that are plain."""
    text = _NO_LINE_BREAKS.sub(" ", text)
    try:
        return _parse(text, first_line, limits)
    except SyntaxProblem as problem:
        if problem.message != _HALF_A_CHARACTER:
            raise
    return _parse(_SURROGATES.sub(_whole_character, text), first_line, limits)


def _parse(text: str, first_line: int, limits: SyntaxLimits) -> Node:
    builder = _Builder(first_line, limits)
    try:
        parser = CParser(text)
        while (event := parser.get_event()) is not None:
            builder.take(event)
    except MarkedYAMLError as error:
        raise _syntax_problem(error, first_line) from None
    except ReaderError as error:
        # The reader counts in bytes of UTF-8.
        before = text.encode()[: error.position].decode()
        raise _illegal_character(error.character, before, first_line) from None
    except UnicodeEncodeError as error:
        character = ord(text[error.start])
        raise _illegal_character(character, text[: error.start], first_line) from None
    return builder.root or Scalar("", first_line, 1, plain=True)


def _syntax_problem(error: MarkedYAMLError, first_line: int) -> SyntaxProblem:
    """Say what the parser says, where it says it, and what is probably behind it."""
    mark = error.problem_mark or error.context_mark
    begin = error.context_mark or mark
    hint = _HINTS.get(error.problem, "").replace("{line}", str(begin.line + first_line))
    place = (mark.line + first_line, mark.column + 1)
    return SyntaxProblem("yaml-syntax", error.problem, *place, hint=hint)


def _whole_character(escape: re.Match[str]) -> str:
    """Make one escape of a pair of surrogates, and a character illegal in XML of one alone."""
    if not escape[2]:
        return escape[1] + "\\uffff"
    high, low = int(escape[2], 16), int(escape[3], 16)
    return f"{escape[1]}\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


def _illegal_character(character: int, before: str, first_line: int) -> SyntaxProblem:
    line = before.count("\n") + first_line
    column = len(before) - before.rfind("\n")
    message = f"character U+{character:04X} is not allowed"
    return SyntaxProblem("yaml-syntax", message, line, column)


class _Builder:
    """Grows one tree of nodes from parser events, within limits."""

    __slots__ = ("documents", "first_line", "limits", "nodes", "root", "stack")

    def __init__(self, first_line: int, limits: SyntaxLimits) -> None:
        self.first_line = first_line
        self.limits = limits
        self.nodes = 0
        self.documents = 0
        self.stack: list[_Open] = []
        self.root: Node | None = None

    def take(self, event: Event) -> None:
        kind = type(event)
        if kind is ScalarEvent:
            self._scalar(event)
        elif kind is MappingStartEvent:
            self._open(event, {})
        elif kind is SequenceStartEvent:
            self._open(event, [])
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            self._close()
        elif kind is AliasEvent:
            message = f"alias *{event.anchor} is not allowed"
            raise self._problem("yaml-alias", message, event, hint=_QUOTE)
        elif kind is DocumentStartEvent:
            self.documents += 1
            if self.documents > 1:
                raise self._problem("yaml-syntax", "a second YAML document begins here", event)

    def _scalar(self, event: Event) -> None:
        mark = event.start_mark
        scalar = Scalar(
            event.value, mark.line + self.first_line, mark.column + 1, event.style == ""
        )
        self._check(event)
        if self.stack and isinstance(self.stack[-1].items, dict) and self.stack[-1].key is None:
            self._key(self.stack[-1], scalar, event)
        else:
            self._place(scalar)

    def _key(self, parent: _Open, scalar: Scalar, event: Event) -> None:
        text = scalar.text
        if scalar.plain and _is_typed(text):
            message = f"key {text} is read by YAML as something other than text; quote it"
            raise self._problem("yaml-key-not-text", message, event, text)
        if text in parent.items:
            message = f"key {text} was given already on line {parent.key_lines[text]}"
            raise self._problem("yaml-duplicate-key", message, event, text)
        parent.key = text
        parent.key_lines[text] = scalar.line

    def _open(self, event: Event, items: dict[str, Node] | list[Node]) -> None:
        self._check(event)
        parent = self.stack[-1] if self.stack else None
        if parent and isinstance(parent.items, dict) and parent.key is None:
            raise self._problem("yaml-key-not-text", "a key must be text", event)
        if len(self.stack) >= self.limits.depth:
            message = f"nested more than {self.limits.depth} levels deep"
            raise self._problem("yaml-depth", message, event)
        mark = event.start_mark
        self.stack.append(_Open(items, mark.line + self.first_line, mark.column + 1))

    def _close(self) -> None:
        done = self.stack.pop()
        if isinstance(done.items, dict):
            self._place(Mapping(done.items, done.line, done.column))
        else:
            self._place(Sequence(tuple(done.items), done.line, done.column))

    def _place(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if isinstance(parent.items, list):
            parent.items.append(node)
        elif parent.key is not None:
            parent.items[parent.key] = node
            parent.key = None

    def _check(self, event: Event) -> None:
        self.nodes += 1
        if self.nodes > self.limits.nodes:
            message = f"more than {self.limits.nodes} values"
            raise self._problem("yaml-nodes", message, event)
        if event.anchor is not None:
            message = f"anchor &{event.anchor} is not allowed"
            raise self._problem("yaml-alias", message, event, hint=_QUOTE)
        if event.tag is not None and event.tag != "!":
            message = f"tag {event.tag} is not allowed"
            raise self._problem("yaml-syntax", message, event, hint=_QUOTE)

    def _problem(
        self, code: str, message: str, event: Event, key: str = "", hint: str = ""
    ) -> SyntaxProblem:
        mark = event.start_mark
        place = (mark.line + self.first_line, mark.column + 1)
        return SyntaxProblem(code, message, *place, self._path(key), hint)

    def _path(self, last: str) -> str:
        path = ""
        for open_node in self.stack:
            if isinstance(open_node.items, list):
                path += f"[{len(open_node.items)}]"
            elif open_node.key is not None:
                path += f".{open_node.key}"
        return (f"{path}.{last}" if last else path).removeprefix(".")


def _is_typed(text: str) -> bool:
    """Whether YAML 1.1 reads an unquoted text as null, boolean, number, date or merge key."""
    rules = _IMPLICIT_TYPES.get(text[:1], [])
    return any(pattern.match(text) for _, pattern in rules)  # type: ignore[attr-defined]
