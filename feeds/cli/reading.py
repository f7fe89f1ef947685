"""Who reads documents: this machine, or workers on any number of hosts."""

from typing import TYPE_CHECKING

from feeds.cli.options import Settings
from feeds.cli.settings import moment
from feeds.cli.wiring import make_corpora, revision
from feeds.config.types import Configuration
from feeds.corpus.scanned import DocumentReaders, ReadersHere
from feeds.errors import ConfigurationError
from feeds.processes import Crew

if TYPE_CHECKING:
    from feeds.queue.jobs import Queue

_NEEDS_EXTRA = "config: reading: workers needs procrastinate: pip install 'feeds[scale]'"
_NEEDS_DATABASE = "config: reading: workers needs state: postgresql://…, where jobs are kept"
# What a queue asks besides for its jobs: signs of life, what it hears, and what ended.
_BESIDES = 3


def readers_of(configuration: Configuration, settings: Settings, crew: Crew) -> DocumentReaders:
    """Give who reads documents: a crew, or workers of this configuration, and the crew a few.

    Raises `ConfigurationError` where there is nowhere to ask workers, or nothing to do it with.
    """
    here = ReadersHere(crew)
    if configuration.reading == "here":
        return here
    queue = queue_of(configuration, settings, 1)
    from feeds.queue.handing import ReadersByQueue  # noqa: PLC0415 - need not be installed

    return ReadersByQueue(queue, here)


def queue_of(configuration: Configuration, settings: Settings, jobs: int) -> "Queue":
    """Give the queue of this configuration and program, for so many jobs at once.

    Raises `ConfigurationError` as `readers_of` does.
    """
    database = configuration.state_at.database
    if database is None:
        raise ConfigurationError((_NEEDS_DATABASE,))
    try:
        from feeds.queue.jobs import Queue  # noqa: PLC0415 - need not be installed
        from feeds.queue.values import queue_name  # noqa: PLC0415 - need not be installed
    except ModuleNotFoundError:
        raise ConfigurationError((_NEEDS_EXTRA,)) from None
    corpora = make_corpora(configuration, settings, moment(settings))
    return Queue(database, queue_name(revision(), corpora), size=jobs + _BESIDES)
