"""What channels are called, and what their feeds say of themselves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from feeds.config.site import Site
from feeds.config.types import Configuration
from feeds.model import (
    Channel,
    ChannelRow,
    Directory,
    Feed,
    FeedFormat,
    Frequency,
    Outline,
    Person,
    Source,
    replace,
)
from feeds.selection.digests import BestNaming, digest_description, digest_title
from feeds.selection.stems import folder
from feeds.selection.taxonomy import Taxonomy
from feeds.text.slugs import fold

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed last changed that never had an entry."""

_RELATIONS = ("first", "previous", "next", "last")


class Naming:
    """The words of the configuration about channels, ready to be asked.

    `suffixes` are those of all formats, which whoever makes feeds knows.
    """

    def __init__(self, configuration: Configuration, suffixes: Sequence[str] = ()) -> None:
        self._configuration = configuration
        self._suffixes = suffixes
        self._site = configuration.site
        self._taxonomy = Taxonomy(configuration)
        self._has_topic_digests = any(topic.digest for topic in configuration.topics.values())

    @property
    def source(self) -> Source:
        """The publication as the source of what it says itself."""
        return Source(f"{self._site.root}/", self._site.title)

    def digest(self, row: ChannelRow) -> Frequency | None:
        """Tell how often there is a digest of a channel.

        What leads to another topic now has what that one has.
        """
        configuration = self._configuration
        if row.kind == "all":
            return configuration.digests.all
        if row.kind == "rule":
            return configuration.feeds[row.name].digest
        if row.kind == "provider" or not self._has_topic_digests:
            return None
        topic = self._taxonomy.topic(row.name)
        return topic.digest if topic else None

    def title(self, row: ChannelRow, majority: str | None) -> str:
        """Give a channel's title: the configured one, else what most of its members say."""
        configuration = self._configuration
        configured: str | None = None
        if row.kind == "all":
            configured = self._site.title
        elif row.kind == "rule" and row.name in configuration.feeds:
            configured = configuration.feeds[row.name].title
        elif row.kind == "topic":
            topic = self._taxonomy.topic(row.name)
            configured = topic.label if topic else None
        elif row.kind == "provider" and row.name in configuration.providers:
            configured = configuration.providers[row.name].name
        return configured or majority or row.title or row.name

    def channel(self, row: ChannelRow) -> Channel:
        """Make a channel of a row that has its stem and title."""
        title, limit = row.title or row.name, self._configuration.limit
        language = self._site.language
        if row.kind == "all":
            description = self._site.description or f"All articles of {title}"
        elif row.kind == "topic":
            description = f"Articles about {title}"
        elif row.kind == "provider":
            domain = "" if title == row.name else f" ({row.name})"
            description = f"Articles from {title}{domain}"
            settings = self._configuration.providers.get(row.name)
            language = (settings and settings.language) or language
        else:
            rule = self._configuration.feeds[row.name]
            description = rule.description or title
            limit = rule.limit or limit
        in_stories = self._taxonomy.in_stories(row.kind, row.name)
        stem = row.stem or ""
        return Channel(
            row.kind,
            row.name,
            title,
            description,
            stem,
            limit,
            language,
            in_stories,
            self.digest(row),
        )

    def feed(
        self,
        channel: Channel,
        moments: Iterable[datetime],
        last_known: datetime | None,
        stems: Sequence[str] = (),
        page: int = 1,
    ) -> Feed:
        """Make the feed of a channel, or one page of it; without entries it keeps its date.

        `moments` are when its entries last changed. `stems` are those of all its pages, where
        there are several. They are one feed, so they have one id (RFC 5005, section 3).
        """
        site = self._site
        updated = max(moments, default=last_known or NEVER)
        is_all = channel.kind == "all"
        addresses = [f"{site.root}/{stem}" for stem in stems or (channel.stem,)]
        return Feed(
            id=f"tag:{site.authority}:/{channel.stem}",
            title=site.title if is_all else f"{site.title}: {channel.title}",
            description=channel.description,
            url=self._page(addresses[page - 1]),
            stem_url=addresses[page - 1],
            updated=updated,
            author=_author(site),
            language=channel.language,
            rights=self._rights(channel),
            icon=site.icon,
            logo=site.logo,
            hubs=tuple(dict.fromkeys(site.hubs)),
            interval=interval(self._configuration),
            pages=tuple(_other_pages(addresses, page)),
        )

    def _page(self, address: str) -> str:
        """Give where the page of a feed is, from its address without suffix."""
        if self._configuration.html.pages and self._suffixes:
            return f"{folder(address, self._suffixes)}/"
        return f"{self._site.root}/"

    def frame(self, channel: Channel, stems: Sequence[str]) -> Feed:
        """Make a feed that takes no less room than any page of a channel's feed does."""
        last = self.feed(channel, (), None, stems, len(stems))
        if len(stems) == 1:
            return last
        return replace(last, pages=tuple((relation, last.stem_url) for relation in _RELATIONS))

    def is_listed(self, channel: Channel) -> bool:
        """Whether people find a channel among others.

        What leads to another topic now keeps its feeds for those who follow it, and is not listed.
        """
        return channel.kind != "topic" or self._taxonomy.key(channel.name) == channel.name

    def directory(
        self, channels: Iterable[Channel], formats: Iterable[FeedFormat], best_naming: BestNaming
    ) -> Directory:
        """List channels for people: all, then rules, topics and providers by title.

        A channel's digest comes after it.
        """
        suffixes = [(item.name, item.suffix) for item in formats]
        order = {"all": 0, "rule": 1, "topic": 2, "provider": 3}
        ordered = sorted(channels, key=lambda c: (order[c.kind], fold(c.title), c.stem))
        outlines = tuple(
            line for channel in ordered for line in self._outlines(channel, suffixes, best_naming)
        )
        site = self._site
        return Directory(site.title, site.description, f"{site.root}/", site.language, outlines)

    def _outlines(
        self, channel: Channel, suffixes: Sequence[tuple[str, str]], best_naming: BestNaming
    ) -> Iterator[Outline]:
        """Give the lines of a channel: its feed, and its digest where it has one."""
        titles = channel.title, channel.description
        yield self._outline(channel, *titles, channel.stem, channel.stem, suffixes)
        if frequency := channel.digest:
            stem = best_naming.digest_stem(channel.stem, frequency)
            title = digest_title(channel.title, frequency)
            description = digest_description(channel.title, frequency)
            page = stem if best_naming.have_pages else channel.stem
            yield self._outline(channel, title, description, stem, page, suffixes)

    def _outline(
        self,
        channel: Channel,
        title: str,
        description: str,
        stem: str,
        page: str,
        suffixes: Iterable[tuple[str, str]],
    ) -> Outline:
        addresses = tuple((name, f"{self._site.root}/{stem}{end}") for name, end in suffixes)
        address = self._page(f"{self._site.root}/{page}")
        return Outline(channel.kind, title, description, addresses, address)

    def _rights(self, channel: Channel) -> str:
        """Give the rights in a feed: a provider's, where they are known, in its own."""
        settings = self._configuration.providers.get(channel.name)
        is_provider = channel.kind == "provider"
        return (settings.rights if settings and is_provider else "") or self._site.rights


def interval(configuration: Configuration) -> int:
    """Give the seconds in which feeds may change once: they are read, and cached, as long."""
    max_age = configuration.freshness.feeds.seconds(configuration.server.max_age)
    return max(configuration.reload.every, max_age)


def provider_names(rows: Iterable[ChannelRow]) -> Mapping[str, str]:
    """Map the domains of providers to their names."""
    return {row.name: row.title or row.name for row in rows if row.kind == "provider"}


def topic_labels(rows: Iterable[ChannelRow]) -> Mapping[str, str]:
    """Map the keys of topics to their labels."""
    return {row.name: row.title or row.name for row in rows if row.kind == "topic"}


def _other_pages(addresses: Sequence[str], page: int) -> Iterator[tuple[str, str]]:
    """Relate a page to others of its feed, by address (RFC 5005, section 3)."""
    if len(addresses) == 1:
        return
    yield "first", addresses[0]
    if page > 1:
        yield "previous", addresses[page - 2]
    if page < len(addresses):
        yield "next", addresses[page]
    yield "last", addresses[-1]


def _author(site: Site) -> Person:
    if site.author is None:
        return Person(site.title, url=f"{site.root}/")
    return Person(site.author.name, site.author.email, site.author.url)
