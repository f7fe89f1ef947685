"""Any bytes as what a client sends first."""

from collections.abc import Iterable

import h11
from fuzz.kept import text_of
from test_serve_protocol import FIELDS, TARGETS

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
    for number, field in enumerate(FIELDS[:-1]):
        line = b"%b %b HTTP/1.1\r\n" % (
            (b"GET", b"HEAD")[number % 2],
            TARGETS[number % len(TARGETS)],
        )
        yield line + b"Host: x\r\n" + field + b"\r\n\r\nGET / HTTP/1.1\r\n"


def check(data: bytes) -> None:
    """See that a plain request is to h11 the same, without a body, and ends in the same place."""
    request = plain_request(data)
    if request is None:
        return
    assert plain_request(data[: request.end]) == request
    assert plain_request(data[: request.end - 1]) is None
    assert plain_request(b"G" + data, 1) == request._replace(end=request.end + 1)
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(data)
    event = connection.next_event()
    assert isinstance(event, h11.Request)
    assert (event.http_version, event.method == b"HEAD") == (b"1.1", request.is_head)
    assert event.method in {b"GET", b"HEAD"}
    assert event.target == request.path.encode()
    assert heeded(event.headers) == request.asked
    assert isinstance(connection.next_event(), h11.EndOfMessage)
    assert connection.their_state is h11.DONE
    assert connection.trailing_data[0] == data[request.end :]
