"""Writes what is made of the program itself: reference, man pages, schema. See `make reference`."""

from functools import cache

import click
from cli_tools import ROOT
from drawing import PICTURE, picture
from drawing_scale import SCALE_PICTURE, scale_picture
from http_reference import PAGE, http_text
from watching_reference import METRICS_PAGE, STATUS_PAGE, metrics_text, status_text

from feeds.cli import main
from feeds.cli.manual import commands_text, man_pages
from feeds.config.reference import reference_text
from feeds.config.schema import configuration_schema_text

MANUAL = ROOT / "docs/man"


def all_commands() -> list[tuple[str, ...]]:
    """Give the words of the program, none, and those of each command, whatever group it is in."""
    found: list[tuple[str, ...]] = []
    waiting: list[tuple[tuple[str, ...], click.Command]] = [((), main)]
    for words, command in waiting:
        found.append(words)
        below = command.commands if isinstance(command, click.Group) else {}
        waiting += [((*words, name), each) for name, each in below.items()]
    return found


@cache
def made_files() -> dict[str, str]:
    """Give the text of each file that is made of types and help texts, by path."""
    pages = {f"docs/man/{name}": text for name, text in man_pages(main).items()}
    return pages | {
        "docs/reference/commands.md": commands_text(main),
        "docs/reference/configuration.md": reference_text(),
        METRICS_PAGE: metrics_text(),
        STATUS_PAGE: status_text(),
        PICTURE: picture(),
        SCALE_PICTURE: scale_picture(),
        "config/feeds.schema.json": configuration_schema_text(),
    }


def write() -> None:
    """Write them all, and delete the pages of commands that are no more."""
    made = made_files() | {PAGE: http_text()}
    for page in MANUAL.glob("*.1"):
        if page.relative_to(ROOT).as_posix() not in made:
            page.unlink()
    for path, text in made.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
