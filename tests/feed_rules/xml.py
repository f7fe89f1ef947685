"""Documents in XML, and that a document can be read at all."""

# ruff: noqa: D401 - a rule's docstring says what it holds to be true.

import re

from lxml import etree

from feed_rules.documents import (
    Complaints,
    Document,
    again,
    rule,
)


@rule("atom", "rss", "opml", "json")
def can_be_read(document: Document) -> Complaints:
    """A document is well-formed XML or valid JSON, in UTF-8."""
    try:
        document.data.decode("utf-8")
        _ = document.json if document.kind == "json" else document.root
    except (UnicodeDecodeError, ValueError, etree.XMLSyntaxError) as error:
        yield f"can_be_read: {error}"


@rule("atom", "rss", "opml")
def has_no_document_type(document: Document) -> Complaints:
    """Nothing is declared that a reader might have to fetch or expand."""
    if b"<!DOCTYPE" in document.data:
        yield "it has a DOCTYPE"


@rule("atom", "rss", "opml")
def root_is_on_one_line(document: Document) -> Complaints:
    """The first line is the declaration of UTF-8, the second the whole tag of the root."""
    declaration, _, rest = document.data.partition(b"\n")
    line = rest.partition(b"\n")[0]
    if declaration != b'<?xml version="1.0" encoding="UTF-8"?>':
        yield f"the first line is {declaration[:80]!r}"
    if not re.fullmatch(rb"<(feed|rss|opml)( [^<>]*)?>", line):
        yield f"the second line is {line[:80]!r}"


@rule("atom", "rss")
def namespaces_stand_on_the_root(document: Document) -> Complaints:
    """Every namespace is declared once, by the root."""
    root, *others = re.findall(rb"<\w[^<>]*>", document.data)
    yield from again(re.findall(rb'\sxmlns(?::\w+)?="[^"]*"', root))
    for tag in others:
        if re.search(rb"\sxmlns[:=]", tag):
            yield tag[:80].decode()
