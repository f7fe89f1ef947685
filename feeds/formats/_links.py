"""What an entry refers to elsewhere, for formats that set it apart."""

from feeds.model import Enclosure, Entry, Link

_COVERAGE = frozenset({"related", "via"})


def related_links(entry: Entry) -> tuple[Link, ...]:
    """Give the links to what is about the same thing, in their order."""
    return tuple(link for link in entry.links if link.relation in _COVERAGE)


def required_type(enclosure: Enclosure) -> str:
    """Give a media type even where none is known, for formats that require one.

    Source: RFC 2046, section 4.5.1.
    """
    return enclosure.media_type or "application/octet-stream"
