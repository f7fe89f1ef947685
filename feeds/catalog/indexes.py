"""The indexes of a new catalog, made of tables that are filled: row by row they take longer."""

from collections.abc import Collection

from sqlalchemy import Connection, Table
from sqlalchemy.schema import CreateTable

from feeds.catalog import coverage_schema, schema

# What a first build fills.
_FILLED = frozenset(
    {
        *(schema.files, schema.ids, schema.articles, schema.memberships),
        *(coverage_schema.held, coverage_schema.mentions),
    }
)


class Indexes:
    """Those indexes that are still to be made; nothing is committed without them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._awaited: set[Table] = set()

    def create_tables(self) -> None:
        """Make all tables, and the indexes of those that are not about to be filled."""
        for table in schema.metadata.sorted_tables:
            # Rows are written in whatever order is fast: nobody is asked to hold keys to others.
            self._connection.execute(CreateTable(table, include_foreign_key_constraints=[]))
            self._awaited.add(table)
        self._create(but=_FILLED)

    def make(self, but: Collection[Table] = ()) -> None:
        """Make the indexes of all tables, but of those that are still being filled."""
        if filled := self._create(but):
            self.learn(filled)

    def learn(self, tables: Collection[Table]) -> None:
        """Have the database learn what is in tables that were filled; a file is read as it is."""

    def _create(self, but: Collection[Table]) -> set[Table]:
        """Create the indexes of tables but some; gives these tables."""
        filled = self._awaited.difference(but)
        self._awaited -= filled
        for index in sorted(
            (index for table in filled for index in table.indexes), key=lambda item: str(item.name)
        ):
            index.create(self._connection)
        return filled
