"""Which links of an entry are coverage elsewhere, for formats that set them apart."""

from feeds.model import Entry, Link

_COVERAGE = frozenset({"related", "via"})


def related_links(entry: Entry) -> tuple[Link, ...]:
    """Give the links to what is about the same thing, in their order."""
    return tuple(link for link in entry.links if link.relation in _COVERAGE)
