"""What is published, with what follows from that alone: directories, and the manifest."""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Iterator, Mapping

from feeds.model import FormerAddresses, Published
from feeds.publish.manifest import NOTHING_FORMER, joined_manifest, manifest_line


class Known(Mapping[str, Published]):
    """What is published, by path; a change of it costs what it changes, however much there is."""

    def __init__(self, published: Iterable[Published] = ()) -> None:
        self._published = {item.path: item for item in published}
        self._folders: dict[str, set[str]] | None = None
        self._lines: dict[str, str] = {}
        self._order: list[str] | None = None

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
        if self._order is None:
            self._lines = {path: manifest_line(item) for path, item in self._published.items()}
            self._order = sorted(self._lines)
        lines, order = self._lines | {item.path: manifest_line(item) for item in written}, None
        for path in deleted:
            del lines[path]
        if lines.keys() != self._lines.keys():
            order = sorted(lines)
        return joined_manifest(map(lines.__getitem__, order or self._order), former)

    def _put(self, item: Published) -> None:
        path = item.path
        if path not in self._published:
            if self._folders is not None:
                self._settle(path)
            if self._order is not None:
                insort(self._order, path)
        self._published[path] = item
        if self._order is not None:
            self._lines[path] = manifest_line(item)

    def _drop(self, path: str) -> None:
        if self._published.pop(path, None) is None:
            return
        if self._folders is not None:
            folder, slash, name = path.rpartition("/")
            self._folders[folder + slash].discard(name)
        if self._order is not None:
            del self._order[bisect_left(self._order, path)], self._lines[path]

    def _settle(self, path: str) -> None:
        if self._folders is not None:
            folder, slash, name = path.rpartition("/")
            self._folders.setdefault(folder + slash, set()).add(name)
