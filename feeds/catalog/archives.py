"""The months of channels: which articles the documents of their archives carry."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, bindparam, exists, select

from feeds.catalog import schema
from feeds.catalog.parts import parts
from feeds.catalog.records import instant, seconds
from feeds.catalog.rows import PART, read_parts
from feeds.catalog.telling import tell
from feeds.model import EntryKey, StoredArticle
from feeds.text.dates import month_bounds, month_of

_articles = schema.articles
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


def _places(condition: ColumnElement[bool]) -> Select[Any]:
    columns = (_memberships.c.article, _memberships.c.channel, _memberships.c.published)
    return select(*columns).where(condition, _memberships.c.position.is_not(None))


_PLACES = _places(_memberships.c.article.in_(PART))
_IS_OF_MONTH = (
    _memberships.c.channel.in_(PART),
    _memberships.c.position.is_not(None),
    _memberships.c.published >= bindparam("first"),
    _memberships.c.published < bindparam("end"),
)
_HAS = select(exists(select(_memberships.c.article).where(*_IS_OF_MONTH)))
_MEMBERS = (
    select(
        *(_memberships.c[name] for name in ("channel", "published", "position")),
        *(_articles.c[name] for name in ("key", "id", "story", "updated")),
    )
    .join(_articles, _articles.c.key == _memberships.c.article)
    .where(*_IS_OF_MONTH)
)
_ARTICLES = select(_articles).where(_articles.c.key.in_(PART))


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

    def months(self, channel: int) -> set[str]:
        """Give the months in which a channel has entries."""
        query = select(_memberships.c.published).where(
            _memberships.c.channel == channel, _memberships.c.position.is_not(None)
        )
        moments = self._connection.execute(query.distinct()).scalars()
        return {month_of(instant(moment)) for moment in moments}

    def has(self, channel: int, month: str) -> bool:
        """Whether a channel has an entry of a month."""
        asked = {"part": [channel], **_bounds(month)}
        return bool(self._connection.execute(_HAS, asked).scalar_one())

    def members(
        self, channels: Iterable[int], month: str, with_stories: Collection[int] = ()
    ) -> dict[int, dict[EntryKey, datetime]]:
        """Give the keys of some channels' entries of a month, and when each last changed.

        In a channel the newest is first, ties are ordered by id. In those `with_stories` a
        story is one entry.
        """
        found: dict[int, list[tuple[int, str, EntryKey, int]]] = {}
        for part in parts(channels):
            rows = self._connection.execute(_MEMBERS, {"part": part, **_bounds(month)}).all()
            for channel, published, position, key, identifier, story, updated in rows:
                name = story if channel in with_stories else None
                entry = (-published, name or identifier, (key, name), max(position, updated))
                found.setdefault(channel, []).append(entry)
        return {
            channel: {key: instant(moment) for _, _, key, moment in sorted(entries)}
            for channel, entries in found.items()
        }

    def articles(self, keys: Iterable[EntryKey]) -> Iterator[StoredArticle]:
        """Give the articles of some entries."""
        keys = list(keys)
        for in_stories in (False, True):
            wanted = (key for key, story in keys if (story is not None) is in_stories)
            for part in parts(wanted, _AT_ONCE):
                rows = self._connection.execute(_ARTICLES, {"part": part}).all()
                yield from tell(self._connection, rows, in_stories=in_stories)

    def _places(self, condition: ColumnElement[bool]) -> set[Place]:
        return set(map(Place._make, self._connection.execute(_places(condition)).all()))


def _bounds(month: str) -> dict[str, int]:
    first, end = month_bounds(month)
    return {"first": seconds(first), "end": seconds(end)}
