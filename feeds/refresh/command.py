"""Commands that are configured, such as `git pull --ff-only` before a scan."""

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from feeds.model import Finding
from feeds.text.clean import shown

# Bytes of what a command said last, of which a finding tells the last line.
_HEARD = 4_096


class Command:
    """A program and its arguments, run in a directory, without a shell.

    It has some seconds. When they are over, it is killed, and all that it started in its own
    process group with it.
    """

    def __init__(self, words: Sequence[str], folder: Path, seconds: float) -> None:
        self._words = words
        self._folder = folder
        self._seconds = seconds
        self._running: subprocess.Popen[bytes] | None = None

    def run(self, given: bytes = b"") -> str:
        """Run it to its end, and give a line where it failed; nothing is raised for that.

        It reads what it is `given`.
        """
        with TemporaryFile() as said, TemporaryFile() as read:
            try:
                read.write(given)
                read.seek(0)
                problem = self._problem(read, said)
            except (OSError, ValueError) as error:
                problem = f"cannot be run: {getattr(error, 'strerror', None) or error}"
            if not problem:
                return ""
            last = _last_line(said)
        told = f" ({shown(last)})" if last else ""
        return f"{shown(self._words[0])} {problem}{told}"

    def kill(self) -> None:
        """End the command that is going on, if there is one, from whatever thread."""
        if (process := self._running) is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def _problem(self, read: IO[bytes], said: IO[bytes]) -> str:
        """Run it and say what went wrong.

        What it reads and says are files: who reads a pipe waits for everybody that holds its
        other end, also for what a command leaves in the background.
        """
        self._running = subprocess.Popen(  # noqa: S603 - who configures it says what is run
            self._words,
            cwd=self._folder,
            stdin=read,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status = self._running.wait(self._seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            self._running.wait()
            return f"took longer than {self._seconds} seconds and was killed"
        finally:
            # Once it was waited for, its number may be another's.
            self._running = None
        return _ending(status)


def hindrances(problem: str) -> tuple[Finding, ...]:
    """Give the findings of what went wrong with the command before a scan: one, or none."""
    if not problem:
        return ()
    message = f"{problem}; the corpus is read as it is"
    return (Finding("feeds.yaml", 0, 0, "command-failed", "reload.command", message, "warning"),)


def _ending(status: int) -> str:
    if status < 0:
        return f"was ended by signal {-status}"
    return f"ended with status {status}" if status else ""


def _last_line(said: IO[bytes]) -> str:
    said.seek(max(0, said.seek(0, os.SEEK_END) - _HEARD))
    lines = [line.strip() for line in said.read().decode(errors="replace").splitlines()]
    return next((line for line in reversed(lines) if line), "")
