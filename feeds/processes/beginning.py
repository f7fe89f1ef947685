"""How a process of ours begins, and that none does once this one ends."""

import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from multiprocessing.resource_tracker import ensure_running
from pathlib import Path
from typing import Any

# A signal to all processes of a terminal must not meet one that does not know yet what to heed.
_PARENTS_OWN = frozenset({signal.SIGINT, signal.SIGHUP})

_ALONE = 3
"""What is linked to a directory of one directory: that, itself, and the one above."""

_beginning = threading.Lock()


def may_fork() -> bool:
    """Whether this process can be copied as it is."""
    # Libraries have threads of which Python knows nothing; here is a directory for each.
    return sys.platform == "linux" and Path("/proc/self/task").stat().st_nlink == _ALONE


def begin(target: Callable[..., None], arguments: tuple[Any, ...], *, is_fork: bool) -> BaseProcess:
    """Begin a process that ends when this one ends by itself.

    Interrupts are kept from it. Raises `OSError` where the system has none left.
    """
    kind = get_context("fork").Process if is_fork else get_context("spawn").Process
    process = kind(target=target, args=arguments, daemon=True)
    if not is_fork:
        # The library begins another one with its first, and then lets through what is blocked.
        ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _PARENTS_OWN)
    try:
        if is_fork:
            process.start()
        else:
            with _beginning:
                process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return process


def begin_no_more() -> None:
    """Hold whoever begins a process beside this thread, until this process has ended.

    One that has been begun anew, and is not told what to do because its parent ends just then,
    would complain of it.
    """
    _beginning.acquire()
