"""What a server that watches its corpus takes for an edit, and how much memory for a document.

Usage: python tests/bench/resident.py [--edits N] [SIZE...]

An edit is measured twice: until its bytes are on disk after a document was edited beside a
running server, in which the watcher waits until no more edits follow; and until they are there
after the server's own refresh was begun, without any watcher. Memory is that of a server which
has refreshed once, less that of one for ten documents.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import peers
from editing import edit, newest, told_in
from measuring import ENVIRONMENT, Failed, family, machine, measure, ratio, resident, table
from servers import watching

FEW = 10
PATIENCE = 60.0
MANIFEST_NAME = "manifest.json"
BAR_MILLISECONDS, BAR_GROWTH, BAR_BYTES = 60.0, 1.3, 1.5 * 1024


@dataclass(frozen=True)
class Found:
    """What was measured with a number of documents: milliseconds, and bytes of memory."""

    number: int
    watched: float
    refreshed: float
    memory: int


def milliseconds(output: Path, feed: Path, mark: str, begin: int) -> float:
    """Give the milliseconds from an instant until all was published that tells of an edit.

    The manifest comes last, and its time says when, as precisely as the kernel keeps times (some
    4 ms). Nobody need look often, and so nobody is in the way.
    """
    told = output / feed
    while mark not in told.read_text(encoding="utf-8"):
        if time.time_ns() - begin > PATIENCE * 1e9:
            raise Failed(f"{told} never told of {mark}")
        time.sleep(0.01)
    while (changed := (output / MANIFEST_NAME).stat().st_ctime_ns) < begin:
        time.sleep(0.01)
    return (changed - begin) / 1e6


def edited(document: Path, output: Path, number: int) -> Iterator[float]:
    """Edit a document several times, and give the milliseconds until each is published."""
    feed = told_in(document)
    for nth in range(number):
        begin = time.time_ns()
        edit(document, f"W{nth:05}")
        yield milliseconds(output, feed, f"W{nth:05}", begin)
        time.sleep(1)


def refreshed(config: Path, document: Path, output: Path, number: int) -> float:
    """Give the median of milliseconds that the server's own refresh takes to publish an edit."""
    places = map(str, (config, document, output, number))
    run = subprocess.run(
        [sys.executable, peers.HERE / "renewing.py", *places],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        check=True,
    )
    return float(run.stdout)


def found_with(number: int, edits: int) -> Found:
    """Measure with a number of documents."""
    with TemporaryDirectory(prefix="feeds-bench-") as name:
        folder = Path(name)
        corpus = peers.corpus(number, folder)
        config = peers.configure(folder / "served", peers.EVERYTHING + "reload: {watch: true}\n")
        measure(peers.ours(config))
        document = newest(corpus)
        output = folder / "served/output"
        with watching(config, folder / "log") as server:
            memory = sum(map(resident, family(server.process)))
            times = [*edited(document, output, edits)]
        own = refreshed(config, document, output, edits)
        return Found(number, statistics.median(times), own, memory)


def rows(base: int, each: Sequence[Found]) -> Iterator[Sequence[str]]:
    """Give the rows of the table."""
    first = each[0]
    for found in each:
        about = f"{found.number:,} documents"
        yield f"{about}: from an edit to the bytes on disk, ms", f"{found.watched:.1f}", "", ""
        quotient = ratio(found.refreshed, BAR_MILLISECONDS, 1.0)
        figures = f"{found.refreshed:.1f}", f"≤ {BAR_MILLISECONDS:.0f} (10,000)", quotient
        yield f"{about}: the same without the watcher, ms", *figures
        if found is not first:
            growth = found.refreshed / first.refreshed
            verdict = ratio(growth, BAR_GROWTH, 1.0)
            about_growth = f"{about} / {first.number:,}: the same"
            yield about_growth, f"{growth:.2f}", f"≤ {BAR_GROWTH} (100,000)", verdict
        more = (found.memory - base) / (found.number - FEW)
        figures = f"{more:.0f}", f"≤ {BAR_BYTES:.0f} (100,000)", ratio(more, BAR_BYTES, 1.0)
        yield f"{about}: memory for each, bytes ({found.memory >> 20} MiB in all)", *figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000], metavar="SIZE")
    parser.add_argument("--edits", type=int, default=9)
    given = parser.parse_args()
    print(machine(), flush=True)  # noqa: T201 - before what takes long
    base = found_with(FEW, 1).memory
    measured = [found_with(size, given.edits) for size in given.sizes]
    head = (f"medians of {given.edits}", "measured", "bar", "of the bar")
    sys.stdout.write(table(head, rows(base, measured)))
