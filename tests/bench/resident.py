"""What a server that watches its corpus takes for an edit, and how much memory for a document.

Usage: python tests/bench/resident.py [--edits N] [SIZE...]

Edits are measured until their bytes are on disk: beside a running server, in which the watcher
waits until no more edits follow; and from where the server's own refresh begins, without any
watcher. That is done once for each of the newest documents, whose feeds have to be rendered, and
again and again for one of them, whose feeds are remembered. Bytes are there once a publication
tells of them; archives and compressed files follow in another, which is told of, too. Memory is
that of a server which has refreshed once, less that of one for ten documents.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import peers
from editing import edit, newest_few, told_in
from measuring import ENVIRONMENT, Failed, family, machine, measure, ratio, resident, table
from servers import watching

FEW = 10
PATIENCE = 60.0
# Seconds without another publication after which there is none to come.
QUIET = 1.0
MANIFEST_NAME = "manifest.json"
BAR_MILLISECONDS, BAR_GROWTH, BAR_BYTES = 60.0, 1.3, 1.5 * 1024


class Taken(NamedTuple):
    """Milliseconds until a publication told of an edit, and until all was published."""

    told: float
    whole: float


@dataclass(frozen=True)
class Found:
    """What was measured with a number of documents: milliseconds, and bytes of memory.

    `again` and `watched` are of one document that is edited again and again, `first` of several.
    """

    number: int
    watched: Taken
    first: Taken
    again: Taken
    memory: int


def taken(output: Path, feed: Path, mark: str, begin: int) -> Taken:
    """Give what an edit has taken from an instant on.

    The manifest comes last of each publication, and its time says when, as precisely as the
    kernel keeps times (some 4 ms). To look at it takes a few microseconds of each millisecond.
    """
    manifest, told, changed = output / MANIFEST_NAME, 0, begin
    while not told or time.time_ns() - changed < QUIET * 1e9:
        time.sleep(0.001)
        seen = manifest.stat().st_ctime_ns
        if seen > changed:
            changed = seen
            if not told and mark in (output / feed).read_text(encoding="utf-8"):
                told = seen
        if time.time_ns() - begin > PATIENCE * 1e9:
            raise Failed(f"{feed} never told of {mark}")
    return Taken((told - begin) / 1e6, (changed - begin) / 1e6)


def median(each: Iterable[Taken]) -> Taken:
    """Give the median of each figure for itself."""
    return Taken(*map(statistics.median, zip(*each, strict=True)))


def edited(documents: Iterable[Path], output: Path) -> Iterator[Taken]:
    """Edit documents one by one, and give what each edit has taken."""
    for nth, document in enumerate(documents):
        begin = time.time_ns()
        edit(document, f"W{nth:05}")
        yield taken(output, told_in(document), f"W{nth:05}", begin)


def refreshed(config: Path, documents: Sequence[Path], output: Path) -> Iterator[Taken]:
    """Give what edits take with the server's own refresh, from its begin on."""
    command = [sys.executable, peers.HERE / "renewing.py", config, *documents]
    with subprocess.Popen(
        list(map(str, command)), env=ENVIRONMENT, stdout=subprocess.PIPE, text=True
    ) as run:
        for document, line in zip(documents, run.stdout or (), strict=False):
            mark, begin = line.split()
            yield taken(output, told_in(document), mark, int(begin))
    if run.returncode:
        raise Failed(f"renewing.py ended with {run.returncode}")


def found_with(number: int, edits: int) -> Found:
    """Measure with a number of documents."""
    with TemporaryDirectory(prefix="feeds-bench-") as name:
        folder = Path(name)
        corpus = peers.corpus(number, folder)
        config = peers.configure(folder / "served", peers.EVERYTHING + "reload: {watch: true}\n")
        measure(peers.ours(config))
        documents = newest_few(corpus, edits)
        output = folder / "served/output"
        with watching(config, folder / "log") as server:
            memory = sum(map(resident, family(server.process)))
            watched = median(edited(documents[:1] * edits, output))
        each = [*refreshed(config, documents + documents[:1] * edits, output)]
        first, again = each[: len(documents)], each[len(documents) :]
        return Found(number, watched, median(first), median(again), memory)


def rows(base: int, each: Sequence[Found]) -> Iterator[Sequence[str]]:
    """Give the rows of the table."""
    least = each[0]
    for found in each:
        about = f"{found.number:,} documents"
        kinds = {"with the watcher": found.watched, "for the first time": found.first}
        for name, kind in kinds.items():
            yield f"{about}, {name}: to the bytes on disk, ms", f"{kind.told:.1f}", "", ""
            yield f"{about}, {name}: until all is published, ms", f"{kind.whole:.1f}", "", ""
        again = found.again
        quotient = ratio(again.told, BAR_MILLISECONDS, 1.0)
        figures = f"{again.told:.1f}", f"≤ {BAR_MILLISECONDS:.0f} (10,000)", quotient
        yield f"{about}, again: to the bytes on disk, ms", *figures
        yield f"{about}, again: until all is published, ms", f"{again.whole:.1f}", "", ""
        if found is not least:
            growth = again.told / least.again.told
            verdict = ratio(growth, BAR_GROWTH, 1.0)
            about_growth = f"{about} / {least.number:,}, again: to the bytes on disk"
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
