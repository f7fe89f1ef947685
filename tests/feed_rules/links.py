"""Atom links, in Atom and RSS."""

# ruff: noqa: D401 - a rule's docstring says what it holds to be true.

from feed_rules.documents import (
    NAMESPACES,
    Complaints,
    Document,
    again,
    attributes,
    links_of,
    rule,
    unless,
)
from feed_rules.values import (
    is_address,
    is_language,
    is_media_type,
    is_number,
)

_RELATIONS = frozenset({
    "alternate", "current", "enclosure", "first", "hub", "last", "license", "next",
    "next-archive", "prev-archive", "previous", "related", "self", "via",
})  # fmt: skip
_PAGING = frozenset({
    "current", "first", "last", "next", "next-archive", "prev-archive", "previous",
})  # fmt: skip
_ARCHIVE = frozenset({"current", "next-archive", "prev-archive"})


@rule("atom", "rss")
def links_are_absolute(document: Document) -> Complaints:
    """A link leads to an absolute address."""
    yield from unless(is_address, (link.get("href") for link in links_of(document)))


@rule("atom", "rss")
def links_are_empty(document: Document) -> Complaints:
    """A link says all in its attributes, none of which is blank."""
    for link in links_of(document):
        if len(link) or link.text:
            yield f"{link.get('href')} has content"
        for name, value in link.attrib.items():
            if not value.strip():
                yield f"{name} of {link.get('href')} is blank"


@rule("atom", "rss")
def link_relations_are_registered(document: Document) -> Complaints:
    """A relation is one that readers know, or an IRI; pages are relations of feeds only."""
    for relation in attributes(links_of(document), "rel"):
        if relation not in _RELATIONS and not is_address(relation):
            yield relation
    for entry in document.entries:
        yield from sorted(_PAGING.intersection(attributes(entry.iter("{*}link"), "rel")))


@rule("atom", "rss")
def links_to_archives_are_to_atom(document: Document) -> Complaints:
    """A link to the documents of an archive, or from them, is one of its kind, to Atom."""
    links = [link for link in links_of(document) if link.get("rel") in _ARCHIVE]
    yield from again(link.get("rel") for link in links)
    for link in links:
        if link.get("type") != "application/atom+xml":
            yield f"{link.get('rel')} is {link.get('type')}"
        if link.get("href") == document.url:
            yield f"{link.get('rel')} is the document itself"


@rule("atom", "rss")
def link_types_are_media_types(document: Document) -> Complaints:
    """A link's type is a media type."""
    yield from unless(is_media_type, attributes(links_of(document), "type"))


@rule("atom", "rss")
def link_languages_are_tags(document: Document) -> Complaints:
    """A link's language is a tag of BCP 47."""
    yield from unless(is_language, attributes(links_of(document), "hreflang"))


@rule("atom", "rss")
def link_lengths_are_numbers(document: Document) -> Complaints:
    """A link's length is a whole number of bytes."""
    yield from unless(is_number, attributes(links_of(document), "length"))


@rule("atom", "rss")
def links_are_given_once(document: Document) -> Complaints:
    """No two links of a feed or an entry lead to one address in one relation."""
    head = document.root if document.kind == "atom" else document.root.find("channel")
    for parent in (head, *document.entries):
        links = parent.findall("atom:link", NAMESPACES)
        yield from again((link.get("rel"), link.get("href")) for link in links)
