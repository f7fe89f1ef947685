"""What is noted besides a catalog in a database."""

from feeds.catalog.postgresql import connect, is_made, make, told
from feeds.model import Database

_KEEP = (
    "INSERT INTO kept (name, data) VALUES (%s, %s)"
    " ON CONFLICT (name) DO UPDATE SET data = excluded.data"
)


class InTable:
    """Keeps each text in a row of a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, name: str) -> bytes | None:
        """Read a text. Raises `DatabaseFailed`."""
        query = "SELECT data FROM kept WHERE name = %s"
        with told(self._database), connect(self._database, reads=True) as connection:
            if not is_made(connection):
                return None
            text: bytes | None = connection.exec_driver_sql(query, (name,)).scalar_one_or_none()
            return None if text is None else bytes(text)

    def write(self, name: str, text: bytes, *, lasts: bool) -> None:  # noqa: ARG002 - all that is committed lasts
        """Keep a text. Raises `DatabaseFailed`."""
        with told(self._database), connect(self._database) as connection:
            make(connection, self._database)
            connection.exec_driver_sql(_KEEP, (name, text))
            connection.commit()
