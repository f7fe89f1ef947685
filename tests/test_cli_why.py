"""`feeds why`: what is asked and answered on the command line."""

import contextlib
import json
from pathlib import Path

import click
import pytest
from cli_tools import document, feeds_command, on_a_terminal, stamps
from click.testing import CliRunner, Result

from feeds.cli import main

NOW = "2026-11-01T00:00:00Z"
CONFIGURATION = """\
site: {title: News, base_url: https://feeds.example, id_authority: feeds.example}
corpus: [../corpus, {path: ../more, name: second}]
output: ../output
topics: {tides: {label: Tides, aliases: [Low water]}}
feeds: {good: {title: Good, where: {quality: {min: 5}}}}
top: {entries: 0}
"""


def run(folder: Path, *arguments: object) -> Result:
    """Run a command in a folder."""
    with contextlib.chdir(folder):
        return CliRunner().invoke(main, [*map(str, arguments), "--now", NOW])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder in which a small corpus is published."""
    folder = tmp_path_factory.mktemp("why")
    document(folder / "corpus", "a/rain.md", topics="[Low water]", quality="3")
    document(folder / "corpus", "held.md", published="false")
    document(folder / "corpus", "bad.md", publishedDateTime="whenever")
    document(folder / "more", "sun.md", quality="9")
    (folder / "config").mkdir()
    (folder / "config/feeds.yaml").write_text(CONFIGURATION, encoding="utf-8")
    assert run(folder, "build").exit_code == 0
    return folder


def why(folder: Path, *arguments: object) -> tuple[int, list[str]]:
    """Ask, and see that nothing is written."""
    before = stamps(folder)
    result = run(folder, "why", *arguments)
    assert stamps(folder) == before
    return result.exit_code, result.output.splitlines()


def test_all_is_told_of_what_is_published(folder: Path) -> None:
    """State, id, date, and for every feed the place or the condition that fails, are lines."""
    assert why(folder, "a/rain.md") == (
        0,
        [
            "a/rain.md: The story rain",
            "  is published",
            "  is read, and nothing is wrong with it",
            "  id      tag:feeds.example,2026:a/rain.md (made of site.id_authority and the path)",
            "  date    2026-05-01T10:00:00Z (publishedDateTime, line 3)",
            "",
            "in   all.atom  News, place 1",
            "  in   archive all/archive/2026-05.atom, place 1",
            "",
            "in   topics/tides.atom  Tides, place 1",
            '       by "Low water": means the topic tides',
            "  in   archive topics/tides/archive/2026-05.atom, place 1",
            "",
            "in   providers/paper.example.atom  The Paper, place 1",
            "  in   archive providers/paper.example/archive/2026-05.atom, place 1",
            "",
            "out  feeds/good  Good",
            "       no   quality is at least 5: the article has 3",
        ],
    )


def test_a_document_is_named_in_many_ways(folder: Path) -> None:
    """A path from here, one below the corpus, an address and an id are the same question."""
    told = why(folder, "a/rain.md")
    for asked in (
        "corpus/a/rain.md",
        folder / "corpus/a/rain.md",
        "https://www.paper.example/rain?utm_source=x",
        "tag:feeds.example,2026:a/rain.md",
    ):
        assert why(folder, asked) == told
    assert why(folder, "more/sun.md")[1][0] == "second/sun.md: The story sun"
    assert why(folder, "more/sun.md") == why(folder, "second/sun.md")


def test_what_holds_back_is_told_with_its_line(folder: Path) -> None:
    """A document in no feed ends with 1, and the line that keeps it out is named."""
    code, lines = why(folder, "held.md")
    assert code == 1
    assert lines[1:3] == ["  holds itself back", "  published: false (line 5) holds it back"]
    assert "       it belongs there, once nothing holds it back" in lines
    code, lines = why(folder, "bad.md")
    assert code == 1
    assert lines[:2] == ["bad.md", "  has an error, and is skipped"]
    assert lines[2].startswith("  bad.md:3:20: date-invalid: publishedDateTime: ")


def test_what_changed_since_the_last_build_is_told(folder: Path) -> None:
    """What the file says now is told after what was published of it."""
    file = folder / "corpus/later.md"
    document(folder / "corpus", "later.md")
    assert run(folder, "build").exit_code == 0
    document(folder / "corpus", "later.md", published="false", images="[{url: cat.jpg}]")
    code, lines = why(folder, "later.md")
    assert (code, lines[1]) == (0, "  is published")
    place = lines.index("  has changed since the last build, of which this tells; see feeds diff")
    assert lines[place + 1] == "  published: false (line 5) holds it back"
    assert lines[place + 2].startswith("  now later.md:8:16: url-relative: ")
    file.unlink()
    assert (
        "  has gone since the last build, of which this tells; see feeds diff"
        in (why(folder, "later.md")[1])
    )
    assert run(folder, "build").exit_code == 0
    assert why(folder, "later.md")[0:1] == (1,)


def test_what_waits_is_told_until_when(folder: Path) -> None:
    """An article to come is told with its date, and is due with the next build after that."""
    document(folder / "corpus", "ahead.md", publishedDateTime="2026-12-01")
    assert run(folder, "build").exit_code == 0
    told = why(folder, "ahead.md")[1]
    assert told[1] == "  is not due until 2026-12-01T00:00:00Z"
    assert "       it belongs there, once it is due" in told
    with contextlib.chdir(folder):
        later = ["why", "ahead.md", "--now", "2026-12-02T00:00:00Z"]
        told = CliRunner().invoke(main, later).output.splitlines()
    assert told[1] == "  is due since 2026-12-01T00:00:00Z: the next build publishes it"


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("rian.md", "; did you mean a/rain.md?"),
        ("b/rain.md", "; did you mean a/rain.md?"),
        ("https://paper.example/rains", "; did you mean a/rain.md?"),
        ("something-else-altogether", ""),
    ],
)
def test_what_is_not_known_is_said(folder: Path, asked: str, meant: str) -> None:
    """What is no document ends with 2, and names those that may be meant."""
    known = f"{asked}: there is no such document, address or id{meant}"
    assert why(folder, asked) == (2, [known])


def test_what_a_scan_leaves_out_is_no_document(folder: Path) -> None:
    """A draft, a hidden file, and a file of another kind or place are said to be no documents."""
    left_out = ["corpus/_drafts/a.md", "corpus/.a.md", "corpus/a.txt", "elsewhere/a.md"]
    for name in left_out:
        document(folder, name)
        code, (line,) = why(folder, name)
        assert code == 2
        assert line.startswith(f"{name}: is no document of a configured corpus; ")


def test_a_terminal_is_shown_colours(folder: Path) -> None:
    """On a terminal, where an article is stands in green, where it is not in red."""
    told = on_a_terminal(folder, "why", "a/rain.md", "--now", NOW)
    assert "\x1b[32min \x1b[0m  all.atom  News, place 1\n" in told
    assert "\x1b[31mout\x1b[0m  feeds/good  Good\n" in told
    assert click.unstyle(told).splitlines() == why(folder, "a/rain.md")[1]


def test_machines_are_answered_in_json(folder: Path) -> None:
    """With --json the same is an object, with places as numbers and instants as text."""
    code, lines = why(folder, "second/sun.md", "--json")
    answer = json.loads("\n".join(lines))
    assert code == 0
    assert (answer["state"], answer["published"]) == ("published", "2026-05-01T10:00:00Z")
    assert answer["origins"]["date"]["line"] == 3
    rule = answer["feeds"][-1]
    assert rule["verdict"] == {
        "condition": "quality is at least 5",
        "holds": True,
        "met": "9",
        "parts": [],
    }
    assert (rule["stem"], rule["spots"][0]["place"]) == ("feeds/good", 1)


def test_where_nothing_was_published_it_is_said(tmp_path: Path) -> None:
    """Without a catalog, or with one that is none, the end is 2 and a line."""
    document(tmp_path / "corpus", "a.md")
    places = ("--corpus", "corpus", "--output", "output")
    run = feeds_command("why", "a.md", *places, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.endswith("output.state: nothing was published from here yet\n")
    state = tmp_path / "output.state"
    state.mkdir()
    (state / "catalog.sqlite").write_text("no catalog\n" * 1000, encoding="utf-8")
    code, lines = why(tmp_path, "a.md", *places)
    assert code == 2
    assert lines[0].endswith("catalog.sqlite cannot be read: file is not a database")
