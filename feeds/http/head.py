"""The head of a request, read strictly: what may be read in two ways is refused.

RFC 9112 lets a server read much that is not as it should be. Somebody in front of it may read
that otherwise, and then a second request can hide in the first. So what is handed on has one
line for each field, no body, and nothing that asks for another protocol.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

MOST_BYTES = 65_536
"""How long a head may be, from its request line to its empty line."""

MOST_LINE = 8_192
"""How long a request line may be; RFC 9112, section 3, wants 8,000 at least."""

MOST_FIELDS = 100

BAD_REQUEST, URI_TOO_LONG, FIELDS_TOO_LARGE, VERSION_NOT_SUPPORTED = 400, 414, 431, 505

_END = b"\r\n\r\n"
_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_LINE = re.compile(rb"(%b) ([!-~]++) HTTP/([0-9])\.([0-9])" % _TOKEN)
_LINE_BEGINS = re.compile(rb"\r|%b(?: (?:[!-~]++(?: [HTP/0-9.]*+\r?)?)?)?" % _TOKEN)
_FIELD = re.compile(rb"(%b):[ \t]*+([^\x00\n\x0b\x0c\r]*+)" % _TOKEN)

# RFC 9110, section 7.2; RFC 3986, sections 3.2.2 and 3.2.3.
_HOST = rb"(?:[A-Za-z0-9._~!$&'()*+,;=%%-]*+|\[[0-9A-Za-z:.%%_~-]++\])(?::[0-9]*+)?+"
_ABSOLUTE = re.compile(rb"https?://(%b)(/[!-~]*+|\?[!-~]*+)?" % _HOST, re.IGNORECASE)
_AUTHORITY = re.compile(_HOST % ())
_LENGTH = re.compile(rb"[0-9]{1,19}")

# What says that a body comes, and what asks for something else before an answer or instead.
_FRAMING = frozenset({b"content-length", b"transfer-encoding"})
_NOT_HANDED_ON = _FRAMING | {b"expect", b"upgrade"}

_Fields = Sequence[tuple[bytes, bytes]]


class Head(NamedTuple):
    """A request without its body, for a parser; `end` is where its head ends in what was sent."""

    data: bytes
    end: int


class Refusal(NamedTuple):
    """The status of an answer to what is no request, or more than anybody honest asks."""

    status: int


def is_host(value: bytes) -> bool:
    """Whether a Host field may say this."""
    return _AUTHORITY.fullmatch(value) is not None


def read_head(data: bytes, start: int = 0) -> Head | Refusal | None:
    """Read the head that begins at a place in some bytes; None where its end is still to come.

    An empty line before it counts for nothing (RFC 9112, section 2.2).
    """
    if data.startswith(b"\r\n", start):
        start += 2
    end = data.find(_END, start, start + MOST_BYTES)
    if end < 0:
        return _refusal_of_part(data, start)
    line, *fields = data[start:end].split(b"\r\n")
    if len(line) > MOST_LINE:
        return Refusal(URI_TOO_LONG)
    if len(fields) > MOST_FIELDS:
        return Refusal(FIELDS_TOO_LARGE)
    return _read_lines(line, fields, end + len(_END))


def _read_lines(line: bytes, fields: list[bytes], end: int) -> Head | Refusal:
    asked, read = _LINE.fullmatch(line), [_FIELD.fullmatch(field) for field in fields]
    if asked is None or None in read:
        return Refusal(BAD_REQUEST)
    method, target, major, minor = asked.groups()
    if major != b"1":
        return Refusal(VERSION_NOT_SUPPORTED)
    named = [(field[1].lower(), field[2].rstrip(b" \t")) for field in read if field]
    path = _path(target, method, _values(named, b"host"), is_old=minor == b"0")
    has_body = _has_body(named, is_old=minor == b"0")
    if path is None or has_body is None:
        return Refusal(BAD_REQUEST)
    kept = [b"%b: %b" % field for field in named if field[0] not in _NOT_HANDED_ON]
    closing = [b"connection: close"] if has_body else []
    lines = [b"%b %b HTTP/1.%b" % (method, path, minor), *kept, *closing, b"", b""]
    return Head(b"\r\n".join(lines), end)


def _refusal_of_part(data: bytes, start: int) -> Refusal | None:
    """Tell what is wrong already with a head of which more is to come."""
    line, has_ended, _ = data[start : start + MOST_LINE + 2].partition(b"\r\n")
    if not has_ended and len(line) > MOST_LINE:
        return Refusal(URI_TOO_LONG)
    if len(data) - start >= MOST_BYTES:
        return Refusal(FIELDS_TOO_LARGE)
    is_sound = len(data) == start or (_LINE if has_ended else _LINE_BEGINS).fullmatch(line)
    breaks = data.count(b"\r\n", start)
    # The last byte may be half of a line's end.
    is_bare = data.count(b"\n", start) > breaks or data.count(b"\r", start, -1) > breaks
    return Refusal(BAD_REQUEST) if is_bare or not is_sound else None


def _values(named: _Fields, name: bytes) -> list[bytes]:
    return [value for known, value in named if known == name]


def _path(target: bytes, method: bytes, hosts: list[bytes], *, is_old: bool) -> bytes | None:
    """Give what a target asks for at this server; None where it or the Host is wrong.

    The host in an absolute one has no effect here, but it would have one on whoever looks at
    Host, so both must be the same (RFC 9112, section 3.2.2).
    """
    if len(hosts) != 1 and (hosts or not is_old):
        return None
    if not all(map(is_host, hosts)):
        return None
    if target.startswith(b"/") or (target == b"*" and method == b"OPTIONS"):
        return target
    absolute = _ABSOLUTE.fullmatch(target)
    if absolute is None or (hosts and hosts[0].lower() != absolute[1].lower()):
        return None
    path = absolute[2] or b"/"
    return path if path.startswith(b"/") else b"/" + path


def _has_body(named: _Fields, *, is_old: bool) -> bool | None:
    """Whether a body follows; None where that can be read in two ways (RFC 9112, section 6)."""
    framing = [field for field in named if field[0] in _FRAMING]
    if not framing:
        return False
    if len(framing) > 1:
        return None
    name, value = framing[0]
    if name == b"transfer-encoding":
        return True if value.lower() == b"chunked" and not is_old else None
    return int(value) > 0 if _LENGTH.fullmatch(value) else None
