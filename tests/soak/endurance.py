"""A server that refreshes thousands of times under clients loses nothing, and does not grow.

`FEEDS_REFRESHES=5000` is what is meant, and takes about a quarter of an hour; without it, a few
refreshes show that all of it works.
"""

import hashlib
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from bench.measuring import resident
from casebook import Attempts
from cli_tools import ENVIRONMENT, Serving, eventually, manifest, serving
from conftest import files_of

from feeds.text.dates import rfc3339

REFRESHES = int(os.environ.get("FEEDS_REFRESHES", "25"))
# Of fewer refreshes than this, nothing can be said of what grows.
MANY = 1_000
CONNECTIONS = 32
# Seconds that a refresh may take, on a machine that has much else to do.
PATIENCE = 60.0
# Seconds between the requests of one client, on average.
PAUSE = 0.06
DOCUMENTS, NAMES = 200, 260
TOPICS = ("Energy", "Tides", "Moon", "C++", "Zürich", "R&D")
PROVIDERS = ("paper.example", "review.example", "daily.example")
ALL = 50
CONFIGURATION = """
site: {title: Endurance, base_url: 'https://feeds.example', id_authority: 'feeds.example'}
corpus: ../corpus
output: ../output
state: ../state
reload: {every: 10, watch: true}
"""
CLIENTS = Path(__file__).parent / "clients.py"


@dataclass
class Newsroom:
    """A corpus that somebody works on without an end, and who knows what it says."""

    corpus: Path
    chance: random.Random = field(default_factory=lambda: random.Random(50))  # noqa: S311
    written: dict[str, dict[str, Any]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    edits: int = 0

    def begin(self) -> None:
        """Write the first documents, of the last days."""
        for number in range(DOCUMENTS):
            published = datetime.now(UTC) - timedelta(hours=number + 1)
            self.write(self.new_name(), self.new(published))

    def work(self) -> None:
        """Change something."""
        self.edits += 1
        ways = [self.edit, self.edit, self.edit, self.retopic, self.withdraw, self.move]
        ways += [self.spoil, self.mend, self.add, self.delete, self.announce]
        self.chance.choice(ways)()

    # --- What editors do -------------------------------------------------------------

    def edit(self) -> None:
        """Change what a document says."""
        name = self.any_name()
        words = f"{name.removesuffix('.md')}_{self.edits}"
        self.write(name, self.written[name] | {"title": f"Title_{words}", "excerpt": words * 3})

    def retopic(self) -> None:
        """Give a document other topics."""
        name = self.any_name()
        topics = self.chance.sample(TOPICS, self.chance.randint(1, 3))
        self.write(name, self.written[name] | {"topics": topics})

    def withdraw(self) -> None:
        """Withdraw a document, or publish it again."""
        name = self.any_name()
        self.write(name, self.written[name] | {"published": not self.written[name]["published"]})

    def move(self) -> None:
        """Give a document another path."""
        name, to = self.any_name(), self.new_name()
        (self.corpus / name).rename(self.corpus / to)
        self.written[to] = self.written.pop(name)
        self.broken = {to if each == name else each for each in self.broken}

    def spoil(self) -> None:
        """Leave a document half written."""
        name = self.any_name()
        self.broken.add(name)
        (self.corpus / name).write_text("---\ntitle: [", encoding="utf-8")

    def mend(self) -> None:
        """Write what was half written."""
        for name in sorted(self.broken)[:2]:
            self.write(name, self.written[name])

    def add(self) -> None:
        """Write another document, as long as there are not too many."""
        if len(self.written) >= DOCUMENTS + 20:
            self.delete()
        self.write(self.new_name(), self.new(datetime.now(UTC) - timedelta(seconds=1)))

    def delete(self) -> None:
        """Delete a document, as long as there are not too few."""
        if len(self.written) <= DOCUMENTS - 20:
            self.add()
        name = self.any_name()
        (self.corpus / name).unlink()
        del self.written[name]
        self.broken.discard(name)

    def announce(self) -> None:
        """Write a document that is due in a moment."""
        name = self.any_name()
        due = datetime.now(UTC) + timedelta(seconds=self.chance.randint(1, 3))
        self.write(name, self.written[name] | {"publishedDateTime": rfc3339(due)})

    # --- What they write -------------------------------------------------------------

    def any_name(self) -> str:
        """Choose a document."""
        return self.chance.choice(sorted(self.written))

    def new_name(self) -> str:
        """Choose a name that no document has; there are not many, so that they come again."""
        names = {f"{number % 7}/{number}.md" for number in range(NAMES)}
        return self.chance.choice(sorted(names - self.written.keys()))

    def new_address(self) -> int:
        """Choose an address that no document has, since one would stand for all that have it."""
        used = {int(fields["webUrl"].rpartition("/")[2]) for fields in self.written.values()}
        return self.chance.choice(sorted({*range(NAMES)} - used))

    def new(self, published: datetime) -> dict[str, Any]:
        """Make up what a document says."""
        self.edits += 1
        domain = self.chance.choice(PROVIDERS)
        return {
            "title": f"Title_new_{self.edits}",
            "excerpt": f"excerpt_{self.edits} " * 9,
            "publishedDateTime": rfc3339(published),
            "webUrl": f"https://{domain}/{self.new_address()}",
            "published": True,
            "provider": {"name": domain, "domain": domain},
            "topics": self.chance.sample(TOPICS, 2),
        }

    def write(self, name: str, fields: dict[str, Any]) -> None:
        """Write a document, in place or beside it first, as editors do."""
        lines = [f"{key}: {json.dumps(value)}" for key, value in fields.items()]
        file = self.corpus / name
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(".beside") if self.chance.random() < 0.5 else file
        beside.write_text("\n".join(["---", *lines, "---", ""]), encoding="utf-8")
        beside.replace(file)
        self.written[name] = fields
        self.broken.discard(name)

    def newest(self) -> list[tuple[str, str]]:
        """Give dates and titles in the feed of everything, the oldest one's title aside.

        Which of several of that date is in the feed is not for us to say.
        """
        shown = [fields for fields in self.written.values() if fields["published"]]
        return told((fields["publishedDateTime"], fields["title"]) for fields in shown)


def told(entries: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Order the dates and titles of entries, and leave out of what date the last is."""
    first = sorted(entries, reverse=True)[:ALL]
    return [entry for entry in first if entry[0] > first[-1][0]]


@dataclass(frozen=True)
class Look:
    """What a server has at a moment: bytes of memory and disk, file descriptors, threads."""

    memory: int
    descriptors: int
    threads: int
    disk: int


def look(processes: Sequence[int], folder: Path) -> Look:
    """Look at what the processes of a server have."""
    places = [Path(f"/proc/{process}") for process in processes]
    files = (file for name in ("output", "state") for file in (folder / name).rglob("*"))
    return Look(
        sum(map(resident, processes)),
        sum(len(list((place / "fd").iterdir())) for place in places),
        sum(len(list((place / "task").iterdir())) for place in places),
        sum(size_of(file) for file in files),
    )


def size_of(file: Path) -> int:
    """Give the bytes of a file; none where it is gone by now."""
    try:
        return file.lstat().st_size
    except OSError:
        return 0


def processes_of(server: Serving) -> list[int]:
    """Give the processes of a server that stay."""
    first = server.process.pid
    children = Path(f"/proc/{first}/task/{first}/children").read_text(encoding="utf-8")
    return [first, *map(int, children.split())]


@contextmanager
def asked_by_clients(server: Serving, paths: Sequence[str]) -> "Iterator[subprocess.Popen[str]]":
    """Have clients ask a server until the end."""
    place = urlsplit(server.url)
    arguments = [place.hostname, place.port, CONNECTIONS, PAUSE, *paths]
    with subprocess.Popen(
        [sys.executable, CLIENTS, *map(str, arguments)],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as clients:
        try:
            yield clients
        finally:
            if clients.poll() is None:
                clients.kill()


def begin(clients: "subprocess.Popen[str]", phase: str) -> None:
    """Tell clients what begins."""
    assert clients.stdin is not None
    clients.stdin.write(f"{phase}\n")
    clients.stdin.flush()


def refreshed(server: Serving, newsroom: Newsroom, times: int, folder: Path) -> list[Look]:
    """Change something and wait for a refresh, so many times; gives looks in equal distances."""
    processes, looks = processes_of(server), []
    for number in range(times):
        before = len(server.lines)
        newsroom.work()
        eventually(lambda before=before: is_done(server.lines[before:]), "a refresh", PATIENCE)
        if number % max(1, times // 400) == 0:
            looks.append(look(processes, folder))
    assert processes_of(server) == processes
    return looks


def is_done(lines: Sequence[str]) -> bool:
    """Tell whether a refresh has ended."""
    return any(" documents (" in line for line in lines)


def settle(server: Serving, newsroom: Newsroom, folder: Path) -> None:
    """Mend what is broken, and see that everything that was written is published, and all whole."""
    for name in sorted(newsroom.broken):
        newsroom.write(name, newsroom.written[name])

    def shown() -> list[tuple[str, str]]:
        items = json.loads(server.get("/all.json").body)["items"]
        return told((item["date_published"], item["title"]) for item in items)

    eventually(lambda: shown() == newsroom.newest(), "what was written last", PATIENCE)
    eventually(lambda: is_whole(folder / "output"), "a whole publication", PATIENCE)


def is_whole(output: Path) -> bool:
    """Tell whether every file is what the manifest says, and there is none besides."""
    known, files = manifest(output), files_of(output)
    return files.keys() == known.keys() | {"manifest.json"} and all(
        hashlib.sha256(files[path]).hexdigest() == entry["sha256"] for path, entry in known.items()
    )


def growth(values: Sequence[int]) -> float:
    """Give by how much the last tenth is more than the second fifth, as a share."""
    number = len(values)
    before = values[number // 5 : 2 * number // 5] or values
    return statistics.median(values[-max(1, number // 10) :]) / statistics.median(before) - 1


def percentile(values: Sequence[float], share: float) -> float:
    """Give the least value that so many are not above."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def figures(found: dict[str, Any], looks: Sequence[Look], seconds: float, times: int) -> str:
    """Write what was measured."""
    first, last = looks[len(looks) // 5], looks[-1]
    lines = [f"{times} refreshes in {seconds:.0f} s"]
    for phase, each in found["milliseconds"].items():
        spread = ", ".join(
            f"p{100 * share:.0f} {percentile(each, share):.1f}" for share in (0.5, 0.99)
        )
        lines.append(f"{phase}: {len(each)} requests, ms: {spread}, most {max(each):.1f}")
    lines.append(f"answers: {found['answers']}; {found['states']} states of resources")
    for name in ("memory", "descriptors", "threads", "disk"):
        values = [getattr(each, name) for each in looks]
        change = f"{getattr(first, name):,} to {getattr(last, name):,} ({growth(values):+.1%})"
        lines.append(f"{name}: {change}")
    return "\n".join(lines)


@pytest.mark.case(49, 50)
@pytest.mark.parametrize(("workers", "share"), [(1, 1.0), (2, 0.1)], ids=["one", "two workers"])
def test_a_server_that_goes_on_loses_nothing_and_does_not_grow(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    attempts: Attempts,
    workers: int,
    share: float,
) -> None:
    """Whoever asks meanwhile gets whole answers that are what their validators say.

    Memory, descriptors, threads and files stay what they are after the first refreshes.
    """
    times = max(10, int(share * REFRESHES))
    newsroom = Newsroom(tmp_path / "corpus")
    newsroom.begin()
    (tmp_path / "config").mkdir()
    (tmp_path / "config/feeds.yaml").write_text(CONFIGURATION, encoding="utf-8")
    with serving("--config", "config", "--workers", workers, cwd=tmp_path) as server:
        server.until(" documents (")
        eventually(lambda: server.get("/all.json").status == 200, "feeds")
        listed = [path for path in manifest(tmp_path / "output") if is_asked_for(path)]
        with asked_by_clients(server, listed) as clients:
            begin(clients, "idle")
            time.sleep(min(20, 2 + times / 100))
            begin(clients, "refreshing")
            begun = time.monotonic()
            looks = refreshed(server, newsroom, times, tmp_path)
            seconds = time.monotonic() - begun
            begin(clients, "idle")
            time.sleep(min(20, 2 + times / 100))
            said, _ = clients.communicate("end\n", timeout=60)
        found = json.loads(said)
        with capsys.disabled():
            print(f"\n{figures(found, looks, seconds, times)}")  # noqa: T201 - a report
        settle(server, newsroom, tmp_path)
        code, _ = server.stop()
    attempts.count(times)
    for failure in found["failures"]:
        attempts.lose(failure)
    assert code == 0
    assert "Traceback" not in server.said
    assert "refresh failed" not in server.said
    assert len(found["answers"]) >= 6
    if times >= MANY:
        assert growth([each.memory for each in looks]) < 0.05
        assert growth([each.disk for each in looks]) < 0.25
        # Some come and go with each refresh; one that stayed each time would be thousands.
        assert growth([each.descriptors for each in looks]) < 0.25
        assert growth([each.threads for each in looks]) < 0.25


def is_asked_for(path: str) -> bool:
    """Tell whether readers ask for a resource that stays where it is whatever is published."""
    return (
        not path.endswith((".gz", ".br")) and not path.startswith("_") and "/archive/" not in path
    )
