"""What of an article decides where it belongs and what it is compared with, read at less cost."""

from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from feeds.model.articles import Provider


class Mention(Struct, frozen=True):
    """What an author listed as related, by its address alone."""

    url: str


class Gist(Struct, frozen=True):
    """What of an article decides over its channels and over what covers the same.

    Its fields are those of an `Article`; where it was read without what the article says, all
    texts are empty.
    """

    published: datetime
    provider: Provider
    path: str = ""
    title: str = ""
    url: str = ""
    original_url: str | None = None
    summary: str = ""
    content: str = ""
    topics: tuple[str, ...] = ()
    related: tuple[Mention, ...] = ()
    category: str | None = None
    kind: str = "article"
    language: str | None = None
    quality: int | None = None
    heat: int | None = None

    @property
    def links(self) -> tuple[str, ...]:
        """The addresses that its author listed as related."""
        return tuple([item.url for item in self.related])


class StoredGist(NamedTuple):
    """The gist of an article with its key, its id, and whether it is shown."""

    key: int
    id: str
    is_shown: bool
    article: Gist


class PackedReference(NamedTuple):
    """A reference as it is kept; `published` is in seconds since 1970, `domain` a provider's."""

    path: str | None
    is_published: bool
    url: str
    title: str
    published: int | None
    domain: str | None
    name: str | None
    language: str | None


class Subject(NamedTuple):
    """An article for which coverage is looked for: its key, path, address, and its own list."""

    key: int
    path: str
    url: str
    related: tuple[PackedReference, ...]


class PackedProfile(NamedTuple):
    """What of a document is compared, as it is kept: sets are words with spaces between them.

    `published` is in seconds since 1970, `quality` from 0 to 100, `provider` a domain. `topics`
    are keys with ends of lines between them, `times` how often each of the `words` counts;
    `title` has the words of the title, `addresses` are those at which the document is, `links`
    those that it lists as related. `article` is the key of the article, null where it is none
    that is shown. The last fields are what a reference to it says, and empty where nobody asks.
    """

    path: str
    article: int | None
    published: int
    quality: int
    provider: str
    topics: str
    words: str
    times: str
    title: str
    addresses: str
    links: str
    url: str = ""
    headline: str = ""
    name: str = ""
    language: str | None = None
