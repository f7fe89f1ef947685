"""The plain kind of YAML to values without places, for a third of what nodes take.

Places are told only when something is wrong. So a document is read as values first, and as
nodes only where that was not enough. What is plain is what `plain_yaml` has as such, if all
of it can be seen, too; what a text means is libyaml's to say here as there.
"""

import re
from functools import cache, lru_cache

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
              (?: [^:\#\n]++ | :(?=[^\ \n]) | (?<!\ )\# )*+ (?<!\ ) )
          | ( "(?: [^"\\\n]++ | \\["\\] )*+"
            | '(?: [^'\n]++ | '' )*+'
            | \[ [^\n]*+ (?<=\])
            | [>|]-?+ \n (\ ++) [^\ \n][^\n]*+ \n (?: \5[^\ \n][^\n]*+ \n )*+
              (?= \n*+ (?: \ *+[^\ \n\#] | \Z ) )   # a remark or spaces may belong to the block
            )
        )?+
        (?: (?<=\n) | \ *+\n )
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

_PRINTABLE = b"\n" + bytes(range(0x20, 0x7F))

# An item that is a mapping, a key and what it stands for, besides one for each comma.
_NODES_OF_A_LINE = 4


def parse_plain_values(text: str, limits: SyntaxLimits) -> Values | None:
    """Give the values of a mapping that is plain, otherwise None."""
    newlines = text.count("\n")
    nodes = _NODES_OF_A_LINE * (newlines + 2)
    # There are no more commas than characters, which need no counting.
    if nodes + len(text) > limits.nodes and nodes + text.count(",") > limits.nodes:
        return None
    if not _is_visible(text):
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


def _is_visible(text: str) -> bool:
    """Tell whether text is printable, but for its newlines."""
    try:
        # To leave out what is known first is twice as fast as to ask of each character.
        rest = text.encode().translate(None, _PRINTABLE)
    except UnicodeEncodeError:
        return False
    return rest.decode().isprintable()


@lru_cache(maxsize=1_024)
def _parts_of(lead: str) -> tuple[int, int, str]:
    """Give the column, the width of the dash and the key of what stands before a value."""
    inner = lead.lstrip(" ")
    rest = inner.lstrip("- ") if inner[0] == "-" else inner
    key = rest.rstrip(" ")[:-1]
    if key in TYPED:
        raise Unsure
    return len(lead) - len(inner), len(inner) - len(rest), key


# The column of an open collection (from 0), whether it is a list, and its values. Where it is
# one, the mapping is that which it is a value of; otherwise the list is not used.
_Open = tuple[int, bool, Values, list[Value]]
_NOWHERE = -1


class _Outline:
    """The collections that are open, the innermost last; counts the lines of blocks, too."""

    __slots__ = ("depth", "more_lines", "stack")

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.more_lines = 0
        self.stack: list[_Open] = [(0, False, {}, [])]

    def read(self, lines: list[tuple[str, ...]]) -> Values:
        """Give the root; `lines` are matches of `_line`. Raises `Unsure`."""
        at, _, fields, items = self.stack[0]
        root = fields
        awaited = ""  # the last key, if lines that follow may be what it stands for
        for lead, quoted, plain, other, margin, _ in lines:
            if lead:
                column, dash, key = _parts_of(lead)
                if dash or awaited or column != at:
                    at, fields, items = self._enter(column, dash, key, awaited)
                awaited = ""
                value: Value
                if quoted:
                    value = quoted
                elif plain:
                    value = _MEANING.get(plain, plain)
                elif other:
                    value = self._other(other, margin)
                else:
                    value, awaited = None, key
                if not key:
                    items.append(value)
                elif key not in fields:
                    fields[key] = value
                else:
                    raise Unsure
        return root

    def _enter(
        self, column: int, dash: int, key: str, awaited: str
    ) -> tuple[int, Values, list[Value]]:
        """Open or go back to the collection of a line that begins at `column`."""
        at, listed, fields, items = self.stack[-1]
        if awaited and (column > at or (dash and column == at)):
            fields[awaited] = items = []
            if not dash:
                fields[awaited] = fields = {}
            self._push((column, dash > 0, fields, items))
        else:
            while at > column or (listed and not dash):
                self.stack.pop()
                at, listed, fields, items = self.stack[-1]
            if at != column or listed is not (dash > 0):
                raise Unsure
        if dash and key:
            fields = {}
            items.append(fields)
            self._push((column + dash, False, fields, []))
            return column + dash, fields, []
        return _NOWHERE if dash else column, fields, items

    def _push(self, collection: _Open) -> None:
        if len(self.stack) >= self.depth:
            raise Unsure
        self.stack.append(collection)

    def _other(self, raw: str, margin: str) -> Value:
        """Read a value that is more than the characters it is written with."""
        if margin:
            if len(margin) <= self.stack[-1][0]:
                raise Unsure
            self.more_lines += raw.count("\n") - 1
            return block_text(raw, margin)
        if raw[0] == "[":
            if len(self.stack) >= self.depth:
                raise Unsure
            return [
                _MEANING.get(text, text) if plain else text for text, _, plain in flow_items(raw)
            ]
        return quoted_text(raw)
