"""One publisher at a time: the one place that knows filelock."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from feeds.catalog import make_folder
from feeds.errors import CannotWrite, Locked

_FILE_NAME = "lock"


@contextmanager
def sole_publisher(state: Path) -> Iterator[None]:
    """Hold the lock of a state directory; the system frees it when the process ends.

    Raises `Locked` at once where another publisher holds it, `CannotWrite` where the
    directory cannot be made.
    """
    file = state / _FILE_NAME
    lock = FileLock(file, timeout=0)
    try:
        make_folder(state)
        lock.acquire()
    except Timeout:
        raise Locked(f"another publisher is at work on {state}") from None
    except OSError as error:
        raise CannotWrite(file, error.strerror or str(error)) from None
    try:
        yield
    finally:
        # All is done, and the system frees it anyway.
        with suppress(OSError):
            lock.release()
