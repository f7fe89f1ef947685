"""One at a time: the one place that knows filelock."""

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from feeds.catalog import NEEDS, make_folder
from feeds.config.state import State
from feeds.errors import CannotWrite, ConfigurationError, DatabaseFailed, Locked, Superseded
from feeds.model import Database

if TYPE_CHECKING:
    from feeds.catalog.leadership import Leadership

_FILE_NAME = "lock"


class Lead:
    """The place of the one publisher of a state.

    In a directory it is held for a cycle. In a database, one that `stays` is held from the first
    cycle on until it is given up, or its session or process ends; any other one for a cycle, too.
    """

    def __init__(self, *, stays: bool = False) -> None:
        self._stays = stays
        self._held: Leadership | None = None

    def take(self, state: State) -> bool:
        """Take it where it is kept between cycles, and say whether it was not held until now.

        Raises `Locked` where another publisher leads, and `DatabaseFailed`.
        """
        if state.database is None:
            return False
        if self._held is not None:
            with suppress(DatabaseFailed):
                self._held.check()
                return False
            self.give_up()
        self._held = _leadership(state, state.database, stays=self._stays)
        return True

    def give_up(self) -> None:
        """Let another one have it."""
        if self._held is not None:
            self._held.release()
            self._held = None

    @contextmanager
    def taken(self, state: State) -> Iterator[int]:
        """Hold it for a cycle, and give the token of who leads; 0 where a directory is locked.

        Raises `Locked` at once where another publisher has it, `CannotWrite` where the directory
        of a lock cannot be made, and `DatabaseFailed`.
        """
        if state.database is None:
            with sole(state.folder, f"another publisher is at work on {state}"):
                yield 0
            return
        self.take(state)
        try:
            yield self._held.token if self._held else 0
        except (DatabaseFailed, Superseded):
            # Whoever goes on begins with a token that is known to be the last.
            self.give_up()
            raise
        finally:
            if not self._stays:
                self.give_up()


def sole_publisher(state: State) -> AbstractContextManager[int]:
    """Be the only publisher of a state, and give the token of that. Raises as `Lead.taken` does."""
    return Lead().taken(state)


def alone(state: State) -> AbstractContextManager[object]:
    """Be alone for one change of a catalog: in a database, its transaction is that."""
    return nullcontext() if state.database else sole_publisher(state)


@contextmanager
def beside_publisher(
    state: State, role: str, folder: Path, refusal: str
) -> Iterator[Callable[[], None]]:
    """Be the only one in a role: in a database, of those who are with the publisher that leads.

    Gives what sees that it is still so. Raises as `sole` does, and `DatabaseFailed`.
    """
    if state.database is None:
        with sole(folder, refusal):
            yield lambda: None
        return
    held = _leadership(state, state.database, role)
    try:
        yield held.check
    finally:
        held.release()


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


def _leadership(
    state: State, database: Database, role: str = "leader", *, stays: bool = False
) -> "Leadership":
    try:
        from feeds.catalog.leadership import Leadership  # noqa: PLC0415 - see `open_catalog`
    except ModuleNotFoundError:
        raise ConfigurationError((NEEDS,)) from None
    # Of several processes with one directory, only one is a publisher.
    return Leadership(database, role, f"{socket.gethostname()}:{state.folder}", stays=stays)
