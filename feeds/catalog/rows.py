"""Many rows at once: read in batches, and written without what SQLAlchemy does for each."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Compiled,
    Connection,
    Executable,
    Insert,
    Row,
    Select,
    Table,
    bindparam,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.sql.compiler import SQLCompiler

from feeds.catalog.parts import parts

PART: BindParameter[Any] = bindparam("part", expanding=True)
"""A part of many values, in a statement that is built once: that takes longer than to run it."""

_BATCH = 500
# Each statement that is run costs as much as what it stores, unless that is several rows.
_TOGETHER = 50
_MANY = 1_000
_DIALECT = sqlite.dialect(paramstyle="qmark")


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
    statement = _statement(table, names, unique)
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


def run_rows(
    connection: Connection, change: Insert, names: tuple[str, ...], rows: Sequence[Sequence[object]]
) -> None:
    """Make a change with each of some rows: values of its parameters, in their order there."""
    if rows:
        connection.exec_driver_sql(_text(change, names), [*map(tuple, rows)])


@cache
def _text(change: Insert, names: tuple[str, ...]) -> str:
    return _in_order(change.compile(dialect=_DIALECT), names)


@cache
def _of_several(statement: str, columns: int) -> str:
    """Make a statement that inserts one row one that inserts as many as go `_TOGETHER`."""
    row = f"({', '.join(['?'] * columns)})"
    return statement.replace(row, ", ".join([row] * _TOGETHER), 1)


@cache
def _statement(table: Table, names: tuple[str, ...], unique: tuple[str, ...]) -> str:
    statement = insert(table)
    change = {name: statement.excluded[name] for name in names if name not in unique}
    if unique and change:
        statement = statement.on_conflict_do_update(unique, set_=change)
    elif unique:
        statement = statement.on_conflict_do_nothing(unique)
    return _in_order(statement.compile(dialect=_DIALECT, column_keys=list(names)), names)


def _in_order(compiled: Compiled, names: tuple[str, ...]) -> str:
    """Give the text of a statement, whose parameters are these, in this order."""
    if not isinstance(compiled, SQLCompiler) or tuple(compiled.positiontup or ()) != names:
        raise ValueError(names)
    return str(compiled)
