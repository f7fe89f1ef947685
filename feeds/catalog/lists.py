"""Lists that belong to articles, kept in order, and written only where they changed."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, Table, delete

from feeds.catalog.parts import parts
from feeds.catalog.rows import replace_rows


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
    drop_lists(connection, table, (key for key in changed if key in before))
    rows = ((key, place, *item) for key in changed for place, item in enumerate(now[key]))
    replace_rows(connection, table, rows)
    return set(changed)


def drop_lists(connection: Connection, table: Table, keys: Iterable[int]) -> None:
    """Forget the lists of some articles."""
    for part in parts(keys):
        connection.execute(delete(table).where(table.c.article.in_(part)))
