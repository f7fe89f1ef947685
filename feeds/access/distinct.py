"""How many different ones there were, in bounded room: exactly as long as they are few.

See P. Flajolet and others, HyperLogLog: the analysis of a near-optimal cardinality estimation
algorithm (2007). Of a hash of 64 bits nothing needs to be put right for large numbers.
"""

from math import log

EXACT = 32
"""Up to so many are counted one by one; of more the number is estimated."""

_BITS = 11
_REGISTERS = 1 << _BITS
_REST = 64 - _BITS
_BIAS = 0.7213 / (1 + 1.079 / _REGISTERS)
_FEW = 2.5 * _REGISTERS

ERROR = 1.04 / _REGISTERS**0.5
"""The standard error of an estimate, as a part of what there is: 2.3 %."""


class Distinct:
    """A set that knows how many it has and no longer which: 32 numbers, or 2 KiB."""

    __slots__ = ("_few", "_registers")

    def __init__(self) -> None:
        self._few: set[int] = set()
        self._registers: bytearray | None = None

    def add(self, key: int) -> None:
        """Add one by a hash of it, a number of 64 bits; the same one a second time is none."""
        if self._registers is not None:
            _note(self._registers, key)
            return
        self._few.add(key)
        if len(self._few) > EXACT:
            self._registers = bytearray(_REGISTERS)
            for known in self._few:
                _note(self._registers, known)
            self._few.clear()

    def __len__(self) -> int:
        """Give how many there are."""
        return _estimate(self._registers) if self._registers is not None else len(self._few)


def _note(registers: bytearray, key: int) -> None:
    place = key & (_REGISTERS - 1)
    rank = _REST + 1 - (key >> _BITS).bit_length()
    if rank > registers[place]:  # noqa: PLR1730 - most change nothing, and to call takes longer
        registers[place] = rank


def _estimate(registers: bytearray) -> int:
    guess = _BIAS * _REGISTERS * _REGISTERS / sum(2.0**-rank for rank in registers)
    empty = registers.count(0)
    if guess <= _FEW and empty:
        guess = _REGISTERS * log(_REGISTERS / empty)
    return round(guess)
