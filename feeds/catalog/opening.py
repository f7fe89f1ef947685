"""Opening a catalog, or making a new one where the old one cannot be used."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, event, exc, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from feeds.catalog import schema
from feeds.catalog.catalog import Catalog
from feeds.errors import CannotWrite

_log = logging.getLogger("feeds")

_FILE_NAME = "catalog.sqlite"
_SET_ASIDE = "catalog.unusable.sqlite"
_NO_VERSION = -1


class Damaged(Exception):
    """The catalog is no catalog of ours, or cannot be read as one."""


@contextmanager
def open_catalog(folder: Path) -> Iterator[Catalog]:
    """Open the catalog in a directory for one cycle, all of which is one transaction.

    A catalog of another version, or one that is damaged, is set aside and a new one begun,
    which takes over the ledgers of ids and URLs as far as they can be read. An exception in
    the block undoes all that was done; `Damaged` means that a new attempt will find a new
    catalog. Raises `CannotWrite` where the disk does not let us.
    """
    file = folder / _FILE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _connect(file) as connection:
            version = _version(connection)
        if version not in {None, schema.VERSION}:
            set_aside(folder)
        with _connect(file) as connection, connection.begin():
            if _version(connection) is None:
                _create(connection, folder / _SET_ASIDE)
            yield Catalog(connection)
    except exc.OperationalError as error:
        raise CannotWrite(file, str(error.orig)) from None
    except exc.DatabaseError as error:
        # SQLite's own word for a file that is no database; its subclasses are other faults.
        if type(error) is not exc.DatabaseError:
            raise
        set_aside(folder)
        raise Damaged(str(error.orig)) from None
    except OSError as error:
        raise CannotWrite(file, error.strerror or str(error)) from None


def set_aside(folder: Path) -> None:
    """Move an unusable catalog out of the way; the one moved before it goes."""
    _log.warning("the catalog in %s cannot be used; it is made anew from the corpus", folder)
    (folder / _FILE_NAME).replace(folder / _SET_ASIDE)


@contextmanager
def _connect(file: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _begin_by_hand(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # pysqlite begins a transaction only before it changes rows, not before it makes a table.
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _version(connection: Connection) -> int | None:
    """Give the version of a catalog's tables; None where there are no tables yet."""
    tables = set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars())
    version: int = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if not tables:
        return None
    return version if tables >= schema.metadata.tables.keys() else _NO_VERSION


def _create(connection: Connection, old: Path) -> None:
    schema.metadata.create_all(connection)
    connection.exec_driver_sql(f"PRAGMA user_version = {schema.VERSION}")
    if old.exists():
        _take_over(connection, old)


def _take_over(connection: Connection, old: Path) -> None:
    """Copy what only the old catalog knows: promises to subscribers are not remade."""
    for table in (schema.ids, schema.channels):
        try:
            with _connect(old) as source:
                rows = [dict(row) for row in source.execute(select(table)).mappings()]
            if rows:
                with connection.begin_nested():
                    connection.execute(table.insert(), rows)
        except exc.DatabaseError as error:
            _log.warning("the old catalog's %s could not be read: %s", table.name, error.orig)
