"""What a process that answers does with its counts: it writes them down every few seconds."""

import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from feeds.serve.polls import PollWriter
from feeds.serve.tally import Tally

# Seconds of a round; what is noted is written when the next one has ended, too.
_ROUND = 3.0


class Counting:
    """Has what is noted in a `tally` written below a `state` directory, in a thread of its own.

    A disk that hangs holds nobody who asks; without a directory, nothing is written.
    """

    def __init__(self, tally: Tally, state: Path | None) -> None:
        self._tally = tally
        self._writer = PollWriter(state, f"{os.getpid()}-{time.time_ns():x}") if state else None
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="counting", daemon=True)

    def start(self) -> None:
        """Begin to write, in the background."""
        self._thread.start()

    def finish(self, patience: float = 1.0) -> None:
        """Write what is noted still, once nobody is answered any more, in some seconds or never."""
        self._is_over.set()
        self._thread.join(patience)

    def _work(self) -> None:
        while not self._is_over.wait(_ROUND):
            self._write()
        # What was noted in the last round, and in the one before.
        self._write()
        self._write()

    def _write(self) -> None:
        taken = self._tally.take()
        if self._writer is not None:
            self._writer.add(taken, datetime.now(UTC))
