"""Atom (RFC 4287)."""

# ruff: noqa: D401 - a rule's docstring says what it holds to be true.

import re

from feed_rules.documents import (
    LANGUAGE,
    NAMESPACES,
    Complaints,
    Document,
    Element,
    again,
    attributes,
    name_of,
    once,
    once_at_most,
    rule,
    texts,
    unless,
)
from feed_rules.values import (
    ADDRESS_OF_MAIL,
    IRI,
    is_address,
    is_canonical,
    is_language,
    is_rfc_3339,
    wrong_in_html,
)


def _atom_parents(document: Document) -> list[Element]:
    return [document.root, *document.entries, *document.all("atom:entry/atom:source")]


@rule("atom")
def atom_has_id_title_and_updated_once(document: Document) -> Complaints:
    """A feed, an entry and a source each have one id, one title and one date of change."""
    for parent in _atom_parents(document):
        yield from once(parent, "atom:id atom:title atom:updated")


@rule("atom")
def atom_repeats_no_element(document: Document) -> Complaints:
    """What may stand once stands once at most."""
    for parent in _atom_parents(document):
        yield from once_at_most(
            parent,
            "atom:content atom:generator atom:icon atom:logo atom:published atom:rights"
            " atom:source atom:subtitle atom:summary",
        )


@rule("atom")
def atom_has_authors(document: Document) -> Complaints:
    """An entry has an author, or its source or its feed has one."""
    if document.root.find("atom:author", NAMESPACES) is None:
        for entry in document.entries:
            paths = ("atom:author", "atom:source/atom:author")
            if all(entry.find(path, NAMESPACES) is None for path in paths):
                yield f"{entry.findtext('atom:id', '', NAMESPACES)} has no author"


@rule("atom")
def atom_persons_are_whole(document: Document) -> Complaints:
    """A person has a name, and an e-mail address and a page that are ones."""
    for person in document.all(".//atom:author") + document.all(".//atom:contributor"):
        yield from once(person, "atom:name")
        yield from once_at_most(person, "atom:email atom:uri")
        if not (person.findtext("atom:name", "", NAMESPACES)).strip():
            yield "a name is blank"
    mail = re.compile(ADDRESS_OF_MAIL).fullmatch
    yield from unless(lambda text: bool(text and mail(text)), texts(document, "atom:email"))


@rule("atom")
def atom_ids_are_canonical(document: Document) -> Complaints:
    """An id is an absolute IRI in its canonical form."""
    yield from unless(is_canonical, texts(document, "atom:id"))


@rule("atom")
def atom_ids_are_unique(document: Document) -> Complaints:
    """No two entries have one id."""
    yield from again(entry.findtext("atom:id", "", NAMESPACES) for entry in document.entries)


@rule("atom")
def atom_self_is_its_address(document: Document) -> Complaints:
    """A feed has one link to itself, of Atom's type, to the address at which it is."""
    links = document.all("atom:link[@rel='self']")
    if [link.get("href") for link in links] != [document.url]:
        yield f"self is {[link.get('href') for link in links]}, not {document.url}"
    yield from unless(
        lambda text: text == "application/atom+xml", (link.get("type") for link in links)
    )


@rule("atom")
def atom_archives_say_so(document: Document) -> Complaints:
    """A document of an archive says so once, in an empty element, and leads to the feed.

    No other document has a later one, or one that is current (RFC 5005, section 4).
    """
    marks = document.all(".//fh:*")
    yield from once_at_most(document.root, "fh:archive")
    for mark in marks:
        if name_of(mark) != "fh:archive" or mark.getparent() is not document.root:
            yield f"{name_of(mark)} is in {name_of(mark.getparent())}"
        if len(mark) or mark.text or mark.attrib:
            yield "fh:archive has content"
    relations = set(attributes(document.all("atom:link"), "rel"))
    if marks and "current" not in relations:
        yield "no link leads to the current feed"
    if not marks:
        yield from sorted(relations & {"current", "next-archive"})


@rule("atom")
def atom_alternates_differ(document: Document) -> Complaints:
    """No two alternates have one type and language, and an entry without content has one."""
    for parent in _atom_parents(document):
        links = [
            link
            for link in parent.findall("atom:link", NAMESPACES)
            if link.get("rel", "alternate") == "alternate"
        ]
        yield from again((link.get("type"), link.get("hreflang")) for link in links)
        if not links and parent.find("atom:content", NAMESPACES) is None:
            yield f"{name_of(parent)} has neither an alternate nor content"


@rule("atom")
def atom_dates_are_rfc_3339(document: Document) -> Complaints:
    """A date is one that exists, with a zone."""
    yield from unless(is_rfc_3339, texts(document, "atom:updated", "atom:published"))


@rule("atom")
def atom_texts_have_a_type(document: Document) -> Complaints:
    """What is text says so or nothing, and holds no elements; content is HTML."""
    for name in ("title", "subtitle", "summary", "rights"):
        for text in document.all(f".//atom:{name}"):
            if text.get("type", "text") != "text" or len(text):
                yield f"{name} is {text.get('type')}"
    for content in document.all(".//atom:content"):
        if content.get("type") != "html" or len(content):
            yield f"content is {content.get('type')}"


@rule("atom")
def atom_titles_are_not_blank(document: Document) -> Complaints:
    """A feed and an entry are called something."""
    for parent in (document.root, *document.entries):
        yield from unless(
            lambda text: bool(text and text.strip()),
            [parent.findtext("atom:title", "", NAMESPACES)],
        )


@rule("atom")
def atom_content_is_safe_html(document: Document) -> Complaints:
    """Content has no script, no form and no relative reference."""
    for text in texts(document, "atom:content"):
        yield from wrong_in_html(text)


@rule("atom")
def atom_references_are_absolute(document: Document) -> Complaints:
    """Icons, logos and pages of persons are absolute addresses; there is no xml:base."""
    yield from unless(is_address, texts(document, "atom:icon", "atom:logo", "atom:uri"))
    if b"xml:base" in document.data:
        yield "it has an xml:base"


@rule("atom")
def atom_categories_have_terms(document: Document) -> Complaints:
    """A category has a term, and a scheme that is an IRI."""
    for category in document.all(".//atom:category"):
        if not category.get("term"):
            yield "a category has no term"
        if "scheme" in category.attrib and not IRI.fullmatch(category.get("scheme")):
            yield category.get("scheme")


@rule("atom")
def atom_languages_are_tags(document: Document) -> Complaints:
    """A language is a tag of BCP 47."""
    yield from unless(is_language, attributes(document.root.iter(), LANGUAGE))
