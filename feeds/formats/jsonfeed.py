"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/).

What it has no name for is an extension, which says where it is explained.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from feeds.formats._legal import legal
from feeds.formats._links import related_links, required_type
from feeds.formats._reading import count_more_sources
from feeds.model import (
    Divided,
    Enclosure,
    Entry,
    Feed,
    FeedFormat,
    Link,
    Person,
    ReadEntry,
    ReadFeed,
)
from feeds.text.dates import parse_instant, rfc3339

_SUFFIX = ".json"
_VERSION = "https://jsonfeed.org/version/1.1"
_ABOUT_PLAYER = "https://www.rssboard.org/media-rss#media-player"
_ABOUT_RELATED = "https://www.rfc-editor.org/rfc/rfc4287#section-4.2.7.2"
_ABOUT_RIGHTS = "https://www.rfc-editor.org/rfc/rfc4287#section-4.2.10"
_ABOUT_SOURCE = "https://www.rfc-editor.org/rfc/rfc4287#section-4.2.11"
# Items have lines of their own.
_BETWEEN = b",\n"
_END = b"\n]}\n"
_DECODER = json.JSONDecoder()
_REQUIRED = frozenset({"id", "content_text"})


def _entry(entry: Entry) -> bytes:
    entry = legal(entry)
    item = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        **_content(entry),
        "image": entry.images[0].url if entry.images else "",
        "date_published": rfc3339(entry.published),
        "date_modified": rfc3339(entry.updated) if entry.updated != entry.published else "",
        "authors": [_author(author) for author in entry.authors],
        "tags": [category.label for category in entry.categories],
        "language": entry.language,
        "attachments": [_attachment(enclosure) for enclosure in entry.enclosures],
        "_player": _extension(_ABOUT_PLAYER, url=entry.player),
        "_related": _extension(_ABOUT_RELATED, items=[_link(x) for x in related_links(entry)]),
        "_rights": _extension(_ABOUT_RIGHTS, text=entry.rights),
        "_source": _extension(_ABOUT_SOURCE, url=entry.source.url, title=entry.source.title),
    }
    return _dumped({key: value for key, value in item.items() if value or key in _REQUIRED})


def _content(entry: Entry) -> dict[str, str]:
    """Give the content of an item, which must not be without."""
    return {"content_html": entry.content} if entry.content else {"content_text": entry.summary}


def _author(author: Person) -> dict[str, object]:
    return _known({"name": author.name, "url": author.url})


def _attachment(enclosure: Enclosure) -> dict[str, object]:
    return _known(
        {
            "url": enclosure.url,
            "mime_type": required_type(enclosure),
            "title": enclosure.title,
            "size_in_bytes": enclosure.length,
            "duration_in_seconds": enclosure.duration,
        }
    )


def _link(link: Link) -> dict[str, object]:
    """Give a link; that it is related goes without saying."""
    relation = link.relation if link.relation != "related" else ""
    return _known(
        {"url": link.url, "title": link.title, "language": link.language, "relation": relation}
    )


def _extension(about: str, **values: object) -> dict[str, object]:
    """Give an object that is explained at `about`, or an empty one if it would say nothing."""
    known = _known(values)
    return {"about": about, **known} if known else {}


def _known(values: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in values.items() if value}


def _feed(feed: Feed, entries: Iterable[bytes]) -> bytes:
    feed = legal(feed)
    following = dict(feed.pages).get("next")
    head = {
        "version": _VERSION,
        "title": feed.title or feed.url,
        "home_page_url": feed.url,
        "feed_url": feed.address(_SUFFIX),
        "description": feed.description,
        "next_url": following and following + _SUFFIX,
        "icon": feed.logo or feed.icon,
        "favicon": feed.icon,
        "authors": [_author(feed.author)],
        "language": feed.language,
        "expired": feed.has_ended,
        "hubs": [{"type": "WebSub", "url": hub} for hub in feed.hubs],
        "_rights": _extension(_ABOUT_RIGHTS, text=feed.rights),
    }
    document = _dumped(_known(head) | {"items": []})
    return b"".join((document.removesuffix(b"]}"), b"\n", _BETWEEN.join(entries), _END))


def _divided(document: bytes) -> Divided:
    """Take a document apart; no line ends within a text, where line ends are escaped."""
    head, start, rest = document.partition(b'"items":[\n')
    # One byte is found many times faster than two.
    lines = rest.removesuffix(_END).split(b"\n")
    items = tuple(line.removesuffix(b",") for line in lines if line)
    return Divided(head + start, items, _END, _BETWEEN)


def _entry_id(entry: bytes) -> str:
    """Find the id of an item, which comes first in it."""
    text = entry.decode()
    identifier, _ = _DECODER.raw_decode(text, text.index(":") + 1)
    return str(identifier)


def _read(document: bytes) -> ReadFeed:
    feed = json.loads(document)
    entries = tuple(map(_read_entry, feed["items"]))
    return ReadFeed(feed["title"], feed["feed_url"], None, entries)


def _read_entry(item: Mapping[str, Any]) -> ReadEntry:
    return ReadEntry(
        item["id"],
        item.get("title", ""),
        item.get("url", ""),
        parse_instant(item["date_published"]).moment,
        item.get("_source", {}).get("title", ""),
        count_more_sources(item.get("content_html", "").encode()),
    )


def _dumped(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


FORMAT = FeedFormat(
    name="json",
    title="JSON Feed",
    suffix=_SUFFIX,
    media_type="application/feed+json",
    entry=_entry,
    feed=_feed,
    divide=_divided,
    entry_id=_entry_id,
    read=_read,
    read_entry=lambda item: _read_entry(json.loads(item)),
)
