"""What is asked of header fields: of their names, and of values that may name variables."""

import re
from collections.abc import Mapping

from feeds.config.checks import said

# RFC 9110, sections 5.1 and 5.5.
FIELD_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_FIELD_VALUE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
# Those that a request says of itself, whatever is configured.
_OF_REQUESTS = frozenset({"host", "content-length", "transfer-encoding", "connection", "upgrade"})


def field_name(value: str) -> str:
    """Accept the name of a header field (RFC 9110, section 5.1)."""
    if not FIELD_NAME.fullmatch(value):
        raise ValueError(f'{said(value)} is not the name of a header field such as "X-Real-IP"')
    return value


def field_of_ours(value: str) -> str:
    """Accept the name of a header field that requests of ours may have besides."""
    if field_name(value).lower() in _OF_REQUESTS:
        raise ValueError(f"{said(value)} is what each request says of itself")
    return value


def field_value(value: str) -> str:
    """Accept the value of a header field, in which `${NAME}` stands for a variable."""
    if not _FIELD_VALUE.fullmatch(value):
        raise ValueError("is not the value of a header field: ASCII, no space at its ends")
    if "${" in _VARIABLE.sub("", value):
        raise ValueError("has a ${ that names no variable of the environment")
    return value


def filled(value: str, environment: Mapping[str, str]) -> str:
    """Fill in what the environment has. Raises LookupError for the name of what it has not."""
    return _VARIABLE.sub(lambda found: environment[found[1]], value)
