"""A problem of the configuration: what is wrong with which key, and the line that says so."""

from collections.abc import Iterable
from typing import NamedTuple

from feeds.syntax import SyntaxProblem
from feeds.text.clean import shown

Steps = tuple[str | int, ...]
"""The way from the root of the file to a value: keys, and positions from 0 in lists."""

_HEAD = 20
_TAIL = 59


class Problem(NamedTuple):
    """A message about the value at `steps`; `at_key` where the key itself is what is wrong."""

    steps: Steps
    message: str
    at_key: bool = False


def dotted(steps: Iterable[str | int]) -> str:
    """Write steps as in `corpus[0].path`."""
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{_bare(step)}"
    return text.removeprefix(".")


def problem_line(origin: str, place: tuple[int, int], key: str, message: str) -> str:
    """Write `origin:line:column: config: key: message`, the key left out where there is none."""
    line, column = place
    about = f"{key}: {message}" if key else message
    return f"{origin}:{line}:{column}: config: {about}"


def syntax_line(origin: str, problem: SyntaxProblem) -> str:
    """Write what is wrong with the YAML itself as the same kind of line."""
    place = (problem.line, problem.column)
    return problem_line(origin, place, _bare(problem.key), _in_short(problem.message))


def _in_short(message: str) -> str:
    """Cut a message in its middle, where it may name a long key, and keep what it says of it."""
    if len(message) > _HEAD + 1 + _TAIL:
        message = f"{message[:_HEAD]}…{message[-_TAIL:]}"
    return _bare(message)


def _bare(text: str) -> str:
    return shown(text)[1:-1]
