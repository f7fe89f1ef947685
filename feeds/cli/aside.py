"""Work in a process of its own, which has some seconds and whose end is nobody else's."""

import logging
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress

_log = logging.getLogger("feeds")

_LOOK = 0.02
# Seconds between being asked to end and being killed.
_GRACE = 1.0


def aside(work: Callable[[], None], end: Callable[[], None], seconds: float) -> None:
    """Do work in a process that is forked from this one, and wait for it so long at most.

    When its time is over, `end` is called there, and it ends in the middle of what it does.
    Whatever happens to it, nothing is raised here. To be used where there are no threads.
    """
    if (process := os.fork()) == 0:
        _be(work, end, seconds)
    try:
        _wait(process, time.monotonic() + seconds + _GRACE)
    finally:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


def _be(work: Callable[[], None], end: Callable[[], None], seconds: float) -> None:
    """Do the work and end, without what the other process has still to do."""

    def heed(*_signal: object) -> None:
        end()
        os._exit(1)

    try:
        for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
            signal.signal(number, heed)
        signal.setitimer(signal.ITIMER_REAL, max(seconds, _LOOK))
        work()
    except BaseException:  # noqa: BLE001 - nothing may lead back to what was forked
        _log.exception("what a process beside this one did has failed")
    finally:
        os._exit(0)


def _wait(process: int, until: float) -> None:
    while time.monotonic() < until:
        ended, _ = os.waitpid(process, os.WNOHANG)
        if ended:
            return
        time.sleep(_LOOK)
