"""`feeds completion`: scripts that shells take, and what they are offered."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cli_tools import ENVIRONMENT, build, document, feeds_command

# As the installed command calls itself, which is what scripts of shells go by.
PROGRAM = "from feeds.cli import main; main(prog_name='feeds')"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_takes_its_script(shell: str) -> None:
    """Each script asks this program for what may be typed, and where the shell is, it parses."""
    run = feeds_command("completion", shell)
    assert run.returncode == 0
    assert f"_FEEDS_COMPLETE={shell}_complete" in run.stdout
    if (program := shutil.which(shell)) and shell != "zsh":
        parsed = subprocess.run(
            [program, "-n"], input=run.stdout, capture_output=True, text=True, check=False
        )
        assert (parsed.returncode, parsed.stderr) == (0, "")


def test_another_shell_is_wrong_usage() -> None:
    """A shell that there is no script for is named with those there are."""
    run = feeds_command("completion", "csh")
    assert (run.returncode, run.stdout) == (2, "")
    assert "'bash', 'zsh', 'fish'" in run.stderr


def offered(folder: Path, *words: str) -> list[str]:
    """Give what is offered in place of the last word."""
    env = {
        "_FEEDS_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["feeds", *words]),
        "COMP_CWORD": str(len(words)),
        "FEEDS_ALLOW_ROOT": "",
    }
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        env=ENVIRONMENT | env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stderr == ""
    return [line.partition(",")[2] for line in run.stdout.splitlines() if line]


def test_commands_and_options_are_offered(tmp_path: Path) -> None:
    """What begins a command or an option is completed to all that begin so."""
    assert {"completion", "config"} <= set(offered(tmp_path, "co"))
    assert offered(tmp_path, "build", "--dry") == ["--dry-run"]
    assert offered(tmp_path, "completion", "z") == ["zsh"]


def test_stems_are_offered(tmp_path: Path) -> None:
    """What may be retired is what is published: of all, topics, providers and rules, no archive."""
    document(tmp_path / "corpus", "ebb.md", topics="[Tides, Trams]")
    assert offered(tmp_path, "retire", "t") == []
    assert build(tmp_path).returncode == 0
    assert offered(tmp_path, "retire", "") == [
        "all",
        "providers/paper.example",
        "topics/tides",
        "topics/trams",
    ]
    assert offered(tmp_path, "retire", "topics/tr") == ["topics/trams"]
