"""From the corpus into the catalog: only what changed is read."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice, repeat
from typing import NamedTuple

from feeds.catalog import Catalog, KnownFile, Ledger
from feeds.corpus.packing import PackedReading, unpack_findings
from feeds.corpus.reading import Corpus
from feeds.corpus.scanned import DocumentReaders, ReadersHere, Scanned, sorted_out, told_apart
from feeds.corpus.source import Source
from feeds.model import FileStamp, Finding
from feeds.refresh.crashes import Crashes
from feeds.refresh.progress import Progress

_BATCH = 500
# What a document looks like that somebody has begun to write, for so many seconds; a clock that
# is behind that of the file system may be so many behind.
_UNFINISHED = frozenset({"document-empty", "front-matter-unclosed"})
_FRESH = 2.0
_AHEAD = 60.0


_Read = tuple[FileStamp, PackedReading]


class Store(NamedTuple):
    """Where what is read goes, and how.

    Documents are read by `readers`. `keeps_last_good` says that one with an error stays as it was,
    `now` when the cycle began; None where nothing unfinished is waited for.
    """

    catalog: Catalog
    ledger: Ledger
    progress: Progress
    readers: DocumentReaders = ReadersHere()
    keeps_last_good: bool = False
    now: datetime | None = None


@dataclass(slots=True)
class Ingested:
    """What was found in the corpus: all documents, how many were read, and what hindered.

    After a look at some places, `documents` is None: all are not counted while somebody waits.
    What was `unsettled` was being written, and is to be looked at again.
    """

    documents: int | None
    is_empty: bool
    read: int = 0
    gone: int = 0
    findings: list[Finding] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)


def ingest(store: Store, scanned: Sequence[Scanned], *, afresh: bool) -> Ingested:
    """Bring the catalog's documents up to date with a scan of all corpora.

    A file whose stamp is known is not opened, one whose bytes are known is not parsed;
    `afresh` has all of them read again. A file that cannot be read stays what it was, and so
    does one that is being written; one that is gone when it is to be read was never there.
    Raises `ConfigurationError` where two corpora have documents of one path.
    """
    told_apart(scanned)
    catalog = store.catalog
    stamps = [stamp for item in scanned for stamp in item.stamps]
    result = Ingested(
        documents=len(stamps),
        is_empty=not stamps,
        findings=[finding for item in scanned for finding in item.findings],
    )
    crashes = Crashes(catalog)
    crashes.keep_only(() if afresh else stamps)
    known: dict[str, KnownFile] = {}
    if not afresh and catalog.documents.are_known(stamps):
        scanned = ()
    else:
        known = catalog.documents.known()
        catalog.documents.forget(_gone(known, scanned))
    _take_in(store, crashes, scanned, known, result, afresh=afresh)
    result.documents = len(stamps) - result.gone
    result.is_empty = not result.documents
    return result


def ingest_at(store: Store, corpora: Sequence[Corpus], places: Collection[str]) -> Ingested:
    """Bring up to date what is at some places or below, and take all else to be what it was.

    What hindered the last scan elsewhere still does. Raises `CorpusMissing`.
    """
    catalog = store.catalog
    told = [(corpus, _told(corpus.source, places)) for corpus in corpora]
    scanned = [
        sorted_out(corpus, corpus.source.look(below, corpus.prefix))
        for corpus, below in told
        if below
    ]
    known: dict[str, KnownFile] = {}
    result = Ingested(None, is_empty=False, findings=list(catalog.hindrances()))
    for path in (corpus.prefix + each for corpus, below in told for each in below):
        known |= catalog.documents.known_at(path)
        result.findings = [item for item in result.findings if not _is_at(item.path, path)]
    catalog.documents.forget(_gone(known, scanned))
    result.findings += (finding for item in scanned for finding in item.findings)
    _take_in(store, Crashes(catalog), scanned, known, result)
    result.is_empty = not catalog.documents.are_any()
    return result


def _told(source: Source, places: Collection[str]) -> list[str]:
    """Give the paths of those places that are below a source, and below no other of them."""
    told = {path for path in map(source.below, places) if path}
    outer = [path for path in told if told.isdisjoint(_above(path))]
    # What is not UTF-8 is no document's path.
    return sorted(filter(_is_text, outer))


def _above(path: str) -> list[str]:
    """Give the paths of all directories on the way."""
    return [path[:place] for place, sign in enumerate(path) if sign == "/"]


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_at(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}/")


def _take_in(
    store: Store,
    crashes: Crashes,
    scanned: Sequence[Scanned],
    known: Mapping[str, KnownFile],
    result: Ingested,
    *,
    afresh: bool = False,
) -> None:
    """Read what is not as it was known, store it, and give new articles their ids."""
    catalog, ledger, progress = store.catalog, store.ledger, store.progress
    trusted = {} if afresh else known
    changed = [(item, _changed(item, trusted)) for item in scanned]
    if given_up := crashes.given_up():
        changed = [(item, _tried(catalog, stamps, given_up, result)) for item, stamps in changed]
    total = sum(len(stamps) for _, stamps in changed)
    progress("reading", 0, total)
    for item, stamps in changed:
        for batch in _read(item, stamps, trusted, store.readers):
            settled = [_settled(item, pair, store.now, result) for pair in batch]
            catalog.documents.store(settled, known, ledger, keeps_last_good=store.keeps_last_good)
            crashes.note(settled)
            unread = [item for _, item in settled if item.stays and not item.digest]
            result.findings += _told_of(catalog, {item.path: item.findings for item in unread})
            result.read += len(batch)
            progress("reading", result.read, total)
    progress("identifying", 0, 0)
    catalog.documents.give_ids(ledger)
    catalog.keep_hindrances(result.findings)
    crashes.save()


def _gone(known: Mapping[str, KnownFile], scanned: Iterable[Scanned]) -> list[str]:
    """Give the documents that are no longer there, those that we may not look at left aside."""
    gone = set(known)
    for item in scanned:
        gone.difference_update([stamp[0] for stamp in item.stamps])
    if not gone:
        return []
    blind: list[str] = []
    for item in scanned:
        blind += [f.path for f in item.findings if f.code == "file-unreadable"]
    gone.difference_update(blind)
    below = tuple(f"{path}/" for path in blind)
    return sorted(path for path in gone if not path.startswith(below))


def _changed(item: Scanned, known: Mapping[str, KnownFile]) -> list[FileStamp]:
    if item.readings is not None:
        return item.stamps
    rows = map(known.get, [stamp[0] for stamp in item.stamps], repeat(()))
    return [stamp for stamp, row in zip(item.stamps, rows, strict=True) if row[:-1] != stamp]


def _tried(
    catalog: Catalog,
    stamps: Sequence[FileStamp],
    given_up: Mapping[FileStamp, str],
    result: Ingested,
) -> list[FileStamp]:
    """Give those of some documents that are tried; what was found of the others still stands."""
    tried = [stamp for stamp in stamps if stamp not in given_up]
    others = sorted(set(stamps) - set(tried))
    result.findings += _told_of(catalog, {stamp.path: given_up[stamp] for stamp in others})
    return tried


def _read(
    item: Scanned,
    stamps: list[FileStamp],
    known: Mapping[str, KnownFile],
    readers: DocumentReaders,
) -> Iterator[list[_Read]]:
    digests = [
        (stamp.path, known[stamp.path][-1] if stamp.path in known else "") for stamp in stamps
    ]
    with closing(item.readings or readers.read(item.corpus, digests)) as readings:
        read = zip(stamps, readings, strict=True)
        while batch := list(islice(read, _BATCH)):
            yield batch


def _settled(item: Scanned, read: _Read, now: datetime | None, result: Ingested) -> _Read:
    """Give a reading; none of a document that is being written, which is noted.

    It stays what it was, unless it holds itself back already: then it is taken for gone.
    """
    stamp, reading = read
    if not reading.digest:
        result.gone += not reading.stays
    elif not reading.unchanged and _is_being_written(stamp, reading, now):
        path = stamp.path.removeprefix(item.corpus.prefix)
        result.unsettled.append(item.corpus.source.place(path))
        stays = reading.article.listed if reading.article else reading.stays
        reading = reading._replace(digest="", findings="", article=None, stays=stays)
    return stamp, reading


def _is_being_written(stamp: FileStamp, reading: PackedReading, now: datetime | None) -> bool:
    """Tell whether a file became another one since it was seen, or has only just been begun."""
    seen = reading.stamp
    # Not every file system numbers a file that is open as it does one that is looked at.
    if seen and (seen.size, seen.mtime_ns) != (stamp.size, stamp.mtime_ns):
        return True
    if reading.article is not None or now is None:
        return False
    age = now.timestamp() - stamp.mtime_ns / 1e9
    is_fresh = -_AHEAD < age < _FRESH
    return is_fresh and any(f.code in _UNFINISHED for f in unpack_findings(reading.findings))


def _told_of(catalog: Catalog, unread: Mapping[str, str]) -> list[Finding]:
    """Give the findings, as JSON by path, of documents that could not be read.

    Some of these stay as they were.
    """
    kept = catalog.documents.standing(unread) if unread else set()
    return [
        finding.of_kept() if path in kept else finding
        for path, findings in unread.items()
        for finding in unpack_findings(findings)
    ]
