"""Publishers that are killed at any moment, and what is then on the disk and after a restart.

Run as a program: `killing.py DIRECTORY KILLS SEED`. It publishes for the first time, says that it
is ready, and goes on when it is sent a line. It has all loaded that a publisher needs, and forks
one for each kill, so that a kill costs no start of a program. One that is forked with what the
last cycle carried is a process that goes on; without, it is a new one.
"""

import ctypes
import json
import logging
import os
import re
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import NamedTuple

from conftest import DAY, NOW, Workshop, is_whole, quiet
from test_refresh_carried import changed, stamps
from test_refresh_history import (
    ADDRESSES,
    FORGET,
    PROVIDERS,
    STORIES,
    TITLES,
    Do,
    Put,
    check,
    check_afresh,
    timeless,
    with_the_same_ledger,
)

from feeds.config import Configuration
from feeds.formats import feed_formats
from feeds.http.coding import IDENTITY
from feeds.publish.policy import Policy
from feeds.publish.unserved import CODED_FILES, is_unserved
from feeds.refresh import Carried, Plan, refresh
from feeds.serve.files import Unmatched
from feeds.serve.publication import NoPublication, Publication, Terms

EVERYTHING = (
    "compressed: true\npages: 2\nlimit: 3\nhosting: [redirects, headers, nginx]\n"
    "html: {pages: true}\n"
)
TOPICS = ["Energy", "Wind", "C", "C++", "Tides", "Rain", "Snow"]
# What is linked from a file that is published: every address of the site but those of formats.
LINK = re.compile(rb'(?:href|url|xmlUrl|htmlUrl)="https://feeds\.example/([^"#]+)"')
ARCHIVE, PAGE = "/archive/", "/page/"
POLICY = Policy(Configuration(), feed_formats())
# Whoever outlives the process that started it is handed to this one (prctl(2)).
PR_SET_CHILD_SUBREAPER = 36
# What the interpreter tells of that changes a file or a directory.
EVENTS = {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.utime", "shutil.rmtree"}
# What says when files appeared: after a kill another time than a publisher would have that ends.
UNLIKE = {"manifest.json"}
# How often what is published is compared with what a first build makes: that takes the longest.
COMPARED = 0.25
PATIENCE = 20.0
# Whoever has lost so much need not go on.
MUCH = 10


class Moment:
    """Ends this process at the next event of a number that the interpreter tells of."""

    def __init__(self) -> None:
        self.passed = 0
        self.last = 0

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        """Count what changes files, and end when it is time, before that is done."""
        if event in EVENTS or (event == "open" and arguments[1] in {"xb", "wb", "w"}):
            self.passed += 1
            if self.passed == self.last:
                os.kill(os.getpid(), signal.SIGKILL)


class Left(NamedTuple):
    """What a publisher left that was killed: what is published, by path."""

    files: dict[str, bytes]
    when: str


class Killing:
    """Kills publishers of one workshop, and restarts them."""

    def __init__(self, root: Path, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - the same in every run
        self.workshop = Workshop(root)
        self.workshop.configure(EVERYTHING)
        self.now = NOW
        self.kills: Counter[str] = Counter()
        self.lost: list[str] = []
        self.moment = Moment()
        self.seconds, self.events = 0.2, 100
        sys.addaudithook(self.moment.hear)

    def begin(self) -> None:
        """Publish for the first time, with kills on the way."""
        for number in range(9):
            self.write(number)
        self.workshop.carried = None
        self.round(frozenset(), {})

    def go_on(self) -> None:
        """Change the corpus, have publishers be killed that publish this, and finish it."""
        self.now += timedelta(seconds=self.random.choice([1, 1, 2, 60]))
        if self.random.random() < 0.01:
            self.now += DAY
        old, before = self.workshop.files(), stamps(self.workshop.corpus)
        for _ in range(self.random.randint(1, 5)):
            self.edit()
        told = changed(dict(before), dict(stamps(self.workshop.corpus)))
        self.round(told, old)

    def write(self, number: int) -> None:
        """Write a document; some are withdrawn, some have a topic that there was not yet.

        Each has an id of its own: which of those that share one tells which story is history.
        """
        choice = self.random.choice
        topics = self.random.sample(TOPICS, self.random.randint(0, 3))
        if self.random.random() < 0.1:
            topics.append(f"Topic {self.random.randint(1, 99)}")
        document = Put(
            number=number,
            title=choice([title for title in TITLES if title != "Ahead"]),
            day=choice([2, 2, 5, 9, 15, 27]),
            topics=topics,
            provider=choice(PROVIDERS),
            related=self.random.sample(ADDRESSES, self.random.randint(0, 2)),
            story=choice(STORIES),
            published=choice([True, True, True, False, None]),
            heat=choice([1, 9]),
            noise=self.random.randint(0, 3),
            strays=False,
        )
        document.do(self.workshop)
        self.workshop.edit(document.path, guid=None)

    def edit(self) -> None:
        """Change something in the corpus."""
        number = self.random.randint(0, 12)
        if self.random.random() < 0.8:
            self.write(number)
        else:
            Do(self.random.choice(["delete", "touch"]), number).do(self.workshop)

    def round(self, told: frozenset[str], old: dict[str, bytes]) -> None:
        """Have one publisher or some in a row be killed, then see that another one finishes."""
        lefts = []
        looks_at = told if old and self.random.random() < 0.6 else None
        for _ in range(self.random.choice([1, 1, 1, 2, 3])):
            # Only the first one goes on from what was carried; whoever follows is a new process.
            if (when := self.kill(looks_at)) is None:
                break
            files = self.workshop.files().items()
            lefts.append(Left({path: body for path, body in files if path[0] != "."}, when))
            self.look(lefts[-1], old)
            looks_at = None
            self.now += timedelta(seconds=self.random.choice([0, 1]))
        self.finish()
        new = self.workshop.files()
        for left in lefts:
            for path, body in left.files.items():
                if path not in UNLIKE and body not in {old.get(path), new.get(path)}:
                    self.lose(left, f"{path} is neither the old nor the new one")

    def kill(self, looks_at: frozenset[str] | None) -> str | None:
        """Kill a publisher and all that it started; says when, or None where it ended before."""
        plan = self.workshop.plan(self.now, force=True, looks_at=looks_at)
        self.moment.passed = self.moment.last = 0
        by_event = self.random.random() < 0.5
        last = self.random.randint(1, max(2, int(self.events * 1.1)))
        seconds = self.random.uniform(0, self.seconds * 1.2)
        process = os.fork()
        if process == 0:
            self.moment.last = last if by_event else 0
            publish(plan, self.now)
        if not by_event:
            time.sleep(seconds)
            os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        self.reap(process)
        when = f"event {last}" if by_event else f"{seconds:.4f} s"
        if os.WIFEXITED(status):
            if os.WEXITSTATUS(status):
                self.lost.append(f"a publisher failed by itself before {when}")
            return None
        kind = "scan" if looks_at is None else "look"
        self.kills[f"{kind} by {'event' if by_event else 'time'}"] += 1
        return f"{kind} at {when}"

    def reap(self, group: int) -> None:
        """See that nobody goes on whom a killed publisher had started."""
        end = time.monotonic() + PATIENCE
        with suppress(ChildProcessError, ProcessLookupError):
            while os.waitpid(-group, os.WNOHANG) or os.killpg(group, 0) is None:
                if time.monotonic() > end:
                    self.lost.append("somebody outlives the publisher that started it")
                    os.killpg(group, signal.SIGKILL)
                    return
                time.sleep(0.005)

    def look(self, left: Left, old: dict[str, bytes]) -> None:
        """See that all can be served, and that nothing on the disk leads to what is not there."""
        for what in unservable(self.workshop.output):
            if old or "no publication" not in what:
                self.lose(left, what)
        for path, target in dangling(left.files):
            self.lose(left, f"{path} leads to {target}")

    def finish(self) -> None:
        """Publish what is owed, and see that nothing is left, and nothing owed.

        Often enough, what is published is compared with what a first build makes.
        """
        workshop = self.workshop
        workshop.carried = Carried()
        self.moment.passed = self.moment.last = 0
        begun = time.monotonic()
        workshop.build(self.now, force=True)
        self.seconds, self.events = time.monotonic() - begun, max(self.moment.passed, 40)
        hidden = sorted(file.name for file in workshop.output.glob(".*"))
        kept = {file.name for file in workshop.state.iterdir()}
        assert not hidden, hidden
        assert kept == {"catalog.sqlite", "lock", "refresh.json"}, kept
        assert is_whole(workshop)
        assert not list(dangling(workshop.files()))
        report = workshop.build(self.now, force=True)
        assert (report.read, report.bytes_written) == (0, 0)
        if self.random.random() < COMPARED:
            check(workshop, self.now)
            forgotten = with_the_same_ledger(workshop, self.now, FORGET)
            check_afresh(workshop, timeless(forgotten), self.now)
        for place in [*workshop.root.glob("ledger-*"), *workshop.root.glob("fresh-*")]:
            shutil.rmtree(place)

    def lose(self, left: Left, what: str) -> None:
        """Note what a kill has broken."""
        self.lost.append(f"killed in a {left.when}: {what}")


def publish(plan: Plan, now: datetime) -> None:
    """Run a cycle in a process that was forked for it, and end."""
    status = 1
    try:
        os.setpgid(0, 0)
        refresh(plan, now, quiet)
        status = 0
    except BaseException:  # noqa: BLE001 - nothing may lead back to what was forked
        traceback.print_exc()
    finally:
        os._exit(status)


def unservable(output: Path) -> Iterator[str]:
    """Give what the manifest in place speaks of that a server could not send."""
    try:
        publication = Publication.load(output, Terms(POLICY, NOW + 400 * DAY))
    except NoPublication as error:
        yield f"no publication: {error}"
        return
    for entry in publication.listing:
        prepared = None if is_unserved(entry) else publication.prepared(entry.path)
        for coding in [IDENTITY, *CODED_FILES] if prepared else []:
            try:
                body = publication.files.body(prepared, coding)
            except Unmatched:
                yield f"{entry.path} cannot be served"
                continue
            if coding == IDENTITY and sha256(body or b"").hexdigest() != entry.sha256:
                yield f"{entry.path} is not as listed"


def dangling(files: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """Give links in files that lead to no file.

    A feed and its archive lead to each other, and so do its pages and what people see of it, so
    that one of them has to come first: that is the one which nobody finds before its feed.
    """
    for path, body in files.items():
        found = LINK.findall(body) if path.endswith((".atom", ".rss", ".opml", ".html")) else []
        for target in map(bytes.decode, found):
            is_back = (
                path.endswith("/index.html")
                or (ARCHIVE in path and ARCHIVE not in target)
                or path.count(PAGE) > target.count(PAGE)
            )
            if not (is_back or target in files or f"{target}index.html" in files):
                yield path, target


def main() -> None:
    """Kill as often as is wanted, then write as JSON how often that was, and what was lost."""
    root, number, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError("orphans cannot be waited for")
    # What is compared with is made of catalogs that are set aside, each time with a word.
    logging.disable()
    killing = Killing(root, seed)
    killing.begin()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    # Some publishers end before they are killed.
    for _ in range(9 * number):
        if killing.kills.total() >= number or len(killing.lost) >= MUCH:
            break
        killing.go_on()
    sys.stdout.write(json.dumps({"kills": killing.kills, "lost": killing.lost}))


if __name__ == "__main__":
    main()
