"""An article as all dialects give it, and as the catalog keeps it."""

from datetime import datetime
from typing import NamedTuple, TypeAlias

from msgspec import Struct

from feeds.model.documents import FileStamp, Finding

EntryKey: TypeAlias = tuple[int, str | None]
"""The key of an article, and the id of the story for which its entry stands, if it does."""

# What records of articles hold as it is here, without what is empty, says `omit_defaults`.


class Provider(Struct, frozen=True):
    """Who published an article: a domain, and the name that this document gives it."""

    domain: str
    name: str


class Person(Struct, frozen=True, omit_defaults=True):
    """A name, with an e-mail address and a home page where they are known."""

    name: str
    email: str | None = None
    url: str | None = None


class Image(Struct, frozen=True, omit_defaults=True):
    """A picture; width and height in pixels, None where unknown."""

    url: str
    width: int | None = None
    height: int | None = None
    alternative: str = ""


class Enclosure(Struct, frozen=True, omit_defaults=True):
    """A file that belongs to an article, such as an episode; its length is in bytes.

    `duration` is in seconds. What is not known is None, or empty.
    """

    url: str
    media_type: str
    length: int | None = None
    duration: int | None = None
    title: str = ""


class RelatedItem(Struct, frozen=True):
    """Coverage of the same thing elsewhere; `language` is a BCP 47 tag where it is known."""

    url: str
    title: str
    published: datetime | None = None
    provider: Provider | None = None
    language: str | None = None


class Reference(Struct, frozen=True):
    """Coverage as an entry shows it.

    `path` is that of its document where it is one of the corpus, and `is_published` says that
    the document is an article of ours.
    """

    item: RelatedItem
    path: str | None = None
    is_published: bool = False


class Article(Struct, frozen=True):
    """One document as all dialects give it: typed, cleaned, its URLs checked.

    `summary` and `title` are plain text, `content` is safe HTML (empty where the document
    has no body). `topics` are the labels as the document writes them, `related` is what its
    author listed, `player` a page that plays the video which the article is about. `listed`
    says that the document may be published once it is due, `withdrawn` that it may not even
    be referred to; `quality` and `heat` order and select articles and are never emitted.
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
    authors: tuple[Person, ...] = ()
    topics: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    player: str | None = None
    related: tuple[RelatedItem, ...] = ()
    rights: str = ""
    category: str | None = None
    kind: str = "article"
    language: str | None = None
    quality: int | None = None
    heat: int | None = None
    listed: bool = True
    withdrawn: bool = False

    @property
    def links(self) -> tuple[str, ...]:
        """The addresses that its author listed as related."""
        return tuple(item.url for item in self.related)


class Reading(Struct, frozen=True):
    """What reading one file gave: an article unless one of the findings is an error.

    `digest` is that of the file's bytes; where it is the one already known, `unchanged` is
    true and nothing else was looked at. `stamp` is what the file had become when it was read.
    Where there is no article, `stays` says that what was published of the document may stay:
    nothing that could be read holds it back. One without a digest that does not stay is gone. One
    that `is_lost` came to no end.
    """

    path: str
    article: Article | None
    findings: tuple[Finding, ...] = ()
    digest: str = ""
    unchanged: bool = False
    stays: bool = False
    stamp: FileStamp | None = None
    is_lost: bool = False


class Story(Struct, frozen=True):
    """The story that an article stands for in some channels, published under one id.

    `published` and `latest` are the dates of the first and the last article on it, `sources`
    the other articles, the newest first.
    """

    id: str
    published: datetime
    latest: datetime
    sources: tuple[Reference, ...] = ()


class StoredArticle(Struct, frozen=True):
    """An article with what the catalog adds: its key, its id, and when it last changed.

    `emitted` is a digest of what feeds say of it, `coverage` what else covers the same, `story`
    that for which it stands, if it does.
    """

    key: int
    id: str
    updated: datetime
    emitted: str
    article: Article
    coverage: tuple[Reference, ...] = ()
    story: Story | None = None

    @property
    def entry_id(self) -> str:
        """The id of its entry."""
        return self.story.id if self.story else self.id

    @property
    def entry_published(self) -> datetime:
        """When what its entry tells was first published."""
        return self.story.published if self.story else self.article.published

    @property
    def entry_updated(self) -> datetime:
        """When its entry last said something new."""
        latest = self.story.latest if self.story else self.article.published
        return max(self.updated, latest)

    @property
    def entry_key(self) -> EntryKey:
        """What tells its entry from all others."""
        return self.key, self.story.id if self.story else None


class Candidate(NamedTuple):
    """What decides whether an entry is one of the best of a time.

    `key` is that of its article, `story` the id of the story for which this stands, if it does,
    and `id` that of the entry; `published` is in seconds since 1970.
    """

    key: int
    story: str | None
    id: str
    published: int
    quality: int | None
    heat: int | None

    @property
    def entry_key(self) -> EntryKey:
        """What tells its entry from all others."""
        return self.key, self.story
