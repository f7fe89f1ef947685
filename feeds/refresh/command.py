"""A command that is run before a scan, such as `git pull --ff-only`."""

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
    """A program and its arguments, run in a directory, without a shell and without input.

    It has some seconds. When they are over, it is killed, and all that it started in its own
    process group with it.
    """

    def __init__(self, words: Sequence[str], folder: Path, seconds: float) -> None:
        self._words = words
        self._folder = folder
        self._seconds = seconds
        self._running: subprocess.Popen[bytes] | None = None

    def run(self) -> tuple[Finding, ...]:
        """Run it to its end, and give a finding where it failed; nothing is raised for that."""
        with TemporaryFile() as said:
            try:
                problem = self._problem(said)
            except (OSError, ValueError) as error:
                problem = f"cannot be run: {getattr(error, 'strerror', None) or error}"
            return (_finding(self._words[0], problem, _last_line(said)),) if problem else ()

    def kill(self) -> None:
        """End the command that is going on, if there is one, from whatever thread."""
        if (process := self._running) is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def _problem(self, said: IO[bytes]) -> str:
        """Run it and say what went wrong.

        What it says goes to a file: who reads a pipe waits for everybody that holds its other
        end, also for what a command leaves in the background.
        """
        self._running = subprocess.Popen(  # noqa: S603 - who configures it says what is run
            self._words,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
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


def _ending(status: int) -> str:
    if status < 0:
        return f"was ended by signal {-status}"
    return f"ended with status {status}" if status else ""


def _last_line(said: IO[bytes]) -> str:
    said.seek(max(0, said.seek(0, os.SEEK_END) - _HEARD))
    lines = [line.strip() for line in said.read().decode(errors="replace").splitlines()]
    return next((line for line in reversed(lines) if line), "")


def _finding(program: str, problem: str, last: str) -> Finding:
    told = f" ({shown(last)})" if last else ""
    message = f"{shown(program)} {problem}{told}; the corpus is read as it is"
    return Finding("feeds.yaml", 0, 0, "command-failed", "reload.command", message, "warning")
