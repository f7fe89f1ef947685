"""Channels: what there are, what they are called, and where their feeds are."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, or_, select, update

from feeds.catalog import schema
from feeds.catalog.parts import parts
from feeds.catalog.records import instant, seconds
from feeds.model import ChannelName, ChannelRow

_channels = schema.channels
_COLUMNS = tuple(_channels.c[name] for name in ("key", "kind", "name", "stem", "title", "updated"))


class Channels:
    """The channels that there ever were."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._made: set[int] = set()

    def all(self) -> list[ChannelRow]:
        """Give every channel, ordered by kind and name."""
        query = select(*_COLUMNS).order_by(_channels.c.kind, _channels.c.name)
        return [_row(row) for row in self._connection.execute(query)]

    def to_name(self, keys: Iterable[int]) -> list[ChannelRow]:
        """Give some channels, and all that have no title or no stem yet."""
        is_new = or_(_channels.c.title.is_(None), _channels.c.stem.is_(None))
        found: dict[int, ChannelRow] = {}
        for part in (*parts(sorted(keys)), []):
            query = select(*_COLUMNS).where(_channels.c.key.in_(part) if part else is_new)
            found |= {row.key: _row(row) for row in self._connection.execute(query)}
        return list(found.values())

    def ensure(self, names: Iterable[ChannelName]) -> dict[ChannelName, int]:
        """Give the keys of channels, new ones for those that are new."""
        wanted = set(names)
        found = self._keys(wanted)
        if missing := sorted(wanted - found.keys()):
            rows = [{"kind": kind, "name": name} for kind, name in missing]
            self._connection.execute(_channels.insert(), rows)
            made = self._keys(missing)
            self._made.update(made.values())
            found |= made
        return found

    def is_new(self, key: int) -> bool:
        """Whether a channel was made in this cycle."""
        return key in self._made

    def _keys(self, wanted: Iterable[ChannelName]) -> dict[ChannelName, int]:
        columns = (_channels.c.kind, _channels.c.name, _channels.c.key)
        found: dict[ChannelName, int] = {}
        wanted = set(wanted)
        for part in parts(sorted({name for _, name in wanted})):
            by_name = select(*columns).where(_channels.c.name.in_(part))
            for kind, name, key in self._connection.execute(by_name):
                if (kind, name) in wanted:
                    found[kind, name] = key
        return found

    def topics_there_are(self) -> frozenset[str]:
        """Give the names of all topics that have channels."""
        query = select(_channels.c.name).where(_channels.c.kind == "topic")
        return frozenset(self._connection.execute(query).scalars())

    def first_names(self) -> dict[int, str]:
        """Give what channels were called that were renamed, by key."""
        query = select(_channels.c.key, _channels.c.first_name)
        rows = self._connection.execute(query.where(_channels.c.first_name.is_not(None)))
        return {row[0]: row[1] for row in rows}

    def rename(self, key: int, name: str) -> None:
        """Let a channel, with all that was published of it, go on under another name."""
        first_name = func.coalesce(_channels.c.first_name, _channels.c.name)
        self._set(key, name=name, first_name=first_name)

    def give_titles(self, titles: Mapping[int, str]) -> None:
        """Set what people call channels, by key."""
        self._set_each("title", titles)

    def give_stems(self, stems: Mapping[int, str]) -> None:
        """Give channels the stems of their URLs, for good, by key."""
        self._set_each("stem", stems)

    def note_updated(self, updated: Mapping[int, datetime]) -> None:
        """Keep when channels' newest entries changed, for the day when one has no entry left."""
        change = update(_channels).where(_channels.c.key == bindparam("of"))
        rows = [{"of": key, "at": seconds(moment)} for key, moment in updated.items()]
        if rows:
            self._connection.execute(change.values(updated=bindparam("at")), rows)

    def _set(self, key: int, **values: object) -> None:
        self._connection.execute(update(_channels).where(_channels.c.key == key).values(**values))

    def _set_each(self, column: str, values: Mapping[int, str]) -> None:
        if values:
            change = update(_channels).where(_channels.c.key == bindparam("at"))
            rows = [{"at": key, "value": value} for key, value in values.items()]
            self._connection.execute(change.values({column: bindparam("value")}), rows)


def _row(row: Row[Any]) -> ChannelRow:
    updated = None if row.updated is None else instant(row.updated)
    return ChannelRow(row.key, row.kind, row.name, row.stem, row.title, updated)
