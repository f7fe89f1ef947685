"""What commands answer, as JSON for machines."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from feeds.cli.talk import write
from feeds.text.dates import rfc3339


def write_json(value: object) -> None:
    """Write a value as JSON for who called us."""
    write(json_text(value, indent=2))


def json_text(value: object, indent: int | None = None) -> str:
    """Write a value as JSON; what has named parts is an object, an instant is as in RFC 3339."""
    return json.dumps(plain(value), ensure_ascii=True, indent=indent)


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever is told
    """Give a value as JSON has it: text, numbers, lists and objects."""
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if names := _names(value):
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def _names(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - as above
    """Give the names of a value's parts: of a data class, a tuple of ours or of the model."""
    if is_dataclass(value):
        return tuple(field.name for field in fields(value))
    return getattr(value, "_fields", ()) or getattr(value, "__struct_fields__", ())
