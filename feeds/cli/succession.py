"""Which of several workers refreshes: one, and another when it dies."""

import fcntl
import os
import signal
import threading
from pathlib import Path

from feeds.cli.renewal import Renewal
from feeds.cli.upkeep import Upkeep
from feeds.errors import CannotWrite
from feeds.publish.manifest import MANIFEST_NAME

_LOCK_NAME = "refresher"
# Seconds after which a new publication is seen, and that nobody refreshes.
_LOOK = 0.25


class Succession:
    """A worker's place: it refreshes where no other does, and else takes over what they publish.

    Without upkeep it does neither. It ends with the process that started it. Raises
    `CannotWrite` where the lock cannot be made.
    """

    def __init__(self, renewal: Renewal, upkeep: Upkeep | None, state: Path, parent: int) -> None:
        self._renewal = renewal
        self._upkeep = upkeep
        self._parent = parent
        self._lock = _opened(state / _LOCK_NAME)
        self._is_first = False
        self._seen: tuple[int, ...] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="succession", daemon=True)

    def start(self) -> None:
        """Begin to look in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stopping.is_set():
            if os.getppid() != self._parent:
                os.kill(os.getpid(), signal.SIGTERM)
                return
            if self._upkeep is not None and not self._is_first:
                self._look(self._upkeep)
            self._stopping.wait(_LOOK)

    def _look(self, upkeep: Upkeep) -> None:
        """Refresh from now on where nobody does, else take over what others publish."""
        self._is_first = self._comes_first()
        if self._is_first:
            upkeep.start()
            return
        is_reread, stamp = upkeep.reread_if_asked(), self._stamp()
        if (is_reread or stamp != self._seen) and self._renewal.load():
            self._seen = stamp

    def _comes_first(self) -> bool:
        """Take the lock, which the system frees when this process dies.

        It is one that processes forked from this one do not share: such a reader of documents
        may outlive it.
        """
        try:
            fcntl.lockf(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _stamp(self) -> tuple[int, ...] | None:
        try:
            status = (self._renewal.configuration.output / MANIFEST_NAME).stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino, status.st_size


def _opened(file: Path) -> int:
    """Open a file for as long as this process lives."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise CannotWrite(file, error.strerror or str(error)) from None
