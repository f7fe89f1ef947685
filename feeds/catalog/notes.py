"""What is noted besides a catalog, and is to be seen wherever that is: texts by their names."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from feeds.catalog.promises import make_folder
from feeds.config.state import State
from feeds.errors import DatabaseFailed


class Notes(Protocol):
    """Keeps texts by their names: files of a directory, or rows of a table."""

    def read(self, name: str) -> bytes | None:
        """Read a text as `read_note` does."""
        ...

    def write(self, name: str, text: bytes, *, lasts: bool) -> None:
        """Keep a text as `write_note` does."""
        ...


def read_note(state: State, name: str) -> bytes | None:
    """Read a text; None where there is none that can be read."""
    with suppress(OSError, DatabaseFailed):
        return _notes(state).read(name)
    return None


def write_note(state: State, name: str, text: bytes, *, lasts: bool = False) -> None:
    """Keep a text instead of the one before; there is one or the other, whatever happens.

    One that `lasts` does so through a loss of power, too, and a directory is made for it. Raises
    OSError or `DatabaseFailed`.
    """
    _notes(state).write(name, text, lasts=lasts)


class InFiles:
    """Keeps each text in a file of the directory of a state."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> bytes:
        """Read a file. Raises OSError."""
        return (self._folder / name).read_bytes()

    def write(self, name: str, text: bytes, *, lasts: bool) -> None:
        """Put a text in a file's place. Raises OSError."""
        file = self._folder / name
        undone = file.with_name(f"{file.name}.part")
        if lasts:
            make_folder(file.parent)
        try:
            undone.write_bytes(text)
            if lasts:
                _sync(undone)
            undone.replace(file)
        except OSError:
            # Where the disk is full, half of it is there.
            with suppress(OSError):
                undone.unlink()
            raise
        if lasts:
            _sync(file.parent)


def _sync(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _notes(state: State) -> Notes:
    if state.database is None:
        return InFiles(state.folder)
    from feeds.catalog.noted import InTable  # noqa: PLC0415 - see `open_catalog`

    return InTable(state.database)
