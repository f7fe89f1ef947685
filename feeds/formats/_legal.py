"""The last line of defence: no text leaves a format that XML cannot carry."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, cast

from feeds.text.clean import replace_illegal

_Value = TypeVar("_Value")


def legal(value: _Value) -> _Value:
    """Replace each character in a value of the model that XML 1.0 forbids with U+FFFD.

    One such character would cost a whole feed, because serialisers refuse it. A value
    that needs no change is returned as it is. Source: XML 1.0, section 2.2.
    """
    return cast("_Value", _legal(value))


def _legal(value: object) -> object:
    if isinstance(value, str):
        return replace_illegal(value)
    if isinstance(value, tuple):
        return tuple(map(_legal, value))
    if is_dataclass(value) and not isinstance(value, type):
        before = _values(type(value))(value)
        after = tuple(map(_legal, before))
        return value if after == before else type(value)(*after)
    return value


@cache
def _values(kind: type[Any]) -> Callable[[object], tuple[object, ...]]:
    """Give a function from an instance to the values of its fields, in order.

    Every entry passes here once for each format, and `dataclasses.replace` would take
    as long as writing the entry down.
    """
    return attrgetter(*(field.name for field in fields(kind)))
