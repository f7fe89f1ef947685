"""Plain values to the frozen types by their hints, or all that is wrong with them in our words.

Every scalar of a file is text, and what is asked of one is asked by its kinds: what is left is
to walk along sections, lists and names. The library that does so, too, takes a tenth of a second
to begin, in each build.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, Field, fields, is_dataclass
from difflib import get_close_matches
from functools import cache, partial
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

from feeds.config.checks import said
from feeds.config.problems import Problem, Steps
from feeds.config.section import key_of
from feeds.config.types import Configuration

Hint: TypeAlias = Any
"""A type as a field is annotated with it."""

Wanted = TypeVar("Wanted")


def validated(values: Mapping[str, object]) -> tuple[Configuration | None, list[Problem]]:
    """Make a configuration of plain values, or tell everything that is wrong with them."""
    reading = _Reading()
    configuration: Configuration | None = reading.value(Configuration, values, ())
    return configuration, reading.problems


class _Told(Exception):
    """Something is wrong within a value, and has been told."""


class _Reading:
    """Makes what type hints ask for, and gathers what is wrong."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def value(self, hint: Hint, value: object, steps: Steps, *, at_key: bool = False) -> Any:  # noqa: ANN401 - what the hint asks for
        """Make what a hint asks for; None where that cannot be, which is a problem."""
        kinds = getattr(hint, "__metadata__", ())
        read = partial(self._bare, hint.__origin__ if kinds else hint, steps)
        for kind in kinds:
            read = partial(kind.read, read)
        try:
            return read(value)
        except _Told:
            return None
        except ValueError as error:
            self.problems.append(Problem(steps, str(error), at_key))
            return None

    def _bare(self, hint: Hint, steps: Steps, value: object) -> object:
        """Make what a hint without kinds asks for; only text is left to be read of scalars."""
        origin: Hint = get_origin(hint)
        if origin in {Union, UnionType}:
            (hint,) = (each for each in get_args(hint) if each is not NoneType)
            return None if value is None else self.value(hint, value, steps)
        if is_dataclass(hint):
            return self._section(hint, value, steps)
        if origin is tuple:
            return self._list(get_args(hint)[0], value, steps)
        if origin is Mapping:
            return self._names(get_args(hint), value, steps)
        return hint(_expected(str, "text", value)) if hint in {str, Path} else value

    def _section(self, section: Hint, value: object, steps: Steps) -> object:
        known, hints = _fields(section), _hints(section)
        values = _expected(dict, f"a mapping with keys ({', '.join(known)})", value)
        with self._complete():
            self.problems += _misnamed(known, values, steps)
            found = {
                known[key].name: self.value(hints[known[key].name], each, (*steps, key))
                for key, each in values.items()
                if key in known
            }
        return section(**found)

    def _list(self, hint: Hint, value: object, steps: Steps) -> object:
        items = enumerate(_expected(list, "a list", value))
        with self._complete():
            return tuple([self.value(hint, item, (*steps, number)) for number, item in items])

    def _names(self, hints: tuple[Hint, ...], value: object, steps: Steps) -> object:
        name, hint = hints
        found = {}
        with self._complete():
            for key, each in _expected(dict, "a mapping", value).items():
                at = (*steps, key)
                found[self.value(name, key, at, at_key=True)] = self.value(hint, each, at)
        return found

    @contextmanager
    def _complete(self) -> Iterator[None]:
        """Raise `_Told` where something that is found in the block is wrong."""
        before = len(self.problems)
        yield
        if len(self.problems) > before:
            raise _Told


def _expected(kind: type[Wanted], called: str, value: object) -> Wanted:
    if not isinstance(value, kind):
        raise ValueError(f"must be {called}, not {said(value)}")  # noqa: TRY004 - as other problems
    return value


@cache
def _fields(section: Hint) -> dict[str, Field[Any]]:
    return {key_of(field.name): field for field in fields(section)}


@cache
def _hints(section: Hint) -> dict[str, Hint]:
    return get_type_hints(section, include_extras=True)


def _misnamed(
    known: Mapping[str, Field[Any]], values: Mapping[str, object], steps: Steps
) -> Iterator[Problem]:
    """Tell which keys are unknown, and which are missing."""
    for key in values:
        if key not in known:
            yield Problem((*steps, key), _unknown(key, list(known)), at_key=True)
    for key, field in known.items():
        if key not in values and field.default is field.default_factory is MISSING:
            yield Problem((*steps, key), "is required")


def _unknown(key: str, known: list[str]) -> str:
    close = get_close_matches(key.lower().replace("-", "_"), known, 1)
    if close:
        return f"unknown key; did you mean `{close[0]}`?"
    return f"unknown key; the keys here are {', '.join(known)}"
