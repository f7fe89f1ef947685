"""Articles with all that their entries tell: their coverage, and the story they stand for."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from feeds.catalog import schema
from feeds.catalog.coverage import told_of
from feeds.catalog.parts import parts
from feeds.catalog.records import instant, stored_article
from feeds.model import PackedReference, Provider, Reference, RelatedItem, StoredArticle, Story

_articles = schema.articles
_coverage = schema.coverage


COLUMNS = tuple(
    _articles.c[name]
    for name in ("key", "id", "updated", "emitted", "record", "story", "published")
)
"""What of an article is read to tell of it: columns of the table of articles."""


def tell(
    connection: Connection, rows: Sequence[Row[Any]], *, in_stories: bool
) -> list[StoredArticle]:
    """Read rows of these columns; with `in_stories` each article tells its whole story."""
    coverage = _coverage_of(connection, [row.key for row in rows])
    members = _members(connection, {row.story for row in rows if row.story}) if in_stories else {}
    return [
        stored_article(
            row,
            tuple(coverage.get(row.key, ())),
            _story(row, members[row.story]) if row.story in members else None,
        )
        for row in rows
    ]


def _coverage_of(connection: Connection, articles: Iterable[int]) -> dict[int, list[Reference]]:
    """Give what the entries of some articles show as their coverage, in order."""
    found: dict[int, list[Reference]] = {}
    query = select(_coverage).order_by(_coverage.c.article, _coverage.c.place)
    for part in parts(articles):
        rows = connection.execute(query.where(_coverage.c.article.in_(part))).all()
        for article, _, *told in rows:
            found.setdefault(article, []).append(_reference(*told))
    return found


def _members(connection: Connection, stories: Iterable[str]) -> dict[str, list[Row[Any]]]:
    """Give the articles of some stories, the newest first."""
    columns = (_articles.c.story, _articles.c.key, _articles.c.path, *told_of(_articles))
    query = select(*columns).where(_articles.c.shown_as.is_not(None))
    query = query.order_by(_articles.c.published.desc(), _articles.c.id)
    found: dict[str, list[Row[Any]]] = {}
    for part in parts(sorted(stories)):
        for row in connection.execute(query.where(_articles.c.story.in_(part))).all():
            found.setdefault(row.story, []).append(row)
    return found


def _story(lead: Row[Any], members: Sequence[Row[Any]]) -> Story:
    sources = tuple([_reference(*row[2:]) for row in members if row.key != lead.key])
    return Story(lead.story, instant(members[-1].published), instant(members[0].published), sources)


def _reference(*told: Any) -> Reference:  # noqa: ANN401 - columns, as the database has them
    packed = PackedReference(*told)
    provider = (
        None if packed.domain is None else Provider(packed.domain, packed.name or packed.domain)
    )
    published = None if packed.published is None else instant(packed.published)
    item = RelatedItem(packed.url, packed.title, published, provider, packed.language)
    return Reference(item, packed.path, packed.is_published)
