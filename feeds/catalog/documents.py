"""Documents as they were read: stamps, findings, and the articles that may be published."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from feeds.catalog import schema
from feeds.catalog.ledger import Ledger
from feeds.catalog.records import (
    emitted_digest,
    pack_article,
    pack_findings,
    seconds,
    unpack_findings,
)
from feeds.model import Article, FileStamp, Finding, Reading
from feeds.text.urls import comparable


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A document as it was when it was last looked at."""

    stamp: FileStamp
    digest: str


class Documents:
    """The documents of the corpus and what was read from them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(self) -> dict[str, KnownFile]:
        """Give every document known, by path."""
        table = schema.files
        columns = (table.c.path, table.c.size, table.c.mtime_ns, table.c.inode, table.c.digest)
        rows = self._connection.execute(select(*columns))
        return {row[0]: KnownFile(FileStamp(*row[:4]), row[4]) for row in rows}

    def count(self) -> Counter[str]:
        """Count documents by state: listed, held or skipped."""
        table = schema.files
        query = select(table.c.state, func.count()).group_by(table.c.state)
        return Counter({row[0]: row[1] for row in self._connection.execute(query)})

    def findings(self) -> Iterator[Finding]:
        """Give all findings of all documents, in order of path and place."""
        table = schema.files
        query = select(table.c.findings).where(table.c.findings != "").order_by(table.c.path)
        for (packed,) in self._connection.execute(query):
            yield from sorted(unpack_findings(packed))

    def forget(self, paths: Iterable[str]) -> None:
        """Drop documents that are gone; the ledger keeps their ids."""
        for path in paths:
            self._connection.execute(delete(schema.files).where(schema.files.c.path == path))
            self._unlist([path])

    def store(self, batch: Sequence[tuple[FileStamp, Reading]], ledger: Ledger) -> None:
        """Keep what was read of a batch of documents."""
        read = [(stamp, reading) for stamp, reading in batch if not reading.unchanged]
        self._keep_stamps([stamp for stamp, reading in batch if reading.unchanged])
        self._keep_files(read)
        articles = [
            reading.article for _, reading in read if reading.article and reading.article.listed
        ]
        listed = {article.path for article in articles}
        self._unlist([stamp.path for stamp, _ in read if stamp.path not in listed])
        self._keep_articles(articles, ledger)

    def _keep_stamps(self, stamps: Sequence[FileStamp]) -> None:
        table = schema.files
        for stamp in stamps:
            values = {"size": stamp.size, "mtime_ns": stamp.mtime_ns, "inode": stamp.inode}
            self._connection.execute(
                update(table).where(table.c.path == stamp.path).values(**values)
            )

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
            self._connection.execute(schema.files.insert().prefix_with("OR REPLACE"), rows)

    def _unlist(self, paths: Sequence[str]) -> None:
        table = schema.articles
        self._connection.execute(
            update(table).where(table.c.path.in_(paths)).values(listed=False, stale=True)
        )

    def _keep_articles(self, articles: Sequence[Article], ledger: Ledger) -> None:
        if not articles:
            return
        ids = ledger.give(articles)
        before = self._before([article.path for article in articles])
        rows = []
        for article in articles:
            old = before.get(article.path)
            if row := _row(article, ids[article.path], old):
                rows.append(row)
                self._rouse_siblings(old, row)
        statement = insert(schema.articles)
        change = {
            name: statement.excluded[name]
            for name in schema.articles.c.keys()  # noqa: SIM118 - columns, not a dictionary
            if name not in {"key", "path", "shown_as", "shadowed_by"}
        }
        if rows:
            self._connection.execute(statement.on_conflict_do_update(["path"], set_=change), rows)

    def _rouse_siblings(self, old: RowMapping | None, new: Mapping[str, object]) -> None:
        """Have documents reconsidered that an article stood for under its old identity."""
        if old and (old["id"], old["address"]) != (new["id"], new["address"]):
            table = schema.articles
            shared = or_(table.c.id == old["id"], table.c.address == old["address"])
            self._connection.execute(update(table).where(shared).values(stale=True))

    def _before(self, paths: Sequence[str]) -> dict[str, RowMapping]:
        table = schema.articles
        query = select(table).where(table.c.path.in_(paths))
        return {row["path"]: row for row in self._connection.execute(query).mappings()}


def _state(reading: Reading) -> str:
    if reading.article is None:
        return "skipped"
    return "listed" if reading.article.listed else "held"


def _row(article: Article, identifier: str, before: RowMapping | None) -> dict[str, object] | None:
    """Give an article's row; None where the row that is there says the same."""
    record = pack_article(article)
    same_id = before is not None and before["id"] == identifier
    if before and same_id and before["record"] == record and before["listed"]:
        return None
    digest = emitted_digest(article)
    says_the_same = before is not None and before["emitted"] == digest
    updated = max(article.published, article.modified or article.published)
    return {
        "path": article.path,
        "id": identifier,
        "address": comparable(article.url),
        "published": seconds(article.published),
        "updated": before["updated"] if before and says_the_same else seconds(updated),
        "emitted": digest,
        "record": record,
        "listed": True,
        "stale": True,
        "changed": bool(before and before["changed"]) or not (says_the_same and same_id),
    }
