"""What is answered from bytes alone, held to what h11 and the application answer."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from test_serve_wire import CONFIGURATION, DATE, NOW, PATIENCE, RESOURCES, SINCE, TAG, publish

from feeds.config import parse_configuration
from feeds.formats import feed_formats
from feeds.http.plain import PlainRequest, plain_request
from feeds.publish.policy import Policy
from feeds.serve.app import FeedsApp
from feeds.serve.prepared import Answer
from feeds.serve.publication import Publication, Terms
from feeds.serve.served import Served
from feeds.serve.server import AsgiApp, HttpServer

LAST = b"GET /small.atom HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
PLAIN = b"GET /all.atom HTTP/1.1\r\nHost: x\r\n\r\n"
LARGE = b"<entry>%d</entry>" * 20_000


@contextmanager
def listening(app: AsgiApp) -> Iterator[tuple[str, int]]:
    """Serve an application, and give where it listens."""
    server = HttpServer(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    parts = urlsplit(server.url)
    try:
        yield parts.hostname or "", parts.port or 0
    finally:
        server.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """Serve a publication of a feed, a small one, a large one, an archive and a page."""
    root = tmp_path_factory.mktemp("publication")
    publish(root, RESOURCES | {"large.atom": (LARGE, "application/atom+xml")}, SINCE)
    configuration = parse_configuration(CONFIGURATION, origin="feeds.yaml", folder=root)
    return Served(Publication.load(root, Terms(Policy(configuration, feed_formats()), NOW)))


@pytest.fixture(scope="module")
def app(served: Served) -> FeedsApp:
    """Give the application for it."""
    return FeedsApp(served)


class Called:
    """The same application to a server that is not told what it has before a call."""

    def __init__(self, app: FeedsApp) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, object], receive: object, send: object) -> None:
        """Answer one request."""
        await self.app(scope, receive, send)  # type: ignore[arg-type]


class Counting(FeedsApp):
    """An application that counts what it answers at once."""

    answers = 0

    def answer_at_once(self, request: PlainRequest, client: str) -> Answer | None:
        """Give an answer as ever."""
        answer = super().answer_at_once(request, client)
        self.answers += answer is not None
        return answer


@pytest.fixture(scope="module")
def both(app: FeedsApp) -> Iterator[list[tuple[str, int]]]:
    """Give where the publication is served from bytes where that is possible, and where never."""
    with listening(app) as first, listening(Called(app)) as second:
        yield [first, second]


def received(address: tuple[str, int], parts: list[bytes]) -> bytes:
    """Send some bytes, part by part, and give all that comes back, without dates."""
    with socket.create_connection(address, PATIENCE) as client:
        for part in parts:
            client.sendall(part)
            if len(parts) > 1:
                time.sleep(0.001)
        found = b"".join(iter(lambda: client.recv(65_536), b""))
    return re.sub(rb"\r\ndate: [^\r]+ GMT\r\n", b"\r\n", found)


FIELDS = [
    b"Host: x",
    b"host: X.example:80",
    b"Host:",
    b"Accept-Encoding: gzip",
    b"accept-encoding: br;q=0.5, gzip;q=0.7, *;q=0",
    b"ACCEPT-ENCODING: zstd",
    b"Accept-Encoding: identity;q=0",
    b"Accept-Encoding: ",
    b"Accept-Encoding:gzip",
    b"Accept-Encoding:  gzip ",
    b'If-None-Match: "%b"' % TAG.encode(),
    b'If-None-Match: W/"%b-gzip" , "x"' % TAG.encode(),
    b'If-None-Match: "a"',
    b"If-None-Match: *",
    b"If-None-Match: \xff",
    b"If-Modified-Since: %b" % DATE.encode(),
    b"If-Modified-Since: yesterday",
    b"User-Agent: someone/1.0 (a; b)",
    b"Cookie: \x01",
    b"Cookie: a\tb",
    b"X: a\x00b",
    b"X : a",
    b" folded",
    b"Keep-Alive: 5",
    b"Connection: keep-alive",
    b"Connection: Keep-Alive",
    b"Connection: Close",
    b"Connection: TE, close",
    b"Connection: upgrade",
    b"Upgrade: websocket",
    b"Expect: 100-continue",
    b"Content-Length: 0",
    b"Content-Length: 00",
    b"Content-Length: -1",
    b"Transfer-Encoding: gzip",
    b"A-IM: feed",
    b"Range: bytes=0-1",
    b"Via: 1.1 x",
    b"no colon",
    b"X: " + b"a" * 9_000,
]
TARGETS = [
    *(b"/all.atom", b"/small.atom", b"/", b"/index.html", b"/none", b"/large.atom", b"/healthz"),
    *(b"/all.atom?x", b"/%61ll.atom", b"//all.atom", b"*", b"http://x/all.atom", b"/all.atom#x"),
    *(b"/all/archive/2026-09.atom", b"/\xc3\xbc", b"all.atom", b"/all.atom "),
]
# What every client sends comes more often than what hardly any does.
LINES = st.sampled_from([*FIELDS, *([FIELDS[0]] * 10), *FIELDS[3:6] * 3, *FIELDS[10:13] * 3])
METHODS = st.sampled_from([*([b"GET"] * 12), *([b"HEAD"] * 5), b"OPTIONS", b"POST", b"get", b""])
VERSIONS = st.sampled_from([*([b" HTTP/1.1"] * 15), b" HTTP/1.0", b" HTTP/2.0", b"", b"  HTTP/1.1"])
ENDS = st.sampled_from([*([b"\r\n"] * 15), b"\n", b"\r", b"\r\r\n", b"\r\n "])


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """Make one request, most often a sound one."""
    target = draw(st.sampled_from([*TARGETS, *TARGETS[:3] * 8]))
    lines = draw(st.lists(LINES, max_size=4))
    if draw(st.integers(0, 9)) and not any(line.lower().startswith(b"host") for line in lines):
        lines.insert(0, b"Host: x")
    end = draw(ENDS)
    return end.join([draw(METHODS) + b" " + target + draw(VERSIONS), *lines, b"", b""])


@st.composite
def streams(draw: st.DrawFn) -> list[bytes]:
    """Make what a connection carries: requests, one after the other, in parts."""
    whole = b"".join([*draw(st.lists(requests(), min_size=1, max_size=4)), LAST])
    cuts = draw(st.lists(st.integers(0, len(whole)), max_size=3))
    places = [0, *sorted(cuts), len(whole)]
    return [whole[a:b] for a, b in pairwise(places) if a < b]


@pytest.mark.case(110, 111, 115)
@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(streams())
def test_bytes_alone_have_the_answer_that_a_call_has(
    both: list[tuple[str, int]], parts: list[bytes]
) -> None:
    """Whatever is sent, in whatever parts, what comes back is the same to the byte."""
    fast, slow = (received(address, parts) for address in both)
    assert fast == slow
    # One way or another, all that can be sent has an answer, and none is a failure of ours.
    assert not re.search(rb"^HTTP/1\.1 50[0-4] ", fast, re.MULTILINE)


@settings(max_examples=500, deadline=None)
@given(requests(), requests())
def test_what_is_plain_ends_with_its_head(first: bytes, second: bytes) -> None:
    """What is read as a plain request is a head to its empty line, and nothing after it counts."""
    request = plain_request(first + second)
    if request is not None:
        assert request.end == len(first)
        assert request == plain_request(first)
        assert plain_request(second + first, len(second)) == request._replace(
            end=len(first + second)
        )


@pytest.mark.parametrize(
    "fields",
    [b"", b"Accept-Encoding: gzip\r\n", b'If-None-Match: "%b"\r\n' % TAG.encode()],
)
def test_what_is_ready_takes_no_call(app: FeedsApp, fields: bytes) -> None:
    """What was asked for before is answered without the application being called."""
    line = b"GET /all.atom HTTP/1.1\r\nHost: x\r\n"
    request = plain_request(line + fields + b"\r\n")
    assert request is not None
    with listening(app) as address:
        received(address, [line + fields + b"Connection: close\r\n\r\n"])
    assert app.answer_at_once(request, "") is not None


def test_answers_come_in_the_order_of_requests(both: list[tuple[str, int]]) -> None:
    """What could be answered at once waits for what was asked before it."""
    slow = b"GET /all.atom?x HTTP/1.1\r\nHost: x\r\nA-IM: feed\r\n\r\n"
    head = b"HEAD /index.html HTTP/1.1\r\nHost: x\r\n\r\n"
    stream = (slow + head + PLAIN + slow + PLAIN + head) * 20 + LAST
    whole, parts = (
        [stream],
        [stream[place : place + 50] for place in range(0, len(stream), 50)],
    )
    expected = received(both[1], whole)
    assert expected.count(b"HTTP/1.1 200 OK") == 121
    assert received(both[0], whole) == received(both[0], parts) == expected


@pytest.mark.case(117)
def test_who_does_not_read_is_not_answered_without_end(served: Served) -> None:
    """Of two thousand large answers that nobody takes, few are made; all come when they are."""
    # Its answer is more than a socket takes at once.
    assert len(LARGE) > 262_144
    counting = Counting(served)
    large = b"GET /large.atom HTTP/1.1\r\nHost: x\r\n\r\n"
    with listening(counting) as address, socket.create_connection(address, PATIENCE) as client:
        asking = threading.Thread(target=client.sendall, args=(large * 500 + LAST,))
        asking.start()
        time.sleep(0.5)
        assert counting.answers < 50
        count, tail = 0, b""
        while chunk := client.recv(1_048_576):
            count += (tail + chunk).count(b"HTTP/1.1 200 OK")
            tail = chunk[-14:]
        asking.join(PATIENCE)
    assert count == 501
