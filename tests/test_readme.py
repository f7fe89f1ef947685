"""What README.md shows is what CI does, and what the program has."""

import re
import runpy
import shlex
from pathlib import Path

import click
import pytest
from cli_tools import ROOT, document, feeds_here

from feeds.cli import main

README = (ROOT / "README.md").read_text(encoding="utf-8")
NEWCOMER = runpy.run_path(str(ROOT / ".ci/newcomer"), run_name="newcomer")
LINES = [line for block in NEWCOMER["blocks"](README) for line in block]


def test_a_newcomer_does_all_that_is_shown() -> None:
    """Every block of commands is one that .ci/newcomer runs in CI, the first one once more."""
    shown = [block.splitlines() for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)]
    assert set(re.findall(r"^```(\w+)$", README, re.MULTILINE)) == {"sh"}
    assert shown[0] in shown[1:]
    assert [line for lines in shown[1:] for line in lines] == LINES
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


def test_links_lead_to_files() -> None:
    """Whatever README and CONTRIBUTING.md link to in the repository is there."""
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^):]+)\)", README + contributing)
    assert len(links) > 20
    assert [link for link in links if not (ROOT / link.partition("#")[0]).is_file()] == []


def test_the_finding_that_is_shown_is_one(tmp_path: Path) -> None:
    """The document that README speaks of has that finding, at that place."""
    (shown,) = re.findall(r"```\n(.*)\n```", README)
    document(tmp_path, "2026/03/rain.md", publishedDateTime='"2026-13-45"')
    assert feeds_here("check", ".", cwd=tmp_path).stdout.splitlines() == [shown]
