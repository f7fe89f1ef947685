"""The index by which entries are searched: a file of its own, made of what the catalog has.

It is written by SQLite's FTS5, of which SQLAlchemy has no words. Places in it are in the order of
entries, so that the newest that are found come first, without the others being looked at.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, exc

from feeds.catalog.parts import parts
from feeds.catalog.sqlite import connect
from feeds.config.state import State
from feeds.corpus.records import pack_entry
from feeds.model import Searchable
from feeds.text.words import searchable

FILE_NAME = "search.sqlite"
"""What the file of the index is called, in the directory of the state."""

OF_ALL = "e"
"""The mark that each entry has."""

_VERSION = 1
_UNDONE = ".part"
_TABLES = f"""
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE channels (stem TEXT PRIMARY KEY, channel INTEGER NOT NULL, title TEXT NOT NULL);
    CREATE TABLE entries (place INTEGER PRIMARY KEY, article INTEGER NOT NULL UNIQUE, story TEXT,
        entry BLOB NOT NULL, said BLOB NOT NULL);
    CREATE INDEX entries_story ON entries (story) WHERE story IS NOT NULL;
    CREATE VIRTUAL TABLE words USING fts5(text, marks, content='', columnsize=0,
        tokenize='unicode61 remove_diacritics 2');
    PRAGMA user_version = {_VERSION}
"""
_ENTER = "INSERT INTO entries (place, article, story, entry, said) VALUES (?, ?, ?, ?, ?)"
_INDEX = "INSERT INTO words (rowid, text, marks) VALUES (?, ?, ?)"
# An index without the texts forgets one only if it is told what it was.
_FORGET = "INSERT INTO words (words, rowid, text, marks) VALUES ('delete', ?, ?, ?)"

# Entries of one second are told apart by their ids.
_SECOND_BITS = 20
_LEVEL_BITS = 10
_COMPRESSION = 1


class Unsearchable(Exception):
    """The index is not there, or cannot be read or written."""


@contextmanager
def new_index(state: State) -> Iterator["SearchIndex"]:
    """Make an index anew, which takes the place of the one before when the block has ended.

    Raises `Unsearchable` where the disk does not let us.
    """
    file, undone = state.folder / FILE_NAME, state.folder / f"{FILE_NAME}{_UNDONE}"
    with _told():
        _drop(undone)
        with connect(undone) as connection:
            for statement in _TABLES.split(";"):
                connection.exec_driver_sql(statement)
            yield SearchIndex(connection)
            connection.exec_driver_sql("INSERT INTO words (words) VALUES ('optimize')")
            connection.commit()
        undone.replace(file)


@contextmanager
def open_index(state: State) -> Iterator["SearchIndex"]:
    """Open the index to change it; what is done in the block is seen when it has ended.

    Raises `Unsearchable` where there is none of ours.
    """
    file = state.folder / FILE_NAME
    if not file.is_file():
        raise Unsearchable("there is none")
    with _told(), connect(file) as connection:
        if connection.exec_driver_sql("PRAGMA user_version").scalar_one() != _VERSION:
            raise Unsearchable("it is of another version")
        # What has no room in memory would go to the file, which nobody could read then.
        connection.exec_driver_sql("PRAGMA cache_spill = FALSE")
        yield SearchIndex(connection)
        connection.commit()


def has_index(state: State) -> bool:
    """Whether there is an index in the directory of a state."""
    return (state.folder / FILE_NAME).is_file()


def drop_index(state: State) -> None:
    """Drop the index in the directory of a state, if there is one and the disk lets us."""
    with suppress(OSError):
        _drop(state.folder / FILE_NAME)


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


def position_at(place: int) -> int:
    """Give the position of the entry at a place."""
    return place >> _SECOND_BITS


class SearchIndex:
    """Entries and the words by which they are found."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def setting(self, name: str) -> str | None:
        """Give what was noted under a name."""
        query = "SELECT value FROM settings WHERE name = ?"
        value: str | None = self._connection.exec_driver_sql(query, (name,)).scalar_one_or_none()
        return value

    def note(self, settings: Mapping[str, str]) -> None:
        """Note texts under their names."""
        query = "INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)"
        self._connection.exec_driver_sql(query, [*settings.items()])

    def keep_channels(self, channels: Iterable[tuple[str, int, str]]) -> None:
        """Keep the stems, keys and titles of channels, instead of those before."""
        rows = [*channels]
        before = self._connection.exec_driver_sql("SELECT stem, channel, title FROM channels")
        if {*map(tuple, before.all())} != {*rows}:
            self._connection.exec_driver_sql("DELETE FROM channels")
            query = "INSERT INTO channels (stem, channel, title) VALUES (?, ?, ?)"
            self._connection.exec_driver_sql(query, rows)

    def stories(self, articles: Iterable[int]) -> set[str]:
        """Give the stories that some articles stand for here."""
        query = "SELECT story FROM entries WHERE story IS NOT NULL AND article IN"
        return {row[0] for part in parts(articles, 500) for row in self._rows(query, part)}

    def drop(self, articles: Iterable[int], stories: Iterable[str]) -> None:
        """Drop the entries of some articles and of some stories."""
        query = "SELECT place, said FROM entries WHERE"
        found: dict[int, bytes] = {}
        for column, values in (("article", articles), ("story", stories)):
            for part in parts(values, 500):
                found |= {row[0]: row[1] for row in self._rows(f"{query} {column} IN", part)}
        if found:
            gone = [(place, *_said(packed)) for place, packed in found.items()]
            self._connection.exec_driver_sql(_FORGET, gone)
            places = [(place,) for place in found]
            self._connection.exec_driver_sql("DELETE FROM entries WHERE place = ?", places)

    def add(self, entries: Iterable[Searchable]) -> None:
        """Add entries of which none is there."""
        rows: list[tuple[object, ...]] = []
        words: list[tuple[int, str, str]] = []
        taken: set[int] = set()
        for each in entries:
            place = self._place(each, taken)
            taken.add(place)
            text, marks = searchable(each.text), " ".join(_marks(each))
            said = zlib.compress(f"{marks}\n{text}".encode(), _COMPRESSION)
            entry = zlib.compress(pack_entry(each.entry), _COMPRESSION)
            rows.append((place, *each.key, entry, said))
            words.append((place, text, marks))
        if rows:
            self._connection.exec_driver_sql(_ENTER, rows)
            self._connection.exec_driver_sql(_INDEX, words)

    def _place(self, each: Searchable, taken: set[int]) -> int:
        """Give a place for an entry that none other has, the same in any index but for chance."""
        most = 1 << _SECOND_BITS
        place = (each.position << _SECOND_BITS) + zlib.crc32(each.entry.id.encode()) % most
        query = "SELECT 1 FROM entries WHERE place = ?"
        while place in taken or self._connection.exec_driver_sql(query, (place,)).first():
            place += 1
        return place

    def _rows(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        marks = ", ".join("?" * len(values))
        rows = self._connection.exec_driver_sql(f"{query} ({marks})", tuple(values))
        return [tuple(row) for row in rows]


def _drop(file: Path) -> None:
    """Drop the file of an index, and what SQLite keeps beside it."""
    for name in (file, file.with_name(f"{file.name}-journal")):
        name.unlink(missing_ok=True)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except exc.DatabaseError as error:
        raise Unsearchable(str(error.orig)) from None
    except OSError as error:
        raise Unsearchable(error.strerror or str(error)) from None


def _marks(each: Searchable) -> list[str]:
    quality = each.quality
    graded = [] if quality is None or quality < 0 else levels(quality)
    return [OF_ALL, *map(channel_mark, sorted(each.channels)), *graded]


def _said(packed: bytes) -> tuple[str, str]:
    """Give the text and the marks by which an entry is found."""
    marks, _, text = zlib.decompress(packed).decode().partition("\n")
    return text, marks


def _bits(quality: int) -> str:
    return f"{min(quality, (1 << _LEVEL_BITS) - 1):0{_LEVEL_BITS}b}"
