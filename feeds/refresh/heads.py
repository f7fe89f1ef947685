"""The feeds of channels: their newest entries, page by page, in every format."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from feeds.catalog import Catalog
from feeds.config.types import Configuration
from feeds.model import Channel, ChannelRow, Feed, Resource
from feeds.refresh.rendered import Bodies
from feeds.refresh.rendering import Renderer
from feeds.selection.naming import Naming
from feeds.selection.stems import page_stems


@dataclass(frozen=True, slots=True)
class Heads:
    """Makes the feeds of channels, of which readers ask for the first page again and again."""

    configuration: Configuration
    catalog: Catalog
    naming: Naming
    renderer: Renderer

    def feed(self, row: ChannelRow, as_head: Callable[[Feed], Feed]) -> Iterator[Resource]:
        """Give a channel's feed in every format, page by page; the first one is made a head."""
        channel = self.naming.channel(row)
        frame = as_head(self.naming.frame(channel, self._stems(row, self.configuration.pages)))
        pages = self._pages(row, channel, frame)
        stems = self._stems(row, len(pages))
        for number, (stem, page) in enumerate(zip(stems, pages, strict=True), start=1):
            feed = self.naming.feed(channel, page.updates, row.updated, stems, number)
            if number == 1 and page.updates and feed.updated != row.updated:
                self.catalog.channels.note_updated(row.key, feed.updated)
            feed = as_head(feed) if number == 1 else feed
            yield from self.renderer.resources(stem, feed, page.entries)

    def paths(self, row: ChannelRow) -> Iterator[str]:
        """Give the paths that a channel's feed may be at."""
        for stem in self._stems(row, self.configuration.pages):
            yield from self.renderer.paths(stem)

    def _pages(self, row: ChannelRow, channel: Channel, frame: Feed) -> list["_Page"]:
        """Divide a channel's newest entries among the pages of its feed; there is one always.

        A page begins after what the one before really carries, so that none is missing.
        """
        pages: list[_Page] = []
        offset = 0
        while len(pages) < self.configuration.pages:
            newest = self.catalog.memberships.newest(
                row.key, channel.limit, offset, in_stories=channel.in_stories
            )
            if pages and not newest:
                break
            entries = self.renderer.entries(tuple(newest), self.catalog.archives.articles)
            count = self.renderer.fitting(frame, entries)
            pages.append(_Page(entries[:count], list(newest.values())[:count]))
            offset += count
        return pages

    def _stems(self, row: ChannelRow, pages: int) -> tuple[str, ...]:
        return page_stems(row.stem or "", pages, self.renderer.suffixes)


class _Page(NamedTuple):
    """The entries of a page, in every format, and when each last changed."""

    entries: list[Bodies]
    updates: list[datetime]
