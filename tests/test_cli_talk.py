"""What commands say: lines that cannot be forged, and a bar on terminals only."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cli_tools import (
    CODED,
    ENVIRONMENT,
    OF_HOSTS,
    PATIENCE,
    build,
    closing_line,
    command,
    document,
)

from feeds.cli.talk import escaped, exit_code, finding_line
from feeds.model import Finding

# Two stages that last, one that does not, and what is said after them.
WORK = """
import sys, time
from feeds.cli.talk import ProgressBar, say
with ProgressBar() as progress:
    progress("quick", 0, 0)
    for done in range(4):
        progress("reading", done, 3)
        time.sleep(0.3)
    for done in range(4):
        progress("rendering", done, 3)
        time.sleep(0.3)
        if sys.argv[1:] and done == 2:
            break
say("closing line")
"""
BAR = re.compile(r"\r(?:\x1b\[\?25l)?(\w+)  \[#*-*\] +(\d+)%[ 0-9:]*(?:\x1b\[\?25h)?")


def on_terminal(arguments: list[str], cwd: Path) -> tuple[int, str]:
    """Run a process whose standard error is a terminal; gives what that shows."""
    here, there = pty.openpty()
    shown = bytearray()
    with subprocess.Popen(
        arguments,
        cwd=cwd,
        env=ENVIRONMENT | {"TERM": "xterm", "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=there,
    ) as process:
        os.close(there)
        try:
            while chunk := os.read(here, 65536):
                shown += chunk
        except OSError:
            pass  # Linux says so when the last process has left a terminal.
        finally:
            os.close(here)
    return process.returncode, shown.decode().replace("\r\n", "\n")


def finding(**fields: str) -> Finding:
    usual = {"path": "a.md", "code": "title-missing", "key": "title", "message": "is empty"}
    return Finding(line=2, column=8, **(usual | fields))


# --- Findings -------------------------------------------------------------------------


def test_a_finding_is_one_line() -> None:
    """A finding is path, line, column, code, key and message, those unknown left out."""
    assert finding_line(finding()) == "a.md:2:8: title-missing: title: is empty"
    assert finding_line(finding(key="")) == "a.md:2:8: title-missing: is empty"
    nowhere = Finding("a.md", 0, 0, "file-unreadable", "", "Permission denied")
    assert finding_line(nowhere) == "a.md: file-unreadable: Permission denied"


@pytest.mark.parametrize("text", ["\n", "\r", "\x1b[31m", "\x00", "\x85", "\u2028", "\u202e"])
def test_a_finding_cannot_forge_a_line(text: str) -> None:
    """Whatever would end or turn a line is escaped, wherever in a finding it stands."""
    for field in ("path", "key", "message"):
        line = finding_line(finding(**{field: f"a{text}b"}))
        assert line.isprintable()
        assert ascii(f"a{text}b")[1:-1] in line


def test_what_can_be_printed_stays_as_it_is() -> None:
    """Text of any language is not escaped."""
    assert escaped("Größe — 大きさ 👍") == "Größe — 大きさ 👍"
    assert escaped("\udcff") == "\\udcff"


def test_documents_cannot_forge_lines(tmp_path: Path) -> None:
    """Names and values with control characters stay on the one line of their finding."""
    corpus = tmp_path / "corpus"
    document(corpus, "good.md")
    forged = "x.md:1:1: title-missing: title: forged"
    soon = r'"soon\n\e[2J\u202e' + f'{forged}"'
    document(corpus, f"n\n{forged}.md", title="a", publishedDateTime=soon)
    document(corpus, "k.md", **{f'"x\\n{forged}"': "1", "title": "", f'"\\n{forged} "': "1"})
    document(corpus, "long.md", publishedDateTime=f'"{"9" * 500}"')
    run = build(tmp_path)
    assert run.returncode == 0
    assert not any(line.startswith(("x.md", forged)) for line in run.stderr.splitlines())
    assert all(line.isprintable() for line in run.stderr.splitlines())
    assert f"n\\n{forged}.md:3:20: date-invalid: publishedDateTime: " in run.stderr
    assert r'"soon\n\x1b[2J\u202e' + forged in run.stderr
    (long,) = [line for line in run.stderr.splitlines() if line.startswith("long.md")]
    value = re.search(r'"(9+…?)"', long)
    assert value is not None
    assert len(value[1]) == 80


def test_a_name_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    """A file whose name is no text is left out and told with its name escaped."""
    document(tmp_path / "corpus", "good.md")
    (tmp_path / "corpus" / os.fsdecode(b"\xff.md")).write_bytes(b"")
    run = build(tmp_path)
    assert run.returncode == 0
    assert run.stderr.startswith("\\udcff.md: file-name: ")


# --- The closing line -----------------------------------------------------------------


def test_the_closing_line_counts_documents(tmp_path: Path) -> None:
    """The closing line counts what was read, held back, skipped by code, and published."""
    corpus = tmp_path / "corpus"
    document(corpus, "one.md")
    document(corpus, "two.md", webUrl="https://paper.example/two", topics="[Moon]")
    document(corpus, "held.md", published="false")
    document(corpus, "later.md", publishedDateTime="2026-11-20T00:00:00Z")
    document(corpus, "bad.md", publishedDateTime="soon", title="", webUrl="javascript:x")
    run = build(tmp_path)
    assert re.fullmatch(
        r"5 documents \(5 read, 1 held back\); 1 skipped \(1 [a-z-]+\);"
        r" 2 articles, 1 not due; 12 feeds; "
        rf"{52 + 12 * len(CODED) + len(OF_HOSTS)} files written, 0 unchanged, 0 deleted; \d+\.\d s",
        closing_line(run),
    )


# --- The bar --------------------------------------------------------------------------


def test_long_work_shows_a_bar_on_a_terminal(tmp_path: Path) -> None:
    """Each stage that lasts has a bar that ends at 100%, and then lines begin at their start."""
    code, shown = on_terminal([sys.executable, "-c", WORK], tmp_path)
    assert code == 0
    bars = BAR.findall(shown)
    assert {stage for stage, _ in bars} == {"reading", "rendering"}
    for stage in ("reading", "rendering"):
        percents = [int(percent) for name, percent in bars if name == stage]
        assert percents == sorted(percents)
        assert percents[-1] == 100
    assert BAR.sub("", shown) == "\n\nclosing line\n"


def test_a_bar_that_is_left_does_not_spoil_the_next_line(tmp_path: Path) -> None:
    """Where work ends before its time, the bar's line is ended and the cursor shown again."""
    _, shown = on_terminal([sys.executable, "-c", WORK, "leave"], tmp_path)
    assert BAR.sub("", shown).endswith("\nclosing line\n")
    assert shown.count("\x1b[?25h") == 2
    assert shown.rfind("\x1b[?25h") > shown.rfind("\x1b[?25l")


def test_without_a_terminal_there_is_no_bar(tmp_path: Path) -> None:
    """Into a pipe or a file, only lines are written."""
    run = subprocess.run(
        [sys.executable, "-c", WORK],
        cwd=tmp_path,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert (run.stdout, run.stderr) == ("", "closing line\n")


def test_quick_work_shows_no_bar(tmp_path: Path) -> None:
    """A build that takes no time says on a terminal what it says elsewhere."""
    document(tmp_path / "corpus", "one.md")
    places = ["--corpus", "corpus", "--output", "output"]
    code, shown = on_terminal(command("build", *places), tmp_path)
    assert code == 0
    assert "\x1b" not in shown
    assert len(shown.splitlines()) == 2


def test_many_documents_on_a_terminal(tmp_path: Path) -> None:
    """However long more than a batch of documents takes, the closing line stands alone."""
    for number in range(1_001):
        document(tmp_path / "corpus", f"{number}.md")
    places = ["--corpus", "corpus", "--output", "output", "--base-url", "https://feeds.example"]
    code, shown = on_terminal(command("build", *places), tmp_path)
    assert code == 0
    *_, last = BAR.sub("", shown).splitlines()
    assert last.startswith("1001 documents (1001 read, 0 held back); 0 skipped; 1001 articles; ")
    assert f"\n{shown}".endswith(f"\n{last}\n")
    assert shown.count("\x1b[?25l") == 0 or shown.rfind("\x1b[?25h") > shown.rfind("\x1b[?25l")


# --- Nobody who hears -------------------------------------------------------------------------


def end(folder: Path, redirection: str, *options: object) -> tuple[int, str]:
    """Build with a stream redirected by a shell; gives the exit code and what is said."""
    words = ["build", "--corpus", "corpus", "--output", "output", *options]
    run = subprocess.run(
        ["sh", "-c", f'"$@" {redirection}', "sh", *command(*words)],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return run.returncode, run.stderr


@pytest.mark.case(36)
@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-", "2>&1 | true", ">/dev/full 2>&1"])
def test_where_nothing_can_be_said_feeds_are_published(tmp_path: Path, redirection: str) -> None:
    """A log on a full disk, or one that nobody reads, fails no build."""
    document(tmp_path / "corpus", "ebb.md")
    assert end(tmp_path, redirection) == (0, "")
    assert b"ebb.md" in (tmp_path / "output/all.atom").read_bytes()


@pytest.mark.case(36)
def test_data_that_cannot_be_written_are_an_error(tmp_path: Path) -> None:
    """Who asks for data and has no room for them is told so in one line."""
    document(tmp_path / "corpus", "ebb.md")
    code, said = end(tmp_path, ">/dev/full", "--dry-run")
    assert (code, said.splitlines()[-1]) == (
        4,
        "feeds: cannot write standard output: No space left on device",
    )


@pytest.mark.case(37)
def test_what_a_disk_refuses_where_nobody_looks_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An error of the system that nothing else makes something of ends a run with 4."""
    with pytest.raises(SystemExit) as end, exit_code():
        (tmp_path / "gone").read_bytes()
    assert end.value.code == 4
    said = f"feeds: cannot use {tmp_path}/gone: No such file or directory\n"
    assert capsys.readouterr().err == said
