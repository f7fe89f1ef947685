"""How the time of a cycle is spent."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feeds.refresh import Progress


class Stopwatch:
    """Passes progress on, and takes the time from the beginning of each stage to the next."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress
        self._seconds: dict[str, float] = {}
        self._stage = "starting"
        self._begun = time.monotonic()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Note that a stage goes on, or that another has begun."""
        if stage != self._stage:
            self._turn(stage)
        self._progress(stage, done, total)

    def lines(self) -> Iterator[str]:
        """Say for each stage the seconds it took and its share of the whole."""
        self._turn("ended")
        total = sum(self._seconds.values())
        for stage, seconds in self._seconds.items():
            yield f"{stage:<12}{seconds:8.2f} s{seconds / total:7.1%}"

    def _turn(self, stage: str) -> None:
        now = time.monotonic()
        self._seconds[self._stage] = self._seconds.get(self._stage, 0) + now - self._begun
        self._stage, self._begun = stage, now
