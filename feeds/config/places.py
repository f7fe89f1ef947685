"""Nodes to plain values, and where in the file each of them stands."""

import re
from collections.abc import Mapping as AbstractMapping
from typing import get_origin, get_type_hints

from feeds.config.problems import Problem, Steps
from feeds.config.types import Configuration
from feeds.model import Mapping, Node, Scalar, Sequence

_LINE_BREAK = re.compile("\r\n|[\n\r]")
_NAMED = {
    (key,)
    for key, hint in get_type_hints(Configuration).items()
    if get_origin(hint) is AbstractMapping
}
"""Where the keys of a mapping are names that the user gives."""


class Places:
    """The line and column, both from 1, of every value of a text."""

    def __init__(self, text: str) -> None:
        self._lines = _LINE_BREAK.split(text)
        self._nodes: dict[Steps, Node] = {}

    def plain(self, node: Node, steps: Steps = ()) -> object:
        """Make plain text, lists and dictionaries of a node and remember where they stood.

        What is null is None in a list, as if it were not there under a key, and an empty
        mapping under a name that the user gives.
        """
        self._nodes[steps] = node
        if isinstance(node, Scalar):
            return None if node.is_null else node.text
        if isinstance(node, Sequence):
            return [self.plain(item, (*steps, index)) for index, item in enumerate(node.items)]
        return self._dictionary(node, steps)

    def _dictionary(self, node: Mapping, steps: Steps) -> dict[str, object]:
        values = {key: self.plain(item, (*steps, key)) for key, item in node.items.items()}
        if steps in _NAMED:
            return {key: {} if value is None else value for key, value in values.items()}
        return {key: value for key, value in values.items() if value is not None}

    def written(self, steps: Steps) -> Steps:
        """Cut off what the user did not write because a text stands for a list or a mapping."""
        node = self._nodes[self._known(steps)]
        stands_for_more = isinstance(node, Scalar) and not node.is_null
        return self._known(steps) if stands_for_more else steps

    def has(self, steps: Steps) -> bool:
        """Whether there is a value at these very steps."""
        return steps in self._nodes

    def said(self, steps: Steps) -> tuple[int, int] | None:
        """Find the value at these steps, or the text that stands for a mapping or a list there.

        None where the text says nothing.
        """
        node = self._nodes.get(self.written(steps))
        is_said = steps in self._nodes or isinstance(node, Scalar)
        return (node.line, node.column) if node and is_said and not _is_null(node) else None

    def keys(self, steps: Steps) -> list[str]:
        """Give the keys of a mapping as they are written; none where there is no mapping."""
        node = self._nodes.get(steps)
        return list(node.items) if isinstance(node, Mapping) else []

    def of(self, problem: Problem) -> tuple[int, int]:
        """Find the value or the key that is wrong, or the mapping in which one is missing."""
        if problem.at_key:
            return self._of_key(problem.steps)
        node = self._nodes[self._known(problem.steps)]
        return node.line, node.column

    def _known(self, steps: Steps) -> Steps:
        while steps not in self._nodes:
            steps = steps[:-1]
        return steps

    def _of_key(self, steps: Steps) -> tuple[int, int]:
        """Look back from a value for its key.

        A comment between the two can mislead that look; it can mislead nothing but the
        line that a message names.
        """
        value, parent = self._nodes[steps], self._nodes[steps[:-1]]
        end: int | None = value.column - 1
        for number in range(value.line, parent.line - 1, -1):
            text = self._lines[number - 1]
            found = -1 if text.lstrip().startswith("#") else text.rfind(str(steps[-1]), 0, end)
            if found >= 0:
                return number, found + 1
            end = None
        return value.line, value.column


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.is_null
