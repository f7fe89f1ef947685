"""`feeds serve` and its schedule: real processes, real corpora, bounded waiting."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli_tools import BASE_URL, document, eventually, serving


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a directory with a corpus of one article and a configuration."""
    document(tmp_path / "corpus", "ebb.md")
    configure(tmp_path, "reload: {every: 3600}\n")
    return tmp_path


def configure(folder: Path, text: str) -> None:
    """Write the configuration."""
    file = folder / "config/feeds.yaml"
    file.parent.mkdir(exist_ok=True)
    places = "corpus: ../corpus\noutput: ../output\n"
    file.write_text(f"{places}site: {{base_url: {BASE_URL}}}\n{text}", encoding="utf-8")


# --- What falls due ---------------------------------------------------------------------


def test_an_article_appears_when_it_falls_due(folder: Path) -> None:
    """An article due in three seconds appears then, though the next scan is an hour away."""
    moment = (datetime.now(UTC) + timedelta(seconds=3)).replace(microsecond=0)
    document(folder / "corpus", "soon.md", publishedDateTime=moment.isoformat())
    with serving(cwd=folder) as server:
        server.until(" documents (")
        assert b"soon.md" not in server.get("/all.atom").body
        document(folder / "corpus", "ebb.md", title="Edited meanwhile")
        eventually(lambda: b"soon.md" in server.get("/all.atom").body, "what fell due")
        assert timedelta(0) <= datetime.now(UTC) - moment < timedelta(seconds=2)
        server.until(" documents (", 2)
        assert " (0 read, " in server.lines[-1]
        assert b"Edited meanwhile" not in server.get("/all.atom").body
        time.sleep(0.5)
        assert server.said.count(" documents (") == 2


def test_an_instant_that_is_given_stands_still(folder: Path) -> None:
    """With --now, nothing ever falls due, however near it is by the given clock."""
    moment = datetime(2026, 10, 9, 8, tzinfo=UTC)
    document(folder / "corpus", "soon.md", publishedDateTime=moment.isoformat())
    with serving("--now", "2026-10-09T07:59:59Z", cwd=folder) as server:
        server.until(" documents (")
        time.sleep(1)
        assert server.said.count(" documents (") == 1
        assert b"soon.md" not in server.get("/all.atom").body
