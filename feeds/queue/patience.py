"""How long is waited for whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

_LONGEST = 30.0


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds between signs of life of a worker, and those after which it is taken for gone.

    Besides, for how long a worker that is to stop may go on with what it has begun, and after
    which time it is said again that nobody reads.
    """

    heartbeat: float = 3.0
    stalled: float = 15.0
    stopping: float = 20.0
    saying: float = 60.0


def pauses() -> Iterator[float]:
    """Give seconds to wait before each new attempt: ever more, and not the same for everybody."""
    chance = Random()  # noqa: S311 - nobody guesses at it
    longest = 0.5
    while True:
        yield longest * chance.uniform(0.5, 1)
        longest = min(2 * longest, _LONGEST)
