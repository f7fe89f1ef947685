"""What is published, with what follows from that alone: directories, and the manifest."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from feeds.model import FormerAddresses, Published
from feeds.publish.lines import Lines
from feeds.publish.manifest import NOTHING_FORMER, dump_manifest, manifest_of_lines


class Known(Mapping[str, Published]):
    """What is published, by path; a change of it costs what it changes, however much there is.

    `dates` are when bytes appeared that may have been sent and are not known any more, by path.
    """

    def __init__(
        self, published: Iterable[Published] = (), dates: Mapping[str, datetime] | None = None
    ) -> None:
        self._published = {item.path: item for item in published}
        self._dates = dict(dates or {})
        self._folders: dict[str, set[str]] | None = None
        self._lines: Lines | None = None

    def __getitem__(self, path: str) -> Published:
        return self._published[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._published)

    def __len__(self) -> int:
        return len(self._published)

    def last_modified(self, path: str) -> datetime | None:
        """Give when the last bytes appeared that anybody may have been sent of a path."""
        published, date = self._published.get(path), self._dates.get(path)
        if published is None or (date is not None and date > published.last_modified):
            return date
        return published.last_modified

    def within(self, folder: str) -> Collection[str]:
        """Give the names of what lies in a directory itself; `folder` ends with a slash."""
        if self._folders is None:
            self._folders = {}
            for path in self._published:
                self._settle(path)
        return self._folders.get(folder, ())

    def change(self, written: Iterable[Published], deleted: Iterable[str]) -> None:
        """Become what is published once some resources were written and others deleted."""
        written, deleted = [*written], [path for path in deleted if path in self]
        if self._lines is not None:
            # Many are put in order faster all at once.
            are_many = len(written) > len(self)
            self._lines = None if are_many else self._lines.changed(written, deleted)
        for path in deleted:
            self._drop(path)
        for item in written:
            self._put(item)

    def manifest(
        self,
        former: FormerAddresses = NOTHING_FORMER,
        written: Iterable[Published] = (),
        deleted: Iterable[str] = (),
    ) -> list[bytes]:
        """Write the manifest as it is once some resources were written and others deleted.

        It is given in parts, since it is long.
        """
        if not self._published:
            return [dump_manifest(written, former)]
        if self._lines is None:
            self._lines = Lines(self._published[path] for path in sorted(self._published))
        return manifest_of_lines(self._lines.changed(written, deleted).blocks, former)

    def _put(self, item: Published) -> None:
        path = item.path
        if self._folders is not None and path not in self._published:
            self._settle(path)
        self._published[path] = item

    def _drop(self, path: str) -> None:
        del self._published[path]
        if self._folders is not None:
            folder, slash, name = path.rpartition("/")
            self._folders[folder + slash].discard(name)

    def _settle(self, path: str) -> None:
        if self._folders is not None:
            folder, slash, name = path.rpartition("/")
            self._folders.setdefault(folder + slash, set()).add(name)
