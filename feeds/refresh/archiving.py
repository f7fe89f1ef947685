"""The documents of archives: only the months that changed are made again."""

from collections.abc import Container, Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from feeds.catalog import Catalog, Members
from feeds.config.types import Archives
from feeds.formats import feed_suffixes
from feeds.model import (
    Channel,
    ChannelKind,
    ChannelRow,
    EntryKey,
    Feed,
    ReadEntry,
    Resource,
    Tombstone,
    replace,
)
from feeds.refresh.carried import Found
from feeds.refresh.months import Months
from feeds.refresh.supply import Supply
from feeds.refresh.touched import Touched
from feeds.selection.archives import (
    ArchiveNaming,
    Chain,
    next_chain,
    whole_chain,
)
from feeds.selection.kinds import kinds_of
from feeds.selection.naming import Naming


class _Shelf(NamedTuple):
    """What all documents of a channel's archive have in common."""

    channel: Channel
    folder: str
    in_stories: bool
    feed: Feed


class _Month(NamedTuple):
    """What the documents of a month carry: by the key of a channel its entries, and what went."""

    name: str
    shelves: Mapping[ChannelRow, _Shelf]
    members: Mapping[int, Members]
    gone: Mapping[int, tuple[Tombstone, ...]]


class Archiving:
    """Makes the archives of channels; `found` is what is published.

    Where that is intact, what was not touched is as it should be.
    """

    def __init__(
        self,
        catalog: Catalog,
        archives: Archives,
        supply: Supply,
        found: Found,
        pages: Months,
    ) -> None:
        self._pages = pages
        self._renderer, self._ahead, self._taking = supply
        self._catalog = catalog
        has_format = self._renderer.archive_form.has_archives
        self._kinds = kinds_of(archives) if has_format else frozenset[ChannelKind]()
        self._naming = ArchiveNaming(self._renderer.archive_form, feed_suffixes())
        self._is_intact = found.is_intact
        self._shelves: dict[int, _Shelf] = {}
        self._have_gone = catalog.tombstones.are_any()
        self._known = found.known

    def chains(self, rows: Iterable[ChannelRow], touched: Touched) -> dict[ChannelRow, Chain]:
        """Find which months channels have, and which of their documents may be others now."""
        rows = tuple(rows)
        anew = {
            row.key
            for row in rows
            if row.kind in self._kinds and (row.key in touched.whole or not self._is_intact)
        }
        months = {row.key: touched.months.get(row.key, set()) for row in rows}
        filled = self._catalog.archives.months(anew) | self._filled(months, anew)
        return {
            row: self._whole(row, filled.get(row.key, set()))
            if row.key in anew
            else self._chain(row, months[row.key], filled.get(row.key, set()))
            for row in rows
        }

    def _filled(self, months: Mapping[int, set[str]], anew: Container[int]) -> dict[int, set[str]]:
        """Give which of some months of channels have entries, but for those channels anew."""
        filled: dict[int, set[str]] = {}
        for month in set().union(*months.values()):
            asked = (key for key, some in months.items() if month in some and key not in anew)
            for key in self._catalog.archives.filled(asked, month):
                filled.setdefault(key, set()).add(month)
        return filled

    def _whole(self, row: ChannelRow, filled: set[str]) -> Chain:
        """Give the chain of a channel of which everything may be another now."""
        gone = self._catalog.tombstones.months(row.key) if self._have_gone else set()
        return whole_chain(filled | gone)

    def _chain(self, row: ChannelRow, months: set[str], filled: set[str]) -> Chain:
        """Give the chain of a channel of which some months may be others now."""
        if row.kind not in self._kinds:
            return Chain()
        if self._have_gone:
            has_gone = self._catalog.tombstones.has
            filled = filled | {month for month in months - filled if has_gone(row.key, month)}
        return next_chain(self._months(row), months, filled)

    def unchanged(self, row: ChannelRow) -> Chain:
        """Give the chain of a channel that was not touched."""
        return Chain(tuple(sorted(self._months(row))))

    def years(self, row: ChannelRow, channel: Channel, chain: Chain) -> Iterator[Resource]:
        """Give the page that leads to all months of a channel, where there is one."""
        return self._pages.years(row, channel, chain)

    def year_paths(self, row: ChannelRow) -> list[str]:
        """Give where that page may be."""
        return self._pages.year_paths(row)

    def head(self, chain: Chain, gone: tuple[Tombstone, ...], feed: Feed) -> Feed:
        """Let a feed lead to its archive, and name the entries that went."""
        return replace(self._naming.newest(feed, chain.months), tombstones=gone)

    def over(self, row: ChannelRow, chain: Chain) -> Iterator[str]:
        """Give the paths of a channel's documents that are published, and of no month any more."""
        gone = self._months(row).difference(chain.months)
        for month in gone:
            yield self._path(row, month)
        # Months that are written anew may have fewer pages.
        yield from self._pages.paths(row, gone | chain.anew)
        yield from self._pages.year_paths(row)

    def kept(self, row: ChannelRow, chain: Chain) -> Iterator[str]:
        """Give the paths of a channel's documents that stay as they are."""
        kept = [month for month in chain.months if month not in chain.anew]
        for month in kept:
            yield self._path(row, month)
        yield from self._pages.paths(row, kept)

    def new_and_known(
        self, chains: Mapping[ChannelRow, Chain]
    ) -> tuple[dict[ChannelRow, Chain], dict[ChannelRow, Chain]]:
        """Part what is to be written of chains: documents that are not there yet, and others."""
        known = {row: self._months(row) for row in chains}
        return (
            {row: Chain(chain.months, chain.anew - known[row]) for row, chain in chains.items()},
            {row: Chain(chain.months, chain.anew & known[row]) for row, chain in chains.items()},
        )

    def months(self, chains: Mapping[ChannelRow, Chain]) -> list[str]:
        """Give the months of which channels have documents that may be others now, in order."""
        return sorted({month for chain in chains.values() for month in chain.anew})

    def in_turn(
        self, months: Iterable[str], chains: Mapping[ChannelRow, Chain], naming: Naming
    ) -> Iterator[Iterator[Resource]]:
        """Give the documents of each month that may be others now.

        Those of all channels come together, so that an entry is read and rendered once.
        """
        for month in self._ahead.each(self._batches(months, chains, naming), for_archives=True):
            yield self._documents(month, chains)

    def _batches(
        self, months: Iterable[str], chains: Mapping[ChannelRow, Chain], naming: Naming
    ) -> Iterator[tuple["_Month", Iterable[EntryKey]]]:
        for month in months:
            rows = {row.key: row for row, chain in chains.items() if month in chain.anew}
            shelves = {row: self._shelf(row, naming) for row in rows.values()}
            in_stories = {row.key for row, shelf in shelves.items() if shelf.in_stories}
            members = self._catalog.archives.members(rows, month, in_stories)
            for key, some in members.items():
                stem = shelves[rows[key]].folder + month
                self._taking.from_archive(stem, dict(zip(some.ids, some.keys, strict=True)))
            gone = self._catalog.tombstones.of_month(rows, month) if self._have_gone else {}
            found = _Month(month, shelves, members, gone)
            yield found, dict.fromkeys(key for some in members.values() for key in some.keys)

    def _documents(self, month: "_Month", chains: Mapping[ChannelRow, Chain]) -> Iterator[Resource]:
        keys = dict.fromkeys(key for some in month.members.values() for key in some.keys)
        written = self._renderer.archived(keys, self._catalog.archives.articles)
        read_entry = self._renderer.archive_form.read_entry

        @cache
        def told(key: EntryKey) -> ReadEntry:
            return read_entry(written[key])

        for row, shelf in month.shelves.items():
            gone = month.gone.get(row.key, ())
            members = month.members.get(row.key) or _none(gone)
            months = chains[row].months
            feed = self._naming.document(shelf.feed, months, month.name, members.updated, gone)
            entries = [written[entry] for entry in members.keys]
            yield self._renderer.archive(shelf.folder + month.name, feed, entries)
            if self._pages.are_of(row):
                lines = [told(key) for key in members.keys]
                yield from self._pages.pages(shelf.channel, months, month.name, lines)

    def _shelf(self, row: ChannelRow, naming: Naming) -> "_Shelf":
        known = self._shelves.get(row.key)
        if known is None:
            channel = naming.channel(row)
            folder = self._naming.folder(channel.stem)
            known = _Shelf(channel, folder, channel.in_stories, naming.feed(channel, (), None))
            self._shelves[row.key] = known
        return known

    def _months(self, row: ChannelRow) -> set[str]:
        folder, suffix = self._naming.folder(row.stem or ""), self._renderer.archive_form.suffix
        names = self._known.within(folder)
        return {name.removesuffix(suffix) for name in names if name.endswith(suffix)}

    def _path(self, row: ChannelRow, month: str) -> str:
        return self._renderer.archive_path(self._naming.stem(row.stem or "", month))


def _none(gone: Iterable[Tombstone]) -> Members:
    """Give the members of a month from which all have gone."""
    return Members([], [], max(each.deleted for each in gone))


def in_order(paths: Iterable[str], known: Container[str]) -> list[str]:
    """Order documents so that none can be reached that leads to one which is not there yet.

    New ones are before those that were there, and older ones before newer.
    """
    return sorted(paths, key=lambda path: (path in known, path))
