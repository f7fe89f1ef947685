"""What is published, with what follows from that alone: directories, and the manifest."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping

from feeds.model import FormerAddresses, Published
from feeds.publish.manifest import NOTHING_FORMER, dump_manifest, joined_manifest, manifest_line


class Known(Mapping[str, Published]):
    """What is published, by path; a change of it costs what it changes, however much there is."""

    def __init__(self, published: Iterable[Published] = ()) -> None:
        self._published = {item.path: item for item in published}
        self._folders: dict[str, set[str]] | None = None
        # The paths in the order of the manifest, and the lines that these have there.
        self._order: list[str] | None = None
        self._lines: list[bytes] = []

    def __getitem__(self, path: str) -> Published:
        return self._published[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._published)

    def __len__(self) -> int:
        return len(self._published)

    def within(self, folder: str) -> Collection[str]:
        """Give the names of what lies in a directory itself; `folder` ends with a slash."""
        if self._folders is None:
            self._folders = {}
            for path in self._published:
                self._settle(path)
        return self._folders.get(folder, ())

    def change(self, written: Iterable[Published], deleted: Iterable[str]) -> None:
        """Become what is published once some resources were written and others deleted."""
        written = [*written]
        if len(written) > len(self):
            # Many are put in order faster all at once.
            self._order = None
        for path in deleted:
            self._drop(path)
        for item in written:
            self._put(item)

    def manifest(
        self,
        former: FormerAddresses = NOTHING_FORMER,
        written: Iterable[Published] = (),
        deleted: Iterable[str] = (),
    ) -> bytes:
        """Write the manifest as it is once some resources were written and others deleted."""
        if not self._published:
            return dump_manifest(written, former)
        if self._order is None:
            self._order = sorted(self._published)
            self._lines = [manifest_line(self._published[path]) for path in self._order]
        order, lines = self._order.copy(), self._lines.copy()
        for path in deleted:
            _remove(order, lines, path)
        for item in written:
            _insert(order, lines, item)
        return joined_manifest(lines, former)

    def _put(self, item: Published) -> None:
        path = item.path
        if self._folders is not None and path not in self._published:
            self._settle(path)
        self._published[path] = item
        if self._order is not None:
            _insert(self._order, self._lines, item)

    def _drop(self, path: str) -> None:
        if self._published.pop(path, None) is None:
            return
        if self._folders is not None:
            folder, slash, name = path.rpartition("/")
            self._folders[folder + slash].discard(name)
        if self._order is not None:
            _remove(self._order, self._lines, path)

    def _settle(self, path: str) -> None:
        if self._folders is not None:
            folder, slash, name = path.rpartition("/")
            self._folders.setdefault(folder + slash, set()).add(name)


def _insert(order: list[str], lines: list[bytes], item: Published) -> None:
    """Have a resource's line be in its place, instead of the one before if there was any."""
    place = bisect_left(order, item.path)
    if order[place : place + 1] == [item.path]:
        lines[place] = manifest_line(item)
    else:
        order.insert(place, item.path)
        lines.insert(place, manifest_line(item))


def _remove(order: list[str], lines: list[bytes], path: str) -> None:
    place = bisect_left(order, path)
    del order[place], lines[place]
