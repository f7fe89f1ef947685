"""Entries rendered ahead of the feeds that carry them; where there are many, by processes."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import chain
from typing import NamedTuple, Self, TypeVar

from feeds.catalog import Told, parts, tell
from feeds.model import EntryKey
from feeds.processes import forked
from feeds.refresh.rendering import Done, Renderer

Item = TypeVar("Item")

# To fork, and to send what is told and what is rendered, pays from some hundred entries on.
_WORTH_A_FORK = 1000
_ENTRIES_OF_A_JOB = 200
# What is rendered is held until feeds are made of it, so that it must not become much.
_MOST_WAITING = 1200


class _Job(NamedTuple):
    """Entries to be rendered: in every format, or in that of archives alone."""

    told: Sequence[Told]
    for_archives: bool


class Ahead:
    """Renders what will be asked for; `read` gives what is told of the articles of entries.

    There are `processes` for that at the most. They are forked while this one has one thread
    still, and end once this is left.
    """

    def __init__(
        self,
        renderer: Renderer,
        read: Callable[[Iterable[EntryKey]], Iterable[Told]],
        processes: int,
    ) -> None:
        self._renderer = renderer
        self._read = read
        self._most = processes
        self._processes = ExitStack()
        self._submit: Callable[[_Job], Callable[[], Done]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._processes.close()

    def each(
        self, batches: Iterable[tuple[Item, Iterable[EntryKey]]], *, for_archives: bool = False
    ) -> Iterator[Item]:
        """Give what comes with the keys of entries, in turn, each once its entries are rendered.

        They are in every format, or `for_archives` in that of archives alone.
        """
        missing = self._missing(batches, for_archives=for_archives)
        first = self._begin(missing)
        most = _MOST_WAITING if self._submit else -1
        waiting: deque[tuple[Item, int, list[Callable[[], Done]]]] = deque()
        entries = 0
        for item, keys in chain(first, missing):
            waiting.append((item, len(keys), self._jobs(keys, for_archives=for_archives)))
            entries += len(keys)
            while waiting and entries > most:
                done, count, jobs = waiting.popleft()
                self._keep(jobs)
                entries -= count
                yield done
        for item, _, jobs in waiting:
            self._keep(jobs)
            yield item

    def _missing(
        self, batches: Iterable[tuple[Item, Iterable[EntryKey]]], *, for_archives: bool
    ) -> Iterator[tuple[Item, list[EntryKey]]]:
        """Give, instead of all keys, those of entries that nobody has been asked to render."""
        asked = set[EntryKey]()
        for item, keys in batches:
            missing = self._renderer.missing(keys, for_archives=for_archives)
            yield item, [key for key in missing if key not in asked]
            asked.update(missing)

    def _begin(
        self, missing: Iterator[tuple[Item, list[EntryKey]]]
    ) -> list[tuple[Item, list[EntryKey]]]:
        """Take as many batches as tell whether to fork, and do so where it pays."""
        first: list[tuple[Item, list[EntryKey]]] = []
        if self._submit or self._most < 1:
            return first
        entries = 0
        for batch in missing:
            first.append(batch)
            entries += len(batch[1])
            if entries >= _WORTH_A_FORK:
                self._submit = self._processes.enter_context(forked(self._done, self._most))
                break
        return first

    def _jobs(self, keys: Iterable[EntryKey], *, for_archives: bool) -> list[Callable[[], Done]]:
        """Have entries be rendered, and give functions that give what comes of it."""
        jobs = [_Job([*self._read(part)], for_archives) for part in parts(keys, _ENTRIES_OF_A_JOB)]
        if self._submit:
            return [self._submit(job) for job in jobs]
        return [partial(self._done, job) for job in jobs]

    def _keep(self, jobs: Iterable[Callable[[], Done]]) -> None:
        for job in jobs:
            self._renderer.keep(job())

    def _done(self, job: _Job) -> Done:
        """Render entries; this is what other processes do."""
        return self._renderer.render(map(tell, job.told), for_archives=job.for_archives)
