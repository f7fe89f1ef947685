"""Requests of the plainest kind, told by their bytes alone.

What is read here is a small part of what HTTP/1.1 allows (RFC 9112): whole heads without a
body, written as nearly every client writes them. Whatever is written otherwise, is wrong, or
asks for more than an answer is for a whole parser to read.
"""

import re
from typing import NamedTuple

from feeds.http.head import MOST_FIELDS, is_host
from feeds.http.heeded import HEEDED, Heeded, heeded

_FIELD_NAME = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_FIELD_VALUE = rb"[!-~]++(?: ++[!-~]++)*+"

# A path is written here as it is meant: percent signs and queries are left to the parser.
_HEAD = re.compile(
    rb"(GET|HEAD) (/[!$&'()*+,./0-9:;=@A-Z_a-z~-]*+) HTTP/1\.1\r\n"
    rb"((?:%b: %b\r\n)++)\r\n" % (_FIELD_NAME, _FIELD_VALUE)
)
_FIELD = re.compile(rb"(%b): (%b)\r\n" % (_FIELD_NAME, _FIELD_VALUE))

# A head that is longer than any honest one is not looked at further.
_LONGEST = 8_192

# What asks for more than an answer, or says that more follows.
_ASKING_FOR_MORE = frozenset(
    {b"a-im", b"connection", b"content-length", b"expect", b"transfer-encoding", b"upgrade"}
)
_OF_PROTOCOL = _ASKING_FOR_MORE | {b"host"}


class PlainRequest(NamedTuple):
    """A GET or HEAD of a path; `end` is where the bytes end that it was read from.

    `agent` is the User-Agent field, and `client` what a field says that was asked for besides;
    each is empty where there is none, and the last of several.
    """

    is_head: bool
    path: str
    asked: Heeded
    end: int
    agent: bytes = b""
    client: str = ""


def plain_request(data: bytes, start: int = 0, client_field: bytes = b"") -> PlainRequest | None:
    """Read the request that begins at a place in some bytes; None where it is not a plain one.

    `client_field` names a field that says for whom it is, in lower case.
    """
    head = _HEAD.match(data, start, start + _LONGEST)
    if head is None:
        return None
    hosts, agent, client = 0, b"", b""
    headers: list[tuple[bytes, bytes]] = []
    fields = _FIELD.findall(data, *head.span(3))
    for written, value in fields:
        name = written.lower()
        if name in HEEDED:
            headers.append((name, value))
        elif name == b"user-agent":
            agent = value
        elif name == client_field:
            client = value
        elif name in _OF_PROTOCOL:
            if name == b"host" and is_host(value):
                hosts += 1
            elif name != b"connection" or value.lower() != b"keep-alive":
                return None
    if hosts != 1 or len(fields) > MOST_FIELDS:
        return None
    method, target, _ = head.groups()
    path, asked = target.decode("ascii"), heeded(headers)
    told = client.decode("latin-1")
    return PlainRequest(method == b"HEAD", path, asked, head.end(), agent, told)
