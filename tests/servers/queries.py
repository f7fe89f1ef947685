"""What a reader that people use makes of feeds of queries, from a server of its own."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cli_tools import ROOT, Serving, serving
from queried import QUERIES
from readers import NOW, run


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Serve the sample corpus."""
    folder = tmp_path_factory.mktemp("queries")
    places = ("--output", folder / "output", "--state", folder / "state")
    with serving("--config", ROOT / "config", *places, "--now", NOW, cwd=folder) as server:
        server.until(" unchanged, ")
        yield server


def newsboat(folder: Path, url: str) -> list[str]:
    """Have newsboat fetch a feed, and give the titles of what it has of it, the newest first."""
    (folder / "urls").write_text(f"{url}\n")
    (folder / "config").write_text("use-proxy no\n")
    command = ("newsboat", "-u", "urls", "-C", "config", "-c", "cache.db", "-x", "reload")
    run(*command, folder=folder)
    with closing(sqlite3.connect(folder / "cache.db")) as connection:
        query = "SELECT title FROM rss_item ORDER BY pubDate DESC, id"
        return [title for (title,) in connection.execute(query)]


@pytest.mark.parametrize("suffix", [".atom", ".rss"])
@pytest.mark.parametrize("name", QUERIES)
def test_newsboat_has_what_was_asked_for(
    server: Serving, tmp_path: Path, name: str, suffix: str
) -> None:
    """It shows the entries of the query, no more and no fewer."""
    query = QUERIES[name]
    titles = newsboat(tmp_path, server.url + query.feed(suffix))
    items = json.loads(server.get(query.feed(".json")).body)["items"]
    assert sorted(titles) == sorted(item["title"] for item in items)
    assert len(titles) >= query.least


def test_newsboat_follows_to_the_one_address(server: Serving, tmp_path: Path) -> None:
    """Whoever types a query in another way has the same entries."""
    typed = f"{server.url}/search.atom?q=LIBRARY%20%20Library"
    assert urlsplit(typed).query != "q=library"
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    assert newsboat(one, typed) == newsboat(other, f"{server.url}/search.atom?q=library")
