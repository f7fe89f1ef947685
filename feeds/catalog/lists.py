"""Lists that belong to articles, kept in order, and written only where they changed."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, Table, delete, select

from feeds.catalog import schema
from feeds.catalog.parts import parts
from feeds.catalog.rows import replace_rows

_articles = schema.articles


def write_lists(
    connection: Connection,
    table: Table,
    before: Mapping[int, Sequence[tuple[object, ...]]],
    now: Mapping[int, Sequence[tuple[object, ...]]],
) -> set[int]:
    """Write the lists that are others than before, by article; gives the articles.

    The table has the columns `article` and `place`, and then those of an item.
    """
    changed = sorted(key for key, items in now.items() if list(items) != list(before.get(key, ())))
    for part in parts(key for key in changed if key in before):
        connection.execute(delete(table).where(table.c.article.in_(part)))
    rows = ((key, place, *item) for key in changed for place, item in enumerate(now[key]))
    replace_rows(connection, table, rows)
    return set(changed)


def drop_lists_of_hidden(connection: Connection, table: Table, keys: Iterable[int]) -> None:
    """Forget the lists of those of some articles that are not shown."""
    for part in parts(sorted(keys)):
        hidden = select(_articles.c.key).where(
            _articles.c.key.in_(part), _articles.c.shown_as.is_(None)
        )
        connection.execute(delete(table).where(table.c.article.in_(hidden)))
