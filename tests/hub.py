"""A hub, or a cache's interface, in the tests' own process: it notes what it is told.

How it answers is one of the methods whose names begin with `answers_`, and may change at any time.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs

# For how long one drips at most that answers a byte at a time.
_DRIPS = 600
_WHILE = 3
_FLOOD = bytes(65_536)


class Told(NamedTuple):
    """What was asked: the names of header fields are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, list[str]]:
        """The fields of a form."""
        return parse_qs(self.body.decode(), strict_parsing=True)

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever it is
        """The body, as JSON."""
        return json.loads(self.body)


class Hub:
    """What listens at `url` until it is closed, and answers as its attribute `answer` says."""

    def __init__(self, answer: str = "well", port: int = 0) -> None:
        self.answer = answer
        self.target = ""
        self.redirects = 302
        self.taken = 0
        self.retry_after = "3600"
        self.told: list[Told] = []
        hub = self

        class Handler(_Handler):
            of = hub

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self._is_closing = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def pinged(self) -> list[str]:
        """The addresses of feeds that it was told of, in the order of their names."""
        return sorted(told.form["hub.url"][0] for told in self.told)

    def close(self) -> None:
        """Listen no more; who drips stops."""
        self._is_closing = True
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def drip(self, handler: "_Handler", data: bytes) -> None:
        """Send a byte at a time, until it is too long or the hub closes."""
        for number in range(_DRIPS):
            if self._is_closing:
                return
            handler.wfile.write(data[number % len(data)].to_bytes())
            handler.wfile.flush()
            time.sleep(0.1)

    def flood(self, handler: "_Handler") -> None:
        """Send without an end, and count the bytes that are taken."""
        while not self._is_closing:
            handler.wfile.write(_FLOOD)
            self.taken += len(_FLOOD)


class _Handler(BaseHTTPRequestHandler):
    of: Hub
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        fields = {name.lower(): value for name, value in self.headers.items()}
        self.of.told.append(Told(self.command, self.path, fields, self.rfile.read(length)))
        with suppress(OSError):
            getattr(self, f"answers_{self.of.answer}")()

    def do_GET(self) -> None:
        self.do_POST()

    def answers_well(self) -> None:
        self._say(202, b"")

    def answers_500(self) -> None:
        self._say(500, b"out\nof order")

    def answers_404(self) -> None:
        self._say(404, b"no such topic")

    def answers_later(self) -> None:
        self._say(429, b"", retry_after=self.of.retry_after)

    def answers_elsewhere(self) -> None:
        self._say(self.of.redirects, b"", location=self.of.target)

    def answers_slowly(self) -> None:
        """Send the head a byte at a time, and never all of it."""
        self.of.drip(self, b"HTTP/1.1 202 Accepted\r\n" + b"x: y\r\n" * 200)
        self.close_connection = True

    def answers_for_a_while(self) -> None:
        """Answer well three times, and then no more."""
        self._say(202 if len(self.of.told) <= _WHILE else 500, b"")

    def answers_endlessly(self) -> None:
        """Send a good head, and a body that has no end, a byte at a time."""
        self._begin()
        self.of.drip(self, b"x")

    def answers_in_floods(self) -> None:
        """Send a good head, and a body that has no end, as fast as it is taken."""
        self._begin()
        self.of.flood(self)

    def _begin(self) -> None:
        self.close_connection = True
        self.send_response(202)
        self.send_header("connection", "close")
        self.end_headers()

    def _say(self, status: int, body: bytes, **fields: str) -> None:
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Tell nobody."""


@contextmanager
def listening(answer: str = "well", port: int = 0) -> Iterator[Hub]:
    """Give a hub that listens until the block ends."""
    hub = Hub(answer, port)
    try:
        yield hub
    finally:
        hub.close()
