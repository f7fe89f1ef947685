"""How long queries take beside a feed that is published, at the median and at the slow end.

Usage: python tests/bench/querying.py [--rounds N] [SIZE...]

One client asks a server for a feed of everything, and for queries that were not asked before, in
turns: A B A B. All are in gzip. A query that was asked lately is held, as a feed is: that is the
third. Words are those of the corpus, from frequent to rare.
"""

import argparse
import http.client
import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, urlsplit

import peers
from measuring import Failed, family, machine, measure, ratio, resident, table
from servers import watching

PATIENCE = 60.0
ASKED = 400
HELD = 40
WORDS = 3_000
FEW_DOCUMENTS = 2_000
Times = list[float]


def words_of(corpus: Path) -> Sequence[str]:
    """Give the words of some documents, the most frequent first."""
    found: Counter[str] = Counter()
    for file in sorted(corpus.rglob("*.md"))[:FEW_DOCUMENTS]:
        found.update(re.findall(r"\b[a-z]{3,}\b", file.read_text(encoding="utf-8").lower()))
    return [word for word, _ in found.most_common(WORDS)]


def targets(words: Sequence[str], topics: Sequence[str], seed: int) -> Iterator[str]:
    """Make up queries of each kind."""
    chance = random.Random(seed)  # noqa: S311
    for number in range(ASKED):
        suffix = chance.choice((".atom", ".rss", ".json"))
        if number % 3 == 0:
            names = sorted(chance.sample(topics, chance.randrange(2, 5)))
            sign = chance.choice("+,")
            yield f"/topics/{sign.join(names)}{suffix}?min_quality={chance.randrange(99)}"
        else:
            some = " ".join(chance.sample(words, chance.randrange(1, 4)))
            yield f"/search{suffix}?q={quote(some).replace('%20', '+')}"


def published(_seed: int) -> Iterator[str]:
    """Ask for a feed as often as for queries."""
    return iter(["/all.atom"] * ASKED)


class Client:
    """Somebody who asks over one connection."""

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)

    def ask(self, target: str) -> float:
        """Ask for a target, and give the milliseconds that it took. Raises `Failed`."""
        begin = time.perf_counter()
        self._connection.request("GET", target, headers={"Accept-Encoding": "gzip"})
        answer = self._connection.getresponse()
        answer.read()
        taken = (time.perf_counter() - begin) * 1_000
        if answer.status != http.client.OK:
            raise Failed(f"{target}: {answer.status}")
        return taken


def in_turns(
    url: str, ask_for: Sequence[Callable[[int], Iterator[str]]], rounds: int
) -> list[Times]:
    """Give the times of each kind, of which each round asks in turn."""
    client = Client(url)
    found: list[Times] = [[] for _ in ask_for]
    for number in range(rounds):
        for times, kind in zip(found, ask_for, strict=True):
            times.extend(map(client.ask, kind(number)))
    return found


def slow(times: Times) -> float:
    """Give the time that a hundredth of all exceeds."""
    return statistics.quantiles(times, n=100)[-1]


def measured(number: int, rounds: int) -> Iterator[Sequence[str]]:
    """Give the rows of the table for a number of documents."""
    with TemporaryDirectory(prefix="feeds-bench-") as name:
        folder = Path(name)
        corpus = peers.corpus(number, folder)
        config = peers.configure(folder / "served", peers.EVERYTHING)
        measure(peers.ours(config))
        with watching(config, folder / "log") as server:
            topics = [file.stem for file in (folder / "served/output/topics").glob("*.atom")]
            queries = partial(targets, words_of(corpus), sorted(topics))
            # What a round has asked for last is held when the same round asks for it again.
            kinds = [
                published,
                queries,
                lambda seed: iter([*queries(seed)][-HELD:] * (ASKED // HELD)),
            ]
            plain, new, again = in_turns(server.url, kinds, rounds)
            memory = max(map(resident, family(server.process))) / 2**20
        (index,) = folder.rglob("search.sqlite")
        size = index.stat().st_size / 2**20
    about = f"{number:,} documents"
    for kind, times in (("a feed", plain), ("a query", new), ("a query again", again)):
        middle, end = statistics.median(times), slow(times)
        yield about, kind, f"{middle:.2f}", f"{end:.2f}", ratio(end, slow(plain))
    yield about, f"MiB of the index: {size:.0f}; of the largest process: {memory:.0f}", "", "", ""


def main() -> int:
    """Measure, and write a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000])
    options = parser.parse_args()
    rows = [row for number in options.sizes for row in measured(number, options.rounds)]
    head = ["", "asked for", "median, ms", "99 of 100, ms", "to a feed"]
    sys.stdout.write(f"{machine()}\n{table(head, rows)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
