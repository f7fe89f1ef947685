"""What keeps a server's feeds current: its schedule, and eyes on the corpus where wanted."""

import logging
import os
import signal
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from feeds.cli.options import Settings
from feeds.cli.renewal import Renewal
from feeds.cli.settings import load_settings
from feeds.config.server import Server
from feeds.config.types import Configuration
from feeds.errors import ConfigurationError
from feeds.processes import begin_no_more
from feeds.schedule import Cron, Every, Rhythm, Run, Schedule

_log = logging.getLogger("feeds")

# Seconds between looks at whether it is over.
_LOOK = 0.1
_NICENESS = 19


class _Watching(Protocol):
    def start(self) -> None: ...
    def stop(self) -> None: ...


class Upkeep:
    """Refreshes a publication by its configuration, which is read again where that is asked.

    `every`, in seconds, overrules what is configured. Raises `ConfigurationError` where the
    corpus is to be watched and nothing is installed that can.
    """

    def __init__(self, renewal: Renewal, settings: Settings, every: float | None) -> None:
        self._renewal = renewal
        self._settings = settings
        self._every = every
        self._is_to_reread = False
        self._is_stopping = False
        configuration = renewal.configuration
        self._schedule = Schedule(self._run, _rhythm(configuration, every), first_now=True)
        self._watcher = self._watching(configuration)

    def run(self, parent: int, *, is_told: bool) -> None:
        """Refresh, at once and then as scheduled, until a signal to stop or the parent's end.

        What answers comes first: refreshes have what is left of the processor. Where it `is_told`
        to, it begins by what the configuration says now; SIGHUP tells it later.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._heed)
        signal.signal(signal.SIGHUP, self.reread)
        os.nice(_NICENESS)
        if is_told:
            self.reread()
        # Before there are threads, so that who reads edits begins with all that is loaded.
        self._renewal.crew.begin()
        self._schedule.start()
        self._watcher.start()
        while not self._is_stopping and os.getppid() == parent:
            time.sleep(_LOOK)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        self._stop()

    def _heed(self, *_signal: object) -> None:
        self._is_stopping = True

    def _stop(self) -> None:
        """Begin no more refreshes, and end what has been started.

        Those who share in one that still goes on end with this process.
        """
        self._watcher.stop()
        is_over = self._schedule.stop()
        if not is_over:
            self._renewal.end_command()
            is_over = self._schedule.stop()
        if is_over:
            self._renewal.crew.end()
        else:
            begin_no_more()

    def reread(self, *_signal: object) -> None:
        """Have the configuration read before the next refresh, which comes at once.

        May be called from a signal's handler.
        """
        self._is_to_reread = True
        self._schedule.ask()

    def _on_change(self, paths: frozenset[Path] | None) -> None:
        if paths is None:
            self._schedule.ask()
        else:
            self._renewal.note_changes(map(str, paths))
            self._schedule.ask(Run.LOOK)

    def _watching(self, configuration: Configuration) -> _Watching:
        wish = "--watch" if self._settings.watch else "config: reload.watch"
        return _watcher(configuration, self._on_change, wish)

    def _run(self, run: Run) -> datetime | None:
        if self._is_to_reread:
            self._is_to_reread = False
            self._reread()
        return self._renewal.refresh(run)

    def _reread(self) -> None:
        """Go by what the configuration says now; one that is broken is told, and not followed."""
        try:
            configuration = load_settings(self._settings)
            watcher = self._watching(configuration)
            before = self._renewal.take(configuration)
        except ConfigurationError as error:
            for problem in error.problems:
                _log.warning("%s", problem)
            _log.error("the configuration is wrong, the one before stands")
            self._count_reread(is_broken=True)
            return
        self._count_reread(is_broken=False)
        self._schedule.change(_rhythm(configuration, self._every))
        self._watcher.stop()
        self._watcher = watcher
        self._watcher.start()
        _log.info("the configuration was read again")
        place, known = _places(configuration.server), _places(before.server)
        if place != known:
            _log.warning(
                "server.host, port, status and metrics take effect when the server is restarted"
            )
        if configuration.is_pushed and not before.is_pushed:
            _log.warning("hubs and caches are told of changes when the server is restarted")

    def _count_reread(self, *, is_broken: bool) -> None:
        if self._renewal.counts is not None:
            self._renewal.counts.count_reread(is_broken=is_broken)


def _places(server: Server) -> tuple[object, ...]:
    return server.host, server.port, server.status, server.metrics


def _rhythm(configuration: Configuration, every: float | None) -> Rhythm:
    """Give the rhythm that is configured, unless the command line names an interval."""
    reload = configuration.reload
    if every is None and reload.cron is not None:
        return Cron(reload.cron, configuration.time_zone)
    return Every(reload.every if every is None else every)


class _Blind:
    """What watches where nothing is to be watched."""

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass


def _watcher(
    configuration: Configuration, on_change: Callable[[frozenset[Path] | None], None], wish: str
) -> _Watching:
    if not configuration.reload.watch:
        return _Blind()
    for source in configuration.corpus:
        if not isinstance(source.path, Path):
            message = f"{wish}: can only watch directories, and {source.path} is none"
            raise ConfigurationError((message,))
    try:
        from feeds.schedule.watching import Watcher  # noqa: PLC0415 - need not be installed
    except ModuleNotFoundError:
        message = f"{wish}: needs watchfiles: pip install 'feeds[watch]'"
        raise ConfigurationError((message,)) from None
    roots = [source.path for source in configuration.corpus if isinstance(source.path, Path)]
    return Watcher(roots, configuration.state_directory, on_change)
