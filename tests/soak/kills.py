"""A thousand publishers are killed at any moment, and readers notice nothing of it."""

import os
import signal
import subprocess
import time
from pathlib import Path
from random import Random

import pytest
from casebook import Attempts
from cli_tools import ENVIRONMENT, build, command, document, eventually
from killed import try_kills

KILLS = int(os.environ.get("KILLS", "1000"))
# Of one corpus; then another one begins.
AT_A_TIME = 250
# So many documents are read by several processes.
MANY = 1_200


@pytest.mark.case(34)
@pytest.mark.parametrize("seed", range(-(-KILLS // AT_A_TIME)))
def test_whenever_publishers_are_killed_nothing_is_lost(
    tmp_path: Path, attempts: Attempts, seed: int
) -> None:
    """Every answer is whole and as its validators say, and a restart finishes what was begun."""
    try_kills(tmp_path, min(AT_A_TIME, KILLS - seed * AT_A_TIME), seed, attempts)


def group(process: int) -> set[int]:
    """Give who is in the process group that a process leads, and has not ended."""
    found = set()
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == process and fields[0] != "Z":
            found.add(int(place.name))
    return found


@pytest.mark.case(34, 43)
def test_who_shares_in_the_work_ends_with_a_publisher_and_holds_no_lock(
    tmp_path: Path, attempts: Attempts
) -> None:
    """The next publisher begins at once, whoever read documents for one that was killed."""
    random = Random(1)  # noqa: S311 - the same in every run
    for number in range(MANY):
        document(tmp_path / "corpus", f"{number}.md")
    places = ("--corpus", "corpus", "--output", "output")
    for _ in range(8):
        with subprocess.Popen(
            command("build", *places), cwd=tmp_path, env=ENVIRONMENT, start_new_session=True
        ) as publisher:
            eventually(lambda: len(group(publisher.pid)) > 1, "those who read")
            time.sleep(random.uniform(0, 0.5))
            publisher.send_signal(signal.SIGKILL)
            publisher.wait()
        attempts.count()
        run = build(tmp_path)
        if run.returncode:
            attempts.lose(f"the next one ends with {run.returncode}: {run.stderr}")
        eventually(lambda: not group(publisher.pid), "the end of all others")
        for file in (tmp_path / "corpus").iterdir():
            os.utime(file)
