"""Where in a text a line and column are, both counted from 1, whatever its lines end with."""

import re
from bisect import bisect_right

_BYTE_ORDER_MARK = "\ufeff"
_LINE_END = re.compile("\r\n|\r|\n")


class Places:
    """The lines of a text; a byte order mark before them counts for nothing."""

    def __init__(self, text: str) -> None:
        self._starts = [int(text.startswith(_BYTE_ORDER_MARK))]
        self._starts += (end.end() for end in _LINE_END.finditer(text))

    def offset(self, line: int, column: int) -> int:
        """Give the index of a place, counted from 0. Raises `IndexError` where none is."""
        if line < 1:
            raise IndexError(line)
        return self._starts[line - 1] + column - 1

    def of(self, offset: int) -> tuple[int, int]:
        """Give the line and column of an index."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1
