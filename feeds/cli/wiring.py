"""A configuration to a plan: the corpora, the destination and the program's own revision."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import feeds
from feeds.cli.options import Settings
from feeds.cli.settings import real_time
from feeds.config.corpus import CorpusSource, name_of
from feeds.config.types import Configuration
from feeds.corpus.article import ReadingRules
from feeds.corpus.dialect import Dialect
from feeds.corpus.reading import Corpus
from feeds.corpus.rooms import load_dialects
from feeds.corpus.sources import source_at
from feeds.errors import ConfigurationError

if TYPE_CHECKING:
    from feeds.refresh import Plan

_HORIZON = timedelta(days=5 * 366)
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)
_CODE = frozenset({".py", ".yaml", ".html", ".css", ".js"})
# What others make something of, and this program nothing.
_DATA = frozenset({"sample", "skeleton"})


def make_plan(configuration: Configuration, settings: Settings, now: datetime) -> "Plan":
    """Put together what a cycle works on.

    Raises `ConfigurationError` for a dialect that is not there or is no dialect, and for a
    template that is none.
    """
    # ruff: noqa: PLC0415 - corpora are made, and read, before all that a cycle needs is loaded
    from feeds.catalog import check_state
    from feeds.pages import load_look
    from feeds.refresh import Plan
    from feeds.refresh.places import destination_of

    check_state(configuration.state_at)
    return Plan(
        configuration=configuration,
        corpora=make_corpora(configuration, settings, now),
        destination=destination_of(configuration, real_time),
        state=configuration.state_at,
        revision=revision(),
        force=settings.force,
        strict=settings.strict,
        rehearsal=settings.dry_run,
        clock=time.monotonic,
        look=load_look(templates(settings)),
    )


def templates(settings: Settings) -> Path | None:
    """Give where templates of the user's would be, beside the configuration."""
    folder = settings.config_folder()
    return folder / "templates" if folder else None


def make_corpora(
    configuration: Configuration, settings: Settings, now: datetime
) -> tuple[Corpus, ...]:
    """Give the corpora with the rules by which they are read.

    The first one's documents are known by their paths below it; those of others have its
    name before them, so that a corpus added later changes no path that is known.
    """
    folder = settings.config_folder()
    dialects = load_dialects(folder / "dialects" if folder else None)
    rules = ReadingRules(
        dialects=dialects,
        limits=configuration.limits,
        time_zone=configuration.time_zone,
        site_url=configuration.site.base_url,
        horizon=min(now, _END_OF_TIME - _HORIZON) + _HORIZON,
        refers=configuration.related.limit > 0,
    )
    corpora: list[Corpus] = []
    for number, source in enumerate(configuration.corpus):
        name = source.name or (name_of(source.path) if number else "")
        own = replace(
            rules,
            base_url=source.base_url,
            dialects=_dialects(source, dialects),
            repair_mojibake=source.repair_mojibake,
        )
        corpus = Corpus(source_at(source.path), f"{name}/" if name else "", own)
        if problem := next(filter(None, (_clash(corpus, other) for other in corpora)), None):
            raise ConfigurationError((f"corpus: {source.path}: {problem}",))
        corpora.append(corpus)
    return tuple(corpora)


def _clash(corpus: Corpus, earlier: Corpus) -> str | None:
    """Tell why no document of two corpora may be known by one path, or read twice."""
    name = corpus.prefix.rstrip("/")
    ours, theirs = corpus.source, earlier.source
    if ours.below(str(theirs)) is not None or theirs.below(str(ours)) is not None:
        return f"overlaps with {theirs}, so that documents would be read twice"
    if corpus.prefix == earlier.prefix:
        return f"the name {name} is another corpus's; give it a name"
    if not earlier.prefix and theirs.has_folder(name):
        return f"the name {name} is that of a directory in {theirs}; give it a name"
    return None


def _dialects(source: CorpusSource, dialects: tuple[Dialect, ...]) -> tuple[Dialect, ...]:
    if source.dialect is None:
        return dialects
    chosen = tuple(dialect for dialect in dialects if dialect.name == source.dialect)
    if not chosen:
        names = ", ".join(sorted(dialect.name for dialect in dialects))
        message = f"corpus: {source.path}: no dialect {source.dialect}; there are {names}"
        raise ConfigurationError((message,))
    return chosen


@cache
def revision() -> str:
    """Digest the program's own files: another revision may make something else of a corpus.

    Done once, since a file that changes later is not what runs.
    """
    package = Path(feeds.__file__).parent
    digest = sha256()
    for file in sorted(package.rglob("*")):
        if file.suffix in _CODE and not _DATA.intersection(file.relative_to(package).parts):
            digest.update(file.read_bytes())
    return digest.hexdigest()
