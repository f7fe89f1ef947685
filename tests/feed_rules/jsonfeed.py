"""JSON Feed 1.1."""

# ruff: noqa: D401 - a rule's docstring says what it holds to be true.

import re
from collections.abc import Iterator
from typing import Any

from feed_rules.documents import (
    Complaints,
    Document,
    again,
    rule,
    unless,
)
from feed_rules.values import (
    is_address,
    is_language,
    is_media_type,
    is_rfc_3339,
    wrong_in_html,
)

_ADDRESSES = (
    *("banner_image", "external_url", "favicon", "feed_url", "home_page_url", "icon", "image"),
    *("next_url", "url"),
)
_FEED = {
    "version", "title", "home_page_url", "feed_url", "description", "user_comment", "next_url",
    "icon", "favicon", "authors", "language", "expired", "hubs", "items",
}  # fmt: skip
_ITEM = {
    "id", "url", "external_url", "title", "content_html", "content_text", "summary", "image",
    "banner_image", "date_published", "date_modified", "authors", "tags", "language",
    "attachments",
}  # fmt: skip
_KEYS = {
    "feed": _FEED,
    "item": _ITEM,
    "author": {"name", "url", "avatar"},
    "attachment": {"url", "mime_type", "title", "size_in_bytes", "duration_in_seconds"},
    "hub": {"type", "url"},
}


def objects(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each object that JSON Feed names, with the name."""
    items = document.json.get("items", [])
    yield "feed", document.json
    yield from (("hub", hub) for hub in document.json.get("hubs", []))
    yield from (("item", item) for item in items)
    for parent in (document.json, *items):
        yield from (("author", author) for author in parent.get("authors", []))
        yield from (("attachment", one) for one in parent.get("attachments", []))


def named_objects(document: Document, name: str) -> list[dict[str, Any]]:
    return [found for kind, found in objects(document) if kind == name]


def values(document: Document, *keys: str) -> list[Any]:
    return [found[key] for _, found in objects(document) for key in keys if key in found]


@rule("json")
def json_is_version_1_1(document: Document) -> Complaints:
    """The version is the address of 1.1, and there is a title and a list of items."""
    if document.json.get("version") != "https://jsonfeed.org/version/1.1":
        yield f"the version is {document.json.get('version')}"
    if not document.json.get("title"):
        yield "there is no title"
    if not isinstance(document.json.get("items"), list):
        yield "there is no list of items"


@rule("json")
def json_says_where_it_is(document: Document) -> Complaints:
    """The feed's address is the one at which it is."""
    if document.json.get("feed_url") != document.url:
        yield f"feed_url is {document.json.get('feed_url')}, not {document.url}"


@rule("json")
def json_ids_are_unique_texts(document: Document) -> Complaints:
    """Every item has an id that is a text, and that no other has."""
    ids = [item.get("id") for item in named_objects(document, "item")]
    yield from unless(lambda value: isinstance(value, str) and bool(value), ids)
    yield from again(map(repr, ids))


@rule("json")
def json_items_have_content(document: Document) -> Complaints:
    """Every item has content as a text, in HTML or plain."""
    for item in named_objects(document, "item"):
        found = [item[key] for key in ("content_html", "content_text") if key in item]
        if not found or not all(isinstance(text, str) for text in found):
            yield f"{item.get('id')} has no content"


@rule("json")
def json_content_is_safe_html(document: Document) -> Complaints:
    """Content has no script, no form and no relative reference."""
    for text in values(document, "content_html"):
        yield from wrong_in_html(text)


@rule("json")
def json_dates_are_rfc_3339(document: Document) -> Complaints:
    """A date is one that exists, with a zone."""
    yield from unless(is_rfc_3339, values(document, "date_published", "date_modified"))


@rule("json")
def json_languages_are_tags(document: Document) -> Complaints:
    """A language is a tag of BCP 47, also in what is related."""
    related = (item.get("_related", {}) for item in named_objects(document, "item"))
    links = [link for extension in related for link in extension.get("items", [])]
    languages = [link["language"] for link in links if "language" in link]
    yield from unless(is_language, [*values(document, "language"), *languages])


@rule("json")
def json_addresses_are_absolute(document: Document) -> Complaints:
    """Pages, pictures and files are at absolute addresses."""
    yield from unless(is_address, values(document, *_ADDRESSES))


@rule("json")
def json_attachments_are_whole(document: Document) -> Complaints:
    """An attachment has an address and a media type; size and duration are numbers."""
    for found in named_objects(document, "attachment"):
        if not is_address(found.get("url")) or not is_media_type(found.get("mime_type")):
            yield f"{found.get('url')} is {found.get('mime_type')}"
        numbers = [found[key] for key in ("size_in_bytes", "duration_in_seconds") if key in found]
        yield from unless(lambda value: type(value) is int and value >= 0, numbers)


@rule("json")
def json_authors_are_someone(document: Document) -> Complaints:
    """An author has a name, a page or a picture."""
    for author in named_objects(document, "author"):
        if not any(author.get(key) for key in ("name", "url", "avatar")):
            yield repr(author)


@rule("json")
def json_hubs_are_whole(document: Document) -> Complaints:
    """A hub has a type and an address."""
    for hub in named_objects(document, "hub"):
        if not hub.get("type") or not is_address(hub.get("url")):
            yield repr(hub)


@rule("json")
def json_tags_are_texts(document: Document) -> Complaints:
    """Tags are texts, none of them twice."""
    for tags in values(document, "tags"):
        yield from unless(lambda tag: isinstance(tag, str) and bool(tag), tags)
        yield from again(map(repr, tags))


@rule("json")
def json_extensions_explain_themselves(document: Document) -> Complaints:
    """A key that is not JSON Feed's begins with `_`, and its object says what it is about."""
    for kind, found in objects(document):
        for key, value in found.items():
            if key in _KEYS[kind]:
                continue
            if not re.fullmatch(r"_[A-Za-z0-9_]+", key):
                yield f"{key} is not JSON Feed's"
            elif not isinstance(value, dict) or not is_address(value.get("about")):
                yield f"{key} is about nothing"


@rule("json")
def json_says_nothing_empty(document: Document) -> Complaints:
    """No key stands for nothing, but for the content that an item must have, and no items."""
    for _, found in objects(document):
        for key, value in found.items():
            if not value and value != 0 and key not in ("content_text", "items"):
                yield f"{key} is {value!r}"
