"""What there is in a corpus, by one look at it, and what of that is being read already."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial

from feeds.corpus.packing import PackedReading, pack_reading
from feeds.corpus.reading import Corpus, Readings, read_all
from feeds.corpus.scan import scan
from feeds.model import FileStamp, Finding


@dataclass(frozen=True, slots=True)
class Scanned:
    """The stamps of documents in a corpus, and what hindered.

    Where there are `readings`, one of each document comes from there, whatever is known of it.
    """

    corpus: Corpus
    stamps: list[FileStamp]
    findings: list[Finding]
    readings: Iterator[PackedReading] | None = None


def scan_corpus(corpus: Corpus) -> Scanned:
    """Look at all that is in a corpus. Raises `CorpusMissing`."""
    return sorted_out(corpus, scan(corpus.root, corpus.prefix))


def sorted_out(corpus: Corpus, items: Iterable[FileStamp | Finding]) -> Scanned:
    """Give what was found by a look at a corpus, or at some paths in it."""
    found = list(items)
    return Scanned(
        corpus,
        [item for item in found if isinstance(item, FileStamp)],
        [item for item in found if isinstance(item, Finding)],
    )


@contextmanager
def reading_ahead(corpora: Sequence[Corpus]) -> Iterator[tuple[Scanned, ...]]:
    """Scan corpora, and begin to read all of the first one in other processes, if that pays.

    They read until the block is left, while this process does what it has to before it can keep
    what is read. Raises `CorpusMissing`.
    """
    first, *others = map(scan_corpus, corpora)
    with closing(
        read_packed(first.corpus, [(stamp.path, "") for stamp in first.stamps])
    ) as readings:
        yield replace(first, readings=readings), *others


def read_packed(corpus: Corpus, known: Sequence[tuple[str, str]]) -> Readings[PackedReading]:
    """Read files, each given as its path and the digest known of it, packed where they are read."""
    return read_all(corpus, known, partial(pack_reading, refers=corpus.rules.refers))
