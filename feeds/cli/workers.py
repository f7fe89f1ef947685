"""Several processes that answer at one port, each started again where it dies."""

import logging
import os
import signal
import time
from collections.abc import Callable
from types import FrameType

_log = logging.getLogger("feeds")

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_SIGNALS = (*_STOP_SIGNALS, signal.SIGHUP)
# Seconds between looks at the workers, before one that died is followed by another, and until
# one that does not heed a signal to stop is killed.
_LOOK = 0.1
_REST = 1.0
_PATIENCE = 15.0


class Workers:
    """As many processes as wanted, forked from this one, each of which does `work`.

    `work` is told whether it is the first of all. To be used before there are any threads.
    """

    def __init__(self, number: int, work: Callable[[bool], None]) -> None:
        self._number = number
        self._work = work
        self._living: set[int] = set()
        self._stopping_since: float | None = None

    def run(self) -> None:
        """Keep the processes going until SIGTERM or SIGINT; SIGHUP is handed on to them."""
        for stop in _STOP_SIGNALS:
            signal.signal(stop, self._stop)
        signal.signal(signal.SIGHUP, self._hand_on)
        for number in range(self._number):
            self._start(is_first=number == 0)
        while self._living:
            time.sleep(_LOOK)
            self._look()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping_since = self._stopping_since or time.monotonic()

    def _hand_on(self, number: int, _frame: FrameType | None) -> None:
        for process in tuple(self._living):
            os.kill(process, number)

    def _start(self, *, is_first: bool) -> None:
        """Fork a worker; no signal comes between it and what is known of it."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        if (process := os.fork()) == 0:
            self._be_worker(is_first=is_first)
        self._living.add(process)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)

    def _be_worker(self, *, is_first: bool) -> None:
        """Do the work and end, whatever happens, without what the first process has still to do.

        A signal to stop that comes before the work heeds it is sent again.
        """
        status = 1
        try:
            for number in _SIGNALS:
                signal.signal(number, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            self._work(is_first)
            status = 0
        except BaseException:  # noqa: BLE001 - nothing may lead back to what was forked
            _log.exception("a worker failed")
        finally:
            os._exit(status)

    def _look(self) -> None:
        if (since := self._stopping_since) is not None:
            is_over = time.monotonic() - since > _PATIENCE
            self._hand_on(signal.SIGKILL if is_over else signal.SIGTERM, None)
        for process in tuple(self._living):
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                self._living.discard(process)
                self._replace(process, os.waitstatus_to_exitcode(status))

    def _replace(self, process: int, code: int) -> None:
        if self._stopping_since is None:
            _log.error("worker %d ended with %d; another takes its place", process, code)
            time.sleep(_REST)
            self._start(is_first=False)
