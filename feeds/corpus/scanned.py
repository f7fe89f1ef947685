"""What there is in a corpus, by one look at it, and what of that is being read already."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Final, Protocol

from feeds.corpus.packing import PackedReading, pack_reading
from feeds.corpus.reading import Corpus, Readings, read_all
from feeds.corpus.source import Seen
from feeds.errors import ConfigurationError
from feeds.model import FileStamp, Finding
from feeds.processes import Crew

# The same each time, so that a process which goes on is sent nothing anew.
_PACK: Final = {refers: partial(pack_reading, refers=refers) for refers in (False, True)}


class DocumentReaders(Protocol):
    """Whoever reads documents for the one who stores what they say."""

    def read(self, corpus: Corpus, known: Iterable[tuple[str, str]]) -> Readings[PackedReading]:
        """Read files, each given as its path and the digest known of it.

        What is read comes in their order, packed where it was read. Reading begins at once, and
        ends when what comes of it is closed.
        """


@dataclass(frozen=True, slots=True)
class ReadersHere:
    """Reads documents on this machine: a `crew` does, and without one this process."""

    crew: Crew | None = None

    def read(self, corpus: Corpus, known: Iterable[tuple[str, str]]) -> Readings[PackedReading]:
        """Read files as `read_all` does."""
        return read_all(corpus, known, _PACK[corpus.rules.refers], self.crew)


@dataclass(frozen=True, slots=True)
class Scanned:
    """The stamps of documents in a corpus, and what hindered.

    Where there are `readings`, one of each document comes from there, whatever is known of it.
    """

    corpus: Corpus
    stamps: list[FileStamp]
    findings: list[Finding]
    readings: Readings[PackedReading] | None = None


def scan_corpus(corpus: Corpus) -> Scanned:
    """Look at all that is in a corpus. Raises `CorpusMissing`."""
    return sorted_out(corpus, corpus.source.scan(corpus.prefix))


def require(corpus: Corpus) -> None:
    """Raise `CorpusMissing` where a corpus is not there."""
    deque(corpus.source.look((), corpus.prefix), maxlen=0)


def told_apart(scanned: Sequence[Scanned]) -> None:
    """See that no document's path is one of another corpus, too.

    Raises `ConfigurationError`. Of a directory that has been seen before it was scanned; a store
    tells only what it is asked.
    """
    named = [item.corpus for item in scanned if item.corpus.prefix]
    for item in scanned:
        for other in named if not item.corpus.prefix else ():
            if any(stamp[0].startswith(other.prefix) for stamp in item.stamps):
                name, place = other.prefix.rstrip("/"), item.corpus.source
                message = f"the name {name} is that of a directory in {place}; give it a name"
                raise ConfigurationError((f"corpus: {other.source}: {message}",))


def sorted_out(corpus: Corpus, items: Iterable[Seen]) -> Scanned:
    """Give what was found by a look at a corpus, or at some paths in it."""
    found = list(items)
    return Scanned(
        corpus,
        [item for item in found if isinstance(item, FileStamp)],
        [item for item in found if isinstance(item, Finding)],
    )


@contextmanager
def reading_ahead(
    corpora: Sequence[Corpus], readers: DocumentReaders
) -> Iterator[tuple[Scanned, ...]]:
    """Scan corpora, and have readers begin to read all of the first one.

    They begin with what was found first, and read until the block is left, while this process
    does what it has to before it can keep what is read. Raises `CorpusMissing`.
    """
    corpus, *others = corpora
    found: list[Seen] = []
    looked = _noted(corpus.source.scan(corpus.prefix), found)
    with closing(readers.read(corpus, _documents(found, looked))) as readings:
        deque(looked, maxlen=0)
        first = replace(sorted_out(corpus, found), readings=readings)
        yield first, *map(scan_corpus, others)


def _noted(items: Iterable[Seen], found: list[Seen]) -> Iterator[Seen]:
    """Give what is found, having noted it."""
    for item in items:
        found.append(item)
        yield item


def _documents(found: Sequence[Seen], looked: Iterator[Seen]) -> Iterator[tuple[str, str]]:
    """Give the paths of all documents with no digest: of those found, and of what is found yet."""
    for place in count():
        if place == len(found) and next(looked, None) is None:
            return
        if isinstance(item := found[place], FileStamp):
            yield item.path, ""
