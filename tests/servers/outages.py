"""Whichever part dies or stands still at any moment, readers get what was published, and all of it.

`KILLS=100` does so a hundred times to each part; the table of how long it takes is printed with
`-s`. `OUTAGES_SEED` is the number of which all chances follow.
"""

import os
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import pytest
from casebook import Attempts
from parts import SPOILED, Parts
from polling import Answer, Judge, Pollers
from stores import Ceph

KILLS = int(os.environ.get("KILLS", "2"))
SEED = int(os.environ.get("OUTAGES_SEED", "0")) or time.time_ns() % 1_000_000
# All that happens to an edit, from the listing of the corpus to the answer of a server, is within.
SPREAD_SECONDS = 3.0
PAUSE_SECONDS = 0.02
# In feeds of topics there is an entry for every document that tells an edition; the others have as
# many as they may.
MOST_ENTRIES = 50
FEEDS = ("all.atom", "all.rss", "all.json", "topics/rail.atom", "topics/tides.json")
MUCH = 5
# How often so much is edited, whatever is spoiled then, that workers read it.
MANY_CHANGE = 0.3


class Watch:
    """Judges what servers and the bucket answer while all that happens."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.answers = 0
        self.unanswered = 0
        # Servers say by which edition they answer, and of what all of these were made; the store
        # says what an object was to be.
        self._of_servers = Judge(self._served, lambda answer: answer.path)
        self._of_bucket = Judge(self._stored, lambda answer: answer.path)

    def wrong(self, served: Sequence[Answer], stored: Sequence[Answer]) -> list[str]:
        """Tell what is wrong with all that was answered since this was called last."""
        self.parts.note_editions()
        self.answers += len(served) + len(stored)
        self.unanswered += sum(answer.status not in {200, 304} for answer in served)
        found = self._of_servers.wrong(served) + self._of_bucket.wrong(stored)
        found += [
            f"has an entry too few or too many: {answer}"
            for answer in (*served, *stored)
            if answer.status == 200 and answer.said.entries != self._entries(answer)
        ]
        return found

    def _entries(self, answer: Answer) -> int:
        if answer.path.startswith("topics/"):
            return self.parts.entries.get(answer.said.newest, -1)
        return MOST_ENTRIES

    def _served(self, answer: Answer) -> tuple[int, int] | None:
        newest = answer.said.newest
        return (newest, newest) if self.parts.editions.span(answer) else None

    def _stored(self, answer: Answer) -> tuple[int, int] | None:
        newest, digest = answer.said.newest, answer.said.digest
        is_whole = digest in {answer.said.sha256, ""}
        return (newest, newest) if is_whole and (digest or answer.status != 200) else None


@pytest.fixture
def parts(tmp_path: Path, ceph: Ceph, monkeypatch: pytest.MonkeyPatch) -> Parts:
    """Give all parts, none of which is started."""
    for name, value in ceph.environment().items():
        monkeypatch.setenv(name, value)
    return Parts(tmp_path, ceph, Random(SEED))  # noqa: S311 - the same in every run


@pytest.mark.parametrize(
    "part",
    [
        pytest.param("a worker", marks=pytest.mark.case(72)),
        pytest.param("the leader", marks=pytest.mark.case(44, 71)),
        pytest.param("PostgreSQL", marks=pytest.mark.case(73)),
        pytest.param("the gateway", marks=pytest.mark.case(70)),
    ],
)
def test_nothing_is_torn_lost_or_mixed(parts: Parts, attempts: Attempts, part: str) -> None:
    """Killed and paused at random moments, a part costs nobody more than time.

    Every answer is of an edition, whole, with its validators, and never older than one before; no
    entry is lost; and in the end the bucket has what one machine publishes of the same documents,
    byte for byte, and nothing else. Nobody is surprised by any of it.
    """
    seconds = defaultdict[str, list[float]](list)
    rounds = [name for name in SPOILED if name.startswith(part) for _ in range(KILLS)]
    rounds.insert(0, "nothing")
    parts.random.shuffle(rounds)
    with (
        parts,
        Pollers(parts.urls, FEEDS, each=1, pause=PAUSE_SECONDS) as served,
        Pollers([parts.bucket], FEEDS, each=1, pause=PAUSE_SECONDS) as stored,
    ):
        watch = Watch(parts)
        for name in rounds:
            attempts.count()
            seconds[name].append(spoiled(parts, name))
            for fault in watch.wrong(served.take(), stored.take()):
                attempts.lose(f"{name}, seed {SEED}: {fault}")
            assert len(attempts.lost) < MUCH
        parts.end()
        failed = [f"{each.place.name} has failed" for each in parts.running if each.has_failed]
        for fault in parts.differences() + failed:
            attempts.lose(f"at the end, seed {SEED}: {fault}")
    print(table(seconds, watch))  # noqa: T201 - it is what -s is for
    assert watch.answers > 100 * len(rounds)


def spoiled(parts: Parts, name: str) -> float:
    """Edit, spoil a part at a random moment after that, and give how long it is felt.

    That is how long another edit of the same moment takes until all servers answer by it.
    """
    if "worker" in name or parts.random.random() < MANY_CHANGE:
        parts.edit_many()
    parts.edit()
    time.sleep(parts.random.uniform(0, SPREAD_SECONDS))
    parts.edit()
    begin = time.monotonic()
    SPOILED[name](parts)
    parts.wait_until_served()
    return time.monotonic() - begin


def table(seconds: Mapping[str, Sequence[float]], watch: Watch) -> str:
    """Write how long it took from a fault until all servers answered by an edit of that moment."""
    rows = [
        f"| {name} | {len(took)} | {statistics.median(took):.1f} | {max(took):.1f} |"
        for name, took in seconds.items()
    ]
    head = ["| what | times | s, median | s, at most |", "|---|---:|---:|---:|"]
    told = f"{watch.answers:,} answers, {watch.unanswered:,} requests without one; seed {SEED}"
    return "\n".join(["", *head, *sorted(rows), told])
