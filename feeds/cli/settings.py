"""The configuration as the options overrule it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from feeds.cli.options import Settings
from feeds.cli.talk import detail, escaped
from feeds.config.checks import base_url, kept_at
from feeds.config.corpus import CorpusSource
from feeds.config.load import load_with_places
from feeds.config.places import Places
from feeds.config.relations import tangled_paths
from feeds.config.site import Site
from feeds.config.types import Configuration
from feeds.errors import ConfigurationError
from feeds.model import Database
from feeds.text.dates import parse_instant


def moment(settings: Settings) -> datetime:
    """Give the instant to build for: the one given, or now. Raises `ConfigurationError`."""
    if settings.now is None:
        return datetime.now(UTC)
    try:
        return parse_instant(settings.now).moment
    except ValueError as error:
        raise ConfigurationError((f"--now: {error}",)) from None


def real_time() -> datetime:
    """Tell the time, whatever instant is built for."""
    return datetime.now(UTC)


def load_settings(settings: Settings, *, corpus_needed: bool = True) -> Configuration:
    """Read the configuration and let the options overrule it.

    Raises `ConfigurationError`, for a missing corpus too where one is needed.
    """
    return load_with_origin(settings, corpus_needed=corpus_needed)[0]


def load_with_origin(
    settings: Settings, *, corpus_needed: bool = True
) -> tuple[Configuration, Places | None]:
    """Read the configuration as `load_settings` does, and tell where the file's values stand."""
    file = settings.config_file()
    detail(f"configuration: {escaped(str(file)) if file else 'none, options and defaults stand'}")
    configuration, places = load_with_places(file) if file else (Configuration(), None)
    corpus = tuple(CorpusSource(path=resolved(place)) for place in settings.corpus)
    configuration = replace(
        configuration,
        site=_site(configuration.site, settings.base_url),
        corpus=corpus or configuration.corpus,
        output=resolved(settings.output or configuration.output),
        state=_state(settings.state) or configuration.state,
        limit=settings.limit or configuration.limit,
        reload=replace(configuration.reload, watch=settings.watch or configuration.reload.watch),
    )
    if problems := _problems(configuration, corpus_needed=corpus_needed):
        raise ConfigurationError(tuple(problems))
    return configuration, places


def resolved(place: Path | str) -> Path | str:
    """Give a directory as it is called by the system; an address as it is."""
    return place.resolve() if isinstance(place, Path) else place


def _site(site: Site, url: str | None) -> Site:
    if url is None:
        return site
    try:
        return replace(site, base_url=base_url(url))
    except ValueError as error:
        raise ConfigurationError((f"--base-url: {error}",)) from None


def _state(given: str | None) -> Path | Database | None:
    """Give where the state is by an option: a directory below the present one, or a database."""
    if given is None:
        return None
    try:
        place = kept_at(given)
    except ValueError as error:
        raise ConfigurationError((f"--state: {error}",)) from None
    return place.resolve() if isinstance(place, Path) else place


def _problems(configuration: Configuration, *, corpus_needed: bool) -> list[str]:
    """Tell which paths would mix up what is read, kept and published."""
    output = configuration.output
    if isinstance(output, Path) and output == Path(output.anchor):
        return ["output: is the root of the file system, which may hold nothing of yours"]
    kept = {"state": configuration.state_at.folder}
    if configuration.local:
        kept["local"] = configuration.local
    corpora = [(("corpus", n), item.path) for n, item in enumerate(configuration.corpus)]
    tangled = tangled_paths(output, kept, corpora)
    problems = [f"{problem.steps[0]}: {problem.message}" for problem in tangled]
    if corpus_needed and not configuration.corpus:
        problems.append("no corpus: name one on the command line, or in config/feeds.yaml")
    return problems
