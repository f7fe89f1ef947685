"""Files that are being replaced, kept until the manifest speaks of what is in their places.

A server reads bytes when they are asked for, by the last manifest. Between the first rename of a
publication and that of its manifest, what the manifest speaks of is here; a publisher that is
killed in between leaves it here, too, and the next one does not touch it.
"""

import os
import shutil
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from feeds.publish.manifest import MANIFEST_NAME

_FOLDER = ".replaced"


def spares_for(root: Path, manifest: os.stat_result) -> Path:
    """Give where files are kept that the manifest with this status speaks of."""
    return root / _FOLDER / f"{manifest.st_ino:x}-{manifest.st_mtime_ns:x}-{manifest.st_size:x}"


def spare_name(path: str) -> str:
    """Give what a resource's file is called there."""
    return sha256(path.encode("utf-8", "surrogatepass")).hexdigest()


class Spares:
    """Keeps files of what is published below a root, until all is published that is to come."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder: Path | None = None
        self._is_made = False

    def begin(self) -> None:
        """Forget what is kept for other manifests than that which is there now, if any is."""
        with suppress(OSError):
            self._folder = spares_for(self._root, (self._root / MANIFEST_NAME).stat())
        with suppress(OSError):
            for folder in (self._root / _FOLDER).iterdir():
                if folder != self._folder:
                    shutil.rmtree(folder, ignore_errors=True)

    def tidy(self) -> None:
        """Leave nothing that no manifest speaks of, where a publisher was killed at its end."""
        self.begin()
        with suppress(OSError):
            (self._root / _FOLDER).rmdir()

    def keep(self, path: str) -> None:
        """Keep what lies under a path, unless something is kept already that lay there before.

        Where the file system has no hard links nothing is kept: readers wait for the manifest.
        """
        with suppress(OSError):
            if spare := self._spare(path):
                os.link(f"{self._root}/{path}", spare, follow_symlinks=False)

    def take(self, path: str) -> None:
        """Keep what lies under a path as `keep` does, and have nothing lie there any more.

        Raises OSError where that is not possible.
        """
        place, spare = f"{self._root}/{path}", None
        with suppress(OSError):
            spare = self._spare(path)
        with suppress(FileNotFoundError):
            if spare and not os.path.lexists(spare):
                Path(place).rename(spare)
            else:
                Path(place).unlink()

    def _spare(self, path: str) -> str | None:
        """Give where to keep what lies under a path; None where no manifest speaks of it."""
        if self._folder is None:
            return None
        if not self._is_made:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._is_made = True
        return f"{self._folder}/{spare_name(path)}"

    def end(self) -> None:
        """Forget all that is kept."""
        shutil.rmtree(self._root / _FOLDER, ignore_errors=True)
        self._is_made = False
