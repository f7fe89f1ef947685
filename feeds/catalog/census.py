"""The corpus in numbers: what is counted over all articles at once."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from feeds.catalog import schema

_articles = schema.articles
_channels = schema.channels
_coverage = schema.coverage
_memberships = schema.memberships
_SHOWN = _articles.c.shown_as.is_not(None)

_PUBLISHED = select(_articles.c.published).where(_SHOWN)
_ENTRIES = select(func.count()).where(_SHOWN)
_RESOURCES = select(func.count()).select_from(schema.resources)
_DUPLICATES = select(func.count()).where(_articles.c.listed, _articles.c.shadowed_by.is_not(None))
_STORIES = (
    select(func.count().label("articles"))
    .where(_SHOWN, _articles.c.story.is_not(None))
    .group_by(_articles.c.story)
    .having(func.count() > 1)
)
_COVERED = select(func.count(_coverage.c.article.distinct())).join(
    _articles, _articles.c.key == _coverage.c.article
)
_MEMBERS = (
    select(
        _channels.c.kind, _channels.c.stem, _channels.c.title, func.count(_memberships.c.article)
    )
    .outerjoin(_memberships, _memberships.c.channel == _channels.c.key)
    .where(_channels.c.kind.in_(("topic", "provider")), _channels.c.stem.is_not(None))
    .group_by(_channels.c.key)
    .order_by(func.count(_memberships.c.article).desc(), _channels.c.stem)
)


class MemberCount(NamedTuple):
    """How many articles a topic or a provider has."""

    kind: str
    stem: str
    title: str
    articles: int


class Census:
    """Counts what there is."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def published(self) -> list[int]:
        """Give when each shown article was published, in seconds since 1970, the oldest first."""
        return sorted(self._connection.execute(_PUBLISHED).scalars())

    def entries(self) -> int:
        """Count the shown articles."""
        return self._connection.execute(_ENTRIES).scalar_one()

    def resources(self) -> int:
        """Count the files that are published."""
        return self._connection.execute(_RESOURCES).scalar_one()

    def duplicates(self) -> int:
        """Count the documents for which another one stands."""
        return self._connection.execute(_DUPLICATES).scalar_one()

    def stories(self) -> list[int]:
        """Count the articles of each story that several articles tell."""
        return list(self._connection.execute(_STORIES).scalars())

    def covered(self) -> int:
        """Count the shown articles whose entries name related coverage."""
        return self._connection.execute(_COVERED.where(_SHOWN)).scalar_one()

    def members(self) -> list[MemberCount]:
        """Count the articles of each topic and provider, those with the most first."""
        rows = self._connection.execute(_MEMBERS)
        return [MemberCount(kind, stem, title or stem, count) for kind, stem, title, count in rows]
