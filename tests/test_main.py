"""`python -m feeds` is the program: its help, its version, and what it says of wrong usage."""

import subprocess
import sys
from pathlib import Path

import pytest
from cli_tools import ENVIRONMENT, NOW, ROOT, document, feeds_command
from reference import all_commands

import feeds

BUILD = (
    "--config --corpus --output --state --base-url --limit --now --strict --force --dry-run"
    " --allow-root --quiet --verbose --help"
)
ASKING = "--config --corpus --output --state --base-url --limit --now --json --help"
OPTIONS = {
    (): (
        "--version --quiet --verbose --help backup init build check completion config diff explain"
        " list retire serve show stats why"
    ),
    ("build",): BUILD,
    ("serve",): f"{BUILD} --host --port --every --workers --watch --open --no-reload",
    (
        "check",
    ): "--config --now --select --ignore --output-format --exit-zero --fix --diff PATHS --help",
    ("explain",): "--all CODE --help",
    ("init",): "--title --base-url DIR --allow-root --help",
    ("backup",): "--state --output --config DIRECTORY --help",
    ("retire",): "--undo --now --state --output --config STEM --allow-root --help",
    ("completion",): "bash zsh fish --help",
    ("why",): f"{ASKING} FILE_OR_URL",
    ("diff",): ASKING,
    ("stats",): ASKING,
    ("list",): "--config --output --kind --all --json --help",
    ("show",): "--config --output --number --raw --json FEED --help",
    ("config",): "show schema reference --help",
    ("config", "schema"): "--help",
}
SLOW = (
    "apscheduler feedgen filelock frontmatter jinja2 lxml markdown_it nh3 pydantic slugify"
    " sqlalchemy starlette uvicorn w3lib yaml"
)
WATCH = """
import atexit, sys
atexit.register(lambda: print(*sorted(sys.modules), file=sys.stderr))
from feeds.cli import main
main(sys.argv[1:], prog_name="feeds")
"""


# What only reading, writing and describing need.
FOR_CHANGES = "feedgen ftfy jinja2 lxml markdown_it pydantic"


@pytest.mark.parametrize("command", OPTIONS, ids=" ".join)
def test_help_is_whole(command: tuple[str, ...]) -> None:
    """Help names every option and command."""
    shown = feeds_command(*command, "--help").stdout
    for name in OPTIONS[command].split():
        assert name in shown, name


@pytest.mark.parametrize("command", all_commands(), ids=" ".join)
def test_help_is_quick(command: tuple[str, ...]) -> None:
    """The help of every command loads no library but click."""
    run = subprocess.run(
        [sys.executable, "-c", WATCH, *command, "--help"],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert run.stdout.startswith(f"Usage: {' '.join(['feeds', *command])} ")
    loaded = set(run.stderr.split())
    assert "click" in loaded
    assert not loaded & set(SLOW.split())


def test_a_build_in_which_nothing_changed_loads_little(tmp_path: Path) -> None:
    """A build that has nothing to read and to write loads no library that others do that with."""
    document(tmp_path / "corpus", "ebb.md")
    for is_written in (True, False):
        run = subprocess.run(
            [sys.executable, "-c", WATCH, "build", "--corpus", "corpus", "--now", NOW],
            cwd=tmp_path,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        loaded = set(run.stderr.split()) & set(FOR_CHANGES.split())
        assert bool(loaded) == is_written, loaded


def test_help_has_the_true_bounds_and_defaults() -> None:
    """The numbers in the help are those of the configuration's types."""
    from feeds.config.types import MOST_ENTRIES, Configuration

    said = " ".join(feeds_command("serve", "-h").stdout.split())
    known = Configuration()
    assert f"from 1 to {MOST_ENTRIES}. [default: {known.limit}]" in said
    assert f"two refreshes. [default: {known.reload.every}]" in said
    assert f"[default: {known.server.host}]" in said
    assert f"[default: {known.server.port}]" in said


def test_the_version_is_that_of_the_package() -> None:
    """`--version` says the version on standard output."""
    run = feeds_command("--version")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == f"python -m feeds, version {feeds.__version__}\n"


def test_no_command_is_wrong_usage() -> None:
    """Without a command, help comes on standard error and the exit code is 2."""
    run = feeds_command()
    assert (run.returncode, run.stdout) == (2, "")
    assert "Commands:" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [(["biuld"], "'build'"), (["build", "--corpos", "x"], "--corpus"), (["config", "shema"], "")],
)
def test_what_there_is_not_is_wrong_usage(arguments: list[str], meant: str, tmp_path: Path) -> None:
    """An unknown command or option ends with 2, names what was meant, and touches nothing."""
    run = feeds_command(*arguments, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert "No such " in run.stderr
    assert meant in run.stderr
    assert not list(tmp_path.iterdir())


def test_the_script_is_the_same_program() -> None:
    """The command `feeds` that gets installed runs what `python -m feeds` runs."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '\nfeeds = "feeds.cli:main"\n' in text
