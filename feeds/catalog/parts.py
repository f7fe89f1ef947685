"""Long lists of values in parts, since a database takes only so many in one statement."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Value = TypeVar("Value")

_SIZE = 5_000


def parts(values: Iterable[Value], size: int = _SIZE) -> Iterator[list[Value]]:
    """Give values in lists of up to `size`, in their order."""
    source = iter(values)
    while part := list(islice(source, size)):
        yield part
