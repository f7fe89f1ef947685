"""TOML to the same nodes as YAML."""

import re
import tomllib
from collections.abc import Mapping as AbstractMapping
from datetime import date, datetime, time

from feeds.model import Mapping, Node, Scalar, Sequence
from feeds.syntax.problem import SyntaxLimits, SyntaxProblem
from feeds.syntax.toml_places import Place, Steps, places_of

_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_NAMES = re.compile(r" (?:\(.*\)|key (?:'.*'|\".*\"))")
_HINTS = {
    "Cannot declare twice": "the table was given already",
    "Cannot overwrite a value": "the key was given already",
    "Duplicate inline table": "a key was given already",
    'Expected "\'"': "a quote is never closed",
    "Unterminated string": "a quote is never closed",
    "Found invalid character '\\n'": "a quote is not closed on its line",
    "Illegal character '\\n'": "a quote is not closed on its line",
    "Expected newline or end of document after a statement": "text must be in quotes",
    "Invalid value": "text must be in quotes",
}


def parse_toml(text: str, *, first_line: int = 1, limits: SyntaxLimits | None = None) -> Mapping:
    """Parse a TOML document into nodes whose scalars are text.

    `first_line` is the line of the file on which `text` begins. Raises `SyntaxProblem`
    with code `toml-syntax`, `yaml-depth` or `yaml-nodes`.
    """
    limits = limits or SyntaxLimits()
    places = places_of(text, first_line=first_line, depth=limits.depth)
    try:
        values = tomllib.loads(text, parse_float=str)
    except ValueError as error:
        raise _syntax_problem(str(error), text, first_line) from None
    return _Walk(places, limits.nodes).mapping(values, (), (first_line, 1))


class _Walk:
    """Turns plain values into nodes, each at its place or at that of what it is in."""

    def __init__(self, places: AbstractMapping[Steps, Place], limit: int) -> None:
        self.places = places
        self.limit = limit
        self.nodes = 0

    def mapping(self, values: AbstractMapping[str, object], steps: Steps, place: Place) -> Mapping:
        items = {key: self.node(value, (*steps, key), place) for key, value in values.items()}
        return Mapping(items, *place)

    def node(self, value: object, steps: Steps, outer: Place) -> Node:
        place = self.places.get(steps, outer)
        self.nodes += 1
        if self.nodes > self.limit:
            raise SyntaxProblem("yaml-nodes", f"more than {self.limit} values", *place)
        if isinstance(value, dict):
            return self.mapping(value, steps, place)
        if isinstance(value, list):
            items = (self.node(item, (*steps, at), place) for at, item in enumerate(value))
            return Sequence(tuple(items), *place)
        return Scalar(_text(value), *place, plain=not isinstance(value, str))


def _text(value: object) -> str:
    """Write a TOML value as the text that a YAML author would have written."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def _syntax_problem(message: str, text: str, first_line: int) -> SyntaxProblem:
    """Give the parser's words without the keys in them, which may be part of a secret."""
    place = _PLACE.search(message)
    line = int(place[1]) if place else text.rstrip("\n").count("\n") + 1
    column = int(place[2]) if place else 1
    told = _NAMES.sub("", message.partition(" (at ")[0])
    hint = _HINTS.get(told, "")
    return SyntaxProblem("toml-syntax", told, line + first_line - 1, column, hint=hint)
