"""Articles as they are kept, and back: what a record looks like.

A record is an object of JSON that begins with all that feeds say of an article, so that the
digest of that is of a part of it. What is empty is left out: records are shorter, and a digest
stays as it is once articles have one more field.
"""

import hashlib
from datetime import datetime
from typing import TypeVar

from msgspec import MsgspecError, Struct
from msgspec.json import Decoder, Encoder

from feeds.model import (
    Article,
    Enclosure,
    Entry,
    Gist,
    Image,
    PackedReference,
    Person,
    Provider,
    RelatedItem,
    Subject,
)

Kind = TypeVar("Kind")


class Unreadable(Exception):
    """What was kept of an article or a finding is not what was written."""


class _Related(Struct, omit_defaults=True):
    """Coverage that an author listed; `published` is in seconds since 1970."""

    url: str
    title: str
    published: int | None = None
    provider: Provider | None = None
    language: str | None = None


class _Said(Struct, omit_defaults=True):
    """What feeds say of an article: all by which it may look like another one there.

    The order and the names are part of the digests that catalogs keep.
    """

    title: str
    url: str
    published: int
    provider: Provider
    original_url: str | None = None
    summary: str = ""
    content: str = ""
    authors: tuple[Person, ...] = ()
    topics: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    player: str | None = None
    related: tuple[_Related, ...] = ()
    rights: str = ""
    language: str | None = None


class _Unsaid(Struct, omit_defaults=True):
    """The rest. A `modified` that moves alone says nothing new."""

    path: str
    # Always written: what is left out is told by being the same object as the default, which
    # holds for nothing but emptiness, None, true and false.
    kind: str
    explicit_id: str | None = None
    modified: int | None = None
    category: str | None = None
    quality: int | None = None
    heat: int | None = None
    listed: bool = True
    withdrawn: bool = False


class _Gist(Struct, omit_defaults=True):
    """What decides over an article's channels, as far as that is not what it says.

    All of it is in the record, too: catalogs that have another part of it are of another version.
    """

    published: int
    provider: Provider
    topics: tuple[str, ...] = ()
    category: str | None = None
    kind: str = "article"
    language: str | None = None
    quality: int | None = None
    heat: int | None = None


_encode = Encoder().encode


def pack_with_digest(article: Article) -> tuple[str, str]:
    """Write an article as JSON, and digest what feeds say of it.

    Two articles of one digest look the same there.
    """
    said, unsaid = _encode(_said(article)), _encode(_unsaid(article))
    return (said[:-1] + b"," + unsaid[1:]).decode(), hashlib.sha256(said).hexdigest()[:32]


def pack_gist(article: Article) -> str:
    """Write, of an article, what decides over its channels without what it says, as JSON."""
    gist = _Gist(
        seconds(article.published),
        article.provider,
        article.topics,
        article.category,
        article.kind,
        article.language,
        article.quality,
        article.heat,
    )
    return _encode(gist).decode()


def _said(article: Article) -> _Said:
    return _Said(
        title=article.title,
        url=article.url,
        published=seconds(article.published),
        provider=article.provider,
        original_url=article.original_url,
        summary=article.summary,
        content=article.content,
        authors=article.authors,
        topics=article.topics,
        images=article.images,
        enclosures=article.enclosures,
        player=article.player,
        related=tuple(map(_related, article.related)),
        rights=article.rights,
        language=article.language,
    )


def _related(item: RelatedItem) -> _Related:
    published = seconds(item.published) if item.published else None
    return _Related(item.url, item.title, published, item.provider, item.language)


def _unsaid(article: Article) -> _Unsaid:
    return _Unsaid(
        path=article.path,
        kind=article.kind,
        explicit_id=article.explicit_id,
        modified=seconds(article.modified) if article.modified else None,
        category=article.category,
        quality=article.quality,
        heat=article.heat,
        listed=article.listed,
        withdrawn=article.withdrawn,
    )


def seconds(moment: datetime) -> int:
    """Give an instant as whole seconds since 1970."""
    return int(moment.timestamp())


class _Listing(Struct):
    """What of an article its coverage begins with."""

    path: str
    url: str
    related: tuple[_Related, ...] = ()


_entries = Decoder(Entry)
# Instants are in seconds, which JSON has no type for.
_articles = Decoder(Article, strict=False)
_gists = Decoder(Gist, strict=False)
_listings = Decoder(_Listing)


def unpack_article(record: str) -> Article:
    """Read an article that `pack_with_digest` wrote; raises `Unreadable`."""
    return _unpacked(_articles, record)


def pack_entry(entry: Entry) -> bytes:
    """Write an entry as JSON."""
    return _encode(entry)


def unpack_entry(record: bytes) -> Entry:
    """Read an entry that `pack_entry` wrote; raises `Unreadable`."""
    return _unpacked(_entries, record)


def unpack_gist(record: str) -> Gist:
    """Read the gist of an article that `pack_with_digest` wrote; raises `Unreadable`.

    Of one that `pack_gist` wrote it has no texts.
    """
    return _unpacked(_gists, record)


def unpack_subject(key: int, record: str) -> Subject:
    """Read, of an article of that key, what its coverage begins with; raises `Unreadable`."""
    listing = _unpacked(_listings, record)
    return Subject(key, listing.path, listing.url, tuple(map(_reference, listing.related)))


def _unpacked(decoder: Decoder[Kind], record: str | bytes) -> Kind:
    try:
        return decoder.decode(record)
    except MsgspecError as error:
        raise Unreadable(f"no article: {error}") from None


def _reference(item: _Related) -> PackedReference:
    provider = item.provider
    return PackedReference(
        path=None,
        is_published=False,
        url=item.url,
        title=item.title,
        published=item.published,
        domain=provider.domain if provider else None,
        name=provider.name if provider else None,
        language=item.language,
    )
