"""The plain kind of YAML, in which nearly all front matter is written, to nodes line by line.

It has mappings and lists by indentation, keys that are words, scalars on one line, blocks of
one indentation and lists of words in brackets. One expression takes a line at a time, for a
fifth of what it costs to make nodes of libyaml's events. What a text means is still libyaml's
to say: where it might mean something else than it seems to here, nothing is read here.
"""

import re
from collections.abc import Iterator
from functools import cache

from feeds.model import Mapping, Node, Scalar, Sequence
from feeds.syntax.problem import SyntaxLimits

# Characters that libyaml refuses, takes for the end of a line, or treats apart otherwise.
_APART = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"

_LINE = rf"""
    (                                           # all that stands before a value:
        (\ *+) (-\ ++)?+                        # indentation, the dash of a list's item,
        (?: ([A-Za-z_][A-Za-z0-9_.-]{{0,99}}+) : (?: \ ++(?=[^\ \n]) | (?=\ *+(?:\n|\Z)) )
          | (?(3)(?=[^\ \n])|(?!))              # a key; what has none needs dash and value
        )
    )
    (?: "([^"\\{_APART}]++)"
      | ( (?: [^\ "'\[\]{{}}>|*&!%\#`@,?:{_APART}-] | -(?=[^\ {_APART}]) )
          (?: [^:\#{_APART}]++ | :(?=[^\ {_APART}]) | (?<!\ )\# )*+ (?<!\ ) )
      | ( "(?: [^"\\{_APART}]++ | \\["\\] )*+"
        | '(?: [^'{_APART}]++ | '' )*+'
        | \[ [^{_APART}]*+ (?<=\])
        | [>|]-?+ \n (\ ++) [^\ {_APART}][^{_APART}]*+ \n (?: \8[^\ {_APART}][^{_APART}]*+ \n )*+
          (?= \n*+ (?: \ *+[^\ \n\#] | \Z ) )   # a remark or spaces may belong to the block
        )
    )?+
    (?: (?<=\n) | \ *+(?:\n|\Z) )
  | \ *+ (?:\#[^{_APART}]*+)?+ (?:\n|\Z)        # a remark or nothing
  | (.++)                                       # all the rest, from what is not known
    """


@cache
def _line() -> re.Pattern[str]:
    return re.compile(_LINE, re.VERBOSE | re.DOTALL)


_ITEM = re.compile(
    rf"""
    \ *+
    (?: "([^"\\{_APART}]*+)" | '([^'{_APART}]*+)' | (\w(?: [\w./&()+-]++ | \ ++(?=\w) )*+) )
    \ *+ (?: , | \]\Z )
    """,
    re.VERBOSE,
)
_PLAIN_ITEM = 3

# An item that is a mapping, a key, what it stands for and, where that is a list in brackets,
# an item of it, besides one for each comma.
_NODES_OF_A_LINE = 4

# Of what looks like a key here, what YAML 1.1 reads as something else than text.
TYPED = frozenset(
    written
    for word in ("yes", "no", "on", "off", "true", "false", "null")
    for written in (word, word.capitalize(), word.upper())
)

# What a named tuple is made by: its class, if called, takes twice as long to do the same.
_new = tuple.__new__


class Unsure(Exception):
    """Here is something that libyaml may read in another way, or not at all."""


def parse_plain_yaml(text: str, *, first_line: int, limits: SyntaxLimits) -> Node | None:
    """Give exactly what `parse_yaml` would make of a text if that is plain, otherwise None.

    `first_line` is the line of the file on which `text` begins. A text with a problem is
    never plain, so that `parse_yaml` tells of it.
    """
    # The last line may lack its end, and the root is a node of no line.
    if _NODES_OF_A_LINE * (text.count("\n") + 2) + text.count(",") > limits.nodes:
        return None
    try:
        return _Outline(limits.depth).read(_line().findall(text), first_line)
    except Unsure:
        return None


# The column of an open collection (from 0), whether it is a list, and its items. Where it is
# one, the mapping is that which it is a value of; otherwise the list is not used.
_Open = tuple[int, bool, dict[str, Node], list[Node]]


class _Outline:
    """The collections that are open, the innermost last, below one that holds the root."""

    __slots__ = ("depth", "lists", "stack")

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.stack: list[_Open] = [(-1, False, {}, [])]
        self.lists: list[tuple[dict[str, Node], str, list[Node], int, int]] = []

    def read(self, lines: list[tuple[str, ...]], line: int) -> Node | None:
        """Give the root; `lines` are matches of `_LINE`. Raises `Unsure`."""
        at, listed, fields, items = self.stack[0]
        root = fields
        awaited = "root"  # the last key, if lines that follow may be what it stands for
        for lead, indent, dash, key, quoted, plain, other, margin, unknown in lines:
            if lead:
                if dash or awaited or listed or len(indent) != at:
                    column = len(indent)
                    at, listed, fields, items = self._enter(column, dash, key, awaited, line)
                awaited = ""
                node: Node
                if text := quoted or plain:
                    node = _new(Scalar, (text, line, len(lead) + 1, not quoted))
                elif other:
                    node = self._other(other, line, len(lead) + 1, margin)
                    line += other.count("\n", 0, -1)
                else:
                    node = _new(Scalar, ("", line, len(lead) + 1, True))
                    awaited = key
                if not key:
                    items.append(node)
                elif key not in fields and key not in TYPED:
                    fields[key] = node
                else:
                    raise Unsure
            elif unknown:
                raise Unsure
            line += 1
        for parent, name, found, begin, column in self.lists:
            parent[name] = Sequence(tuple(found), begin, column)
        return root.get("root")

    def _enter(self, column: int, dash: str, key: str, awaited: str, line: int) -> _Open:
        """Open or go back to the collection of a line that begins at `column`."""
        at, listed, fields, _ = self.stack[-1]
        if awaited and (column > at or (dash and column == at)):
            self._open(column, dash, fields, awaited, line)
        else:
            while at > column or (listed and not dash):
                self.stack.pop()
                at, listed, _, _ = self.stack[-1]
            if at != column or listed is not bool(dash):
                raise Unsure
        if dash and key:
            item: dict[str, Node] = {}
            column += len(dash)
            self.stack[-1][3].append(Mapping(item, line, column + 1))
            self._push((column, False, item, []))
        return self.stack[-1]

    def _open(self, column: int, dash: str, parent: dict[str, Node], name: str, line: int) -> None:
        """Let a key stand for a list or a mapping."""
        items: list[Node] = []
        if dash:
            # It becomes a node at the end, when it has all its items.
            self.lists.append((parent, name, items, line, column + 1))
            self._push((column, True, parent, items))
        else:
            fields: dict[str, Node] = {}
            parent[name] = Mapping(fields, line, column + 1)
            self._push((column, False, fields, items))

    def _push(self, collection: _Open) -> None:
        self._bound()
        self.stack.append(collection)

    def _bound(self) -> None:
        if len(self.stack) > self.depth:
            raise Unsure

    def _other(self, raw: str, line: int, column: int, margin: str) -> Node:
        """Read a value that is more than the characters it is written with."""
        if margin:
            return Scalar(self._block(raw, margin), line, column, plain=False)
        if raw[0] == "[":
            return self._list(raw, line, column)
        return Scalar(quoted_text(raw), line, column, plain=False)

    def _block(self, raw: str, margin: str) -> str:
        if len(margin) <= self.stack[-1][0]:
            raise Unsure
        return block_text(raw, margin)

    def _list(self, raw: str, line: int, column: int) -> Sequence:
        self._bound()
        items = tuple(
            Scalar(text, line, column + start - (not plain), plain)
            for text, start, plain in flow_items(raw)
        )
        return Sequence(items, line, column)


def quoted_text(raw: str) -> str:
    """Read a scalar in quotes; double ones hold no escapes but of themselves and backslashes."""
    if raw[0] == "'":
        return raw[1:-1].replace("''", "'")
    return "\\".join([part.replace('\\"', '"') for part in raw[1:-1].split("\\\\")])


def block_text(raw: str, margin: str) -> str:
    """Read a folded or literal block of one indentation (YAML 1.2, section 8.1)."""
    head, *lines = raw.split("\n" + margin)
    text = (" " if head[0] == ">" else "\n").join(lines)
    return text[:-1] if head[-1] == "-" else text


def flow_items(raw: str) -> Iterator[tuple[str, int, bool]]:
    """Give the words of a list in brackets, where each begins and whether it has no quotes."""
    position = 1 if raw[1:-1].strip(" ") else len(raw)
    while position < len(raw):
        item = _ITEM.match(raw, position)
        if item is None or item.lastindex is None:
            raise Unsure
        yield item[item.lastindex], item.start(item.lastindex), item.lastindex == _PLAIN_ITEM
        position = item.end()
