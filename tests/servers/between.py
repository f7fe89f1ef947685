"""A server between a store and who asks it, which counts what is asked and can spoil answers."""

import http.client
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self
from urllib.parse import unquote, urlsplit

_PART = 65_536
_NOT_PASSED = {"connection", "transfer-encoding", "content-length", "date", "server"}

Fields = list[tuple[str, str]]


class Request(NamedTuple):
    """What was asked: a method, a path in which nothing is coded, and a query."""

    method: str
    path: str
    query: str


class Between:
    """Passes requests on to a store at a port of loopback, at a port of its own.

    What is given as `spoil` is told of each request, and may give a status with which that is
    answered instead, with what is `said`. `most_at_once` requests were there at one time, and
    `bytes_sent` of objects and listings were sent on, as far as somebody took them.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.spoil: Callable[[Request], int | None] = lambda _request: None
        self.said = b""
        self.most_at_once = 0
        self.bytes_sent = 0
        self._asked: list[Request] = []
        self._lock = threading.Lock()
        self._now = 0
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("Passing", (_Handler,), {"between": self})
        )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take no more connections."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self) -> list[Request]:
        """Give what was asked since this was called last."""
        with self._lock:
            asked, self._asked = self._asked, []
        return asked

    def begin(self, request: Request) -> None:
        """Note a request."""
        with self._lock:
            self._asked.append(request)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)

    def end(self) -> None:
        """Note that a request was answered."""
        with self._lock:
            self._now -= 1


class _Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    protocol_version = "HTTP/1.1"
    between: Between

    def handle_one_request(self) -> None:
        """Answer a request, unless who asks has gone."""
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def answer(self) -> None:
        """Pass a request on, or spoil its answer."""
        target = urlsplit(self.path)
        request = Request(self.command, unquote(target.path), target.query)
        self.between.begin(request)
        try:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status = self.between.spoil(request)
            self._send(*(self._ask(body) if status is None else (status, [], self.between.said)))
        finally:
            self.between.end()

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer  # noqa: N815 - as the library has it

    def _ask(self, body: bytes) -> tuple[int, Fields, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.between.port, timeout=30)
        try:
            connection.request(self.command, self.path, body, dict(self.headers))
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _send(self, status: int, fields: Fields, body: bytes) -> None:
        known = {name.lower(): value for name, value in fields}
        is_head = self.command == "HEAD"
        self.send_response(status)
        for name, value in known.items():
            if name not in _NOT_PASSED:
                self.send_header(name, value)
        length = known.get("content-length", "0") if is_head else str(len(body))
        self.send_header("Content-Length", length)
        self.end_headers()
        for place in range(0, 0 if is_head else len(body), _PART):
            self.between.bytes_sent += self.wfile.write(body[place : place + _PART])

    def log_message(self, *_: Any) -> None:  # noqa: ANN401 - as the library has it
        """Say nothing."""
