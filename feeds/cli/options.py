"""Options that several commands share, and what they make of the configuration."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from feeds.config.types import MOST_ENTRIES, Configuration, CorpusSource
from feeds.errors import ConfigurationError

Command = TypeVar("Command", bound=Callable[..., Any])

_DEFAULT_FOLDER = Path("config")
_FILE_NAME = "feeds.yaml"


@dataclass(frozen=True, slots=True)
class Settings:
    """The options that commands share, as the user gave them."""

    config: Path | None = None
    corpus: tuple[Path, ...] = ()
    output: Path | None = None
    state: Path | None = None
    base_url: str | None = None
    limit: int | None = None
    now: str | None = None
    strict: bool = False
    force: bool = False
    dry_run: bool = False

    def moment(self) -> datetime:
        """Give the instant to build for: the one given, or now."""
        if self.now is None:
            return datetime.now(UTC)
        from feeds.text.dates import parse_instant  # noqa: PLC0415 - not needed for help

        try:
            return parse_instant(self.now).moment
        except ValueError as error:
            raise ConfigurationError((f"--now: {error}",)) from None

    def config_folder(self) -> Path | None:
        """Give the configuration's directory; with a corpus given, none is looked for."""
        if self.config is not None:
            return self.config.parent if self.config.is_file() else self.config
        found = (_DEFAULT_FOLDER / _FILE_NAME).is_file()
        return _DEFAULT_FOLDER if found and not self.corpus else None


def configuration_options(command: Command) -> Command:
    """Add the options that say what to work on."""
    path = click.Path(path_type=Path)
    for option in (
        click.option(
            "--limit",
            type=click.IntRange(1, MOST_ENTRIES),
            help="Entries that a feed has at most.",
        ),
        click.option("--base-url", metavar="URL", help="Where the output is served."),
        click.option("--state", type=path, metavar="PATH", help="Where the catalog is kept."),
        click.option("--output", type=path, metavar="PATH", help="Where the feeds are written."),
        click.option(
            "--corpus",
            type=path,
            multiple=True,
            metavar="PATH",
            help="A directory of documents; may be given several times.",
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


def build_options(command: Command) -> Command:
    """Add the options that say how to build."""
    for option in (
        click.option("--dry-run", is_flag=True, help="Write nothing; show what would change."),
        click.option("--force", is_flag=True, help="Publish even what a guard would refuse."),
        click.option("--strict", is_flag=True, help="Publish nothing if a document is skipped."),
        click.option("--now", metavar="ISO8601", help="Build as of this instant."),
    ):
        command = option(command)
    return command


def load_settings(settings: Settings, *, corpus_needed: bool = True) -> Configuration:
    """Read the configuration and let the options overrule it.

    Raises `ConfigurationError`, for a missing corpus too where one is needed.
    """
    from feeds.config.load import load_configuration  # noqa: PLC0415 - pydantic is slow to load

    folder = settings.config_folder()
    file = folder / _FILE_NAME if folder else None
    configuration = load_configuration(file) if file else Configuration()
    site = configuration.site
    if settings.base_url is not None:
        site = replace(site, base_url=_base_url(settings.base_url))
    corpus = tuple(CorpusSource(path=path.resolve()) for path in settings.corpus)
    configuration = replace(
        configuration,
        site=site,
        corpus=corpus or configuration.corpus,
        output=(settings.output or configuration.output).resolve(),
        state=settings.state.resolve() if settings.state else configuration.state,
        limit=settings.limit or configuration.limit,
    )
    _check(configuration, corpus_needed=corpus_needed)
    return configuration


def _base_url(raw: str) -> str:
    from feeds.config.checks import base_url  # noqa: PLC0415 - not needed for help

    try:
        return base_url(raw)
    except ValueError as error:
        raise ConfigurationError((f"--base-url: {error}",)) from None


def _check(configuration: Configuration, *, corpus_needed: bool) -> None:
    """Refuse paths that would mix up what is read, kept and published."""
    from feeds.config.relations import tangled_paths  # noqa: PLC0415 - not needed for help

    corpora = [(("corpus", n), item.path) for n, item in enumerate(configuration.corpus)]
    tangled = tangled_paths(configuration.output, configuration.state_directory, corpora)
    problems = [f"{problem.steps[0]}: {problem.message}" for problem in tangled]
    if corpus_needed and not configuration.corpus:
        problems.append("no corpus: name one with --corpus, or in config/feeds.yaml")
    if problems:
        raise ConfigurationError(tuple(problems))
