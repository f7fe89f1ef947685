"""Ids: given once, found again by path and then by address."""

import hashlib
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from feeds.catalog import schema
from feeds.model import Article
from feeds.text.urls import comparable


class Ledger:
    """Gives every article its id and remembers it."""

    def __init__(self, connection: Connection, authority: str) -> None:
        self._connection = connection
        self._authority = authority

    def give(self, articles: Sequence[Article]) -> Mapping[str, str]:
        """Give ids by path: the document's own, the one given before, or a new one.

        A new id is a `tag:` URI (RFC 4151) of the authority and the path, so that an empty
        catalog gives the same again. Where another document took that path's id with it
        when it moved, a digest of the address keeps the two apart.
        """
        by_path = self._known("path", [article.path for article in articles])
        addresses = {article.path: comparable(article.url) for article in articles}
        by_address = self._known("address", list(addresses.values()))
        tags = {
            article.path: f"tag:{self._authority}:{quote(article.path)}" for article in articles
        }
        taken = self._known("id", list(tags.values()))
        given: dict[str, str] = {}
        rows = []
        for article in articles:
            address = addresses[article.path]
            identifier = (
                article.explicit_id
                or by_path.get(article.path)
                or by_address.get(address)
                or _new(tags[article.path], address, taken)
            )
            given[article.path] = identifier
            by_address.setdefault(address, identifier)
            rows.append({"path": article.path, "address": address, "id": identifier})
        self._keep(rows)
        return given

    def _known(self, column: str, values: list[str]) -> dict[str, str]:
        table = schema.ids
        query = select(table.c[column], table.c.id).where(table.c[column].in_(values))
        rows = self._connection.execute(query.order_by(table.c.path.desc()))
        return {row[0]: row[1] for row in rows}

    def _keep(self, rows: list[dict[str, str]]) -> None:
        statement = insert(schema.ids)
        change = {"address": statement.excluded.address, "id": statement.excluded.id}
        if rows:
            self._connection.execute(statement.on_conflict_do_update(["path"], set_=change), rows)


def _new(tag: str, address: str, taken: Mapping[str, str]) -> str:
    return f"{tag};{hashlib.sha256(address.encode()).hexdigest()[:8]}" if tag in taken else tag
