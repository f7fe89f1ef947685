"""Opening a catalog, or making a new one where the old one cannot be used."""

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, Table, create_engine, delete, event, exc, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from feeds.catalog import schema
from feeds.catalog.catalog import Catalog
from feeds.catalog.histories import Histories
from feeds.catalog.indexes import Indexes
from feeds.corpus.records import Unreadable
from feeds.errors import CannotWrite, NewerCatalog
from feeds.model import History

_log = logging.getLogger("feeds")

FILE_NAME = "catalog.sqlite"
"""What the file of a catalog is called, in the directory of its state."""

_SET_ASIDE = "catalog.unusable.sqlite"
_NO_VERSION = -1
_PAGE_BYTES = 8_192
_HEADER = 100
_CHANGE_COUNTER = slice(24, 28)
_SQLITE_ERROR = 1


class Damaged(Exception):
    """The catalog is no catalog of ours, or cannot be read as one."""


@contextmanager
def open_catalog(folder: Path) -> Iterator[Catalog]:
    """Open the catalog in a directory for one cycle, which may commit in between.

    A catalog of an older version, or one that is damaged, is set aside and a new one begun,
    which takes over the ledgers of ids and URLs, what was retired and the tombstones, as far as
    they can be read.
    An exception in the block undoes what was not committed; `Damaged` means that a new attempt
    will find a new catalog. Raises `CannotWrite` where the disk does not let us, and
    `NewerCatalog` for one of a newer version, since that may keep promises unknown to us.
    """
    file = folder / FILE_NAME
    try:
        make_folder(folder)
        with ExitStack() as stack:
            connection = stack.enter_context(connect(file))
            version = version_of(connection)
            if version is not None and version > schema.VERSION:
                raise NewerCatalog(_of_newer(file, version))
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
        if not _is_damage(error):
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


def make_folder(folder: Path) -> None:
    """Make the directory of a catalog, where there is none, for nobody but its owner.

    The catalog knows what is not for readers, and not for others on the same machine.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def state_of_catalog(folder: Path) -> object:
    """Give what is another once anybody has changed the catalog, equal while nobody has."""
    try:
        with (folder / FILE_NAME).open("rb") as file:
            # SQLite counts its transactions in the header of the file (its format, 1.3.8).
            return os.fstat(file.fileno()).st_ino, file.read(_HEADER)[_CHANGE_COUNTER]
    except OSError:
        return None


def histories_in(folder: Path, paths: Iterable[str]) -> Mapping[str, History]:
    """Read histories of feeds, by path, for who serves and changes nothing.

    From a catalog that is not there or cannot be read comes none: then feeds are sent whole.
    """
    file = folder / FILE_NAME
    if not file.is_file():
        return {}
    try:
        with connect(file, read_only=True) as connection:
            is_ours = version_of(connection) == schema.VERSION
            return Histories(connection).of(paths) if is_ours else {}
    except (exc.DatabaseError, Unreadable):
        return {}


def set_aside(folder: Path) -> None:
    """Move an unusable catalog out of the way; the one moved before it goes."""
    _log.warning("the catalog in %s cannot be used; it is made anew from the corpus", folder)
    (folder / FILE_NAME).replace(folder / _SET_ASIDE)


def _is_damage(error: exc.DatabaseError) -> bool:
    """Tell what is wrong with the file from what is wrong with the disk, or with us.

    SQLite has words of its own for a full disk and the like; what it calls a plain error is
    a table that is not as we made it, and what has no code is text that is not UTF-8.
    """
    if isinstance(error, exc.OperationalError):
        return getattr(error.orig, "sqlite_errorcode", _SQLITE_ERROR) == _SQLITE_ERROR
    # SQLite's own word for a file that is no database, and its driver's for a text that would be
    # longer than we write any; other subclasses are other faults.
    return type(error) in {exc.DatabaseError, exc.DataError}


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


def _of_newer(file: Path, version: int) -> str:
    return (
        f"{file} is of version {version}, and this program knows version {schema.VERSION}: "
        "run the newer program, or keep the catalog elsewhere (--state)"
    )


def _create(connection: Connection, indexes: Indexes, old: Path) -> None:
    indexes.create_tables()
    connection.exec_driver_sql(f"PRAGMA user_version = {schema.VERSION}")
    if old.exists():
        indexes.make()
        _take_over(connection, old)


def _take_over(connection: Connection, old: Path) -> None:
    """Copy what only the old catalog knows: promises to subscribers are not remade."""
    promised = (schema.ids, schema.channels, schema.retirements, schema.tombstones)
    for table in (*promised, *schema.DIGESTS):
        rows: list[dict[str, object]] = []
        try:
            _read_into(rows, table, old)
        except exc.DatabaseError as error:
            _log.warning("the old catalog's %s end early: %s", table.name, error.orig)
        if rows:
            connection.execute(table.insert().prefix_with("OR IGNORE"), rows)
    # A channel that could not be read would leave what is its own to another one.
    channels = select(schema.channels.c.key)
    for table in (schema.tombstones, schema.digested, schema.digests):
        connection.execute(delete(table).where(table.c.channel.not_in(channels)))
    items, digests = schema.digest_items, select(schema.digests.c.id)
    connection.execute(delete(items).where(items.c.digest.not_in(digests)))


def _read_into(rows: list[dict[str, object]], table: Table, file: Path) -> None:
    """Add the rows of a table to a list, up to where the file can be read."""
    with connect(file) as source:
        there = {row.name for row in source.exec_driver_sql(f"PRAGMA table_info({table.name})")}
        if not there:
            return
        query = select(*(column for column in table.columns if column.name in there))
        # One by one, so that what was read is in the list when reading fails.
        rows.extend(dict(row) for row in source.execute(query).mappings())
