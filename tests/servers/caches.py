"""What caches in front of the server do with its answers: nginx and Varnish as they are shipped.

Run by `make servers`. Each cache must answer from what it has while that is fresh, ask with a
validator afterwards and be content with 304, and go on with what it has while the server is down.
"""

import hashlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Thread

import pytest
from cli_tools import document
from starlette.types import Message, Receive, Scope, Send

from feeds.catalog import histories_in
from feeds.config import Configuration, Server as ServerSettings
from feeds.config.state import State
from feeds.formats import feed_formats
from feeds.http.delta import own_tag
from feeds.publish.manifest import entity_tag
from feeds.publish.policy import Policy
from feeds.serve.app import FeedsApp
from feeds.serve.publication import Publication, Terms
from feeds.serve.served import Served
from feeds.serve.server import HttpServer

SAMPLE = Path(__file__).parents[2] / "feeds" / "sample"
NOW = "2026-11-20T00:00:00Z"
PATIENCE = 30.0
FRESH_SECONDS = 5
POLICY = Policy(Configuration(server=ServerSettings(max_age=FRESH_SECONDS)), feed_formats())

NGINX = """\
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi; proxy_temp_path {folder}/proxy;
  proxy_cache_path {folder}/cache keys_zone=feeds:1m;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass {origin}; proxy_http_version 1.1; proxy_cache feeds; proxy_cache_revalidate on;
    }}
  }}
}}
"""
VARNISH = """\
vcl 4.1;
backend default {{ .host = "127.0.0.1"; .port = "{origin_port}"; }}
sub vcl_backend_response {{ set beresp.grace = 1h; }}
"""


@dataclass
class Origin:
    """An application around that of the server, which notes what it is asked and what it says."""

    app: FeedsApp
    asked: list[tuple[bool, int]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the other does."""
        names = {name for name, _ in scope["headers"]}
        is_conditional = bool(names & {b"if-none-match", b"if-modified-since"})

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.asked.append((is_conditional, message["status"]))
            await send(message)

        await self.app(scope, receive, noting)


@dataclass
class Front:
    """A cache before a server that can be taken down."""

    url: str
    origin: Origin
    server: "Server"

    def get(self, path: str, **fields: str) -> tuple[int, bytes]:
        """Get what the cache gives."""
        return get(f"{self.url}/{path}", **fields)


@dataclass
class Server:
    """What is behind the cache."""

    url: str
    served: Served
    take_down: Callable[[], None]


def get(url: str, **fields: str) -> tuple[int, bytes]:
    """Ask with some header fields, and give the status and the body."""
    request = urllib.request.Request(url, headers=fields)
    with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
        return reply.status, reply.read()


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def build(corpus: Path, output: Path) -> None:
    """Publish a corpus."""
    command = [sys.executable, "-m", "feeds", "build", "--corpus", str(corpus), "--now", NOW]
    command += ["--output", str(output)]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give what is published of the sample corpus."""
    folder = tmp_path_factory.mktemp("caches") / "output"
    build(SAMPLE, folder)
    return folder


def load(output: Path) -> Publication:
    """Load a publication, and what is known of its past."""
    histories = partial(histories_in, State(output.with_name("output.state")))
    terms = Terms(POLICY, datetime.now(UTC), histories=histories)
    return Publication.load(output, terms)


@contextmanager
def serving(output: Path) -> Iterator[tuple[Origin, Server]]:
    """Serve a publication that is fresh for a moment."""
    served = Served(load(output))
    origin = Origin(FeedsApp(served))
    server = HttpServer(origin, "127.0.0.1", 0)
    thread = Thread(target=server.run)
    thread.start()

    def take_down() -> None:
        server.stop()
        thread.join(PATIENCE)

    try:
        yield origin, Server(server.url.rstrip("/"), served, take_down)
    finally:
        take_down()
    assert not thread.is_alive()


@contextmanager
def running(*command: str, port: int) -> Iterator[None]:
    """Run a program that listens on a port until this is left."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, process.communicate()[0]
                assert time.monotonic() < end, "it never listened"
                time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@contextmanager
def nginx(folder: Path, origin: str, port: int) -> Iterator[None]:
    """Run nginx with `proxy_cache`."""
    file = folder / "nginx.conf"
    file.write_text(NGINX.format(folder=folder, origin=origin, port=port))
    with running("nginx", "-p", str(folder), "-c", str(file), port=port):
        yield


@contextmanager
def varnishd(folder: Path, origin: str, port: int) -> Iterator[None]:
    """Run Varnish."""
    file = folder / "default.vcl"
    file.write_text(VARNISH.format(origin_port=origin.rpartition(":")[2]))
    command = (
        "varnishd",
        "-j",
        "none",
        "-F",
        "-n",
        str(folder / "work"),
        "-f",
        str(file),
        "-s",
        "malloc,16m",
    )
    with running(*command, "-a", f"127.0.0.1:{port}", port=port):
        yield


@pytest.fixture(params=[nginx, varnishd], ids=lambda cache: cache.__name__)
def front(request: pytest.FixtureRequest, output: Path, tmp_path: Path) -> Iterator[Front]:
    """Give each cache that is installed, before a server of its own."""
    if shutil.which(request.param.__name__) is None:
        pytest.skip(f"{request.param.__name__} is not installed")
    port = free_port()
    with serving(output) as (origin, server), request.param(tmp_path, server.url, port):
        yield Front(f"http://127.0.0.1:{port}", origin, server)


def eventually(is_so: Callable[[], bool]) -> None:
    """Wait until something is so, as long as it may take."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_fresh_answer_is_given_again(front: Front, output: Path) -> None:
    """Of twenty requests for a feed that is fresh the server sees one."""
    expected = 200, (output / "all.atom").read_bytes()
    front.get("all.rss")
    before = len(front.origin.asked)
    assert [front.get("all.atom") for _ in range(20)] == [expected] * 20
    assert len(front.origin.asked) == before + 1


def test_a_stale_answer_is_asked_for_with_a_validator(front: Front, output: Path) -> None:
    """When it is no longer fresh, the cache asks once, gets 304, and has it fresh again."""
    expected = 200, (output / "all.atom").read_bytes()
    assert front.get("all.atom") == expected
    time.sleep(FRESH_SECONDS + 1)
    assert front.get("all.atom") == expected
    eventually(lambda: len(front.origin.asked) == 2)
    assert front.origin.asked == [(False, 200), (True, 304)]


@pytest.mark.case(65)
def test_it_is_served_while_the_server_is_down(front: Front, output: Path) -> None:
    """What the cache has is better than nothing, and the server says for how long (RFC 5861)."""
    expected = 200, (output / "all.atom").read_bytes()
    assert front.get("all.atom") == expected
    front.server.take_down()
    time.sleep(FRESH_SECONDS + 1)
    assert front.get("all.atom") == expected
    time.sleep(1)
    assert front.get("all.atom") == expected


def test_a_part_of_a_feed_never_comes_through_a_cache(
    front: Front, output: Path, tmp_path: Path
) -> None:
    """What a cache asks for with its own validator is whole, though its client takes parts."""
    corpus, later = tmp_path / "corpus", tmp_path / "later" / "output"
    shutil.copytree(SAMPLE, corpus)
    build(corpus, later)
    document(corpus, "later.md")
    build(corpus, later)
    whole = (later / "all.atom").read_bytes()
    front.get("all.atom")
    time.sleep(FRESH_SECONDS + 1)
    front.get("all.atom", **{"A-IM": "feed"})
    eventually(lambda: front.origin.asked == [(False, 200), (True, 304)])
    front.server.served.swap(load(later))
    time.sleep(FRESH_SECONDS + 1)
    eventually(lambda: front.get("all.atom", **{"A-IM": "feed"})[1] == whole)
    assert {status for _, status in front.origin.asked} == {200, 304}
    assert front.get("all.atom") == (200, whole)
    # A reader that asks without the cache is answered with a part, so that there is one.
    before = entity_tag(hashlib.sha256((output / "all.atom").read_bytes()).hexdigest())
    fields = {"A-IM": "feed", "If-None-Match": own_tag(before)}
    status, part = get(f"{front.server.url}/all.atom", **fields)
    assert status == 226
    assert len(part) < len(whole) / 2
