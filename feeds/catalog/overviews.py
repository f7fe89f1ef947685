"""What was in each channel lately, kept since its feed was last made."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from feeds.catalog import schema
from feeds.catalog.records import pack_overview, unpack_overview
from feeds.catalog.rows import replace_rows
from feeds.model import Overview

_overviews = schema.overviews
_ALL = select(_overviews.c.channel, _overviews.c.overview)


class Overviews:
    """Knows what people see of channels among others, by the keys of these."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> Mapping[int, Overview]:
        """Give those of all channels. Raises `Unreadable`."""
        rows = self._connection.execute(_ALL).all()
        return {channel: unpack_overview(overview) for channel, overview in rows}

    def keep(self, overviews: Mapping[int, Overview]) -> None:
        """Keep what is in some channels now."""
        rows = ((key, pack_overview(each)) for key, each in overviews.items())
        replace_rows(self._connection, _overviews, rows)
