"""Documents as they were read: stamps, findings, and the articles that may be published."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence

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
from feeds.catalog.articles import Articles
from feeds.catalog.indexes import Indexes
from feeds.catalog.ledger import Ledger
from feeds.catalog.parts import parts
from feeds.catalog.references import References
from feeds.catalog.rows import PART, change_parts, read_parts, write_rows
from feeds.corpus.packing import PackedArticle, PackedReading, pack_of_kept, unpack_findings
from feeds.model import FileStamp, Finding

_articles = schema.articles
_files = schema.files
_SKIPPED = "skipped"
_KEPT = "kept"
_FILE = ("path", "size", "mtime_ns", "inode", "digest", "state", "findings")
_ARE_ANY = select(_files.c.path).limit(1)
_COUNT = select(_files.c.state, func.count()).group_by(_files.c.state)
_WITHDRAWN = (
    select(_articles.c.key)
    .join(_files, _files.c.path == _articles.c.path, isouter=True)
    .where(_articles.c.key.in_(PART), or_(_files.c.state.is_(None), _files.c.state == schema.HELD))
)
_STANDING = select(_articles.c.path).where(_articles.c.listed, _articles.c.path.in_(PART))
_FORGET = delete(_files).where(_files.c.path.in_(PART))
_DISTRUST = (
    update(_files)
    .where(_files.c.path.in_(PART), _files.c.digest != "")
    .values(mtime_ns=-1, digest="")
)
_KEEP_STAMP = (
    update(_files)
    .where(_files.c.path == bindparam("at"))
    .values(size=bindparam("bytes"), mtime_ns=bindparam("changed"), inode=bindparam("node"))
)

KnownFile = tuple[str, int, int, int, str]
"""A document as it was when it was last looked at: its stamp, and the digest of its bytes."""


class Documents:
    """The documents of the corpus and what was read from them."""

    def __init__(self, connection: Connection, indexes: Indexes) -> None:
        self._connection = connection
        self._indexes = indexes
        self._references = References(connection)
        self._articles = Articles(connection)
        self._count: Counter[str] | None = None

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

    def are_any(self) -> bool:
        """Whether any documents are known."""
        return self._connection.execute(_ARE_ANY).first() is not None

    def count(self) -> Counter[str]:
        """Count documents by state: listed, held, skipped or kept."""
        if self._count is None:
            self._count = Counter(dict(map(tuple, self._connection.execute(_COUNT).all())))
        return self._count.copy()

    def findings(self, *, of_bad: bool = False) -> Iterator[Finding]:
        """Give all findings of all documents, or of those with an error, by path and place."""
        is_bad = _files.c.state.in_((_SKIPPED, _KEPT))
        is_wanted = is_bad if of_bad else _files.c.findings != ""
        query = select(_files.c.path, _files.c.findings).where(is_wanted)
        # To have them in order, SQLite would look each document up.
        for _, packed in sorted(map(tuple, self._connection.execute(query))):
            yield from sorted(unpack_findings(packed))

    def standing(self, paths: Iterable[str]) -> set[str]:
        """Give those of some paths that have an article, be it of another version."""
        return {path for (path,) in read_parts(self._connection, _STANDING, paths)}

    def withdrawn(self, articles: Iterable[int]) -> set[int]:
        """Give those of some articles whose documents are gone or say that they are held back."""
        return {key for (key,) in read_parts(self._connection, _WITHDRAWN, articles)}

    def forget(self, paths: Iterable[str]) -> None:
        """Drop documents that are gone; the ledger keeps their ids."""
        self._count = None
        for part in parts(paths):
            change_parts(self._connection, _FORGET, part)
            self._references.drop(part)
            self._articles.unlist(part)

    def store(
        self,
        batch: Sequence[tuple[FileStamp, PackedReading]],
        known: Container[str],
        ledger: Ledger,
        *,
        keeps_last_good: bool = False,
    ) -> None:
        """Keep what was read of a batch of documents; a reading without a digest is none.

        `known` are the paths of all documents of which anything is kept already. Where it
        `keeps_last_good` versions, the article stays of a document that has an error now and
        does not hold itself back.
        """
        self._count = None
        looked = [(stamp, reading) for stamp, reading in batch if reading.digest]
        read = [(stamp, reading) for stamp, reading in looked if not reading.unchanged]
        self._pass_over([reading for _, reading in batch if not reading.digest])
        self._keep_stamps([stamp for stamp, reading in looked if reading.unchanged])
        again = [stamp.path for stamp, _ in read if stamp.path in known]
        before = self._articles.before(again)
        good = {path for path, article in before.items() if article.listed}
        bad = {reading.path for _, reading in read if reading.article is None and reading.stays}
        kept = good & bad if keeps_last_good else set[str]()
        rows = [_file(stamp, reading, kept) for stamp, reading in read]
        write_rows(self._connection, _files, _FILE, rows, unique=("path",))
        articles = [(reading.path, reading.article) for _, reading in read if reading.article]
        listed = [item for item in articles if item[1].listed]
        if replaced := [path for path in again if path not in kept]:
            self._references.drop(replaced)
            self._articles.unlist(sorted(set(replaced) - {path for path, _ in listed}))
        self._references.keep([item for item in articles if not item[1].withdrawn])
        self._articles.keep(listed, before, ledger)

    def give_ids(self, ledger: Ledger) -> None:
        """Give their ids to the articles stored until now, all at once.

        Only then is it known which documents have moved to which paths.
        """
        self._articles.give_ids(ledger)
        self._indexes.make(but=[schema.memberships])

    def _pass_over(self, readings: Sequence[PackedReading]) -> None:
        """Forget documents that are gone; what cannot be read is looked at again anyhow."""
        self.forget([reading.path for reading in readings if not reading.stays])
        stays = [reading.path for reading in readings if reading.stays]
        change_parts(self._connection, _DISTRUST, stays)

    def _keep_stamps(self, stamps: Sequence[FileStamp]) -> None:
        if stamps:
            rows = [
                {"at": path, "bytes": size, "changed": mtime_ns, "node": inode}
                for path, size, mtime_ns, inode in stamps
            ]
            self._connection.execute(_KEEP_STAMP, rows)


def _file(stamp: FileStamp, reading: PackedReading, kept: Container[str]) -> tuple[object, ...]:
    """Give the row of a document that was read; `kept` are those in their last good version."""
    if stamp.path in kept:
        return (*stamp, reading.digest, _KEPT, pack_of_kept(reading.findings))
    return (*stamp, reading.digest, _state(reading.article), reading.findings)


def _state(article: PackedArticle | None) -> str:
    if article is None:
        return _SKIPPED
    return "listed" if article.listed else schema.HELD
