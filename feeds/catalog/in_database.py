"""A catalog in a database of PostgreSQL: the same tables, which all hosts see.

A cycle is one transaction, as in a file. Whoever reads meanwhile sees what was committed last.
"""

import logging
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Table, exc

from feeds.catalog import schema
from feeds.catalog.catalog import Catalog
from feeds.catalog.copies import write_file
from feeds.catalog.histories import Histories
from feeds.catalog.in_file import InFile
from feeds.catalog.indexes import Indexes
from feeds.catalog.postgresql import (
    connect,
    find_by_digests,
    is_made,
    known,
    make,
    may_be_long,
    told,
)
from feeds.catalog.promises import PROMISED, Damaged, forget_lost, of_newer
from feeds.catalog.rows import Batch, all_rows, write_rows
from feeds.catalog.sqlite import FILE_NAME
from feeds.corpus.records import Unreadable
from feeds.errors import ConfigurationError, DatabaseFailed, NewerCatalog, Superseded
from feeds.model import Database, History

_log = logging.getLogger("feeds")

_VERSION = "SELECT version FROM leader"
# Tables that are not made anew with the catalog.
_OTHERS = ("leader", "kept", "search_%%")

for _table in schema.metadata.tables.values():
    for _index in _table.indexes:
        _options = _index.dialect_options["postgresql"]
        _options["where"] = _index.dialect_options["sqlite"]["where"]
        if all(may_be_long(each) for each in _index.columns):
            _options["using"] = "hash"


class LearntIndexes(Indexes):
    """The indexes of a new catalog, which the database uses only if it knows what is in tables.

    Texts are found by a digest of them, so that none is too long for an index.
    """

    def create_tables(self) -> None:
        """Make all tables, in which texts are unique by their digests."""
        super().create_tables()
        for table in schema.metadata.sorted_tables:
            find_by_digests(self._connection, table)

    def learn(self, tables: Collection[Table]) -> None:
        """Have it look at tables that were filled, and at articles, which are settled meanwhile.

        What looks at them in the background sees nothing before the first commit.
        """
        for table in {*tables, schema.articles}:
            self._connection.exec_driver_sql(f'ANALYZE "{table.name}"')


class InDatabase:
    """Keeps a catalog in a schema of a database.

    One that is new there begins with all that the one `before` has, which stays where it is.
    """

    def __init__(self, database: Database, before: InFile) -> None:
        self._database = known(database)
        self._before = before

    @contextmanager
    def open(self, token: int | None) -> Iterator[Catalog]:
        """Open the catalog for one cycle of who leads, by the token of that."""
        with told(self._database), connect(self._database) as connection:
            make(connection, self._database)
            indexes = LearntIndexes(connection)
            fence = partial(_check, connection, token, str(self._database))
            if self._make_current(connection, indexes):
                # What cannot be read of it later is a matter of this catalog, and no longer of
                # the one before.
                fence()
                connection.commit()
            catalog = Catalog(connection, indexes, fence)
            try:
                yield catalog
                catalog.commit()
            except Unreadable as error:
                connection.rollback()
                connection.exec_driver_sql("UPDATE leader SET version = -1")
                connection.commit()
                raise Damaged(str(error)) from None

    @contextmanager
    def look(self) -> Iterator[Catalog]:
        """Open the catalog to read it."""
        database = self._database
        try:
            with told(database), connect(database, reads=True) as connection:
                version = _version(connection)
                if version is None:
                    message = f"{database}: nothing was published from here yet"
                    raise ConfigurationError((message,))
                if version != schema.VERSION:
                    message = f"{database} is of another version: feeds build renews it"
                    raise ConfigurationError((message,))
                yield Catalog(connection, Indexes(connection))
        except DatabaseFailed as error:
            raise ConfigurationError((f"{database} cannot be read: {error.reason}",)) from None
        except Unreadable as error:
            raise ConfigurationError((f"{database} cannot be read: {error}",)) from None

    def histories(self, paths: Iterable[str]) -> Mapping[str, History]:
        """Read histories of feeds, by path."""
        try:
            with connect(self._database, reads=True) as connection:
                is_ours = _version(connection) == schema.VERSION
                return Histories(connection).of(paths) if is_ours else {}
        except (exc.DBAPIError, ConfigurationError, Unreadable):
            return {}

    def changes(self) -> object:
        """Give what is another once anybody has changed the catalog."""
        with told(self._database), connect(self._database, reads=True) as connection:
            if _version(connection) is None:
                return None
            return connection.exec_driver_sql("SELECT changes FROM leader").scalar_one()

    def copy(self, folder: Path) -> None:
        """Copy the catalog to a file, so that a rehearsal holds nobody up."""
        database = self._database
        with told(database), connect(database, reads=True) as connection:
            version = _version(connection)
        if version is None:
            self._before.copy(folder)
            return
        if version > schema.VERSION:
            raise NewerCatalog(of_newer(database, version))
        tables = schema.metadata.sorted_tables if version == schema.VERSION else PROMISED
        with closing(self._rows(tables)) as batches:
            write_file(folder / FILE_NAME, batches)

    def save(self, file: Path) -> None:
        """Copy the catalog to a file."""
        with closing(self._seen()) as batches:
            write_file(file, batches)

    def _seen(self) -> Generator[Batch, None, None]:
        with self.look() as catalog:
            yield from catalog.all_rows()

    def _rows(self, tables: Iterable[Table]) -> Generator[Batch, None, None]:
        """Give what is in tables, as far as we know their columns."""
        with told(self._database), connect(self._database, reads=True) as connection:
            for table in tables:
                if names := _names(connection, table, table.name):
                    yield from all_rows(connection, table, names)

    def _make_current(self, connection: Connection, indexes: Indexes) -> bool:
        """Make the tables where there are none, or anew where they are of an older version.

        Tells whether there are some now that go on with another catalog.
        """
        version = connection.exec_driver_sql(_VERSION).scalar_one()
        if version > schema.VERSION:
            raise NewerCatalog(of_newer(self._database, version))
        if version == schema.VERSION:
            return False
        if version:
            _log.warning("the catalog in %s is made anew from the corpus", self._database)
            _put_by(connection)
        indexes.create_tables()
        if version:
            indexes.make()
            _take_over(connection)
            has_moved = False
        else:
            has_moved = self._move_in(connection)
            indexes.make()
        _go_on_counting(connection)
        return has_moved

    def _move_in(self, connection: Connection) -> bool:
        """Take over the catalog that there was before, and tell whether there was one."""
        has_moved = False
        # What goes wrong with what is written is none of the business of who reads.
        with closing(self._before.rows()) as batches:
            for table, names, rows in batches:
                write_rows(connection, table, names, rows)
                has_moved = True
        if has_moved:
            _log.info("%s goes on with what %s knew", self._database, self._before)
        return has_moved


def _version(connection: Connection) -> int | None:
    """Give the version of a catalog's tables; None where there are no tables yet."""
    if not is_made(connection):
        return None
    version: int = connection.exec_driver_sql(_VERSION).scalar_one()
    return version or None


def _check(connection: Connection, token: int | None, where: str) -> None:
    """Let a transaction be committed only while the token of who leads is ours.

    Who raises it waits until that is done. Without a token, it is not about who leads.
    """
    changed = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL"
    if not connection.exec_driver_sql(changed).scalar_one():
        return
    # Nobody who leads can give a sign of life while this row is ours: it is so for a moment only.
    count = (
        "UPDATE leader SET changes = changes + 1, version = %s WHERE token = coalesce(%s, token)"
    )
    if not connection.exec_driver_sql(count, (schema.VERSION, token)).rowcount:
        raise Superseded(where)


def _put_by(connection: Connection) -> None:
    """Put by what only the old tables know, for as long as this transaction lasts; drop them."""
    there = {*connection.exec_driver_sql(_tables()).scalars()}
    for table in PROMISED:
        if table.name in there:
            connection.exec_driver_sql(
                f'CREATE TEMPORARY TABLE "old_{table.name}" ON COMMIT DROP AS TABLE "{table.name}"'
            )
    for name in there:
        connection.exec_driver_sql(f'DROP TABLE "{name}" CASCADE')


def _tables() -> str:
    others = " AND ".join(f"tablename NOT LIKE '{name}'" for name in _OTHERS)
    return f"SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND {others}"  # noqa: S608 - names of ours


def _take_over(connection: Connection) -> None:
    """Copy what was put by: promises to subscribers are not remade."""
    for table in PROMISED:
        if names := _names(connection, table, f"pg_temp.old_{table.name}"):
            columns = ", ".join(f'"{name}"' for name in names)
            connection.exec_driver_sql(
                f'INSERT INTO "{table.name}" ({columns}) SELECT {columns} FROM "old_{table.name}"'  # noqa: S608 - names of ours
            )
    forget_lost(connection)


def _names(connection: Connection, table: Table, old: str) -> tuple[str, ...]:
    """Give the columns of an old table that the new one has, too; none where that needs more."""
    query = "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0"
    there = {*connection.exec_driver_sql(query, (old,)).scalars()}
    if not all(column.nullable or column.name in there for column in table.columns):
        _log.warning("the old catalog's %s cannot be taken over", table.name)
        return ()
    return tuple(column.name for column in table.columns if column.name in there)


def _go_on_counting(connection: Connection) -> None:
    """Have keys that are given from now on be none that a row has already."""
    for table in schema.metadata.sorted_tables:
        if (key := table.autoincrement_column) is not None:
            place = f"pg_get_serial_sequence('{table.name}', '{key.name}')"
            connection.exec_driver_sql(f"SELECT setval({place}, max({key.name})) FROM {table.name}")  # noqa: S608 - names of ours
