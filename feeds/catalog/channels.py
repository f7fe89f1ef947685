"""Channels: what there are, what they are called, and where their feeds are."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, Row, bindparam, func, select, update

from feeds.catalog import schema
from feeds.catalog.records import instant, seconds
from feeds.catalog.rows import PART, read_parts
from feeds.model import ChannelName, ChannelRow

_channels = schema.channels
_COLUMNS = tuple(_channels.c[name] for name in ("key", "kind", "name", "stem", "title", "updated"))

_ALL = select(*_COLUMNS).order_by(_channels.c.kind, _channels.c.name)
_NAMED = select(_channels.c.kind, _channels.c.name, _channels.c.key).where(
    _channels.c.name.in_(PART)
)


class Channels:
    """The channels that there ever were."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._made: set[int] = set()
        self._all: tuple[ChannelRow, ...] | None = None

    def all(self) -> tuple[ChannelRow, ...]:
        """Give every channel, ordered by kind and name."""
        if self._all is None:
            self._all = tuple(map(_row, self._connection.execute(_ALL).all()))
        return self._all

    def to_name(self, keys: Iterable[int]) -> list[ChannelRow]:
        """Give some channels, and all that have no title or no stem yet."""
        keys = set(keys)
        return [row for row in self.all() if row.key in keys or None in {row.title, row.stem}]

    def ensure(self, names: Iterable[ChannelName]) -> dict[ChannelName, int]:
        """Give the keys of channels, new ones for those that are new."""
        wanted = set(names)
        found = self._keys(wanted)
        if missing := sorted(wanted - found.keys()):
            rows = [{"kind": kind, "name": name} for kind, name in missing]
            self._change(_channels.insert(), rows)
            made = self._keys(missing)
            self._made.update(made.values())
            found |= made
        return found

    def is_new(self, key: int) -> bool:
        """Whether a channel was made in this cycle."""
        return key in self._made

    def _keys(self, wanted: Iterable[ChannelName]) -> dict[ChannelName, int]:
        wanted = set(wanted)
        rows = read_parts(self._connection, _NAMED, sorted({name for _, name in wanted}))
        return {(kind, name): key for kind, name, key in rows if (kind, name) in wanted}

    def topics_there_are(self) -> frozenset[str]:
        """Give the names of all topics that have channels."""
        return frozenset(row.name for row in self.all() if row.kind == "topic")

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
            self._change(change.values(updated=bindparam("at")), rows)

    def _set(self, key: int, **values: object) -> None:
        self._change(update(_channels).where(_channels.c.key == key).values(**values))

    def _set_each(self, column: str, values: Mapping[int, str]) -> None:
        if values:
            change = update(_channels).where(_channels.c.key == bindparam("at"))
            rows = [{"at": key, "value": value} for key, value in values.items()]
            self._change(change.values({column: bindparam("value")}), rows)

    def _change(self, statement: Executable, rows: Sequence[Mapping[str, object]] = ()) -> None:
        self._all = None
        self._connection.execute(statement, rows or None)


def _row(row: Row[*tuple[Any, ...]]) -> ChannelRow:
    key, kind, name, stem, title, updated = row
    moment = None if updated is None else instant(updated)
    return ChannelRow(key, kind, name, stem, title, moment)
