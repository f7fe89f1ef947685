"""What can be wrong with a text as YAML or TOML, and how large it may be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SyntaxLimits:
    """How deep nodes may nest and how many there may be, keys included."""

    depth: int = 20
    nodes: int = 20_000


class SyntaxProblem(Exception):
    """A text that is not what it should be, and the line and column (from 1) where it is not.

    `hint` says in plain words what is usually behind a parser's own message; it may be empty.
    """

    def __init__(
        self, code: str, message: str, line: int, column: int, key: str = "", hint: str = ""
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line
        self.column = column
        self.key = key
        self.hint = hint
