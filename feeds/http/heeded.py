"""What decides which of the answers about a resource a request has."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

HEEDED = frozenset({b"accept-encoding", b"if-none-match", b"if-modified-since"})
"""The names, in lower case, of the fields that decide."""


class Heeded(NamedTuple):
    """The fields that decide: the lines of one, and two that are joined where they are there."""

    accept_encoding: Sequence[bytes] = ()
    if_none_match: str | None = None
    if_modified_since: str | None = None


NOTHING_HEEDED = Heeded()


def heeded(headers: Iterable[tuple[bytes, bytes]]) -> Heeded:
    """Pick out of header fields, with names in lower case, those that decide."""
    lines: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        if name in HEEDED:
            lines.setdefault(name, []).append(value)
    if not lines:
        return NOTHING_HEEDED
    return Heeded(
        lines.get(b"accept-encoding", ()),
        _joined(lines.get(b"if-none-match")),
        _joined(lines.get(b"if-modified-since")),
    )


def _joined(lines: Sequence[bytes] | None) -> str | None:
    """Join a field that may stand on several lines (RFC 9110, section 5.3)."""
    return b", ".join(lines).decode("latin-1") if lines else None
