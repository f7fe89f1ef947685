"""What files a corpus holds, told by one look at each directory and none into a file."""

import os
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG

from feeds.errors import FeedsError
from feeds.model import FileStamp, Finding, Severity

_ENDINGS = (".md", ".markdown")
_DRAFTS = frozenset({"_drafts", "drafts"})


class CorpusMissing(FeedsError):
    """The corpus is not there or cannot be listed; the last publication is untouched."""

    exit_code = 3


def scan(root: Path, prefix: str = "") -> Iterator[FileStamp | Finding]:
    """Walk a corpus in a stable order and give a stamp for each of its documents.

    Hidden files, drafts' directories and what is no regular file are left out; a symbolic
    link is never followed, so that nothing from outside gets in, and is a finding. Paths
    are relative to `root`, with `prefix` before them. Raises `CorpusMissing`.
    """
    try:
        listing = _listing(root)
    except OSError as error:
        raise CorpusMissing(f"cannot read the corpus {root}: {error.strerror}") from None
    yield from _walk(listing, prefix)


def read_file(root: Path, path: str, prefix: str, limit: int) -> bytes:
    """Read up to `limit` bytes of a document without following a link or waiting on a pipe.

    Raises `OSError` where it is gone, unreadable or no longer a regular file.
    """
    name = os.fsencode(root / path.removeprefix(prefix))
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor, so that flags apply
        if not S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "is not a regular file", str(name))
        return file.read(limit)


def _listing(folder: Path | str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(
            (entry for entry in entries if not entry.name.startswith(".")),
            key=lambda entry: entry.name,
        )


def _walk(listing: list[os.DirEntry[str]], prefix: str) -> Iterator[FileStamp | Finding]:
    for entry in listing:
        path = prefix + entry.name
        try:
            status = entry.stat(follow_symlinks=False)
            if S_ISDIR(status.st_mode):
                if entry.name not in _DRAFTS:
                    yield from _walk(_listing(entry.path), f"{path}/")
            elif not entry.name.endswith(_ENDINGS):
                continue
            elif S_ISREG(status.st_mode):
                yield _stamp(path, status)
            else:
                what = "a symbolic link" if S_ISLNK(status.st_mode) else "no regular file"
                yield _finding(path, "file-not-regular", f"is {what}; left out", "warning")
        except OSError as error:
            yield _finding(path, "file-unreadable", f"{error.strerror}; left out", "error")


def _stamp(path: str, status: os.stat_result) -> FileStamp | Finding:
    try:
        path.encode()
    except UnicodeEncodeError:
        return _finding(path, "file-name", "the name is not UTF-8; left out", "error")
    return FileStamp(path, status.st_size, status.st_mtime_ns, status.st_ino)


def _finding(path: str, code: str, message: str, severity: Severity) -> Finding:
    return Finding(path, 0, 0, code, "", message, severity)
