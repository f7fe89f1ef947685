"""What the pages of feeds say besides the feeds, and where they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from feeds.config.html import Html
from feeds.model import (
    Address,
    Channel,
    ChannelRow,
    Feed,
    FeedFormat,
    Source,
    Twin,
    replace,
)
from feeds.selection.stems import folder

WEEKS = 26
"""Of so many weeks it is shown how many entries each had."""

_MOST_RELATED = 8


@dataclass(frozen=True, slots=True)
class TwinNaming:
    """Says where pages are, and what they say; `formats` are those of feeds, `suffixes` all."""

    html: Html
    site: Source
    formats: Sequence[FeedFormat]
    suffixes: Sequence[str]

    def address(self, stem: str) -> str:
        """Give where the page of a feed is, from its stem or its address without suffix."""
        return f"{folder(stem, self.suffixes)}/"

    def topic_pages(self, rows: Iterable[ChannelRow]) -> dict[str, str]:
        """Map the keys of topics to the absolute paths of their pages, right from any page."""
        path = urlsplit(self.site.url).path
        topics = (row for row in rows if row.kind == "topic")
        return {row.name: path + self.address(row.stem or "") for row in topics}

    def twin(
        self,
        channel: Channel,
        feed: Feed,
        number: int,
        related: Iterable[ChannelRow],
    ) -> Twin:
        """Make the page of a feed, or of one of its pages by its number."""
        return replace(
            self._twin(channel.title, feed, related),
            number=number,
            pages=tuple((relation, self.address(at)) for relation, at in feed.pages),
        )

    def besides(self, stems: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Give where the pages are of what else there is of a channel, under its titles."""
        return tuple((title, self.address(stem)) for title, stem in stems)

    def beside(self, title: str, feed: Feed, row: ChannelRow) -> Twin:
        """Make the page of a feed that a channel has besides its own, under a title."""
        return self._twin(title, feed, [row])

    def _twin(self, title: str, feed: Feed, related: Iterable[ChannelRow]) -> Twin:
        addresses = addresses_of(self.formats, feed.stem_url, feed.query)
        own = quote(addresses[0].url, safe="")
        readers = self.html.readers.items()
        return Twin(
            title=title,
            site=self.site,
            url=feed.url,
            addresses=addresses,
            readers=tuple((name, at.replace("{url}", own)) for name, at in readers),
            related=tuple((row.title or row.name, self.address(row.stem or "")) for row in related),
        )


def addresses_of(
    formats: Iterable[FeedFormat], stem_url: str, query: str = ""
) -> tuple[Address, ...]:
    """Give where a feed is in each format, from its address without suffix and its query."""
    return tuple(
        Address(form.title, form.media_type.partition(";")[0], f"{stem_url}{form.suffix}{query}")
        for form in formats
    )


def related_topics(
    beside: Mapping[int, int], topics: Mapping[int, ChannelRow], own: int
) -> list[ChannelRow]:
    """Give those of some topics that the entries of a channel have most often besides its own.

    `beside` says how many of its entries are in each channel, by key.
    """
    found = [topics[key] for key in beside if key != own and key in topics]
    found.sort(key=lambda row: (-beside[row.key], row.title or row.name, row.stem or ""))
    return found[:_MOST_RELATED]
