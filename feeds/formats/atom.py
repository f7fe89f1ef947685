"""Atom 1.0 (RFC 4287), with images as in Media RSS."""

from collections.abc import Iterable
from functools import partial

from feeds.formats._extensions import add_image, add_link
from feeds.formats._feedgen import LANGUAGE, Element, atom_document, atom_entry, child
from feeds.formats._legal import legal
from feeds.model import Entry, Feed, FeedFormat, Link
from feeds.text.dates import rfc3339

_SUFFIX = ".atom"
_MEDIA_TYPE = "application/atom+xml"

# Atom leaves the order open; this puts what is short and looked for first, what is not
# named last.
_ORDER = ("id", "title", "updated", "published", "author", "link", "summary", "content", "category")
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
    _add_source(element, entry)
    for image in entry.images:
        add_image(element, image)
    element[:] = sorted(element, key=lambda part: _PLACES.get(part.tag, len(_PLACES)))


def _add_source(element: Element, entry: Entry) -> None:
    """Append where the entry was taken from (RFC 4287, section 4.2.11)."""
    source = child(element, "source")
    child(source, "id", entry.source.url)
    child(source, "title", entry.source.title)
    child(source, "updated", rfc3339(entry.updated))
    child(source, "link", rel="alternate", href=entry.source.url)


def _feed(feed: Feed, entries: Iterable[bytes]) -> bytes:
    feed = legal(feed)
    own = Link("self", feed.stem_url + _SUFFIX, media_type=_MEDIA_TYPE)
    return atom_document(feed, own, partial(_complete_feed, feed), entries)


def _complete_feed(feed: Feed, element: Element) -> None:
    element.find("updated").text = rfc3339(feed.updated)


FORMAT = FeedFormat(
    name="atom",
    title="Atom",
    suffix=_SUFFIX,
    media_type=f"{_MEDIA_TYPE}; charset=utf-8",
    entry=_entry,
    feed=_feed,
)
