"""What a process that answers does with its counts: it writes them down every few seconds."""

import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from feeds.serve.polls import PollWriter
from feeds.serve.runs import RunWriter, Start
from feeds.serve.salt import DailySalt
from feeds.serve.served import Served
from feeds.serve.visits import VisitWriter

# Seconds of a round; what is noted is written when the next one has ended, too.
_ROUND = 3.0


class Beginning(NamedTuple):
    """What all processes of a server have in common: its start, and the key of the day.

    Without a `state` directory, nothing is counted.
    """

    start: Start
    salts: DailySalt
    state: Path | None

    def run_writer(self, does: str) -> RunWriter | None:
        """Make what counts for this process, which is for something."""
        return RunWriter(self.state, self.start, process_name(), does) if self.state else None


def begin(workers: int, state: Path | None) -> Beginning:
    """Begin a server; to be called before it has any other process."""
    start = Start(process_name(), datetime.now(UTC), workers)
    return Beginning(start, DailySalt(), state)


def process_name() -> str:
    """Give a name that no other process has, nor had."""
    return f"{os.getpid()}-{time.time_ns():x}"


class Counting:
    """Has what is noted of what is `served` written down, in a thread of its own.

    A disk that hangs holds nobody who asks.
    """

    def __init__(self, served: Served, beginning: Beginning) -> None:
        self._served = served
        self._writers = _Writers(beginning, beginning.state) if beginning.state else None
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
        self._write(is_last=True)

    def _write(self, *, is_last: bool = False) -> None:
        taken = self._served.tally.take()
        if self._writers is not None:
            now, field = datetime.now(UTC), self._served.client_field.decode()
            self._writers.polls.add(taken, now)
            self._writers.visits.add(taken, now, field, is_last=is_last)
            self._writers.run.add(taken)


class _Writers:
    """What writes the counts of this process."""

    def __init__(self, beginning: Beginning, state: Path) -> None:
        name = process_name()
        self.polls = PollWriter(state, name)
        self.visits = VisitWriter(state, name, beginning.salts)
        self.run = RunWriter(state, beginning.start, name, "worker")
        self.run.drop_old(datetime.now(UTC))
