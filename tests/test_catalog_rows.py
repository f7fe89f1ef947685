"""Many rows into a table at once, past what SQLAlchemy does for each of them."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, select

from feeds.catalog import schema
from feeds.catalog.coverage_schema import held_news
from feeds.catalog.rows import write_rows

IDS = ("path", "address", "id")


@pytest.fixture
def connection(tmp_path: Path) -> Connection:
    """Give a new catalog's tables."""
    connection = create_engine(f"sqlite:///{tmp_path}/catalog").connect()
    schema.metadata.create_all(connection)
    return connection


def test_a_row_takes_the_place_of_the_one_that_is_alike(connection: Connection) -> None:
    """Where a row is there already, its columns get other values, but for those not written."""
    names = (*IDS, "story")
    write_rows(connection, schema.ids, names, [("a", "1", "x", "s"), ("b", "2", "y", None)])
    write_rows(connection, schema.ids, IDS, [("a", "3", "z")], unique=("path",))
    write_rows(connection, schema.ids, IDS, [])
    query = select(*(schema.ids.c[name] for name in names)).order_by("path")
    assert connection.execute(query).all() == [("a", "3", "z", "s"), ("b", "2", "y", None)]


def test_a_row_that_is_there_stays(connection: Connection) -> None:
    """Where nothing but the key is written, what is there is left alone."""
    for _ in range(2):
        write_rows(connection, held_news, ("path",), [("a",), ("b",)], unique=("path",))
    assert connection.execute(select(held_news)).all() == [("a",), ("b",)]


@pytest.mark.parametrize("number", [999, 1000, 1037])
def test_many_rows_are_written_as_few_are(connection: Connection, number: int) -> None:
    """Every row is there with what it has, however many there are, and takes another's place."""
    for story in "ab":
        rows = [(f"{place:04}", f"address {place}", f"{story} {place}") for place in range(number)]
        write_rows(connection, schema.ids, IDS, rows, unique=("path",))
        query = select(*(schema.ids.c[name] for name in IDS)).order_by("path")
        assert connection.execute(query).all() == rows


def test_columns_are_in_the_order_of_the_table(connection: Connection) -> None:
    """Values that would get into other columns are refused."""
    with pytest.raises(ValueError, match="address"):
        write_rows(connection, schema.ids, ("address", "path", "id"), [("1", "a", "x")])
