"""The rules that feeds keep, each a function from a document to what it has against it.

They are those of the W3C feed validator (https://validator.w3.org/feed/docs/), its warnings
included, for Atom, RSS 2.0, OPML 2.0 and Media RSS; of JSON Feed 1.1; of RFC 6721; and a few of
our own that no validator has. `complaints` gives what all rules for a document's kind say of it.
"""

from feed_rules import atom, jsonfeed, links, media, opml, rss, tombstones, xml
from feed_rules.documents import RULES, Document

__all__ = [
    "RULES", "Document", "atom", "complaints", "jsonfeed", "links", "media", "opml", "rss",
    "tombstones", "xml",
]  # fmt: skip


def complaints(data: bytes, url: str) -> list[str]:
    """Give what the rules have against a document that is published at an address."""
    document = Document(data, url)
    if unreadable := list(xml.can_be_read(document)):
        return unreadable
    return [
        f"{check.__name__}: {said}" for check in RULES[document.kind] for said in check(document)
    ]
