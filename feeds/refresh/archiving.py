"""The documents of archives: only the months that changed are made again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from feeds.catalog import Catalog, parts
from feeds.config.types import Archives
from feeds.model import ChannelRow, EntryKey, Feed, Resource, Tombstone
from feeds.publish.known import Known
from feeds.refresh.rendering import Renderer
from feeds.refresh.touched import Touched
from feeds.selection.archives import ArchiveNaming, Chain, next_chain, whole_chain
from feeds.selection.naming import Naming

# What is in the months of two years is found at once.
_MONTHS_AT_ONCE = 24


class Archiving:
    """Makes the archives of channels; `known` is what is published.

    Where it `is_intact`, what was not touched is as it should be.
    """

    def __init__(
        self,
        catalog: Catalog,
        archives: Archives,
        renderer: Renderer,
        known: Known,
        *,
        is_intact: bool,
    ) -> None:
        self._catalog = catalog
        self._kinds = {
            kind
            for kind, has_archive in (
                ("all", archives.all),
                ("topic", archives.topics),
                ("provider", archives.providers),
            )
            if has_archive
        }
        self._renderer = renderer
        self._naming = ArchiveNaming(renderer.archive_form, renderer.suffixes)
        self._is_intact = is_intact
        self._known = known

    def chain(self, row: ChannelRow, touched: Touched) -> Chain:
        """Find which months a channel has, and which of their documents may be others now."""
        if row.kind not in self._kinds:
            return Chain()
        archives, tombstones = self._catalog.archives, self._catalog.tombstones
        if row.key in touched.whole or not self._is_intact:
            return whole_chain(archives.months(row.key) | tombstones.months(row.key))
        months = touched.months.get(row.key, set())
        filled = {
            month
            for month in months
            if archives.has(row.key, month) or tombstones.has(row.key, month)
        }
        return next_chain(self._months(row), months, filled)

    def unchanged(self, row: ChannelRow) -> Chain:
        """Give the chain of a channel that was not touched."""
        return Chain(tuple(sorted(self._months(row))))

    def head(self, chain: Chain, gone: tuple[Tombstone, ...], feed: Feed) -> Feed:
        """Let a feed lead to its archive, and name the entries that went."""
        return replace(self._naming.newest(feed, chain.months), tombstones=gone)

    def known(self, row: ChannelRow) -> Iterator[str]:
        """Give the paths of a channel's documents that are published."""
        folder = self._naming.folder(row.stem or "")
        return (folder + name for name in self._known.within(folder))

    def kept(self, row: ChannelRow, chain: Chain) -> Iterator[str]:
        """Give the paths of a channel's documents that stay as they are."""
        for month in chain.months:
            if month not in chain.anew:
                yield self._renderer.archive_path(self._naming.stem(row.stem or "", month))

    def documents(self, row: ChannelRow, chain: Chain, naming: Naming) -> Iterator[Resource]:
        """Give a channel's documents that may be others now, the oldest first."""
        channel = naming.channel(row)
        for month, members, gone in self._contents(row, chain, in_stories=channel.in_stories):
            moments = list(members.values()) or [tombstone.deleted for tombstone in gone]
            current = replace(naming.feed(channel, (), max(moments)), tombstones=gone)
            feed = self._naming.document(current, chain.months, month)
            stem = self._naming.stem(channel.stem, month)
            articles = self._catalog.archives.articles
            yield self._renderer.archive(stem, feed, tuple(members), articles)

    def _contents(
        self, row: ChannelRow, chain: Chain, *, in_stories: bool
    ) -> Iterator[tuple[str, Mapping[EntryKey, datetime], tuple[Tombstone, ...]]]:
        """Give the months to be made, each with its entries and those that went."""
        for months in parts(sorted(chain.anew), _MONTHS_AT_ONCE):
            members = self._catalog.archives.members(row.key, months, in_stories=in_stories)
            gone = self._catalog.tombstones.of_months(row.key, months)
            yield from ((month, members[month], gone[month]) for month in months)

    def _months(self, row: ChannelRow) -> set[str]:
        return {month for _, month in filter(None, map(self._naming.month, self.known(row)))}


def in_order(paths: Sequence[str], known: Iterable[str]) -> list[str]:
    """Order documents so that none can be reached that leads to one which is not there yet.

    New ones are before those that were there, and older ones before newer.
    """
    known = set(known)
    return sorted(paths, key=lambda path: (path in known, path))
