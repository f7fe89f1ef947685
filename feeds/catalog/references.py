"""Which addresses documents list as related, and what may be referred to though it is held."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, delete, select, union

from feeds.catalog import coverage_schema
from feeds.catalog.rows import PART, change_parts, read_parts, write_rows
from feeds.corpus.packing import PackedArticle

_held = coverage_schema.held
_mentions = coverage_schema.mentions
_news = coverage_schema.held_news
_HELD = select(_held.c.path).where(_held.c.path.in_(PART))
_DROP_MENTIONS = delete(_mentions).where(_mentions.c.path.in_(PART))
_DROP_HELD = delete(_held).where(_held.c.path.in_(PART))


class References:
    """Keeps what ties documents to each other."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, articles: Sequence[tuple[str, PackedArticle]]) -> None:
        """Keep what articles list, each with its path, and hold those that are not listed.

        Nothing is kept of any of them yet.
        """
        rows = [(path, address) for path, article in articles for address in article.mentions]
        write_rows(self._connection, _mentions, ("path", "address"), rows)
        self._hold([item for item in articles if not item[1].listed])

    def drop(self, paths: Iterable[str]) -> None:
        """Forget what documents list, and that they were held."""
        paths = list(paths)
        held = [path for (path,) in read_parts(self._connection, _HELD, paths)]
        change_parts(self._connection, _DROP_MENTIONS, paths)
        change_parts(self._connection, _DROP_HELD, held)
        self._note(held)

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

    def _hold(self, articles: Sequence[tuple[str, PackedArticle]]) -> None:
        rows = [(path, item.address, item.published, item.record) for path, item in articles]
        names = ("path", "address", "published", "record")
        write_rows(self._connection, _held, names, rows)
        self._note(path for path, _ in articles)

    def _note(self, paths: Iterable[str]) -> None:
        """Note as news that some documents are, or were, held."""
        write_rows(self._connection, _news, ("path",), [(path,) for path in paths], ("path",))
