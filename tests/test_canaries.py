"""The search for words that must not get out finds them where they are, and nowhere else."""

import sqlite3
from contextlib import closing

import pytest
from canaries import DRESSES, INNER, UNTOLD, traces

from feeds.http.compression import COMPRESS

pytestmark = pytest.mark.case(130)
AROUND = b"<p>What is said &amp; said again, 100%, \\ and \\u</p>\n" * 40


def planted(text: str) -> bytes:
    """Put a text where nothing of the kind is."""
    return AROUND + text.encode() + AROUND


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("word", [UNTOLD, INNER])
def test_a_word_is_found_in_any_dress(word: str, dress: str) -> None:
    """Whatever a program makes of a word, it is found; another one is not."""
    data = planted(DRESSES[dress](word))
    assert traces(word, data)
    assert not traces(INNER if word == UNTOLD else UNTOLD, data)


@pytest.mark.parametrize("coding", COMPRESS)
@pytest.mark.parametrize("dress", ["plain", "json", "base64 after 1"])
def test_a_word_is_found_in_any_coding(coding: str, dress: str) -> None:
    """What is compressed is looked into, by the name of its coding where nothing else tells."""
    data = COMPRESS[coding](planted(DRESSES[dress](UNTOLD)))
    assert traces(UNTOLD, data, coding)
    assert not traces(INNER, data, coding)


def test_a_word_is_found_in_a_database() -> None:
    """A value that lies on several pages of a database is found as a whole."""
    text = "x" * 5_000 + UNTOLD + "y" * 5_000
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("PRAGMA page_size = 512")
        connection.execute("CREATE TABLE t (v TEXT)")
        connection.executemany("INSERT INTO t VALUES (?)", [(text[n:],) for n in range(480)])
        data = connection.serialize()
    assert traces(UNTOLD, data)
    assert not traces(INNER, data)


def test_nothing_is_found_where_nothing_is() -> None:
    """Text without the words has no trace of them."""
    assert not traces(UNTOLD, AROUND) + traces(INNER, AROUND)
