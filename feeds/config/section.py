"""What every section of the configuration has in common."""

from collections.abc import Mapping
from typing import ClassVar


def key_of(name: str) -> str:
    """Give the key of a field: one that Python has a word for has a line at its end."""
    return name.rstrip("_")


class Section:
    """What pydantic is to say of a section of the file."""

    __slots__ = ()
    __pydantic_config__: ClassVar[Mapping[str, object]] = {
        "extra": "forbid",
        "use_attribute_docstrings": True,
        "alias_generator": key_of,
    }
