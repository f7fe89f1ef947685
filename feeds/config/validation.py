"""Plain values to the frozen types by pydantic, and its errors to problems in our words.

The one place that imports pydantic; it is imported where a file is read, not before.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import ErrorDetails

from feeds.config.checks import said
from feeds.config.problems import Problem, Steps
from feeds.config.types import Configuration

_WANTED = {
    "string_type": "text",
    "path_type": "text",
    "tuple_type": "a list",
    "mapping_type": "a mapping",
    "dict_type": "a mapping",
}


@cache
def _adapter() -> TypeAdapter[Configuration]:
    return TypeAdapter(Configuration)


def validated(values: Mapping[str, object]) -> tuple[Configuration | None, list[Problem]]:
    """Make a configuration of plain values, or tell everything that is wrong with them."""
    try:
        return _adapter().validate_python(values), []
    except ValidationError as error:
        return None, [_problem(details) for details in error.errors(include_url=False)]


def _problem(error: ErrorDetails) -> Problem:
    steps: Steps = error["loc"]
    if steps[-1:] == ("[key]",):
        return Problem(steps[:-1], _message(error, steps[:-1]), at_key=True)
    return Problem(
        steps, _message(error, steps), at_key=error["type"] == "unexpected_keyword_argument"
    )


def _message(error: ErrorDetails, steps: Steps) -> str:
    match error["type"]:
        case "value_error":
            return str(error["ctx"]["error"])
        case "missing":
            return "is required"
        case "unexpected_keyword_argument":
            return _unknown(str(steps[-1]), _keys(steps[:-1]))
        case "dataclass_type":
            wanted = f"a mapping with keys ({', '.join(_keys(steps))})"
        case kind:
            wanted = _WANTED.get(kind, "something else")
    return f"must be {wanted}, not {said(error['input'])}"


def _unknown(key: str, known: list[str]) -> str:
    close = get_close_matches(key.lower().replace("-", "_"), known, 1)
    if close:
        return f"unknown key; did you mean `{close[0]}`?"
    return f"unknown key; the keys here are {', '.join(known)}"


def _keys(steps: Steps) -> list[str]:
    """Name the keys of the section to which steps lead."""
    section: Any = Configuration
    remaining = iter(steps)
    for step in remaining:
        hints = get_type_hints(section)
        hint = hints[str(step)] if str(step) in hints else hints[f"{step}_"]
        section = next(kind for kind in (hint, *get_args(hint)) if is_dataclass(kind))
        if get_origin(hint) in {tuple, Mapping}:
            next(remaining, None)
    return [field.name.rstrip("_") for field in fields(section)]


# --- The JSON Schema -----------------------------------------------------------------


class _WithoutTitles(GenerateJsonSchema):
    """No titles on properties: theirs would only repeat their keys."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002
        return False


def json_schema() -> dict[str, object]:
    """Make the JSON Schema of plain values, as pydantic knows it from the types."""
    return _adapter().json_schema(schema_generator=_WithoutTitles)
