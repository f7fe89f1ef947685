"""A catalog in a file: opening it, or making a new one where the old one cannot be used."""

import logging
import os
import shutil
import sqlite3
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Table, exc, select

from feeds.catalog import schema
from feeds.catalog.catalog import Catalog
from feeds.catalog.copies import copy_file, make_tables
from feeds.catalog.histories import Histories
from feeds.catalog.indexes import Indexes
from feeds.catalog.promises import PROMISED, Damaged, forget_lost, make_folder, of_newer
from feeds.catalog.rows import Batch
from feeds.catalog.sqlite import FILE_NAME, connect, is_damage, version_of
from feeds.corpus.records import Unreadable
from feeds.errors import CannotWrite, ConfigurationError, NewerCatalog
from feeds.model import History

_log = logging.getLogger("feeds")

_SET_ASIDE = "catalog.unusable.sqlite"
_JOURNAL = f"{FILE_NAME}-journal"
_ATTEMPTS = 3
_HEADER = 100
_CHANGE_COUNTER = slice(24, 28)


class InFile:
    """Keeps a catalog in a file, in the directory of its state."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / FILE_NAME

    def __str__(self) -> str:
        return str(self._file)

    @contextmanager
    def open(self, _token: int | None) -> Iterator[Catalog]:
        """Open the catalog for one cycle; who is alone has a lock for that, and needs no token."""
        folder, file = self._folder, self._file
        try:
            make_folder(folder)
            with ExitStack() as stack:
                connection = stack.enter_context(connect(file))
                version = version_of(connection)
                if version is not None and version > schema.VERSION:
                    raise NewerCatalog(of_newer(file, version))
                if version not in {None, schema.VERSION}:
                    stack.close()
                    set_aside(folder)
                    connection, version = stack.enter_context(connect(file)), None
                indexes = Indexes(connection)
                if version is None:
                    _create(connection, indexes, folder / _SET_ASIDE)
                catalog = Catalog(connection, indexes)
                yield catalog
                catalog.commit()
        except exc.DatabaseError as error:
            if not is_damage(error):
                if isinstance(error, exc.OperationalError):
                    raise CannotWrite(file, str(error.orig)) from None
                raise
            set_aside(folder)
            raise Damaged(str(error.orig)) from None
        except Unreadable as error:
            set_aside(folder)
            raise Damaged(str(error)) from None
        except OSError as error:
            place = Path(error.filename) if error.filename else file
            raise CannotWrite(place, error.strerror or str(error)) from None

    @contextmanager
    def look(self) -> Iterator[Catalog]:
        """Open the catalog to read it, or a copy where a publisher has it for itself."""
        file = self._file
        if not file.is_file():
            raise ConfigurationError((f"{self._folder}: nothing was published from here yet",))
        with ExitStack() as stack:
            try:
                try:
                    connection = stack.enter_context(connect(file, read_only=True))
                    version = version_of(connection)
                except exc.OperationalError:
                    copy = stack.enter_context(self._copied())
                    connection = stack.enter_context(connect(copy))
                    version = version_of(connection)
                if version != schema.VERSION:
                    message = f"{file} is of another version: feeds build renews it"
                    raise ConfigurationError((message,))
                yield Catalog(connection, Indexes(connection))
            except (exc.DatabaseError, Unreadable) as error:
                reason = f"{file} cannot be read: {getattr(error, 'orig', error)}"
                raise ConfigurationError((reason,)) from None

    def histories(self, paths: Iterable[str]) -> Mapping[str, History]:
        """Read histories of feeds, by path."""
        if not self._file.is_file():
            return {}
        try:
            with connect(self._file, read_only=True) as connection:
                is_ours = version_of(connection) == schema.VERSION
                return Histories(connection).of(paths) if is_ours else {}
        except (exc.DatabaseError, Unreadable):
            return {}

    def changes(self) -> object:
        """Give what is another once anybody has changed the catalog."""
        try:
            with self._file.open("rb") as file:
                # SQLite counts its transactions in the header of the file (its format, 1.3.8).
                return os.fstat(file.fileno()).st_ino, file.read(_HEADER)[_CHANGE_COUNTER]
        except OSError:
            return None

    def copy(self, folder: Path) -> None:
        """Copy the whole directory."""
        # What cannot be had, since it is being written or is not ours, is made anew.
        with suppress(OSError):
            shutil.copytree(self._folder, folder)

    def save(self, file: Path) -> None:
        """Copy the catalog to another file, a part at a time: nobody waits for more than that."""
        if not self._file.is_file():
            raise ConfigurationError((f"{self._folder}: nothing was published from here yet",))
        try:
            with connect(self._file, read_only=True) as source:
                copy_file(source, file)
        except (exc.DatabaseError, sqlite3.DatabaseError) as error:
            reason = f"{self._file} cannot be read: {getattr(error, 'orig', error)}"
            raise ConfigurationError((reason,)) from None

    def rows(self) -> Generator[Batch, None, None]:
        """Give all that the catalog has; nothing where there is none. Raises as `open` does."""
        try:
            is_there = any((self._folder / name).is_file() for name in (FILE_NAME, _SET_ASIDE))
        except OSError as error:
            raise CannotWrite(self._file, error.strerror or str(error)) from None
        if is_there:
            with self.open(None) as catalog:
                yield from catalog.all_rows()

    @contextmanager
    def _copied(self) -> Iterator[Path]:
        """Give a copy of a catalog that is being changed, which is gone afterwards.

        The journal comes after the file, so that all that had been changed there is taken back. A
        commit in between would leave a copy of neither state: then another one is made.
        """
        with TemporaryDirectory(prefix="feeds-") as place:
            target = Path(place, FILE_NAME)
            for _ in range(_ATTEMPTS):
                before = self.changes()
                shutil.copyfile(self._file, target)
                journal = self._folder / _JOURNAL
                Path(place, _JOURNAL).unlink(missing_ok=True)
                if journal.exists():
                    shutil.copyfile(journal, Path(place, _JOURNAL))
                if self.changes() == before:
                    break
            yield target


def set_aside(folder: Path) -> None:
    """Move an unusable catalog out of the way; the one moved before it goes."""
    _log.warning("the catalog in %s cannot be used; it is made anew from the corpus", folder)
    (folder / FILE_NAME).replace(folder / _SET_ASIDE)


def _create(connection: Connection, indexes: Indexes, old: Path) -> None:
    make_tables(connection, indexes)
    if old.exists():
        indexes.make()
        _take_over(connection, old)


def _take_over(connection: Connection, old: Path) -> None:
    """Copy what only the old catalog knows: promises to subscribers are not remade."""
    for table in PROMISED:
        rows: list[dict[str, object]] = []
        try:
            _read_into(rows, table, old)
        except exc.DatabaseError as error:
            _log.warning("the old catalog's %s end early: %s", table.name, error.orig)
        if rows:
            connection.execute(table.insert().prefix_with("OR IGNORE"), rows)
    forget_lost(connection)


def _read_into(rows: list[dict[str, object]], table: Table, file: Path) -> None:
    """Add the rows of a table to a list, up to where the file can be read."""
    with connect(file) as source:
        there = {row.name for row in source.exec_driver_sql(f"PRAGMA table_info({table.name})")}
        if not there:
            return
        query = select(*(column for column in table.columns if column.name in there))
        # One by one, so that what was read is in the list when reading fails.
        rows.extend(dict(row) for row in source.execute(query).mappings())
