"""The index by which entries are searched, wherever it is: made of what the catalog has.

Places in it are in the order of entries, so that the newest that are found come first, without the
others being looked at.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple, Protocol

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    LargeBinary,
    MetaData,
    Table,
    delete,
    select,
)

from feeds.catalog.kinds import Key, Text
from feeds.catalog.rows import PART, change_parts, read_parts, replace_rows, write_rows
from feeds.corpus.records import pack_entry, unpack_entry
from feeds.model import Entry, Found, Query, Searchable
from feeds.text.words import searchable

VERSION = 1
"""Raised with every change of what is in an index: one of another version is made anew."""

OF_ALL = "e"
"""The mark that each entry has."""

# Entries of one second are told apart by their ids.
_SECOND_BITS = 20
_LEVEL_BITS = 10
_COMPRESSION = 1

Words = tuple[int, str, str]
"""The place of an entry, and the text and the marks by which it is found."""


class Unsearchable(Exception):
    """The index is not there, or cannot be read or written."""


class WordIndex(Protocol):
    """Finds places by words and marks: what each database has of its own."""

    def enter(self, words: Sequence[Words]) -> None:
        """Have some entries be found."""
        ...

    def forget(self, words: Sequence[Words]) -> None:
        """Have some entries be found no more; what they were found by is told."""
        ...

    def places(self, query: Query, channels: Mapping[str, int], limit: int) -> list[int]:
        """Give the places of the newest entries that meet a query, by the keys of its channels."""
        ...


class Tables(NamedTuple):
    """What an index has besides words: notes, the channels that it knows, and entries."""

    settings: Table
    channels: Table
    entries: Table


class SearchIndex:
    """Entries and the words by which they are found."""

    def __init__(self, connection: Connection, tables: Tables, words: WordIndex) -> None:
        self._connection = connection
        self._tables = tables
        self._words = words

    def setting(self, name: str) -> str | None:
        """Give what was noted under a name."""
        return self._settings().get(name)

    def note(self, settings: Mapping[str, str]) -> None:
        """Note texts under their names."""
        replace_rows(self._connection, self._tables.settings, settings.items())

    def keep_channels(self, channels: Iterable[tuple[str, int, str]]) -> None:
        """Keep the stems, keys and titles of channels, instead of those before."""
        rows, table = [*channels], self._tables.channels
        if {*map(tuple, self._connection.execute(select(table)).all())} != {*rows}:
            self._connection.execute(delete(table))
            write_rows(self._connection, table, tuple(table.columns.keys()), rows)

    def stories(self, articles: Iterable[int]) -> set[str]:
        """Give the stories that some articles stand for here."""
        entries = self._tables.entries
        query = select(entries.c.story).where(entries.c.story.is_not(None))
        found = query.where(entries.c.article.in_(PART))
        return {row[0] for row in read_parts(self._connection, found, articles)}

    def drop(self, articles: Iterable[int], stories: Iterable[str]) -> None:
        """Drop the entries of some articles and of some stories."""
        entries = self._tables.entries
        query = select(entries.c.place, entries.c.said)
        gone: dict[int, bytes] = {}
        for column, values in ((entries.c.article, articles), (entries.c.story, stories)):
            rows = read_parts(self._connection, query.where(column.in_(PART)), values)
            gone |= dict(map(tuple, rows))
        if gone:
            self._words.forget([(place, *said(packed)) for place, packed in gone.items()])
            change_parts(self._connection, delete(entries).where(entries.c.place.in_(PART)), gone)

    def add(self, entries: Iterable[Searchable]) -> None:
        """Add entries of which none is there."""
        rows: list[tuple[object, ...]] = []
        words: list[Words] = []
        added = [*entries]
        for each, place in zip(added, self._places(added), strict=True):
            text, marks = searchable(each.text), " ".join(_marks(each))
            packed = zlib.compress(f"{marks}\n{text}".encode(), _COMPRESSION)
            entry = zlib.compress(pack_entry(each.entry), _COMPRESSION)
            rows.append((place, *each.key, entry, packed))
            words.append((place, text, marks))
        if rows:
            table = self._tables.entries
            write_rows(self._connection, table, tuple(table.columns.keys()), rows)
            self._words.enter(words)

    def find(self, query: Query, limit: int) -> Found:
        """Find the newest entries that meet a query; none where a channel is not known.

        Raises KeyError or ValueError where the index is none of ours.
        """
        settings, known = self._settings(), self._channels(query.stems)
        entries: tuple[Entry, ...] = ()
        if len(known) == len(query.stems):
            keys = {stem: key for stem, (key, _) in known.items()}
            entries = self._entries(self._words.places(query, keys, limit))
        titles = {stem: title for stem, (_, title) in known.items()}
        changed = datetime.fromisoformat(settings["changed"])
        return Found(entries, titles, settings["edition"], changed)

    def _settings(self) -> dict[str, str]:
        rows = self._connection.execute(select(self._tables.settings))
        return dict(map(tuple, rows.all()))

    def _channels(self, stems: Iterable[str]) -> dict[str, tuple[int, str]]:
        """Give the keys and titles of those of some channels that are known."""
        table = self._tables.channels
        rows = read_parts(self._connection, select(table).where(table.c.stem.in_(PART)), stems)
        found = {stem: (key, title) for stem, key, title in rows}
        return {stem: found[stem] for stem in stems if stem in found}

    def _entries(self, places: Iterable[int]) -> tuple[Entry, ...]:
        """Give the entries at some places, in the order in which feeds have them."""
        entries = self._tables.entries
        query = select(entries.c.place, entries.c.entry).where(entries.c.place.in_(PART))
        found = [
            (place >> _SECOND_BITS, unpack_entry(zlib.decompress(entry)))
            for place, entry in read_parts(self._connection, query, places)
        ]
        found.sort(key=lambda item: (-item[0], item[1].id))
        return tuple(entry for _, entry in found)

    def _places(self, added: Sequence[Searchable]) -> list[int]:
        """Give places that none other has, the same in any index but for chance."""
        most = 1 << _SECOND_BITS
        wanted = [
            (each.position << _SECOND_BITS) + zlib.crc32(each.entry.id.encode()) % most
            for each in added
        ]
        entries = self._tables.entries
        query = select(entries.c.place).where(entries.c.place.in_(PART))
        taken = {row[0] for row in read_parts(self._connection, query, wanted)}
        places: list[int] = []
        for place in wanted:
            free = place
            while free in taken:
                free += 1
                taken.update(row[0] for row in read_parts(self._connection, query, [free]))
            taken.add(free)
            places.append(free)
        return places


@cache
def tables(prefix: str = "") -> Tables:
    """Give the tables of an index, whose names begin so."""
    metadata = MetaData()
    return Tables(
        Table(
            f"{prefix}settings",
            metadata,
            Column("name", Text, primary_key=True),
            Column("value", Text, nullable=False),
        ),
        Table(
            f"{prefix}channels",
            metadata,
            Column("stem", Text, primary_key=True),
            Column("channel", BigInteger, nullable=False),
            Column("title", Text, nullable=False),
        ),
        Table(
            f"{prefix}entries",
            metadata,
            Column("place", Key, primary_key=True, autoincrement=False),
            Column("article", BigInteger, nullable=False, unique=True),
            Column("story", Text, index=True),
            Column("entry", LargeBinary, nullable=False),
            Column("said", LargeBinary, nullable=False),
        ),
    )


def said(packed: bytes) -> tuple[str, str]:
    """Give the text and the marks by which an entry is found."""
    marks, _, text = zlib.decompress(packed).decode().partition("\n")
    return text, marks


def channel_mark(key: int) -> str:
    """Give the mark of the entries of a channel."""
    return f"c{key}"


def levels(quality: int) -> list[str]:
    """Give the marks of an entry of some quality: its beginnings as a binary number."""
    bits = _bits(quality)
    return [f"q{bits[:length]}" for length in range(1, _LEVEL_BITS + 1)]


def levels_from(quality: int) -> list[str]:
    """Give marks of which each entry of that quality, or of a higher one, has just one."""
    bits = _bits(quality)
    above = [f"q{bits[:place]}1" for place, bit in enumerate(bits) if bit == "0"]
    return [*above, f"q{bits}"]


def _marks(each: Searchable) -> list[str]:
    quality = each.quality
    graded = [] if quality is None or quality < 0 else levels(quality)
    return [OF_ALL, *map(channel_mark, sorted(each.channels)), *graded]


def _bits(quality: int) -> str:
    return f"{min(quality, (1 << _LEVEL_BITS) - 1):0{_LEVEL_BITS}b}"
