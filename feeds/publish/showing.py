"""What is published in a directory, as whoever reads it while it changes finds it."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from feeds.model import Published
from feeds.publish.destination import NotShown, Shown
from feeds.publish.manifest import MANIFEST_NAME
from feeds.publish.spares import spare_name, spares_for


def shown_in(root: Path) -> Shown:
    """Give what is published in a directory. Raises `NotShown` where nothing can be read."""
    try:
        with (root / MANIFEST_NAME).open("rb") as file:
            spares = spares_for(root, os.fstat(file.fileno()))
            return Shown(file.read(), _Files(root, spares).read)
    except OSError as error:
        raise NotShown(f"{MANIFEST_NAME}: {error.strerror}") from None


def publication_stamp(root: Path) -> tuple[int, ...] | None:
    """Give what is another with each publication below a root; None where there is none.

    The time of a manifest is that of what it lists, in whole seconds, and a file may get the inode
    of one that is gone: only the time of the last change of its inode tells two apart for sure.
    """
    try:
        status = (root / MANIFEST_NAME).stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_ctime_ns


@dataclass(frozen=True, slots=True)
class _Files:
    """Reads what is below a root; what is being replaced, among its spares."""

    root: Path
    spares: Path

    def read(self, entry: Published) -> bytes | None:
        """Read the bytes that a manifest speaks of; None where they are nowhere."""
        # In this order: what is replaced is among the spares before.
        body = _read(self.root / entry.path, entry)
        return _read(self.spares / spare_name(entry.path), entry) if body is None else body


def _read(file: Path, entry: Published) -> bytes | None:
    try:
        with file.open("rb") as stream:
            # Before reading, so that a wrong size cannot ask for more memory than there is.
            if os.fstat(stream.fileno()).st_size != entry.size:
                return None
            body = stream.read(entry.size)
    except OSError:
        return None
    return body if hashlib.sha256(body).hexdigest() == entry.sha256 else None
