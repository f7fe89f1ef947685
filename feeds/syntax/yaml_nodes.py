"""YAML to nodes in one pass over the events of PyYAML's C parser.

Building nodes from events, not loading, is what makes a hostile document cheap: depth and
number are bounded before anything recurses, an alias is refused before it can multiply,
and a scalar stays the text that was written, because its type is the schema's to say.
"""

from dataclasses import dataclass, field

from yaml import MarkedYAMLError, SafeLoader, YAMLError
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
from feeds.syntax.problem import SyntaxLimits, SyntaxProblem

_IMPLICIT_TYPES: dict[str, list[tuple[str, object]]] = SafeLoader.yaml_implicit_resolvers


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
    builder = _Builder(first_line, limits or SyntaxLimits())
    try:
        parser = CParser(text)
        while (event := parser.get_event()) is not None:
            builder.take(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        message = error.problem or error.context or "not valid YAML"
        raise SyntaxProblem("yaml-syntax", message, line + first_line, column + 1) from None
    except ReaderError as error:
        # The reader counts in bytes of UTF-8.
        before = text.encode()[: error.position].decode()
        line = before.count("\n") + first_line
        column = len(before) - before.rfind("\n")
        message = f"character U+{error.character:04X} is not allowed"
        raise SyntaxProblem("yaml-syntax", message, line, column) from None
    except (YAMLError, UnicodeEncodeError) as error:
        raise SyntaxProblem("yaml-syntax", str(error), first_line, 1) from None
    return builder.root or Scalar("", first_line, 1, plain=True)


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
            raise self._problem("yaml-alias", f"alias *{event.anchor} is not allowed", event)
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
            raise self._problem("yaml-alias", f"anchor &{event.anchor} is not allowed", event)
        if event.tag is not None and event.tag != "!":
            raise self._problem("yaml-syntax", f"tag {event.tag} is not allowed", event)

    def _problem(self, code: str, message: str, event: Event, key: str = "") -> SyntaxProblem:
        mark = event.start_mark
        return SyntaxProblem(
            code, message, mark.line + self.first_line, mark.column + 1, self._path(key)
        )

    def _path(self, last: str) -> str:
        path = ""
        for open_node in self.stack:
            if isinstance(open_node.items, list):
                path += f"[{len(open_node.items)}]"
            elif open_node.key is not None:
                path += f".{open_node.key}"
        return f"{path}.{last}".strip(".") if last else path.lstrip(".")


def _is_typed(text: str) -> bool:
    """Whether YAML 1.1 reads an unquoted text as null, boolean, number, date or merge key."""
    rules = _IMPLICIT_TYPES.get(text[:1], [])
    return any(pattern.match(text) for _, pattern in rules)  # type: ignore[attr-defined]
