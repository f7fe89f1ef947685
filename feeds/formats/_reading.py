"""Documents of feeds read back: of what was written here, what people are shown."""

import re
from html import unescape

from feeds.formats._feedgen import text_of

_LINK = re.compile(rb"<(?:atom:)?link ([^>]*)/>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
# A list of sources has this heading, escaped in XML; a text may have another one before it.
_MORE = re.compile(rb"<h2>(\d+) more sources?</h2>|&lt;h2&gt;(\d+) more sources?&lt;/h2&gt;")


def text_or_nothing(element: bytes, name: str) -> str:
    """Give the text of the first element of a name; nothing where there is none."""
    return text_of(element, name) if f"<{name}".encode() in element else ""


def linked(element: bytes, relation: str) -> str:
    """Give the address of the first link of a relation."""
    for link in _LINK.finditer(element):
        attributes = dict(_ATTRIBUTE.findall(link[1]))
        if attributes.get(b"rel") == relation.encode():
            return unescape(attributes[b"href"].decode())
    return ""


def count_more_sources(entry: bytes) -> int:
    """Count the other sources that the content of an entry names."""
    if b" more source" not in entry:
        return 0
    found = [plain or escaped for plain, escaped in _MORE.findall(entry)]
    return int(found[-1]) if found else 0
