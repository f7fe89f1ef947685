"""`feeds check --fix` and `--diff`: documents put right in place, or as it would be."""

# ruff: noqa: RUF001 - that characters look like others is what this is about

import os
import pty
import stat
import subprocess
from pathlib import Path

import pytest
from cli_tools import ENVIRONMENT, Run, command, contents, document, feeds_here, stamps
from test_corpus_golden import rules

from feeds.cli.fixing import Mended, replace_file
from feeds.corpus.mending import fixes
from feeds.model import SourceFile

TOPICS = "fixed slip.md:7:1: key-unknown: topcis: topcis is now topics"
FLAG = "fixed flag.md:5:12: boolean-invalid: published: quotes taken off"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a corpus of a good document, two that can be mended, and one that can in part."""
    corpus = tmp_path / "corpus"
    document(corpus, "good.md")
    document(corpus, "slip.md", topics="", topcis="[Tides]")
    document(corpus, "flag.md", published='"true"')
    document(corpus, "part.md", title="donâ€™t", language="english!")
    return tmp_path


def check(folder: Path, *options: object) -> Run:
    """Check the corpus from the directory beside it."""
    return feeds_here("check", *options, "corpus", cwd=folder)


def test_what_can_be_mended_is(folder: Path) -> None:
    """Each fix is a line, only files that are mended are written, and what is left is told."""
    part = folder / "corpus/part.md"
    part.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(part, 12345, 54321)
    before, owner = stamps(folder), part.stat()
    run = check(folder, "--fix")
    assert run.returncode == 1
    lines = run.stderr.splitlines()
    assert (lines[0], lines[2], lines[3:]) == (FLAG, TOPICS, ["1 finding"])
    assert lines[1] == "fixed part.md:2:8: text-mojibake: title: decoded as it was meant"
    assert [line.split(": ")[1] for line in run.stdout.splitlines()] == ["language-invalid"]
    assert "title: don’t\n" in part.read_text(encoding="utf-8")
    after, status = stamps(folder), part.stat()
    assert after.keys() == before.keys()
    good = str(folder / "corpus/good.md")
    assert {name for name in after if after[name] == before[name]} == {good}
    assert stat.S_IMODE(status.st_mode) == 0o640
    assert (status.st_uid, status.st_gid) == (owner.st_uid, owner.st_gid)


def test_a_second_time_there_is_nothing_to_do(folder: Path) -> None:
    """What is mended stays so, and the end is 0 where nothing is left."""
    (folder / "corpus/part.md").unlink()
    assert check(folder, "--fix").returncode == 0
    before = stamps(folder)
    run = check(folder, "--fix")
    assert (run.returncode, run.stderr) == (0, "nothing is wrong\n")
    assert stamps(folder) == before


def test_only_what_is_selected_is_mended(folder: Path) -> None:
    """Fixes are of the findings that are shown, in files and directories that are named."""
    run = check(folder, "--fix", "--select", "key")
    assert (run.returncode, run.stderr) == (0, f"{TOPICS}\nnothing is wrong\n")
    run = feeds_here("check", "--fix", "corpus/flag.md", "corpus/good.md", cwd=folder)
    assert (run.returncode, run.stderr) == (0, f"{FLAG}\nnothing is wrong\n")


def test_a_diff_shows_it_and_writes_nothing(folder: Path) -> None:
    """With --diff, standard output has what `patch` reads, the end is 1, and no file changes."""
    (folder / "corpus/flag.md").write_bytes(
        b'---\r\ntitle: A\r\ndate: 2026-01-01\r\ndraft: "false"'
    )
    file = document(folder / "corpus", "flag.md", published='"true"')
    file.write_text(f"{file.read_text(encoding='utf-8')}\nEnd", encoding="utf-8")
    before = stamps(folder)
    run = check(folder, "--diff", "--fix", "--select", "boolean,key")
    assert (run.returncode, run.stderr, stamps(folder)) == (1, "2 fixes\n", before)
    flag, slip = run.stdout.split("--- corpus/slip.md\n")
    assert flag == (
        "--- corpus/flag.md\n+++ corpus/flag.md\n@@ -5 +5 @@\n"
        '-published: "true"\n+published: true\n'
    )
    assert slip == "+++ corpus/slip.md\n@@ -7 +7 @@\n-topcis: [Tides]\n+topics: [Tides]\n"
    run = check(folder, "--diff", "--select", "url")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "nothing can be fixed\n")
    assert check(folder, "--diff", "--exit-zero").returncode == 0


def test_a_diff_says_where_no_line_ends(folder: Path) -> None:
    """A last line without an end is told as one, as `patch` wants it."""
    file = document(folder / "corpus", "flag.md")
    file.write_text(f"{file.read_text(encoding='utf-8')}cafÃ©", encoding="utf-8")
    run = feeds_here("check", "--diff", "corpus/flag.md", cwd=folder)
    end = "\\ No newline at end of file\n"
    assert run.stdout.endswith(f"\n-cafÃ©\n{end}+café\n{end}")


def test_a_terminal_is_shown_no_escapes(folder: Path) -> None:
    """On a terminal, what a document has in it is shown, and never heeded."""
    file = document(folder / "corpus", "flag.md")
    file.write_text(f"{file.read_text(encoding='utf-8')}a\x1b[31mb", encoding="utf-8")
    here, there = pty.openpty()
    with subprocess.Popen(
        command("check", "--diff", "corpus/flag.md"),
        cwd=folder,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=there,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(there)
        shown = bytearray()
        try:
            while chunk := os.read(here, 65536):
                shown += chunk
        except OSError:
            pass
        assert process.wait(timeout=60) == 1
    os.close(here)
    assert b"-a\\x1b[31mb" in shown
    assert b"\x1b" not in shown


def test_what_cannot_be_written_stays(folder: Path) -> None:
    """Where no file can be made beside a document, that stays as it is, and the end is 4."""
    corpus = folder / "corpus"
    before = contents(corpus)
    # Beside a name of this length, no other one can be that begins with it.
    longest = document(corpus, f"{'a' * 250}.md", published='"true"')
    text = longest.read_bytes()
    run = check(folder, "--fix")
    assert (run.returncode, longest.read_bytes()) == (4, text)
    assert "cannot write corpus/aaa" in run.stderr
    assert contents(corpus) == before | {longest.name: text}


def test_what_became_another_file_is_left(tmp_path: Path) -> None:
    """A file that somebody has changed since it was read stays as it is then."""
    file = document(tmp_path, "slip.md", topics="", topcis="[Tides]")
    source = SourceFile("slip.md", file.read_bytes())
    made = list(fixes(source, rules(), lambda finding: finding.code == "key-unknown"))
    file.write_bytes(source.data + b"More")
    assert not replace_file(Mended(file, source.data, made))
    assert contents(tmp_path) == {"slip.md": source.data + b"More"}


def test_a_corpus_with_a_configuration_is_mended(folder: Path) -> None:
    """What is configured, and has been built, is mended and read anew; the rest stays."""
    (folder / "config").mkdir()
    (folder / "config/feeds.yaml").write_text(
        "corpus: [{path: ../corpus}, {path: ../more, name: more}]\noutput: ../output\n",
        encoding="utf-8",
    )
    document(folder / "more", "slip.md", catgeory="a", webUrl="https://paper.example/more")
    built = feeds_here("build", "--config", "config", cwd=folder)
    assert built.returncode == 0, built.stderr
    run = feeds_here("check", "--fix", "--ignore", "language", cwd=folder)
    assert (run.returncode, run.stdout) == (0, "")
    assert run.stderr.splitlines()[1] == (
        "fixed more/slip.md:8:1: key-unknown: catgeory: catgeory is now category"
    )
    assert "\ncategory: a\n" in (folder / "more/slip.md").read_text(encoding="utf-8")
