"""What feeds of queries, and their pages, say of themselves."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from feeds.config.types import Configuration
from feeds.model import Channel, Feed, FeedFormat, Found, Query, Twin, replace
from feeds.selection.naming import Naming
from feeds.selection.queries import address_of
from feeds.selection.twins import TwinNaming

_PATH = "/+,"


class QueryNaming:
    """Names queries by the words of the configuration, for these formats."""

    def __init__(
        self, configuration: Configuration, formats: Sequence[FeedFormat], suffixes: Sequence[str]
    ) -> None:
        self._naming = Naming(configuration, suffixes)
        self._site = configuration.site
        self._html = configuration.html
        self._language = configuration.site.language
        self.limit = configuration.limit
        self._twins = TwinNaming(configuration.html, self._naming.source, formats, suffixes)

    def feed(self, query: Query, found: Found) -> Feed:
        """Make the feed of a query, of which no hub tells."""
        channel = self._channel(query, found)
        asked = _asked(query)
        feed = self._naming.feed(channel, [entry.updated for entry in found.entries], None)
        return replace(
            feed,
            id=f"tag:{self._site.authority}:/{quote(channel.stem, safe=_PATH)}{asked}",
            url=self._page(channel.stem, asked),
            query=asked,
            hubs=(),
        )

    def twin(self, query: Query, found: Found, feed: Feed) -> Twin:
        """Make the page of the feed of a query."""
        channel = self._channel(query, found)
        named = found.titles.items()
        related = tuple((title, self._twins.address(stem)) for stem, title in named)
        return replace(self._twins.twin(channel, feed, 1, ()), related=related)

    def _page(self, stem: str, asked: str) -> str:
        root = self._site.root
        return f"{root}/{stem}/{asked}" if self._html.pages else f"{root}/"

    def _channel(self, query: Query, found: Found) -> Channel:
        title = " ".join(_told(query, found.titles))
        stem, _ = address_of(query)
        return Channel("rule", "", title, f"Articles: {title}", stem, self.limit, self._language)


def _asked(query: Query) -> str:
    """Give the query string of the address, with its question mark."""
    _, asked = address_of(query)
    return f"?{asked}" if asked else ""


def _told(query: Query, titles: Mapping[str, str]) -> Iterator[str]:
    """Say in words what is asked for."""
    if query.terms:
        yield query.words
    topics = [titles.get(f"topics/{topic}", topic) for topic in query.topics]
    if topics:
        joined = (" and " if query.has_every else " or ").join(topics)
        yield f"in {joined}" if query.terms else joined
    if query.provider:
        yield f"from {titles.get(f'providers/{query.provider}', query.provider)}"
    if query.min_quality is not None:
        yield f"of quality {query.min_quality} or more"
