"""Entries that were taken out of channels, which feeds go on to name (RFC 6721)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, delete, exists, select, update

from feeds.catalog import schema
from feeds.catalog.parts import parts
from feeds.catalog.records import instant, seconds
from feeds.catalog.rows import replace_rows
from feeds.model import Tombstone
from feeds.text.dates import month_bounds, month_of

_MOST = 500
_tombstones = schema.tombstones
_ARE_ANY = select(exists(_tombstones.select()))


class DeletedEntry(NamedTuple):
    """An entry that was taken out of a channel; `id` is what the feed called it.

    `published` is the date that it had there, `deleted` when it went, both in seconds since
    1970.
    """

    channel: int
    id: str
    published: int
    deleted: int

    @property
    def month(self) -> str:
        """The month in whose document it was."""
        return month_of(instant(self.published))


class Tombstones:
    """Knows which entries channels no longer have."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._are_any: bool | None = None

    def add(self, entries: Iterable[DeletedEntry]) -> None:
        """Keep that entries went; one that goes again has gone when it last did."""
        self._are_any = None
        rows = [(entry.id, entry.channel, entry.published, entry.deleted) for entry in entries]
        replace_rows(self._connection, _tombstones, rows)

    def are_any(self) -> bool:
        """Whether there is any."""
        if self._are_any is None:
            self._are_any = bool(self._connection.execute(_ARE_ANY).scalar_one())
        return self._are_any

    def drop(self, entries: Iterable[tuple[int, str]]) -> set[DeletedEntry]:
        """Forget of entries, each a channel and an id, that they went, and give those that had."""
        back = set(entries)
        dropped = {
            entry
            for entry in self._of({name for _, name in back})
            if (entry.channel, entry.id) in back
        }
        self._are_any = None
        for entry in dropped:
            same = (_tombstones.c.id == entry.id, _tombstones.c.channel == entry.channel)
            self._connection.execute(delete(_tombstones).where(*same))
        return dropped

    def predate(self, now: datetime) -> set[DeletedEntry]:
        """Have what went at an instant to come have gone now, and give what that was."""
        is_ahead = _tombstones.c.deleted > seconds(now)
        columns = [_tombstones.c[name] for name in DeletedEntry._fields]
        rows = self._connection.execute(select(*columns).where(is_ahead))
        found = {DeletedEntry(*row) for row in rows}
        if found:
            change = update(_tombstones).where(is_ahead).values(deleted=seconds(now))
            self._connection.execute(change)
        return found

    def recent(self, channel: int, since: datetime) -> tuple[Tombstone, ...]:
        """Give the entries that went from a channel at an instant or later.

        Those that went last are first, ties are ordered by id; there are 500 at most, so that
        a feed has room for entries.
        """
        query = select(_tombstones).where(
            _tombstones.c.channel == channel, _tombstones.c.deleted >= seconds(since)
        )
        rows = self._connection.execute(_ordered(query.limit(_MOST)))
        return tuple(map(_tombstone, rows))

    def of_month(self, channels: Iterable[int], month: str) -> dict[int, tuple[Tombstone, ...]]:
        """Give the entries of a month that went from some channels, in the same order."""
        found: dict[int, list[Tombstone]] = {}
        for part in parts(channels):
            query = _of_month(select(_tombstones), part, month)
            for row in self._connection.execute(_ordered(query)):
                found.setdefault(row.channel, []).append(_tombstone(row))
        return {channel: tuple(entries) for channel, entries in found.items()}

    def months(self, channel: int) -> set[str]:
        """Give the months from which a channel's entries went."""
        query = select(_tombstones.c.published).where(_tombstones.c.channel == channel)
        moments = self._connection.execute(query.distinct()).scalars()
        return {month_of(instant(moment)) for moment in moments}

    def has(self, channel: int, month: str) -> bool:
        """Whether an entry of a month went from a channel."""
        query = _of_month(select(_tombstones.c.id), [channel], month)
        return bool(self._connection.execute(select(exists(query))).scalar_one())

    def expiring(self, after: datetime, until: datetime) -> set[int]:
        """Give the channels from which entries went in the time from `after` to before `until`.

        When these are the first instants whose tombstones a feed showed and shows, it is their
        feeds that show some no longer.
        """
        query = select(_tombstones.c.channel).where(
            _tombstones.c.deleted >= seconds(after), _tombstones.c.deleted < seconds(until)
        )
        return set(self._connection.execute(query.distinct()).scalars())

    def _of(self, ids: Iterable[str]) -> Iterator[DeletedEntry]:
        """Give what went under some ids, from whichever channel."""
        columns = [_tombstones.c[name] for name in DeletedEntry._fields]
        for part in parts(ids):
            query = select(*columns).where(_tombstones.c.id.in_(part))
            yield from (DeletedEntry(*row) for row in self._connection.execute(query))


def _of_month(query: Select[Any], channels: Sequence[int], month: str) -> Select[Any]:
    """Let a query give what is of a month in some channels."""
    first, end = month_bounds(month)
    return query.where(
        _tombstones.c.channel.in_(channels),
        _tombstones.c.published >= seconds(first),
        _tombstones.c.published < seconds(end),
    )


def _ordered(query: Select[Any]) -> Select[Any]:
    return query.order_by(_tombstones.c.deleted.desc(), _tombstones.c.id)


def _tombstone(row: Row[Any]) -> Tombstone:
    return Tombstone(row.id, instant(row.deleted))
