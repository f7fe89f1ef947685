"""What is new in feeds to those who have a past state of them (RFC 3229)."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, delete, select

from feeds.catalog import schema
from feeds.catalog.parts import parts
from feeds.catalog.records import pack_history, unpack_history
from feeds.catalog.rows import replace_rows
from feeds.model import History

_histories = schema.histories


class Histories:
    """Knows the histories of feeds by their paths."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, paths: Iterable[str]) -> Mapping[str, History]:
        """Give the histories of those among some feeds that have one."""
        found: dict[str, History] = {}
        for part in parts(paths):
            query = select(_histories).where(_histories.c.path.in_(part))
            for row in self._connection.execute(query):
                found[row.path] = unpack_history(row.etag, row.since)
        return found

    def keep(self, histories: Mapping[str, History]) -> None:
        """Keep the histories of feeds, by path, instead of those before."""
        for part in parts(histories.items()):
            rows = [(path, history.etag, pack_history(history)) for path, history in part]
            replace_rows(self._connection, _histories, rows)

    def forget(self, paths: Iterable[str]) -> None:
        """Keep no history of some feeds."""
        for part in parts(paths):
            self._connection.execute(delete(_histories).where(_histories.c.path.in_(part)))
