"""Options that several commands share, as the user gives them."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_DEFAULT_FOLDER = Path("config")
_FILE_NAME = "feeds.yaml"
_AS_ROOT = (
    "feeds: this is root, who may do more than publish and whose files no other user can replace;"
    " run it as a user of its own, or with --allow-root (or FEEDS_ALLOW_ROOT=1)"
)


_LOUDNESS = "feeds.loudness"


def loudness() -> int:
    """Give how much is to be said: -1 where it is to be quiet, 1 where all of it is wanted."""
    context = click.get_current_context(silent=True)
    asked: int = context.meta.get(_LOUDNESS, 0) if context else 0
    return max(-1, min(asked, 1))


def talkative(command: click.Command) -> None:
    """Add to a command, and to all below it, the options that say how much is to be said.

    Before a command's name or after it, they mean the same.
    """
    for flag, change, text in (
        ("quiet", -1, "Say only what is wrong."),
        ("verbose", 1, "Say more: each file that is written, each warning."),
    ):
        names = [f"-{flag[0]}", f"--{flag}"]
        callback = partial(_note_loudness, change)
        option = click.Option(names, is_flag=True, expose_value=False, callback=callback, help=text)
        command.params.append(option)
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        talkative(each)


def _note_loudness(
    change: int,
    context: click.Context,
    _option: click.Parameter,
    is_asked: bool,  # noqa: FBT001 - click hands over the flag as it is
) -> None:
    context.meta[_LOUDNESS] = context.meta.get(_LOUDNESS, 0) + is_asked * change


@dataclass(frozen=True, slots=True)
class Settings:
    """The options that commands share, as the user gave them."""

    config: Path | None = None
    corpus: tuple[Path | str, ...] = ()
    output: Path | str | None = None
    state: str | None = None
    base_url: str | None = None
    limit: int | None = None
    now: str | None = None
    strict: bool = False
    force: bool = False
    dry_run: bool = False
    watch: bool = False

    def config_file(self) -> Path | None:
        """Give the configuration file; with a corpus given, none is looked for."""
        if self.config is not None:
            return self.config if self.config.is_file() else self.config / _FILE_NAME
        file = _DEFAULT_FOLDER / _FILE_NAME
        return file if file.is_file() and not self.corpus else None

    def config_folder(self) -> Path | None:
        """Give the directory of the configuration file."""
        file = self.config_file()
        return file.parent if file else None


@dataclass(frozen=True, slots=True)
class Service:
    """How to serve, as the user says it.

    `every` is an interval in seconds that overrules what is configured; with `reload` what is
    published is made anew as scheduled; a browser is shown it if it `opens`.
    """

    host: str | None = None
    port: int | None = None
    every: float | None = None
    workers: int = 1
    reload: bool = True
    opens: bool = False


class Anywhere(click.Path):
    """A path, or the address of a place in a bucket."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - as click has it
        """Leave an address as the configuration would have it."""
        if not (isinstance(value, str) and "://" in value):
            return super().convert(value, param, ctx)
        from feeds.config.checks import address  # noqa: PLC0415 - slow to load for mere help

        try:
            return address(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def configuration_options(command: Command) -> Command:
    """Add the options that say what to work on."""
    path, anywhere = click.Path(path_type=Path), Anywhere(path_type=Path)
    for option in (
        click.option(
            "--limit",
            type=int,
            callback=_limit,
            metavar="N",
            help="Entries that a feed has at most, from 1 to 100.  [default: 50]",
        ),
        click.option("--base-url", metavar="URL", help="Where the output is served."),
        click.option("--state", metavar="PATH", help="Where the catalog is kept, or its URL."),
        click.option(
            "--output", type=anywhere, metavar="PATH", help="Where the feeds are written."
        ),
        click.option(
            "--corpus",
            type=anywhere,
            multiple=True,
            metavar="PATH",
            help="A directory of documents, or s3://bucket/prefix; may be given several times.",
        ),
        click.option(
            "--config",
            type=path,
            metavar="DIR",
            help="The directory of feeds.yaml.  [default: ./config, unless --corpus is given]",
        ),
    ):
        command = option(command)
    return command


def publication_options(command: Command) -> Command:
    """Add the options that say which publication to look at."""
    path, anywhere = click.Path(path_type=Path), Anywhere(path_type=Path)
    for option in (
        click.option(
            "--output", type=anywhere, metavar="PATH", help="Where the feeds are written."
        ),
        click.option(
            "--config",
            type=path,
            metavar="DIR",
            help="The directory of feeds.yaml.  [default: ./config]",
        ),
    ):
        command = option(command)
    return command


def build_options(command: Command) -> Command:
    """Add the options that say how to build."""
    for option in (
        click.option("--dry-run", is_flag=True, help="Write nothing; show what would change."),
        click.option("--force", is_flag=True, help="Publish even what a guard would refuse."),
        click.option("--strict", is_flag=True, help="Publish nothing if a document has an error."),
        click.option("--now", metavar="ISO8601", help="Build as of this instant."),
    ):
        command = option(command)
    return command


def refused_to_root(command: Command) -> Command:
    """End a command that writes with 2 and a line where root runs it, unless that is allowed."""
    return click.option(
        "--allow-root",
        is_flag=True,
        expose_value=False,
        envvar="FEEDS_ALLOW_ROOT",
        callback=_refuse_root,
        help="Run even as root; so does FEEDS_ALLOW_ROOT=1.",
    )(command)


def _refuse_root(
    context: click.Context,
    _option: click.Parameter,
    is_allowed: bool,  # noqa: FBT001 - click hands over the flag as it is
) -> None:
    # Where a shell only asks how a line could go on, nothing is run.
    if os.geteuid() == 0 and not (is_allowed or context.resilient_parsing):
        click.echo(_AS_ROOT, err=True)
        context.exit(click.UsageError.exit_code)


def _limit(context: click.Context, option: click.Parameter, value: int | None) -> int | None:
    from feeds.config.types import MOST_ENTRIES  # noqa: PLC0415 - slow to load for mere help

    return (
        None if value is None else click.IntRange(1, MOST_ENTRIES).convert(value, option, context)
    )
