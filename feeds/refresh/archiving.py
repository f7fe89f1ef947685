"""The documents of archives: only the months that changed are made again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from feeds.catalog import Catalog
from feeds.config.types import Archives
from feeds.formats import feed_suffixes
from feeds.model import ChannelRow, Feed, Resource, Tombstone
from feeds.publish.known import Known
from feeds.refresh.rendering import Renderer
from feeds.refresh.touched import Touched
from feeds.selection.archives import ArchiveNaming, Chain, next_chain, whole_chain
from feeds.selection.naming import Naming


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
            if has_archive and renderer.archive_form.has_archives
        }
        self._renderer = renderer
        self._naming = ArchiveNaming(renderer.archive_form, feed_suffixes())
        self._is_intact = is_intact
        self._feeds: dict[int, Feed] = {}
        self._have_gone = catalog.tombstones.are_any()
        self._known = known

    def chain(self, row: ChannelRow, touched: Touched) -> Chain:
        """Find which months a channel has, and which of their documents may be others now."""
        if row.kind not in self._kinds:
            return Chain()
        archives, tombstones = self._catalog.archives, self._catalog.tombstones
        if row.key in touched.whole or not self._is_intact:
            gone = tombstones.months(row.key) if self._have_gone else set()
            return whole_chain(archives.months(row.key) | gone)
        months = touched.months.get(row.key, set())
        filled = {
            month
            for month in months
            if archives.has(row.key, month) or (self._have_gone and tombstones.has(row.key, month))
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

    def months(self, chains: Mapping[ChannelRow, Chain]) -> list[str]:
        """Give the months of which channels have documents that may be others now, in order."""
        return sorted({month for chain in chains.values() for month in chain.anew})

    def documents(
        self, month: str, chains: Mapping[ChannelRow, Chain], naming: Naming
    ) -> Iterator[Resource]:
        """Give the documents of a month that may be others now.

        Those of all channels come together, so that an entry is read and rendered once.
        """
        rows = {row.key: row for row, chain in chains.items() if month in chain.anew}
        channels = {key: naming.channel(row) for key, row in rows.items()}
        in_stories = {key for key, channel in channels.items() if channel.in_stories}
        members = self._catalog.archives.members(rows, month, in_stories)
        gone = self._catalog.tombstones.of_month(rows, month) if self._have_gone else {}
        keys = dict.fromkeys(key for entries in members.values() for key in entries)
        written = self._renderer.archived(keys, self._catalog.archives.articles)
        for key, row in rows.items():
            entries, graves = members.get(key, {}), gone.get(key, ())
            moments = [*entries.values()] or [tombstone.deleted for tombstone in graves]
            current = self._feeds.get(key) or self._feeds.setdefault(
                key, naming.feed(channels[key], (), None)
            )
            feed = self._naming.document(current, chains[row].months, month)
            feed = replace(feed, updated=max(moments), tombstones=graves)
            stem = self._naming.stem(channels[key].stem, month)
            yield self._renderer.archive(stem, feed, [written[entry] for entry in entries])

    def _months(self, row: ChannelRow) -> set[str]:
        return {month for _, month in filter(None, map(self._naming.month, self.known(row)))}


def in_order(paths: Sequence[str], known: Iterable[str]) -> list[str]:
    """Order documents so that none can be reached that leads to one which is not there yet.

    New ones are before those that were there, and older ones before newer.
    """
    known = set(known)
    return sorted(paths, key=lambda path: (path in known, path))
