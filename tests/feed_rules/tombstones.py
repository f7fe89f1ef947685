"""Entries that were deleted (RFC 6721)."""

# ruff: noqa: D401 - a rule's docstring says what it holds to be true.

from datetime import datetime

from feed_rules.documents import (
    NAMESPACES,
    Complaints,
    Document,
    Element,
    again,
    name_of,
    rule,
    unless,
)
from feed_rules.values import is_canonical, is_rfc_3339


def _tombstones(document: Document) -> list[Element]:
    return document.all("at:deleted-entry")


@rule("atom", "rss")
def tombstones_stand_in_feeds(document: Document) -> Complaints:
    """A tombstone is an empty element of a feed of Atom, before the entries."""
    for mark in document.all(".//at:*"):
        parent = mark.getparent()
        if name_of(mark) != "at:deleted-entry" or name_of(parent) != "atom:feed":
            yield f"{name_of(mark)} is in {name_of(parent)}"
        if len(mark) or mark.text or set(mark.attrib) - {"ref", "when"}:
            yield f"{name_of(mark)} says more than which entry went, and when"
        if any(name_of(other) == "atom:entry" for other in mark.itersiblings(preceding=True)):
            yield f"{name_of(mark)} is behind an entry"


@rule("atom")
def tombstones_have_the_id_of_an_entry(document: Document) -> Complaints:
    """A tombstone refers to an id of Atom, which is an absolute IRI in its canonical form."""
    yield from unless(is_canonical, (mark.get("ref") for mark in _tombstones(document)))


@rule("atom")
def tombstones_have_a_date(document: Document) -> Complaints:
    """A tombstone says when the entry was deleted, with a zone (RFC 3339)."""
    yield from unless(is_rfc_3339, (mark.get("when") for mark in _tombstones(document)))


@rule("atom")
def tombstones_are_given_once(document: Document) -> Complaints:
    """No entry is deleted twice: what was deleted before does not matter any more."""
    yield from again(mark.get("ref") for mark in _tombstones(document))


@rule("atom")
def tombstones_are_of_no_entry_that_is_there(document: Document) -> Complaints:
    """An entry that is there changed after it was deleted, or it counts as deleted."""
    deleted = {mark.get("ref"): mark.get("when", "") for mark in _tombstones(document)}
    for entry in document.entries:
        name, updated = (
            entry.findtext(f"atom:{name}", "", NAMESPACES) for name in ("id", "updated")
        )
        if name in deleted and not _is_later(updated, deleted[name]):
            yield f"{name} is there and deleted"


def _is_later(updated: str, when: str) -> bool:
    if not (is_rfc_3339(updated) and is_rfc_3339(when)):
        return False
    return datetime.fromisoformat(updated) > datetime.fromisoformat(when)
