"""Plain values as YAML that a configuration file may have."""

import json
import re
from collections.abc import Iterator, Mapping

# What YAML, of whatever version, takes for nothing but text, wherever it stands.
_PLAIN = re.compile(r"[A-Za-z/.][A-Za-z0-9_./@+-]*(?:[: ](?=[^\s#])[A-Za-z0-9_./@+-]+)*")
_NOT_TEXT = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def written(value: object) -> str:
    """Write a value on one line."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{written(key)}: {written(each)}' for key, each in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _NOT_TEXT:
        return value
    return json.dumps(value, ensure_ascii=False)


def file_text(values: Mapping[str, object]) -> str:
    """Write mappings as a file has them, one key on a line, and all else on its key's line."""
    return "".join(f"{line}\n" for line in _lines(values, ""))


def _lines(values: Mapping[str, object], indent: str) -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield f"{indent}{written(key)}:"
            yield from _lines(value, indent + "  ")
        else:
            yield f"{indent}{written(key)}: {written(value)}"
