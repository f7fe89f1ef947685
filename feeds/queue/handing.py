"""Documents that are handed to workers, and what they have read, in order."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from feeds.corpus.packing import PackedReading, pack_reading
from feeds.corpus.reading import JOB_SIZE, Corpus, Readings, lost_reading
from feeds.corpus.records import Unreadable
from feeds.corpus.scanned import DocumentReaders
from feeds.queue import statements
from feeds.queue.jobs import JobChanged, Queue, QueueGone
from feeds.queue.patience import pauses
from feeds.queue.run import Known, Run
from feeds.queue.values import Order, unpack_readings

_log = logging.getLogger("feeds")

# Jobs that are given and whose readings nobody has asked for yet, a megabyte each.
_AHEAD = 64
# How many workers a job may cost.
_TRIES = 3
# Seconds after which it is looked whether jobs ended, though nobody has said so.
_LOOK = 1.0
_WAITING = frozenset({"todo", "doing"})


@dataclass(frozen=True, slots=True)
class ReadersByQueue:
    """Has workers read documents, those who take jobs of a queue.

    What is less than a job is read `here`, so that nobody waits for an edit; and so is what a
    worker cannot find or open, since that may be the worker's fault.
    """

    queue: Queue
    here: DocumentReaders

    def read(self, corpus: Corpus, known: Iterable[tuple[str, str]]) -> Readings[PackedReading]:
        """Read files as whoever is here does. Raises `DatabaseFailed`."""
        given = iter(known)
        first = list(islice(given, JOB_SIZE))
        if len(first) < JOB_SIZE:
            return self.here.read(corpus, first)
        readings = self._readings(corpus, chain(first, given))
        next(readings)
        return readings

    def _readings(
        self, corpus: Corpus, known: Iterator[tuple[str, str]]
    ) -> Generator[Any, None, None]:
        """Begin when asked for a first value, which is none; then give what was read."""
        with asyncio.Runner() as runner:
            handing = _Handing(self.queue.anew(), corpus, known)
            try:
                runner.run(handing.begin())
                yield None
                while part := runner.run(handing.next()):
                    yield from self._read(corpus, part)
            finally:
                runner.run(handing.end())

    def _read(self, corpus: Corpus, part: "_Part") -> Iterator[PackedReading]:
        """Give what was read of each file, in their order."""
        if part.deaths >= _TRIES:
            how = f"{_TRIES} workers ended that read it"
            return (pack_reading(lost_reading(path, how)) for path, _ in part.files)
        try:
            readings = unpack_readings(part.content)
        except Unreadable:
            readings = []
        if len(readings) != len(part.files):
            _log.warning("a worker failed: %d documents are read here", len(part.files))
            return self.here.read(corpus, part.files)
        return self._complete(corpus, part, readings)

    def _complete(
        self, corpus: Corpus, part: "_Part", readings: list[PackedReading]
    ) -> Iterator[PackedReading]:
        pairs = list(zip(part.files, readings, strict=True))
        unread = [file for file, reading in pairs if _is_unread(reading)]
        with closing(self.here.read(corpus, unread)) as others:
            for _, reading in pairs:
                yield next(others) if _is_unread(reading) else reading


def _is_unread(reading: PackedReading) -> bool:
    return not (reading.digest or reading.is_lost)


@dataclass(slots=True, eq=False)
class _Part:
    """Some files, and the job in which they are read; 0 where it is still to be given.

    `content` is what came of it, which is empty where a worker failed.
    """

    files: list[tuple[str, str]]
    job: int = 0
    deaths: int = 0
    is_first: bool = False
    content: bytes = b""
    is_done: bool = False


class _Handing:
    """Hands files of a corpus to workers, and gives them back in their order when they are read."""

    def __init__(self, queue: Queue, corpus: Corpus, known: Iterator[tuple[str, str]]) -> None:
        self._queue = queue
        self._run = Run(queue)
        self._corpus = corpus
        self._known = known
        self._parts: deque[_Part] = deque()
        self._is_open = False
        self._looks_at = 0.0
        self._says_at = 0.0

    async def begin(self) -> None:
        """Have workers begin."""
        await self._patiently(self._give)

    async def next(self) -> _Part | None:
        """Give what is next when it is read; None when all is."""
        await self._patiently(self._give)
        self._looks_at = asyncio.get_running_loop().time() + _LOOK
        while self._parts and not self._parts[0].is_done:
            await self._patiently(self._look)
        return self._parts.popleft() if self._parts else None

    async def end(self) -> None:
        """Have nobody read any more."""
        if self._is_open:
            await self._run.end()
            await self._queue.close()

    async def _patiently(self, step: Callable[[], Awaitable[None]]) -> None:
        """Do a step, again and again while PostgreSQL is gone."""
        for pause in pauses():
            try:
                await step()
            except QueueGone as reason:
                _log.warning("%s; trying again in %.1f s", reason, pause)
                await asyncio.sleep(pause)
            else:
                return

    async def _give(self) -> None:
        """Give what is to be given, and that no more is at once than may be."""
        if not self._is_open:
            await self._queue.open()
            self._is_open = True
        await self._run.hold()
        while len(self._parts) < _AHEAD and (files := list(islice(self._known, JOB_SIZE))):
            self._parts.append(_Part(files))
        for is_first in (True, False):
            new = [p for p in self._parts if not (p.job or p.is_done) and p.is_first == is_first]
            orders = [self._order(part) for part in new]
            given = await self._queue.give(orders, first=is_first) if orders else []
            for part, job in zip(new, given, strict=True):
                part.job = job

    def _order(self, part: _Part) -> Order:
        corpus = self._corpus
        return Order(self._run.number, corpus.prefix, corpus.rules.horizon, part.files)

    async def _look(self) -> None:
        """Take what was read, and wait where the next is not."""
        await self._give()
        waiting = {part.job: part for part in self._parts if not part.is_done}
        known = await self._run.take(list(waiting))
        for job, part in waiting.items():
            _note(part, known.get(job))
        if self._parts[0].is_done:
            return
        await self._run.wait(_LOOK)
        now = asyncio.get_running_loop().time()
        if now >= self._looks_at:
            self._looks_at = now + self._queue.patience.heartbeat
            await self._look_after_workers(now)

    async def _look_after_workers(self, now: float) -> None:
        stalled = await self._queue.stalled()
        for part in [part for part in self._parts if part.job in stalled and not part.is_done]:
            await self._mourn(part)
        ours, of_all = await self._queue.attendance()
        if ours:
            self._says_at = 0.0
        elif now >= self._says_at:
            self._says_at = now + self._queue.patience.saying
            others = f" ({of_all} of another version or configuration)" if of_all else ""
            _log.warning("documents wait, and nobody reads: feeds worker is to be run%s", others)

    async def _mourn(self, part: _Part) -> None:
        """Give a job again whose worker is gone; where it has cost several, its files one by one.

        A file alone that costs as many is done with.
        """
        if part.deaths + 1 < _TRIES:
            with suppress(JobChanged):
                await self._queue.give_again(part.job)
                part.deaths += 1
            return
        await self._queue.tell(statements.DROP, job=part.job)
        part.deaths += 1
        if len(part.files) == 1:
            part.is_done = True
            return
        place = self._parts.index(part)
        self._parts.remove(part)
        for number, file in enumerate(part.files):
            self._parts.insert(place + number, _Part([file], is_first=True))


def _note(part: _Part, known: Known | None) -> None:
    """Note what came of a job; one of which nothing will come is to be given anew."""
    if known is None or not (known.content or known.status in _WAITING | {"failed"}):
        part.job, part.is_first = 0, True
    elif known.content or known.status == "failed":
        part.content, part.is_done = known.content or b"", True
