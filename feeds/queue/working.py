"""What a worker does: it reads documents for builders, until it is told to stop."""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import datetime

from feeds.corpus.reading import Corpus
from feeds.corpus.scanned import DocumentReaders, require
from feeds.corpus.source import CorpusMissing
from feeds.queue.jobs import Queue, QueueGone
from feeds.queue.patience import pauses
from feeds.queue.values import Order, pack_readings

_log = logging.getLogger("feeds")

# Who has worked for so many seconds has no reason to wait long when it has to begin anew.
_WELL = 60.0
# Seconds for which whoever is to stop, and has read, may wait to be heard.
_STORING = 5.0


class Worker:
    """Reads documents of corpora as jobs of a queue order it, one job for each of `readers`."""

    def __init__(
        self, queue: Queue, corpora: Sequence[Corpus], readers: Sequence[DocumentReaders]
    ) -> None:
        self._queue = queue
        self._corpora = corpora
        self._idle: asyncio.Queue[DocumentReaders] = asyncio.Queue()
        for each in readers:
            self._idle.put_nowait(each)
        self._size = len(readers)
        self._threads = ThreadPoolExecutor(len(readers), "reading")
        # Kept, so that processes which go on are sent nothing anew.
        self._known: dict[tuple[str, datetime], Corpus] = {}
        self._missing: CorpusMissing | None = None
        self._work: asyncio.Task[None] | None = None
        self.documents = 0
        self.jobs = 0

    @property
    def is_busy(self) -> bool:
        """Whether anything is being read."""
        return self._idle.qsize() < self._size

    async def run(self, stopping: asyncio.Event) -> None:
        """Read until that is set; then finish what is begun, for a while.

        Where PostgreSQL is gone, or a corpus is, that is waited for. Raises `DatabaseFailed`.
        """
        stop = asyncio.create_task(stopping.wait())
        try:
            await self._go_on(stop)
        finally:
            stop.cancel()
            self._threads.shutdown(wait=False)

    async def _go_on(self, stop: "asyncio.Task[bool]") -> None:
        time = asyncio.get_running_loop().time
        waits = pauses()
        while not stop.done():
            began = time()
            why = await self._work_until(stop)
            if time() - began > _WELL:
                waits = pauses()
            if why is not None and not stop.done():
                pause = next(waits)
                _log.warning("%s; trying again in %.1f s", why, pause)
                await asyncio.wait({stop}, timeout=pause)

    async def _work_until(self, stop: "asyncio.Task[bool]") -> Exception | None:
        """Work, and give what ended that before it was to stop."""
        self._missing = None
        self._work = work = asyncio.create_task(self._take_part())
        await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
        work.cancel()
        # Where PostgreSQL is gone, it would wait to store what was read last.
        await asyncio.wait({work}, timeout=self._queue.patience.stopping + _STORING)
        if not work.done():
            return None
        try:
            await work
        except asyncio.CancelledError:
            return self._missing
        except (QueueGone, CorpusMissing) as reason:
            return reason
        return None

    async def _take_part(self) -> None:
        for corpus in self._corpora:
            require(corpus)
        async with self._queue:
            _log.info("reading for %s, %d jobs at once", self._queue.name, self._size)
            await self._queue.work(self._do, self._size)

    async def _do(self, order: Order) -> bytes:
        """Do a job in a thread, and give what was read."""
        # Those of a job that was given back may still be at it.
        readers = await self._idle.get()
        loop = asyncio.get_running_loop()
        reading = loop.run_in_executor(self._threads, self._read, readers, order)
        reading.add_done_callback(lambda _: self._idle.put_nowait(readers))
        began = loop.time()
        try:
            content = await asyncio.shield(reading)
        except CorpusMissing as error:
            # Whoever went on would have all jobs fail, one after the other.
            self._missing = error
            if self._work:
                self._work.cancel()
            raise
        self.jobs += 1
        self.documents += len(order.files)
        _log.debug("read %d documents in %.1f s", len(order.files), loop.time() - began)
        return content

    def _read(self, readers: DocumentReaders, order: Order) -> bytes:
        corpus = self._corpus(order)
        require(corpus)
        with closing(readers.read(corpus, order.files)) as readings:
            return pack_readings(list(readings))

    def _corpus(self, order: Order) -> Corpus:
        key = (order.prefix, order.horizon)
        if key not in self._known:
            corpus = next(each for each in self._corpora if each.prefix == order.prefix)
            own = replace(corpus, rules=replace(corpus.rules, horizon=order.horizon))
            # Of a run before, nothing is asked any more.
            self._known = {k: v for k, v in self._known.items() if k[1] == order.horizon}
            self._known[key] = own
        return self._known[key]
