"""Many whole numbers side by side in a large one, so that one addition adds them all.

Python has no vectors, but what it does with large numbers it does in C, and exactly. Each number
has its place, from the lowest bits on, and the highest bit of a place is not its own.
"""

from collections.abc import Iterator, Sequence
from struct import pack

BITS = 16
"""How wide a place is."""

LARGEST = (1 << (BITS - 1)) - 1
"""No number that is compared may be larger."""

_MARK = 1 << (BITS - 1)


class Bounds:
    """What numbers are compared with, each with its own, from 0 to the largest."""

    def __init__(self, bounds: Sequence[int]) -> None:
        self._marks = _side_by_side([_MARK] * len(bounds))
        self._missing = self._marks - _side_by_side(bounds)

    def reached(self, numbers: int) -> Iterator[int]:
        """Give the places of the numbers that are not below their bounds, the last first."""
        marks = (numbers + self._missing) & self._marks
        while marks:
            place = marks.bit_length() // BITS - 1
            yield place
            marks ^= _MARK << (BITS * place)


def _side_by_side(numbers: Sequence[int]) -> int:
    return int.from_bytes(pack(f"<{len(numbers)}H", *numbers), "little")
