"""`feeds diff`: what a build would change, and nothing written."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from cli_tools import document, stamps
from click.testing import CliRunner, Result

from feeds.cli import main

NOW = "2026-11-01T00:00:00Z"
CONFIGURATION = """\
site: {title: News, base_url: https://feeds.example, id_authority: feeds.example}
corpus: ../corpus
output: ../output
formats: [rss, json]
top: {entries: 0}
compressed: false
hosting: []
"""
TAG = "tag:feeds.example,2026:"


def run(folder: Path, *arguments: object) -> Result:
    """Run a command in a folder."""
    with contextlib.chdir(folder):
        return CliRunner().invoke(main, [*map(str, arguments), "--now", NOW])


def diff(folder: Path, *arguments: object) -> tuple[int, str]:
    """Compare, and see that nothing is written."""
    before = stamps(folder)
    result = run(folder, "diff", *arguments)
    assert stamps(folder) == before
    assert result.exit_code in {0, 1}, result.output
    return result.exit_code, result.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder in which a small corpus is published."""
    for name in ("ebb", "flow", "moon"):
        document(tmp_path / "corpus", f"{name}.md", topics=f"[{name}]")
    (tmp_path / "config").mkdir()
    (tmp_path / "config/feeds.yaml").write_text(CONFIGURATION, encoding="utf-8")
    assert run(tmp_path, "build").exit_code == 0
    return tmp_path


def test_where_nothing_would_change_nothing_is_told(folder: Path) -> None:
    """After a build there is no difference, and the end is 0."""
    assert diff(folder) == (0, "")
    (folder / "corpus/notes.txt").write_text("no document", encoding="utf-8")
    assert diff(folder) == (0, "")


def test_a_difference_names_entries_ids_and_files(folder: Path) -> None:
    """What comes, goes and changes is told for each feed, then ids, then files with bytes."""
    document(folder / "corpus", "star.md", topics="[star]")
    document(folder / "corpus", "ebb.md", topics="[ebb]", title="Another")
    document(folder / "corpus", "moon.md", topics="[moon]", guid="urn:example:moon")
    (folder / "corpus/flow.md").unlink()
    code, told = diff(folder)
    lines = told.splitlines()
    assert code == 1
    sizes = {
        path: (folder / f"output/{path}").stat().st_size for path in ("all.rss", "topics/ebb.rss")
    }
    first = lines.index("+ The story star (" + TAG + "star.md)")
    assert lines[first - 3] == f"--- all.rss\t{sizes['all.rss']} bytes"
    assert lines[first - 1 : first + 3] == [
        f"- The story flow ({TAG}flow.md)",
        f"+ The story star ({TAG}star.md)",
        f"! Another ({TAG}ebb.md)",
        f"! The story moon ({TAG}moon.md -> urn:example:moon)",
    ]
    assert f"id moon.md: {TAG}moon.md -> urn:example:moon" in lines
    place = lines.index("--- /dev/null")
    assert lines[place + 1].startswith("+++ topics/star.rss\t")
    assert run(folder, "build", "--force").exit_code == 0
    for path, before in sizes.items():
        after = (folder / "output" / path).stat().st_size
        assert f"file {path}: {before} -> {after} bytes" in lines
    assert diff(folder) == (0, "")


def test_a_difference_is_told_to_machines(folder: Path) -> None:
    """With --json the same is an object, of which every part is there."""
    document(folder / "corpus", "star.md", topics="[star]")
    code, told = diff(folder, "--json")
    difference: dict[str, Any] = json.loads(told)
    assert code == 1
    star = {"id": f"{TAG}star.md", "title": "The story star", "was": None}
    paths = ["all.rss", "providers/paper.example.rss", "topics/star.rss"]
    assert difference["feeds"] == [
        {"path": path, "come": [star], "go": [], "change": []} for path in paths
    ]
    assert difference["ids"] == []
    added = [file["path"] for file in difference["files"] if not file["before"]]
    assert added == ["topics/star.json", "topics/star.rss", "topics/star/index.html"]


def test_what_a_guard_would_refuse_is_shown(folder: Path) -> None:
    """That all documents are gone is told as all others are, since nothing is published."""
    for file in (folder / "corpus").iterdir():
        file.unlink()
    code, told = diff(folder)
    assert code == 1
    assert told.count("\n- The story ") == 9


def test_a_feed_that_ends_loses_all_its_entries(folder: Path) -> None:
    """A feed whose documents would be removed is told with nothing in its place."""
    file = folder / "config/feeds.yaml"
    rule = "feeds: {moons: {title: Moons, where: {topic: moon}}}\n"
    file.write_text(CONFIGURATION + rule, encoding="utf-8")
    assert run(folder, "build").exit_code == 0
    file.write_text(CONFIGURATION, encoding="utf-8")
    lines = diff(folder)[1].splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith("--- feeds/moons.rss\t"))
    assert lines[place + 1 : place + 3] == ["+++ /dev/null", f"- The story moon ({TAG}moon.md)"]


def test_before_the_first_build_all_is_new(tmp_path: Path) -> None:
    """Where nothing is published, every entry comes, and neither output nor state is made."""
    document(tmp_path / "corpus", "ebb.md")
    code, told = diff(tmp_path, "--corpus", "corpus", "--output", "output")
    assert code == 1
    assert told.startswith("--- /dev/null\n+++ all.atom\t")
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]
