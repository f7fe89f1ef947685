"""Entries that are taken back: feeds name them for a while, archives for good (RFC 6721)."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from feeds.catalog import Catalog, ChannelEntry, DeletedEntry, Place
from feeds.selection.tombstones import tombstones_since

_SINCE = "tombstones since"


@dataclass(frozen=True, slots=True)
class Departures:
    """Entries of articles that were withdrawn, as they were before these left their channels.

    An article is withdrawn when its document is gone, or says that it is not to be published;
    not when its date is ahead, when another stands for it, or when it cannot be read.
    """

    catalog: Catalog
    entries: frozenset[ChannelEntry]

    @classmethod
    def watch(
        cls, catalog: Catalog, hidden: Iterable[int], with_stories: Container[int]
    ) -> "Departures":
        """Note the entries of articles that are no longer shown, while they still stand."""
        withdrawn = catalog.documents.withdrawn(hidden)
        return cls(catalog, frozenset(catalog.memberships.entries(withdrawn, with_stories)))

    def settle(
        self, placed: Iterable[int], now: datetime, with_stories: Container[int]
    ) -> Iterator[Place]:
        """Keep which entries went, and forget it of those that are back.

        Those that went by a clock which was ahead went now. `placed` are the articles, by key,
        whose places were found anew; gives the places that are told of otherwise then.
        """
        memberships, tombstones = self.catalog.memberships, self.catalog.tombstones
        if tombstones.are_any():
            entries = memberships.entries(placed, with_stories)
            back = tombstones.drop((entry.channel, entry.id) for entry in entries)
            back |= tombstones.predate(now)
            yield from (Place(0, entry.channel, entry.published) for entry in back)
        still_there = {
            (entry.channel, entry.id)
            for entry in memberships.entries(
                memberships.articles_of({entry.id for entry in self.entries}), with_stories
            )
        }
        gone = {entry for entry in self.entries if (entry.channel, entry.id) not in still_there}
        moment = int(now.timestamp())
        tombstones.add(DeletedEntry(*entry, moment) for entry in sorted(gone))


def expired(catalog: Catalog, now: datetime) -> set[int]:
    """Give the channels whose feeds name some entries no longer, since a day has ended.

    The day is remembered only where there are any, since a cycle in which nothing happened is
    to leave the catalog as it is.
    """
    since = tombstones_since(now)
    before = datetime.fromisoformat(catalog.setting(_SINCE) or "1970-01-01T00:00:00+00:00")
    channels = catalog.tombstones.expiring(min(before, since), max(before, since))
    if channels:
        catalog.remember(_SINCE, since.isoformat())
    return channels
