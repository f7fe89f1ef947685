"""A server between a store and who asks it, that counts what is asked and can spoil answers."""

import http.client
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self
from urllib.parse import unquote, urlsplit

_NOT_PASSED = {"connection", "transfer-encoding", "content-length", "date", "server"}


class Request(NamedTuple):
    """What was asked: a method, a path in which nothing is coded, and a query."""

    method: str
    path: str
    query: str


Spoil = Callable[[Request], int | None]
"""Gives the status with which a request is answered at once, or None to have it passed on."""


class Between:
    """Passes requests on to a store at a port of loopback, at a port of its own."""

    def __init__(self, port: int) -> None:
        self.asked: list[Request] = []
        self.spoil: Spoil = lambda _request: None
        self.most_at_once = 0
        self._lock = threading.Lock()
        self._now = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, port))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self) -> list[Request]:
        """Give what was asked since this was called last."""
        with self._lock:
            asked, self.asked = self.asked, []
        return asked

    def begin(self, request: Request) -> None:
        """Note a request."""
        with self._lock:
            self.asked.append(request)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)

    def end(self) -> None:
        """Note that a request was answered."""
        with self._lock:
            self._now -= 1


def _handler(between: Between, port: int) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers one connection."""

        protocol_version = "HTTP/1.1"

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
            between.begin(request)
            try:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status = between.spoil(request)
                if status is None:
                    self._send(*_asked(port, self, body))
                else:
                    self._send(status, [], b"")
            finally:
                between.end()

        def _send(self, status: int, fields: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for name, value in fields:
                if name.lower() not in _NOT_PASSED:
                    self.send_header(name, value)
            length = {name.lower(): value for name, value in fields}.get("content-length")
            is_head = self.command == "HEAD" and length is not None
            self.send_header("Content-Length", str(length if is_head else len(body)))
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else body)

        def log_message(self, *_: Any) -> None:  # noqa: ANN401 - as the library has it
            """Say nothing."""

    for method in ("GET", "HEAD", "PUT", "POST", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.answer)
    return Handler


def _asked(
    port: int, handler: BaseHTTPRequestHandler, body: bytes
) -> tuple[int, list[tuple[str, str]], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(handler.command, handler.path, body, dict(handler.headers))
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()
    finally:
        connection.close()
