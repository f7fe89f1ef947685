"""Several processes that do their work side by side, each started again where it dies."""

import logging
import os
import signal
import time
from collections.abc import Callable, Sequence
from types import FrameType
from typing import NamedTuple, Protocol

_log = logging.getLogger("feeds")

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_SIGNALS = (*_STOP_SIGNALS, signal.SIGHUP)
# Seconds between looks at the workers, before one that died is followed by another, and until
# one that does not heed a signal to stop is killed.
_LOOK = 0.1
_REST = 1.0
_PATIENCE = 15.0
# How one ends that has asked to be woken and was not there.
_TOO_LONG = "took longer than it may and was ended"


class Work(Protocol):
    """What a process does until SIGTERM or SIGINT."""

    def __call__(self, *, is_first: bool, is_told: bool) -> None:
        """Do it, `is_first` of all that do anything, `is_told` where SIGHUP came before."""


class Worker(NamedTuple):
    """What a process is called, and what it does."""

    name: str
    work: Work


class Workers:
    """A process for each worker, forked from this one; `end` is called when all are to stop.

    To be used before there are any threads.
    """

    def __init__(self, workers: Sequence[Worker], end: Callable[[], None]) -> None:
        self._workers = workers
        self._end = end
        self._living: dict[int, Worker] = {}
        self._is_told = False
        self._stopping_since: float | None = None

    def run(self) -> None:
        """Keep the processes going until SIGTERM or SIGINT; SIGHUP is handed on to them."""
        for stop in _STOP_SIGNALS:
            signal.signal(stop, self._stop)
        signal.signal(signal.SIGHUP, self._tell)
        for number, worker in enumerate(self._workers):
            self._start(worker, is_first=number == 0)
        while self._living:
            time.sleep(_LOOK)
            self._look()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping_since = self._stopping_since or time.monotonic()

    def _tell(self, number: int, _frame: FrameType | None) -> None:
        self._is_told = True
        self._hand_on(number)

    def _hand_on(self, number: int) -> None:
        for process in tuple(self._living):
            os.kill(process, number)

    def _start(self, worker: Worker, *, is_first: bool) -> None:
        """Fork a process; no signal comes between it and what is known of it."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        if (process := os.fork()) == 0:
            self._be(worker, is_first=is_first)
        self._living[process] = worker
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)

    def _be(self, worker: Worker, *, is_first: bool) -> None:
        """Do the work and end, whatever happens, without what the first process has still to do.

        A signal to stop that comes before the work heeds it is sent again.
        """
        status = 1
        try:
            for number in _SIGNALS:
                signal.signal(number, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            worker.work(is_first=is_first, is_told=self._is_told)
            status = 0
        except BaseException:  # noqa: BLE001 - nothing may lead back to what was forked
            _log.exception("a %s failed", worker.name)
        finally:
            os._exit(status)

    def _look(self) -> None:
        if (since := self._stopping_since) is not None:
            self._end()
            is_over = time.monotonic() - since > _PATIENCE
            self._hand_on(signal.SIGKILL if is_over else signal.SIGTERM)
        for process in tuple(self._living):
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                worker = self._living.pop(process)
                self._replace(worker, process, os.waitstatus_to_exitcode(status))

    def _replace(self, worker: Worker, process: int, code: int) -> None:
        if self._stopping_since is None:
            how = _TOO_LONG if code == -signal.SIGALRM else f"ended with {code}"
            _log.error("%s %d %s; another takes its place", worker.name, process, how)
            time.sleep(_REST)
            self._start(worker, is_first=False)
