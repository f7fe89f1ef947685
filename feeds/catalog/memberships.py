"""Who is in which channel, and where they stand there."""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, exists, select

from feeds.catalog import schema
from feeds.catalog.archives import Place
from feeds.catalog.channels import Channels
from feeds.catalog.indexes import Indexes
from feeds.catalog.parts import parts
from feeds.catalog.records import seconds
from feeds.catalog.rows import PART, adding, read_parts, replace_rows
from feeds.model import Membership, Standing

_articles = schema.articles
_labels = schema.labels
_memberships = schema.memberships
_ARE_ANY = select(exists(_memberships.select()))
_ROWS = select(_memberships).where(_memberships.c.article.in_(PART))
_ENTRIES = (
    select(_memberships.c.channel, _articles.c.id, _articles.c.story, _memberships.c.published)
    .join(_articles, _articles.c.key == _memberships.c.article)
    .where(_memberships.c.position.is_not(None), _memberships.c.article.in_(PART))
)
_LABELS = (
    select(_labels.c.channel, _labels.c.label)
    .where(_labels.c.channel.in_(PART))
    .order_by(_labels.c.channel, _labels.c.articles.desc(), _labels.c.label)
)
_LEAVE = delete(_memberships).where(
    _memberships.c.article == bindparam("of"), _memberships.c.channel == bindparam("at")
)

Standings = Mapping[int, Sequence[Standing]]
"""How the articles of one story, by key, stand in their channels."""

_Row = tuple[int, int, int, int | None, int | None, str]
"""A row of the table."""


class ChannelEntry(NamedTuple):
    """An entry of a channel; `id` is its own, `published` its date in seconds since 1970."""

    channel: int
    id: str
    published: int


class Memberships:
    """The members of channels."""

    def __init__(self, connection: Connection, channels: Channels, indexes: Indexes) -> None:
        self._connection = connection
        self._indexes = indexes
        self._channels = channels

    def place(
        self, batches: Iterable[Sequence[Standings]], moment: datetime
    ) -> Iterator[Iterable[Place]]:
        """Put articles into the channels they belong to, and give the places that changed.

        They come by story, and none twice; places come by batch. Where a channel is ordered by
        that, those that are new to it enter at this moment, but the first ones of a new channel
        at their own date.
        """
        keys: dict[Membership, int] = {}
        counts: Counter[tuple[int, str]] = Counter()
        are_any = self._connection.execute(_ARE_ANY).scalar_one()
        for stories in batches:
            before = self._rows(chain.from_iterable(stories)) if are_any else {}
            keys |= self._channels_of(_memberships_of(stories) - keys.keys())
            rows = [
                row
                for standings in stories
                for row in self._now(standings, keys, before, seconds(moment))
            ]
            new, gone = _difference(before.values(), rows)
            self._write(new, gone)
            counts.update((row[1], row[-1]) for row in new)
            counts.subtract((row[1], row[-1]) for row in gone)
            yield (Place(*row[:3]) for row in chain(gone, new))
        self._count(counts)
        self._indexes.make()

    def entries(self, articles: Iterable[int], with_stories: Container[int]) -> set[ChannelEntry]:
        """Give the entries of some articles; `with_stories` are channels that have these."""
        found: set[ChannelEntry] = set()
        rows = read_parts(self._connection, _ENTRIES, articles)
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
        best: dict[int, str] = {}
        for channel, label in read_parts(self._connection, _LABELS, channels):
            best.setdefault(channel, label)
        return best

    def _now(
        self,
        standings: Standings,
        keys: Mapping[Membership, int],
        before: Mapping[tuple[int, int], _Row],
        moment: int,
    ) -> list[_Row]:
        """Give the rows of a story's articles."""
        rows: list[_Row] = []
        last_added: dict[int, int] = {}
        for article, each in standings.items():
            for membership, dated, published, position in each:
                channel = keys[membership]
                added: int | None = None
                if membership.by_addition:
                    added = self._added(channel, before.get((article, channel)), dated, moment)
                    last_added[channel] = max(last_added.get(channel, 0), added)
                rows.append((article, channel, published, position, added, membership.label))
        if not last_added:
            return rows
        return [
            row
            if row[3] is None or row[4] is None
            else (*row[:3], last_added[row[1]], row[4], row[5])
            for row in rows
        ]

    def _channels_of(self, memberships: Collection[Membership]) -> dict[Membership, int]:
        """Give the channels that memberships are of, by key; new ones where there are none yet."""
        keys = self._channels.ensure(each[:2] for each in memberships)
        return {each: keys[each[:2]] for each in memberships}

    def _added(self, channel: int, before: _Row | None, dated: int, moment: int) -> int:
        """Give when an article entered a channel that is ordered by that."""
        if before:
            return dated if before[4] is None else before[4]
        return dated if self._channels.is_new(channel) else max(dated, moment)

    def _rows(self, articles: Iterable[int]) -> dict[tuple[int, int], _Row]:
        """Give the rows of some articles, by article and channel."""
        rows = map(tuple, read_parts(self._connection, _ROWS, articles))
        return {row[:2]: row for row in rows}

    def _write(self, new: Sequence[_Row], gone: Iterable[_Row]) -> None:
        """Write the new rows of articles in channels, and drop those that have none any more."""
        left = {row[:2] for row in gone}
        left.difference_update([row[:2] for row in new])
        if left:
            rows = [{"of": article, "at": channel} for article, channel in left]
            self._connection.execute(_LEAVE, rows)
        replace_rows(self._connection, _memberships, new)

    def _count(self, counts: Counter[tuple[int, str]]) -> None:
        rows = [
            {"channel": channel, "label": label, "articles": number}
            for (channel, label), number in counts.items()
            if number
        ]
        if rows:
            self._connection.execute(adding(self._connection, _labels, "articles"), rows)
            self._connection.execute(delete(_labels).where(_labels.c.articles <= 0))


def _memberships_of(stories: Iterable[Standings]) -> set[Membership]:
    return {
        each.membership for standings in stories for some in standings.values() for each in some
    }


def _difference(before: Iterable[_Row], now: list[_Row]) -> tuple[list[_Row], list[_Row]]:
    """Give the rows that were not there before, and those that are no more."""
    if not (was := set(before)):
        return now, []
    return [row for row in now if row not in was], [*was.difference(now)]
