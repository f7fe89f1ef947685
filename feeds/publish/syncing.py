"""Having what was written last through a loss of power: one by one, or a whole file system."""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ctypes import CDLL

ONE_BY_ONE = 500
"""More files or directories than this are synced faster by syncing the file system once."""


def sync_each(places: Collection[str]) -> None:
    """Have files, or what was made or renamed in directories, of one file system last."""
    if len(places) > ONE_BY_ONE and can_sync_all():
        sync_all(next(iter(places)))
        return
    for place in places:
        with _opened(place) as descriptor:
            os.fsync(descriptor)


def can_sync_all() -> bool:
    """Whether a whole file system can be synced here, as on Linux."""
    return hasattr(c_library(), "syncfs")


def sync_all(place: str) -> None:
    """Have all that was written to the file system of a place last (syncfs, Linux).

    `os.sync` would wait for every file system there is, and tell of no failure.
    """
    from ctypes import get_errno  # noqa: PLC0415 - see c_library

    with _opened(place) as descriptor:
        if c_library().syncfs(descriptor):
            number = get_errno()
            raise OSError(number, os.strerror(number), place)


@cache
def c_library() -> "CDLL":
    """Give the C library that this process runs with."""
    # Few publications are so large that it is needed, and to load it takes 2 ms.
    from ctypes import CDLL  # noqa: PLC0415

    return CDLL(None, use_errno=True)


@contextmanager
def _opened(place: str) -> Iterator[int]:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
