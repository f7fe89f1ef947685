"""RSS 2.0, with what it lacks from Atom, Dublin Core, Media RSS and the syndication module."""

import re
from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from functools import partial

from feeds.formats._extensions import add_feed_links, add_link, add_media, number
from feeds.formats._feedgen import Element, child, divided, rss_document, rss_item, text_of
from feeds.formats._legal import legal
from feeds.formats._links import related_links, required_type
from feeds.formats._reading import count_more_sources, linked, text_or_nothing
from feeds.model import Enclosure, Entry, Feed, FeedFormat, Link, Person, ReadEntry, ReadFeed
from feeds.text.dates import parse_http_date

_SUFFIX = ".rss"
_MEDIA_TYPE = "application/rss+xml"

# The shortest month has 28 days: counted in longer ones, updates would seem more frequent.
_DAY = 24 * 60 * 60
_PERIODS = (
    ("hourly", 60 * 60),
    ("daily", _DAY),
    ("weekly", 7 * _DAY),
    ("monthly", 28 * _DAY),
    ("yearly", 365 * _DAY),
)
_divide = partial(divided, name="item")
_ANOTHER_PICTURE = re.compile(r"\.(?!(?:gif|jpe?g|png)\Z)\w+\Z", re.IGNORECASE)


def _entry(entry: Entry) -> bytes:
    entry = legal(entry)
    return rss_item(entry, partial(_complete_item, entry))


def _complete_item(entry: Entry, item: Element) -> None:
    _add_authors(item, entry.authors)
    for name, text in (
        ("dc:publisher", entry.source.title),
        ("dc:rights", entry.rights),
        ("dc:language", entry.language),
    ):
        if text:
            child(item, name, text)
    for link in related_links(entry):
        add_link(item, "atom:link", link)
    first, others = entry.enclosures[:1], entry.enclosures[1:]
    for enclosure in first:
        _add_enclosure(item, enclosure)
    # Some readers list an enclosure and a content with the same address as two files.
    add_media(item, entry, others, enclosed=first[0].url if first else "")


def _add_authors(item: Element, authors: tuple[Person, ...]) -> None:
    """Append one author as RSS has it, who must have an e-mail address, or else all by name.

    An item has one `author` at most, and validators warn of one beside a `dc:creator`.
    """
    if len(authors) == 1 and authors[0].email:
        child(item, "author", _mailbox(authors[0]))
        return
    for author in authors:
        child(item, "dc:creator", author.name)


def _add_enclosure(item: Element, enclosure: Enclosure) -> None:
    """Append a file, of which an item has one at most; a length not known is zero.

    Source: the best practices of the RSS Advisory Board (https://www.rssboard.org/rss-profile).
    """
    child(
        item,
        "enclosure",
        url=enclosure.url,
        length=number(enclosure.length) or "0",
        type=required_type(enclosure),
    )


def _mailbox(person: Person) -> str:
    return f"{person.email} ({person.name})"


def _feed(feed: Feed, entries: Iterable[bytes]) -> bytes:
    feed = legal(feed)
    own = Link("self", feed.address(_SUFFIX), media_type=_MEDIA_TYPE)
    return rss_document(feed, own, partial(_complete_document, feed), entries)


def _complete_document(feed: Feed, document: Element) -> None:
    channel = document.find("channel")
    add_feed_links(channel, "atom:link", feed, _SUFFIX, _MEDIA_TYPE)
    if feed.author.email:
        child(channel, "managingEditor", _mailbox(feed.author))
    _add_picture(channel, feed)
    if feed.interval:
        _add_interval(channel, feed.interval)


def _add_picture(channel: Element, feed: Feed) -> None:
    """Append the logo, or else the icon, if it is a GIF, JPEG or PNG for all we know.

    Other kinds RSS does not allow, and its title and link must be those of the channel.
    """
    pictures = [url for url in (feed.logo, feed.icon) if url and not _ANOTHER_PICTURE.search(url)]
    for url in pictures[:1]:
        picture = child(channel, "image")
        child(picture, "url", url)
        child(picture, "title", channel.findtext("title"))
        child(picture, "link", channel.findtext("link"))


def _add_interval(channel: Element, seconds: int) -> None:
    """Append how long a reader may wait: in minutes, and as so many times in a period.

    Neither claims more than is kept. Source: RSS 2.0 and the syndication module
    (https://web.resource.org/rss/1.0/modules/syndication/).
    """
    child(channel, "ttl", str(-(-seconds // 60)))
    for name, length in _PERIODS:
        if seconds <= length:
            child(channel, "sy:updatePeriod", name)
            child(channel, "sy:updateFrequency", str(length // seconds))
            return


def _read(document: bytes) -> ReadFeed:
    parts = _divide(document)
    return ReadFeed(
        text_or_nothing(parts.before, "title"),
        linked(parts.before, "self"),
        parse_http_date(text_or_nothing(parts.before, "lastBuildDate")),
        tuple(map(_read_entry, parts.entries)),
    )


def _read_entry(item: bytes) -> ReadEntry:
    return ReadEntry(
        text_of(item, "guid"),
        text_or_nothing(item, "title"),
        text_or_nothing(item, "link"),
        parsedate_to_datetime(text_of(item, "pubDate")),
        text_or_nothing(item, "source"),
        count_more_sources(item),
    )


FORMAT = FeedFormat(
    name="rss",
    title="RSS",
    suffix=_SUFFIX,
    media_type=f"{_MEDIA_TYPE}; charset=utf-8",
    entry=_entry,
    feed=_feed,
    divide=_divide,
    entry_id=partial(text_of, name="guid"),
    read=_read,
    read_entry=_read_entry,
)
