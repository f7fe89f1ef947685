"""How much is said, and in which colours: what `-q`, `-v` and the environment ask for."""

import logging
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from cli_tools import ENVIRONMENT, command, document, serving
from click.testing import CliRunner, Result
from test_cli_talk import BAR, on_terminal

from feeds.cli import main

WRONG = "bad.md:1:1: front-matter-missing: "


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Let the commands of a test change nothing of what later ones log."""
    log = logging.getLogger("feeds")
    level = log.level
    yield
    log.setLevel(level)


def feeds(folder: Path, *words: str, **environment: str) -> Result:
    """Run a command in a folder."""
    with chdir(folder):
        return CliRunner(env={"NO_COLOR": "1"} | environment).invoke(main, words)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a directory with one article and one file that is none."""
    document(tmp_path / "corpus", "ebb.md")
    (tmp_path / "corpus/bad.md").write_text("Nothing.\n", encoding="utf-8")
    return tmp_path


@pytest.fixture(params=["-q build", "build -q", "--quiet build", "-q build -q"])
def quietly(request: pytest.FixtureRequest) -> list[str]:
    """Give ways to ask a build for quiet."""
    return str(request.param).split()


def test_quiet_is_what_is_wrong_alone(folder: Path, quietly: list[str]) -> None:
    """With -q, before the command or after it, only findings are said."""
    run = feeds(folder, *quietly, "--corpus", "corpus")
    assert run.exit_code == 0
    (line,) = run.stderr.splitlines()
    assert line.startswith(WRONG)


def test_quiet_hides_no_error(folder: Path) -> None:
    """With -q the reason why a build ends is said all the same."""
    run = feeds(folder, "build", "-q", "--config", "nowhere")
    assert run.exit_code == 2
    assert (
        run.stderr == "nowhere/feeds.yaml:1:1: config: cannot be read: No such file or directory\n"
    )


def test_quiet_keeps_data(folder: Path) -> None:
    """With -q what goes to standard output goes there."""
    run = feeds(folder, "build", "-q", "--dry-run", "--corpus", "corpus")
    assert "add all.atom " in run.stdout


@pytest.mark.parametrize("words", [["-v", "build"], ["build", "--verbose"]])
def test_verbose_is_more(folder: Path, words: list[str]) -> None:
    """With -v the configuration is named, each file that is written, and each that is deleted."""
    assert feeds(folder, "build", "--corpus", "corpus").exit_code == 0
    document(folder / "corpus", "flow.md")
    run = feeds(folder, *words, "--corpus", "corpus")
    lines = run.stderr.splitlines()
    assert lines[0] == "configuration: none, options and defaults stand"
    assert "wrote all.atom" in lines
    written = int(re.findall(r"(\d+) files written", lines[-1])[0])
    assert sum(line.startswith("wrote ") for line in lines) == written


def test_verbose_is_every_warning(folder: Path) -> None:
    """With -v a build says as many warnings of a kind as there are."""
    for number in range(12):
        document(folder / "corpus", f"{number}.md", related="[{title: T, webUrl: 'no url'}]")
    few = feeds(folder, "build", "--corpus", "corpus").stderr
    all_of_them = feeds(folder, "build", "-v", "--corpus", "corpus").stderr
    assert few.count(": url-") == 10
    assert all_of_them.count(": url-") == 12


def test_both_are_neither(folder: Path) -> None:
    """Who asks for less and for more has what is usual."""
    run = feeds(folder, "-v", "build", "-q", "--corpus", "corpus")
    assert [line.partition(" ")[0] for line in run.stderr.splitlines()][-1] == "2"
    assert "wrote" not in run.stderr


def test_a_server_says_as_much_as_it_is_asked_to(folder: Path) -> None:
    """With -v the server's log names what was written; the server says where it is."""
    places = ("--corpus", "corpus", "--base-url", "https://feeds.example")
    with serving(*places, "-v", cwd=folder) as server:
        server.until(" documents (")
        server.until(" DEBUG wrote all.atom\n")
        assert server.url


# --- Colours ----------------------------------------------------------------------------------


def said(folder: Path, **environment: str) -> str:
    """Give what a build says into a pipe of what is wrong."""
    env = {"NO_COLOR": "", "FORCE_COLOR": "", "TERM": "xterm"} | environment
    return feeds(folder, "build", "-q", "--corpus", "corpus", **env).stderr


def test_a_pipe_has_no_colours(folder: Path) -> None:
    """Where nothing is asked for, what goes to a pipe has no escapes."""
    assert "\x1b" not in said(folder)


def test_colours_can_be_forced(folder: Path) -> None:
    """With FORCE_COLOR a pipe has colours, and the same text."""
    painted = said(folder, FORCE_COLOR="1")
    assert "bad.md:1:1: \x1b[31m\x1b[1mfront-matter-missing\x1b[0m: " in painted
    assert re.sub(r"\x1b\[\d+m", "", painted) == said(folder)


def test_no_colours_are_no_colours(folder: Path) -> None:
    """NO_COLOR outweighs FORCE_COLOR."""
    assert "\x1b" not in said(folder, FORCE_COLOR="1", NO_COLOR="1")


@pytest.mark.parametrize(
    ("environment", "is_coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_a_terminal_has_colours(
    folder: Path,
    environment: dict[str, str],
    is_coloured: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """A terminal has colours, unless it can show none or the user wants none."""
    env = shutil.which("env")
    assert env
    words = [f"{name}={value}" for name, value in ({"NO_COLOR": ""} | environment).items()]
    _, shown = on_terminal([env, *words, *command("build", "-q", "--corpus", "corpus")], folder)
    assert WRONG in re.sub(r"\x1b\[\d+m", "", shown)
    assert ("\x1b[31m" in shown) == is_coloured


# --- Bars -------------------------------------------------------------------------------------

# As usual, but that work takes long as soon as it has begun.
SERVE = """
import sys
from feeds.cli import main, talk
talk._LONG = -1.0
main(["serve", "--port", "0", "--corpus", "corpus", "--every", "0.5", *sys.argv[1:]])
"""


def shown_while_serving(folder: Path, refreshes: int, *options: str) -> str:
    """Give what a terminal shows until a server has refreshed so often."""
    here, there = pty.openpty()
    shown = b""
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, *options],
        cwd=folder,
        env=ENVIRONMENT | {"TERM": "xterm", "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=there,
    ) as process:
        os.close(there)
        try:
            while shown.count(b" documents (") < refreshes and (chunk := os.read(here, 65536)):
                shown += chunk
        finally:
            process.terminate()
            os.close(here)
    return shown.decode()


def test_a_first_build_of_a_server_shows_a_bar(folder: Path) -> None:
    """Who starts a server sees how far its first build is, and nothing of those that follow."""
    first, second, _ = shown_while_serving(folder, 2).split(" documents (")
    assert BAR.search(first)
    assert not BAR.search(second)
