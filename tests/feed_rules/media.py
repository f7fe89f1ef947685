"""Media RSS 1.5.1, in Atom and RSS."""

# ruff: noqa: D401 - a rule's docstring says what it holds to be true.

from feed_rules.documents import (
    NAMESPACES,
    Complaints,
    Document,
    Element,
    again,
    attributes,
    name_of,
    rule,
    unless,
)
from feed_rules.values import (
    is_address,
    is_media_type,
    is_number,
)


def _contents(document: Document) -> list[Element]:
    return document.all(".//media:content")


def _measured(document: Document) -> list[Element]:
    others = document.all(".//media:thumbnail") + document.all(".//media:player")
    return _contents(document) + others


@rule("atom", "rss")
def media_mediums_are_known(document: Document) -> Complaints:
    """A medium is one of the five that there are."""
    mediums = {"image", "audio", "video", "document", "executable"}
    yield from unless(mediums.__contains__, attributes(_contents(document), "medium"))


@rule("atom", "rss")
def media_sizes_are_numbers(document: Document) -> Complaints:
    """Width, height, size and duration are whole numbers of at least one."""
    for name in ("width", "height", "fileSize", "duration"):
        values = attributes(_measured(document), name)
        yield from unless(lambda text: is_number(text, 1), values)


@rule("atom", "rss")
def media_types_are_media_types(document: Document) -> Complaints:
    """A content's type is a media type."""
    yield from unless(is_media_type, attributes(_contents(document), "type"))


@rule("atom", "rss")
def media_is_at_an_address(document: Document) -> Complaints:
    """A content has an absolute address or else a player; thumbnails and players have one."""
    for element in _measured(document):
        plays = element.find("media:player", NAMESPACES) is not None
        if not is_address(element.get("url")) and not (plays and "url" not in element.attrib):
            yield f"{name_of(element)} is at {element.get('url')}"


@rule("atom", "rss")
def media_titles_are_plain(document: Document) -> Complaints:
    """What a medium is called is plain text, and not its description, which readers mistake."""
    for title in document.all(".//media:title"):
        if title.get("type") != "plain":
            yield f"{title.text!r} is {title.get('type')}"
    if document.all(".//media:description"):
        yield "there is a media:description"


@rule("atom", "rss")
def media_thumbnails_are_no_contents(document: Document) -> Complaints:
    """No image of an entry is both a thumbnail and a content."""
    for entry in document.entries:
        contents, thumbnails = (
            {element.get("url") for element in entry.iterfind(f".//media:{name}", NAMESPACES)}
            for name in ("content", "thumbnail")
        )
        yield from sorted(contents & thumbnails)


@rule("atom", "rss")
def media_contents_are_given_once(document: Document) -> Complaints:
    """No content of an entry stands there twice, or is the enclosure of its item."""
    for entry in document.entries:
        contents = attributes(entry.iterfind(".//media:content", NAMESPACES), "url")
        yield from again([*contents, *attributes(entry.findall("enclosure"), "url")])
