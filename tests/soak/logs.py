"""A log of any length is read once, and takes no more room than a short one.

`LOG_LINES=1000000` is what is meant, and takes half a minute; without it, a tenth of that.
"""

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cli_tools import ENVIRONMENT, command
from generated_logs import CLAIMED, FEEDS, MILLION, Truth, generate, size_of

from feeds.access.distinct import ERROR

LINES = int(os.environ.get("LOG_LINES", "100000"))
# Bytes by which a process may grow: what is bounded needs its room once it is full.
ROOM = 40 << 20


class Counted(NamedTuple):
    """What was told of a log, which had so many bytes; the most memory in bytes, and seconds."""

    told: dict[str, Any]
    truth: Truth
    size: int
    memory: int
    seconds: float


def counted(folder: Path, lines: int) -> Counted:
    """Count a generated log in a process of its own."""
    log = folder / f"{lines}.log"
    with log.open("w", encoding="ascii") as file:
        truth = generate(file, lines)
    begun = time.monotonic()
    with subprocess.Popen(
        command("stats", log, "--json"), cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE
    ) as run:
        assert run.stdout is not None
        told = json.loads(run.stdout.read())
        seconds = time.monotonic() - begun
        _, status, usage = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
    assert run.returncode == 0
    return Counted(told, truth, log.stat().st_size, usage.ru_maxrss << 10, seconds)


def test_a_long_log_is_read_once_in_the_room_of_a_short_one(tmp_path: Path) -> None:
    """Ten times as many lines of ten times as many clients are read once, and all numbers agree."""
    short, long = counted(tmp_path, LINES // 10), counted(tmp_path, LINES)
    for each in (short, long):
        agrees(each)
        print(  # noqa: T201 - what was measured is what one looks for
            f"{each.truth.lines} lines of {each.truth.persons} persons: "
            f"{each.truth.lines / each.seconds:.0f} lines/s, {each.memory >> 20} MiB"
        )
    assert long.truth.lines > 9 * short.truth.lines
    assert long.memory - short.memory < ROOM


def agrees(each: Counted) -> None:
    """See that what is told is what is true."""
    told, truth = each.told, each.truth
    assert told["read"]["bytes"] == each.size
    assert told["read"]["lines"] == truth.lines
    assert told["read"]["unread"] == 0
    assert told["all"]["polls"]["unchanged"] == truth.unchanged.total()
    assert told["all"]["polls"]["sent"] == truth.sent.total()
    assert told["all"]["errors"] == truth.errors
    assert told["all"]["interval"] == pytest.approx(3_600, rel=0.022)
    assert told["all"]["subscribers"]["counted"] == pytest.approx(truth.persons, rel=4 * ERROR)
    assert told["all"]["subscribers"]["claimed"] == CLAIMED * len(FEEDS)
    for feed in told["feeds"]:
        name, polls = feed["name"], feed["polls"]
        assert polls["sent_bytes"] == truth.sent[name] * size_of(name)
        assert polls["saved_bytes"] == truth.unchanged[name] * size_of(name)
        assert feed["subscribers"]["counted"] == pytest.approx(
            truth.persons_of(name), rel=4 * ERROR, abs=1
        )
    assert {doubt["subscribers"] for doubt in told["unbelieved"]} == {MILLION}
