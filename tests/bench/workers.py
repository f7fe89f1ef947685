"""How fast documents are read by workers through a queue, beside processes of this machine.

Usage: python tests/bench/workers.py [--rounds N] SIZE

PostgreSQL is started for it. Each way of reading takes its turn; what is measured is from the first
order to the last reading, by a process that does nothing else with them than to count. It fails
where a document is missed, or read twice.
"""

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from corpus import Corpus, write
from measuring import ENVIRONMENT, ROOT, Failed, machine, table, tell

CONFIGURATION = """\
site: {{title: Workers, base_url: https://feeds.example.org}}
corpus: corpus
state: {state}
reading: {reading}
"""
CROWDS = (1, 2, 4)
READ = re.compile(r"^read (\d+) documents in (\d+) jobs$", re.MULTILINE)


class Measured(NamedTuple):
    """What reading took: seconds, MiB of who waited, and how often documents were read.

    `given` are the documents that readings came of, `read` those that workers say they have read.
    CPU is that of all who read or waited, and that of PostgreSQL.
    """

    seconds: float
    memory: float
    documents: int
    given: int
    read: int
    cpu: float = 0.0
    stored: float = 0.0


def read(folder: Path) -> Measured:
    """Read all documents of a configuration in this process, or have them read."""
    from feeds.cli.options import Settings
    from feeds.cli.reading import readers_of
    from feeds.cli.settings import load_settings, moment
    from feeds.cli.wiring import make_corpora
    from feeds.corpus.scanned import scan_corpus
    from feeds.processes import Crew, available

    settings = Settings(config=folder)
    configuration = load_settings(settings)
    (corpus,) = make_corpora(configuration, settings, moment(settings))
    known = [(stamp.path, "") for stamp in scan_corpus(corpus).stamps]
    given: set[str] = set()
    number = 0
    with Crew(available()) as crew:
        begin = time.perf_counter()
        for reading in readers_of(configuration, settings, crew).read(corpus, known):
            given.add(reading.path)
            number += 1
        seconds = time.perf_counter() - begin
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(seconds, memory, len(known), len(given), number)


@contextmanager
def workers(folder: Path, number: int) -> Iterator[list[str]]:
    """Have so many workers read, one job each at once; give what they have said at their end."""
    command = [sys.executable, "-m", "feeds", "worker", "--config", folder, "--concurrency", "1"]
    said: list[str] = []
    begun: list[subprocess.Popen[str]] = []
    try:
        for _ in range(number):
            process = subprocess.Popen(
                [*map(str, command)],
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            begun.append(process)
            assert process.stderr
            said.append(process.stderr.readline())
        yield said
        for process in begun:
            process.terminate()
            said.append(process.communicate(timeout=60)[1])
    finally:
        for process in begun:
            if process.poll() is None:
                process.kill()
            process.communicate()


def ended_cpu(process: int | None = None) -> float:
    """Give the CPU of a process and of those that it has waited for, or of ours that have ended."""
    if process is None:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def measure(folder: Path, number: int, database: int) -> Measured:
    """Measure how long it takes so many workers, or with none processes of this machine.

    `database` is the process of PostgreSQL.
    """
    before = ended_cpu(), ended_cpu(database)
    command = [sys.executable, __file__, "--read", folder]
    with workers(folder, number) as said:
        run = subprocess.run(
            [*map(str, command)], env=ENVIRONMENT, capture_output=True, text=True, check=False
        )
    if run.returncode:
        raise Failed(run.stderr)
    # Those who served connections end after these.
    time.sleep(1)
    cpu, stored = ended_cpu() - before[0], ended_cpu(database) - before[1]
    found = Measured(*json.loads(run.stdout))._replace(cpu=cpu, stored=stored)
    if number:
        found = found._replace(read=sum(int(each[0]) for each in READ.findall("".join(said))))
    if not found.documents == found.given == found.read:
        raise Failed(f"of {found.documents}, {found.given} came back, and {found.read} were read")
    return found


def rows(
    folders: Sequence[tuple[str, Path, int]], rounds: int, database: int
) -> Iterator[Sequence[object]]:
    """Measure all in turns, and give a row for each way of reading."""
    found: dict[str, list[Measured]] = {name: [] for name, _, _ in folders}
    for turn in range(rounds):
        for name, folder, number in folders:
            found[name].append(measure(folder, number, database))
            tell(f"round {turn + 1}: {name}: {found[name][-1].seconds:.1f} s")
    first = 0.0
    for name, each in found.items():
        seconds, memory, cpu, stored = (
            statistics.median(getattr(one, field) for one in each)
            for field in ("seconds", "memory", "cpu", "stored")
        )
        first = first or seconds
        rate = f"{each[0].documents / seconds:,.0f}"
        ratio = f"{first / seconds:.2f}"
        used = f"{cpu:.1f}", f"{stored:.1f}", f"{memory:.0f}"
        yield name, f"{seconds:.1f}", rate, ratio, *used


def main() -> None:
    """Measure, or be what is measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("size", type=int, nargs="?", default=10_000)
    given = parser.parse_args()
    if given.read:
        sys.stdout.write(json.dumps(read(given.read)))
        return
    sys.path += map(str, (ROOT / "tests", ROOT / "tests" / "servers"))
    import psycopg
    from databases import PostgreSQL

    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="bench-workers-")))
        write(Corpus(given.size), folder / "corpus")
        database = stack.enter_context(PostgreSQL(fsync=True))
        for reading in ("here", "workers"):
            own = folder / f"{reading}.yaml"
            own.write_text(CONFIGURATION.format(state=database.url, reading=reading))
        ways = [("here, a process for each core", folder / "here.yaml", 0)]
        ways += [(f"workers: {number}", folder / "workers.yaml", number) for number in CROWDS]
        head = ["read by", "s", "documents/s", "of here", "CPU s", "of PostgreSQL"]
        found = table([*head, "MiB of builder"], rows(ways, given.rounds, database.pid))
        with psycopg.connect(database.url) as connection:
            version = connection.info.parameter_status("server_version")
    sys.stdout.write(f"{given.size} documents, {machine(f'PostgreSQL {version}')}\n{found}")


if __name__ == "__main__":
    main()
