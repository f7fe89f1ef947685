"""OPML 2.0."""

# ruff: noqa: D401 - a rule's docstring says what it holds to be true.

from feed_rules.documents import (
    Complaints,
    Document,
    again,
    attributes,
    once,
    rule,
    unless,
)
from feed_rules.values import (
    is_address,
)


@rule("opml")
def opml_is_version_2(document: Document) -> Complaints:
    """The root says that it is OPML 2.0, and has one head with one title, and one body."""
    if document.root.get("version") != "2.0":
        yield f"the version is {document.root.get('version')}"
    yield from once(document.root, "head body")
    for head in document.all("head"):
        yield from once(head, "title")


@rule("opml")
def opml_has_outlines(document: Document) -> Complaints:
    """A body and a group are not empty, and hold nothing but outlines."""
    for parent in document.all("body") + document.all(".//outline"):
        if (parent.text or "").strip() or any(child.tag != "outline" for child in parent):
            yield "there is something else than outlines"
        if not len(parent) and parent.get("type") is None:
            yield f"{parent.get('text')} is empty"


@rule("opml")
def opml_outlines_have_a_text(document: Document) -> Complaints:
    """An outline has a text that is not blank."""
    for outline in document.all(".//outline"):
        if not (outline.get("text") or "").strip():
            yield f"{outline.get('title')!r} has no text"


@rule("opml")
def opml_feeds_can_be_subscribed_to(document: Document) -> Complaints:
    """An outline of a feed has a title besides its text, and an address."""
    for outline in document.all(".//outline[@type='rss']"):
        if not outline.get("title") or not is_address(outline.get("xmlUrl")):
            yield f"{outline.get('title')!r} is at {outline.get('xmlUrl')!r}"


@rule("opml")
def opml_groups_are_no_feeds(document: Document) -> Complaints:
    """What has a title, a page or an address of a feed has a type."""
    feeds = {"description", "htmlUrl", "language", "title", "version", "xmlUrl"}
    for outline in document.all(".//outline"):
        if "type" not in outline.attrib and (found := feeds & set(outline.attrib)):
            yield f"{outline.get('text')} has {sorted(found)}"


@rule("opml")
def opml_addresses_are_absolute(document: Document) -> Complaints:
    """Addresses of feeds and pages are absolute."""
    for name in ("xmlUrl", "htmlUrl", "url"):
        yield from unless(is_address, attributes(document.all(".//outline"), name))


@rule("opml")
def opml_feeds_are_given_once(document: Document) -> Complaints:
    """No feed stands in a directory twice."""
    yield from again(attributes(document.all(".//outline"), "xmlUrl"))
