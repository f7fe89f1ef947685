"""Words of texts as FTS5 tells them apart, so that other indexes find what it finds.

A tokenizer of another kind would fold other accents, and join or divide other words.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from threading import Lock

from feeds.catalog.search_in_file import FORM, expression
from feeds.catalog.search_index import Words
from feeds.model import Query

_TOKENS = f"""
    CREATE VIRTUAL TABLE words USING fts5(text, content='', {FORM});
    CREATE VIRTUAL TABLE tokens USING fts5vocab(words, instance);
"""
_READ = "SELECT doc, term FROM tokens ORDER BY doc, offset"
_SEARCHED = f"CREATE VIRTUAL TABLE words USING fts5(text, marks, content='', {FORM})"


def tokens_of(texts: Iterable[str]) -> list[list[str]]:
    """Give the words of some texts, each in its order."""
    rows = [*enumerate(texts)]
    found: list[list[str]] = [[] for _ in rows]
    connection, lock = _telling()
    with lock:
        connection.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", rows)
        for row, token in connection.execute(_READ):
            found[row].append(token)
        connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
    return found


@lru_cache(maxsize=1_024)
def tokens_of_phrase(phrase: str) -> tuple[str, ...]:
    """Give the words of a phrase that is looked for."""
    return tuple(tokens_of([phrase])[0])


def met(query: Query, channels: Mapping[str, int], searched: Sequence[Words]) -> set[int]:
    """Give the places of those of a few entries that FTS5 finds by a query."""
    with sqlite3.connect(":memory:") as connection:
        connection.execute(_SEARCHED)
        insert = "INSERT INTO words (rowid, text, marks) VALUES (?, ?, ?)"
        connection.executemany(insert, searched)
        asked = (expression(query, channels),)
        rows = connection.execute("SELECT rowid FROM words WHERE words MATCH ?", asked)
        found = {place for (place,) in rows}
    connection.close()
    return found


@cache
def _telling() -> tuple[sqlite3.Connection, Lock]:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.executescript(_TOKENS)
    return connection, Lock()
