"""Who is in which channel, where they stand there, and which stand first."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, null, select
from sqlalchemy.dialects.sqlite import insert

from feeds.catalog import schema
from feeds.catalog.archives import Place
from feeds.catalog.channels import Channels
from feeds.catalog.parts import parts
from feeds.catalog.records import instant, seconds
from feeds.catalog.rows import replace_rows
from feeds.model import ChannelName, EntryKey, Standing

_articles = schema.articles
_labels = schema.labels
_memberships = schema.memberships

Standings = Mapping[int, Mapping[ChannelName, Standing]]
"""How the articles of one story, by key, stand in their channels."""


class ChannelEntry(NamedTuple):
    """An entry of a channel; `id` is its own, `published` its date in seconds since 1970."""

    channel: int
    id: str
    published: int


class _Row(NamedTuple):
    """What stands in a row of the table besides its key, in the order of its columns."""

    published: int
    position: int | None
    added: int | None
    label: str


@dataclass(slots=True)
class _Difference:
    """What changes in memberships, gathered over a batch of articles."""

    gone: list[dict[str, int]] = field(default_factory=list)
    new: list[tuple[object, ...]] = field(default_factory=list)
    counts: Counter[tuple[int, str]] = field(default_factory=Counter)
    places: set[Place] = field(default_factory=set)

    def add(self, article: int, old: Mapping[int, _Row], now: Mapping[int, _Row]) -> None:
        for channel in old.keys() | now.keys():
            before, after = old.get(channel), now.get(channel)
            if before == after:
                continue
            if before:
                self.counts[channel, before.label] -= 1
                self.places.add(Place(article, channel, before.published))
            if after:
                self.counts[channel, after.label] += 1
                self.places.add(Place(article, channel, after.published))
                self.new.append((article, channel, *after))
            else:
                self.gone.append({"of": article, "at": channel})


class Memberships:
    """The members of channels."""

    def __init__(self, connection: Connection, channels: Channels) -> None:
        self._connection = connection
        self._channels = channels

    def place(self, stories: Iterable[Standings], moment: datetime) -> set[Place]:
        """Put articles into the channels they belong to, and give the places that changed.

        They come by story. Where a channel is ordered by that, those that are new to it enter
        at this moment, but the first ones of a new channel at their own date.
        """
        stories = list(stories)
        before = self._rows(key for standings in stories for key in standings)
        keys = self._channels.ensure(
            name for standings in stories for named in standings.values() for name in named
        )
        difference = _Difference()
        for standings in stories:
            now = self._now(standings, keys, before, seconds(moment))
            for article in standings:
                difference.add(article, before.get(article, {}), now.get(article, {}))
        self._write(difference)
        return difference.places

    def newest(
        self, channel: int, limit: int, *, in_stories: bool = False
    ) -> dict[EntryKey, datetime]:
        """Give the keys of the entries that stand first in a channel, and when each last changed.

        Ties are ordered by id. With `in_stories` a story is one entry.
        """
        story = _articles.c.story if in_stories else null()
        entry = func.coalesce(story, _articles.c.id) if in_stories else _articles.c.id
        latest = _latest_of_story() if in_stories else _articles.c.published
        query = (
            select(_articles.c.key, story, _articles.c.updated, latest)
            .join(_memberships, _memberships.c.article == _articles.c.key)
            .where(_memberships.c.channel == channel, _memberships.c.position.is_not(None))
            .order_by(_memberships.c.position.desc(), entry)
            .limit(limit)
        )
        return {
            (key, name): instant(max(updated, published))
            for key, name, updated, published in self._connection.execute(query)
        }

    def entries(self, articles: Iterable[int], with_stories: Container[int]) -> set[ChannelEntry]:
        """Give the entries of some articles; `with_stories` are channels that have these."""
        columns = (
            _memberships.c.channel,
            _articles.c.id,
            _articles.c.story,
            _memberships.c.published,
        )
        query = (
            select(*columns)
            .join(_articles, _articles.c.key == _memberships.c.article)
            .where(_memberships.c.position.is_not(None))
        )
        found: set[ChannelEntry] = set()
        for part in parts(articles):
            rows = self._connection.execute(query.where(_memberships.c.article.in_(part)))
            for channel, identifier, story, published in rows:
                name = (story or identifier) if channel in with_stories else identifier
                found.add(ChannelEntry(channel, name, published))
        return found

    def articles_of(self, ids: Iterable[str]) -> set[int]:
        """Give the articles whose entries have, in some channels, one of some ids."""
        found: set[int] = set()
        for part in parts(ids):
            for column in (_articles.c.id, _articles.c.story):
                query = select(_articles.c.key).where(column.in_(part))
                found.update(self._connection.execute(query).scalars())
        return found

    def majority_labels(self, channels: Iterable[int]) -> dict[int, str]:
        """Give what most members call each channel; of equals, the one that sorts first."""
        order = (_labels.c.channel, _labels.c.articles.desc(), _labels.c.label)
        query = select(_labels).order_by(*order)
        best: dict[int, str] = {}
        for part in parts(channels):
            for row in self._connection.execute(query.where(_labels.c.channel.in_(part))):
                best.setdefault(row.channel, row.label)
        return best

    def _now(
        self,
        standings: Standings,
        keys: Mapping[ChannelName, int],
        before: Mapping[int, Mapping[int, _Row]],
        moment: int,
    ) -> dict[int, dict[int, _Row]]:
        """Give the rows of a story's articles, by article and channel."""
        now: dict[int, dict[int, _Row]] = {}
        last_added: Counter[int] = Counter()
        for article, named in standings.items():
            for name, standing in named.items():
                channel, position = keys[name], standing.position
                added: int | None = None
                if standing.by_addition:
                    old = before.get(article, {}).get(channel)
                    added = self._added(channel, old, seconds(standing.dated), moment)
                    last_added[channel] = max(last_added[channel], added)
                now.setdefault(article, {})[channel] = _Row(
                    seconds(standing.published),
                    None if position is None else seconds(position),
                    added,
                    standing.label,
                )
        for rows in now.values():
            for channel, row in rows.items():
                if row.added is not None and row.position is not None:
                    rows[channel] = row._replace(position=last_added[channel])
        return now

    def _added(self, channel: int, before: _Row | None, dated: int, moment: int) -> int:
        """Give when an article entered a channel that is ordered by that."""
        if before:
            return dated if before.added is None else before.added
        return dated if self._channels.is_new(channel) else max(dated, moment)

    def _rows(self, articles: Iterable[int]) -> dict[int, dict[int, _Row]]:
        found: dict[int, dict[int, _Row]] = {}
        for part in parts(articles):
            query = select(_memberships).where(_memberships.c.article.in_(part))
            for row in self._connection.execute(query):
                article, channel, *place = row
                found.setdefault(article, {})[channel] = _Row(*place)
        return found

    def _write(self, difference: _Difference) -> None:
        if difference.gone:
            is_gone = (
                _memberships.c.article == bindparam("of"),
                _memberships.c.channel == bindparam("at"),
            )
            self._connection.execute(delete(_memberships).where(*is_gone), difference.gone)
        replace_rows(self._connection, _memberships, difference.new)
        self._count(difference.counts)

    def _count(self, counts: Counter[tuple[int, str]]) -> None:
        rows = [
            {"channel": channel, "label": label, "articles": number}
            for (channel, label), number in counts.items()
            if number
        ]
        if rows:
            statement = insert(_labels)
            total = {"articles": _labels.c.articles + statement.excluded.articles}
            keys = ["channel", "label"]
            self._connection.execute(statement.on_conflict_do_update(keys, set_=total), rows)
            self._connection.execute(delete(_labels).where(_labels.c.articles <= 0))


def _latest_of_story() -> ColumnElement[int]:
    """Give when the last article of an article's story was published, or itself if it has none."""
    other = _articles.alias("other")
    told = (other.c.story == _articles.c.story, other.c.story.is_not(None))
    query = select(func.max(other.c.published)).where(*told, other.c.shown_as.is_not(None))
    return func.coalesce(query.scalar_subquery(), _articles.c.published)
