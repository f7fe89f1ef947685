"""An index in a database of PostgreSQL, whose own text search finds words: a `tsvector` each.

Words are told apart as FTS5 does that, and not by a configuration of the database. Marks begin
with a sign that no word has. A text that has more words than a vector can tell the places of is
found by all that it may have, and looked at by FTS5 itself.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, exc, select
from sqlalchemy.schema import CreateTable

from feeds.catalog.postgresql import connect, is_current, make, reason_of
from feeds.catalog.rows import PART, read_parts
from feeds.catalog.search_in_file import is_beginning
from feeds.catalog.search_index import (
    VERSION,
    SearchIndex,
    Tables,
    Unsearchable,
    Words,
    channel_mark,
    levels_from,
    said,
    tables,
)
from feeds.catalog.tokens import met, tokens_of, tokens_of_phrase
from feeds.corpus.records import Unreadable
from feeds.errors import ConfigurationError, Superseded
from feeds.model import Database, Found, Query, Term
from feeds.text.words import sought

_PREFIX = "search_"
_NEW = "search_new_"
_LONG = "'=long'"
_VERSION = "version"
# What a vector has room for: its manual, section 12.11.
_MOST_PLACES = 16_383
_MOST_PLACES_OF_ONE = 255
_LONGEST_WORD = 2_046
_LARGEST = 900_000
_BYTES_OF_ONE = 12


class SearchedTables:
    """Keeps an index in tables of a schema."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def new(self, token: int | None) -> Iterator[SearchIndex]:
        """Make an index anew, in tables that take the place of those before."""
        with self._changing(token) as connection:
            made = tables(_NEW)
            for table in made:
                connection.execute(CreateTable(table))
                for index in table.indexes:
                    columns = ", ".join(column.name for column in index.columns)
                    connection.exec_driver_sql(f"CREATE INDEX ON {table.name} ({columns})")
            connection.exec_driver_sql(
                f"CREATE TABLE {_NEW}words (place bigint PRIMARY KEY, words tsvector NOT NULL)"
            )
            new = SearchIndex(connection, made, Vectors(connection, made, _NEW))
            yield new
            new.note({_VERSION: str(VERSION)})
            connection.exec_driver_sql(f"CREATE INDEX ON {_NEW}words USING gin (words)")
            connection.exec_driver_sql(f"ANALYZE {_NEW}words")
            for name in _names():
                connection.exec_driver_sql(f"DROP TABLE IF EXISTS {_PREFIX}{name}")
                connection.exec_driver_sql(f"ALTER TABLE {_NEW}{name} RENAME TO {_PREFIX}{name}")

    @contextmanager
    def open(self, token: int | None) -> Iterator[SearchIndex]:
        """Open the index to change it."""
        with self._changing(token) as connection:
            index = self._index(connection)
            if index.setting(_VERSION) != str(VERSION):
                raise Unsearchable("it is of another version")
            yield index

    def is_there(self) -> bool:
        """Whether there is an index."""
        with suppress(exc.DBAPIError), connect(self._database, reads=True) as connection:
            return _is_there(connection)
        return False

    def drop(self) -> None:
        """Drop the index, if the database lets us."""
        with suppress(exc.DBAPIError), connect(self._database) as connection:
            for name in _names():
                connection.exec_driver_sql(f"DROP TABLE IF EXISTS {_PREFIX}{name}")
            connection.commit()

    def find(self, query: Query, limit: int) -> Found:
        """Find the newest entries that meet a query."""
        with self._reading() as index:
            return index.find(query, limit)

    def edition(self) -> str | None:
        """Give what names the index."""
        with self._reading() as index:
            return index.setting("edition")

    @contextmanager
    def _changing(self, token: int | None) -> Iterator[Connection]:
        try:
            with connect(self._database) as connection:
                make(connection, self._database)
                yield connection
                if not is_current(connection, token):
                    raise Superseded(str(self._database))
                connection.commit()
        except exc.DBAPIError as error:
            raise Unsearchable(reason_of(error)) from None

    @contextmanager
    def _reading(self) -> Iterator[SearchIndex]:
        try:
            with connect(self._database, reads=True) as connection:
                yield self._index(connection)
        except exc.DBAPIError as error:
            raise Unsearchable(reason_of(error)) from None
        except ConfigurationError as error:
            raise Unsearchable(error.problems[0]) from None
        except (Unreadable, zlib.error, KeyError, ValueError) as error:
            raise Unsearchable(str(error)) from None

    def _index(self, connection: Connection) -> SearchIndex:
        if not _is_there(connection):
            raise Unsearchable("there is none")
        there = tables(_PREFIX)
        return SearchIndex(connection, there, Vectors(connection, there, _PREFIX))


class Vectors:
    """Finds places by vectors of words and marks, in a table whose name begins so."""

    def __init__(self, connection: Connection, known: Tables, prefix: str) -> None:
        self._connection = connection
        self._entries = known.entries
        self._table = f"{prefix}words"

    def enter(self, words: Sequence[Words]) -> None:
        """Have some entries be found."""
        texts = tokens_of(text for _, text, _ in words)
        rows = [
            (place, _vector(tokens, marks.split()))
            for (place, _, marks), tokens in zip(words, texts, strict=True)
        ]
        insert = f"INSERT INTO {self._table} (place, words) VALUES (%s, %s::tsvector)"  # noqa: S608 - a name of ours
        self._connection.exec_driver_sql(insert, rows)

    def forget(self, words: Sequence[Words]) -> None:
        """Have some entries be found no more."""
        gone = f"DELETE FROM {self._table} WHERE place = ANY(%s)"  # noqa: S608 - a name of ours
        self._connection.exec_driver_sql(gone, ([place for place, *_ in words],))

    def places(self, query: Query, channels: Mapping[str, int], limit: int) -> list[int]:
        """Give the places of the newest entries that meet a query."""
        found: list[int] = []
        asked, below = _expression(query, channels), None
        while asked is not None and len(found) < limit:
            rows = self._rows(asked, below, limit)
            unsure = self._unsure(query, channels, [place for place, is_long in rows if is_long])
            found += [place for place, is_long in rows if not is_long or place in unsure]
            if len(rows) < limit:
                break
            below = rows[-1][0]
        return found[:limit]

    def _rows(self, asked: str, below: int | None, limit: int) -> list[tuple[int, bool]]:
        """Give places below one, and whether what is there has to be looked at."""
        conditions = ["words @@ %s::tsquery"] if asked else []
        conditions += ["place < %s"] if below is not None else []
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        query = (
            f"SELECT place, words @@ {_quoted(_LONG)}::tsquery FROM {self._table} {where}"  # noqa: S608 - values have places
            " ORDER BY place DESC LIMIT %s"
        )
        values = [each for each in (asked or None, below, limit) if each is not None]
        return [tuple(row) for row in self._connection.exec_driver_sql(query, tuple(values))]

    def _unsure(self, query: Query, channels: Mapping[str, int], places: list[int]) -> set[int]:
        """Give those of some places at which FTS5 finds what the query asks for."""
        if not places:
            return set()
        entries = self._entries
        asked = select(entries.c.place, entries.c.said).where(entries.c.place.in_(PART))
        rows = read_parts(self._connection, asked, places)
        return met(query, channels, [(place, *said(packed)) for place, packed in rows])


def _expression(query: Query, channels: Mapping[str, int]) -> str | None:
    """Write a query as PostgreSQL has it; empty where it asks for all, None where for nothing."""
    conditions: list[str] = []
    for term in query.terms:
        phrase = _phrase(term)
        if term.is_excluded and phrase:
            conditions.append(f"(!({phrase}) | {_LONG})")
        elif not term.is_excluded:
            if not phrase:
                return None
            conditions.append(f"({phrase} | {_LONG})")
    topics = [_mark(channel_mark(channels[f"topics/{topic}"])) for topic in query.topics]
    if topics:
        conditions.append(f"({(' & ' if query.has_every else ' | ').join(topics)})")
    if query.provider:
        conditions.append(_mark(channel_mark(channels[f"providers/{query.provider}"])))
    if query.min_quality is not None:
        conditions.append(f"({' | '.join(map(_mark, levels_from(query.min_quality)))})")
    return " & ".join(conditions)


def _phrase(term: Term) -> str:
    """Write the words of a term, one after the other; empty where it has none."""
    found = [_quoted(token) for token in tokens_of_phrase(sought(" ".join(term.words)))]
    if found and is_beginning(term):
        found[-1] += ":*"
    return " <-> ".join(found)


def _vector(tokens: Sequence[str], marks: Sequence[str]) -> str:
    """Write the words of an entry with their places, and its marks without."""
    places: dict[str, list[int]] = {}
    for place, token in enumerate(tokens, 1):
        places.setdefault(token, []).append(place)
    size = sum(len(token.encode()) + _BYTES_OF_ONE for token in places) + 2 * len(tokens)
    is_long = (
        len(tokens) > _MOST_PLACES
        or max(map(len, places.values()), default=0) > _MOST_PLACES_OF_ONE
        or max((len(token.encode()) for token in places), default=0) > _LONGEST_WORD
        or size > _LARGEST
    )
    lexemes = [*map(_mark, marks), *([_LONG] if is_long else [])]
    if not is_long:
        lexemes += [f"{_quoted(token)}:{','.join(map(str, at))}" for token, at in places.items()]
    return " ".join(lexemes)


def _mark(mark: str) -> str:
    return _quoted(f"={mark}")


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _names() -> list[str]:
    return [*(table.name for table in tables()), "words"]


def _is_there(connection: Connection) -> bool:
    query = "SELECT to_regclass(%s) IS NOT NULL"
    return bool(connection.exec_driver_sql(query, (f"{_PREFIX}words",)).scalar_one())
