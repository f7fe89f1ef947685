"""What is published, with what follows from that alone: directories, and the manifest."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from feeds.model import FormerAddresses, Published
from feeds.publish.lines import Lines
from feeds.publish.manifest import NOTHING_FORMER, dump_manifest, manifest_of_lines

_SECOND = timedelta(seconds=1)


class Lost(NamedTuple):
    """When bytes appeared that are not there any more, and their digest, "" if nobody knows it."""

    last_modified: datetime
    sha256: str


class Known(Mapping[str, Published]):
    """What is published, by path; a change of it costs what it changes, however much there is.

    `lost` are, by path, the last bytes that may have been sent where other ones are there, or none.
    """

    def __init__(
        self, published: Iterable[Published] = (), lost: Mapping[str, Lost] | None = None
    ) -> None:
        self._published = {item.path: item for item in published}
        self._lost = lost or {}
        self._folders: dict[str, set[str]] | None = None
        self._lines: Lines | None = None

    def __getitem__(self, path: str) -> Published:
        return self._published[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._published)

    def __len__(self) -> int:
        return len(self._published)

    def last_modified(self, path: str, sha256: str, now: datetime) -> datetime:
        """Give the last modification of bytes with a digest that come under a path at an instant.

        Others than before appear later than these, by a second at least: clients that know by
        time what they have would not take other bytes of the same second.
        """
        published, lost = self._published.get(path), self._lost.get(path)
        if published is None and lost is not None and lost.sha256 == sha256:
            return lost.last_modified
        before = [item.last_modified for item in (published, lost) if item is not None]
        return max([now, *(moment + _SECOND for moment in before)])

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
