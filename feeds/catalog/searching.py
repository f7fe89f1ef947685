"""Finding entries in the index by a query, for who serves and changes nothing."""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, exc

from feeds.catalog.search_index import (
    FILE_NAME,
    OF_ALL,
    Unsearchable,
    channel_mark,
    levels_from,
    position_at,
)
from feeds.catalog.sqlite import connect
from feeds.config.state import State
from feeds.corpus.records import Unreadable, unpack_entry
from feeds.model import Entry, Found, Query, Term
from feeds.text.words import is_unspaced, sought

# Whoever writes has the file for itself for some milliseconds.
_PATIENCE = 5

_PLACES = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?"


def search(state: State, query: Query, limit: int) -> Found:
    """Find the newest entries that meet a query, as many as a `limit`, in the index of a state.

    Where it names a channel that is not known, none is found. Raises `Unsearchable`.
    """
    with _reading(state.folder) as connection:
        settings = _settings(connection)
        known = _channels(connection, query.stems)
        entries: tuple[Entry, ...] = ()
        if len(known) == len(query.stems):
            keys = {stem: key for stem, (key, _) in known.items()}
            entries = _entries(connection, _expression(query, keys), limit)
        titles = {stem: title for stem, (_, title) in known.items()}
        changed = datetime.fromisoformat(settings["changed"])
        return Found(entries, titles, settings["edition"], changed)


def edition_of(state: State) -> str | None:
    """Give what names the index as it is now; None where there is none that can be read."""
    try:
        with _reading(state.folder) as connection:
            return _settings(connection)["edition"]
    except Unsearchable:
        return None


@contextmanager
def _reading(folder: Path) -> Iterator[Connection]:
    file = folder / FILE_NAME
    if not file.is_file():
        raise Unsearchable("there is none")
    try:
        with connect(file, read_only=True, patience=_PATIENCE) as connection:
            yield connection
    except exc.DatabaseError as error:
        raise Unsearchable(str(error.orig)) from None
    except (Unreadable, zlib.error, KeyError, ValueError) as error:
        raise Unsearchable(str(error)) from None


def _settings(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql("SELECT name, value FROM settings")
    return dict(map(tuple, rows.all()))


def _channels(connection: Connection, stems: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Give the keys and titles of those of some channels that are known."""
    found: dict[str, tuple[int, str]] = {}
    query = "SELECT channel, title FROM channels WHERE stem = ?"
    for stem in stems:
        if row := connection.exec_driver_sql(query, (stem,)).first():
            found[stem] = row[0], row[1]
    return found


def _entries(connection: Connection, expression: str, limit: int) -> tuple[Entry, ...]:
    """Give the entries that an expression finds, in the order in which feeds have them."""
    places = connection.exec_driver_sql(_PLACES, (expression, limit)).scalars().all()
    marks = ", ".join("?" * len(places))
    query = f"SELECT place, entry FROM entries WHERE place IN ({marks})"  # noqa: S608 - only `?`
    rows = connection.exec_driver_sql(query, tuple(places)).all()
    found = [(position_at(place), unpack_entry(zlib.decompress(entry))) for place, entry in rows]
    found.sort(key=lambda item: (-item[0], item[1].id))
    return tuple(entry for _, entry in found)


def _expression(query: Query, channels: Mapping[str, int]) -> str:
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


def _term(term: Term) -> str:
    # In an unspaced script, a word of one character is part of pairs.
    is_part = is_unspaced(term.words[-1]) and len(term.words[-1]) == 1
    sign = " *" if term.is_beginning or is_part else ""
    return f'(text : "{sought(" ".join(term.words))}"{sign})'


def _of(marks: Iterable[str], operator: str) -> str:
    quoted = f" {operator} ".join(f'"{mark}"' for mark in marks)
    return f"(marks : ({quoted}))"
