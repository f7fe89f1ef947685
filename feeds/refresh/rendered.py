"""Entries as they were rendered, kept for as long as there is room and they are true."""

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Sequence

from feeds.model import EntryKey

_MOST_BYTES = 80 * 1024 * 1024

Written = tuple[bytes, ...]
"""An entry, written in every format, or in that of archives alone."""


class Rendered:
    """The bytes of entries; beyond `most_bytes`, the least recently used are given up.

    Those in every format come apart first: what archives have of them is kept on, since it is
    needed once more when archives are made, and the others are not.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._kept: OrderedDict[EntryKey, Written] = OrderedDict()
        # As which entries articles are kept, by key: alone, or for stories.
        self._stories: dict[int, set[str | None]] = {}
        # Hashes of what feeds were made of, by their paths.
        self._contents: dict[str, int] = {}
        self._room = most_bytes
        self._formats = 1
        self._archiving: int | None = 0

    def expect(self, formats: int, archiving: int | None) -> None:
        """Have entries be in so many formats; that of archives is at this place, if there are any.

        Where formats are others than before, `clear` gives up what is in those.
        """
        self._formats, self._archiving = formats, archiving

    def find(self, key: EntryKey) -> Written | None:
        """Give an entry in every format; None where it is not kept in all of them."""
        kept = self._kept.get(key, ())
        if len(kept) < self._formats:
            return None
        self._kept.move_to_end(key)
        return kept

    def find_archived(self, key: EntryKey) -> bytes | None:
        """Give an entry as archives have it; None where it is not kept."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        self._kept.move_to_end(key)
        return self.of_archives(kept)

    def of_archives(self, written: Written) -> bytes:
        """Give what archives have of an entry that is in every format, or in theirs alone."""
        return written[self._archiving or 0] if len(written) == self._formats else written[0]

    def keep(self, key: EntryKey, written: Written) -> None:
        """Keep an entry in every format, or in that of archives alone."""
        self._drop(key)
        self._add(key, written)
        while self._room < 0:
            oldest = next(iter(self._kept))
            dropped = self._drop(oldest)
            if self._archiving is not None and len(dropped) == self._formats > 1:
                self._add(oldest, (dropped[self._archiving],))

    def forget(self, articles: Iterable[int]) -> None:
        """Give up the entries of some articles, by key: they may say something else now."""
        for article in articles:
            for story in tuple(self._stories.get(article, ())):
                self._drop((article, story))

    def clear(self) -> None:
        """Give up all entries, and what feeds were made of."""
        for key in tuple(self._kept):
            self._drop(key)
        self._contents.clear()

    def is_same(self, path: str, feed: Hashable, entries: Sequence[bytes]) -> bool:
        """Whether a feed is made of what it was made of before; from now on, that is this.

        `feed` is what it says of itself.

        Python has hashed entries that are kept, so that this takes a hundredth of the time in
        which a feed is put together and compared by its digest.
        """
        content = hash((feed, *entries))
        before = self._contents.get(path)
        self._contents[path] = content
        return content == before

    def forget_feeds(self, paths: Iterable[str]) -> None:
        """Give up what feeds were made of that are there no longer."""
        for path in paths:
            self._contents.pop(path, None)

    def _add(self, key: EntryKey, written: Written) -> None:
        self._kept[key] = written
        self._stories.setdefault(key[0], set()).add(key[1])
        self._room -= _size(written)

    def _drop(self, key: EntryKey) -> Written:
        dropped = self._kept.pop(key, ())
        if dropped:
            article, story = key
            self._room += _size(dropped)
            self._stories[article].discard(story)
            if not self._stories[article]:
                del self._stories[article]
        return dropped


def _size(written: Written) -> int:
    return sum(map(len, written))
