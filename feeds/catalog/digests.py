"""Digests as they were published: what they say is kept, and made from articles only once."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, or_, select

from feeds.catalog import schema
from feeds.catalog.candidates import candidates
from feeds.catalog.parts import parts
from feeds.catalog.periods import WITHIN
from feeds.catalog.records import instant, seconds
from feeds.catalog.rows import replace_rows
from feeds.model import Candidate, Digest, DigestItem, Frequency

_articles = schema.articles
_digested = schema.digested
_digests = schema.digests
_files = schema.files
_items = schema.digest_items
_memberships = schema.memberships

_LATEST = (
    select(_memberships.c.published)
    .where(_memberships.c.channel == bindparam("channel"), *WITHIN)
    .order_by(_memberships.c.published.desc())
    .limit(1)
)


class Digested(NamedTuple):
    """Until when there are digests of a channel, and when the newest was published."""

    until: datetime
    updated: datetime | None


class Digests:
    """The digests of channels, each by how often it is made."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def state(self, channel: int, frequency: Frequency) -> Digested | None:
        """Give how far the digests of a channel are; None where there never was one."""
        query = select(_digested.c.until, _digested.c.updated).where(
            _digested.c.channel == channel, _digested.c.frequency == frequency
        )
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        return Digested(instant(row.until), None if row.updated is None else instant(row.updated))

    def keep_state(self, channel: int, frequency: Frequency, state: Digested) -> None:
        """Keep how far the digests of a channel are."""
        updated = None if state.updated is None else seconds(state.updated)
        row = channel, frequency, seconds(state.until), updated
        replace_rows(self._connection, _digested, [row])

    def latest(self, channel: int, since: datetime, before: datetime) -> datetime | None:
        """Give the date of a channel's newest entry since an instant and before another."""
        asked = {"channel": channel, "first": seconds(since), "end": seconds(before)}
        moment = self._connection.execute(_LATEST, asked).scalar_one_or_none()
        return None if moment is None else instant(moment)

    def candidates(
        self, channel: int, first: datetime, end: datetime, *, in_stories: bool
    ) -> list[Candidate]:
        """Give a channel's entries of a time; with `in_stories` a story is one."""
        return candidates(self._connection, channel, first, end, in_stories=in_stories)

    def has(self, channel: int, frequency: Frequency, published: datetime) -> bool:
        """Whether there is a digest of what ended at an instant."""
        query = select(_digests.c.id).where(
            *_of(channel, frequency), _digests.c.published == seconds(published)
        )
        return bool(self._connection.execute(select(exists(query))).scalar_one())

    def add(self, channel: int, frequency: Frequency, digest: Digest) -> None:
        """Keep a digest for good."""
        row = {
            "id": digest.id,
            "channel": channel,
            "frequency": frequency,
            "published": seconds(digest.published),
            "title": digest.title,
        }
        self._connection.execute(_digests.insert(), [row])
        rows = [
            {"digest": digest.id, "place": place, **_packed(item)}
            for place, item in enumerate(digest.items)
        ]
        self._connection.execute(_items.insert(), rows)

    def newest(self, channel: int, frequency: Frequency, now: datetime, limit: int) -> list[Digest]:
        """Give the newest digests of what has ended by now, the newest first."""
        query = (
            select(_digests)
            .where(*_of(channel, frequency), _digests.c.published <= seconds(now))
            .order_by(_digests.c.published.desc())
            .limit(limit)
        )
        rows = self._connection.execute(query).all()
        items = self._items([row.id for row in rows])
        return [
            Digest(row.id, row.title, instant(row.published), tuple(items[row.id])) for row in rows
        ]

    def take_back(self, gone: Iterable[tuple[str, str]] | None) -> set[tuple[int, Frequency]]:
        """Take articles that are there no longer out of digests; gives whose digests changed.

        `gone` are the ids and documents of articles that are shown no longer; with None, all
        that digests have are looked at. An article stays where another document stands for it,
        or its own got another id, unless its own says that it is not to be published. A digest
        that loses its last article goes.
        """
        changed: set[str] = set()
        if gone is None:
            changed |= self._take_back(())
        else:
            for part in parts(sorted(gone)):
                ids, paths = zip(*part, strict=True)
                changed |= self._take_back((or_(_items.c.id.in_(ids), _items.c.path.in_(paths)),))
        touched = self._owners(changed)
        if gone is None or changed:
            is_filled = exists(_items.c.digest).where(_items.c.digest == _digests.c.id)
            self._connection.execute(delete(_digests).where(~is_filled))
        return touched

    def _take_back(self, conditions: tuple[ColumnElement[bool], ...]) -> set[str]:
        is_there = exists(_articles.c.key).where(
            or_(_articles.c.id == _items.c.id, _articles.c.path == _items.c.path),
            _articles.c.listed,
            or_(_articles.c.shown_as.is_not(None), _articles.c.shadowed_by.is_not(None)),
        )
        is_held = exists(_files.c.path).where(
            _files.c.path == _items.c.path, _files.c.state == schema.HELD
        )
        lost = (or_(~is_there, is_held), *conditions)
        found = set(self._connection.execute(select(_items.c.digest).where(*lost)).scalars())
        if found:
            self._connection.execute(delete(_items).where(*lost))
        return found

    def _owners(self, digests: Iterable[str]) -> set[tuple[int, Frequency]]:
        query = select(_digests.c.channel, _digests.c.frequency)
        return {
            (row.channel, row.frequency)
            for part in parts(sorted(digests))
            for row in self._connection.execute(query.where(_digests.c.id.in_(part)))
        }

    def _items(self, digests: list[str]) -> dict[str, list[DigestItem]]:
        found: dict[str, list[DigestItem]] = {name: [] for name in digests}
        query = select(_items).where(_items.c.digest.in_(digests))
        for row in self._connection.execute(query.order_by(_items.c.digest, _items.c.place)):
            told = (row.id, row.path, row.title, row.url, row.provider)
            item = DigestItem(*told, instant(row.published), row.excerpt, row.sources)
            found[row.digest].append(item)
        return found


def _of(channel: int, frequency: Frequency) -> tuple[ColumnElement[bool], ...]:
    return _digests.c.channel == channel, _digests.c.frequency == frequency


def _packed(item: DigestItem) -> dict[str, object]:
    return {
        "id": item.id,
        "path": item.path,
        "title": item.title,
        "url": item.url,
        "provider": item.provider,
        "published": seconds(item.published),
        "excerpt": item.excerpt,
        "sources": item.sources,
    }
