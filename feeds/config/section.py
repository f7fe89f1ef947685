"""What every section of the configuration has in common."""

from collections.abc import Mapping
from typing import ClassVar


def _key_of(name: str) -> str:
    return name.rstrip("_")


class Section:
    """What pydantic is to do with a section of the file."""

    __slots__ = ()
    __pydantic_config__: ClassVar[Mapping[str, object]] = {
        "extra": "forbid",
        "use_attribute_docstrings": True,
        # A key that Python has a word for is a field with a line at its end.
        "alias_generator": _key_of,
    }
