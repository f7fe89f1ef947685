"""Opening a catalog, wherever it is kept: for a cycle, to look into it, or for a part of it."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from feeds.catalog.catalog import Catalog
from feeds.catalog.in_file import InFile
from feeds.catalog.sqlite import FILE_NAME
from feeds.config.state import State
from feeds.errors import ConfigurationError
from feeds.model import History


class Keeping(Protocol):
    """Keeps a catalog: in a file, or in a database."""

    def open(self, token: int | None, /) -> AbstractContextManager[Catalog]:
        """Open it as `open_catalog` does."""
        ...

    def look(self) -> AbstractContextManager[Catalog]:
        """Open it as `look_into_catalog` does."""
        ...

    def histories(self, paths: Iterable[str]) -> Mapping[str, History]:
        """Read histories as `histories_in` does."""
        ...

    def changes(self) -> object:
        """Tell changes as `state_of_catalog` does."""
        ...

    def copy(self, folder: Path) -> None:
        """Copy it as `copy_catalog` does."""
        ...

    def save(self, file: Path) -> None:
        """Copy it as `save_catalog` does."""
        ...


def open_catalog(state: State, token: int | None = None) -> AbstractContextManager[Catalog]:
    """Open a catalog for one cycle, which may commit in between.

    A catalog of an older version, or one that is damaged, gives way to a new one, which takes
    over the ledgers of ids and URLs, what was retired and the tombstones, as far as they can be
    read. One that is new in a database takes over all of a catalog that is in the directory: that
    was the state until now.
    An exception in the block undoes what was not committed; `Damaged` means that a new attempt
    will find a new catalog. In a database, nothing is committed unless the `token` of who leads is
    still the one that is given. Raises `CannotWrite` or `DatabaseFailed` for what disk or database
    refuse, `Superseded` where another leads, and `NewerCatalog` for one of a newer version, since
    that may keep promises unknown to us.
    """
    return _keeping(state).open(token)


def look_into_catalog(state: State) -> AbstractContextManager[Catalog]:
    """Open a catalog to read it, as it was last committed: nobody waits for that, whoever writes.

    What is done to it in the block is undone. Raises `ConfigurationError` where there is none, or
    none that this program can read.
    """
    return _keeping(state).look()


def histories_in(state: State, paths: Iterable[str]) -> Mapping[str, History]:
    """Read histories of feeds, by path, for who serves and changes nothing.

    From a catalog that is not there or cannot be read comes none: then feeds are sent whole.
    """
    return _keeping(state).histories(paths)


def state_of_catalog(state: State) -> object:
    """Give what is another once anybody has changed the catalog, equal while nobody has.

    None where there is none. Raises `DatabaseFailed`.
    """
    return _keeping(state).changes()


def copy_catalog(state: State, folder: Path) -> None:
    """Copy a catalog, if there is one, to a file in a directory that is not there yet.

    So what `open_catalog` would take over where there is a new one. Raises as that does.
    """
    _keeping(state).copy(folder)


def save_catalog(state: State, folder: Path) -> Path:
    """Copy a catalog, as it was last committed, to a file in a directory, and give the file.

    Whoever writes meanwhile does not wait for that. Raises `ConfigurationError` where there is no
    catalog that can be read, or one in the directory already, and `CannotWrite`.
    """
    file = folder / FILE_NAME
    if file.exists():
        raise ConfigurationError((f"{file}: there is a catalog already, which stays",))
    _keeping(state).save(file)
    return file


def check_state(state: State) -> None:
    """Raise `ConfigurationError` where nothing is installed that keeps a state where it is.

    So where the URL of its database is none.
    """
    _keeping(state)


def _keeping(state: State) -> Keeping:
    """Give what keeps a catalog; what takes long to load is loaded only where it is wanted."""
    if state.database is None:
        return InFile(state.folder)
    try:
        from feeds.catalog.in_database import InDatabase  # noqa: PLC0415
    except ModuleNotFoundError:
        raise ConfigurationError((NEEDS,)) from None
    return InDatabase(state.database, InFile(state.folder))


NEEDS = "config: state: needs psycopg: pip install 'feeds[scale]'"
"""What is said where there is nothing that could speak with a database."""
