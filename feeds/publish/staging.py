"""One publication on its way into a directory.

All of its files are written and synced beside their places first, so that a full disk is met
before anything that is published has changed.
"""

import os
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from errno import EISDIR, EPERM
from pathlib import Path
from threading import Semaphore
from typing import BinaryIO

from feeds.model import Resource
from feeds.publish.spares import Spares
from feeds.publish.syncing import ONE_BY_ONE, can_sync_all, sync_each

_MOST_WAITING = 64


class Staging:
    """Resources that are written, by some threads, but not yet in their places.

    They are synced while others are still made, or where it `syncs_last` when all are written.
    """

    def __init__(
        self, root: Path, folder: Path, writers: ThreadPoolExecutor, *, syncs_last: bool
    ) -> None:
        self._root = root
        self._writers = writers
        self._syncs_last = syncs_last
        self._writing: deque[Future[None]] = deque()
        # Bodies that wait to be written are held, so that they must not become many.
        self._room = Semaphore(_MOST_WAITING)
        self._resolved = root.resolve()
        self._folder = folder
        self._staged: dict[str, str] = {}
        self._spares = Spares(root)
        self._targets: dict[str, str] = {}
        self._within: dict[str, bool] = {}

    def stage(self, resource: Resource, last_modified: datetime) -> None:
        """Have a resource written beside its place.

        Web servers take the file's time for its own. What the disk refuses is raised here later
        or when it is published.
        """
        self.stage_parts(resource.path, (resource.body,), last_modified)

    def stage_parts(self, path: str, parts: Sequence[bytes], last_modified: datetime) -> None:
        """Have a resource written, as `stage` does, whose body is in parts.

        What is long is not put together before that: memory for it is dearer than to write it.
        """
        while self._writing and self._writing[0].done():
            self._writing.popleft().result()
        file = self._staged[path] = f"{self._folder}/{len(self._staged)}"
        self._room.acquire()
        self._writing.append(self._writers.submit(self._write, file, path, parts, last_modified))

    def settle(self) -> None:
        """Wait until all that is staged is written; what the disk refuses is raised."""
        while self._writing:
            self._writing.popleft().result()

    @property
    def _are_synced_last(self) -> bool:
        """Whether what is staged is synced before the first rename; if it is much, all at once."""
        return self._syncs_last or (len(self._staged) > ONE_BY_ONE and can_sync_all())

    def _write(self, file: str, path: str, parts: Sequence[bytes], last_modified: datetime) -> None:
        try:
            with self._create(file) as stream:
                stream.writelines(parts)
                stream.flush()
                os.utime(stream.fileno(), (last_modified.timestamp(),) * 2)
                if not self._are_synced_last:
                    os.fsync(stream.fileno())
        except OSError as error:
            # A number says nothing to anybody, and a full disk names no file at all.
            place = str(self._root / path)
            raise OSError(error.errno, error.strerror, place) from None
        finally:
            self._room.release()

    def _create(self, file: str) -> BinaryIO:
        try:
            return open(file, "xb")
        except FileNotFoundError:
            self._folder.mkdir(parents=True, exist_ok=True)
            return open(file, "xb")

    def publish(
        self,
        last: Sequence[str],
        deleted: Iterable[str],
        first: Sequence[str] = (),
        outdated: Sequence[str] = (),
    ) -> None:
        """Move what is staged into place, `last` after all else, then delete what is to go.

        What refers to other resources belongs to `last`, in order, and what all else may
        refer to belongs to `first`: nothing that is published names a thing that is not there
        yet, or no longer. What is `outdated` by what is staged is deleted before all that. More
        may be staged afterwards.
        """
        self.settle()
        if self._are_synced_last:
            sync_each(self._staged.values())
        deleted, ordered = tuple(deleted), {*first, *last}
        self._prepare([*deleted, *outdated])
        self._spares.begin()
        for path in outdated:
            self._spares.take(path)
        self._move([path for path in first if path in self._staged])
        self._move([path for path in self._staged if path not in ordered])
        for path in last:
            if path in self._staged:
                self._move([path])
        self._delete(deleted)
        self._spares.end()
        self._staged.clear()

    def _prepare(self, deleted: Iterable[str]) -> None:
        """Meet whatever may hinder a move or a deletion before the first of them."""
        made: list[str] = []
        try:
            for path in deleted:
                self._target(path)
            folders: set[str] = set()
            for path in self._staged:
                target = self._targets[path] = self._target(path)
                self._make_room(target, made, folders)
            sync_each({os.path.dirname(folder) or ".": None for folder in made})
        except BaseException:
            for folder in reversed(made):
                _remove_if_empty(folder)
            raise

    def _make_room(self, target: str, made: list[str], folders: set[str]) -> None:
        """Make the directory of a place, unless it is one of `folders`, and add it to these."""
        if os.path.isdir(target):
            raise IsADirectoryError(EISDIR, "is a directory", target)
        if (folder := os.path.dirname(target)) not in folders:
            _make_folder(folder, made)
            folders.add(folder)

    def _move(self, paths: Iterable[str]) -> None:
        folders: dict[str, None] = {}
        for path in paths:
            target = self._targets[path]
            self._spares.keep(path)
            os.replace(self._staged[path], target)
            folders[os.path.dirname(target)] = None
        sync_each(folders)

    def _delete(self, paths: Iterable[str]) -> None:
        """Delete files, and directories that empty; none comes back after a loss of power."""
        folders: dict[str, None] = {}
        for path in paths:
            target = Path(self._target(path))
            target.unlink(missing_ok=True)
            for folder in target.parents:
                if folder == self._root or not _remove_if_empty(folder):
                    folders[str(folder)] = None
                    break
        sync_each([folder for folder in folders if os.path.isdir(folder)])

    def _target(self, path: str) -> str:
        """Give a path's place; one that a link or a slip leads out of the directory is refused.

        What lies at the place itself is replaced or deleted, never followed.
        """
        target = os.path.join(self._root, path)
        folder, name = os.path.split(target)
        if name in {"", ".."} or not self._is_within(folder):
            raise PermissionError(EPERM, f"leads out of {self._root}", target)
        return target

    def _is_within(self, folder: str) -> bool:
        """Whether a directory is below the root, links followed."""
        if folder not in self._within:
            self._within[folder] = Path(folder).resolve().is_relative_to(self._resolved)
        return self._within[folder]


def _make_folder(folder: str, made: list[str]) -> None:
    """Make a directory and those above it that are not there, and add them to a list."""
    if os.path.isdir(folder):
        return
    _make_folder(os.path.dirname(folder) or ".", made)
    os.mkdir(folder)
    made.append(folder)


def _remove_if_empty(folder: str | Path) -> bool:
    try:
        os.rmdir(folder)
    except OSError:
        return False
    return True
