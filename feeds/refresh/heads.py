"""The feeds of channels: their newest entries, page by page, in every format."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from feeds.catalog import Catalog, Leading, parts
from feeds.config.types import Configuration
from feeds.formats import feed_suffixes
from feeds.model import Channel, ChannelRow, EntryKey, Feed
from feeds.refresh.rendered import Written
from feeds.refresh.rendering import Made
from feeds.refresh.supply import Supply
from feeds.refresh.twinning import Twinning, TwinOf
from feeds.selection.naming import Naming
from feeds.selection.stems import page_stems

_CHANNELS_AT_ONCE = 100
_ENTRIES_AT_ONCE = 500


class _Page(NamedTuple):
    """A page of a feed: the keys of its entries, when each last changed, and the entries."""

    keys: list[EntryKey]
    moments: list[datetime]
    entries: list[Written]


class Heads:
    """Makes the feeds of channels, of which readers ask for the first page again and again."""

    def __init__(
        self,
        configuration: Configuration,
        catalog: Catalog,
        naming: Naming,
        supply: Supply,
        twinning: Twinning,
    ) -> None:
        self._renderer, self._ahead, self._taking = supply
        self._twinning = twinning
        self._catalog = catalog
        self._naming = naming
        self._configuration = configuration
        self._suffixes = feed_suffixes()
        self._most_pages = configuration.pages
        self._articles = catalog.archives.articles
        self._newest: dict[int, dict[EntryKey, Leading]] = {}
        self._updated: dict[int, datetime] = {}

    def in_turn(self, rows: Iterable[ChannelRow]) -> Iterator[ChannelRow]:
        """Give channels one by one, having rendered what the feeds of the next few carry.

        What several channels need is read by one query, which takes less time than many.
        """
        for some in self._ahead.each(self._batches(rows)):
            yield from some

    def _batches(
        self, rows: Iterable[ChannelRow]
    ) -> Iterator[tuple[list[ChannelRow], Iterable[EntryKey]]]:
        """Give a few channels at a time, with the entries that their feeds may carry."""
        at_once = max(_ENTRIES_AT_ONCE // (self._configuration.limit * self._most_pages), 1)
        for many in parts(rows, _CHANNELS_AT_ONCE):
            self._find_newest(many)
            for some in parts(many, at_once):
                for row in some:
                    self._take(row)
                yield some, dict.fromkeys(key for row in some for key in self._newest[row.key])

    def feed(
        self, row: ChannelRow, as_head: Callable[[Feed], Feed]
    ) -> tuple[list[Made], Iterator[Made]]:
        """Give a channel's feed in every format, page by page, and what people see of these.

        The first one is made a head. What people see is made when it is asked for.
        """
        channel = self._naming.channel(row)
        frame = as_head(self._naming.frame(channel, self._stems(row, self._most_pages)))
        pages = self._pages(row, channel, frame)
        stems = self._stems(row, len(pages))
        made: list[Made] = []
        twins: dict[str, TwinOf] = {}
        for number, (stem, page) in enumerate(zip(stems, pages, strict=True), start=1):
            feed = self._naming.feed(channel, page.moments, row.updated, stems, number)
            if number == 1 and page.keys and feed.updated != row.updated:
                self._updated[row.key] = feed.updated
            feed = as_head(feed) if number == 1 else feed
            made += self._renderer.resources(stem, feed, page.entries)
            twins[stem] = TwinOf(feed, page.keys, page.entries)
        return made, self._twinning.pages(row, channel, twins)

    def paths(self, row: ChannelRow) -> Iterator[str]:
        """Give the paths that a channel's feed may be at."""
        for stem in self._stems(row, self._most_pages):
            yield from self._renderer.paths(stem)

    def page_paths(self, row: ChannelRow) -> list[str]:
        """Give the paths that what people see of a channel's feed may be at."""
        return self._twinning.paths(self._stems(row, self._most_pages))

    def pages_of(self, row: ChannelRow, feeds: Sequence[Made]) -> list[str]:
        """Give where what people see is of a channel's feed, in all formats, page by page."""
        number = len(feeds) // len(self._renderer.suffixes)
        return self.page_paths(row)[:number]

    def note_updated(self) -> None:
        """Keep when the newest entries of the channels changed whose feeds were made."""
        self._catalog.channels.note_updated(self._updated)

    def _pages(self, row: ChannelRow, channel: Channel, frame: Feed) -> list[_Page]:
        """Divide a channel's newest entries among the pages of its feed; there is one always.

        A page begins after what the one before really carries, so that none is missing.
        """
        newest = self._newest.pop(row.key)
        keys = [*newest]
        pages: list[_Page] = []
        while len(pages) < self._most_pages and (keys or not pages):
            some = keys[: channel.limit]
            entries = self._renderer.entries(some, self._articles)
            count = self._renderer.count(frame, entries)
            moments = [newest[key].updated for key in some[:count]]
            pages.append(_Page(some[:count], moments, entries[:count]))
            keys = keys[count:]
        return pages

    def _take(self, row: ChannelRow) -> None:
        keys = {leading.id: key for key, leading in self._newest[row.key].items()}
        stems = self._stems(row, self._most_pages)
        documents = ([*self._renderer.paths(at), *self._twinning.paths([at])] for at in stems)
        self._taking.from_feed(documents, keys)

    def _find_newest(self, rows: Sequence[ChannelRow]) -> None:
        """Find the entries that feeds of channels may carry, and when each last changed."""
        self._newest |= {row.key: {} for row in rows}
        alike: dict[tuple[int, bool], list[int]] = {}
        for row in rows:
            channel = self._naming.channel(row)
            alike.setdefault((channel.limit, channel.in_stories), []).append(row.key)
        for (limit, in_stories), keys in alike.items():
            most = limit * self._most_pages
            self._newest |= self._catalog.newest.of(keys, most, in_stories=in_stories)

    def _stems(self, row: ChannelRow, pages: int) -> tuple[str, ...]:
        return page_stems(row.stem or "", pages, self._suffixes)
