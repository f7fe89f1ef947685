"""Any bytes as what a client sends first."""

from collections.abc import Iterable

import h11
import test_http_head
from fuzz.kept import text_of, tried_in
from test_serve_protocol import FIELDS, TARGETS

from feeds.http.head import Head, read_head
from feeds.http.heeded import heeded
from feeds.http.plain import plain_request

LONGEST = 600
WORDS = [
    text_of(word)
    for word in (*FIELDS[:-1], *TARGETS, b" HTTP/1.1\r\n", b"\r\n\r\n", b"HEAD ")
    if word.isascii()
]


def seeds() -> Iterable[bytes]:
    """Give requests, one with each field."""
    yield from tried_in(test_http_head)
    for number, field in enumerate(FIELDS[:-1]):
        line = b"%b %b HTTP/1.1\r\n" % (
            (b"GET", b"HEAD")[number % 2],
            TARGETS[number % len(TARGETS)],
        )
        yield line + b"Host: x\r\n" + field + b"\r\n\r\nGET / HTTP/1.1\r\n"


def check(data: bytes) -> None:
    """See that a plain request is to h11 the same, and that all who read a head read one thing."""
    head, request = read_head(data), plain_request(data)
    if isinstance(head, Head):
        held_head(data, head)
    if request is None:
        return
    assert isinstance(head, Head)
    assert head.end == request.end
    assert plain_request(data[: request.end]) == request
    assert plain_request(data[: request.end - 1]) is None
    assert plain_request(b"G" + data, 1) == request._replace(end=request.end + 1)
    event, rest = parsed(data)
    assert (event.http_version, event.method == b"HEAD") == (b"1.1", request.is_head)
    assert event.method in {b"GET", b"HEAD"}
    assert event.target == request.path.encode()
    assert heeded(event.headers) == request.asked
    assert dict(event.headers).get(b"user-agent", b"") == request.agent
    assert rest == data[request.end :]


def held_head(data: bytes, head: Head) -> None:
    """See that a head is handed on as one request without a body, and never before it is whole."""
    assert read_head(head.data) == Head(head.data, len(head.data))
    assert read_head(data[: head.end]) == head
    for cut in range(0, head.end, 1 + head.end // 7):
        assert read_head(data[:cut]) is None
    event, rest = parsed(head.data, is_only=True)
    assert not rest
    assert sum(name == b"host" for name, _ in event.headers) == 1 or event.http_version == b"1.0"


def parsed(data: bytes, *, is_only: bool = False) -> tuple[h11.Request, bytes]:
    """Give the request that h11 reads, which has no body, and what is left."""
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(data)
    event = connection.next_event()
    assert isinstance(event, h11.Request)
    assert isinstance(connection.next_event(), h11.EndOfMessage)
    assert is_only or connection.their_state is h11.DONE
    return event, connection.trailing_data[0]
