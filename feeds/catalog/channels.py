"""Channels: who is in them, what their members call them, and which are the newest."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from feeds.catalog import schema
from feeds.catalog.coverage import references_of
from feeds.catalog.parts import parts
from feeds.catalog.records import instant, seconds, stored_article
from feeds.catalog.visibility import Transition
from feeds.model import ChannelKind, ChannelRow, Membership, StoredArticle

_articles = schema.articles
_channels = schema.channels
_labels = schema.labels
_memberships = schema.memberships


class _Place(NamedTuple):
    label: str
    published: int
    added: int | None = None


@dataclass(slots=True)
class _Difference:
    """What changes in memberships, gathered over a batch of articles."""

    gone: list[tuple[int, int]] = field(default_factory=list)
    new: list[dict[str, object]] = field(default_factory=list)
    counts: Counter[tuple[int, str]] = field(default_factory=Counter)
    touched: set[int] = field(default_factory=set)

    def add(self, item: Transition, old: dict[int, _Place], now: dict[int, _Place]) -> None:
        key = item.stored.key
        if item.changed:
            self.touched.update(now)
        for channel in old.keys() | now.keys():
            before, after = old.get(channel), now.get(channel)
            if before == after:
                continue
            self.touched.add(channel)
            if before:
                self.counts[channel, before.label] -= 1
            if after:
                self.counts[channel, after.label] += 1
                self.new.append({"article": key, "channel": channel, **after._asdict()})
            else:
                self.gone.append((key, channel))


class Channels:
    """The channels that there ever were, and their members now."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._made: set[int] = set()

    def all(self) -> list[ChannelRow]:
        """Give every channel, ordered by kind and name."""
        query = select(_channels).order_by(_channels.c.kind, _channels.c.name)
        return [
            ChannelRow(
                row.key,
                row.kind,
                row.name,
                row.stem,
                row.title,
                None if row.updated is None else instant(row.updated),
            )
            for row in self._connection.execute(query)
        ]

    def ensure(
        self, names: Iterable[tuple[ChannelKind, str]]
    ) -> dict[tuple[ChannelKind, str], int]:
        """Give the keys of channels, new ones for those that are new."""
        wanted = set(names)
        found = self._keys(wanted)
        if missing := sorted(wanted - found.keys()):
            rows = [{"kind": kind, "name": name} for kind, name in missing]
            self._connection.execute(_channels.insert(), rows)
            made = self._keys(missing)
            self._made.update(made.values())
            found |= made
        return found

    def _keys(
        self, wanted: Iterable[tuple[ChannelKind, str]]
    ) -> dict[tuple[ChannelKind, str], int]:
        columns = (_channels.c.kind, _channels.c.name, _channels.c.key)
        found: dict[tuple[ChannelKind, str], int] = {}
        wanted = set(wanted)
        for part in parts(sorted({name for _, name in wanted})):
            by_name = select(*columns).where(_channels.c.name.in_(part))
            for kind, name, key in self._connection.execute(by_name):
                if (kind, name) in wanted:
                    found[kind, name] = key
        return found

    def place(
        self,
        transitions: Sequence[Transition],
        memberships: Mapping[int, Sequence[Membership]],
        moment: datetime,
    ) -> set[int]:
        """Put articles into the channels they belong to, and give the channels this touches.

        Where a channel is ordered by that, those that are new to it enter at this moment, but
        the first ones of a new channel at their own date.
        """
        before = self._memberships([item.stored.key for item in transitions])
        keys = self.ensure(
            (member.kind, member.name) for items in memberships.values() for member in items
        )
        difference = _Difference()
        for item in transitions:
            published = seconds(item.stored.article.published)
            old, now = before.get(item.stored.key, {}), {}
            for member in memberships.get(item.stored.key, ()):
                channel = keys[member.kind, member.name]
                added = None
                if member.by_addition:
                    added = self._added(channel, old.get(channel), published, seconds(moment))
                now[channel] = _Place(member.label, published, added)
            difference.add(item, old, now)
        self._write(difference)
        return difference.touched

    def majority_labels(self, channels: Iterable[int]) -> dict[int, str]:
        """Give what most members call each channel; of equals, the one that sorts first."""
        order = (_labels.c.channel, _labels.c.articles.desc(), _labels.c.label)
        query = select(_labels).order_by(*order)
        best: dict[int, str] = {}
        for part in parts(channels):
            for row in self._connection.execute(query.where(_labels.c.channel.in_(part))):
                best.setdefault(row.channel, row.label)
        return best

    def topics_there_are(self) -> frozenset[str]:
        """Give the names of all topics that have channels."""
        query = select(_channels.c.name).where(_channels.c.kind == "topic")
        return frozenset(self._connection.execute(query).scalars())

    def first_names(self) -> dict[int, str]:
        """Give what channels were called that were renamed, by key."""
        query = select(_channels.c.key, _channels.c.first_name)
        rows = self._connection.execute(query.where(_channels.c.first_name.is_not(None)))
        return {row[0]: row[1] for row in rows}

    def rename(self, key: int, name: str) -> None:
        """Let a channel, with all that was published of it, go on under another name."""
        first_name = func.coalesce(_channels.c.first_name, _channels.c.name)
        self._set(key, name=name, first_name=first_name)

    def give_title(self, key: int, title: str) -> None:
        """Set what people call a channel."""
        self._set(key, title=title)

    def give_stem(self, key: int, stem: str) -> None:
        """Give a channel the stem of its URLs, for good."""
        self._set(key, stem=stem)

    def note_updated(self, key: int, updated: datetime) -> None:
        """Keep when a channel's newest entry changed, for the day when it has no entry left."""
        self._set(key, updated=seconds(updated))

    def _added(self, channel: int, before: _Place | None, published: int, moment: int) -> int:
        """Give when an article entered a channel that is ordered by that."""
        if before:
            return published if before.added is None else before.added
        return published if channel in self._made else max(published, moment)

    def newest(
        self, channel: int, limit: int, offset: int = 0, *, by_addition: bool = False
    ) -> list[StoredArticle]:
        """Give a channel's newest articles but the first few, ties ordered by id.

        With `by_addition` these are those that entered it last.
        """
        position = _memberships.c.added if by_addition else _memberships.c.published
        query = (
            select(_articles)
            .join(_memberships, _memberships.c.article == _articles.c.key)
            .where(_memberships.c.channel == channel, position.is_not(None))
            .order_by(position.desc(), _articles.c.id)
            .limit(limit)
            .offset(offset)
        )
        rows = self._connection.execute(query).all()
        coverage = references_of(self._connection, [row.key for row in rows])
        return [stored_article(row, coverage.get(row.key, ())) for row in rows]

    def _memberships(self, articles: Sequence[int]) -> dict[int, dict[int, _Place]]:
        found: dict[int, dict[int, _Place]] = {}
        query = select(_memberships).where(_memberships.c.article.in_(articles))
        for row in self._connection.execute(query):
            place = _Place(row.label, row.published, row.added)
            found.setdefault(row.article, {})[row.channel] = place
        return found

    def _write(self, difference: _Difference) -> None:
        for article, channel in difference.gone:
            same = (_memberships.c.article == article, _memberships.c.channel == channel)
            self._connection.execute(delete(_memberships).where(*same))
        if difference.new:
            statement = _memberships.insert().prefix_with("OR REPLACE")
            self._connection.execute(statement, difference.new)
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

    def _set(self, key: int, **values: object) -> None:
        self._connection.execute(update(_channels).where(_channels.c.key == key).values(**values))
