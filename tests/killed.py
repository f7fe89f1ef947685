"""Kills of publishers, as many as are wanted, while readers ask a server for what they publish."""

import gzip
import http.client
import json
import re
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import brotli
from casebook import Attempts
from cli_tools import ENVIRONMENT, PATIENCE, serving
from test_serve_wire import opaque

TESTS = Path(__file__).parent
KILLER = TESTS / "killing.py"
DECODERS = {"gzip": gzip.decompress, "br": brotli.decompress}
FEED = re.compile(rb'xmlUrl="https?://[^/]*(/[^"]*)"')
ARCHIVE = re.compile(rb'rel="prev-archive" href="https?://[^/]*(/[^"]*)"')


def try_kills(root: Path, kills: int, seed: int, attempts: Attempts) -> None:
    """Kill publishers below a directory, count that, and note whatever was lost by it."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", KILLER, root / "workshop", f"{kills}", f"{seed}"],
        env=ENVIRONMENT | {"PYTHONPATH": str(TESTS)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as killer:
        try:
            _watch(root, killer, attempts)
        finally:
            killer.kill()


def _watch(root: Path, killer: "subprocess.Popen[str]", attempts: Attempts) -> None:
    assert killer.stdin
    assert killer.stdout
    assert killer.stdout.readline() == "ready\n"
    places = {"corpus": "workshop/corpus", "output": "workshop/output", "state": "server"}
    options = [word for name, place in places.items() for word in (f"--{name}", root / place)]
    with serving("--no-reload", *options, cwd=root) as server:
        readers = [Reader(server.url, coding) for coding in ("identity", "gzip", "br")]
        for reader in readers:
            reader.start()
        killer.stdin.write("go on\n")
        killer.stdin.flush()
        told = killer.stdout.read()
        for reader in readers:
            reader.stop.set()
            reader.join(PATIENCE)
    assert killer.wait(PATIENCE) == 0
    result = json.loads(told)
    attempts.count(sum(result["kills"].values()))
    for what in [*result["lost"], *(lost for reader in readers for lost in reader.lost)]:
        attempts.lose(what)
    assert len(result["kills"]) > 1
    assert all(reader.answers > 10 for reader in readers)


class Reader(threading.Thread):
    """Asks for all feeds that are listed, and for what they lead to, and checks every byte."""

    def __init__(self, url: str, coding: str) -> None:
        super().__init__()
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
        self.coding = coding
        self.stop = threading.Event()
        self.lost: list[str] = []
        self.answers = 0
        self.tags: dict[str, str] = {}
        self.dates: dict[str, dict[str, str]] = {}

    def run(self) -> None:
        """Ask until it is stopped, or much is wrong."""
        try:
            while not self.stop.is_set() and len(self.lost) < 5:
                listed = FEED.findall(self.ask("/feeds.opml", again=True) or b"")
                for path in ["/", *map(bytes.decode, listed)]:
                    # Others need the processor, too.
                    if self.stop.wait(0.01):
                        break
                    self.follow(path)
        except (OSError, http.client.HTTPException) as error:
            self.lost.append(f"no answer: {error!r}")
        finally:
            self.connection.close()

    def follow(self, path: str) -> None:
        """Ask for a feed, and for the archive that it leads to."""
        body = self.ask(path)
        for target in map(bytes.decode, ARCHIVE.findall(body or b"")):
            if self.ask(target, may_be_gone=True) is None and self.ask(path, again=True) == body:
                self.lost.append(f"{path} leads to {target}, which is not there")

    def ask(self, path: str, *, again: bool = False, may_be_gone: bool = False) -> bytes | None:
        """Ask for a path, with the tag of what it has unless it is to be sent `again`.

        Gives the bytes, if they are sent.
        """
        fields = {"Accept-Encoding": self.coding}
        if not again and path in self.tags:
            fields["If-None-Match"] = self.tags[path]
        self.connection.request("GET", path, headers=fields)
        response = self.connection.getresponse()
        body, headers = response.read(), response.headers
        self.answers += 1
        if response.status == 304 and headers["ETag"] == fields.get("If-None-Match"):
            return b""
        if response.status == 200:
            return self.checked(path, body, headers)
        if not (may_be_gone and response.status == 404):
            self.lost.append(f"{path} is answered {response.status}")
        return None

    def checked(self, path: str, body: bytes, headers: http.client.HTTPMessage) -> bytes:
        """See that bytes are those of their validators, and that no others have these."""
        tag, coding, date = headers["ETag"], headers["Content-Encoding"], headers["Last-Modified"]
        whole = DECODERS[coding](body) if coding else body
        inside = opaque(whole)
        if tag != f'"{inside}{f"-{coding}" if coding else ""}"':
            self.lost.append(f"{path} has the tag {tag} of other bytes")
        if self.dates.setdefault(path, {}).setdefault(date, inside) != inside:
            self.lost.append(f"{path} of {date} was another before")
        self.tags[path] = tag
        return whole
