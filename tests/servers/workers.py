"""Documents that workers read by a queue in PostgreSQL, whatever becomes of those and of it.

Run by `make servers`. KILLS says how often workers are killed, and how often paused.
"""

import asyncio
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count, islice
from pathlib import Path
from typing import Any, Self

import pytest
from casebook import Attempts
from cli_tools import (
    ENVIRONMENT,
    NOW,
    ROOT,
    command,
    contents,
    eventually,
    feeds_command,
    serving,
)
from databases import PostgreSQL
from programs.queue_worker import IMPATIENT, corpus_at
from sqlalchemy import create_engine, text

from feeds.corpus.packing import PackedReading, unpack_findings
from feeds.corpus.reading import JOB_SIZE, Corpus
from feeds.corpus.scanned import ReadersHere, scan_corpus
from feeds.errors import DatabaseFailed
from feeds.model import Database
from feeds.queue.handing import ReadersByQueue
from feeds.queue.jobs import Queue
from feeds.queue.values import queue_name

TESTS = Path(__file__).parents[1]
DEADLY = TESTS / "data" / "deadly"
DOCUMENT = (
    "---\ntitle: Number {0}\npublishedDateTime: 2026-{1}\nwebUrl: https://a.example/{0}\n---\n"
)
FOUL = "---\narchetype: x\ntitle: Foul\ndate: 2026-05-01\nhref: https://a.example/foul\n---\n<p>{}</p>\n"
PROGRAM = TESTS / "servers" / "programs" / "queue_worker.py"
KILLS = int(os.environ.get("KILLS", "4"))
PATIENCE = 120.0
LONGEST = 300 + 20 * KILLS
NUMBERS = count()


@pytest.fixture
def database(postgresql: PostgreSQL) -> str:
    """Give an empty database."""
    return postgresql.make(f"queue{next(NUMBERS)}")


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """Have a test end that waits for what never comes."""

    def give_up(*_: object) -> None:
        raise TimeoutError("nothing came for too long")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LONGEST)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """Give two thousand documents, of which every tenth is bad."""
    root = tmp_path / "corpus"
    root.mkdir()
    for number in range(10 * JOB_SIZE):
        date = "03-04" if number % 10 else "13-45"
        (root / f"{number:04}.md").write_text(DOCUMENT.format(number, date))
    return corpus_at(root)


def root_of(corpus: Corpus) -> Path:
    """Give the directory of a corpus."""
    assert corpus.source.directory
    return corpus.source.directory


class WorkerProcess:
    """A worker in a process of its own, and what it says."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr
        self.lines.extend(iter(self.process.stderr.readline, ""))

    @property
    def said(self) -> str:
        """All that it has said."""
        return "".join(self.lines)

    def until(self, what: str) -> None:
        """Wait until it has said something."""
        eventually(lambda: what in self.said, f"{what!r} in {self.said!r}", PATIENCE)

    def end(self) -> None:
        """End it, whatever it does."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()

    def stop(self) -> tuple[int, str]:
        """Have it stop; give how it ended, and what it has said."""
        self.process.terminate()
        code = self.process.wait(PATIENCE)
        self._reader.join()
        return code, self.said


@contextmanager
def worker(
    url: str, root: Path, *options: object, revision: str = "one", path: Path = TESTS
) -> Iterator[WorkerProcess]:
    """Run a worker, which ends with the block."""
    places = f"{path}{os.pathsep}{ROOT}{os.pathsep}{TESTS}"
    command = [sys.executable, str(PROGRAM), url, str(root), revision, *map(str, options)]
    with subprocess.Popen(
        command,
        env=ENVIRONMENT | {"PYTHONPATH": places},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        running = WorkerProcess(process)
        try:
            yield running
        finally:
            running.end()


def known_of(corpus: Corpus) -> list[tuple[str, str]]:
    return [(stamp.path, "") for stamp in scan_corpus(corpus).stamps]


def readers(url: str, corpus: Corpus, revision: str = "one") -> ReadersByQueue:
    queue = Queue(Database(url), queue_name(revision, [corpus]), IMPATIENT)
    return ReadersByQueue(queue, ReadersHere())


def handed(url: str, corpus: Corpus) -> list[PackedReading]:
    """Give what workers read."""
    return list(readers(url, corpus).read(corpus, known_of(corpus)))


def read_here(corpus: Corpus) -> list[PackedReading]:
    """Give what this process reads."""
    return list(ReadersHere().read(corpus, known_of(corpus)))


def rows(url: str, table: str) -> list[dict[str, Any]]:
    """Give what a table of the queue has."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    try:
        with engine.connect() as connection:
            found = connection.execute(text(f"SELECT * FROM feeds_queue.{table}"))  # noqa: S608 - ours
            return [dict(row) for row in found.mappings()]
    finally:
        engine.dispose()


def until_begun(url: str) -> None:
    """Wait until a worker does a job."""

    def is_begun() -> bool:
        return any(row["status"] == "doing" for row in rows(url, "procrastinate_jobs"))

    eventually(is_begun, "a job that is being done", PATIENCE)


# --- What is read ----------------------------------------------------------------------


def test_workers_read_the_same(database: str, corpus: Corpus) -> None:
    """Readings are those that are read here, in their order; each document is read once."""
    with worker(database, root_of(corpus)) as one, worker(database, root_of(corpus)) as other:
        for each in (one, other):
            each.until("reading for")
        assert handed(database, corpus) == read_here(corpus)
        ends = [each.stop() for each in (one, other)]
    assert [code for code, _ in ends] == [0, 0]
    done = [int(re.findall(r"^read (\d+) documents$", said, re.MULTILINE)[0]) for _, said in ends]
    assert sum(done) == 10 * JOB_SIZE
    assert all(done)
    assert rows(database, "procrastinate_jobs") == rows(database, "readings") == []
    assert rows(database, "attendance") == []


def test_what_is_known_is_not_read(database: str, corpus: Corpus) -> None:
    """A document whose bytes are known comes back as it is known."""
    digests = [(reading.path, reading.digest) for reading in read_here(corpus)]
    with worker(database, root_of(corpus)):
        again = list(readers(database, corpus).read(corpus, digests))
    assert all(reading.unchanged for reading in again)
    assert len(again) == len(digests)


def test_few_documents_wait_for_nobody(corpus: Corpus) -> None:
    """Less than a job is read at once, where there is no database at all."""
    few = known_of(corpus)[: JOB_SIZE - 1]
    nowhere = "postgresql://127.0.0.1:1/none"
    assert len(list(readers(nowhere, corpus).read(corpus, few))) == len(few)


def test_a_worker_of_another_program_takes_nothing(
    database: str, corpus: Corpus, caplog: pytest.LogCaptureFixture
) -> None:
    """Its documents wait, which is said, and said again, until a worker is there that may."""
    with ExitStack() as stack:
        other = stack.enter_context(worker(database, root_of(corpus), revision="two"))
        other.until("reading for")
        late = threading.Timer(8, lambda: stack.enter_context(worker(database, root_of(corpus))))
        late.start()
        read = handed(database, corpus)
        late.join()
        assert "read 0 documents" in other.stop()[1]
    assert read == read_here(corpus)
    told = [line for line in caplog.messages if "nobody reads" in line]
    assert len(told) >= 2
    assert "1 of another version or configuration" in told[-1]


CONFIGURATION = """\
site: {{title: Workers, base_url: https://feeds.example.org, id_authority: feeds.example.org}}
corpus: corpus
output: {0}
state: {1}
reading: {2}
reload: {{every: 3600}}
"""


def configure(folder: Path, output: str, state: str, reading: str) -> None:
    text = CONFIGURATION.format(output, state, reading)
    (folder / "feeds.yaml").write_text(text, encoding="utf-8")


@contextmanager
def reading_for(folder: Path) -> Iterator[WorkerProcess]:
    """Run `feeds worker` by the configuration of a folder."""
    with subprocess.Popen(
        command("worker", "--config", folder, "--concurrency", 2),
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        running = WorkerProcess(process)
        try:
            running.until("reading for")
            yield running
        finally:
            running.end()


def test_what_is_published_is_the_same(database: str, corpus: Corpus, tmp_path: Path) -> None:
    """Byte for byte, whoever read the documents, and wherever that was kept."""
    configure(tmp_path, "here", "here.state", "here")
    now = ("--now", NOW)
    assert feeds_command("build", "--config", tmp_path, *now).returncode == 0
    configure(tmp_path, "spread", database, "workers")
    with reading_for(tmp_path) as one:
        run = feeds_command("build", "--config", tmp_path, *now)
        assert run.returncode == 0, run.stderr
        code, said = one.stop()
    assert code == 0
    assert f"read {10 * JOB_SIZE} documents in 10 jobs" in said
    here, spread = contents(tmp_path / "here"), contents(tmp_path / "spread")
    assert len(here) > 10
    assert spread == here
    assert len(scan_corpus(corpus).stamps) == 10 * JOB_SIZE


def test_a_server_has_its_edits_read_at_once(database: str, corpus: Corpus, tmp_path: Path) -> None:
    """Its first build is read by workers, and what is edited later by itself, without any."""
    configure(tmp_path, "output", database, "workers")
    options = ("--config", tmp_path, "--watch")
    with serving(*options, cwd=tmp_path) as server:
        with reading_for(tmp_path) as one:
            server.until(" documents (2000 read")
            assert one.stop()[0] == 0
        edited = root_of(corpus) / "0001.md"
        edited.write_text(edited.read_text().replace("Number 1", "Number one"))
        eventually(lambda: b"Number one" in server.get("/all.atom").body, "the edit", PATIENCE)
        assert "nobody reads" not in server.said


# --- What becomes of workers -----------------------------------------------------------


class Crowd:
    """Two workers at any time: whoever ends is followed by another, until `close`."""

    def __init__(self, url: str, root: Path, *options: object) -> None:
        self._given = url, root, *options
        self._stack = ExitStack()
        self.workers = [self._begin(), self._begin()]

    def _begin(self) -> WorkerProcess:
        begun = self._stack.enter_context(worker(*self._given))
        begun.until("reading for")
        return begun

    def renew(self) -> int:
        """Have others follow those who ended, and give how many these were."""
        ended = [each for each in self.workers if each.process.poll() is not None]
        self.workers = [each for each in self.workers if each not in ended]
        self.workers += [self._begin() for _ in ended]
        return len(ended)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def kill(worker: WorkerProcess) -> None:
    """End a worker at once."""
    worker.process.kill()
    worker.process.wait()


def pause(worker: WorkerProcess) -> None:
    """Have a worker do nothing until it is taken for gone, and then go on."""
    os.kill(worker.process.pid, signal.SIGSTOP)
    time.sleep(IMPATIENT.stalled + random.uniform(0, 1))  # noqa: S311 - any moment will do
    os.kill(worker.process.pid, signal.SIGCONT)


@pytest.mark.case(72)
@pytest.mark.parametrize("harm", [kill, pause])
def test_workers_may_end_or_pause_at_any_moment(
    database: str, corpus: Corpus, harm: Callable[[WorkerProcess], None], attempts: Attempts
) -> None:
    """Whatever kills workers, or keeps them from working, costs time and no document."""
    expected, harmed = read_here(corpus), 0
    with Crowd(database, root_of(corpus), "--slow", 0.2) as crowd:

        def do_harm() -> int:
            time.sleep(random.uniform(0, 1))  # noqa: S311 - any moment will do
            harm(random.choice(crowd.workers))  # noqa: S311 - any of them will do
            crowd.renew()
            return 1

        while harmed < KILLS:
            reading = readers(database, corpus).read(corpus, known_of(corpus))
            with meanwhile(do_harm) as done:
                assert list(reading) == expected
            harmed += sum(done)
            attempts.count(sum(done))
    assert rows(database, "procrastinate_jobs") == []


@contextmanager
def meanwhile(work: Callable[[], int]) -> Iterator[list[int]]:
    """Do something again and again in a thread while the block goes on."""
    over, done = threading.Event(), []

    def go_on() -> None:
        # Whoever is killed is missed only after a while, and work goes on in between.
        while not over.is_set():
            done.append(work())
            over.wait(4)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield done
    finally:
        over.set()
        thread.join()


@pytest.mark.case(72)
def test_a_worker_that_was_paused_does_no_harm(database: str, corpus: Corpus) -> None:
    """Another has done its job; what it comes back with is not taken, and it begins anew."""
    with worker(database, root_of(corpus), "--slow", 0.5) as sleeper:
        sleeper.until("reading for")
        reading = readers(database, corpus).read(corpus, known_of(corpus))
        until_begun(database)
        os.kill(sleeper.process.pid, signal.SIGSTOP)
        # Whoever begins after this strikes it off the list of workers.
        time.sleep(IMPATIENT.stalled + 1)
        try:
            with worker(database, root_of(corpus)):
                assert list(reading) == read_here(corpus)
        finally:
            os.kill(sleeper.process.pid, signal.SIGCONT)
        assert rows(database, "readings") == []
        assert handed(database, corpus) == read_here(corpus)
        sleeper.until("this worker was taken for gone; trying again in")
        assert sleeper.process.poll() is None
    assert rows(database, "procrastinate_jobs") == []


@pytest.mark.case(72)
def test_a_document_that_kills_workers_is_a_finding(database: str, corpus: Corpus) -> None:
    """After three of them its job is done document by document; that one costs three more."""
    path = "0777.md"
    with Crowd(database, root_of(corpus), "--deadly", path) as crowd:
        reading = readers(database, corpus).read(corpus, known_of(corpus))
        with meanwhile(crowd.renew) as counts:
            read = list(reading)
        # The last of them may have ended since it was looked for the last time.
        ended = sum(counts) + sum(each.process.poll() is not None for each in crowd.workers)
    expected = {each.path: each for each in read_here(corpus)}
    [lost] = [each for each in read if expected[each.path] != each]
    assert lost.path == path
    assert (lost.is_lost, lost.stays, lost.digest) == (True, True, "")
    [finding] = unpack_findings(lost.findings)
    assert finding.code == "document-crash"
    assert finding.message == "3 workers ended that read it; document skipped"
    assert ended == 6


@pytest.mark.parametrize("harm", ["segmentation fault", "hang"])
def test_a_document_that_kills_who_reads_it_costs_no_worker(
    database: str, corpus: Corpus, harm: str
) -> None:
    """A worker's own processes die of it, as a builder's do, and it is a finding at once."""
    (root_of(corpus) / "foul.md").write_text(FOUL.format(harm))
    with worker(database, root_of(corpus), path=DEADLY) as one:
        read = handed(database, corpus)
        assert one.stop()[0] == 0
    [lost] = [each for each in read if each.is_lost]
    assert lost.path == "foul.md"
    assert len(read) == 10 * JOB_SIZE + 1


def test_a_worker_that_is_stopped_finishes_its_job(database: str, corpus: Corpus) -> None:
    """What it has begun is stored, and what takes too long is given back at once."""
    for slow, attempts in ((0.5, 0), (60, 1)):
        reading = readers(database, corpus).read(corpus, known_of(corpus))
        with worker(database, root_of(corpus), "--slow", slow) as one:
            until_begun(database)
            assert one.stop()[0] == 0
        jobs = rows(database, "procrastinate_jobs")
        assert {row["status"] for row in jobs} <= {"todo", "succeeded"}
        assert max(row["attempts"] for row in jobs if row["status"] == "todo") == attempts
        assert len(rows(database, "readings")) == (1 if attempts == 0 else 0)
        with worker(database, root_of(corpus)):
            assert list(reading) == read_here(corpus)


def test_a_worker_can_be_stopped_while_postgresql_is_gone(
    postgresql: PostgreSQL, database: str, corpus: Corpus
) -> None:
    """It does not wait for long to be rid of what it has read; others read that again."""
    reading = readers(database, corpus).read(corpus, known_of(corpus))
    with worker(database, root_of(corpus), "--slow", 1) as one:
        until_begun(database)
        postgresql.kill()
        try:
            begun = time.monotonic()
            assert one.stop()[0] == 0
            took = time.monotonic() - begun
        finally:
            postgresql.start()
    assert took < 60
    with worker(database, root_of(corpus)):
        assert list(reading) == read_here(corpus)


def test_what_a_worker_cannot_find_is_read_here(
    database: str, corpus: Corpus, tmp_path: Path
) -> None:
    """A host that does not see the corpus costs no document."""
    empty = tmp_path / "empty"
    empty.mkdir()
    with worker(database, empty) as one:
        one.until("reading for")
        assert handed(database, corpus) == read_here(corpus)
        assert "read 2000 documents" in one.stop()[1]


def test_a_worker_without_its_corpus_waits_for_it(
    database: str, corpus: Corpus, tmp_path: Path
) -> None:
    """Where the directory is not there, nothing is taken until it is."""
    place = tmp_path / "mounted"
    with worker(database, place) as one:
        one.until("cannot read the corpus")
        root_of(corpus).rename(place)
        moved = corpus_at(place)
        assert handed(database, moved) == read_here(moved)
        assert one.stop()[0] == 0


# --- What becomes of PostgreSQL and of builders ----------------------------------------


@pytest.mark.case(73)
def test_postgresql_may_be_killed(
    postgresql: PostgreSQL, database: str, corpus: Corpus, caplog: pytest.LogCaptureFixture
) -> None:
    """Everybody waits until it is there again, and nothing is read in vain but what is lost."""
    with worker(database, root_of(corpus), "--slow", 0.2) as one:
        one.until("reading for")
        reading = readers(database, corpus).read(corpus, known_of(corpus))
        read = list(islice(reading, 2 * JOB_SIZE))
        postgresql.kill()
        starter = threading.Timer(2, postgresql.start)
        starter.start()
        read += reading
        starter.join()
        assert read == read_here(corpus)
        assert one.stop()[0] == 0
    assert any("PostgreSQL is gone" in line for line in caplog.messages)
    assert all("\n" not in line for line in caplog.messages)


@pytest.mark.case(73)
def test_a_worker_waits_for_postgresql(corpus: Corpus) -> None:
    """Where there is none, it says so a line each time that it has tried, and ends when told to."""
    with worker("postgresql://127.0.0.1:1/none", root_of(corpus)) as one:
        one.until("trying again")
        code, said = one.stop()
    assert code == 0
    assert re.match(r"PostgreSQL is gone: .*127\.0\.0\.1.*; trying again in \d\.\d s\n", said)


def test_a_builder_that_is_killed_leaves_nothing_to_the_next(database: str, corpus: Corpus) -> None:
    """What it has ordered is dropped when the next one begins, and what workers still read."""
    script = (
        "import sys; sys.path[:0] = sys.argv[3:];"
        "from pathlib import Path; from programs.queue_worker import corpus_at, IMPATIENT;"
        "from feeds.corpus.scanned import ReadersHere, scan_corpus;"
        "from feeds.queue.handing import ReadersByQueue; from feeds.queue.jobs import Queue;"
        "from feeds.queue.values import queue_name; from feeds.model import Database;"
        "corpus = corpus_at(Path(sys.argv[2]));"
        "known = [(stamp.path, '') for stamp in scan_corpus(corpus).stamps];"
        "queue = Queue(Database(sys.argv[1]), queue_name('one', [corpus]), IMPATIENT);"
        "read = ReadersByQueue(queue, ReadersHere()).read(corpus, known);"
        "next(read); print('read', flush=True); sys.stdin.read()"
    )
    with worker(database, root_of(corpus), "--slow", 0.3) as one:
        one.until("reading for")
        arguments = [database, str(root_of(corpus)), str(TESTS), str(TESTS / "servers")]
        with subprocess.Popen(
            [sys.executable, "-c", script, *arguments],
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as builder:
            try:
                assert builder.stdout
                assert builder.stdout.readline() == b"read\n"
            finally:
                builder.kill()
        assert len(rows(database, "procrastinate_jobs")) > 0
        assert handed(database, corpus) == read_here(corpus)
        assert rows(database, "procrastinate_jobs") == rows(database, "readings") == []


def test_who_leaves_early_leaves_no_job(database: str, corpus: Corpus) -> None:
    """Whoever wants no more readings has nobody go on with them."""
    with worker(database, root_of(corpus), "--slow", 0.2):
        reading = readers(database, corpus).read(corpus, known_of(corpus))
        assert len(list(islice(reading, 3))) == 3
        reading.close()
        assert rows(database, "procrastinate_jobs") == []


def test_another_version_of_the_tables_is_refused(
    database: str, corpus: Corpus, tmp_path: Path
) -> None:
    """It is said in one line what is there, and what to do."""
    engine = create_engine(database.replace("postgresql:", "postgresql+psycopg:"))
    asyncio.run(opened(database))
    with engine.begin() as connection:
        connection.execute(text("UPDATE feeds_queue.version SET name = '0-03.00'"))
    engine.dispose()
    told = r"cannot use .+: the schema feeds_queue is of version 0-03\.00, .+"
    with pytest.raises(DatabaseFailed, match=f"^{told}$"):
        handed(database, corpus)
    configure(tmp_path, "output", database, "workers")
    run = feeds_command("worker", "--config", tmp_path)
    assert run.returncode == 4
    assert re.fullmatch(f"feeds: {told}\n", run.stderr)


async def opened(url: str) -> None:
    async with Queue(Database(url), "none", IMPATIENT):
        pass


def test_several_may_begin_at_once(database: str) -> None:
    """Whoever comes first makes the tables, and the others find them."""

    async def all_at_once() -> None:
        await asyncio.gather(*(opened(database) for _ in range(8)))

    asyncio.run(all_at_once())
    assert len(rows(database, "version")) == 1
