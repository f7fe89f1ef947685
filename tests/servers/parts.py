"""All that there is past one machine, each part a process of its own that can be spoiled."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from typing import Self
from urllib.parse import urlsplit
from uuid import uuid4

import obstore
from cli_tools import BASE_URL, ENVIRONMENT, command, document, eventually, feeds_command
from daemons import free_port
from databases import PostgreSQL
from obstore.store import from_url
from polling import Editions
from stores import Ceph

from feeds.corpus.reading import JOB_SIZE
from feeds.publish.listing import load_listing
from feeds.publish.record import FOLDER, REPLACED
from feeds.store import Store, open_store

BUILDERS, WORKERS, SERVERS = 2, 2, 2
TAKEOVER_SECONDS = 1
# As many as all have room for in every feed.
MOST_DOCUMENTS = 40
# More than a builder reads by itself.
MANY = JOB_SIZE + 40
PATIENCE = 120.0
TOPICS = ("Rail", "Tides")
# What a builder says whose cycle has published something.
PUBLISHED = re.compile(r"; [1-9]\d* files? written")
CONFIGURATION = f"""\
site: {{base_url: '{BASE_URL}', id_authority: feeds.example}}
related: {{limit: 0}}
stories: {{all: false, topics: false, providers: false}}
top: {{entries: 0}}
compressed: false
server: {{takeover: {TAKEOVER_SECONDS}, max_age: 1}}
"""


class Part:
    """A process of ours with all that it starts, which writes what it has to say to a file."""

    def __init__(self, place: Path, environment: Mapping[str, str], *arguments: object) -> None:
        self.place = place
        self._command = command(*arguments)
        self._environment = ENVIRONMENT | dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def said(self) -> str:
        """All that it has said, also before it was started again."""
        return (self.place / "said").read_text(encoding="utf-8", errors="replace")

    @property
    def has_failed(self) -> bool:
        """Whether anything went wrong in it that it had not expected."""
        return "Traceback" in self.said

    def start(self) -> None:
        """Start it, whether or not it can do anything yet."""
        with (self.place / "said").open("ab") as said:
            self._process = subprocess.Popen(
                self._command,
                cwd=self.place,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                process_group=0,
            )

    def kill(self) -> None:
        """End all of it at once, as the end of its host does."""
        assert self._process
        self._signal(signal.SIGKILL)
        self._process.wait()

    def pause(self) -> None:
        """Have all of it do nothing until it is resumed."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Have it go on where it was paused."""
        self._signal(signal.SIGCONT)

    @property
    def has_ended(self) -> bool:
        """Whether it has ended by itself."""
        return self._process is None or self._process.poll() is not None

    def _signal(self, number: signal.Signals) -> None:
        assert self._process
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


class Parts:
    """A database, a store, builders, workers and servers, which all end with the block."""

    def __init__(self, folder: Path, ceph: Ceph, random: Random) -> None:
        self.folder = folder
        self.ceph = ceph
        self.random = random
        self.postgresql = PostgreSQL()
        self.prefix = uuid4().hex
        self.environment = ceph.environment() | self.postgresql.environment()
        self.editions = Editions()
        self.edition = 0
        self.entries: dict[int, int] = {}
        self._ports = [free_port() for _ in range(SERVERS)]
        self._stack = ExitStack()
        self._seen = set[str]()
        self._publications: dict[str, int] = {}
        self.builders = [
            self._part("builder", each, "serve", "--port", 0, "--every", 1)
            for each in range(BUILDERS)
        ]
        self._leader = self.builders[0]
        self.workers = [self._part("worker", each, "worker") for each in range(WORKERS)]
        self.servers = [
            self._part("server", each, "serve", "--no-reload", "--port", port)
            for each, port in enumerate(self._ports)
        ]

    @property
    def running(self) -> list[Part]:
        """All processes of ours."""
        return [*self.workers, *self.builders, *self.servers]

    @property
    def urls(self) -> list[str]:
        """Where the servers answer."""
        return [f"http://127.0.0.1:{port}" for port in self._ports]

    @property
    def bucket(self) -> str:
        """Where the gateway has what is published, for a CDN to read."""
        return f"{self.ceph.url}/feeds/{self.prefix}/output"

    @property
    def store(self) -> Store:
        """What is published, as who publishes it sees it."""
        return open_store(f"s3://feeds/{self.prefix}/output")

    def __enter__(self) -> Self:
        """Start all of it, and wait until the first edition is served."""
        self._stack.enter_context(self.postgresql)
        try:
            for name in ("ebb", "flow", "line"):
                self.edit(name)
            self.edit_many()
            for part in self.running:
                part.start()
                self._stack.callback(part.kill)
            self.wait_until_served()
        except BaseException as failure:
            self.explain(failure)
            self._stack.close()
            raise
        return self

    def __exit__(self, _kind: object, failure: BaseException | None, _trace: object) -> None:
        """End all of it, whatever happened."""
        if failure:
            self.explain(failure)
        self._stack.close()

    def explain(self, failure: BaseException) -> None:
        """Note to a failure what everybody has said last."""
        for part in self.running:
            if (part.place / "said").exists():
                failure.add_note(f"--- {part.place.name}: {part.said[-1_500:]}")

    # --- What authors do ---------------------------------------------------------------

    def edit(self, name: str | None = None) -> None:
        """Have a document say which edition this is; each third edition has a new document."""
        self.edition += 1
        names = sorted(file.stem for file in (self.folder / "corpus").glob("*.md"))
        if name is None:
            is_new = self.edition % 3 == 0 and len(names) < MOST_DOCUMENTS
            name = f"news-{self.edition}" if is_new else self.random.choice(names)
        # Every document is in each feed that is polled, so that all of these tell the edition.
        file = document(
            self.folder / "corpus",
            f"{name}.md",
            title=f'"{name.capitalize()}: Edition {self.edition}"',
            topics=f"[{', '.join(TOPICS)}]",
        )
        self.entries[self.edition] = len({*names, name})
        self._put([file])

    def edit_many(self) -> None:
        """Have so many documents say something else that workers read them."""
        places = [self.folder / "corpus/old" / f"{number}.md" for number in range(MANY)]
        for number, file in enumerate(places):
            document(
                file.parent,
                file.name,
                title=f'"Old {number}, as of {self.edition}"',
                publishedDateTime="2025-05-01T10:00:00Z",
                topics="[Old]",
            )
        self._put(places)

    def _put(self, files: Sequence[Path]) -> None:
        """Put documents into the bucket, in any order."""
        corpus = from_url(f"s3://feeds/{self.prefix}/corpus")
        root = self.folder / "corpus"

        def put(file: Path) -> None:
            obstore.put(corpus, file.relative_to(root).as_posix(), file.read_bytes())

        with ThreadPoolExecutor(16) as threads:
            list(threads.map(put, files))

    # --- What is seen ------------------------------------------------------------------

    def leader(self) -> Part:
        """Give the builder that has published last."""
        return self._leader

    def _note_leader(self) -> None:
        """Note who has said since the last edition that it published one."""
        for part in self.builders:
            number = len(PUBLISHED.findall(part.said))
            if number > self._publications.get(part.place.name, 0):
                self._leader = part
            self._publications[part.place.name] = number

    def wait_until_served(self) -> None:
        """Wait until every server answers by the last edition."""
        wanted = f"Edition {self.edition}".encode()

        def is_served() -> bool:
            ended = [part.place.name for part in self.running if part.has_ended]
            assert not ended, f"ended by themselves: {ended}"
            return all(wanted in _body(url) for url in self.urls)

        eventually(is_served, f"edition {self.edition} at all servers", PATIENCE)
        self._note_leader()

    def note_editions(self) -> None:
        """Note all manifests that there are, and were lately."""
        store = self.store
        for each in store.objects(REPLACED):
            if each.key not in self._seen:
                self._seen.add(each.key)
                self._note(store.get(each.key))
        self._note(store.get("manifest.json"))

    def _note(self, data: bytes | None) -> None:
        if data and data.startswith(b'{"version":1,"resources":['):
            self.editions.note(data)

    # --- What is left ------------------------------------------------------------------

    def end(self) -> None:
        """End all that publishes."""
        for part in (*self.builders, *self.workers):
            part.kill()

    def differences(self) -> list[str]:
        """Tell how the bucket differs from its manifest, and from what one machine publishes."""
        objects = self._objects()
        listed = {each.path: each for each in load_listing(objects["manifest.json"])}
        run = feeds_command("build", *self._alone(), env=self.environment)
        assert run.returncode == 0, run.stderr
        alone = self.folder / "alone/output"
        wanted = {
            file.relative_to(alone).as_posix(): file.read_bytes()
            for file in alone.rglob("*")
            if file.is_file()
        }
        found = [f"is not listed: {key}" for key in objects.keys() - listed.keys()]
        found += [f"is listed, and not there: {key}" for key in listed.keys() - objects.keys()]
        found += [f"is too much: {key}" for key in objects.keys() - wanted.keys()]
        found += [f"is missing: {key}" for key in wanted.keys() - objects.keys()]
        return [each for each in found if "manifest.json" not in each] + [
            f"differs: {key}"
            for key in objects.keys() & wanted.keys()
            if objects[key] != wanted[key] and key != "manifest.json"
        ]

    def _objects(self) -> dict[str, bytes]:
        store = self.store
        keys = [each.key for each in store.objects() if not each.key.startswith(f"{FOLDER}/")]
        return {key: store.get(key) or b"" for key in keys}

    def _alone(self) -> list[object]:
        """Give the options of a build on one machine, of the same documents."""
        place = self.folder / "alone"
        (place / "config").mkdir(parents=True)
        (place / "config/feeds.yaml").write_text(CONFIGURATION, encoding="utf-8")
        places = {"corpus": self.folder / "corpus", "output": place / "output", "state": place}
        options = [word for name, at in places.items() for word in (f"--{name}", at)]
        return ["--config", place / "config", *options]

    def _part(self, name: str, number: int, *arguments: object) -> Part:
        place = self.folder / f"{name}-{number}"
        (place / "config").mkdir(parents=True)
        (place / "config/feeds.yaml").write_text(
            f"{CONFIGURATION}corpus: s3://feeds/{self.prefix}/corpus\n"
            f"state: {self.postgresql.url}\noutput: s3://feeds/{self.prefix}/output\n"
            "reading: workers\nlocal: ../local\n",
            encoding="utf-8",
        )
        return Part(place, self.environment, *arguments, "--config", "config")


def _body(url: str) -> bytes:
    """Ask for what everything is in; nothing, where nobody answers."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request("GET", "/all.json")
        return connection.getresponse().read()
    except OSError:
        return b""
    finally:
        connection.close()


Spoil = Callable[[Parts], None]
"""Spoils a part, and has it be as before, or another in its place."""


def killed(choose: Callable[[Parts], Part | PostgreSQL | Ceph]) -> Spoil:
    """Have a part be killed, and started again."""

    def spoil(parts: Parts) -> None:
        part = choose(parts)
        part.kill()
        part.start()

    return spoil


def paused(choose: Callable[[Parts], Part | PostgreSQL | Ceph]) -> Spoil:
    """Have a part be stopped for some time, up to a few seconds."""

    def spoil(parts: Parts) -> None:
        part = choose(parts)
        part.pause()
        try:
            time.sleep(parts.random.uniform(0.1, 4))
        finally:
            part.resume()

    return spoil


def followed(parts: Parts) -> None:
    """Have the leader be stopped, its session end, and another lead, before it goes on."""
    leader = parts.leader()
    leader.pause()
    try:
        parts.postgresql.end_sessions()
        time.sleep(parts.random.uniform(0.1, 8))
    finally:
        leader.resume()


def _a_worker(parts: Parts) -> Part:
    return parts.random.choice(parts.workers)


SPOILED: dict[str, Spoil] = {
    "nothing": lambda _: None,
    "a worker, killed": killed(_a_worker),
    "a worker, paused": paused(_a_worker),
    "the leader, killed": killed(Parts.leader),
    "the leader, paused": paused(Parts.leader),
    "the leader, paused and cut off": followed,
    "PostgreSQL, killed": killed(lambda parts: parts.postgresql),
    "PostgreSQL, paused": paused(lambda parts: parts.postgresql),
    "the gateway, killed": killed(lambda parts: parts.ceph),
    "the gateway, paused": paused(lambda parts: parts.ceph),
}
"""What is done to which part, by what it is called."""
