"""`feeds serve` finds what is published, from the first refresh on and after each edit."""

import json
from pathlib import Path

from cli_tools import document, eventually, feeds_command, serving


def titles(text: bytes) -> list[str]:
    """Give the titles of a feed's entries."""
    return [item["title"] for item in json.loads(text)["items"]]


def test_an_edit_is_found_by_all_processes(tmp_path: Path) -> None:
    """What is new is found, and what an edit took away is not, whichever process is asked."""
    document(tmp_path / "corpus", "ebb.md", title="Low water")
    document(tmp_path / "corpus", "flow.md", title="High water")
    places = ("--corpus", "corpus", "--output", "output", "--base-url", "https://feeds.example")
    with serving(*places, "--watch", "--workers", 2, cwd=tmp_path) as server:
        server.until(" unchanged, ")
        target = "/search.json?q=water"
        eventually(lambda: server.get(target).status == 200, "an index")
        assert sorted(titles(server.get(target).body)) == ["High water", "Low water"]
        document(tmp_path / "corpus", "ebb.md", title="Low tide")
        for _ in range(4):
            eventually(lambda: titles(server.get(target).body) == ["High water"], "the edit")
        assert titles(server.get("/search.json?q=tide").body) == ["Low tide"]


def test_who_never_builds_finds_what_is_there(tmp_path: Path) -> None:
    """A server that only serves makes the index of what was published, and a build follows it."""
    document(tmp_path / "corpus", "ebb.md", title="Low water")
    places = ("--corpus", "corpus", "--output", "output", "--base-url", "https://feeds.example")
    assert feeds_command("build", *places, cwd=tmp_path).returncode == 0
    assert not (tmp_path / "output.state/search.sqlite").exists()
    with serving(*places, "--no-reload", cwd=tmp_path) as server:
        assert titles(server.get("/search.json?q=water").body) == ["Low water"]
        document(tmp_path / "corpus", "flow.md", title="High water")
        assert feeds_command("build", *places, cwd=tmp_path).returncode == 0
        eventually(lambda: len(titles(server.get("/search.json?q=water").body)) == 2, "the build")
