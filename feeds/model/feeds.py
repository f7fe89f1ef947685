"""A channel of articles, and the feed with its entries that it becomes, in no format yet."""

from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct

from feeds.model.articles import Enclosure, Image, Person

ChannelKind = Literal["all", "topic", "provider", "rule"]
Frequency = Literal["daily", "weekly"]


ChannelName: TypeAlias = tuple[ChannelKind, str]
"""What identifies a channel: its kind, and its name among those of its kind."""


class Membership(NamedTuple):
    """A channel that an article belongs to, and what the article calls it.

    `by_addition` says that the channel is ordered by when articles entered it, `in_stories`
    that a story is one entry there.
    """

    kind: ChannelKind
    name: str
    label: str
    by_addition: bool = False
    in_stories: bool = False


class Standing(NamedTuple):
    """How an article stands in a channel that it belongs to, with dates in seconds since 1970.

    `dated` is its own date, `published` that of its entry there, and `position` where it
    stands in the order of the channel: None where another stands for its story.
    """

    membership: Membership
    dated: int
    published: int
    position: int | None


class ChannelRow(Struct, frozen=True):
    """A channel as the catalog keeps it.

    `name` identifies it among its kind: a topic's key, a provider's domain, a rule's name.
    `stem` is the path of its feeds without suffix (`topics/machine-learning`), `title` what
    people call it; both are None until they are given. `updated` is when its newest entry
    last changed.
    """

    key: int
    kind: ChannelKind
    name: str
    stem: str | None
    title: str | None
    updated: datetime | None


class Channel(Struct, frozen=True):
    """A named selection of articles, ready to become a feed of up to `limit` entries.

    With `in_stories` a story is one entry. `digest` says how often there is a digest of it,
    where there is one.
    """

    kind: ChannelKind
    name: str
    title: str
    description: str
    stem: str
    limit: int
    language: str | None = None
    in_stories: bool = False
    digest: Frequency | None = None


class Category(Struct, frozen=True):
    """A topic of an entry: its label, and the scheme that the label belongs to (an IRI).

    `page` is where people find the topic, as an absolute path of this site's; empty where nowhere.
    """

    label: str
    scheme: str
    page: str = ""


class Link(Struct, frozen=True):
    """A reference from a feed or an entry (RFC 4287, section 4.2.7)."""

    relation: str
    url: str
    title: str = ""
    media_type: str = ""
    language: str | None = None


class Source(Struct, frozen=True):
    """A publication, such as the one that an entry was taken from: a provider."""

    url: str
    """Its home page."""

    title: str
    """Its name."""


class Entry(Struct, frozen=True):
    """What a feed says of one article, in no format yet.

    `summary` is plain text, `content` is HTML whose URLs are all absolute. `player` is a page
    that plays the entry's video, of which the first image is then a still. `sources` are the
    heading, and the list in HTML, of others on its story, which stand in the content, too. One
    that `is_list` says in its content which articles it is about, and has none of its own.
    """

    id: str
    title: str
    url: str
    published: datetime
    updated: datetime
    summary: str
    content: str
    authors: tuple[Person, ...]
    source: Source
    categories: tuple[Category, ...] = ()
    images: tuple[Image, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    player: str | None = None
    links: tuple[Link, ...] = ()
    rights: str = ""
    language: str | None = None
    sources: tuple[str, str] | None = None
    is_list: bool = False


class Tombstone(Struct, frozen=True):
    """An entry that was taken out of a feed, and when (RFC 6721, section 3)."""

    id: str
    deleted: datetime


class Feed(Struct, frozen=True):
    """What a feed document says about itself; its entries are rendered apart.

    `url` is where its HTML page is, `stem_url` its own address without the suffix of a
    format, after which comes a `query` where it is of what was asked for. `updated` is that of
    its newest entry. `hubs` are the WebSub hubs that tell of its changes, `interval` the seconds
    in which it may change once. `icon` is a small square picture, `logo` a larger one twice as
    wide as it is high. `pages` maps the relations of other pages of a feed in several (RFC 5005,
    section 3) to their addresses without suffix. `links` lead to documents of its archive;
    `is_archive` says that it is one of these itself (RFC 5005, section 4). `tombstones` are
    entries that were taken out of it; one that `has_ended` will have no more entries.
    """

    id: str
    title: str
    description: str
    url: str
    stem_url: str
    updated: datetime
    author: Person
    language: str | None = None
    rights: str = ""
    icon: str | None = None
    logo: str | None = None
    hubs: tuple[str, ...] = ()
    interval: int | None = None
    pages: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = ()
    is_archive: bool = False
    tombstones: tuple[Tombstone, ...] = ()
    has_ended: bool = False
    query: str = ""

    def address(self, suffix: str) -> str:
        """Give its own address in the format that has this suffix."""
        return f"{self.stem_url}{suffix}{self.query}"


class DigestItem(Struct, frozen=True):
    """What a digest says of an article: what was true of it when the digest was published.

    `id` is its own, `path` that of its document, `provider` a name, and `sources` the number of
    others on its story.
    """

    id: str
    path: str
    title: str
    url: str
    provider: str
    published: datetime
    excerpt: str = ""
    sources: int = 0


class Digest(Struct, frozen=True):
    """The best articles of a day or a week, in order; `published` is when that ended."""

    id: str
    title: str
    published: datetime
    items: tuple[DigestItem, ...]


class Outline(Struct, frozen=True):
    """A feed as a line of a directory: what it is called and where its formats are.

    `addresses` has one absolute URL for each format's name, the preferred one first. `page` is
    the absolute URL of what people see of it.
    """

    kind: ChannelKind
    title: str
    description: str
    addresses: tuple[tuple[str, str], ...]
    page: str


class Directory(Struct, frozen=True):
    """All feeds of a publication, in the order in which people should see them."""

    title: str
    description: str
    url: str
    language: str | None
    outlines: tuple[Outline, ...]
