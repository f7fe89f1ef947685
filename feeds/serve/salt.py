"""The key of a day, with which clients are told from each other and by nobody else."""

import fcntl
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

_KEY_BYTES = 32
_DAY_BYTES = 4


class Salt(NamedTuple):
    """A key, and a `name` by which it can be told whether two are one."""

    key: bytes
    name: str


class DailySalt:
    """The key of the present day in memory that processes share which are forked after this.

    Each day has one made anew, at random, in place of that of the day before, which nobody has
    then. To be made before any process is.
    """

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, _DAY_BYTES + _KEY_BYTES)

    def of(self, day: date, folder: Path) -> Salt:
        """Give the key of a day, or of a later one that has begun for another process.

        The directory is any that all processes share. Raises `OSError` where there is none.
        """
        with _alone(folder):
            if day.toordinal() > int.from_bytes(self._shared[:_DAY_BYTES]):
                made = day.toordinal().to_bytes(_DAY_BYTES) + os.urandom(_KEY_BYTES)
                self._shared[: len(made)] = made
            key = self._shared[_DAY_BYTES : _DAY_BYTES + _KEY_BYTES]
        return Salt(key, sha256(b"name" + key).hexdigest()[:8])


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Have no other process here meanwhile; the system lets go of one that dies."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)
