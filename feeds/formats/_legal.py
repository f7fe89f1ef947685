"""The last line of defence: no text leaves a format that XML cannot carry."""

from collections.abc import Callable, Iterable
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, cast

from feeds.text.clean import is_clean, replace_illegal

_Value = TypeVar("_Value")


def legal(value: _Value) -> _Value:
    """Replace each character in a value of the model that XML 1.0 forbids with U+FFFD.

    One such character would cost a whole feed, because serialisers refuse it. A value
    that needs no change is returned as it is. Source: XML 1.0, section 2.2.
    """
    texts: list[str] = []
    _collect((value,), texts)
    return value if is_clean("".join(texts)) else cast("_Value", _legal(value))


def _collect(values: Iterable[object], texts: list[str]) -> None:
    """Add all texts in some values to a list, since one look at all of them is the cheapest."""
    for value in values:
        kind: Any = type(value)
        if kind is str:
            texts.append(cast("str", value))
        elif kind is tuple:
            _collect(cast("tuple[object, ...]", value), texts)
        elif (fields_of := _values(kind)) is not None:
            _collect(fields_of(value), texts)


def _legal(value: object) -> object:
    if isinstance(value, str):
        return replace_illegal(value)
    if isinstance(value, tuple):
        return tuple(map(_legal, value))
    kind: Any = type(value)
    if (fields_of := _values(kind)) is not None:
        before = fields_of(value)
        after = tuple(map(_legal, before))
        return value if after == before else kind(*after)
    return value


@cache
def _values(  # mypy takes no class for hashable
    kind: Any,  # noqa: ANN401
) -> Callable[[object], tuple[object, ...]] | None:
    """Give a function from an instance to the values of its fields; None for what has none."""
    names = getattr(kind, "__struct_fields__", None)
    return attrgetter(*names) if names else None
