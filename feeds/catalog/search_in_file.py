"""An index in a file of its own: SQLite's FTS5 finds words, of which SQLAlchemy has none."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, exc
from sqlalchemy.schema import CreateTable

from feeds.catalog.search_index import (
    OF_ALL,
    VERSION,
    SearchIndex,
    Unsearchable,
    Words,
    channel_mark,
    levels_from,
    tables,
)
from feeds.catalog.sqlite import connect
from feeds.corpus.records import Unreadable
from feeds.model import Found, Query, Term
from feeds.text.words import is_unspaced, sought

FILE_NAME = "search.sqlite"
"""What the file of the index is called, in the directory of the state."""

FORM = "tokenize='unicode61 remove_diacritics 2'"
"""How FTS5 tells words apart."""

_UNDONE = ".part"
_WORDS = f"CREATE VIRTUAL TABLE words USING fts5(text, marks, content='', columnsize=0, {FORM})"
_INDEX = "INSERT INTO words (rowid, text, marks) VALUES (?, ?, ?)"
# An index without the texts forgets one only if it is told what it was.
_FORGET = "INSERT INTO words (words, rowid, text, marks) VALUES ('delete', ?, ?, ?)"
_PLACES = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?"
# Whoever writes has the file for itself for some milliseconds.
_PATIENCE = 5


class SearchedFile:
    """Keeps an index in a file, in the directory of its state."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE_NAME

    @contextmanager
    def new(self, _token: int | None) -> Iterator[SearchIndex]:
        """Make an index anew, in a file that takes the place of the one before."""
        undone = self._file.with_name(f"{FILE_NAME}{_UNDONE}")
        with _told():
            _drop(undone)
            with connect(undone) as connection:
                for table in tables():
                    connection.execute(CreateTable(table))
                    for index in table.indexes:
                        index.create(connection)
                connection.exec_driver_sql(_WORDS)
                connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
                yield _index(connection)
                connection.exec_driver_sql("INSERT INTO words (words) VALUES ('optimize')")
                connection.commit()
            undone.replace(self._file)

    @contextmanager
    def open(self, _token: int | None) -> Iterator[SearchIndex]:
        """Open the index to change it."""
        if not self.is_there():
            raise Unsearchable("there is none")
        with _told(), connect(self._file) as connection:
            if connection.exec_driver_sql("PRAGMA user_version").scalar_one() != VERSION:
                raise Unsearchable("it is of another version")
            # What has no room in memory would go to the file, which nobody could read then.
            connection.exec_driver_sql("PRAGMA cache_spill = FALSE")
            yield _index(connection)
            connection.commit()

    def is_there(self) -> bool:
        """Whether there is an index."""
        return self._file.is_file()

    def drop(self) -> None:
        """Drop the index, if the disk lets us."""
        with suppress(OSError):
            _drop(self._file)

    def find(self, query: Query, limit: int) -> Found:
        """Find the newest entries that meet a query."""
        with self._reading() as index:
            return index.find(query, limit)

    def edition(self) -> str | None:
        """Give what names the index."""
        with self._reading() as index:
            return index.setting("edition")

    @contextmanager
    def _reading(self) -> Iterator[SearchIndex]:
        if not self.is_there():
            raise Unsearchable("there is none")
        try:
            with connect(self._file, read_only=True, patience=_PATIENCE) as connection:
                yield _index(connection)
        except exc.DatabaseError as error:
            raise Unsearchable(str(error.orig)) from None
        except (Unreadable, zlib.error, KeyError, ValueError) as error:
            raise Unsearchable(str(error)) from None


class Fts5:
    """Finds places by FTS5."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def enter(self, words: Sequence[Words]) -> None:
        """Have some entries be found."""
        self._connection.exec_driver_sql(_INDEX, [*words])

    def forget(self, words: Sequence[Words]) -> None:
        """Have some entries be found no more."""
        self._connection.exec_driver_sql(_FORGET, [*words])

    def places(self, query: Query, channels: Mapping[str, int], limit: int) -> list[int]:
        """Give the places of the newest entries that meet a query."""
        asked = expression(query, channels), limit
        return [*self._connection.exec_driver_sql(_PLACES, asked).scalars()]


def expression(query: Query, channels: Mapping[str, int]) -> str:
    """Write a query as FTS5 has it; every word is quoted, so that none can be an operator."""
    conditions = [f'(marks : "{OF_ALL}")']
    conditions += [_term(term) for term in query.terms if not term.is_excluded]
    topics = [channels[f"topics/{topic}"] for topic in query.topics]
    if topics:
        conditions.append(_of(map(channel_mark, topics), "AND" if query.has_every else "OR"))
    if query.provider:
        conditions.append(_of([channel_mark(channels[f"providers/{query.provider}"])], "AND"))
    if query.min_quality is not None:
        conditions.append(_of(levels_from(query.min_quality), "OR"))
    # What is on all entries costs as much as all of them, and says nothing beside others.
    needed = conditions[1:] or conditions
    excluded = [_term(term) for term in query.terms if term.is_excluded]
    return " NOT ".join([f"({' AND '.join(needed)})", *excluded])


def is_beginning(term: Term) -> bool:
    """Whether the last word of a term may be the beginning of another."""
    # In an unspaced script, a word of one character is part of pairs.
    return term.is_beginning or (is_unspaced(term.words[-1]) and len(term.words[-1]) == 1)


def _term(term: Term) -> str:
    sign = " *" if is_beginning(term) else ""
    return f'(text : "{sought(" ".join(term.words))}"{sign})'


def _of(marks: Iterable[str], operator: str) -> str:
    quoted = f" {operator} ".join(f'"{mark}"' for mark in marks)
    return f"(marks : ({quoted}))"


def _index(connection: Connection) -> SearchIndex:
    return SearchIndex(connection, tables(), Fts5(connection))


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
