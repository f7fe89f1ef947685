"""Where the keys and values of a TOML text stand.

The standard library's parser gives values without places. This look at the tokens gives
the places without judging the text, and bounds its nesting before anything recurses.
"""

import re
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field

from feeds.syntax.problem import SyntaxProblem

Steps = tuple[str | int, ...]
"""The way to a value: keys, and positions from 0 in arrays."""

Place = tuple[int, int]

_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+"{3,5}'
    r"|'''(?:[^']|'(?!''))*+'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*+"'
    r"|'[^'\n]*+'"
    r"|\#[^\n]*+|\n|[\[\]{},=]|[^\s\[\]{},=\#\"']+",
    re.DOTALL,
)
_UNQUOTED_CHARACTERS = 1_000


def places_of(text: str, *, first_line: int, depth: int) -> AbstractMapping[Steps, Place]:
    """Map the way to each value to its line and column, both counted from 1.

    Raises `SyntaxProblem` with code `yaml-depth`, or with `toml-syntax` for an unquoted
    value of such a length that to read it as a number would be slow.
    """
    scanner = _Scanner(depth)
    line, line_start = first_line, 0
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word == "\n":
            scanner.end_line()
        elif not word.startswith("#"):
            scanner.take(word, (line, token.start() - line_start + 1))
        if "\n" in word:
            line += word.count("\n")
            line_start = token.start() + word.rfind("\n") + 1
    return scanner.places


@dataclass(slots=True)
class _Frame:
    """The document, an array or an inline table that is open.

    `target` is where the value goes that comes next, None while a key is read; `parts` is
    what was read of the key, which begins at `key_place`.
    """

    steps: Steps
    target: Steps | None = None
    parts: list[str] = field(default_factory=list)
    key_place: Place = (0, 0)


class _Scanner:
    """Follows the tokens of a text."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.places: dict[Steps, Place] = {}
        self.lengths: dict[Steps, int] = {}
        self.stack = [_Frame(())]
        self.header = ""
        self.header_place = (0, 0)

    def end_line(self) -> None:
        """End a statement, unless an array or inline table is open."""
        if len(self.stack) == 1:
            self.header = ""
            self.stack[0].target = None
            self.stack[0].parts.clear()

    def take(self, word: str, place: Place) -> None:
        """Take a token that is neither a comment nor the end of a line."""
        frame = self.stack[-1]
        if frame.target is not None:
            self._value(frame, frame.target, word, place)
        elif word == "[" and len(self.stack) == 1 and not frame.parts:
            self.header_place = self.header_place if self.header else place
            self.header += word
        elif word == "]" and self.header:
            self._table(frame)
        elif word == "=":
            # Without a key before it, it is no TOML; what follows may then be anywhere.
            frame.target = (*frame.steps, *(frame.parts or ("",)))
        elif word in "]}":
            self._close()
        elif word == ",":
            frame.parts.clear()
        else:
            self._key(frame, word, place)

    def _key(self, frame: _Frame, word: str, place: Place) -> None:
        quoted = word[0] in "\"'"
        frame.key_place = frame.key_place if frame.parts else place
        frame.parts += [word[1:-1]] if quoted else [part for part in word.split(".") if part]
        before = () if self.header else frame.steps
        self._bound((*before, *frame.parts), place)
        if not self.header:
            for end in range(len(frame.steps) + 1, len(frame.steps) + len(frame.parts)):
                self.places.setdefault((*frame.steps, *frame.parts)[:end], frame.key_place)

    def _table(self, frame: _Frame) -> None:
        """Let what follows go to the table of a header: `[a.b]`, or one more of `[[a.b]]`."""
        steps: Steps = ()
        for part in frame.parts:
            if steps in self.lengths:
                steps = (*steps, self.lengths[steps] - 1)
            steps = (*steps, part)
            self.places.setdefault(steps, self.header_place)
        if self.header == "[[":
            number = self.lengths.get(steps, 0)
            self.lengths[steps] = number + 1
            steps = (*steps, number)
            self.places[steps] = self.header_place
        self._bound(steps, self.header_place)
        self.header = ""
        frame.parts.clear()
        frame.steps = steps

    def _value(self, frame: _Frame, target: Steps, word: str, place: Place) -> None:
        if word in "]}":
            self._close()
        elif word == ",":
            last = target[-1]
            frame.target = (*frame.steps, last + 1) if isinstance(last, int) else None
            frame.parts.clear()
        else:
            self._bound(target, place)
            self.places.setdefault(target, place)
            if word in "[{":
                self.stack.append(_Frame(target, (*target, 0) if word == "[" else None))
            elif word[0] not in "\"'" and len(word) > _UNQUOTED_CHARACTERS:
                message = f"a value of more than {_UNQUOTED_CHARACTERS} characters without quotes"
                raise SyntaxProblem("toml-syntax", message, *place)

    def _close(self) -> None:
        if len(self.stack) > 1:
            self.stack.pop()

    def _bound(self, steps: Steps, place: Place) -> None:
        if len(steps) > self.depth:
            message = f"nested more than {self.depth} levels deep"
            raise SyntaxProblem("yaml-depth", message, *place)
