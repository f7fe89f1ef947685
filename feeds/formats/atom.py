"""Atom 1.0 (RFC 4287), with images, videos and files as in Media RSS.

What was taken out of a feed is named in it (RFC 6721).
"""

from collections.abc import Iterable
from functools import partial

from feeds.formats._extensions import add_feed_links, add_link, add_media, is_played, number
from feeds.formats._feedgen import (
    LANGUAGE,
    Element,
    atom_document,
    atom_entry,
    child,
    divided,
    text_of,
)
from feeds.formats._legal import legal
from feeds.formats._reading import count_more_sources, linked, text_or_nothing
from feeds.model import Enclosure, Entry, Feed, FeedFormat, Link, ReadEntry, ReadFeed
from feeds.text.dates import parse_instant, rfc3339

_SUFFIX = ".atom"
_MEDIA_TYPE = "application/atom+xml"

# Atom leaves the order open; this puts what is short and looked for first, what is not
# named last.
_ORDER = (
    *("id", "title", "subtitle", "updated", "published", "author", "link", "summary", "content"),
    *("category", "rights", "source"),
)
_divide = partial(divided, name="entry")
_PLACES = {name: place for place, name in enumerate(_ORDER)}


def _entry(entry: Entry) -> bytes:
    entry = legal(entry)
    return atom_entry(entry, partial(_complete_entry, entry))


def _complete_entry(entry: Entry, element: Element) -> None:
    if entry.language:
        element.set(LANGUAGE, entry.language)
    element.find("updated").text = rfc3339(entry.updated)
    child(element, "published", rfc3339(entry.published))
    # The bare link that is there has lost its relation and type.
    element.remove(element.find("link"))
    for link in (Link("alternate", entry.url, media_type="text/html"), *entry.links):
        add_link(element, "link", link)
    for enclosure in entry.enclosures:
        _add_enclosure(element, enclosure)
    _add_source(element, entry)
    # These are links already, but a link cannot say for how long a file plays.
    add_media(element, entry, tuple(filter(is_played, entry.enclosures)))
    _put_in_order(element)


def _add_enclosure(element: Element, enclosure: Enclosure) -> None:
    """Append a file as a link (RFC 4287, section 4.2.7.2); its length is in bytes."""
    child(
        element,
        "link",
        rel="enclosure",
        href=enclosure.url,
        title=enclosure.title,
        type=enclosure.media_type,
        length=number(enclosure.length),
    )


def _add_source(element: Element, entry: Entry) -> None:
    """Append where the entry was taken from (RFC 4287, section 4.2.11)."""
    source = child(element, "source")
    child(source, "id", entry.source.url)
    child(source, "title", entry.source.title)
    child(source, "updated", rfc3339(entry.updated))
    child(source, "link", rel="alternate", href=entry.source.url)


def _put_in_order(element: Element) -> None:
    element[:] = sorted(element, key=lambda part: _PLACES.get(part.tag, len(_PLACES)))


def _feed(feed: Feed, entries: Iterable[bytes]) -> bytes:
    feed = legal(feed)
    own = Link("self", feed.address(_SUFFIX), media_type=_MEDIA_TYPE)
    return atom_document(feed, own, partial(_complete_feed, feed), entries)


def _complete_feed(feed: Feed, element: Element) -> None:
    element.find("updated").text = rfc3339(feed.updated)
    add_feed_links(element, "link", feed, _SUFFIX, _MEDIA_TYPE)
    if feed.is_archive:
        child(element, "fh:archive")
    for name, address in (("icon", feed.icon), ("logo", feed.logo)):
        if address:
            child(element, name, address)
    for tombstone in feed.tombstones:
        when = rfc3339(tombstone.deleted)
        child(element, "at:deleted-entry", ref=tombstone.id, when=when)
    _put_in_order(element)


def _read(document: bytes) -> ReadFeed:
    parts = _divide(document)
    return ReadFeed(
        text_or_nothing(parts.before, "title"),
        linked(parts.before, "self"),
        parse_instant(text_of(parts.before, "updated")).moment,
        tuple(map(_read_entry, parts.entries)),
    )


def _read_entry(entry: bytes) -> ReadEntry:
    _, _, source = entry.partition(b"<source>")
    return ReadEntry(
        text_of(entry, "id"),
        text_or_nothing(entry, "title"),
        linked(entry, "alternate"),
        parse_instant(text_of(entry, "published")).moment,
        text_or_nothing(source, "title"),
        count_more_sources(entry),
    )


FORMAT = FeedFormat(
    name="atom",
    title="Atom",
    suffix=_SUFFIX,
    media_type=f"{_MEDIA_TYPE}; charset=utf-8",
    entry=_entry,
    feed=_feed,
    divide=_divide,
    entry_id=partial(text_of, name="id"),
    read=_read,
    read_entry=_read_entry,
    has_archives=True,
)
