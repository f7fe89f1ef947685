"""The plain kind of YAML to values without places, for a third of what nodes take.

Places are told only when something is wrong. So a document is read as values first, and as
nodes only where that was not enough. What is plain is what `plain_yaml` has as such, if all
of it can be seen, too; what a text means is libyaml's to say here as there.
"""

import re
from functools import cache, lru_cache
from typing import Any

from feeds.syntax.plain_yaml import TYPED, Unsure, block_text, flow_items, quoted_text
from feeds.syntax.problem import SyntaxLimits

Values = dict[str, "Value"]
"""A mapping without its places."""

Value = str | bool | list["Value"] | Values | None
"""A value without its place: text, or what is written as true, false or null without quotes."""

_KEY = r"[A-Za-z_][A-Za-z0-9_.-]{0,99}+:(?:\ ++(?=[^\ \n])|(?=\ *+\n))"


@cache
def _line(quoted: str) -> re.Pattern[str]:
    """Make the expression that takes a line, of text that is printable but for its newlines."""
    return re.compile(
        rf"""
        ( \ *+ (?: -\ ++ (?: {_KEY} | (?=[^\ \n]) ) | {_KEY} ) )    # what stands before a value
        (?: "({quoted})"
          | ( (?: [^\ "'\[\]{{}}>|*&!%\#`@,?:\n-] | -(?=[^\ \n]) )
              [^:\#\n]*+ (?: (?: :(?=[^\ \n]) | (?<!\ )\# ) [^:\#\n]*+ )*+ (?<!\ ) )
          | ( "(?: [^"\\\n]++ | \\["\\] )*+"
            | '(?: [^'\n]++ | '' )*+'
            | \[ [^\n]*+ (?<=\])
            | [>|]-?+ \n (\ ++) [^\ \n][^\n]*+ \n (?: \5[^\ \n][^\n]*+ \n )*+ \n*+
              (?= \ *+[^\ \n\#] | \Z )      # a remark or spaces may belong to the block
            )
        )?+
        (?: \n | \ ++\n | (?<=\n) )
      | \ *+ (?:\#[^\n]*+)?+ \n                     # a remark or nothing
      | (.++)                                       # all the rest, from what is not known
        """,
        re.VERBOSE | re.DOTALL,
    )


_QUOTED = r'[^"\\\n]++'
# To look for one character only is several times as fast. Quotes that end on a later line are
# found by counting lines.
_QUOTED_WITHOUT_BACKSLASH = '[^"]++'

_MEANING: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

_PRINTABLE = bytes(range(0x20, 0x7F))

# An item that is a mapping, a key and what it stands for, besides one for each comma.
_NODES_OF_A_LINE = 4


def parse_plain_values(data: bytes, limits: SyntaxLimits) -> Values | None:
    """Give the values of a mapping that is plain YAML in UTF-8, otherwise None."""
    # To leave out what is known first is twice as fast as to ask of each character.
    rest = data.translate(None, _PRINTABLE)
    newlines = rest.count(b"\n")
    nodes = _NODES_OF_A_LINE * (newlines + 2)
    # There are no more commas than bytes, which need no counting.
    if nodes + len(data) > limits.nodes and nodes + data.count(b",") > limits.nodes:
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    if newlines != len(rest) and not rest.translate(None, b"\n").decode().isprintable():
        return None
    lines = _line(_QUOTED if "\\" in text else _QUOTED_WITHOUT_BACKSLASH).findall(text)
    if not lines or lines[-1][-1]:
        return None
    outline = _Outline(limits.depth)
    try:
        values = outline.read(lines)
    except Unsure:
        return None
    return values if values and newlines == len(lines) + outline.more_lines else None


# The collections that are open, the innermost last: the column of each (from 0), and whether it
# is a list.
_Open = tuple[tuple[int, bool], ...]
_Kind = type[list[Any]] | type[dict[str, Any]]
# How many collections a line closes, which kind it opens for the key before, whether it begins an
# item that is a mapping, and the place after it.
_Move = tuple[int, _Kind | None, bool, "_Place"]
# The key of a line, empty in a list, and its move if it makes one.
_Step = tuple[str, _Move | None]

# How many steps are kept in all, so that no corpus takes more than some megabytes.
_room = iter(range(50_000))


class _Place(dict[str, _Step]):
    """What a line does, by what stands before its value, where some collections are open.

    The documents of a corpus have few such beginnings, so each is understood once. `awaits`
    says that a key is before the line which has no value yet.
    """

    __slots__ = ("awaits", "column", "open")

    def __init__(self, open_: _Open, *, awaits: bool) -> None:
        super().__init__()
        self.open = open_
        self.awaits = awaits
        self.column = open_[-1][0]

    def __missing__(self, lead: str) -> _Step:
        step = self._step(lead)
        if next(_room, None) is not None:
            self[lead] = step
        return step

    def _step(self, lead: str) -> _Step:
        inner = lead.lstrip(" ")
        rest = inner.lstrip("- ") if inner[0] == "-" else inner
        column, dash = len(lead) - len(inner), len(inner) - len(rest)
        key = rest.rstrip(" ")[:-1]
        if key in TYPED:
            raise Unsure
        before, opens = self._entered(column, is_item=dash > 0)
        after = before
        if opens is not None:
            after += ((column, dash > 0),)
        if begins := dash > 0 and key != "":
            after += ((column + dash, False),)
        awaits = lead[-1] == ":"
        if after == self.open and awaits is self.awaits and not begins:
            return key, None
        return key, (len(self.open) - len(before), opens, begins, _place(after, awaits=awaits))

    def _entered(self, column: int, *, is_item: bool) -> tuple[_Open, _Kind | None]:
        """Give what stays open at a line that begins at `column`, and what it opens first."""
        at, _ = self.open[-1]
        if self.awaits and (column > at or (is_item and column == at)):
            return self.open, list if is_item else dict
        stays = self.open
        while stays and (stays[-1][0] > column or (stays[-1][1] and not is_item)):
            stays = stays[:-1]
        if not stays or stays[-1] != (column, is_item):
            raise Unsure
        return stays, None


_place = lru_cache(maxsize=1_024)(_Place)


class _Outline:
    """Puts the values of lines where they belong; counts the lines of blocks, too."""

    __slots__ = ("depth", "more_lines", "stack")

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.more_lines = 0
        self.stack: list[Any] = [{}]

    # A call for each line, or each move, would take as long as all that is done for it.
    def read(self, lines: list[tuple[str, ...]]) -> Values:  # noqa: C901, PLR0912 - see above
        """Give the root; `lines` are matches of `_line`. Raises `Unsure`."""
        place = _place(((0, False),), awaits=False)
        stack = self.stack
        inmost = root = stack[0]
        before = ""
        for lead, quoted, plain, other, margin, _ in lines:
            if not lead:
                continue
            key, move = place[lead]
            if move:
                closes, opens, begins, place = move
                if closes:
                    del stack[-closes:]
                elif opens:
                    stack[-1][before] = collection = opens()
                    stack.append(collection)
                if begins:
                    stack[-1].append({})
                    stack.append(stack[-1][-1])
                if len(stack) > self.depth:
                    raise Unsure
                inmost = stack[-1]
            value: Value = None
            if quoted:
                value = quoted
            elif plain:
                value = _MEANING.get(plain, plain)
            elif other:
                value = self._other(other, margin, place.column)
            before = key
            if not key:
                inmost.append(value)
            elif key not in inmost:
                inmost[key] = value
            else:
                raise Unsure
        return root  # type: ignore[no-any-return]

    def _other(self, raw: str, margin: str, column: int) -> Value:
        """Read a value that is more than the characters it is written with."""
        if margin:
            if len(margin) <= column:
                raise Unsure
            self.more_lines += raw.count("\n") - 1
            return block_text(raw.rstrip("\n") + "\n", margin)
        if raw[0] == "[":
            if len(self.stack) >= self.depth:
                raise Unsure
            return [
                _MEANING.get(text, text) if plain else text for text, _, plain in flow_items(raw)
            ]
        return quoted_text(raw)
