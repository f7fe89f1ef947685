"""RSS 2.0, with authors as in Dublin Core, coverage as Atom links, images as in Media RSS."""

from collections.abc import Iterable
from functools import partial

from feeds.formats._extensions import add_image, add_link
from feeds.formats._feedgen import Element, child, rss_document, rss_item
from feeds.formats._legal import legal
from feeds.formats._links import related_links
from feeds.model import Entry, Feed, FeedFormat, Link

_SUFFIX = ".rss"
_MEDIA_TYPE = "application/rss+xml"


def _entry(entry: Entry) -> bytes:
    entry = legal(entry)
    return rss_item(entry, partial(_complete_item, entry))


def _complete_item(entry: Entry, item: Element) -> None:
    # The `author` of RSS must be an e-mail address, which no article has.
    for author in entry.authors:
        child(item, "dc:creator", author)
    for link in related_links(entry):
        add_link(item, "atom:link", link)
    for image in entry.images:
        add_image(item, image)


def _feed(feed: Feed, entries: Iterable[bytes]) -> bytes:
    feed = legal(feed)
    own = Link("self", feed.stem_url + _SUFFIX, media_type=_MEDIA_TYPE)
    return rss_document(feed, own, partial(_complete_document, feed), entries)


def _complete_document(feed: Feed, document: Element) -> None:
    if feed.author.email:
        editor = f"{feed.author.email} ({feed.author.name})"
        child(document.find("channel"), "managingEditor", editor)


FORMAT = FeedFormat(
    name="rss",
    title="RSS",
    suffix=_SUFFIX,
    media_type=f"{_MEDIA_TYPE}; charset=utf-8",
    entry=_entry,
    feed=_feed,
)
