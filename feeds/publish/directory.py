"""A directory as the place where resources go, for a web server or a CDN to read.

What a reader can see changes file by file, each in one step (rename), never in part.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from feeds.errors import CannotWrite
from feeds.model import Published
from feeds.publish.destination import Shown
from feeds.publish.manifest import MANIFEST_NAME
from feeds.publish.showing import publication_stamp, shown_in
from feeds.publish.spares import Spares
from feeds.publish.staging import Staging

_STAGING = ".staging"
# Writing waits for the disk, so that more than one thread pays on any machine.
_WRITERS = 2


class DirectoryDestination:
    """Publishes below one directory, which holds nothing else."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def name(self) -> str:
        """What people call the place: its path."""
        return str(self.root)

    def manifest(self) -> bytes | None:
        """Read the manifest that is published; None where there is none."""
        try:
            return (self.root / MANIFEST_NAME).read_bytes()
        except OSError:
            return None

    def stamp(self) -> object:
        """Give what is another with each publication; None where there is none."""
        return publication_stamp(self.root)

    @property
    def sure_until(self) -> None:
        """None: what is published begins when it is seen."""
        return

    def shown(self) -> Sequence[Shown]:
        """Give the publication that is there now. Raises `NotShown` where there is none."""
        return (shown_in(self.root),)

    def prepare(self, token: int = 0) -> None:
        """Do nothing: whatever a disk refuses, it refuses in time."""

    def state(self) -> object:
        """Give what is another once anybody has published, equal while nobody has."""
        stamp = publication_stamp(self.root)
        return stamp and (*stamp, self.was_interrupted())

    def holds(self, resources: Iterable[Published]) -> bool:
        """Whether every resource is there with its size."""
        root = f"{self.root}/"
        return all(_size(root + resource.path) == resource.size for resource in resources)

    def digest(self, path: str) -> str | None:
        """Give the SHA-256 of what is published under a path; None where nothing is."""
        body = self.body(path)
        return None if body is None else hashlib.sha256(body).hexdigest()

    def body(self, path: str) -> bytes | None:
        """Give the bytes that are published under a path; None where nothing is."""
        try:
            return (self.root / path).read_bytes()
        except OSError:
            return None

    def date(self, path: str) -> datetime | None:
        """Give the last modification of the file under a path, to a second; None without one."""
        try:
            seconds = int((self.root / path).stat().st_mtime)
            return datetime.fromtimestamp(seconds, UTC)
        except (OSError, ValueError, OverflowError):
            return None

    def was_interrupted(self) -> bool:
        """Whether a publisher was killed at work, so that what is there may be of two editions."""
        return (self.root / _STAGING).exists()

    @contextmanager
    def publishing(self) -> Iterator[Staging]:
        """Give a place to stage resources; what is not published when it closes is gone.

        Raises `CannotWrite` for whatever the disk refuses.
        """
        folder = self.root / _STAGING
        try:
            shutil.rmtree(folder, ignore_errors=True)
            with ThreadPoolExecutor(_WRITERS, "staging") as writers:
                # A first publication is much at once, which nobody has waited for until now.
                is_first = not (self.root / MANIFEST_NAME).exists()
                yield Staging(self.root, folder, writers, syncs_last=is_first)
        except OSError as error:
            place = Path(error.filename) if error.filename else self.root
            raise CannotWrite(place, error.strerror or str(error)) from None
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            Spares(self.root).tidy()


def _size(place: str) -> int | None:
    try:
        return os.stat(place).st_size
    except OSError:
        return None
