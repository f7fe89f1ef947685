"""From the corpus into the catalog: only what changed is read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from feeds.catalog import Catalog, KnownFile, Ledger
from feeds.corpus.reading import Corpus, read_all
from feeds.corpus.scan import scan
from feeds.model import FileStamp, Finding, Reading
from feeds.refresh.progress import Progress

_BATCH = 500


@dataclass(slots=True)
class Ingested:
    """What was found in the corpus: all documents, how many were read, and what hindered."""

    documents: int = 0
    read: int = 0
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Scanned:
    corpus: Corpus
    stamps: list[FileStamp]
    findings: list[Finding]


def ingest(
    catalog: Catalog,
    corpora: Sequence[Corpus],
    ledger: Ledger,
    progress: Progress,
    *,
    afresh: bool,
) -> Ingested:
    """Bring the catalog's documents up to date with the corpus.

    A file whose stamp is known is not opened, one whose bytes are known is not parsed;
    `afresh` has all of them read again. A file that cannot be read stays what it was.
    Raises `CorpusMissing`.
    """
    progress("scanning", 0, 0)
    scanned = [_scan(corpus) for corpus in corpora]
    known = catalog.documents.known()
    catalog.documents.forget(_gone(known, scanned))
    if afresh:
        known = {}
    result = Ingested(
        documents=sum(len(item.stamps) for item in scanned),
        findings=[finding for item in scanned for finding in item.findings],
    )
    changed = [(item.corpus, _changed(item.stamps, known)) for item in scanned]
    total = sum(len(stamps) for _, stamps in changed)
    progress("reading", 0, total)
    for corpus, stamps in changed:
        for batch in _read(corpus, stamps, known):
            catalog.documents.store(batch)
            result.findings += _hindrances(reading for _, reading in batch)
            result.read += len(batch)
            progress("reading", result.read, total)
    progress("identifying", 0, 0)
    catalog.documents.give_ids(ledger)
    catalog.keep_hindrances(result.findings)
    return result


def known(catalog: Catalog) -> Ingested:
    """Give what the last scan found, without a look at the corpus."""
    documents = catalog.documents.count().total()
    return Ingested(documents, findings=list(catalog.hindrances()))


def _scan(corpus: Corpus) -> _Scanned:
    result = _Scanned(corpus, [], [])
    for item in scan(corpus.root, corpus.prefix):
        if isinstance(item, FileStamp):
            result.stamps.append(item)
        else:
            result.findings.append(item)
    return result


def _gone(known: Mapping[str, KnownFile], scanned: Iterable[_Scanned]) -> list[str]:
    """Give the documents that are no longer there, those that we may not look at left aside."""
    gone = set(known)
    blind: list[str] = []
    for item in scanned:
        gone.difference_update(stamp.path for stamp in item.stamps)
        blind += [f.path for f in item.findings if f.code == "file-unreadable"]
    gone.difference_update(blind)
    below = tuple(f"{path}/" for path in blind)
    return sorted(path for path in gone if not path.startswith(below))


def _changed(stamps: list[FileStamp], known: Mapping[str, KnownFile]) -> list[FileStamp]:
    return [
        stamp for stamp in stamps if stamp.path not in known or known[stamp.path].stamp != stamp
    ]


def _read(
    corpus: Corpus, stamps: list[FileStamp], known: Mapping[str, KnownFile]
) -> Iterator[list[tuple[FileStamp, Reading]]]:
    digests = [
        (stamp.path, known[stamp.path].digest if stamp.path in known else "") for stamp in stamps
    ]
    readings = zip(stamps, read_all(corpus, digests), strict=True)
    while batch := list(islice(readings, _BATCH)):
        yield batch


def _hindrances(readings: Iterable[Reading]) -> list[Finding]:
    return [finding for reading in readings if not reading.digest for finding in reading.findings]
