"""What measurements share: processes that are measured, medians, and tables of them."""

import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
NOW = "2026-11-20T00:00:00Z"
"""The instant at which every build is made; the corpus ends before it."""

# A program that is installed has its bytecode, so that this one may keep it, too.
ENVIRONMENT = os.environ | {
    "PYTHONPATH": str(ROOT),
    "PYTHONDONTWRITEBYTECODE": "",
    "NO_COLOR": "1",
    # Whoever measures runs it, containers' root among them.
    "FEEDS_ALLOW_ROOT": "1",
}

# To look takes a millisecond of a processor that those who are measured have not.
_LOOK = 0.1
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """A process that is measured did not do what it should."""


@dataclass(frozen=True)
class Usage:
    """What a process and its descendants took: seconds, and MiB at their peak.

    `largest` is the one process that had the most of all; `sum` that of all at one moment, in
    which pages that they share count for each.
    """

    wall: float
    cpu: float
    largest: float
    sum: float


def median(usages: Sequence[Usage]) -> Usage:
    """Give the median of each figure for itself."""
    columns = zip(*((each.wall, each.cpu, each.largest, each.sum) for each in usages), strict=True)
    return Usage(*map(statistics.median, columns))


def measure(command: Sequence[object]) -> Usage:
    """Run a command to its end and give what it took.

    The peak of the largest process is that which the kernel tells, so whoever measures must be
    small himself: a child begins as its parent's copy. Raises `Failed` where it fails.
    """
    begin = time.perf_counter()
    with subprocess.Popen(
        [*map(str, command)],
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        watcher = _Watcher(process.pid)
        said = process.stderr.read() if process.stderr else b""
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        total = watcher.stop()
    if process.returncode:
        raise Failed(f"{' '.join(map(str, command))}:\n{said.decode(errors='replace')}")
    largest = used.ru_maxrss / 1024
    return Usage(wall, used.ru_utime + used.ru_stime, largest, max(total, largest))


class _Watcher:
    """Looks again and again at how much memory a process and its descendants have."""

    def __init__(self, process: int) -> None:
        self._process = process
        self._peak = 0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Look no more, and give the most that was seen, in MiB."""
        self._is_over.set()
        self._thread.join()
        return self._peak / 2**20

    def _work(self) -> None:
        while not self._is_over.wait(_LOOK):
            self._peak = max(self._peak, sum(map(resident, family(self._process))))


def family(process: int) -> Iterator[int]:
    """Give a process and its descendants, as far as they are still there."""
    yield process
    for tasks in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = tasks.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from family(int(child))


def resident(process: int) -> int:
    """Give the bytes of memory that a process has now; none where it is gone."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0


def cpu_seconds(process: int) -> float:
    """Give the seconds of CPU that a process has taken until now."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def in_turn(
    rounds: int, contenders: Mapping[str, Callable[[int], Usage]]
) -> dict[str, list[Usage]]:
    """Measure contenders A B A B, so that what changes on the machine changes for each."""
    found: dict[str, list[Usage]] = {name: [] for name in contenders}
    for number in range(rounds):
        for name, contender in contenders.items():
            found[name].append(contender(number))
            tell(f"round {number + 1}: {name}: {found[name][-1].wall:.2f} s")
    return found


@contextmanager
def ended(process: "subprocess.Popen[bytes]") -> Iterator["subprocess.Popen[bytes]"]:
    """Give a process, which ends with the block."""
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


# --- What is said ----------------------------------------------------------------------


def tell(line: str) -> None:
    """Say how far the work is."""
    sys.stderr.write(f"{line}\n")


def ratio(ours: float, theirs: float, bar: float | None = None) -> str:
    """Give a ratio and, where there is one, whether it meets the bar from below."""
    figure = f"{ours / theirs:.3f}" if theirs else "-"
    return figure if bar is None else f"{figure} ({'meets' if ours <= bar * theirs else 'misses'})"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Give a table in Markdown; its first column is text, the others are figures."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines) + "\n"


def machine(*versions: str) -> str:
    """Say where and when this was measured, and with what versions of others' programs."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        (model, *_) = (line.partition(": ")[2] for line in lines if line.startswith("model name"))
    except (OSError, ValueError):
        model = platform.machine()
    python = f"Python {platform.python_version()}"
    parts = [
        f"{os.cpu_count()} cores ({model})",
        python,
        *versions,
        f"{datetime.now(UTC):%Y-%m-%d}",
    ]
    return ", ".join(parts) + "\n"
