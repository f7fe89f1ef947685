"""What a first build of corpora of different sizes costs, in counts and in shares of time.

Usage: python tests/bench/growth.py CORPUS...

Counts do not depend on the machine. Those of comparisons grow with how many articles there are
in the days around one, all others with the number of documents.
"""

import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from sqlalchemy import Engine, event

from feeds.cli.options import Settings
from feeds.cli.wiring import make_plan
from feeds.config.load import parse_configuration
from feeds.refresh import comparing, gathering, refresh
from feeds.selection import events

NOW = datetime(2026, 11, 20, tzinfo=UTC)
CONFIGURATION = """\
site: {title: Growth, base_url: https://feeds.example.org, id_authority: feeds.example.org}
archives: {topics: false, providers: false}
"""

Result = TypeVar("Result")


@dataclass
class Costs:
    """What is counted while a build runs, and how long its parts take, in seconds."""

    counts: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    stage: tuple[str, float] = ("", 0.0)

    def enter(self, stage: str, _done: int, _total: int) -> None:
        """Note that a stage of the build goes on, or another begins."""
        name, since = self.stage
        if stage != name:
            now = time.perf_counter()
            if name:
                self.seconds[name] += now - since
            self.stage = stage, now

    def timed(self, name: str, function: Callable[..., Result]) -> Callable[..., Result]:
        """Give a function that is a part of a stage, and is timed apart."""

        def run(*arguments: object, **named: object) -> Result:
            since = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                self.seconds[name] += time.perf_counter() - since

        return run

    def counted(self, name: str, function: Callable[..., Result]) -> Callable[..., Result]:
        """Give a function whose calls are counted."""

        def run(*arguments: object) -> Result:
            self.counts[name] += 1
            return function(*arguments)

        return run


@contextmanager
def measured() -> Iterator[Costs]:
    """Count and time what is looked at, until this is left."""
    costs = Costs()
    kept = comparing.similar, comparing.ties, gathering.divide, events.cover_one_event
    comparing.similar = costs.timed("- what is similar", comparing.similar)
    comparing.ties = costs.timed("- what covers one event", comparing.ties)
    gathering.divide = costs.timed("- dividing into stories", gathering.divide)
    events.cover_one_event = costs.counted("pairs looked at", events.cover_one_event)

    def note(*_: object) -> None:
        costs.counts["statements"] += 1

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield costs
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        comparing.similar, comparing.ties, gathering.divide, events.cover_one_event = kept


def build(corpus: Path) -> Costs:
    """Build a corpus from nothing, and give what it cost."""
    with TemporaryDirectory() as folder, measured() as costs:
        text = f"{CONFIGURATION}corpus: {corpus}\noutput: {folder}/output\n"
        configuration = parse_configuration(text, origin="growth", folder=Path(folder))
        plan = make_plan(configuration, Settings(), NOW)
        report = refresh(plan, NOW, costs.enter)
        costs.enter("end", 0, 0)
        state = configuration.state_directory / "catalog.sqlite"
        costs.counts |= Counter(stories_of(state)) | Counter(
            {
                "documents": report.documents,
                "articles": report.visible,
                "entries rendered": report.entries_rendered,
                "files": len(report.added),
                "MiB written": report.bytes_written >> 20,
                "MiB of memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
            }
        )
    return costs


def stories_of(catalog: Path) -> dict[str, int]:
    """Count the stories in a catalog, and the articles in them."""
    import sqlite3

    connection = sqlite3.connect(catalog)
    told, stories, ties = connection.execute(
        "SELECT count(story), count(DISTINCT story), (SELECT count(*) / 2 FROM ties) FROM articles"
    ).fetchone()
    connection.close()
    return {"stories": stories, "articles on them": told, "ties": ties}


def table(costs: list[Costs]) -> Iterator[str]:
    """Give the lines of a table with a column for each corpus."""
    names = (
        *("documents", "articles", "stories", "articles on them", "ties", "pairs looked at"),
        *("statements", "entries rendered", "files", "MiB written", "MiB of memory"),
    )
    for name in names:
        yield f"{name:24}" + "".join(f"{each.counts[name]:>14,}" for each in costs)
    whole = [
        sum(seconds for name, seconds in each.seconds.items() if name[0] != "-") for each in costs
    ]
    for name in costs[-1].seconds:
        shares = (each.seconds[name] / total for each, total in zip(costs, whole, strict=True))
        yield f"{name:24}" + "".join(f"{share:>14.1%}" for share in shares)


if __name__ == "__main__":
    lines = table([build(Path(corpus).resolve()) for corpus in sys.argv[1:]])
    sys.stdout.write("\n".join([*lines, ""]))
