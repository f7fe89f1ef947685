"""Files of catalogs that are made of other catalogs."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, exc

from feeds.catalog import schema
from feeds.catalog.indexes import Indexes
from feeds.catalog.promises import forget_lost, make_folder
from feeds.catalog.rows import Batch, write_rows
from feeds.catalog.sqlite import connect
from feeds.errors import CannotWrite

# What is copied at a time, and seconds until it is tried again where the source is locked.
_PAGES, _PAUSE = 1_000, 0.1


def write_file(file: Path, batches: Iterable[Batch]) -> None:
    """Make a file of rows, which is there once it is whole. Raises `CannotWrite`."""
    with _undone(file) as undone, connect(undone) as connection:
        indexes = Indexes(connection)
        make_tables(connection, indexes)
        for table, names, rows in batches:
            write_rows(connection, table, names, rows)
        forget_lost(connection)
        indexes.make()
        connection.commit()


def copy_file(source: Connection, file: Path) -> None:
    """Copy the file of a connection to another one, which is there once it is whole.

    A part is copied at a time, so that nobody waits for more; of one that is changed meanwhile, all
    is copied again, and one that is locked is waited for. Raises `CannotWrite`, and
    `sqlite3.DatabaseError` where the source is no file of SQLite.
    """
    with _undone(file) as undone, connect(undone) as target:
        _driver(source).backup(_driver(target), pages=_PAGES, sleep=_PAUSE)


def make_tables(connection: Connection, indexes: Indexes) -> None:
    """Make the tables of a catalog in a file."""
    indexes.create_tables()
    connection.exec_driver_sql(f"PRAGMA user_version = {schema.VERSION}")


@contextmanager
def _undone(file: Path) -> Iterator[Path]:
    """Give a file to write, which takes the place of one once it is written."""
    undone = file.with_name(f"{file.name}.part")
    try:
        make_folder(file.parent)
        undone.unlink(missing_ok=True)
        yield undone
        undone.replace(file)
    except (exc.OperationalError, sqlite3.OperationalError) as error:
        raise CannotWrite(file, str(getattr(error, "orig", error))) from None
    except OSError as error:
        raise CannotWrite(file, error.strerror or str(error)) from None
    finally:
        with suppress(OSError):
            undone.unlink()


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)
