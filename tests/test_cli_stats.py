"""`feeds stats`: the corpus and what is published of it in numbers."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from cli_tools import document, manifest, on_a_terminal, stamps
from click.testing import CliRunner, Result

from feeds.cli import main

NOW = "2026-11-01T00:00:00Z"
PLACES = ("--corpus", "corpus", "--output", "output")


def run(folder: Path, *arguments: object) -> Result:
    """Run a command in a folder."""
    with contextlib.chdir(folder):
        return CliRunner().invoke(main, [*map(str, arguments), *PLACES, "--now", NOW])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder in which documents of every state were read, and two tell one story."""
    folder = tmp_path_factory.mktemp("stats")
    corpus = folder / "corpus"
    story = {"title": '"Turbine blade blocks harbour bridge, lorry stuck"'}
    other = "{name: The Other, domain: other.example}"
    document(corpus, "a.md", **story, publishedDateTime="2026-10-31")
    document(corpus, "b.md", **story, publishedDateTime="2026-10-30", provider=other)
    document(corpus, "c.md", publishedDateTime="2026-01-01", topics="[Wind, Tides]")
    document(corpus, "same.md", webUrl="https://paper.example/c", publishedDateTime="2025-01-01")
    document(corpus, "held.md", published="false")
    document(corpus, "ahead.md", publishedDateTime="2026-12-01")
    document(corpus, "bad.md", publishedDateTime="whenever")
    assert run(folder, "build", "--base-url", "https://feeds.example").exit_code == 0
    return folder


def numbers(folder: Path) -> dict[str, Any]:
    """Count, and see that nothing is written."""
    before = stamps(folder)
    result = run(folder, "stats", "--json")
    assert result.exit_code == 0
    assert stamps(folder) == before
    counted: dict[str, Any] = json.loads(result.stdout)
    return counted


def test_all_is_counted(folder: Path) -> None:
    """Documents, articles, findings, stories, coverage and members are those of the corpus."""
    told = numbers(folder)
    assert told["documents"] == {"held": 1, "listed": 5, "skipped": 1}
    assert (told["published"], told["waiting"], told["duplicates"]) == (3, 1, 1)
    assert (told["oldest"], told["newest"]) == ("2026-01-01T00:00:00Z", "2026-10-31T00:00:00Z")
    assert told["weeks"] == [0] * 25 + [2]
    assert (told["stories"], told["articles_on_stories"]) == (1, 2)
    assert told["articles_with_coverage"] == 2
    assert told["refreshed"] == NOW
    findings = {finding["code"]: finding["findings"] for finding in told["findings"]}
    assert findings["date-invalid"] == 1
    assert [(each["stem"], each["articles"]) for each in told["topics"]] == [
        ("topics/tides", 3),
        ("topics/wind", 1),
    ]
    assert [(each["title"], each["articles"]) for each in told["providers"]] == [
        ("The Paper", 2),
        ("The Other", 1),
    ]


def test_files_are_counted_by_kind(folder: Path) -> None:
    """Every file that is published is of one kind, with its bytes."""
    told = numbers(folder)["output"]
    listed = manifest(folder / "output")
    assert set(told) == {"archives", "coded", "feeds", "hosting", "lists", "pages"}
    assert sum(count["files"] for count in told.values()) == len(listed)
    assert told["archives"]["files"] == sum(
        "/archive/" in path and path.endswith(".atom") for path in listed
    )
    for kind, ends in (
        ("coded", (".gz", ".br")),
        ("pages", (".html", ".css", ".js", ".data")),
        ("lists", ".opml"),
    ):
        paths = [path for path in listed if path.endswith(ends)]
        size = sum((folder / "output" / path).stat().st_size for path in paths)
        assert told[kind] == {"files": len(paths), "bytes": size}, kind


def test_people_are_told_in_lines(folder: Path) -> None:
    """Each number has its line, and weeks are numbers where no terminal draws them."""
    lines = run(folder, "stats").stdout.splitlines()
    assert lines[:6] == [
        "documents   7: 1 held, 5 listed, 1 skipped",
        "articles    3 published, 1 not due, 1 duplicate",
        "            oldest 2026-01-01T00:00:00Z, newest 2026-10-31T00:00:00Z",
        f"weeks       {'0 ' * 25}2  the last 26, the latest last",
        "stories     1 of 2 articles",
        "coverage    2 (67 %) of articles name related coverage",
    ]
    assert [line.split() for line in lines if "date-invalid" in line] == [
        ["findings", "1", "date-invalid", "(error)"]
    ]
    assert f"refreshed   {NOW}" in lines
    assert "                 3 Tides (topics/tides)" in lines


def test_a_terminal_is_drawn_a_line_of_bars(folder: Path) -> None:
    """On a terminal, each week is a bar as high as it has articles."""
    told = on_a_terminal(folder, "stats", *PLACES, "--now", NOW).splitlines()
    (weeks,) = (line for line in told if line.startswith("weeks"))
    assert weeks == f"weeks       {' ' * 25}█  the last 26, the latest last"


def test_a_refresh_that_changes_nothing_is_noted(tmp_path: Path) -> None:
    """The last refresh is told even if it has written nothing; a rehearsal is none."""
    document(tmp_path / "corpus", "a.md")
    for day, *more in (("1",), ("2",), ("3", "--dry-run")):
        with contextlib.chdir(tmp_path):
            arguments = ["build", *PLACES, "--now", f"2026-11-0{day}T00:00:00Z", *more]
            assert CliRunner().invoke(main, arguments).exit_code == 0
    assert numbers(tmp_path)["refreshed"] == "2026-11-02T00:00:00Z"


def test_where_there_was_no_build_it_is_said(tmp_path: Path) -> None:
    """Without a catalog the end is 2, and none is made."""
    document(tmp_path / "corpus", "a.md")
    result = run(tmp_path, "stats")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith("output.state: nothing was published from here yet\n")
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]
