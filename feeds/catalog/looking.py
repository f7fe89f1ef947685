"""Looking into a catalog: nothing is written, nobody waited for, no publisher kept waiting."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import exc

from feeds.catalog import schema
from feeds.catalog.catalog import Catalog
from feeds.catalog.indexes import Indexes
from feeds.catalog.opening import FILE_NAME, connect, state_of_catalog, version_of
from feeds.corpus.records import Unreadable
from feeds.errors import ConfigurationError

_JOURNAL = f"{FILE_NAME}-journal"
_ATTEMPTS = 3


@contextmanager
def look_into_catalog(folder: Path) -> Iterator[Catalog]:
    """Open the catalog in a directory to read it; what is done to it in the block is undone.

    Where a publisher has it for itself, what is read is a copy of it as it was last committed.
    Raises `ConfigurationError` where there is none, or none that this program can read.
    """
    file = folder / FILE_NAME
    if not file.is_file():
        raise ConfigurationError((f"{folder}: nothing was published from here yet",))
    with ExitStack() as stack:
        try:
            try:
                connection = stack.enter_context(connect(file, read_only=True))
                version = version_of(connection)
            except exc.OperationalError:
                copy = stack.enter_context(_copy(folder))
                connection = stack.enter_context(connect(copy))
                version = version_of(connection)
            if version != schema.VERSION:
                raise ConfigurationError((f"{file} is of another version: feeds build renews it",))
            yield Catalog(connection, Indexes(connection))
        except (exc.DatabaseError, Unreadable) as error:
            reason = f"{file} cannot be read: {getattr(error, 'orig', error)}"
            raise ConfigurationError((reason,)) from None


@contextmanager
def _copy(folder: Path) -> Iterator[Path]:
    """Give a copy of a catalog that is being changed, which is gone afterwards.

    The journal comes after the file, so that all that had been changed there is taken back. A
    commit in between would leave a copy of neither state: then another one is made.
    """
    with TemporaryDirectory(prefix="feeds-") as place:
        target = Path(place, FILE_NAME)
        for _ in range(_ATTEMPTS):
            before = state_of_catalog(folder)
            shutil.copyfile(folder / FILE_NAME, target)
            journal = folder / _JOURNAL
            Path(place, _JOURNAL).unlink(missing_ok=True)
            if journal.exists():
                shutil.copyfile(journal, Path(place, _JOURNAL))
            if state_of_catalog(folder) == before:
                break
        yield target
