"""The lines of a manifest, kept so that a change of it costs what it changes."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from feeds.model import Published
from feeds.publish.manifest import BETWEEN, manifest_line, path_of_line

# To join many texts that lie anywhere in memory takes far longer than to copy them.
_AT_ONCE = 256


class Lines:
    """The lines of resources, which are given in the order of their paths, in `blocks`."""

    def __init__(self, ordered: Iterable[Published]) -> None:
        self._firsts: list[str] = []
        self.blocks: list[bytes] = []
        self._replace(0, 0, [manifest_line(item) for item in ordered], _AT_ONCE)

    def changed(self, written: Iterable[Published], deleted: Iterable[str]) -> "Lines":
        """Give the lines as they are once some resources were written and others deleted.

        Raises KeyError where one that is deleted was not there.
        """
        changes: dict[int, dict[str, bytes | None]] = {}
        for path in deleted:
            changes.setdefault(self._block_of(path), {})[path] = None
        for item in written:
            changes.setdefault(self._block_of(item.path), {})[item.path] = manifest_line(item)
        lines = Lines(())
        lines._firsts, lines.blocks = self._firsts.copy(), self.blocks.copy()
        # From the end, since before it all blocks have their numbers still.
        for number in sorted(changes, reverse=True):
            block = _changed(self.blocks[number].split(BETWEEN), changes[number])
            lines._replace(number, number + 1, block, 2 * _AT_ONCE)
        return lines

    def _block_of(self, path: str) -> int:
        return max(bisect_right(self._firsts, path) - 1, 0)

    def _replace(self, begin: int, end: int, lines: Sequence[bytes], most: int) -> None:
        """Put lines in the places of some blocks: in one, unless they are more than so many."""
        size = _AT_ONCE if len(lines) > most else max(len(lines), 1)
        parts = [lines[place : place + size] for place in range(0, len(lines), size)]
        self._firsts[begin:end] = [path_of_line(part[0]) for part in parts]
        self.blocks[begin:end] = [BETWEEN.join(part) for part in parts]


def _changed(lines: list[bytes], changes: dict[str, bytes | None]) -> list[bytes]:
    """Change lines, which are in the order of their paths: each to another one, or to none."""
    for path, line in changes.items():
        place = bisect_left(lines, path, key=path_of_line)
        is_there = place < len(lines) and path_of_line(lines[place]) == path
        if line is None and not is_there:
            raise KeyError(path)
        lines[place : place + is_there] = [] if line is None else [line]
    return lines
