"""Which channels were retired, and when: a promise to subscribers that nothing else knows."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, select

from feeds.catalog import schema
from feeds.catalog.records import instant, seconds

_retirements = schema.retirements


class Retirements:
    """Knows the channels whose feeds have ended, by the stems of their URLs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> Mapping[str, datetime]:
        """Give when each of them was retired, in the order of stems."""
        query = select(_retirements).order_by(_retirements.c.stem)
        return {row.stem: instant(row.retired) for row in self._connection.execute(query)}

    def add(self, stem: str, retired: datetime) -> None:
        """Retire a channel; one that is retired keeps its date."""
        if stem not in self.all():
            row = {"stem": stem, "retired": seconds(retired)}
            self._connection.execute(_retirements.insert(), row)

    def remove(self, stem: str) -> None:
        """Let a channel go on."""
        self._connection.execute(delete(_retirements).where(_retirements.c.stem == stem))
