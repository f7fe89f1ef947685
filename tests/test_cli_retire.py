"""`feeds retire` ends the feeds of a channel and lets them go on."""

import json
from pathlib import Path

import pytest
from cli_tools import BASE_URL, NOW, Run, feeds_command
from conftest import front_matter

TEXT = """\
site: {title: Example News, base_url: BASE}
corpus: ../corpus
output: ../output
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a corpus and a configuration of which the feeds are built."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "config").mkdir()
    (tmp_path / "config/feeds.yaml").write_text(TEXT.replace("BASE", BASE_URL), encoding="utf-8")
    fields = {
        "title": "One",
        "excerpt": "Two.",
        "publishedDateTime": "2026-10-01T08:00:00Z",
        "webUrl": "https://paper.example/one",
        "published": True,
        "provider": {"name": "The Paper", "domain": "paper.example"},
        "topics": ["Energy"],
    }
    (tmp_path / "corpus/a.md").write_text(front_matter(fields), encoding="utf-8")
    assert run(tmp_path, "build").returncode == 0
    return tmp_path


def run(folder: Path, *arguments: str) -> Run:
    """Run a command in a folder, at an instant that never changes."""
    return feeds_command(*arguments, "--now", NOW, cwd=folder)


def gone(folder: Path) -> set[str]:
    """Give the paths that the manifest says are gone."""
    manifest = json.loads((folder / "output/manifest.json").read_bytes())
    return {item["path"] for item in manifest.get("gone", [])}


def test_a_feed_ends_and_goes_on(folder: Path) -> None:
    """The command notes it, in one line, and the next build publishes it."""
    done = run(folder, "retire", "providers/paper.example")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == (
        "providers/paper.example is retired; "
        "the next build, or the server's next refresh, publishes that\n"
    )
    assert gone(folder) == set()
    run(folder, "build")
    assert "providers/paper.example.atom" in gone(folder)
    undone = run(folder, "retire", "--undo", "providers/paper.example")
    assert undone.stderr.startswith("providers/paper.example goes on; ")
    run(folder, "build")
    assert gone(folder) == set()
    assert (folder / "output/providers/paper.example.atom").exists()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["topics/none"], "topics/none: there is no feed that can be retired; "),
        (["all"], "all: there is no feed that can be retired; "),
        (["--undo", "topics/energy"], "topics/energy: is not retired"),
        (["--state", "nowhere", "topics/energy"], "nowhere: nothing was published from here yet"),
    ],
)
def test_what_is_not_there_is_one_line(folder: Path, arguments: list[str], line: str) -> None:
    """A stem that is not there ends the command with 2 and says why."""
    done = run(folder, "retire", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert line in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (folder / "nowhere").exists()
