"""`feeds check`: what is wrong with documents and configuration, and nothing written."""

import contextlib
import tempfile
from pathlib import Path

import pytest
from cli_tools import ROOT, document, feeds_command, stamps
from click.testing import CliRunner

from feeds.cli import main

CONFIGURATION = "corpus: ../corpus\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a directory with a configuration, and a corpus of one good document."""
    document(tmp_path / "corpus", "good.md")
    (tmp_path / "config").mkdir()
    configure(tmp_path, CONFIGURATION)
    return tmp_path


def configure(folder: Path, text: str) -> None:
    """Write the configuration."""
    (folder / "config/feeds.yaml").write_text(text, encoding="utf-8")


@pytest.fixture(autouse=True)
def temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the directory for temporary files, which is empty."""
    place = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    monkeypatch.setenv("TMPDIR", str(place))
    return place


def check(folder: Path, *arguments: object) -> tuple[int, list[str]]:
    """Check, and see that nothing was written, nor anything left among temporary files."""
    before = stamps(folder)
    with contextlib.chdir(folder):
        run = CliRunner().invoke(main, ["check", *map(str, arguments)])
    assert stamps(folder) == before
    assert {path.name for path in folder.iterdir()} <= {"corpus", "config", "more"}
    assert not list(Path(tempfile.gettempdir()).iterdir())
    return run.exit_code, [*run.stdout.splitlines(), *run.stderr.splitlines()]


def test_check_is_a_process_like_any(folder: Path, temporary: Path) -> None:
    """From a shell, findings are data, what sums them up is talk, and the exit code is 1."""
    document(folder / "corpus", "bad.md", title="")
    run = feeds_command("check", cwd=folder, env={"TMPDIR": str(temporary)})
    assert (run.returncode, run.stderr) == (1, "1 finding\n")
    assert run.stdout.startswith("bad.md:2:1: title-missing: title: ")
    assert run.stdout.count("\n") == 1
    assert not list(temporary.iterdir())


def test_a_clean_corpus_is_clean(folder: Path) -> None:
    """Where nothing is wrong, check says so and ends with 0."""
    assert check(folder) == (0, ["nothing is wrong"])
    assert check(folder, "--config", "config") == (0, ["nothing is wrong"])


def test_findings_are_told_with_their_places(folder: Path) -> None:
    """Errors and warnings are lines with file, line, column, code and key; the end is 1."""
    document(folder / "corpus", "a/bad.md", publishedDateTime="whenever")
    document(folder / "corpus", "pictures.md", images="[{url: cat.jpg}]")
    code, lines = check(folder)
    assert code == 1
    assert len(lines) == 3
    assert lines[0].startswith('a/bad.md:3:20: date-invalid: publishedDateTime: "whenever" is ')
    assert lines[1].startswith('pictures.md:8:16: url-relative: images[0].url: "cat.jpg" is ')
    assert lines[2] == "2 findings"


def test_every_warning_is_told(folder: Path) -> None:
    """A build cuts a flood of one kind of warning short, a check does not."""
    for number in range(15):
        document(folder / "corpus", f"{number}.md", images="[{url: cat.jpg}]")
    code, lines = check(folder)
    assert (code, lines[-1], len(lines)) == (1, "15 findings", 16)
    run = feeds_command("build", "--corpus", "corpus", "--output", "o", cwd=folder)
    assert run.stderr.count(": url-relative: ") == 10
    assert "\nand 5 more url-relative; feeds check shows them all\n" in run.stderr


def test_a_directory_is_checked_instead(folder: Path) -> None:
    """Directories that are named are checked in place of the configured corpus."""
    document(folder / "corpus", "bad.md", title="")
    document(folder / "more", "fine.md")
    assert check(folder, "more") == (0, ["nothing is wrong"])
    code, lines = check(folder, "more", "corpus")
    assert (code, lines[-1]) == (1, "1 finding")


def test_a_file_is_checked_alone(folder: Path) -> None:
    """A file that is named is checked by the rules of its corpus, and its path is that in it."""
    bad = document(folder / "corpus", "a/bad.md", title="")
    document(folder / "corpus", "worse.md", title="")
    code, lines = check(folder, bad)
    assert code == 1
    assert lines[0].startswith("a/bad.md:2:1: title-missing: ")
    assert lines[1:] == ["1 finding"]
    assert check(folder, "corpus/good.md") == (0, ["nothing is wrong"])


def test_a_file_needs_no_configuration(folder: Path) -> None:
    """A file outside of every corpus, and without any configuration, is checked as it stands."""
    (folder / "config/feeds.yaml").unlink()
    (folder / "config").rmdir()
    document(folder / "more", "odd.md", webUrl="javascript:alert(1)", originalUrl="/x")
    code, lines = check(folder, "more/odd.md")
    assert code == 1
    assert lines[0].startswith("odd.md:4:9: url-")
    assert "javascript:alert(1)" in lines[0]


def test_what_is_no_document_is_a_finding(folder: Path) -> None:
    """A file that is empty, binary or of no dialect is told, and a second file still checked."""
    (folder / "more").mkdir()
    (folder / "more/empty.md").write_bytes(b"")
    (folder / "more/binary.md").write_bytes(b"\x00\xff\xfe---")
    (folder / "more/strange.md").write_text("---\na: 1\n---\n", encoding="utf-8")
    code, lines = check(folder, "more/empty.md", "more/binary.md", "more/strange.md", "more")
    assert code == 1
    assert [line.partition(":")[0] for line in lines[:3]] == [
        "empty.md",
        "binary.md",
        "strange.md",
    ]
    assert lines[-1] == "6 findings"


def test_duplicates_are_found(folder: Path) -> None:
    """Two documents with one address are told, though each alone is right."""
    document(folder / "corpus", "twin.md", webUrl="https://paper.example/good")
    code, lines = check(folder)
    assert code == 1
    assert "good.md" in lines[0]
    assert "twin.md" in lines[0]


def test_misspelt_keys_are_told(folder: Path) -> None:
    """A key that is nearly a known one is told of a corpus and of a file alone, once."""
    document(folder / "corpus", "slip.md", topics="", topcis="[Tides]")
    told = "slip.md:7:1: key-unknown: topcis: is not read (did you mean topics?); left as it is"
    assert check(folder) == (1, [told, "1 finding, 1 fixable with --fix"])
    assert check(folder, "corpus/slip.md") == (1, [told, "1 finding, 1 fixable with --fix"])
    assert check(folder, "--ignore", "key-unknown") == (0, ["nothing is wrong"])


def test_an_empty_corpus_is_nothing_wrong(folder: Path) -> None:
    """A check publishes nothing, so that it needs no guard."""
    (folder / "corpus/good.md").unlink()
    assert check(folder) == (0, ["nothing is wrong"])


def test_a_missing_corpus_is_told(folder: Path) -> None:
    """Where the corpus is not there, check says so."""
    configure(folder, "corpus: ../nowhere\n")
    code, lines = check(folder)
    assert code == 3
    assert lines == [f"feeds: cannot read the corpus {folder}/nowhere: No such file or directory"]


def test_now_moves_the_horizon(folder: Path) -> None:
    """A date in the far future is doubtful until the future is near."""
    document(folder / "corpus", "later.md", publishedDateTime="2050-01-01T00:00:00Z")
    code, lines = check(folder)
    assert code == 1
    assert lines[0].startswith("later.md:3:20: date-future: ")
    assert check(folder, "--now", "2049-06-01") == (0, ["nothing is wrong"])


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ("limit: many\nlimt: 3\n", [], ["config/feeds.yaml:1:8: ", "config/feeds.yaml:2:1: "]),
        ("corpus: ..\n", [], ["config/feeds.yaml:"]),
        ("site: {}\n", [], ["no corpus: name one on the command line, or in config/feeds.yaml"]),
        (CONFIGURATION, ["--now", "never"], ['--now: "never" is not a date']),
        (CONFIGURATION, ["--config", "nowhere"], ["nowhere/feeds.yaml:1:1: config: cannot be"]),
    ],
)
def test_a_wrong_configuration_is_told_at_once(
    folder: Path, text: str, arguments: list[str], said: list[str]
) -> None:
    """Every problem of the configuration is a line of its own, and the end is 2."""
    configure(folder, text)
    code, lines = check(folder, *arguments)
    assert code == 2
    assert len(lines) == len(said)
    for line, beginning in zip(lines, said, strict=True):
        assert line.startswith(beginning)


def test_what_is_not_there_cannot_be_checked(folder: Path) -> None:
    """A path that does not exist is wrong usage."""
    code, lines = check(folder, "corpus/none.md")
    assert code == 2
    assert "'corpus/none.md' does not exist" in lines[-1]


def test_the_sample_that_ships_is_clean(tmp_path: Path) -> None:
    """With the configuration that ships, nothing is wrong with the sample corpus."""
    run = feeds_command("check", "--config", ROOT / "config", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "nothing is wrong\n")
