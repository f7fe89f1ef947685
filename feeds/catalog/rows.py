"""Many rows at once: read in batches, and written without what SQLAlchemy does for each."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table

from feeds.catalog.parts import parts

_BATCH = 500


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


def insert_rows(
    connection: Connection,
    table: Table,
    rows: Iterable[Sequence[object]],
    *,
    replacing: bool = False,
) -> None:
    """Insert rows, each with a value for every column of a table, in their order.

    With `replacing` they take the places of those with the same key. To make a mapping of each
    row and take it apart again would take longer than to write it.
    """
    values = [tuple(row) for row in rows]
    if values:
        statement = table.insert().prefix_with("OR REPLACE") if replacing else table.insert()
        connection.exec_driver_sql(str(statement.compile(dialect=connection.dialect)), values)
