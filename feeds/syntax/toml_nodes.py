"""TOML to the same nodes as YAML.

The standard library's parser gives values without places, so the places come from a look
at the lines that assign a key. A key inside a multi-line string can mislead that look; it
can mislead nothing but the line that a message names.
"""

import re
import tomllib
from collections.abc import Mapping as AbstractMapping
from datetime import date, datetime, time

from feeds.model import Mapping, Node, Scalar, Sequence
from feeds.syntax.problem import SyntaxLimits, SyntaxProblem

_TABLE = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(r"(\s*)([A-Za-z0-9_.\"'-]+)\s*=")
_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")


def parse_toml(text: str, *, first_line: int = 1, limits: SyntaxLimits | None = None) -> Mapping:
    """Parse a TOML document into nodes whose scalars are text.

    `first_line` is the line of the file on which `text` begins. Raises `SyntaxProblem`
    with code `toml-syntax`, `yaml-depth` or `yaml-nodes`.
    """
    try:
        values = tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_problem(str(error), text, first_line) from None
    except RecursionError:
        raise SyntaxProblem("yaml-depth", "nested too deep", first_line, 1) from None
    walk = _Walk(_places(text, first_line), limits or SyntaxLimits(), first_line)
    return walk.mapping(values, "")


class _Walk:
    """Turns plain values into nodes, each at the place of the key that it is under."""

    def __init__(
        self, places: dict[str, tuple[int, int]], limits: SyntaxLimits, first_line: int
    ) -> None:
        self.places = places
        self.limits = limits
        self.nodes = 0
        self.place = (first_line, 1)

    def mapping(self, values: AbstractMapping[str, object], path: str, depth: int = 1) -> Mapping:
        items = {}
        place = self.places.get(path, self.place)
        for key, value in values.items():
            items[key] = self.node(value, f"{path}.{key}" if path else key, depth)
        return Mapping(items, *place)

    def node(self, value: object, path: str, depth: int) -> Node:
        self.place = self.places.get(path, self.place)
        place = self.place
        self.nodes += 1
        if self.nodes > self.limits.nodes:
            raise SyntaxProblem("yaml-nodes", f"more than {self.limits.nodes} values", *place)
        if depth > self.limits.depth:
            message = f"nested more than {self.limits.depth} levels deep"
            raise SyntaxProblem("yaml-depth", message, *place)
        if isinstance(value, dict):
            return self.mapping(value, path, depth + 1)
        if isinstance(value, list):
            items = tuple(self.node(item, path, depth + 1) for item in value)
            return Sequence(items, *place)
        return Scalar(_text(value), *place, plain=not isinstance(value, str))


def _text(value: object) -> str:
    """Write a TOML value as the text that a YAML author would have written."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def _places(text: str, first_line: int) -> dict[str, tuple[int, int]]:
    """Map each dotted key to the line and column of its first assignment."""
    places: dict[str, tuple[int, int]] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), start=first_line):
        if header := _TABLE.match(line):
            table = header[1].replace('"', "")
            places.setdefault(table, (number, 1))
        elif assignment := _ASSIGNMENT.match(line):
            key = assignment[2].replace('"', "").replace("'", "")
            column = len(assignment[1]) + 1
            places.setdefault(f"{table}.{key}" if table else key, (number, column))
    return places


def _syntax_problem(message: str, text: str, first_line: int) -> SyntaxProblem:
    place = _PLACE.search(message)
    if not place:
        last = text.rstrip("\n").count("\n") + first_line
        return SyntaxProblem("toml-syntax", message.partition(" (at ")[0], last, 1)
    line = int(place[1]) + first_line - 1
    return SyntaxProblem("toml-syntax", message[: place.start()], line, int(place[2]))
