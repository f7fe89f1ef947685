"""How long clients wait between polls, in bounded room."""

from collections import Counter
from math import log2

MOST_CLIENTS = 131_072
"""Of so many clients of a feed, at most, it is known when they asked last; and of half of that."""

_DAY = 24 * 3600
# Each class is 4.4 % wider than the one before, so that its middle is off by 2.2 % at most.
_CLASSES = 16


class LastSeen:
    """When each client was seen last, of those that were seen lately.

    When half of the room is taken, those who are in the other half are forgotten, but for those
    that have come since: so nothing needs to be kept in order.
    """

    def __init__(self) -> None:
        self._lately: dict[int, int] = {}
        self._before: dict[int, int] = {}

    def waited(self, key: int, moment: int) -> int | None:
        """Tell how many seconds a client waited, and note that it is here.

        None where it was not seen, or where this line is of before; what is longer than a day is
        no interval.
        """
        last = self._lately.get(key)
        if last is None:
            last = self._before.get(key)
            if len(self._lately) >= MOST_CLIENTS // 2:
                self._before, self._lately = self._lately, {}
        self._lately[key] = moment if last is None or moment > last else last
        if last is None or not 0 <= moment - last <= _DAY:
            return None
        return moment - last


class Intervals:
    """How often clients waited how long, in classes of nearly the same length."""

    __slots__ = ("_classes",)

    def __init__(self) -> None:
        self._classes: Counter[int] = Counter()

    def add(self, seconds: int) -> None:
        """Add an interval."""
        self._classes[round(_CLASSES * log2(seconds)) if seconds > 1 else 0] += 1

    def update(self, others: "Intervals") -> None:
        """Add all intervals of others."""
        self._classes.update(others._classes)  # noqa: SLF001 - of the same class

    def median(self) -> int | None:
        """Give the median in seconds, within 2.2 %; None where there is no interval."""
        left = (self._classes.total() + 1) // 2
        for number, times in sorted(self._classes.items()):
            left -= times
            if left <= 0:
                return round(2 ** (number / _CLASSES))
        return None
