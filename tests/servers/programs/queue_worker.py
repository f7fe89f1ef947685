"""A worker as `feeds worker` is one, with less patience, and as slow or as mortal as is wanted.

Usage: python queue_worker.py URL CORPUS REVISION [--slow SECONDS] [--deadly PATH]

It reads until SIGTERM. With `--slow`, each job takes so much longer, and for all that a worker
can tell it is `--deadly` to read the document of that path: the process ends.
"""

import argparse
import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from feeds.config.corpus import Limits
from feeds.corpus.article import ReadingRules
from feeds.corpus.packing import PackedReading
from feeds.corpus.reading import Corpus, Readings
from feeds.corpus.rooms import load_dialects
from feeds.corpus.scanned import ReadersHere
from feeds.corpus.sources.directory import DirectorySource
from feeds.model import Database
from feeds.processes import Crew
from feeds.queue.jobs import Queue
from feeds.queue.patience import Patience
from feeds.queue.values import queue_name
from feeds.queue.working import Worker

IMPATIENT = Patience(heartbeat=0.3, stalled=3, stopping=2, saying=3)


def corpus_at(root: Path) -> Corpus:
    """Give a corpus whose documents are read in a second at most."""
    rules = ReadingRules(
        dialects=load_dialects(),
        limits=Limits(seconds=1),
        time_zone="UTC",
        site_url="https://site.example/",
        horizon=datetime(2027, 11, 1, tzinfo=UTC),
    )
    return Corpus(DirectorySource(root), "", rules)


@dataclass
class Readers:
    """Reads as readers do, but for what is wanted otherwise."""

    readers: ReadersHere
    slow: float
    deadly: str

    def read(self, corpus: Corpus, known: Iterable[tuple[str, str]]) -> Readings[PackedReading]:
        """Read slowly, or end this process."""
        files = list(known)
        if any(path == self.deadly for path, _ in files):
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(self.slow)
        return self.readers.read(corpus, files)


async def work(worker: Worker) -> None:
    """Read until SIGTERM."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    await worker.run(stopping)


def main() -> None:
    """Read what is ordered, and say how much that was."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("revision")
    parser.add_argument("--slow", type=float, default=0)
    parser.add_argument("--deadly", default="")
    given = parser.parse_args()
    logging.basicConfig(stream=sys.stderr, format="%(message)s")
    logging.getLogger("feeds").setLevel(logging.DEBUG)
    corpus = corpus_at(given.corpus)
    queue = Queue(Database(given.url), queue_name(given.revision, [corpus]), IMPATIENT, size=4)
    with ExitStack() as stack:
        crew = stack.enter_context(Crew(1, standing=1))
        readers = Readers(ReadersHere(crew), given.slow, given.deadly)
        worker = Worker(queue, [corpus], [readers])
        asyncio.run(work(worker))
        logging.getLogger("feeds").info("read %d documents", worker.documents)
        if worker.is_busy:
            os._exit(0)


if __name__ == "__main__":
    main()
