"""Has the library that cleans HTML do harm to the process that calls it, where the HTML says so.

A process that has this on its path finds it before anything is loaded.
"""

import ctypes
import os
import signal
import time
from collections.abc import Callable
from typing import Any

import nh3

HARM: dict[str, Callable[[], object]] = {
    "segmentation fault": lambda: ctypes.string_at(0),
    "out of memory": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "exit": lambda: os._exit(0),
    "hang": lambda: time.sleep(3600),
    "exception": lambda: {}["key"],
}


class Cleaner:
    """What the library has under this name, but for some words."""

    def __init__(self, **rules: Any) -> None:  # noqa: ANN401 - handed on
        self._cleaner = found(**rules)

    def clean(self, html: str) -> str:
        """Clean HTML, or do harm."""
        for name, harm in HARM.items():
            if f"<p>{name}</p>" in html:
                harm()
        return self._cleaner.clean(html)


found, nh3.Cleaner = nh3.Cleaner, Cleaner  # type: ignore[misc]  # this is what it is about

if "KILL_WORKERS" in os.environ:
    # Those that are forked once the catalog is loaded: they compare and render.
    import sys

    os.register_at_fork(
        after_in_child=lambda: (
            signal.setitimer(signal.ITIMER_VIRTUAL, 0.02) if "sqlalchemy" in sys.modules else None
        )
    )
