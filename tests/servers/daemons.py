"""Programs that tests start, pause, kill and start again, each by the ids of its own processes."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from socket import create_connection, create_server
from types import TracebackType
from typing import Self

import pytest
from cli_tools import eventually

PATIENCE = 60.0
_PAUSES = (0.1, 0.2, 0.4, 0.8, 1.6)


def program(name: str, place: str = "/usr/sbin") -> str:
    """Find a program, or skip the test."""
    found = shutil.which(name) or shutil.which(name, path=place)
    return found or pytest.skip(f"{name} is not installed (.ci/servers does that)")


def free_port() -> int:
    """Give a port that nobody listens on."""
    with create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Tell whether somebody takes connections at a port."""
    with suppress(OSError), create_connection(("127.0.0.1", port), 1):
        return True
    return False


class Daemon:
    """A program that runs in the foreground, and what it writes goes to a log.

    With `user`, it runs as that user of the system. `answers` tells whether it does its work,
    and `ends_at` is the signal at which it ends, whoever is connected.
    """

    def __init__(
        self,
        command: Sequence[object],
        log: Path,
        answers: Callable[[], bool],
        *,
        user: str | None = None,
        ends_at: signal.Signals = signal.SIGTERM,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.command = [str(word) for word in command]
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self._answers = answers
        self.user = user
        self._ends_at = ends_at
        self._environment = os.environ | dict(environment or {})

    @property
    def pid(self) -> int:
        """The id of its first process."""
        assert self.process
        return self.process.pid

    @property
    def said(self) -> str:
        """What it has written until now."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start it, and wait until it answers.

        One that ends before that is started again some times: what was killed may leave behind
        what is gone a moment later.
        """
        self._begin()
        pauses = iter(_PAUSES)

        def is_up() -> bool:
            assert self.process
            if self.process.poll() is not None:
                pause = next(pauses, None)
                assert pause, f"{self.command[0]} has ended"
                time.sleep(pause)
                self._begin()
            return self._answers()

        try:
            eventually(is_up, f"an answer of {self.command[0]}", PATIENCE)
        except BaseException as failure:
            failure.add_note(self.said[-2_000:])
            self.kill()
            raise

    def stop(self) -> None:
        """Have it end as it does by itself, or kill it when it takes too long."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(self._ends_at)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """End it and what it has started at once."""
        if self.process and self.process.poll() is None:
            self._signal(signal.SIGKILL)
            self.process.wait(PATIENCE)

    def pause(self) -> None:
        """Have it and what it has started do nothing until it is resumed."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Have it go on where it was paused."""
        self._signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it, whatever happened."""
        self.kill()

    def _begin(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                user=self.user,
                group=self.user,
                extra_groups=[] if self.user else None,
            )

    def _signal(self, number: signal.Signals) -> None:
        # Stopped first, so that it neither starts more of them nor waits for those that end.
        os.kill(self.pid, signal.SIGSTOP)
        for process in (*children(self.pid), self.pid):
            with suppress(ProcessLookupError):
                os.kill(process, number)


def children(process: int) -> list[int]:
    """Give the ids of the processes that a process has started and that still run."""
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, task.read_text(encoding="ascii").split())
    return found
