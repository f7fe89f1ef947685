"""Documents in a directory, told by one look at each directory below and none into a file."""

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG
from typing import NamedTuple, Self

from feeds.corpus.source import (
    DRAFTS,
    ENDINGS,
    CorpusMissing,
    Gone,
    Seen,
    found_of,
    is_left_out,
)
from feeds.model import FileStamp, Finding

_NAME = attrgetter("name")
# A stamp is made of each document in each scan: as a tuple in half the time.
_stamped = partial(tuple.__new__, FileStamp)

# What is said where a file or a directory has been removed or replaced by something else; of a
# socket, that it is no such device.
_ARE_GONE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO})

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class DirectorySource:
    """The documents below a directory; `root` is absolute.

    What is no regular file is left out; a symbolic link is never followed, so that nothing from
    outside gets in, and is a finding.
    """

    root: Path

    def __str__(self) -> str:
        """Name the directory."""
        return str(self.root)

    @property
    def directory(self) -> Path:
        """The directory itself."""
        return self.root

    def scan(self, prefix: str = "") -> Iterator[Seen]:
        """Walk the directory in the order of names. See `Source.scan`."""
        try:
            listing = _listing(str(self.root), prefix, _FOLDER)
        except OSError as error:
            raise CorpusMissing(self, str(error.strerror)) from None
        yield from _walk(listing)

    def look(self, paths: Iterable[str], prefix: str = "") -> Iterator[Seen]:
        """Look at each of some paths. See `Source.look`."""
        if not self.root.is_dir():
            raise CorpusMissing(self, "it is no directory")
        for path in paths:
            *folders, name = path.split("/")
            if is_left_out(path) or not _are_folders(self.root, folders):
                continue
            try:
                yield from _at(os.path.join(self.root, path), name, prefix + path)  # noqa: PTH118 - see _no_file
            except OSError as error:
                if error.errno not in _ARE_GONE:
                    yield _unreadable(prefix + path, error)

    def open(self, prefix: str, limit: int, coming: Sequence[str] = ()) -> "_Files":  # noqa: ARG002 - a disk is near
        """Open documents. See `Source.open`."""
        return _Files(self.root, prefix, limit)

    def place(self, path: str) -> str:
        """Give the path of a file."""
        return str(self.root / path)

    def below(self, place: str) -> str | None:
        """Give the path of a file below the directory; of the directory itself, an empty one."""
        path = Path(place)
        if not path.is_relative_to(self.root):
            return None
        return "" if path == self.root else path.relative_to(self.root).as_posix()

    def has_folder(self, name: str) -> bool:
        """Whether there is a directory of this name."""
        return (self.root / name).is_dir()


class _Files:
    """Reads documents without following a link.

    The directory of the last one stays open until `close`, or until one in another directory is
    read.
    """

    def __init__(self, root: Path, prefix: str, limit: int) -> None:
        self._root = root
        self._prefix = prefix
        self._limit = limit
        self._folder: str | None = None
        self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the directory."""
        if self._folder is not None:
            os.close(self._descriptor)
            self._folder = None

    def read(self, path: str) -> tuple[bytes, FileStamp]:
        """Read a document, never waiting on a pipe. See `Files.read`."""
        folder, _, name = path.removeprefix(self._prefix).rpartition("/")
        if folder != self._folder:
            self.close()
            self._descriptor = _open_folder(self._root, folder)
            self._folder = folder
        descriptor = _open(name, _FILE, self._descriptor)
        try:
            status = os.fstat(descriptor)
            if not S_ISREG(status.st_mode):
                raise Gone("is not a regular file")
            data = _read(descriptor, status.st_size, self._limit)
            status = os.fstat(descriptor)
            return data, _stamped((path, status.st_size, status.st_mtime_ns, status.st_ino))
        finally:
            os.close(descriptor)


def _read(descriptor: int, size: int, limit: int) -> bytes:
    """Read up to `limit` bytes of a file that had a size."""
    data = os.read(descriptor, min(size + 1, limit))
    # Less than was asked for is all there is.
    if len(data) != size:
        while len(data) < limit and (more := os.read(descriptor, limit - len(data))):
            data += more
    return data


def _open_folder(root: Path, folder: str) -> int:
    """Open a directory below another, each part in the one before, so that no link leads out."""
    descriptor = os.open(root, _FOLDER)
    for part in folder.split("/") if folder else ():
        try:
            inner = _open(part, _FOLDER | os.O_NOFOLLOW, descriptor)
        finally:
            os.close(descriptor)
        descriptor = inner
    return descriptor


def _open(name: str, flags: int, folder: int) -> int:
    try:
        return os.open(name, flags, dir_fd=folder)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Gone("is a symbolic link") from None
        if error.errno in _ARE_GONE:
            raise Gone(error.strerror) from None
        raise


class _Folder(NamedTuple):
    """A directory in which documents may be: its place, and their paths up to their names."""

    place: str
    path: str


_Found = Seen | _Folder


def _listing(place: str, path: str, flags: int = _FOLDER | os.O_NOFOLLOW) -> list[_Found]:
    """Look once at all that is in a directory, in the order of names.

    What is asked for below an open directory is found without a walk from the root.
    """
    descriptor = os.open(place, flags)
    try:
        with os.scandir(descriptor) as entries:
            listed = sorted([entry for entry in entries if entry.name[0] != "."], key=_NAME)
        return _look_at(listed, place, path)
    finally:
        os.close(descriptor)


def _look_at(listed: list[os.DirEntry[str]], folder: str, path: str) -> list[_Found]:
    seen: list[_Found] = []
    for entry in listed:
        name = entry.name
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            if error.errno not in _ARE_GONE:
                seen.append(_unreadable(path + name, error))
            continue
        if S_ISREG(status.st_mode):
            if name.endswith(ENDINGS):
                seen.append(_stamp(path + name, status))
        elif S_ISDIR(status.st_mode):
            if name not in DRAFTS:
                seen.append(_Folder(f"{folder}/{name}", f"{path}{name}/"))
        elif found := _no_file(f"{folder}/{name}", path + name, status):
            seen.append(found)
    return seen


def _walk(listing: list[_Found]) -> Iterator[Seen]:
    """Walk without recursion: directories may nest deeper than calls may."""
    stack = [iter(listing)]
    while stack:
        for seen in stack[-1]:
            if not isinstance(seen, _Folder):
                yield seen
                continue
            try:
                stack.append(iter(_listing(*seen)))
            except OSError as error:
                if error.errno not in _ARE_GONE:
                    yield _unreadable(seen.path[:-1], error)
            else:
                break
        else:
            stack.pop()


def _are_folders(root: Path, names: Iterable[str]) -> bool:
    """Whether each name is that of a directory in the one before, and no link to one."""
    place = root
    for name in names:
        place /= name
        try:
            if not S_ISDIR(place.lstat().st_mode):
                return False
        except OSError:
            return False
    return True


def _at(place: str, name: str, path: str) -> Iterator[Seen]:
    """Give what is at one place, or below."""
    status = os.lstat(place)
    if S_ISREG(status.st_mode):
        if name.endswith(ENDINGS):
            yield _stamp(path, status)
    elif not S_ISDIR(status.st_mode):
        if found := _no_file(place, path, status):
            yield found
    elif name not in DRAFTS:
        yield from _walk(_listing(place, f"{path}/"))


def _no_file(place: str, path: str, status: os.stat_result) -> Finding | None:
    """Tell of what is neither a file nor a directory, if it could be taken for documents."""
    is_document = path.endswith(ENDINGS)
    if S_ISLNK(status.st_mode):
        if is_document or os.path.isdir(place):  # noqa: PTH112 - it may be no text at all
            return found_of(path, "file-not-regular", "is a symbolic link; left out", "warning")
    elif is_document:
        return found_of(path, "file-not-regular", "is no regular file; left out", "warning")
    return None


def _stamp(path: str, status: os.stat_result) -> Seen:
    if not path.isascii():
        try:
            path.encode()
        except UnicodeEncodeError:
            return found_of(path, "file-name", "the name is not UTF-8; left out", "error")
    return _stamped((path, status.st_size, status.st_mtime_ns, status.st_ino))


def _unreadable(path: str, error: OSError) -> Finding:
    return found_of(path, "file-unreadable", f"{error.strerror}; left out", "error")
