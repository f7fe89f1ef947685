"""The articles that documents give, kept with their ids until others are stored at their paths."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, select, update

from feeds.catalog import schema
from feeds.catalog.ledger import Claim, Given, Ledger
from feeds.catalog.parts import parts
from feeds.catalog.records import RECORD, WITH_RECORDS
from feeds.catalog.rows import PART, change_parts, read_parts, replace_selected, write_rows
from feeds.corpus.packing import PackedArticle

_articles = schema.articles
_records = schema.records
# What an article's document says of it; all else is settled later.
_ARTICLE = (
    *("path", "id", "address", "published", "modified", "updated"),
    *("emitted", "gist", "listed", "stale", "changed"),
)
_UNLIST = update(_articles).where(_articles.c.path.in_(PART)).values(listed=False, stale=True)
_KEEP_GIVEN = (
    update(_articles)
    .where(_articles.c.path == bindparam("at"))
    .values(id=bindparam("given"), modified=bindparam("since"), updated=bindparam("since"))
)

_Article = tuple[str, PackedArticle]


class Before(NamedTuple):
    """What is kept of an article until another one is stored at its path."""

    path: str
    id: str
    address: str
    emitted: str
    listed: bool
    record: str


_KEPT = (
    select(*(_articles.c[name] for name in Before._fields[:-1]), RECORD)
    .select_from(WITH_RECORDS)
    .where(_articles.c.path.in_(PART))
)
_RECORD_AT = select(_articles.c.key, bindparam("record")).where(_articles.c.path == bindparam("at"))


class Articles:
    """The articles of all documents that may be published."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._claims: list[Claim] = []

    def before(self, paths: Iterable[str]) -> dict[str, Before]:
        """Give what is kept of the articles at some paths, by path."""
        rows = read_parts(self._connection, _KEPT, paths)
        return {row.path: Before._make(row) for row in rows}

    def unlist(self, paths: Iterable[str]) -> None:
        """Have the articles at some paths be published no more."""
        change_parts(self._connection, _UNLIST, paths)

    def give_ids(self, ledger: Ledger) -> None:
        """Give their ids to the articles kept until now, all at once."""
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

    def keep(
        self, articles: Iterable[_Article], before: Mapping[str, Before], ledger: Ledger
    ) -> None:
        """Keep articles, each with its path, in place of those that were there `before`."""
        rows: list[tuple[object, ...]] = []
        records: list[tuple[str, str]] = []
        for path, article in articles:
            old = before.get(path)
            if old and old.listed and old.record == article.record:
                continue
            claim = _claim(path, article, old, ledger)
            self._claims.append(claim)
            rows.append(_row(claim, article, old))
            records.append((article.record, path))
            if old and old.address != article.address:
                self._rouse(_articles.c.address == old.address)
        write_rows(self._connection, _articles, _ARTICLE, rows, unique=("path",))
        replace_selected(self._connection, _records, _RECORD_AT, ("record", "at"), records)

    def _rouse(self, condition: ColumnElement[bool]) -> None:
        """Have articles reconsidered that one stood for under its old id or address."""
        self._connection.execute(update(_articles).where(condition).values(stale=True))


def _claim(path: str, article: PackedArticle, before: Before | None, ledger: Ledger) -> Claim:
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


def _row(claim: Claim, article: PackedArticle, before: Before | None) -> tuple[object, ...]:
    """Give an article's row; a new one has the id that it gets unless others are in the way."""
    changed = before is None or before.emitted != article.emitted
    dates = (article.published, article.modified, article.modified)
    return (
        *(claim.path, claim.id, article.address, *dates),
        *(article.emitted, article.gist, True, True, changed),
    )
