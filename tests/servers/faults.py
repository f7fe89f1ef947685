"""What a build does when system calls fail, each in its turn, and in which order it makes them.

Run by `make servers`. strace has a call fail in a process that really makes it. With FAULTS=all,
every call of a build fails once in each way; otherwise some of each kind do.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from casebook import Attempts
from cli_tools import ENVIRONMENT, NOW, contents, document, eventually
from killing import dangling, unservable

TESTS = Path(__file__).parents[1]
IS_FULL = os.environ.get("FAULTS") == "all"
SAMPLED = 4
PATIENCE = 60.0
# Which calls write, and how they may fail.
WRITING = {
    "openat": ("ENOSPC", "EACCES", "EMFILE", "EROFS", "EIO"),
    "write": ("ENOSPC", "EIO", "EDQUOT"),
    "pwrite64": ("ENOSPC", "EIO", "EDQUOT"),
    "fsync": ("EIO", "ENOSPC"),
    "fdatasync": ("EIO",),
    "rename": ("ENOSPC", "EACCES", "EIO", "EROFS"),
    "linkat": ("EMLINK", "EPERM", "ENOSPC"),
    "unlink": ("EACCES", "EIO"),
    "unlinkat": ("EACCES", "EIO"),
    "mkdir": ("ENOSPC", "EACCES", "EDQUOT"),
    "rmdir": ("EACCES", "EIO"),
    "utimensat": ("EPERM", "EIO"),
    "flock": ("ENOLCK", "EIO"),
    "fcntl": ("EIO", "ENOLCK"),
}
READING = {
    "openat": ("EIO", "EMFILE", "EACCES"),
    "read": ("EIO",),
    "getdents64": ("EIO",),
    "newfstatat": ("EIO", "EACCES"),
}
ORDERED = "write,writev,pwrite64,fsync,fdatasync,rename,unlink,unlinkat,mkdir"
PLACES = re.compile(r'\d+<([^>]+)>|"([^"]+)"')
TRACED = re.compile(r"^TracerPid:\t[1-9]", re.MULTILINE)
# How a build ends that does not publish: nothing is touched where its own files cannot be read.
TOLD = {
    4: re.compile(r"^feeds: cannot (?:(?:write|use) /.+|read or write): ", re.MULTILINE),
    2: re.compile(r"^/.+: config: cannot be read: ", re.MULTILINE),
}
KEPT = {"catalog.sqlite", "catalog.unusable.sqlite", "lock", "refresh.json"}


def can_trace() -> bool:
    """Whether strace is there, and may trace."""
    if not shutil.which("strace"):
        return False
    return subprocess.run(["strace", "-o", os.devnull, "true"], check=False).returncode == 0


pytestmark = pytest.mark.skipif(not can_trace(), reason="strace cannot trace here")


class Forks:
    """Runs command lines in processes that cost no start of a program."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def start(self, said: Path, *arguments: object) -> int:
        """Begin to run a command line, and give the number of its process."""
        assert self.process.stdin
        said.unlink(missing_ok=True)
        self.process.stdin.write(f"{json.dumps([str(said), *map(str, arguments)])}\n")
        self.process.stdin.flush()
        return self._number()

    def end(self) -> int:
        """Wait for its end, and give the exit code."""
        return self._number()

    def _number(self) -> int:
        assert self.process.stdout
        return int(self.process.stdout.readline())


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    """Give a process that forks."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", TESTS / "forking.py"],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Forks(process)
        process.kill()


class Place(NamedTuple):
    """A directory with a corpus, an output and a state, and who builds there."""

    folder: Path
    forks: Forks

    @property
    def output(self) -> Path:
        """What is published."""
        return self.folder / "output"

    @property
    def arguments(self) -> list[object]:
        """Give a command line that builds here."""
        places = {"corpus": "corpus", "output": "output", "state": "state"}
        options = [word for name, at in places.items() for word in (f"--{name}", self.folder / at)]
        return ["build", *options, "--base-url", "https://feeds.example", "--now", NOW, "--force"]

    def build(self, *inject: str) -> tuple[int, str, list[str]]:
        """Build, as strace has it; gives the exit code, what is said, and the trace."""
        said, trace = self.folder / "said", self.folder / "trace"
        if not inject:
            self.forks.start(said, *self.arguments)
            return self.forks.end(), said.read_text(encoding="utf-8"), []
        process = self.forks.start(said, "--stopped", *self.arguments)
        command = ["strace", "-f", "-qq", "-y", "-s", "0", "-o", trace, *inject, "-p", f"{process}"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
            status = Path(f"/proc/{process}/status")
            eventually(lambda: TRACED.search(status.read_text(encoding="ascii")), "strace")
            os.kill(process, signal.SIGCONT)
            code = self.forks.end()
            tracer.communicate(timeout=PATIENCE)
        lines = trace.read_text(encoding="utf-8", errors="replace").splitlines()
        return code, said.read_text(encoding="utf-8"), lines

    def copy(self, name: str) -> "Place":
        """Give a copy of all of it, in place of what has that name."""
        folder = self.folder.with_name(name)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        return self._replace(folder=folder)


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory, forks: Forks) -> Place:
    """Give a publication whose corpus has changed since: articles are edited, come and go."""
    place = Place(tmp_path_factory.mktemp("faults") / "edited", forks)
    for number in range(8):
        document(place.folder / "corpus", f"{number}.md", topics=f"[Tides, Topic {number % 3}]")
    code, said, _ = place.build()
    assert code == 0, said
    document(place.folder / "corpus", "1.md", title="Other", topics="[Tides, Topic 1]")
    document(place.folder / "corpus", "new.md", topics="[Moon]")
    (place.folder / "corpus/2.md").unlink()
    return place


@pytest.fixture(scope="module")
def expected(edited: Place) -> dict[str, bytes]:
    """Give what is published where nothing fails."""
    place = edited.copy("expected")
    assert place.build()[0] == 0
    return contents(place.output)


def below(place: Place, line: str, *, corpus: bool) -> bool:
    """Whether a line of a trace is of what a build writes, or else of its corpus."""
    is_corpus = f"{place.folder}/corpus" in line
    return is_corpus if corpus else f"{place.folder}/" in line and not is_corpus


def counted(place: Place, call: str, *, corpus: bool = False) -> list[int]:
    """Give which calls of a kind a thread makes that are of some place, by their numbers."""
    code, said, lines = place.copy("counted").build("-e", f"trace={call}")
    assert code == 0, said
    numbers: Counter[str] = Counter()
    found: set[int] = set()
    for line in lines:
        thread, _, rest = line.partition(" ")
        if rest.lstrip().startswith(call):
            numbers[thread] += 1
            if below(place._replace(folder=place.folder.with_name("counted")), line, corpus=corpus):
                found.add(numbers[thread])
    return sorted(found)


def some(numbers: list[int], seed: str) -> list[int]:
    """Give the first, the last and some more, or all where that is wanted."""
    if IS_FULL or len(numbers) <= SAMPLED:
        return numbers
    between = Random(seed).sample(numbers[1:-1], SAMPLED - 2)  # noqa: S311 - the same in every run
    return [numbers[0], *between, numbers[-1]]


def check_ended(
    place: Place, expected: dict[str, bytes], code: int, said: str | None
) -> Iterator[str]:
    """Give what is wrong with the end of a build of which a call has failed.

    What is `said` is None where it was to be said by a call that failed.
    """
    if said is not None and "Traceback" in said:
        yield said
    if code == 0:
        yield from check_published(place, expected)
    elif code not in TOLD or (said is not None and not TOLD[code].search(said)):
        yield f"exit {code}: {said}"
    yield from unservable(place.output)
    yield from (f"{path} leads to {target}" for path, target in dangling(contents(place.output)))


def check_published(place: Place, expected: dict[str, bytes]) -> Iterator[str]:
    """Give what is not published as it should be; the manifest may say other dates."""
    files = contents(place.output)
    different = {path for path in files.keys() | expected if files.get(path) != expected.get(path)}
    if wrong := sorted(different - {"manifest.json"}):
        yield f"{wrong[:3]} are not as they should be"


def check_made_up_for(place: Place, expected: dict[str, bytes]) -> Iterator[str]:
    """Give what is wrong once nothing fails any more."""
    code, said, _ = place.build()
    left = {file.name for file in (place.folder / "state").iterdir()}
    if code or left - KEPT:
        yield f"the next build leaves {left}: {said}"
    yield from (f"the next build: {what}" for what in check_published(place, expected))


@pytest.mark.case(36, 37)
@pytest.mark.parametrize("call", WRITING)
def test_whatever_call_fails_the_old_is_served_and_the_next_build_makes_up_for_it(
    edited: Place, expected: dict[str, bytes], call: str, attempts: Attempts
) -> None:
    """A build ends with 4 and a path, or does without; nothing is lost and nothing is left."""
    numbers = counted(edited, call)
    assert numbers
    for error in WRITING[call]:
        for number in some(numbers, f"{call} {error}"):
            place = edited.copy("failed")
            fault = f"inject={call}:error={error}:when={number}"
            code, said, lines = place.build("-e", f"trace={call}", "-e", fault)
            attempts.count()
            is_unsaid = any("(INJECTED)" in line and "/said>" in line for line in lines)
            wrong = [
                *check_ended(place, expected, code, None if is_unsaid else said),
                *check_made_up_for(place, expected),
            ]
            for what in wrong:
                attempts.lose(f"{call} {number} {error} ({code}): {what}")


@pytest.mark.case(37)
@pytest.mark.parametrize("call", READING)
def test_whatever_call_fails_of_the_corpus_its_entries_stay(
    edited: Place, expected: dict[str, bytes], call: str, attempts: Attempts
) -> None:
    """What cannot be read is told of by its path and keeps its entry; the next build reads it."""
    numbers = counted(edited, call, corpus=True)
    assert numbers
    for error in READING[call]:
        for number in some(numbers, f"{call} {error}"):
            place = edited.copy("unread")
            fault = f"inject={call}:error={error}:when={number}"
            code, said, _ = place.build("-e", f"trace={call}", "-e", fault)
            attempts.count()
            items = json.loads((place.output / "all.json").read_bytes())["items"]
            titles = {item["title"] for item in items}
            wrong = [*unservable(place.output), *check_made_up_for(place, expected)]
            # Processes that read no corpus make a call of this number, too.
            is_told = code in {0, 3} or (code in TOLD and TOLD[code].search(said))
            if "Traceback" in said or not is_told:
                wrong.append(said)
            if gone := {f"The story {stem}" for stem in "034567"} - titles:
                wrong.append(f"{gone} are gone: {said}")
            for what in wrong:
                attempts.lose(f"{call} {number} {error} ({code}): {what}")


@pytest.mark.case(34)
@pytest.mark.parametrize("call", ["pwrite64", "fdatasync", "unlink", "fsync", "rename", "unlinkat"])
def test_whenever_a_build_is_killed_the_next_one_makes_up_for_it(
    edited: Place, expected: dict[str, bytes], call: str, attempts: Attempts
) -> None:
    """A kill at any call that writes, those of the catalog's own commits among them."""
    for number in some(counted(edited, call), f"{call} killed"):
        place = edited.copy("killed")
        fault = f"inject={call}:signal=SIGKILL:when={number}"
        code, said, _ = place.build("-e", f"trace={call}", "-e", fault)
        # Threads share the calls as they come to it, so that none may make one of this number.
        attempts.count(int(code != 0))
        wrong = [*unservable(place.output), *check_made_up_for(place, expected)]
        if code not in {0, -signal.SIGKILL}:
            wrong.append(f"it ended with {code}: {said}")
        for what in wrong:
            attempts.lose(f"{call} {number}: {what}")
    assert attempts.tried


# --- A loss of power ------------------------------------------------------------------


def whole(lines: list[str]) -> Iterator[str]:
    """Give the calls of a trace in the order in which they ended, each in one line."""
    begun: dict[str, str] = {}
    for line in lines:
        thread, _, call = line.partition(" ")
        if (head := call.removesuffix(" <unfinished ...>")) != call:
            begun[thread] = head.strip()
        elif resumed := re.match(r" *<\.\.\. \w+ resumed>(.*)", call):
            yield begun.pop(thread) + resumed[1]
        else:
            yield call.strip()


class Order:
    """Takes what a build does, call by call, and notes what a loss of power could turn round.

    `fresh` are files whose bytes may not be on the disk yet, `moved` and `made` directories of
    which that is so of names of files or of directories.
    """

    def __init__(self, place: Place) -> None:
        self.output = f"{place.output}/"
        self.fresh: set[str] = set()
        self.moved: set[str] = set()
        self.made: set[str] = set()
        self.published: list[str] = []
        self.wrong: list[str] = []

    def take(self, line: str) -> None:
        """Take a call that did not fail."""
        found = re.match(r"(\w+)\((.*)\) += \d", line)
        if found is None:
            return
        places = [path for pair in PLACES.findall(found[2]) for path in pair if path]
        match found[1]:
            case "write" | "writev" | "pwrite64":
                self._write(places[0])
            case "fsync" | "fdatasync":
                for names in (self.fresh, self.moved, self.made):
                    names.discard(places[0])
            case "mkdir" if self._is_published(places[0]):
                self.made.add(str(Path(places[0]).parent))
            case "rename" if self._is_published(places[1]):
                self._rename(*places)
            case "unlink":
                self._unlink(places[0])

    def _is_published(self, path: str) -> bool:
        return path.startswith(self.output) and not path.startswith(f"{self.output}.")

    def _write(self, path: str) -> None:
        if path.endswith("catalog.sqlite") and f"{path}-journal" in self.fresh:
            self.wrong.append("the catalog changes before its journal is on the disk")
        self.fresh.add(path)

    def _rename(self, source: str, target: str) -> None:
        is_last = target == f"{self.output}manifest.json"
        for what, is_wrong in (
            ("its bytes", source in self.fresh),
            ("its directory", self.made),
            ("the catalog", any("/catalog.sqlite" in path for path in self.fresh)),
            ("the name of all else", is_last and self.moved),
        ):
            if is_wrong:
                self.wrong.append(f"{target} has its name before {what} is on the disk")
        self.moved.add(str(Path(target).parent))
        self.published.append(target.removeprefix(self.output))

    def _unlink(self, path: str) -> None:
        catalog = path.removesuffix("-journal")
        if catalog != path and catalog in self.fresh:
            self.wrong.append("the catalog's journal goes before the catalog is on the disk")
        self.fresh.discard(path)
        if self._is_published(path):
            self.moved.add(str(Path(path).parent))


@pytest.mark.case(35)
@pytest.mark.parametrize("is_first", [True, False])
def test_nothing_is_done_before_what_it_rests_on_is_on_the_disk(
    edited: Place, *, is_first: bool
) -> None:
    """Bytes, then names, then the manifest; the catalog's journal, then itself; at last all."""
    place = edited.copy("ordered")
    if is_first:
        shutil.rmtree(place.output)
        shutil.rmtree(place.folder / "state")
    code, said, lines = place.build("-e", f"trace={ORDERED}")
    assert code == 0, said
    order = Order(place)
    for line in whole(lines):
        order.take(line)
    assert order.wrong == []
    # Processes speak to each other by sockets, and nobody was promised how a refresh has ended.
    passing = {str(place.folder / name) for name in ("said", "state/refresh.json.part")}
    fresh = {path for path in order.fresh if path.startswith("/")} - passing
    assert (fresh, order.moved, order.made) == (set(), set(), set())
    assert order.published[-1] == "manifest.json"
    if is_first:
        assert {*order.published} == contents(place.output).keys()


# --- A disk that is really full -------------------------------------------------------


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Give a file system of its own, of two megabytes."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", "size=2m,nr_inodes=2000"]
    if subprocess.run(["mount", *options, "tmpfs", folder], check=False).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path, kilobytes: int, inodes: int) -> list[Path]:
    """Leave so much of a disk, and so many files, and give what is in the way."""
    status = os.statvfs(disk)
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(max(0, status.f_bavail * status.f_frsize - kilobytes * 1_024)))
    files = [disk / f"{number}" for number in range(os.statvfs(disk).f_favail - inodes)]
    for file in files:
        file.touch()
    return [ballast, *files]


@pytest.mark.case(36)
def test_whatever_is_left_of_a_disk_the_old_is_served_and_the_next_build_makes_up_for_it(
    edited: Place, expected: dict[str, bytes], tmp_path: Path, attempts: Attempts
) -> None:
    """Corpus, output, catalog and log are on a disk with little room, or for few files."""
    codes = []
    with small_disk(tmp_path / "disk") as disk:
        for kilobytes, inodes in [
            *((room, 500) for room in (0, 4, 12, 40, 80, 120, 200, 300, 400, 500, 700, 900)),
            *((1_000, room) for room in (0, 1, 2, 10, 40, 60, 64, 70, 130, 150, 180, 200, 250)),
        ]:
            place = Place(disk / "place", edited.forks)
            shutil.copytree(edited.folder, place.folder)
            ballast = fill(disk, kilobytes, inodes)
            code, said, _ = place.build()
            codes.append(code)
            wrong = [*unservable(place.output)]
            if code not in {0, 4} or "Traceback" in said:
                wrong.append(f"exit {code}: {said}")
            if list(place.output.glob(".staging")):
                wrong.append("what was staged is left")
            for file in ballast:
                file.unlink()
            attempts.count()
            for what in [*wrong, *check_made_up_for(place, expected)]:
                attempts.lose(f"{kilobytes} KiB, {inodes} files ({code}): {what}")
            shutil.rmtree(place.folder)
    assert min(codes.count(0), codes.count(4)) > 2, codes
