"""`feeds list` and `feeds show`: what is published, in the terminal."""

import contextlib
import json
from pathlib import Path

import click
import pytest
from cli_tools import document, on_a_terminal, stamps
from click.testing import CliRunner, Result

from feeds.cli import main

NOW = "2026-05-02T12:00:00Z"
CONFIGURATION = """\
site: {title: News, base_url: https://feeds.example, id_authority: feeds.example}
corpus: ../corpus
output: ../output
feeds: {good: {title: Good ones, where: {quality: {min: 5}}, digest: daily}}
limit: 2
pages: 2
moved: {topics/tides: topics/ebb}
"""


def run(folder: Path, *arguments: object) -> Result:
    """Run a command in a folder."""
    with contextlib.chdir(folder):
        return CliRunner().invoke(main, [*map(str, arguments)])


def look(folder: Path, *arguments: object) -> tuple[int, list[str]]:
    """Run a command, and see that nothing is written."""
    before = stamps(folder)
    result = run(folder, *arguments)
    assert stamps(folder) == before
    return result.exit_code, result.output.splitlines()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder in which a small corpus is published, one feed has moved and one ended."""
    folder = tmp_path_factory.mktemp("list")
    for name, fields in {
        "sun": {"quality": "7", "topics": "[Ebb]"},
        "rain": {"topics": "[Wind]"},
        "snow": {"topics": "[Tides, Storms]", "publishedDateTime": "2026-04-01"},
    }.items():
        document(folder / "corpus", f"{name}.md", **fields)
    (folder / "config").mkdir()
    (folder / "config/feeds.yaml").write_text(CONFIGURATION, encoding="utf-8")
    assert run(folder, "build", "--now", NOW).exit_code == 0
    assert run(folder, "retire", "topics/storms", "--now", NOW).exit_code == 0
    assert run(folder, "build", "--now", NOW).exit_code == 0
    return folder


LISTED = [
    "all\tall\tNews\t3\t2026-05-01T10:00:00Z\t2026-05-01T10:00:00Z\t",
    "rule\tfeeds/good\tGood ones\t1\t2026-05-01T10:00:00Z\t2026-05-01T10:00:00Z\t",
    "topic\ttopics/ebb\tEbb\t1\t2026-05-01T10:00:00Z\t2026-05-01T10:00:00Z\t",
    "topic\ttopics/wind\tWind\t1\t2026-05-01T10:00:00Z\t2026-05-01T10:00:00Z\t",
    "provider\tproviders/paper.example\tThe Paper\t3\t2026-05-01T10:00:00Z\t2026-05-01T10:00:00Z\t",
]


def test_feeds_are_lines_with_tabs(folder: Path) -> None:
    """Where no terminal reads them, feeds come in the order of kinds, their values with tabs."""
    code, lines = look(folder, "list")
    assert code == 0
    assert lines[:5] == LISTED
    assert [line.split("\t")[:4] for line in lines[5:]] == [
        ["best", "topics/ebb/top", "Ebb – best of the week", "1"],  # noqa: RUF001
        ["best", "topics/wind/top", "Wind – best of the week", "1"],  # noqa: RUF001
        ["digest", "feeds/good/daily", "Good ones – daily digest", "1"],  # noqa: RUF001
    ]
    assert look(folder, "list", "--kind", "topic") == (0, LISTED[2:4])


def test_what_has_ended_or_moved_is_listed_on_request(folder: Path) -> None:
    """With --all, feeds that were retired or have moved are there, with what became of them."""
    _, lines = look(folder, "list", "--all", "--kind", "topic")
    assert [line.split("\t") for line in lines[2:]] == [
        ["topic", "topics/storms", "", "0", "", "", "retired"],
        ["topic", "topics/tides", "", "0", "", "", "moved to https://feeds.example/topics/ebb"],
    ]


def test_feeds_are_listed_for_machines(folder: Path) -> None:
    """With --json each feed is an object."""
    _, lines = look(folder, "list", "--json", "--kind", "rule")
    assert json.loads("\n".join(lines)) == [
        {
            "kind": "rule",
            "stem": "feeds/good",
            "title": "Good ones",
            "entries": 1,
            "newest": "2026-05-01T10:00:00Z",
            "updated": "2026-05-01T10:00:00Z",
            "state": "",
        }
    ]


def test_on_a_terminal_feeds_stand_in_columns(folder: Path) -> None:
    """A terminal is shown the kinds as headings, and columns below them."""
    told = click.unstyle(on_a_terminal(folder, "list"))
    assert told.splitlines()[:6] == [
        "Everything",
        f"  {'all':<23}  {'News':<24}     3  2026-05-01  2026-05-01",
        "Feeds by conditions",
        f"  {'feeds/good':<23}  {'Good ones':<24}     1  2026-05-01  2026-05-01",
        "Topics",
        f"  {'topics/ebb':<23}  {'Ebb':<24}     1  2026-05-01  2026-05-01",
    ]


def test_a_feed_is_shown(folder: Path) -> None:
    """Title, address and date of a feed, then each entry with its date, provider and link."""
    code, lines = look(folder, "show", "all")
    assert code == 0
    assert lines == [
        "News",
        "https://feeds.example/all.atom",
        "updated 2026-05-01T10:00:00Z",
        "",
        "2026-05-01  The story rain",
        "            The Paper",
        "            https://paper.example/rain",
        "",
        "2026-05-01  The story sun",
        "            The Paper",
        "            https://paper.example/sun",
    ]
    _, lines = look(folder, "show", "all", "--number", "1")
    assert lines[-2:] == ["", "and 1 more; --number shows them"]


@pytest.mark.parametrize(
    "name",
    ["topics/wind", "/topics/wind.rss", "topics/wind.atom", "Wind", "News: Wind", "wind"],
)
def test_a_feed_has_many_names(folder: Path, name: str) -> None:
    """A stem, a path with suffix, and a title mean the same feed."""
    code, lines = look(folder, "show", name)
    assert (code, lines[0]) == (0, "News: Wind")


def test_what_is_nearly_right_is_understood(folder: Path) -> None:
    """One near title is shown and told; several, or none, end with 2 and what may be meant."""
    assert look(folder, "show", "Good one")[1][:2] == [
        "Good one: feeds/good is shown",
        "News: Good ones",
    ]
    code, lines = look(folder, "show", "topics/ebbb")
    assert code == 2
    assert lines[0].endswith("there is no such feed; did you mean topics/ebb or topics/ebb/top?")
    assert look(folder, "show", "zzz") == (2, ["zzz: there is no such feed; see feeds list"])
    code, lines = look(folder, "show", "top")
    assert code == 2
    assert lines == ["top: there is no such feed; did you mean topics/ebb/top or topics/wind/top?"]


def test_documents_are_printed_as_they_are(folder: Path) -> None:
    """With --raw the bytes of the document come in the format that is asked for, and no others."""
    for form in ("atom", "rss", "json"):
        with contextlib.chdir(folder):
            told = CliRunner().invoke(main, ["show", "topics/wind.atom", "--raw", form])
        assert told.stdout_bytes == (folder / f"output/topics/wind.{form}").read_bytes()


def test_a_feed_is_shown_to_machines(folder: Path) -> None:
    """With --json a feed is an object, whatever format it was read in."""
    _, lines = look(folder, "show", "topics/wind.json", "--json")
    feed = json.loads("\n".join(lines))
    assert feed["address"] == "https://feeds.example/topics/wind.json"
    assert [entry["title"] for entry in feed["entries"]] == ["The story rain"]


def test_where_nothing_is_published_it_is_said(tmp_path: Path) -> None:
    """Without a manifest, or with a broken one, list and show end with 2."""
    (tmp_path / "output").mkdir()
    for arguments in (("list",), ("show", "all")):
        code, lines = look(tmp_path, *arguments, "--output", "output")
        assert code == 2
        assert lines[0].endswith("output: nothing is published there yet")
    (tmp_path / "output/manifest.json").write_text("{}", encoding="utf-8")
    assert look(tmp_path, "list", "--output", "output")[0] == 2
