"""Searching entries, wherever the index is: for who serves, and for who keeps it current."""

from contextlib import AbstractContextManager
from typing import Protocol

from feeds.catalog.opening import NEEDS
from feeds.catalog.search_in_file import SearchedFile
from feeds.catalog.search_index import SearchIndex, Unsearchable
from feeds.config.state import State
from feeds.errors import ConfigurationError
from feeds.model import Found, Query


class Searched(Protocol):
    """Keeps an index: in a file, or in a database."""

    def new(self, token: int | None, /) -> AbstractContextManager[SearchIndex]:
        """Make it anew as `new_index` does."""
        ...

    def open(self, token: int | None, /) -> AbstractContextManager[SearchIndex]:
        """Open it as `open_index` does."""
        ...

    def is_there(self) -> bool:
        """Whether there is one."""
        ...

    def drop(self) -> None:
        """Drop it as `drop_index` does."""
        ...

    def find(self, query: Query, limit: int) -> Found:
        """Find entries as `search` does."""
        ...

    def edition(self) -> str | None:
        """Give what names it, or raise `Unsearchable`."""
        ...


def new_index(state: State, token: int | None = None) -> AbstractContextManager[SearchIndex]:
    """Make an index anew, which takes the place of the one before when the block has ended.

    In a database, only who leads by this `token` does so. Raises `Unsearchable` where disk or
    database do not let us, and `Superseded`.
    """
    return _searched(state).new(token)


def open_index(state: State, token: int | None = None) -> AbstractContextManager[SearchIndex]:
    """Open the index to change it; what is done in the block is seen when it has ended.

    Raises `Unsearchable` where there is none of ours, and `Superseded`.
    """
    return _searched(state).open(token)


def has_index(state: State) -> bool:
    """Whether there is an index of a state."""
    return _searched(state).is_there()


def drop_index(state: State) -> None:
    """Drop the index of a state, if there is one and disk or database let us."""
    _searched(state).drop()


def search(state: State, query: Query, limit: int) -> Found:
    """Find the newest entries that meet a query, as many as a `limit`, in the index of a state.

    Where it names a channel that is not known, none is found. Raises `Unsearchable`.
    """
    return _searched(state).find(query, limit)


def edition_of(state: State) -> str | None:
    """Give what names the index as it is now; None where there is none that can be read."""
    try:
        return _searched(state).edition()
    except Unsearchable:
        return None


def _searched(state: State) -> Searched:
    if state.database is None:
        return SearchedFile(state.folder)
    try:
        from feeds.catalog.search_in_database import SearchedTables  # noqa: PLC0415 - as `open_catalog` does
    except ModuleNotFoundError:
        raise ConfigurationError((NEEDS,)) from None
    return SearchedTables(state.database)
