"""Every key with its value in force, and where in the file that is said."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from feeds.config.places import Places
from feeds.config.problems import Steps, dotted
from feeds.config.section import key_of
from feeds.config.types import Configuration
from feeds.config.writing import written
from feeds.model import Database


class Setting(NamedTuple):
    """A key as in `corpus[0].path`, its value in YAML, and its line and column if it has them."""

    key: str
    value: str
    place: tuple[int, int] | None


def settings_in_force(configuration: Configuration, places: Places | None) -> Iterator[Setting]:
    """Give all settings of a configuration, by the types' order; `places` are those of its file."""
    state = configuration.state_at
    local = configuration.state_directory
    configuration = replace(configuration, state=state.database or state.folder, local=local)
    for steps, at, value in _values(configuration, (), () if places else None, places):
        place = places.said(at) if places and at else None
        yield Setting(dotted(steps), written(_plain(value)), place)


def _values(
    value: object, steps: Steps, at: Steps | None, places: Places | None
) -> Iterator[tuple[Steps, Steps | None, object]]:
    """Give the steps to each value, and those at which the file says it; None: it does not."""
    below = list(_below(value, at, places))
    for step, where, each in below:
        yield from _values(each, (*steps, step), where, places)
    if not below and (isinstance(value, Database) or not is_dataclass(value)):
        yield steps, at, value


def _below(
    value: object, at: Steps | None, places: Places | None
) -> Iterator[tuple[str | int, Steps | None, object]]:
    """Give what is within a section, names, or a list of sections."""
    if is_dataclass(value) and not isinstance(value, Database):
        for field in fields(value):
            key = key_of(field.name)
            yield key, _at_field(field, at, places), getattr(value, field.name)
    elif isinstance(value, Mapping):
        # A name may be understood as another than is written, but stays in its order.
        names = places.keys(at) if places and at else value
        for name, (key, each) in zip(names, value.items(), strict=True):
            yield key, None if at is None else (*at, name), each
    elif isinstance(value, tuple) and any(map(is_dataclass, value)):
        for number, each in enumerate(value):
            yield number, None if at is None else (*at, number), each


def _at_field(field: Field[Any], at: Steps | None, places: Places | None) -> Steps | None:
    """Give where a field's value is said: where its key is, or the text that stands for it."""
    if places is None or at is None:
        return None
    is_required = field.default is MISSING and field.default_factory is MISSING
    steps = (*at, key_of(field.name))
    return steps if is_required or places.has(steps) else None


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Path | Database) else value
