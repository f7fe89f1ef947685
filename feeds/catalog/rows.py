"""Many rows at once: read in batches, and written without what SQLAlchemy does for each."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Compiled,
    Connection,
    Dialect,
    Executable,
    Row,
    Select,
    String,
    Table,
    bindparam,
    func,
    select,
)
from sqlalchemy.sql.compiler import SQLCompiler

from feeds.catalog.parts import parts

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

    AnyInsert = sqlite.Insert | postgresql.Insert

Batch = tuple[Table, tuple[str, ...], Sequence[Row[Any]]]
"""Some rows of a table, which have values for these columns."""

PART: BindParameter[Any] = bindparam("part", expanding=True)
"""A part of many values, in a statement that is built once: that takes longer than to run it."""

_BATCH = 500
# Each statement that is run costs as much as what it stores, unless that is several rows.
_TOGETHER = 50
_MANY = 1_000
_AT_ONCE = 5_000
_ROW = re.compile(r"\((?:\?|%s)(?:, (?:\?|%s))*\)")


def read_parts(
    connection: Connection, query: Select[Any], values: Iterable[Any]
) -> Iterator[Row[*tuple[Any, ...]]]:
    """Give the rows of a query that asks for a `PART` of some values, for all of these."""
    for part in parts(values):
        yield from connection.execute(query, {"part": part}).all()


def change_parts(connection: Connection, change: Executable, values: Iterable[Any]) -> None:
    """Make a change that is of a `PART` of some values, for all of these."""
    for part in parts(values):
        connection.execute(change, {"part": part})


def all_rows(connection: Connection, table: Table, names: tuple[str, ...]) -> Iterator[Batch]:
    """Give all that is in some columns of a table."""
    query = select(*(table.c[name] for name in names)).execution_options(yield_per=_AT_ONCE)
    for rows in connection.execute(query).partitions():
        yield table, names, rows


def in_batches(
    connection: Connection,
    query: Select[Any],
    column: ColumnElement[Any],
    values: Iterable[Any] | None,
) -> Iterator[Sequence[Row[Any]]]:
    """Give, in batches, the rows of a query with some values in a column, or all of them.

    The column is one of those that are asked for, and no value is there twice.
    """
    if values is not None:
        for part in parts(sorted(values), _BATCH):
            yield connection.execute(query.where(column.in_(part))).all()
        return
    query = query.order_by(column).limit(_BATCH)
    rows = connection.execute(query).all()
    while rows:
        yield rows
        last = getattr(rows[-1], str(column.key))
        rows = connection.execute(query.where(column > last)).all()


def write_rows(
    connection: Connection,
    table: Table,
    names: tuple[str, ...],
    rows: Iterable[Sequence[object]],
    unique: tuple[str, ...] = (),
) -> None:
    """Insert rows that have values for these columns, in the order in which the table has them.

    Where a row has in the columns `unique` what another one has, it takes that one's place, but
    for columns that are not among these.

    SQLAlchemy looks at every parameter of every row, which takes longer than to store them does.
    So it writes the statement, and the rows go to the driver as they are: values of what the
    database keeps.
    """
    values = [tuple(row) for row in rows]
    statement = _statement(connection.dialect.name, table, names, unique)
    if len(values) >= _MANY:
        rest = len(values) % _TOGETHER
        together = [tuple(chain.from_iterable(part)) for part in parts(values[rest:], _TOGETHER)]
        connection.exec_driver_sql(_of_several(statement, len(names)), together)
        values = values[:rest]
    if values:
        connection.exec_driver_sql(statement, values)


def replace_rows(connection: Connection, table: Table, rows: Iterable[Sequence[object]]) -> None:
    """Insert rows with values for all columns, in place of those with the same key."""
    names = tuple(column.name for column in table.columns)
    unique = tuple(column.name for column in table.primary_key)
    write_rows(connection, table, names, rows, unique)


def replace_selected(
    connection: Connection,
    table: Table,
    query: Select[Any],
    names: tuple[str, ...],
    rows: Sequence[Sequence[object]],
) -> None:
    """Insert what a query gives with each of some rows, in place of rows with the same key.

    A row has values of the query's parameters, in their order there.
    """
    if rows:
        statement = _selecting(connection.dialect.name, table, query, names)
        connection.exec_driver_sql(statement, [*map(tuple, rows)])


def adding(connection: Connection, table: Table, column: str) -> "AnyInsert":
    """Give a statement that inserts rows, or adds to a column of those with the same key."""
    room = _room(connection.dialect.name)
    statement = room.insert(table)
    total = {column: table.c[column] + statement.excluded[column]}
    same = [room.same(each) for each in table.primary_key]
    return statement.on_conflict_do_update(index_elements=same, set_=total)


def digested(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Give what of a column is unique in PostgreSQL: its trees hold no texts of any length."""
    return func.md5(column) if isinstance(column.type, String) else column


@cache
def _selecting(database: str, table: Table, query: Select[Any], names: tuple[str, ...]) -> str:
    room, columns = _room(database), tuple(table.columns.keys())
    statement = room.insert(table).from_select(columns, query)
    statement = _replacing(room, statement, columns, tuple(table.primary_key.columns.keys()))
    return _in_order(statement.compile(dialect=room.dialect), names)


@cache
def _of_several(statement: str, columns: int) -> str:
    """Make a statement that inserts one row one that inserts as many as go `_TOGETHER`."""
    found = _ROW.search(statement)
    row = found[0] if found else ""
    if row.count(",") + 1 != columns:
        raise ValueError(statement)
    return statement.replace(row, ", ".join([row] * _TOGETHER), 1)


@cache
def _statement(database: str, table: Table, names: tuple[str, ...], unique: tuple[str, ...]) -> str:
    room = _room(database)
    statement = (
        _replacing(room, room.insert(table), names, unique) if unique else room.insert(table)
    )
    compiled = statement.compile(dialect=room.dialect, column_keys=list(names))
    return _in_order(compiled, names)


def _replacing(
    room: "_Room", statement: "AnyInsert", names: tuple[str, ...], unique: tuple[str, ...]
) -> "AnyInsert":
    """Have rows take the place of those with the same values in the columns `unique`."""
    change = {name: statement.excluded[name] for name in names if name not in unique}
    same = [room.same(statement.table.c[name]) for name in unique]
    if not change:
        return statement.on_conflict_do_nothing(index_elements=same)
    return statement.on_conflict_do_update(index_elements=same, set_=change)


class _Room(NamedTuple):
    """How statements are written for a database.

    That is the word for one that inserts, and by what of a column two rows are the same.
    """

    insert: "type[AnyInsert]"
    dialect: Dialect
    same: Callable[[ColumnElement[Any]], ColumnElement[Any]]


@cache
def _room(database: str) -> _Room:
    """Give how statements are written for a database; of others nothing is loaded."""
    if database == "sqlite":
        from sqlalchemy.dialects import sqlite  # noqa: PLC0415

        return _Room(sqlite.Insert, sqlite.dialect(paramstyle="qmark"), lambda column: column)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415
    from sqlalchemy.dialects.postgresql.base import PGDialect  # noqa: PLC0415

    # Of any driver, so that no parameter has a type: the columns have these.
    return _Room(postgresql.Insert, PGDialect(paramstyle="format"), digested)  # type: ignore[no-untyped-call]


def _in_order(compiled: Compiled, names: tuple[str, ...]) -> str:
    """Give the text of a statement, whose parameters are these, in this order."""
    if not isinstance(compiled, SQLCompiler) or tuple(compiled.positiontup or ()) != names:
        raise ValueError(names)
    return str(compiled)
