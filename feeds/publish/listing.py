"""A manifest to look resources up in, held as its bytes alone.

Its lines are in the order of their paths, so that it is its own index: of what is only listed,
nothing is kept but its line.
"""

from collections.abc import Iterator

from feeds.model import FormerAddresses, Published
from feeds.publish.manifest import (
    AFTER_PATH,
    BEFORE_PATH,
    BEGINNING,
    dump_manifest,
    load_former,
    load_line,
    load_manifest,
    load_path,
)

_LINE_FEED = 10

# Bytes that are compared at a time; more and more, as long as they are the same.
_LEAST_STRIDE, _MOST_STRIDE = 512, 65_536
_PART = 1_048_576


class Listing:
    """What a manifest lists, by the bytes that `dump_manifest` wrote; `former` is the rest of it.

    `changed` has the paths whose lines are others than in the listing before; None where
    there was none.
    """

    __slots__ = ("begin", "changed", "data", "end", "former")

    def __init__(self, data: bytes, end: int, former: FormerAddresses) -> None:
        self.data = data
        self.begin = len(BEGINNING)
        self.end = max(end, self.begin)
        self.former = former
        self.changed: frozenset[str] | None = None

    def find(self, path: str) -> Published | None:
        """Look a resource up by its path; None where it is not listed."""
        low, high = self.begin, self.end
        while low < high:
            middle = (low + high) // 2
            start, stop = self.line(middle, low, high)
            found = self.path(start, stop)
            if found == path:
                return load_line(self.data[start:stop].removesuffix(b","))
            if found < path:
                low = stop + 1
            else:
                high = start - 1
        return None

    def __iter__(self) -> Iterator[Published]:
        start = self.begin
        while start < self.end:
            start, stop = self.line(start, start, self.end)
            yield load_line(self.data[start:stop].removesuffix(b","))
            start = stop + 1

    def line(self, place: int, low: int, high: int) -> tuple[int, int]:
        """Give where the line begins and ends that a place belongs to, within bounds."""
        start = self.data.rfind(b"\n", low, place) + 1
        stop = self.data.find(b"\n", place, high)
        return start or low, high if stop < 0 else stop

    def path(self, start: int, stop: int) -> str:
        """Give the path that a line begins with. Raises ValueError where it does not."""
        after = self.data.find(AFTER_PATH, start, stop)
        if after < 0 or not self.data.startswith(BEFORE_PATH, start):
            raise ValueError("a line of the manifest does not begin with a path")
        return load_path(self.data[start + len(BEFORE_PATH) : after])

    def _check(self, start: int, stop: int) -> str:
        """Give the path of a line. Raises ValueError where it is not as it should be."""
        entry = load_line(self.data[start:stop].removesuffix(b","))
        if self.path(start, stop) != entry.path:
            raise ValueError("a line of the manifest has two paths")
        return entry.path

    def check(self) -> None:
        """Check every line, and their order. Raises ValueError where these are not sound."""
        start, before = self.begin, ""
        while start < self.end:
            start, stop = self.line(start, start, self.end)
            path = self._check(start, stop)
            _check_order(before, path)
            start, before = stop + 1, path

    def _check_new(self, start: int, stop: int) -> str:
        """Check a line, and its order among those beside it; give its path."""
        path = self._check(start, stop)
        if start > self.begin:
            _check_order(self.path(*self.line(start - 2, self.begin, self.end)), path)
        if stop < self.end:
            _check_order(path, self.path(*self.line(stop + 1, self.begin, self.end)))
        return path

    def changes(self, before: "Listing") -> Iterator[str]:
        """Give the paths of lines that are others than before, and check those that are new.

        What has not changed is passed over in strides, without a look at its lines.
        """
        old, new = before.begin, self.begin
        while old < before.end or new < self.end:
            same = _same(before.data, old, before.end, self.data, new, self.end)
            whole_lines = self.data.rfind(b"\n", new, new + same) + 1 - new
            old, new = old + max(0, whole_lines), new + max(0, whole_lines)
            _, old_stop = before.line(old, old, before.end)
            _, new_stop = self.line(new, new, self.end)
            old_path = before.path(old, old_stop) if old < before.end else None
            new_path = self.path(new, new_stop) if new < self.end else None
            if new_path is None or (old_path is not None and old_path < new_path):
                yield old_path or ""
                old = old_stop + 1
                continue
            if old_path != new_path:
                yield self._check_new(new, new_stop)
            else:
                if not _is_same_line(before.data[old:old_stop], self.data[new:new_stop]):
                    yield self._check_new(new, new_stop)
                old = old_stop + 1
            new = new_stop + 1


def load_listing(data: bytes, before: Listing | None = None) -> Listing:
    """Read a manifest, of its lines only those that are others than before.

    Raises ValueError on anything that `dump_manifest` does not write.
    """
    try:
        return _listing(data, before)
    except ValueError:
        # Whoever else wrote it may mean the same.
        return _listing(dump_manifest(load_manifest(data), load_former(data)), None)


def former_in(data: bytes) -> FormerAddresses:
    """Read from a manifest what is answered under former addresses, and nothing else of it.

    Raises ValueError on anything that `dump_manifest` does not write.
    """
    return load_former(BEGINNING + data[_end(data, len(BEGINNING) - 1) :])


def _listing(data: bytes, before: Listing | None) -> Listing:
    if not data.startswith(BEGINNING):
        raise ValueError("the manifest does not begin as it should")
    listing = Listing(data, _end(data, len(BEGINNING) - 1), former_in(data))
    if before is None:
        listing.check()
    else:
        listing.changed = frozenset(listing.changes(before))
    return listing


def _end(data: bytes, start: int) -> int:
    """Give where the resources end; no line of theirs begins with a bracket.

    One character is found many times faster than two. It is looked for in parts, since no other
    thread has its turn before such a search ends.
    """
    place = start
    while place < len(data):
        found = data.find(b"]", place, place + _PART)
        if found > 0 and data[found - 1] == _LINE_FEED:
            return found - 1
        place = place + _PART if found < 0 else found + 1
    raise ValueError("the resources of the manifest do not end")


def _check_order(before: str, after: str) -> None:
    if before >= after:
        raise ValueError(f"{after[:80]!a} is not in its place in the manifest")


def _is_same_line(line: bytes, other: bytes) -> bool:
    return line.removesuffix(b",") == other.removesuffix(b",")


def _same(a: bytes, begin_a: int, end_a: int, b: bytes, begin_b: int, end_b: int) -> int:
    """Count the bytes that are the same in two places, until the first that is not."""
    most, same, stride = min(end_a - begin_a, end_b - begin_b), 0, _LEAST_STRIDE
    while same < most:
        step = min(stride, most - same)
        if _is_same(a, begin_a + same, b, begin_b + same, step):
            same += step
            stride = min(2 * stride, _MOST_STRIDE)
            continue
        while step > 1:
            half = step // 2
            if _is_same(a, begin_a + same, b, begin_b + same, half):
                same += half
                step -= half
            else:
                step = half
        break
    return same


def _is_same(a: bytes, begin_a: int, b: bytes, begin_b: int, size: int) -> bool:
    return a[begin_a : begin_a + size] == b[begin_b : begin_b + size]
