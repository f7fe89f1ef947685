"""Documents as they were read: stamps, findings, and the articles that may be published."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from feeds.catalog import schema
from feeds.catalog.ledger import Claim, Given, Ledger
from feeds.catalog.parts import parts
from feeds.catalog.references import References
from feeds.catalog.rows import write_rows
from feeds.corpus.packing import PackedArticle, PackedReading, unpack_findings
from feeds.model import FileStamp, Finding

_articles = schema.articles
_files = schema.files
_HELD = "held"
_SKIPPED = "skipped"
_FILE = ("path", "size", "mtime_ns", "inode", "digest", "state", "findings")
# What an article's document says of it; all else is settled later.
_ARTICLE = (
    *("path", "id", "address", "published", "modified", "updated"),
    *("emitted", "record", "listed", "stale", "changed"),
)
_KEEP_GIVEN = (
    update(_articles)
    .where(_articles.c.path == bindparam("at"))
    .values(id=bindparam("given"), modified=bindparam("since"), updated=bindparam("since"))
)

KnownFile = tuple[str, int, int, int, str]
"""A document as it was when it was last looked at: its stamp, and the digest of its bytes."""

_Article = tuple[str, PackedArticle]


class _Before(NamedTuple):
    """What is kept of an article until another one is stored at its path."""

    path: str
    id: str
    address: str
    emitted: str
    record: str
    listed: bool


class Documents:
    """The documents of the corpus and what was read from them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._references = References(connection)
        self._claims: list[Claim] = []

    def are_known(self, stamps: Sequence[FileStamp]) -> bool:
        """Whether these are the stamps of all documents known, in whatever order."""
        columns = (_files.c[name] for name in FileStamp._fields)
        rows = self._connection.execute(select(*columns)).all()
        # Tuples that are in order are compared in a fraction of what it takes to look them up.
        return sorted(map(tuple, rows)) == sorted(stamps)

    def known(self) -> dict[str, KnownFile]:
        """Give every document known, by path."""
        return self._known()

    def known_at(self, path: str) -> dict[str, KnownFile]:
        """Give the documents known at a path or below, by path."""
        # What comes after a slash in the order of code points is a nought.
        is_below = and_(_files.c.path > f"{path}/", _files.c.path < f"{path}0")
        return self._known(or_(_files.c.path == path, is_below))

    def _known(self, *conditions: ColumnElement[bool]) -> dict[str, KnownFile]:
        columns = (_files.c.path, _files.c.size, _files.c.mtime_ns, _files.c.inode, _files.c.digest)
        rows = self._connection.execute(select(*columns).where(*conditions)).all()
        # Tuples are compared many times faster than rows.
        return {row[0]: row for row in map(tuple, rows)}

    def count(self) -> Counter[str]:
        """Count documents by state: listed, held or skipped."""
        query = select(_files.c.state, func.count()).group_by(_files.c.state)
        return Counter({row[0]: row[1] for row in self._connection.execute(query)})

    def findings(self, *, of_skipped: bool = False) -> Iterator[Finding]:
        """Give all findings of all documents, or of those that are skipped, by path and place."""
        is_wanted = _files.c.state == _SKIPPED if of_skipped else _files.c.findings != ""
        query = select(_files.c.path, _files.c.findings).where(is_wanted)
        # To have them in order, SQLite would look each document up.
        for _, packed in sorted(map(tuple, self._connection.execute(query))):
            yield from sorted(unpack_findings(packed))

    def withdrawn(self, articles: Iterable[int]) -> set[int]:
        """Give those of some articles whose documents are gone or say that they are held back."""
        found: set[int] = set()
        is_gone = or_(_files.c.state.is_(None), _files.c.state == _HELD)
        query = select(_articles.c.key).join(
            _files, _files.c.path == _articles.c.path, isouter=True
        )
        for part in parts(articles):
            rows = self._connection.execute(query.where(_articles.c.key.in_(part), is_gone))
            found.update(rows.scalars())
        return found

    def forget(self, paths: Iterable[str]) -> None:
        """Drop documents that are gone; the ledger keeps their ids."""
        for part in parts(paths):
            self._connection.execute(delete(_files).where(_files.c.path.in_(part)))
            self._references.drop(part)
            self._unlist(part)

    def store(
        self,
        batch: Sequence[tuple[FileStamp, PackedReading]],
        known: Container[str],
        ledger: Ledger,
    ) -> None:
        """Keep what was read of a batch of documents; a reading without a digest is none.

        `known` are the paths of all documents of which anything is kept already.
        """
        looked = [(stamp, reading) for stamp, reading in batch if reading.digest]
        read = [(stamp, reading) for stamp, reading in looked if not reading.unchanged]
        self._distrust([stamp.path for stamp, reading in batch if not reading.digest])
        self._keep_stamps([stamp for stamp, reading in looked if reading.unchanged])
        rows = [
            (*stamp, reading.digest, _state(reading.article), reading.findings)
            for stamp, reading in read
        ]
        write_rows(self._connection, _files, _FILE, rows, unique=("path",))
        articles = [(path, article) for _, (path, *_, article) in read if article]
        listed = [item for item in articles if item[1].listed]
        again = [stamp.path for stamp, _ in read if stamp.path in known]
        if again:
            self._references.drop(again)
            self._unlist(sorted(set(again) - {path for path, _ in listed}))
        self._references.keep([item for item in articles if not item[1].withdrawn])
        self._keep_articles(listed, self._before(again), ledger)

    def give_ids(self, ledger: Ledger) -> None:
        """Give their ids to the articles stored until now, all at once.

        Only then is it known which documents have moved to which paths.
        """
        if not self._claims:
            return
        given = zip(self._claims, ledger.give(self._claims), strict=True)
        changed = [
            (claim, item)
            for claim, item in given
            if (claim.id, claim.modified) != (item.id, item.modified)
        ]
        self._claims.clear()
        for part in parts(changed):
            lost = {claim.id for claim, item in part if claim.id != item.id and not claim.is_new}
            if lost:
                self._rouse(_articles.c.id.in_(lost))
            self._connection.execute(_KEEP_GIVEN, [_given(item) for _, item in part])

    def _distrust(self, paths: Sequence[str]) -> None:
        """Have documents that cannot be read looked at again, however they are then."""
        if not paths:
            return
        trusted = update(_files).where(_files.c.path.in_(paths), _files.c.digest != "")
        self._connection.execute(trusted.values(mtime_ns=-1, digest=""))

    def _keep_stamps(self, stamps: Sequence[FileStamp]) -> None:
        for stamp in stamps:
            values = {"size": stamp.size, "mtime_ns": stamp.mtime_ns, "inode": stamp.inode}
            change = update(_files).where(_files.c.path == stamp.path)
            self._connection.execute(change.values(**values))

    def _unlist(self, paths: Sequence[str]) -> None:
        change = update(_articles).where(_articles.c.path.in_(paths))
        self._connection.execute(change.values(listed=False, stale=True))

    def _keep_articles(
        self, articles: Sequence[_Article], before: Mapping[str, _Before], ledger: Ledger
    ) -> None:
        rows = []
        for path, article in articles:
            old = before.get(path)
            if old and old.listed and old.record == article.record:
                continue
            claim = _claim(path, article, old, ledger)
            self._claims.append(claim)
            rows.append(_row(claim, article, old))
            if old and old.address != article.address:
                self._rouse(_articles.c.address == old.address)
        write_rows(self._connection, _articles, _ARTICLE, rows, unique=("path",))

    def _rouse(self, condition: ColumnElement[bool]) -> None:
        """Have articles reconsidered that one stood for under its old id or address."""
        self._connection.execute(update(_articles).where(condition).values(stale=True))

    def _before(self, paths: Sequence[str]) -> dict[str, _Before]:
        if not paths:
            return {}
        query = select(*(_articles.c[name] for name in _Before._fields))
        rows = self._connection.execute(query.where(_articles.c.path.in_(paths)))
        return {row.path: _Before(*row) for row in rows}


def _state(article: PackedArticle | None) -> str:
    if article is None:
        return _SKIPPED
    return "listed" if article.listed else _HELD


def _claim(path: str, article: PackedArticle, before: _Before | None, ledger: Ledger) -> Claim:
    return Claim(
        path,
        article.address,
        article.explicit_id,
        article.emitted,
        article.modified,
        before.id if before else article.explicit_id or ledger.tag(path),
        is_new=before is None,
    )


def _given(item: Given) -> dict[str, object]:
    return {"at": item.path, "given": item.id, "since": item.modified}


def _row(claim: Claim, article: PackedArticle, before: _Before | None) -> tuple[object, ...]:
    """Give an article's row; a new one has the id that it gets unless others are in the way."""
    changed = before is None or before.emitted != article.emitted
    dates = (article.published, article.modified, article.modified)
    return (
        *(claim.path, claim.id, article.address, *dates),
        *(article.emitted, article.record, True, True, changed),
    )
