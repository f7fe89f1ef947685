"""OPML 2.0 (http://opml.org/spec2.opml): all feeds in one file, to subscribe to at once."""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from feeds.formats._legal import legal
from feeds.model import ChannelKind, Directory, DirectoryFormat, Outline

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'

# What a kind of feeds is called; those without a name are not grouped.
_GROUPS: dict[ChannelKind, str] = {
    "all": "",
    "topic": "Topics",
    "provider": "Providers",
    "rule": "Feeds",
}


def _directory(directory: Directory) -> bytes:
    """Write the directory without a date, because nothing in it says when it changed."""
    directory = legal(directory)
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = directory.title
    body = SubElement(root, "body")
    for kind, title in _GROUPS.items():
        outlines = [outline for outline in directory.outlines if outline.kind == kind]
        parent = SubElement(body, "outline", text=title) if title and outlines else body
        for outline in outlines:
            SubElement(parent, "outline", _subscription(outline))
    indent(root)
    document: bytes = tostring(root, encoding="UTF-8", xml_declaration=False)
    return _DECLARATION + document + b"\n"


def _subscription(outline: Outline) -> dict[str, str]:
    """Give the attributes of a feed: `rss` is the type of a feed in any format.

    OPML requires `text`, and of a feed also `title`; a group that has one must have a type.
    """
    _, address = outline.addresses[0]
    description = {"description": outline.description} if outline.description else {}
    return {
        "type": "rss",
        "text": outline.title,
        "title": outline.title,
        "xmlUrl": address,
        "htmlUrl": outline.page,
        **description,
    }


FORMAT = DirectoryFormat(
    name="opml",
    path="feeds.opml",
    media_type="text/x-opml; charset=utf-8",
    directory=_directory,
)
