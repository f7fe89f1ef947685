"""What it takes to see that nothing has changed, beside a bare walk that asks for the same.

Usage: python tests/bench/scanning.py CONFIG [ROUNDS]

The configuration's corpus must have been built. Prints the medians in seconds: of the bare walk,
of our walk, and of all of a refresh that comes before documents would be read.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from measuring import NOW

from feeds.cli.options import Settings
from feeds.cli.settings import load_settings
from feeds.cli.wiring import make_plan
from feeds.corpus.sources.directory import DirectorySource
from feeds.refresh import Plan, refresh

INSTANT = datetime.fromisoformat(NOW)


def bare_walk(root: Path) -> None:
    """List every directory and ask for the status of all that is in it."""
    folders = [str(root)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                entry.stat(follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)


def our_walk(root: Path) -> None:
    """Give a stamp for each document."""
    for _ in DirectorySource(root).scan():
        pass


def until_read(plan: Plan) -> float:
    """Refresh, and give the seconds from the first look at the corpus until nothing is read."""
    times: dict[str, float] = {}

    def note(stage: str, _done: int, _total: int) -> None:
        times.setdefault(stage, time.perf_counter())

    report = refresh(plan, INSTANT, note)
    if report.read or report.bytes_written:
        sys.exit(f"{report.read} documents had changed")
    return times["reading"] - times["scanning"]


def timed(function: Callable[[Path], None], root: Path) -> float:
    """Give the seconds that a walk takes."""
    begin = time.perf_counter()
    function(root)
    return time.perf_counter() - begin


if __name__ == "__main__":
    settings = Settings(config=Path(sys.argv[1]))
    configuration = load_settings(settings)
    (corpus,) = (source.path for source in configuration.corpus)
    plan = make_plan(configuration, settings, INSTANT)
    rounds = [
        (timed(bare_walk, corpus), timed(our_walk, corpus), until_read(plan))
        for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 5)
    ]
    sys.stdout.write(" ".join(str(statistics.median(each)) for each in zip(*rounds, strict=True)))
