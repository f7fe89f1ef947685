"""What first builds of corpora of different sizes cost, and an edit of one of their documents.

Usage: python tests/bench/growth.py [--plot FILE] SIZE...

Each size is built by a process of its own, with all that is on by default; this then goes on, and
is told of edits. Counts do not depend on the machine; seconds of CPU do.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from editing import edit, newest
from measuring import ENVIRONMENT, NOW, machine, table, tell
from plotting import Line, plot
from sqlalchemy import Engine, event

from feeds.cli.options import Settings
from feeds.cli.settings import load_settings
from feeds.cli.wiring import make_plan
from feeds.refresh import Plan, refresh

HERE = Path(__file__).parent
CONFIGURATION = """\
site: {title: Growth, base_url: https://feeds.example.org, id_authority: 'feeds.example.org,2026'}
corpus: corpus
"""
EDITS = 5
MOMENT = datetime.fromisoformat(NOW).astimezone(UTC)
# What is counted, and of what it is the number.
COLD = ("documents", "articles", "entries rendered", "statements", "files", "MiB written")
EDITED = ("documents read", "entries rendered", "statements", "files", "kB written")

Counts = dict[str, float]


def cpu_seconds() -> float:
    """Give the CPU that this process and those that it has waited for took."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, kinds))


def peak() -> float:
    """Give the MiB that this process, or one that it waited for, had at most."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024


@contextmanager
def counted() -> Iterator[list[int]]:
    """Count the statements that are issued, in the one item of a list, until this is left."""
    number = [0]

    def note(*_: object) -> None:
        number[0] += 1

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield number
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def run(plan: Plan, unit: int) -> Counts:
    """Run a cycle and give what it cost, with bytes in a unit."""
    begin = cpu_seconds()
    with counted() as statements:
        report = refresh(plan, MOMENT, lambda *_: None)
    return {
        "documents": report.documents,
        "documents read": report.read,
        "articles": report.visible,
        "entries rendered": report.entries_rendered,
        "statements": statements[0],
        "files": len(report.added) + len(report.changed),
        "MiB written": report.bytes_written / unit,
        "kB written": report.bytes_written / unit,
        "CPU": cpu_seconds() - begin,
    }


def measure(folder: Path) -> dict[str, Counts]:
    """Build the corpus in a directory from nothing, edit a document, and give what it cost."""
    (folder / "feeds.yaml").write_text(CONFIGURATION, encoding="utf-8")
    settings = Settings(config=folder, now=NOW)
    plan = make_plan(load_settings(settings), settings, MOMENT)
    cold = run(plan, 2**20) | {"MiB of memory": peak()}
    # A process that goes on begins with a cycle that renders nothing, and keeps what it renders.
    document = newest(folder / "corpus")
    edits = []
    for number in range(EDITS + 1):
        edit(document, f"G{number:05}")
        begin = time.perf_counter()
        counts = run(replace(plan, looks_at=frozenset([str(document)])), 1000)
        edits.append(counts | {"ms": (time.perf_counter() - begin) * 1000})
    # The first one renders what the build had no room to keep.
    figures = {name: statistics.median(each[name] for each in edits[1:]) for name in edits[0]}
    return {"cold": cold, "edited": figures}


def found_with(number: int) -> dict[str, Counts]:
    """Measure with a number of documents, by another process."""
    with TemporaryDirectory(prefix="feeds-growth-") as name:
        folder = Path(name)
        script = [sys.executable, HERE / "corpus.py", str(number), folder / "corpus"]
        subprocess.run([*map(str, script)], stdout=subprocess.DEVNULL, check=True)
        command = [sys.executable, __file__, "--measure", name]
        done = subprocess.run(command, env=ENVIRONMENT, stdout=subprocess.PIPE, check=True)
        found: dict[str, Counts] = json.loads(done.stdout)
        tell(f"{number:,}: {found['cold']['CPU']:.1f} s of CPU, {found['edited']['ms']:.0f} ms")
        return found


def rows(found: Sequence[dict[str, Counts]]) -> Iterator[Sequence[str]]:
    """Give the rows of the table."""
    for name in (*COLD, "MiB of memory"):
        yield f"first build: {name}", *(f"{each['cold'][name]:,.0f}" for each in found)
    yield (
        "first build: CPU for a document, ms",
        *(f"{each['cold']['CPU'] / each['cold']['documents'] * 1000:.2f}" for each in found),
    )
    for name in EDITED:
        yield f"an edit: {name}", *(f"{each['edited'][name]:,.0f}" for each in found)
    for name, unit in (("CPU", 1000), ("ms", 1)):
        about = f"an edit: {'CPU, ms' if name == 'CPU' else 'ms until all is published'}"
        yield about, *(f"{each['edited'][name] * unit:.0f}" for each in found)


def lines(sizes: Sequence[int], found: Sequence[dict[str, Counts]]) -> Iterator[Line]:
    """Give the lines of the plot."""
    for about, kind, name, factor in (
        ("first build: entries rendered", "cold", "entries rendered", 1.0),
        ("first build: statements", "cold", "statements", 1.0),
        ("first build: MiB of memory", "cold", "MiB of memory", 1.0),
        ("first build: CPU, s", "cold", "CPU", 1.0),
        ("an edit: statements", "edited", "statements", 1.0),
        ("an edit: CPU, ms", "edited", "CPU", 1000.0),
        ("an edit: entries rendered", "edited", "entries rendered", 1.0),
    ):
        points = zip(sizes, (each[kind][name] * factor for each in found), strict=True)
        yield Line(about, tuple(points))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sizes", nargs="*", type=int, default=[1_000, 10_000], metavar="SIZE")
    parser.add_argument("--plot", type=Path, metavar="FILE")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        json.dump(measure(given.measure), sys.stdout)
        sys.exit()
    measured = [found_with(size) for size in given.sizes]
    head = ("documents", *(f"{size:,}" for size in given.sizes))
    sys.stdout.write(machine() + "\n" + table(head, rows(measured)))
    if given.plot:
        title = "What a first build and an edit cost, by the number of documents"
        given.plot.write_text(plot(title, [*lines(given.sizes, measured)]), encoding="utf-8")
