"""Which entries stand first in channels: as many of each as its feed may carry."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    bindparam,
    func,
    null,
    select,
)

from feeds.catalog import schema
from feeds.catalog.parts import parts
from feeds.catalog.records import instant
from feeds.catalog.rows import PART
from feeds.model import EntryKey

_articles = schema.articles
_channels = schema.channels
_memberships = schema.memberships

# Lower than any instant in seconds.
_LOWEST = -(2**62)


def _positions_of_last() -> Subquery:
    """Ask where the last entry stands in each channel, `before` others being ahead of it."""
    place = (
        select(_memberships.c.position)
        .where(_memberships.c.channel == _channels.c.key, _memberships.c.position.is_not(None))
        .order_by(_memberships.c.position.desc())
        .offset(bindparam("before"))
        .limit(1)
    )
    last = func.coalesce(place.scalar_subquery(), _LOWEST).label("last")
    return select(_channels.c.key, last).where(_channels.c.key.in_(PART)).subquery()


def _latest_of_story() -> ColumnElement[int]:
    """Give when the last article of an article's story was published, or itself if it has none."""
    other = _articles.alias("other")
    told = (other.c.story == _articles.c.story, other.c.story.is_not(None))
    query = select(func.max(other.c.published)).where(*told, other.c.shown_as.is_not(None))
    return func.coalesce(query.scalar_subquery(), _articles.c.published)


def _first(*, in_stories: bool) -> Select[Any]:
    """Ask for all entries of some channels that stand no lower than the last one that counts."""
    story = _articles.c.story if in_stories else null()
    latest = _latest_of_story() if in_stories else _articles.c.published
    last = _positions_of_last()
    return (
        select(
            *(_memberships.c.channel, _memberships.c.position, _articles.c.id),
            *(_articles.c.key, story, _articles.c.updated, latest),
        )
        .join(last, last.c.key == _memberships.c.channel)
        .join(_articles, _articles.c.key == _memberships.c.article)
        .where(_memberships.c.position.is_not(None), _memberships.c.position >= last.c.last)
    )


_FIRST = {in_stories: _first(in_stories=in_stories) for in_stories in (False, True)}


class Leading(NamedTuple):
    """Of an entry that stands among the first of a channel its id, and when it last changed."""

    id: str
    updated: datetime


class Newest:
    """Knows the first entries of channels."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(
        self, channels: Iterable[int], limit: int, *, in_stories: bool = False
    ) -> dict[int, dict[EntryKey, Leading]]:
        """Give the entries that stand first in each of some channels, by key, in order.

        Ties are ordered by id. With `in_stories` a story is one entry.
        """
        found: dict[int, list[tuple[int, str, EntryKey, int]]] = {}
        for part in parts(channels):
            wanted = {"part": part, "before": limit - 1}
            rows = self._connection.execute(_FIRST[in_stories], wanted).all()
            for channel, position, identifier, key, name, updated, published in rows:
                entry = (-position, name or identifier, (key, name), max(updated, published))
                found.setdefault(channel, []).append(entry)
        return {
            channel: {
                key: Leading(identifier, instant(moment))
                for _, identifier, key, moment in sorted(entries)[:limit]
            }
            for channel, entries in found.items()
        }
