"""The pages of feeds, each beside its feed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from feeds.catalog import Catalog
from feeds.model import Channel, ChannelRow, EntryKey, Feed
from feeds.refresh.rendered import Written
from feeds.refresh.rendering import Made, Renderer
from feeds.selection.twins import WEEKS, TwinNaming, related_topics

_FILE = "index.html"


class TwinOf(NamedTuple):
    """A feed that has a page: itself, the keys of its entries, and these in every form."""

    feed: Feed
    keys: Sequence[EntryKey]
    entries: Sequence[Written]


class Twinning:
    """Makes the pages of feeds, where there are any; `rows` are the channels that have feeds."""

    def __init__(
        self,
        catalog: Catalog,
        naming: TwinNaming,
        renderer: Renderer,
        rows: Iterable[ChannelRow],
    ) -> None:
        self._activities = catalog.activities
        self._naming = naming
        self._renderer = renderer
        self._topics = {row.key: row for row in rows if row.kind == "topic"}

    def paths(self, stems: Iterable[str]) -> list[str]:
        """Give where the pages of feeds are, from their stems."""
        if not self._renderer.has_pages:
            return []
        return [f"{self._naming.address(stem)}{_FILE}" for stem in stems]

    def pages(
        self, row: ChannelRow, channel: Channel, feeds: Mapping[str, TwinOf]
    ) -> Iterator[Made]:
        """Give the page of each of a channel's feeds, by their stems."""
        if not self._renderer.has_pages:
            return
        activity = self._activities.of(row.key, WEEKS)
        of = zip(self.paths(feeds), feeds.values(), strict=True)
        for number, (path, (feed, keys, entries)) in enumerate(of, start=1):
            related = self._related(row, keys)
            # What is only shown on the first page.
            lately = activity if number == 1 else None
            twin = self._naming.twin(channel, feed, number, related, lately)
            yield self._renderer.page(path, feed, twin, entries)

    def _related(self, row: ChannelRow, keys: Iterable[EntryKey]) -> list[ChannelRow]:
        beside = self._activities.beside(article for article, _ in keys)
        return related_topics(beside, self._topics, row.key)
