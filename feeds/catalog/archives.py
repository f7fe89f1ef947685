"""The months of channels: which articles the documents of their archives carry."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, exists, select

from feeds.catalog import schema
from feeds.catalog.expressions import MonthOf
from feeds.catalog.parts import parts
from feeds.catalog.periods import WITHIN
from feeds.catalog.records import instant, seconds
from feeds.catalog.rows import PART, read_parts
from feeds.catalog.telling import ARTICLES, Told, read, tell
from feeds.model import EntryKey, StoredArticle
from feeds.text.dates import month_bounds, month_of

_articles = schema.articles
_channels = schema.channels
_coverage = schema.coverage
_memberships = schema.memberships

# Articles are some kilobytes each, and of a month there may be thousands.
_AT_ONCE = 500


class Place(NamedTuple):
    """An article's place in a channel; `published` is its entry's date, in seconds since 1970."""

    article: int
    channel: int
    published: int

    @property
    def month(self) -> str:
        """The month in whose document it is."""
        return month_of(instant(self.published))


class Members(NamedTuple):
    """The ids and keys of a channel's entries of a month, and when one of them last changed.

    The newest is first, ties are ordered by id.
    """

    ids: list[str]
    keys: list[EntryKey]
    updated: datetime


def _places(condition: ColumnElement[bool]) -> Select[Any]:
    columns = (_memberships.c.article, _memberships.c.channel, _memberships.c.published)
    return select(*columns).where(condition, _memberships.c.position.is_not(None))


_PLACES = _places(_memberships.c.article.in_(PART))
_FILLED = select(_channels.c.key).where(
    _channels.c.key.in_(PART),
    exists(
        select(_memberships.c.article).where(_memberships.c.channel == _channels.c.key, *WITHIN)
    ),
)
_MEMBERS = select(
    *(_memberships.c[name] for name in ("channel", "published", "position", "article"))
).where(_memberships.c.channel.in_(PART), *WITHIN)
_TOLD = select(*(_articles.c[name] for name in ("key", "id", "story", "updated"))).where(
    _articles.c.key.in_(PART)
)
_ARTICLES = ARTICLES.where(_articles.c.key.in_(PART))


class Archives:
    """Knows the members of channels by the month in which they were published."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def places(self, articles: Iterable[int]) -> set[Place]:
        """Give the places of some articles."""
        return set(map(Place._make, read_parts(self._connection, _PLACES, articles)))

    def places_beside(self, channel: int) -> set[Place]:
        """Give all places of the articles that are in a channel."""
        members = select(_memberships.c.article).where(_memberships.c.channel == channel)
        return self._places(_memberships.c.article.in_(members))

    def places_naming(self, domain: str) -> set[Place]:
        """Give the places of articles whose entries name a provider as the source of coverage."""
        naming = select(_coverage.c.article).where(
            _coverage.c.domain == domain, _coverage.c.is_published
        )
        return self._places(_memberships.c.article.in_(naming))

    def months(self, channels: Iterable[int]) -> dict[int, set[str]]:
        """Give the months in which some channels have entries."""
        month = MonthOf(_memberships.c.published)
        query = select(_memberships.c.channel, month).where(_memberships.c.position.is_not(None))
        found: dict[int, set[str]] = {}
        for part in parts(channels):
            rows = self._connection.execute(
                query.where(_memberships.c.channel.in_(part)).distinct()
            )
            for channel, name in rows.all():
                found.setdefault(channel, set()).add(name)
        return found

    def filled(self, channels: Iterable[int], month: str) -> set[int]:
        """Give those of some channels that have an entry of a month."""
        return {
            row[0]
            for part in parts(channels)
            for row in self._connection.execute(_FILLED, {"part": part, **_bounds(month)})
        }

    def members(
        self, channels: Iterable[int], month: str, with_stories: Collection[int] = ()
    ) -> dict[int, Members]:
        """Give the entries of a month of those of some channels that have any.

        In those `with_stories` a story is one entry.
        """
        rows = [
            row
            for part in parts(channels)
            for row in self._connection.execute(_MEMBERS, {"part": part, **_bounds(month)}).all()
        ]
        told = self._told(article for *_, article in rows)
        found: dict[int, list[tuple[int, str, EntryKey, int]]] = {}
        for channel, published, position, article in rows:
            identifier, story, updated = told[article]
            name = story if channel in with_stories else None
            entry = (-published, name or identifier, (article, name), max(position, updated))
            found.setdefault(channel, []).append(entry)
        return {channel: _in_order(entries) for channel, entries in found.items()}

    def _told(self, articles: Iterable[int]) -> dict[int, tuple[str, str | None, int]]:
        """Give the id and the story of some articles, and when each last changed."""
        rows = read_parts(self._connection, _TOLD, set(articles))
        return {key: (identifier, story, updated) for key, identifier, story, updated in rows}

    def articles(self, keys: Iterable[EntryKey]) -> Iterator[StoredArticle]:
        """Give the articles of some entries."""
        return map(tell, self.told(keys))

    def told(self, keys: Iterable[EntryKey]) -> Iterator[Told]:
        """Give what is read to tell of the articles of some entries."""
        keys = list(keys)
        for in_stories in (False, True):
            wanted = (key for key, story in keys if (story is not None) is in_stories)
            for part in parts(wanted, _AT_ONCE):
                rows = self._connection.execute(_ARTICLES, {"part": part}).all()
                yield from read(self._connection, rows, in_stories=in_stories)

    def _places(self, condition: ColumnElement[bool]) -> set[Place]:
        return set(map(Place._make, self._connection.execute(_places(condition)).all()))


def _in_order(entries: Sequence[tuple[int, str, EntryKey, int]]) -> Members:
    ordered = sorted(entries)
    return Members(
        [identifier for _, identifier, _, _ in ordered],
        [key for _, _, key, _ in ordered],
        instant(max([moment for *_, moment in entries])),
    )


def _bounds(month: str) -> dict[str, int]:
    first, end = month_bounds(month)
    return {"first": seconds(first), "end": seconds(end)}
