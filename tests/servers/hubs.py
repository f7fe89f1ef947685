"""A hub that others have written, flask-websub, finds our feeds and passes on what changes."""

import hashlib
import hmac
import json
import os
import signal
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_connection, socket
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from cli_tools import ROOT, document, eventually, manifest, serving
from conftest import in_formats

PYTHON = ROOT / ".venv-hub/bin/python"
PROGRAM = ROOT / "tests/servers/programs/websub_hub.py"
# Celery takes its time to begin, on a machine with much else to do.
PATIENCE = 60.0
KEY = "of the subscriber"
SUBSCRIBED = ("topics/rail.atom", "all.rss", "topics/tides.json")

if not PYTHON.exists():
    pytest.skip("flask-websub is not installed (.ci/servers does that)", allow_module_level=True)


def free_port() -> int:
    """Give a port at which nobody listens."""
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Delivery(NamedTuple):
    """What a hub has sent: to which callback, with which fields (in lower case)."""

    path: str
    headers: dict[str, str]
    body: bytes


class Subscriber:
    """Somebody whom a hub asks whether they want a topic, and then sends what is new in it."""

    def __init__(self) -> None:
        self.verified: list[str] = []
        self.delivered: list[Delivery] = []
        subscriber = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query)
                subscriber.verified.append(query["hub.topic"][0])
                self._say(query["hub.challenge"][0].encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                fields = {name.lower(): value for name, value in self.headers.items()}
                subscriber.delivered.append(Delivery(self.path, fields, body))
                self._say(b"")

            def _say(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Tell nobody."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self._thread.start()

    def subscribe(self, hub: str, topic: str) -> None:
        """Ask a hub for a topic; what it is called here is what comes back."""
        form = {
            "hub.mode": "subscribe",
            "hub.topic": topic,
            "hub.callback": f"{self.url}{urlsplit(topic).path}",
            "hub.secret": KEY,
        }
        with urllib.request.urlopen(hub, urlencode(form).encode(), PATIENCE) as answer:
            assert answer.status == 202

    def close(self) -> None:
        """Listen no more."""
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()


@pytest.fixture
def subscriber() -> Iterator[Subscriber]:
    """Give a subscriber who listens."""
    subscriber = Subscriber()
    try:
        yield subscriber
    finally:
        subscriber.close()


@contextmanager
def running_hub(port: int, folder: Path) -> Iterator[None]:
    """Run the hub until the block ends, from when it listens."""
    with (folder / "hub.log").open("ab") as log:
        process = subprocess.Popen(
            [PYTHON, PROGRAM, "serve", str(port), folder],
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def listens() -> bool:
        assert process.poll() is None, (folder / "hub.log").read_text(encoding="utf-8")
        with suppress(OSError):
            create_connection(("127.0.0.1", port), 1).close()
            return True
        return False

    try:
        eventually(listens, "the hub", PATIENCE)
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def discovered(url: str) -> Any:  # noqa: ANN401 - JSON
    """Give what flask-websub finds of a feed, by its fields and by its body."""
    run = subprocess.run(
        [PYTHON, PROGRAM, "discover", url], capture_output=True, timeout=PATIENCE, check=True
    )
    return json.loads(run.stdout)


def published_to(folder: Path) -> list[str]:
    """Give of which topics the hub was told, in the order of their names."""
    file = folder / "told"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    forms = [json.loads(line) for line in lines]
    return sorted(form["hub.url"] for form in forms if form["hub.mode"] == "publish")


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
        body: bytes = answer.read()
        return body


def edit(folder: Path, title: str) -> None:
    document(folder / "corpus", "b.md", title=title, topics="[Rail]")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with two documents, and a place for the hub."""
    document(tmp_path / "corpus", "a.md")
    edit(tmp_path, "First")
    (tmp_path / "hub").mkdir()
    (tmp_path / "config").mkdir()
    return tmp_path


def configure(folder: Path, site: str, hub: str) -> None:
    text = f"site: {{base_url: '{site}', hubs: '{hub}'}}\ncorpus: ../corpus\noutput: ../output\n"
    (folder / "config/feeds.yaml").write_text(text, encoding="utf-8")


@pytest.mark.case(67)
def test_subscribers_have_what_changed(folder: Path, subscriber: Subscriber) -> None:
    """A feed is found, subscribed to, changed, told of and delivered; also where the hub was down.

    When it is there again, and the server is another, what changed meanwhile is delivered.
    """
    at, hub_at, notes = free_port(), free_port(), folder / "hub"
    site, hub = f"http://127.0.0.1:{at}", f"http://127.0.0.1:{hub_at}/hub"
    configure(folder, site, hub)
    changing = in_formats("all", "topics/rail", "providers/paper.example")
    addresses = sorted(f"{site}/{path}" for path in changing)
    options = ("--port", at, "--every", 3_600)

    with running_hub(hub_at, notes), serving(*options, cwd=folder) as server:
        server.until("files written")
        for path in SUBSCRIBED:
            found = {"hub_url": hub, "topic_url": f"{site}/{path}"}
            by_fields, by_body = discovered(f"{site}/{path}")
            assert by_fields == found
            # What it looks for in a body are the links of XML.
            assert by_body == found or path.endswith(".json")
            subscriber.subscribe(by_fields["hub_url"], by_fields["topic_url"])
        wanted = sorted(f"{site}/{path}" for path in SUBSCRIBED)
        eventually(lambda: sorted(subscriber.verified) == wanted, "verification", PATIENCE)
        assert published_to(notes) == []

        before = manifest(folder / "output")
        edit(folder, "Second")
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: len(subscriber.delivered) == 2, "deliveries", PATIENCE)
        eventually(lambda: len(published_to(notes)) == len(addresses), "all pings", PATIENCE)
        check(subscriber, site, "Second")
        after = manifest(folder / "output")
        changed = {path for path in after if before[path]["sha256"] != after[path]["sha256"]}
        assert {
            path for path in changed if path.endswith((".atom", ".rss", ".json"))
        } - changing == {path for path in changed if "/archive/" in path and path.endswith(".atom")}
        assert published_to(notes) == addresses

    subscriber.delivered.clear()
    with serving(*options, cwd=folder) as server:
        server.until("files written")
        edit(folder, "Third")
        server.process.send_signal(signal.SIGHUP)
        server.until("changes wait")
        assert b"Third" in fetched(f"{site}/all.rss")
        server.process.kill()

    with running_hub(hub_at, notes), serving(*options, cwd=folder):
        eventually(lambda: len(subscriber.delivered) == 2, "deliveries after all", PATIENCE)
        eventually(lambda: len(published_to(notes)) == 2 * len(addresses), "pings", PATIENCE)
        check(subscriber, site, "Third")
    assert published_to(notes) == sorted(2 * addresses)


def check(subscriber: Subscriber, site: str, title: str) -> None:
    """See that both subscribed feeds that changed were delivered as they are, and signed."""
    assert {delivery.path for delivery in subscriber.delivered} == {"/topics/rail.atom", "/all.rss"}
    for delivery in subscriber.delivered:
        assert delivery.body == fetched(f"{site}{delivery.path}")
        assert title.encode() in delivery.body
        method, _, signature = delivery.headers["x-hub-signature"].partition("=")
        digest = hmac.new(KEY.encode(), delivery.body, getattr(hashlib, method)).hexdigest()
        assert signature == digest
