"""What README.md shows is what CI does, and what the program has."""

import re
import runpy
import shlex

import click
import pytest
from cli_tools import ROOT
from reference import all_commands

from feeds.cli import main

README = (ROOT / "README.md").read_text(encoding="utf-8")
NEWCOMER = runpy.run_path(str(ROOT / ".ci/newcomer"), run_name="newcomer")
LINES = [line for block in NEWCOMER["blocks"](README) for line in block]


def test_a_newcomer_does_all_that_is_shown() -> None:
    """Every block of commands is one that .ci/newcomer runs in CI, line by line."""
    shown = re.findall(r"```(?:sh|bash|console|shell)\n(.*?)```", README, re.DOTALL)
    assert [line for block in shown for line in block.splitlines()] == LINES
    assert re.search(
        r"^\.ci/newcomer$", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.MULTILINE
    )


def test_the_way_goes_from_nothing_to_a_publication() -> None:
    """The steps are install, init or own posts, check, build, serve, publish, in this order."""
    said = " ".join(LINES)
    steps = (
        "pip install .",
        "feeds init ~/news",
        "feeds serve",
        "cd ~/blog",
        "feeds init ",
        "feeds check",
        "feeds build",
        "feeds serve",
        "feeds build --output ",
    )
    at = 0
    for step in steps:
        at = said.index(step, at) + len(step)


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("feeds ")])
def test_what_is_shown_can_be_typed(line: str) -> None:
    """Each line is understood by the program, before anything is done."""
    _, name, *words = shlex.split(line)
    command = main.commands[name]
    context = click.Context(command, info_name=name, parent=click.Context(main))
    context.resilient_parsing = True
    command.parse_args(context, words)
    parser = command.make_parser(context)
    _, left, _ = parser.parse_args(list(words))
    assert not left


def test_each_command_has_a_row() -> None:
    """The table has each command that there is, and no other."""
    table = README.partition("\n## Commands\n")[2].partition("\n\n`build`")[0]
    rows = {
        word
        for cell in re.findall(r"^\| `feeds ([a-z]+(?: [a-z]+)?)", table, re.MULTILINE)
        for word in [cell.split()[0]]
    }
    assert rows == {words[0] for words in all_commands() if words}
