"""The pages of feeds, each beside its feed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from feeds.catalog import Catalog
from feeds.model import Activity, Channel, ChannelRow, EntryKey, Feed, Headline, Overview, replace
from feeds.pages import PAGE_FILE
from feeds.refresh.months import Months
from feeds.refresh.rendered import Written
from feeds.refresh.rendering import Made, Renderer
from feeds.selection.digests import BestNaming
from feeds.selection.twins import WEEKS, TwinNaming, related_topics

_HEADLINES = 3
# Digests are long: more of them than so many bytes are in the feed alone.
_MOST_BYTES = 40_000


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
        best_naming: BestNaming,
        renderer: Renderer,
        months: Months,
        rows: Iterable[ChannelRow],
    ) -> None:
        self._catalog = catalog
        self._activities = catalog.activities
        self._naming = naming
        self._best_naming = best_naming
        self._renderer = renderer
        self._months = months
        self._topics = {row.key: row for row in rows if row.kind == "topic"}
        self._seen: dict[int, tuple[Activity | None, Sequence[EntryKey]]] = {}

    def paths(self, stems: Iterable[str]) -> list[str]:
        """Give where the pages of feeds are, from their stems."""
        if not self._renderer.has_pages:
            return []
        return [f"{self._naming.address(stem)}{PAGE_FILE}" for stem in stems]

    def pages(
        self, row: ChannelRow, channel: Channel, feeds: Mapping[str, TwinOf]
    ) -> Iterator[Made]:
        """Give the page of each of a channel's feeds, by their stems."""
        if not self._renderer.has_pages:
            return
        activity = self._activities.of(row.key, WEEKS)
        self._seen[row.key] = activity, next(iter(feeds.values())).keys[:_HEADLINES]
        of = zip(self.paths(feeds), feeds.values(), strict=True)
        for number, (path, (feed, keys, entries)) in enumerate(of, start=1):
            twin = self._naming.twin(channel, feed, number, self._related(row, keys))
            if number == 1:
                besides = self._naming.besides(self._best_naming.besides(channel))
                if feed.links and (folder := self._months.folder(row)):
                    besides = *besides, ("Archive by month", folder)
                twin = replace(twin, activity=activity, besides=besides)
            yield self._renderer.page(path, feed, twin, entries)

    def beside(
        self, row: ChannelRow, stem: str, title: str, feed: Feed, entries: Sequence[Written]
    ) -> Iterator[Made]:
        """Give the page of a feed that a channel has besides its own, where feeds have pages."""
        if self._renderer.has_pages:
            [path] = self.paths([stem])
            twin = self._naming.beside(title, feed, row)
            yield self._renderer.page(path, feed, twin, entries[: _count(entries)])

    def note_overviews(self) -> None:
        """Keep what people see, among others, of the channels whose pages were made."""
        wanted = dict.fromkeys(key for _, keys in self._seen.values() for key in keys)
        articles = self._catalog.archives.articles(wanted)
        told = {stored.entry_key: stored.article for stored in articles}
        headlines = {key: Headline(article.title, article.url) for key, article in told.items()}
        self._catalog.overviews.keep(
            {
                channel: Overview(activity, tuple(headlines[key] for key in keys))
                for channel, (activity, keys) in self._seen.items()
            }
        )
        self._seen.clear()

    def _related(self, row: ChannelRow, keys: Iterable[EntryKey]) -> list[ChannelRow]:
        beside = self._activities.beside(article for article, _ in keys)
        return related_topics(beside, self._topics, row.key)


def _count(entries: Iterable[Written]) -> int:
    """Count how many entries, from the first on, there is room for on a page; one at least."""
    sizes = accumulate(len(entry[-1]) for entry in entries)
    return max(sum(size <= _MOST_BYTES for size in sizes), 1)
