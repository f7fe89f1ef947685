"""Entries as they were rendered, kept for as long as there is room and they are true."""

from collections import OrderedDict
from collections.abc import Container

from feeds.model import EntryKey

_MOST_BYTES = 64 * 1024 * 1024

Written = tuple[bytes, ...]
"""An entry, written in every format, or in that of archives alone."""


class Rendered:
    """The bytes of entries in all formats, or in that of archives alone.

    Beyond `most_bytes`, the least recently used are given up.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._kept: OrderedDict[tuple[EntryKey, bool], Written] = OrderedDict()
        self._room = most_bytes

    def find(self, key: EntryKey, *, is_whole: bool) -> Written | None:
        """Give an entry in all formats, where it is to be whole, or in that of archives."""
        bodies = self._kept.get((key, is_whole))
        if bodies is not None:
            self._kept.move_to_end((key, is_whole))
        return bodies

    def keep(self, key: EntryKey, bodies: Written, *, is_whole: bool) -> None:
        """Keep an entry that was not there."""
        self._kept[key, is_whole] = bodies
        self._room -= _size(bodies)
        while self._room < 0:
            _, dropped = self._kept.popitem(last=False)
            self._room += _size(dropped)

    def forget(self, articles: Container[int]) -> None:
        """Give up the entries of some articles, by key: they may say something else now."""
        for kept in [kept for kept in self._kept if kept[0][0] in articles]:
            self._room += _size(self._kept.pop(kept))

    def clear(self) -> None:
        """Give up all entries."""
        self._room += sum(map(_size, self._kept.values()))
        self._kept.clear()


def _size(bodies: Written) -> int:
    return sum(map(len, bodies))
