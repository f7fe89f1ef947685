"""Root is told to be somebody else: what writes ends before it has read or written anything."""

import os
from pathlib import Path

import pytest
from cli_tools import NOW, document, feeds_command
from click.testing import CliRunner

from feeds.cli import main

WRITING = {
    "init": ["init", "site"],
    "build": ["build", "--corpus", "corpus", "--now", NOW],
    "serve": ["serve", "--corpus", "corpus", "--port", "0", "--host", "no address"],
    "retire": ["retire", "topics/none"],
}
SAID = "feeds: this is root,"

pytestmark = pytest.mark.case(75)


def be(user: int, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Run commands in a folder as if by a user, to whom nothing is allowed beforehand."""
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.delenv("FEEDS_ALLOW_ROOT")
    monkeypatch.chdir(folder)


@pytest.mark.parametrize("command", WRITING)
def test_root_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """A command that writes ends with 2, one line that says what to do, and nothing written."""
    document(tmp_path / "corpus", "ebb.md")
    be(0, monkeypatch, tmp_path)
    run = CliRunner().invoke(main, WRITING[command])
    assert (run.exit_code, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert run.stderr.startswith(SAID)
    assert "--allow-root" in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


@pytest.mark.parametrize("command", WRITING)
@pytest.mark.parametrize("leave", ["flag", "variable", "another user"])
def test_who_may_is_not_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, leave: str
) -> None:
    """The flag, the variable or being anyone else is enough for each of these commands."""
    document(tmp_path / "corpus", "ebb.md")
    be(1000 if leave == "another user" else 0, monkeypatch, tmp_path)
    if leave == "variable":
        monkeypatch.setenv("FEEDS_ALLOW_ROOT", "1")
    flag = ["--allow-root"] if leave == "flag" else []
    run = CliRunner().invoke(main, [*WRITING[command], *flag])
    assert SAID not in run.stderr
    ends = {"init": 0, "build": 0, "serve": 4, "retire": 2}
    assert run.exit_code == ends[command], run.stderr


@pytest.mark.parametrize(
    "arguments", [["check", "corpus"], ["config", "schema"], ["build", "--help"]]
)
def test_root_may_do_what_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    """To check documents, and to be told what there is, takes no leave."""
    document(tmp_path / "corpus", "ebb.md")
    be(0, monkeypatch, tmp_path)
    run = CliRunner().invoke(main, arguments)
    assert (run.exit_code, SAID in run.stderr) == (0, False), run.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="this is not root")
@pytest.mark.parametrize("said", ["", "0"])
def test_real_root_is_refused(tmp_path: Path, said: str) -> None:
    """A process of root's ends with 2, whatever says that it may not, and with 0 where it may."""
    document(tmp_path / "corpus", "ebb.md")
    build = WRITING["build"]
    run = feeds_command(*build, cwd=tmp_path, env={"FEEDS_ALLOW_ROOT": said})
    assert (run.returncode, run.stderr[: len(SAID)]) == (2, SAID)
    allowed = feeds_command(*build, "--allow-root", cwd=tmp_path, env={"FEEDS_ALLOW_ROOT": said})
    assert allowed.returncode == 0, allowed.stderr
    assert (tmp_path / "output/all.atom").exists()


def test_a_shell_that_completes_a_line_is_told_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root's shell completes options, without a word of refusal among them."""
    be(0, monkeypatch, tmp_path)
    asked = {"_FEEDS_COMPLETE": "bash_complete", "COMP_WORDS": "feeds build --a", "COMP_CWORD": "2"}
    run = CliRunner().invoke(main, env=asked, prog_name="feeds")
    assert (run.exit_code, run.stdout, run.stderr) == (0, "plain,--allow-root\n", "")
