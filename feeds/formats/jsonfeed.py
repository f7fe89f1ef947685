"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Iterable, Mapping

from feeds.formats._legal import legal
from feeds.formats._links import related_links
from feeds.model import Entry, Feed, FeedFormat, Person
from feeds.text.dates import rfc3339

_SUFFIX = ".json"
_VERSION = "https://jsonfeed.org/version/1.1"
_ABOUT_RELATED = "https://www.rfc-editor.org/rfc/rfc4287#section-4.2.7.2"
_ABOUT_SOURCE = "https://www.rfc-editor.org/rfc/rfc4287#section-4.2.11"
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
        "authors": [{"name": name} for name in entry.authors],
        "tags": [category.label for category in entry.categories],
        "language": entry.language,
        "_related": _related(entry),
        "_source": _source(entry),
    }
    return _dumped({key: value for key, value in item.items() if value or key in _REQUIRED})


def _content(entry: Entry) -> dict[str, str]:
    """Give the content of an item, which must not be without."""
    return {"content_html": entry.content} if entry.content else {"content_text": entry.summary}


def _related(entry: Entry) -> dict[str, object]:
    """Give what is not in JSON Feed as an extension, which says where it is explained."""
    items = [
        {"url": link.url, "title": link.title} if link.title else {"url": link.url}
        for link in related_links(entry)
    ]
    return {"about": _ABOUT_RELATED, "items": items} if items else {}


def _source(entry: Entry) -> dict[str, object]:
    """Give the publication that an entry was taken from, as an extension like `_related`."""
    return {"about": _ABOUT_SOURCE, "url": entry.source.url, "title": entry.source.title}


def _feed(feed: Feed, entries: Iterable[bytes]) -> bytes:
    feed = legal(feed)
    head = {
        "version": _VERSION,
        "title": feed.title,
        "home_page_url": feed.url,
        "feed_url": feed.stem_url + _SUFFIX,
        "description": feed.description,
        "language": feed.language,
        "authors": [_author(feed.author)],
    }
    document = _dumped({key: value for key, value in head.items() if value} | {"items": []})
    return b"".join((document.removesuffix(b"]}"), b"\n", b",\n".join(entries), b"\n]}\n"))


def _author(author: Person) -> dict[str, str]:
    return {"name": author.name} | ({"url": author.url} if author.url else {})


def _dumped(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


FORMAT = FeedFormat(
    name="json",
    title="JSON Feed",
    suffix=_SUFFIX,
    media_type="application/feed+json",
    entry=_entry,
    feed=_feed,
)
