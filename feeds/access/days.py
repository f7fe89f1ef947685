"""How many clients there were on each day, in bounded room."""

from collections.abc import Iterable, Mapping
from statistics import median_low

from feeds.access.clients import MOST_OPEN
from feeds.access.distinct import Distinct

MOST_DAYS = 1_000
"""Of so many days numbers are kept."""


class Days:
    """Counts clients by days. Of the days that were begun last it is known which they were."""

    __slots__ = ("_counts", "_open")

    def __init__(self) -> None:
        self._open: dict[int, Distinct] = {}
        self._counts: dict[int, int] = {}

    def add(self, day: int, key: int) -> None:
        """Add a client of a day."""
        known = self._open.get(day)
        if known is None:
            known = self._open[day] = Distinct()
            if len(self._open) > MOST_OPEN:
                self._close(next(iter(self._open)))
        known.add(key)

    def counts(self) -> Mapping[int, int]:
        """Give the number of clients by day."""
        return self._counts | {
            day: max(len(known), self._counts.get(day, 0)) for day, known in self._open.items()
        }

    def _close(self, day: int) -> None:
        # Where lines of a day come once more much later, the same clients would count twice.
        number = max(len(self._open.pop(day)), self._counts.get(day, 0))
        if day in self._counts or len(self._counts) < MOST_DAYS:
            self._counts[day] = number


def usual_and_most(days: Iterable[int], counts: Iterable[Mapping[int, int]]) -> tuple[int, int]:
    """Give what the sum of some counts is on the median day, and on the day when it is largest.

    The median, since the first day and the last are seldom whole.
    """
    of_days = dict.fromkeys(days, 0)
    for count in counts:
        for day, number in count.items():
            of_days[day] = of_days.get(day, 0) + number
    if not of_days:
        return 0, 0
    return median_low(of_days.values()), max(of_days.values())
