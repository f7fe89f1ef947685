"""Files of SQLite: how they are opened, and what is wrong with them."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from feeds.catalog import schema

FILE_NAME = "catalog.sqlite"
"""What the file of a catalog is called, in the directory of its state."""

_NO_VERSION = -1
_PAGE_BYTES = 8_192
_SQLITE_ERROR = 1


@contextmanager
def connect(file: Path, *, read_only: bool = False, patience: int = 0) -> Iterator[Connection]:
    """Open the file of a catalog; who only reads waits some seconds until it can be read."""
    url = URL.create("sqlite", database=str(file))
    if read_only:
        # Whoever serves does not wait for a cycle to end that has the file for itself.
        query = {"mode": "ro", "uri": "true", "timeout": str(patience)}
        url = URL.create("sqlite", database=f"file:{quote(str(file))}", query=query)
    with _engine(url).connect() as connection:
        yield connection


# How statements are written is kept with an engine, and takes longer to find than they take.
@lru_cache(maxsize=8)
def _engine(url: URL) -> Engine:
    engine = create_engine(url, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _begin_by_hand(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # pysqlite begins a transaction only before it changes rows, not before it makes a table.
        connection.isolation_level = None
        # Articles are some kilobytes each, of which few fit into a page of the usual size. An
        # older catalog keeps its own.
        with closing(connection.cursor()) as cursor:
            cursor.execute(f"PRAGMA page_size = {_PAGE_BYTES}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def version_of(connection: Connection) -> int | None:
    """Give the version of a catalog's tables; None where there are no tables yet."""
    tables = set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars())
    version: int = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if not tables:
        return None
    is_whole = version > schema.VERSION or tables >= schema.metadata.tables.keys()
    return version if is_whole else _NO_VERSION


def is_damage(error: exc.DatabaseError) -> bool:
    """Tell what is wrong with the file from what is wrong with the disk, or with us.

    SQLite has words of its own for a full disk and the like; what it calls a plain error is
    a table that is not as we made it, and what has no code is text that is not UTF-8.
    """
    if isinstance(error, exc.OperationalError):
        return getattr(error.orig, "sqlite_errorcode", _SQLITE_ERROR) == _SQLITE_ERROR
    # SQLite's own word for a file that is no database, and its driver's for a text that would be
    # longer than we write any; other subclasses are other faults.
    return type(error) in {exc.DatabaseError, exc.DataError}
