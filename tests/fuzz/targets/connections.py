"""Any bytes as all that a client sends through a connection."""

import asyncio
import logging
import re
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import uvicorn
from fuzz.targets import requests
from test_serve_protocol import Called
from test_serve_wire import CONFIGURATION, NOW, RESOURCES, SINCE, publish

from feeds.config import parse_configuration
from feeds.formats import feed_formats
from feeds.http.plain import plain_request
from feeds.publish.policy import Policy
from feeds.serve.app import FeedsApp
from feeds.serve.connections import Connections
from feeds.serve.protocol import PlainFirst
from feeds.serve.publication import Publication, Terms
from feeds.serve.served import Served

LONGEST = 1_500
WORDS = requests.WORDS


class Wire(asyncio.Transport):
    """A connection to a client who takes everything at once."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)})
        self.sent = bytearray()
        self.is_closed = False

    def write(self, data: bytes) -> None:  # type: ignore[override]
        """Take some bytes."""
        assert not self.is_closed
        self.sent += data

    def write_eof(self) -> None:
        """Take no more."""
        self.is_closed = True

    def close(self) -> None:
        """Take no more."""
        self.is_closed = True

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Hold nothing, whatever is asked for."""

    def is_closing(self) -> bool:
        """Whether nothing more is taken."""
        return self.is_closed

    def get_write_buffer_size(self) -> int:
        """Give the bytes that nobody has taken yet."""
        return 0

    def pause_reading(self) -> None:
        """Send no more for a while; what is sent here is sent at once."""

    def resume_reading(self) -> None:
        """Go on."""


@cache
def loop() -> asyncio.AbstractEventLoop:
    """Give the loop in which all is answered."""
    return asyncio.new_event_loop()


@cache
def configurations() -> list[uvicorn.Config]:
    """Configure a server that has answers before a call, and one that has none."""
    logging.getLogger("uvicorn.error").disabled = True
    root = Path(tempfile.mkdtemp(prefix="feeds-fuzz-"))
    publish(root, RESOURCES, SINCE)
    configuration = parse_configuration(CONFIGURATION, origin="feeds.yaml", folder=root)
    terms = Terms(Policy(configuration, feed_formats()), NOW)
    app = FeedsApp(Served(Publication.load(root, terms)))
    found = [
        uvicorn.Config(each, ws="none", lifespan="off", log_config=None, access_log=False)
        for each in (app, Called(app))
    ]
    for each in found:
        each.load()
        # All that may be read of the disk is in memory from now on.
        for path in RESOURCES:
            for coding in ("br", "zstd", "gzip", "identity"):
                line = f"GET /{path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: {coding}\r\n\r\n"
                loop().run_until_complete(answered(each, line.encode()))
    return found


async def answered(config: uvicorn.Config, *parts: bytes) -> bytes:
    """Give all that is answered to what a client sends in some parts."""
    protocol = PlainFirst(config=config, server_state=Connections(1), app_state={})
    wire = Wire()
    protocol.connection_made(wire)
    for part in parts:
        protocol.data_received(part)
        while protocol.tasks:  # noqa: ASYNC110 - the tasks are not ours
            await asyncio.sleep(0)
    protocol.connection_lost(None)
    return bytes(wire.sent)


def seeds() -> Iterable[bytes]:
    """Give several requests at once."""
    known = [*requests.seeds()]
    yield from known
    whole = [data.removesuffix(b"GET / HTTP/1.1\r\n") for data in known]
    yield from (b"".join(whole[at : at + 5]) for at in range(0, len(whole), 5))


def check(data: bytes) -> None:
    """See that all parsers answer the same, however it comes, never with an error of their own."""
    half = len(data) // 2
    first, second = (
        loop().run_until_complete(answered(config, *parts))
        for config, parts in zip(
            configurations(), ([data], [data[:half], data[half:]]), strict=True
        )
    )
    assert first == second
    # What is not implemented, and another version, is what was asked for.
    assert not re.search(rb"HTTP/1\.1 5(?!01 |05 )", first)
    place, plain = 0, 0
    while (request := plain_request(data, place)) is not None:
        place, plain = request.end, plain + 1
    assert first.count(b"HTTP/1.1 ") >= plain
