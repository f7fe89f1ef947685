"""One at a time: the one place that knows filelock."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from feeds.catalog import make_folder
from feeds.config.state import State
from feeds.errors import CannotWrite, Locked

_FILE_NAME = "lock"


def sole_publisher(state: State) -> AbstractContextManager[None]:
    """Hold the lock of a state directory. Raises what `sole` does."""
    return sole(state.folder, f"another publisher is at work on {state}")


@contextmanager
def sole(folder: Path, refusal: str) -> Iterator[None]:
    """Hold the lock of a directory; the system frees it when the process ends.

    Raises `Locked` at once, with what is told of a `refusal`, where another process holds it;
    `CannotWrite` where the directory cannot be made.
    """
    file = folder / _FILE_NAME
    lock = FileLock(file, timeout=0)
    try:
        make_folder(folder)
        lock.acquire()
    except Timeout:
        raise Locked(refusal) from None
    except OSError as error:
        raise CannotWrite(file, error.strerror or str(error)) from None
    try:
        yield
    finally:
        # All is done, and the system frees it anyway.
        with suppress(OSError):
            lock.release()
