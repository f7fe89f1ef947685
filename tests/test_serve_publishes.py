"""What clients are answered while publications follow each other."""

import gzip
import http.client
import os
import socket
import threading
from datetime import timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from test_serve_wire import NOW, PATIENCE, SINCE, ask, opaque, serving

from feeds.config import Configuration
from feeds.formats import feed_formats
from feeds.model import Resource
from feeds.publish.directory import DirectoryDestination
from feeds.publish.edition import Edition
from feeds.publish.known import Known
from feeds.publish.policy import Policy
from feeds.publish.spares import Spares, spare_name, spares_for
from feeds.serve.publication import MEMORY, Publication, Terms
from feeds.serve.served import Served

ATOM = "application/atom+xml"
PATHS = ["all.atom", *(f"topics/{number}.atom" for number in range(6))]


class Press:
    """Publishes below a root, again and again, and has it served."""

    def __init__(self, root: Path, memory: int, *, goes_ahead: bool = False) -> None:
        self.root = root
        self.memory = memory
        self.goes_ahead = goes_ahead
        self.known = Known()
        self.policy = Policy(Configuration(), feed_formats())
        self.served = Served(renew=self.renew)
        self.lock = threading.Lock()

    def publish(self, number: int) -> None:
        """Publish feeds that say a number, and their files in gzip with them or after them."""
        with DirectoryDestination(self.root).publishing() as staging:
            edition = Edition(self.known, SINCE + timedelta(seconds=number), staging)
            bodies = {path: f"<entry>{path} {number}</entry>".encode() * 200 for path in PATHS}
            for path, body in bodies.items():
                edition.offer(Resource(path, ATOM, body))
            if self.goes_ahead:
                outdated = [f"{path}.gz" for path in PATHS if f"{path}.gz" in self.known]
                edition.stage_manifest(outdated)
                edition.publish_ahead((), outdated)
            for path, body in bodies.items():
                file = gzip.compress(body, mtime=0)
                edition.offer(Resource(f"{path}.gz", "application/gzip", file))
            edition.stage_manifest()
            edition.publish(())
        edition.settle()

    def renew(self) -> None:
        """Serve what is published now."""
        with self.lock:
            terms = Terms(self.policy, NOW, self.memory)
            self.served.swap(Publication.load(self.root, terms, self.served.publication))


class Reader(threading.Thread):
    """Asks for all feeds in turn, with what it has of each, and notes what should not be."""

    def __init__(self, url: str, coding: str) -> None:
        super().__init__()
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
        self.coding = coding
        self.stop = threading.Event()
        self.seen: set[str] = set()
        self.failures: list[object] = []

    def run(self) -> None:
        """Ask until it is stopped, or something is wrong."""
        validators = dict.fromkeys(PATHS, '"none"')
        for path in cycle(PATHS):
            if self.stop.is_set() or self.failures:
                break
            validators[path] = self.ask(path, validators[path])
        self.connection.close()

    def ask(self, path: str, validator: str) -> str:
        """Ask for a feed, and give the tag that it has."""
        fields = {"Accept-Encoding": self.coding, "If-None-Match": validator}
        self.connection.request("GET", f"/{path}", headers=fields)
        response = self.connection.getresponse()
        body, tag = response.read(), response.headers["ETag"]
        if response.status == 304 and (tag, body) == (validator, b""):
            return validator
        is_coded = response.headers["Content-Encoding"] == "gzip"
        expected = opaque(gzip.decompress(body) if is_coded else body)
        if tag != f'"{expected}{"-gzip" if is_coded else ""}"':
            self.failures.append((response.status, response.headers.items()))
        self.seen.add(tag)
        return tag


@pytest.mark.case(34)
@pytest.mark.parametrize("goes_ahead", [False, True], ids=["at once", "feeds first"])
@pytest.mark.parametrize("memory", [0, MEMORY])
def test_during_two_hundred_publishes_every_answer_is_of_its_validator(
    tmp_path: Path, memory: int, *, goes_ahead: bool
) -> None:
    """Whenever a client asks, in whatever coding, the bytes are those that the tag is of.

    It is always answered, however little is held in memory.
    """
    press = Press(tmp_path, memory, goes_ahead=goes_ahead)
    press.publish(0)
    press.renew()
    with serving(press.served) as url:
        readers = [Reader(url, coding) for coding in ("gzip", "identity", "gzip")]
        for reader in readers:
            reader.start()
        for number in range(1, 201):
            press.publish(number)
            # Else it is found out when a file is another than was expected.
            if number % 3 == 0:
                press.renew()
        for reader in readers:
            reader.stop.set()
            reader.join(PATIENCE)
    assert not [failure for reader in readers for failure in reader.failures]
    seen = set[str]().union(*(reader.seen for reader in readers))
    assert len(seen) > 20
    assert any(tag.endswith('-gzip"') for tag in seen)


def replace(root: Path, path: str, body: bytes) -> None:
    """Replace a file as a publisher does before it replaces the manifest."""
    spares = Spares(root)
    spares.begin()
    spares.keep(path)
    staged = root / ".next"
    staged.write_bytes(body)
    staged.replace(root / path)


@pytest.mark.case(51)
def test_what_is_being_replaced_is_served_until_the_manifest_is(tmp_path: Path) -> None:
    """A publisher that was killed among its renames, even twice, takes nothing from clients."""
    press = Press(tmp_path, 0)
    press.publish(0)
    press.renew()
    with serving(press.served) as url:
        before = ask(url, "GET /all.atom", [])
        for body in (b"half done", b"half done again"):
            replace(tmp_path, "all.atom", body)
            assert ask(url, "GET /all.atom", []) == before
        press.publish(1)
        assert b"all.atom 1</entry>" in ask(url, "GET /all.atom", [])
    assert not (tmp_path / ".replaced").exists()


@pytest.mark.case(51)
def test_spares_are_of_the_manifest_that_is_there(tmp_path: Path) -> None:
    """What was kept for another manifest goes, and stands in the way of nothing."""
    press = Press(tmp_path, 0)
    press.publish(0)
    replace(tmp_path, "all.atom", b"half done")
    old = spares_for(tmp_path, (tmp_path / "manifest.json").stat()) / spare_name("all.atom")
    assert old.read_bytes().startswith(b"<entry>all.atom 0</entry>")
    manifest = (tmp_path / "manifest.json").read_bytes()
    (tmp_path / ".next").write_bytes(manifest)
    (tmp_path / ".next").replace(tmp_path / "manifest.json")
    replace(tmp_path, "all.atom", b"half done again")
    new = spares_for(tmp_path, (tmp_path / "manifest.json").stat()) / spare_name("all.atom")
    assert (old.exists(), new.read_bytes()) == (False, b"half done")


@pytest.mark.case(51)
def test_a_slow_reader_is_sent_what_it_began_to_read(tmp_path: Path) -> None:
    """However often a feed is replaced meanwhile, and though it is deleted, its bytes are one's."""
    press = Press(tmp_path, 0)
    body = b"<entry>" + b"long " * 2_000_000
    with DirectoryDestination(tmp_path).publishing() as staging:
        edition = Edition(press.known, SINCE, staging)
        edition.offer(Resource("long.atom", ATOM, body))
        edition.stage_manifest()
        edition.publish(())
    press.known = edition.settle()
    press.renew()
    with (
        serving(press.served) as url,
        socket.socket() as slow,
        (tmp_path / "long.atom").open("rb") as begun,
    ):
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        slow.settimeout(PATIENCE)
        slow.connect((urlsplit(url).hostname, urlsplit(url).port))
        slow.sendall(b"GET /long.atom HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received = slow.recv(1_000)
        assert begun.read(1_000) == body[:1_000]
        # The first of these deletes it.
        for number in range(5):
            press.publish(number)
            press.renew()
        assert not (tmp_path / "long.atom").exists()
        assert begun.read() == body[1_000:]
        received += b"".join(iter(partial(slow.recv, 1_000_000), b""))
    head, _, sent = received.partition(b"\r\n\r\n")
    assert sent == body
    assert f'etag: "{opaque(body)}"'.encode() in head


def test_what_another_program_copies_is_waited_for(tmp_path: Path) -> None:
    """Where files come before their manifest and nothing is kept, the answer waits for it."""
    old, new = Press(tmp_path / "old", 0), Press(tmp_path / "new", 0)
    old.publish(0)
    new.publish(1)
    old.renew()

    def copy() -> None:
        (new.root / "manifest.json").replace(old.root / "manifest.json")

    (new.root / "all.atom").replace(old.root / "all.atom")
    with serving(old.served) as url:
        later = threading.Timer(0.4, copy)
        later.start()
        assert b"all.atom 1</entry>" in ask(url, "GET /all.atom", [])
        later.join()


def test_what_is_harmed_is_to_be_asked_for_again(tmp_path: Path) -> None:
    """Bytes that no manifest speaks of are sent to nobody; all else is served as ever."""
    press = Press(tmp_path, 0)
    press.publish(0)
    press.renew()
    (tmp_path / "all.atom").write_bytes(b"harmed")
    os.unlink(tmp_path / "topics/0.atom")  # noqa: PTH108 - it is not there for the server either
    with serving(press.served) as url:
        for path in ("all.atom", "topics/0.atom"):
            answer = ask(url, f"GET /{path}", [])
            assert answer.startswith(b"HTTP/1.1 503 ")
            assert b"\r\nretry-after: 5\r\n" in answer
            assert b"harmed" not in answer
        assert ask(url, "GET /topics/1.atom", []).startswith(b"HTTP/1.1 200 ")
        assert ask(url, "GET /all.atom", ["Accept-Encoding: gzip"]).startswith(b"HTTP/1.1 200 ")
