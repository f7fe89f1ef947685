"""Articles with all that their entries tell: their coverage, and the story they stand for."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from feeds.catalog import schema
from feeds.catalog.coverage import told_of_articles
from feeds.catalog.records import RECORD, WITH_RECORDS, instant, stored_article
from feeds.catalog.rows import PART, read_parts
from feeds.model import PackedReference, Provider, Reference, RelatedItem, StoredArticle, Story

_articles = schema.articles
_coverage = schema.coverage

_Member = tuple[int, int, Sequence[Any]]
"""Of an article on a story its key, when it was published, and its packed reference."""


class _Row(NamedTuple):
    """What of an article is read, by the names of columns."""

    key: int
    id: str
    updated: int
    emitted: str
    record: str
    story: str | None
    published: int


ARTICLES = select(
    *(RECORD if name == "record" else _articles.c[name] for name in _Row._fields)
).select_from(WITH_RECORDS)
"""Asks for what of articles is read to tell of them."""

_COVERAGE = (
    select(_coverage)
    .where(_coverage.c.article.in_(PART))
    .order_by(_coverage.c.article, _coverage.c.place)
)
_MEMBERS = (
    select(
        *(_articles.c[name] for name in ("story", "key", "published", "path")),
        *told_of_articles(),
    )
    .select_from(WITH_RECORDS)
    .where(_articles.c.story.in_(PART), _articles.c.shown_as.is_not(None))
    .order_by(_articles.c.published.desc(), _articles.c.id)
)


class Told(NamedTuple):
    """What is read to tell of an article: numbers and texts, that can be sent to a process.

    `coverage` are the packed references of its entry; `members`, where it tells its story, the
    articles of that, the newest first.
    """

    row: _Row
    coverage: Sequence[Sequence[Any]] = ()
    members: Sequence[_Member] = ()


def read(connection: Connection, rows: Iterable[Row[Any]], *, in_stories: bool) -> list[Told]:
    """Read what is told of articles in rows of these; with `in_stories` whole stories."""
    read = [_Row._make(row) for row in rows]
    coverage = _coverage_of(connection, [row.key for row in read])
    stories = {row.story for row in read if row.story} if in_stories else set[str]()
    members = _members(connection, stories)
    return [Told(row, coverage.get(row.key, ()), members.get(row.story or "", ())) for row in read]


def tell(told: Told) -> StoredArticle:
    """Make an article of what was read to tell of it; raises `Unreadable`."""
    row: Any = told.row
    coverage = tuple([_reference(*packed) for packed in told.coverage])
    return stored_article(row, coverage, _story(told.row, told.members))


def _coverage_of(connection: Connection, articles: Iterable[int]) -> dict[int, list[Sequence[Any]]]:
    """Give what the entries of some articles show as their coverage, in order."""
    found: dict[int, list[Sequence[Any]]] = {}
    for article, _, *packed in read_parts(connection, _COVERAGE, articles):
        found.setdefault(article, []).append(packed)
    return found


def _members(connection: Connection, stories: Iterable[str]) -> dict[str, list[_Member]]:
    """Give the articles of some stories, the newest first."""
    found: dict[str, list[_Member]] = {}
    for story, key, published, *packed in read_parts(connection, _MEMBERS, sorted(stories)):
        found.setdefault(story, []).append((key, published, packed))
    return found


def _story(lead: _Row, members: Sequence[_Member]) -> Story | None:
    if not members or lead.story is None:
        return None
    first, latest = members[-1], members[0]
    sources = tuple([_reference(*packed) for key, _, packed in members if key != lead.key])
    return Story(lead.story, instant(first[1]), instant(latest[1]), sources)


def _reference(*told: Any) -> Reference:  # noqa: ANN401 - columns, as the database has them
    packed = PackedReference(*told)
    provider = (
        None if packed.domain is None else Provider(packed.domain, packed.name or packed.domain)
    )
    published = None if packed.published is None else instant(packed.published)
    item = RelatedItem(packed.url, packed.title, published, provider, packed.language)
    return Reference(item, packed.path, packed.is_published)
