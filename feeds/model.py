"""Every type that passes from one floor to another, named by stage.

A source file becomes a document, a document an article or findings; articles in the
catalog form channels, a channel becomes a feed of entries, a feed becomes one resource
for each format. All of them are immutable values. Instants are aware datetimes in UTC,
in whole seconds.
"""

from collections.abc import Callable, Iterable, Mapping as AbstractMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

# --- Front matter as written ---------------------------------------------------------


class Scalar(NamedTuple):
    """A scalar's text as written, with its place in the file (both counted from 1)."""

    text: str
    line: int
    column: int
    plain: bool

    @property
    def is_null(self) -> bool:
        """Whether the scalar stands for nothing: empty, `~` or `null`, without quotes."""
        return self.plain and self.text in {"", "~", "null", "Null", "NULL"}


class Sequence(NamedTuple):
    """A list of nodes, with the place where it begins."""

    items: tuple["Node", ...]
    line: int
    column: int


class Mapping(NamedTuple):
    """A mapping from key to node, with the place where it begins."""

    items: AbstractMapping[str, "Node"]
    line: int
    column: int


Node = Scalar | Sequence | Mapping


# --- From file to article ------------------------------------------------------------


class FileStamp(NamedTuple):
    """What a directory scan tells about a file without reading it."""

    path: str
    size: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file's bytes under its key: its path below the corpus, with `/` between parts."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """Front matter that is understood but not yet typed, and the body below it.

    `body_line` is the line of the file, counted from 1, on which the body begins.
    """

    path: str
    fields: Mapping
    body: str
    body_line: int


Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something wrong with a document or with the configuration, and where.

    An `error` costs the document, a `warning` a field of it. `line` and `column` count
    from 1 in the file; 0 means that the place is not known or is the file as a whole.
    `key` is a path such as `related[2].webUrl`, empty where none applies.
    """

    path: str
    line: int
    column: int
    code: str
    key: str
    message: str
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class Provider:
    """Who published an article: a domain, and the name that this document gives it."""

    domain: str
    name: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture; width and height in pixels, None where unknown."""

    url: str
    width: int | None = None
    height: int | None = None
    alternative: str = ""


@dataclass(frozen=True, slots=True)
class RelatedItem:
    """Coverage elsewhere that an article's author listed."""

    url: str
    title: str
    published: datetime | None = None
    provider: Provider | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One document as all dialects give it: typed, cleaned, its URLs checked.

    `summary` and `title` are plain text, `content` is safe HTML (empty where the document
    has no body). `topics` are the labels as the document writes them. `listed` says that
    the document may be published once it is due; `quality` and `heat` order and select
    articles and are never emitted.
    """

    path: str
    title: str
    url: str
    published: datetime
    provider: Provider
    explicit_id: str | None = None
    modified: datetime | None = None
    original_url: str | None = None
    summary: str = ""
    content: str = ""
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    related: tuple[RelatedItem, ...] = ()
    category: str | None = None
    kind: str = "article"
    language: str | None = None
    quality: int | None = None
    heat: int | None = None
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one file gave: an article unless one of the findings is an error.

    `digest` is that of the file's bytes; where it is the one already known, `unchanged` is
    true and nothing else was looked at.
    """

    path: str
    article: Article | None
    findings: tuple[Finding, ...] = ()
    digest: str = ""
    unchanged: bool = False


# --- From article to channel -----------------------------------------------------------

ChannelKind = Literal["all", "topic", "provider", "rule"]


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article with what the catalog adds: its key, its id, and when it last changed.

    `emitted` is a digest of what feeds say of it.
    """

    key: int
    id: str
    updated: datetime
    emitted: str
    article: Article


class Membership(NamedTuple):
    """A channel that an article belongs to, and what the article calls it."""

    kind: ChannelKind
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class ChannelRow:
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


# --- From channel to feed ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Channel:
    """A named selection of articles, ready to become a feed of up to `limit` entries."""

    kind: ChannelKind
    name: str
    title: str
    description: str
    stem: str
    limit: int
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """A topic of an entry: its label, and the scheme that the label belongs to (an IRI)."""

    label: str
    scheme: str


@dataclass(frozen=True, slots=True)
class Link:
    """A reference from an entry (RFC 4287, section 4.2.7)."""

    relation: str
    url: str
    title: str = ""
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """The publication that an entry was taken from: a provider, its home page and name."""

    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What a feed says of one article, in no format yet.

    `summary` is plain text, `content` is HTML whose URLs are all absolute.
    """

    id: str
    title: str
    url: str
    published: datetime
    updated: datetime
    summary: str
    content: str
    authors: tuple[str, ...]
    source: Source
    categories: tuple[Category, ...] = ()
    images: tuple[Image, ...] = ()
    links: tuple[Link, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A name, with an e-mail address and a home page where they are known."""

    name: str
    email: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed document says about itself; its entries are rendered apart.

    `url` is where its HTML page is, `stem_url` its own address without the suffix of a
    format. `updated` is that of its newest entry.
    """

    id: str
    title: str
    description: str
    url: str
    stem_url: str
    updated: datetime
    author: Person
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed as a line of a directory: what it is called and where its formats are.

    `addresses` has one absolute URL for each format's name, the preferred one first.
    """

    kind: ChannelKind
    title: str
    description: str
    addresses: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """All feeds of a publication, in the order in which people should see them."""

    title: str
    description: str
    url: str
    language: str | None
    outlines: tuple[Outline, ...]


# --- Rooms of `formats` --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FeedFormat:
    """A way to write feeds down, in two steps so that an entry is rendered only once.

    `entry` gives the bytes of one entry, `feed` a whole document from a feed and the
    bytes of its entries in order.
    """

    name: str
    title: str
    suffix: str
    media_type: str
    entry: Callable[[Entry], bytes]
    feed: Callable[[Feed, Iterable[bytes]], bytes]


@dataclass(frozen=True, slots=True)
class DirectoryFormat:
    """A way to write down the directory of all feeds, published under one path."""

    name: str
    path: str
    media_type: str
    directory: Callable[[Directory], bytes]


# --- From resource to reply ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Resource:
    """Bytes to be published under a path relative to the publication's root."""

    path: str
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Published:
    """What the manifest says of a resource: where it is, what its bytes are, since when.

    `sha256` is in hexadecimal, `size` in bytes, `etag` a strong entity tag with its
    quotes (RFC 9110, section 8.8.3), `last_modified` when these bytes first appeared.
    """

    path: str
    media_type: str
    sha256: str
    size: int
    etag: str
    last_modified: datetime
