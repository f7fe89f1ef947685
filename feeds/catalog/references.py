"""Which addresses documents list as related, and what may be referred to though it is held."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, select, union

from feeds.catalog import coverage_schema
from feeds.catalog.parts import parts
from feeds.catalog.records import pack_article, seconds
from feeds.model import Article
from feeds.text.urls import comparable

_held = coverage_schema.held
_mentions = coverage_schema.mentions
_news = coverage_schema.held_news


class References:
    """Keeps what ties documents to each other."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, articles: Sequence[Article]) -> None:
        """Keep what articles list, and hold those that are not listed themselves."""
        self.drop(article.path for article in articles)
        rows = [
            {"path": article.path, "address": address}
            for article in articles
            for address in {comparable(item.url) for item in article.related}
        ]
        if rows:
            self._connection.execute(_mentions.insert(), rows)
        self._hold([article for article in articles if not article.listed])

    def drop(self, paths: Iterable[str]) -> None:
        """Forget what documents list, and that they were held."""
        for part in parts(paths):
            self._note(part)
            for table in (_mentions, _held):
                self._connection.execute(delete(table).where(table.c.path.in_(part)))

    def news(self, before: int, now: int) -> set[str]:
        """Give the paths of held documents that came, changed or went.

        So do those whose date has come, or is ahead again, since `before` (in seconds). They
        count as seen from then on.
        """
        first, last = sorted((before, now))
        dated = select(_held.c.path).where(_held.c.published > first, _held.c.published <= last)
        found = set(self._connection.execute(union(dated, select(_news.c.path))).scalars())
        self._connection.execute(delete(_news))
        return found

    def _hold(self, articles: Sequence[Article]) -> None:
        rows = [
            {
                "path": article.path,
                "address": comparable(article.url),
                "published": seconds(article.published),
                "record": pack_article(article),
            }
            for article in articles
        ]
        if rows:
            self._connection.execute(_held.insert(), rows)
            self._note([article.path for article in articles])

    def _note(self, paths: Sequence[str]) -> None:
        """Note as news which of some documents are held now."""
        held = select(_held.c.path).where(_held.c.path.in_(paths))
        statement = _news.insert().prefix_with("OR IGNORE").from_select(["path"], held)
        self._connection.execute(statement)
