"""Documents as they were read: stamps, findings, and the articles that may be published."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from feeds.catalog import schema
from feeds.catalog.ledger import Claim, Given, Ledger
from feeds.catalog.parts import parts
from feeds.catalog.records import (
    pack_findings,
    pack_with_digest,
    seconds,
    unpack_findings,
)
from feeds.catalog.references import References
from feeds.model import Article, FileStamp, Finding, Reading
from feeds.text.urls import comparable

_articles = schema.articles
_files = schema.files
_NO_ID = ""
_HELD = "held"
_SKIPPED = "skipped"
# What is known of an article besides what its document says.
_SETTLED_LATER = frozenset(
    {"key", "path", "shown_as", "shown_at", "story", "shadowed_by", "week", "compared"}
)
_KEEP_GIVEN = (
    update(_articles)
    .where(_articles.c.path == bindparam("at"))
    .values(id=bindparam("given"), modified=bindparam("since"), updated=bindparam("since"))
)


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A document as it was when it was last looked at."""

    stamp: FileStamp
    digest: str


class Documents:
    """The documents of the corpus and what was read from them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._references = References(connection)
        self._claims: list[Claim] = []

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
        rows = self._connection.execute(select(*columns).where(*conditions))
        return {row[0]: KnownFile(FileStamp(*row[:4]), row[4]) for row in rows}

    def count(self) -> Counter[str]:
        """Count documents by state: listed, held or skipped."""
        query = select(_files.c.state, func.count()).group_by(_files.c.state)
        return Counter({row[0]: row[1] for row in self._connection.execute(query)})

    def findings(self, *, of_skipped: bool = False) -> Iterator[Finding]:
        """Give all findings of all documents, or of those that are skipped, by path and place."""
        is_wanted = _files.c.state == _SKIPPED if of_skipped else _files.c.findings != ""
        query = select(_files.c.findings).where(is_wanted).order_by(_files.c.path)
        for (packed,) in self._connection.execute(query):
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

    def store(self, batch: Sequence[tuple[FileStamp, Reading]]) -> None:
        """Keep what was read of a batch of documents; a reading without a digest is none."""
        known = [(stamp, reading) for stamp, reading in batch if reading.digest]
        read = [(stamp, reading) for stamp, reading in known if not reading.unchanged]
        self._distrust([stamp.path for stamp, reading in batch if not reading.digest])
        self._keep_stamps([stamp for stamp, reading in known if reading.unchanged])
        self._keep_files(read)
        articles = [reading.article for _, reading in read if reading.article]
        listed = [article for article in articles if article.listed]
        paths = {article.path for article in listed}
        self._unlist([stamp.path for stamp, _ in read if stamp.path not in paths])
        self._keep_references(read)
        self._keep_articles(listed)

    def give_ids(self, ledger: Ledger) -> None:
        """Give their ids to the articles stored until now, all at once.

        Only then is it known which documents have moved to which paths.
        """
        given = ledger.give(self._claims)
        self._claims.clear()
        query = select(_articles.c.path, _articles.c.id)
        for part in parts(given):
            is_ours = _articles.c.path.in_([item.path for item in part])
            before = {row[0]: row[1] for row in self._connection.execute(query.where(is_ours))}
            lost = {before[item.path] for item in part if before[item.path] != item.id}
            self._rouse(_articles.c.id.in_(lost - {_NO_ID}))
            self._connection.execute(_KEEP_GIVEN, [_given(item) for item in part])

    def _distrust(self, paths: Sequence[str]) -> None:
        """Have documents that cannot be read looked at again, however they are then."""
        trusted = update(_files).where(_files.c.path.in_(paths), _files.c.digest != "")
        self._connection.execute(trusted.values(mtime_ns=-1, digest=""))

    def _keep_stamps(self, stamps: Sequence[FileStamp]) -> None:
        for stamp in stamps:
            values = {"size": stamp.size, "mtime_ns": stamp.mtime_ns, "inode": stamp.inode}
            change = update(_files).where(_files.c.path == stamp.path)
            self._connection.execute(change.values(**values))

    def _keep_files(self, read: Sequence[tuple[FileStamp, Reading]]) -> None:
        rows = [
            {
                **stamp._asdict(),
                "digest": reading.digest,
                "state": _state(reading),
                "findings": pack_findings(reading.findings),
            }
            for stamp, reading in read
        ]
        if rows:
            self._connection.execute(_files.insert().prefix_with("OR REPLACE"), rows)

    def _keep_references(self, read: Sequence[tuple[FileStamp, Reading]]) -> None:
        """Keep what ties documents to others, unless they are bad or withdrawn."""
        articles = [reading.article for _, reading in read if reading.article]
        kept = [article for article in articles if not article.withdrawn]
        paths = {article.path for article in kept}
        self._references.drop(stamp.path for stamp, _ in read if stamp.path not in paths)
        self._references.keep(kept)

    def _unlist(self, paths: Sequence[str]) -> None:
        change = update(_articles).where(_articles.c.path.in_(paths))
        self._connection.execute(change.values(listed=False, stale=True))

    def _keep_articles(self, articles: Sequence[Article]) -> None:
        before = self._before([article.path for article in articles])
        rows = []
        for article in articles:
            old, address = before.get(article.path), comparable(article.url)
            if row := _row(article, address, old):
                rows.append(row)
                self._claims.append(_claim(article, row, is_new=old is None))
                if old and old["address"] != address:
                    self._rouse(_articles.c.address == old["address"])
        statement = insert(_articles)
        change = {
            name: statement.excluded[name]
            for name in _articles.c.keys()  # noqa: SIM118 - columns, not a dictionary
            if name not in _SETTLED_LATER
        }
        if rows:
            self._connection.execute(statement.on_conflict_do_update(["path"], set_=change), rows)

    def _rouse(self, condition: ColumnElement[bool]) -> None:
        """Have articles reconsidered that one stood for under its old id or address."""
        self._connection.execute(update(_articles).where(condition).values(stale=True))

    def _before(self, paths: Sequence[str]) -> dict[str, RowMapping]:
        query = select(_articles).where(_articles.c.path.in_(paths))
        return {row["path"]: row for row in self._connection.execute(query).mappings()}


def _state(reading: Reading) -> str:
    if reading.article is None:
        return _SKIPPED
    return "listed" if reading.article.listed else _HELD


def _claim(article: Article, row: Mapping[str, Any], *, is_new: bool) -> Claim:
    own = (row["path"], row["address"], article.explicit_id)
    return Claim(*own, row["emitted"], row["modified"], is_new)


def _given(item: Given) -> dict[str, object]:
    return {"at": item.path, "given": item.id, "since": item.modified}


def _row(article: Article, address: str, before: RowMapping | None) -> dict[str, Any] | None:
    """Give an article's row, without an id if it is new; None where the row there says the same."""
    record, digest = pack_with_digest(article)
    if before and before["record"] == record and before["listed"]:
        return None
    says_the_same = before is not None and before["emitted"] == digest
    modified = seconds(max(article.published, article.modified or article.published))
    return {
        "path": article.path,
        "id": before["id"] if before else _NO_ID,
        "address": address,
        "published": seconds(article.published),
        "modified": modified,
        "updated": modified,
        "emitted": digest,
        "record": record,
        "listed": True,
        "stale": True,
        "changed": not says_the_same,
    }
