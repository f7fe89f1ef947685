"""Who tells hubs and caches what has changed: a server's own process, or one beside a command."""

import asyncio
import logging
import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from feeds.cli.aside import aside
from feeds.cli.options import Settings
from feeds.cli.settings import load_settings
from feeds.config.types import Configuration
from feeds.errors import ConfigurationError, FeedsError, Locked
from feeds.push.pusher import Pusher, sole_pusher
from feeds.push.talk import PATIENCE, Moment

_log = logging.getLogger("feeds")

# Seconds between looks at what is published, and after a failure.
_LOOK = 0.25
_REST = 5.0
# Between looks of one whose work another does.
_LOOK_AT_OTHERS = 1.0
_CHECK = 2.0
# Which part of the time there is may be waited for one answer.
_SHARE = 0.8


def make_pusher(
    configuration: Configuration,
    settings: Settings,
    *,
    patience: float = PATIENCE,
    rehearsal: bool = False,
) -> Pusher:
    """Make what tells hubs and caches; it has to be alone, but to rehearse."""
    moment = Moment(partial(datetime.now, UTC), random.random)
    folder = settings.config_folder() or Path()
    return Pusher(configuration, folder, os.environ, moment, patience=patience, rehearsal=rehearsal)


def push_for(
    configuration: Configuration, settings: Settings, seconds: float, *, waits: bool = False
) -> None:
    """Tell hubs and caches what has changed, until nothing is due or the time is over.

    One that `waits` goes on while anything is left, and tries all of it at once first. Where
    another process does the same, it is left to that. Nothing is raised.
    """
    pusher = list[Pusher]()
    # Who does not answer is known for that before the time is over.
    patience = min(PATIENCE, _SHARE * seconds)

    def work() -> None:
        try:
            with sole_pusher(configuration.state_at):
                pusher.append(make_pusher(configuration, settings, patience=patience))
                _work_off(pusher[0], waits=waits)
        except Locked as error:
            _log.info("%s", error)
        except (FeedsError, OSError) as error:
            _log.error("hubs and caches are not told what has changed: %s", error)

    def end() -> None:
        for each in pusher:
            each.end()

    aside(work, end, seconds)


def _work_off(pusher: Pusher, *, waits: bool) -> None:
    pusher.look()
    if waits:
        pusher.hurry()
    while pusher.is_due or (waits and not pusher.is_done):
        if pusher.is_due:
            pusher.work()
        else:
            time.sleep(_LOOK)


class Pushing:
    """Tells hubs and caches what has changed for as long as a server runs."""

    def __init__(self, configuration: Configuration, settings: Settings) -> None:
        self._configuration = configuration
        self._settings = settings
        self._pusher: Pusher | None = None
        self._is_to_reread = False
        self._checked = time.monotonic()

    def run(self, parent: int, *, is_told: bool) -> None:
        """Do so until a signal to stop, or until the process that started this one is gone.

        Whatever it does then is left as it is: what is kept says what is still to be told. Where
        it `is_told` to, it begins by what the configuration says now; SIGHUP tells it later.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGHUP, self._reread)
        self._is_to_reread = is_told
        # Also in the midst of what takes long, nobody goes on without a server.
        signal.signal(signal.SIGALRM, partial(self._stop_without, parent))
        signal.setitimer(signal.ITIMER_REAL, _LOOK_AT_OTHERS, _LOOK_AT_OTHERS)
        while True:
            self._try()

    def _try(self) -> None:
        """Tell what there is to tell, unless another process does; give nothing up for a fault."""
        try:
            with sole_pusher(self._configuration.state_at) as check:
                self._pusher = make_pusher(self._configuration, self._settings)
                asyncio.run(self._pusher.go_on(partial(self._begin, check)))
        except Locked:
            time.sleep(_LOOK_AT_OTHERS)
        except (FeedsError, OSError) as error:
            _log.error("hubs and caches are not told what has changed: %s", error)
            time.sleep(_REST)

    def _stop_without(self, parent: int, *_signal: object) -> None:
        if os.getppid() != parent:
            self._stop()

    def _stop(self, *_signal: object) -> None:
        if self._pusher is not None:
            self._pusher.end()
        os._exit(0)

    def _reread(self, *_signal: object) -> None:
        self._is_to_reread = True

    def _begin(self, check: Callable[[], None]) -> None:
        """See now and then that nobody else tells, and that we are with who leads."""
        self._reread_if_asked()
        if time.monotonic() > self._checked + _CHECK:
            check()
            self._checked = time.monotonic()

    def _reread_if_asked(self) -> None:
        """Go by what the configuration says now; of one that is broken others tell."""
        if not self._is_to_reread:
            return
        self._is_to_reread = False
        with suppress(ConfigurationError):
            self._configuration = load_settings(self._settings)
        if self._pusher is not None:
            self._pusher.take(self._configuration)
