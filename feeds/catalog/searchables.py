"""Which entries there are to be searched: those of the feed of all articles."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from feeds.catalog import schema
from feeds.catalog.rows import PART, in_batches, read_parts
from feeds.model import EntryKey

_articles = schema.articles
_channels = schema.channels
_memberships = schema.memberships

_STANDING = (
    select(_memberships.c.article, _memberships.c.position, _articles.c.story)
    .join(_articles, _articles.c.key == _memberships.c.article)
    .join(_channels, _channels.c.key == _memberships.c.channel)
    .where(_channels.c.kind == "all", _memberships.c.position.is_not(None))
)
_CHANNELS = select(_memberships.c.article, _memberships.c.channel).where(
    _memberships.c.article.in_(PART)
)
_ON_STORIES = select(_articles.c.story, _articles.c.key).where(
    _articles.c.story.in_(PART), _articles.c.shown_as.is_not(None)
)
_OF_STORIES = select(_articles.c.key).where(_articles.c.story.in_(PART))
_STORIES = select(_articles.c.story).where(
    _articles.c.key.in_(PART), _articles.c.story.is_not(None)
)
_MEMBERS = select(_memberships.c.article).where(_memberships.c.channel.in_(PART))


class Standing(NamedTuple):
    """An entry among all, where it stands there, and the channels of what is on its story."""

    key: EntryKey
    position: int
    channels: frozenset[int]


class Searchables:
    """Knows the entries of the feed of all articles, and the channels that they are in."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def batches(
        self, articles: Iterable[int] | None, *, in_stories: bool
    ) -> Iterator[list[Standing]]:
        """Give, in batches, the entries of some articles, or of all."""
        column = _memberships.c.article
        for rows in in_batches(self._connection, _STANDING, column, articles):
            yield self._standing(rows, in_stories=in_stories)

    def stories(self, articles: Iterable[int]) -> set[str]:
        """Give the stories that some articles are on."""
        return {row[0] for row in read_parts(self._connection, _STORIES, articles)}

    def on(self, stories: Iterable[str]) -> set[int]:
        """Give the articles that are on some stories."""
        return {row[0] for row in read_parts(self._connection, _OF_STORIES, stories)}

    def members(self, channels: Iterable[int]) -> set[int]:
        """Give the articles that are in some channels."""
        return {row[0] for row in read_parts(self._connection, _MEMBERS, channels)}

    def _standing(self, rows: Sequence[Row[Any]], *, in_stories: bool) -> list[Standing]:
        stories = {row.story for row in rows if row.story} if in_stories else set[str]()
        told: dict[str, list[int]] = {}
        for story, key in read_parts(self._connection, _ON_STORIES, sorted(stories)):
            told.setdefault(story, []).append(key)
        articles = {row.article for row in rows}.union(*told.values())
        channels: dict[int, list[int]] = {}
        for article, channel in read_parts(self._connection, _CHANNELS, sorted(articles)):
            channels.setdefault(article, []).append(channel)
        found: list[Standing] = []
        for article, position, story in map(tuple, rows):
            on = told.get(story, []) if in_stories else []
            of_all = frozenset().union(*(channels.get(key, ()) for key in [article, *on]))
            name = story if in_stories else None
            found.append(Standing((article, name), position, of_all))
        return found
