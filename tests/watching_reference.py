"""Writes docs/reference/metrics.md and status.md, from the measures and from the types."""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import UnionType
from typing import Literal, get_args, get_origin, get_type_hints

from msgspec import Struct

from feeds.model import Status
from feeds.serve.measures import MEASURES, Measure

METRICS_PAGE = "docs/reference/metrics.md"
STATUS_PAGE = "docs/reference/status.md"

_METRICS = """\
# Metrics

What `/metrics` says, where [`server.metrics`](configuration.md#servermetrics) has it; [watching
it](../watching.md) says what to make of it. Counters count from the start of the server, in all its
processes, also in those that have died; they are told of within six seconds. All else is as it is
when it is asked for. No label has a value that strangers choose, and none names a document.

This page is made from the table that the server goes by.

| metric | type | labels | what it says |
|---|---|---|---|
"""

_STATUS = """\
# The status in JSON

What `/status.json` says, at the port that [`server.status`](configuration.md#serverstatus) names:
all that `/status/` shows, and more; [watching it](../watching.md) says what to make of it. Keys
stay what they are, and others may come. Instants are in UTC, as in RFC 3339; what is counted is
told of within six seconds, and who reads within a minute.

This page is made from the types that are shown.
"""

_PLAIN = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true` or `false`",
    datetime: "instant",
}


def metrics_text() -> str:
    """Write the table of metrics."""
    return _METRICS + "".join(map(_row, MEASURES))


def status_text() -> str:
    """Write a section for each type, the whole first, each after the one that first has it."""
    found = list(_types(Status, set()))
    return _STATUS + "".join(map(_section, found))


def _row(measure: Measure) -> str:
    labels = ", ".join(f"`{label}`" for label in measure.labels)
    return f"| `{measure.name}` | {measure.type} | {labels} | {measure.help} |\n"


def _types(kind: type[Struct], known: set[type]) -> Iterator[type[Struct]]:
    """Give a type and all that it is made of, each once."""
    known.add(kind)
    yield kind
    for hint in get_type_hints(kind).values():
        for part in _parts(hint):
            if part not in known:
                yield from _types(part, known)


def _parts(hint: object) -> Iterator[type[Struct]]:
    """Give the types of ours that a hint names."""
    if isinstance(hint, type) and issubclass(hint, Struct):
        yield hint
    for argument in get_args(hint):
        yield from _parts(argument)


def _section(kind: type[Struct]) -> str:
    said = _said(kind)
    hints = {name: hint for name, hint in get_type_hints(kind).items() if name in said}
    assert list(hints) == list(kind.__struct_fields__), f"{kind.__name__} says not what it has"
    rows = [f"| `{name}` | {_kind(hint)} | {said[name]} |\n" for name, hint in hints.items()]
    title = "The whole" if kind is Status else kind.__name__
    doc = inspect.getdoc(kind) or ""
    return f"\n## {title}\n\n{doc}\n\n| key | type | what it says |\n|---|---|---|\n{''.join(rows)}"


def _said(kind: type[Struct]) -> Mapping[str, str]:
    """Give what stands below each field."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(tree, ast.ClassDef)
    said: dict[str, str] = {}
    for field, after in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(after, ast.Expr):
            said[ast.unparse(field.target)] = " ".join(ast.literal_eval(after.value).split())
    return said


def _kind(hint: object) -> str:
    """Say what a value is."""
    arguments = get_args(hint)
    if isinstance(hint, UnionType):
        kinds = [_kind(each) for each in arguments if each is not type(None)]
        return f"{' or '.join(kinds)}, or null"
    if get_origin(hint) is Literal:
        return " or ".join(f"`{each}`" for each in arguments)
    if get_origin(hint) is tuple:
        return f"list of {_kind(arguments[0])}"
    if arguments:
        return f"object: {_kind(arguments[1])} by {_kind(arguments[0])}"
    return _PLAIN.get(hint) or f"[{hint.__name__}](#{hint.__name__.lower()})"
