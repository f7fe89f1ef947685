"""Articles with all that their entries tell: their coverage, and the story they stand for."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from feeds.catalog import schema
from feeds.catalog.coverage import references_of, told_of
from feeds.catalog.parts import parts
from feeds.catalog.records import instant, stored_article, unpack_reference
from feeds.model import StoredArticle, Story

_articles = schema.articles


def tell(
    connection: Connection, rows: Sequence[Row[Any]], *, in_stories: bool
) -> list[StoredArticle]:
    """Read rows of the table of articles; with `in_stories` each tells its whole story."""
    coverage = references_of(connection, [row.key for row in rows])
    members = _members(connection, {row.story for row in rows if row.story}) if in_stories else {}
    return [
        stored_article(
            row,
            coverage.get(row.key, ()),
            _story(row, members[row.story]) if row.story in members else None,
        )
        for row in rows
    ]


def _members(connection: Connection, stories: Iterable[str]) -> dict[str, list[Row[Any]]]:
    """Give the articles of some stories, the newest first."""
    columns = (_articles.c.key, _articles.c.story, _articles.c.path, *told_of(_articles))
    query = select(*columns).where(_articles.c.shown_as.is_not(None))
    query = query.order_by(_articles.c.published.desc(), _articles.c.id)
    found: dict[str, list[Row[Any]]] = {}
    for part in parts(sorted(stories)):
        for row in connection.execute(query.where(_articles.c.story.in_(part))):
            found.setdefault(row.story, []).append(row)
    return found


def _story(lead: Row[Any], members: Sequence[Row[Any]]) -> Story:
    sources = tuple(unpack_reference(row) for row in members if row.key != lead.key)
    return Story(lead.story, instant(members[-1].published), instant(members[0].published), sources)
