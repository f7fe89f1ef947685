"""The one place that knows feedgen and lxml.

feedgen writes what it writes correctly; what it gets wrong or leaves out, a format adds in
a function named `complete`, which feedgen calls through its extension hook with the element
(of an entry or of a document) that it has made.
"""

from collections.abc import Callable, Iterable
from functools import cache, partial
from html import escape, unescape
from typing import Any, TypeAlias

from feeds import __version__
from feeds.model import Divided, Entry, Feed, Link, Person
from feeds.text.dates import rfc2822

Element: TypeAlias = Any
"""An element of lxml, which has no types of its own."""

Complete: TypeAlias = Callable[[Element], None]

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

_NAMESPACES = {
    "at": "http://purl.org/atompub/tombstones/1.0",
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "fh": "http://purl.org/syndication/history/1.0",
    "media": "http://search.yahoo.com/mrss/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
}
_ATOM_PREFIXES = ("media",)
_RSS_PREFIXES = ("atom", "content", "dc", "media", "sy")
_NAME = "feeds"
# Entries have lines of their own.
_BETWEEN = b"\n"
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


# ruff: noqa: PLC0415 - most cycles write nothing, and need not wait for these two to load


@cache
def _feedgen() -> Any:  # noqa: ANN401 - a module
    """Give feedgen, with a function of ours for dates.

    Its own calls setlocale three times for each. That changes the whole process while other
    threads serve, and takes two fifths of the time of an RSS item.
    """
    import feedgen.entry
    import feedgen.feed

    feedgen.entry.formatRFC2822 = feedgen.feed.formatRFC2822 = rfc2822
    return feedgen


@cache
def _etree() -> Any:  # noqa: ANN401 - a module
    from lxml import etree

    return etree


def load() -> None:
    """Load what feeds are written with, which otherwise the first one waits for."""
    _feedgen()
    _etree()


def child(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    """Append an element to another and return it; attributes that are empty are left out.

    `name` may begin with one of the prefixes `at`, `atom`, `content`, `dc`, `fh`, `media` and
    `sy`.
    """
    prefix, _, local = name.rpartition(":")
    tag = f"{{{_NAMESPACES[prefix]}}}{local}" if prefix else local
    given = {key: value for key, value in attributes.items() if value}
    element = _etree().SubElement(parent, tag, given)
    element.text = text or None
    return element


def atom_entry(entry: Entry, complete: Complete) -> bytes:
    """Write an `entry` of Atom; its links, source and date of publication are `complete`'s.

    The element that `complete` gets has one bare `link`, whose `href` is the entry's URL.
    """
    draft = _draft(entry, complete)
    draft.author([_person(author) for author in entry.authors])
    draft.rights(entry.rights)
    if entry.summary:
        draft.summary(entry.summary, type="text")
    if entry.content:
        draft.content(entry.content, type="html")
    return _serialised(draft.atom_entry(), _ATOM_PREFIXES)


def rss_item(entry: Entry, complete: Complete) -> bytes:
    """Write an `item` of RSS; its authors and links are `complete`'s.

    `description` holds HTML, as is the custom, so that plain text is escaped in it. It has
    the content of an entry without a summary, since it is what every reader shows.
    """
    draft = _draft(entry, complete)
    # An address may be an id without being where the entry can be read.
    draft.guid(entry.id, permalink=entry.id == entry.url)
    draft.published(entry.published)
    draft.source(url=entry.source.url, title=entry.source.title)
    if entry.summary:
        draft.description(escape(entry.summary, quote=False))
    if entry.content:
        draft.content(entry.content)
    return _serialised(draft.rss_entry(), _RSS_PREFIXES)


def atom_document(feed: Feed, own: Link, complete: Complete, entries: Iterable[bytes]) -> bytes:
    """Write a `feed` of Atom around entries that are written already; `own` is its address."""
    generator = _generator(feed, own, _atom_prefixes(feed), complete)
    return _around(entries, generator.atom_str(pretty=True, xml_declaration=False), b"</feed>")


def rss_document(feed: Feed, own: Link, complete: Complete, entries: Iterable[bytes]) -> bytes:
    """Write an `rss` document around items that are written already; `own` is its address.

    `complete` gets the root, feedgen's `channel` in it.
    """
    generator = _generator(feed, own, _RSS_PREFIXES, complete)
    # RSS requires a description of its channel.
    generator.description(feed.description or _title(feed))
    # It has no attribute for the version.
    generator.generator(f"{_NAME} {__version__}")
    return _around(entries, generator.rss_str(pretty=True, xml_declaration=False), b"</channel>")


def divided(document: bytes, name: str) -> Divided:
    """Take a document made here apart into its entries, which are elements of this name.

    Each begins a line, as nothing else of that name does: in text, `<` is escaped.
    """
    start, end = f"\n<{name}".encode(), f"</{name}>".encode()
    first = document.find(start) + 1
    if not first:
        return Divided(document, (), b"")
    last = document.rindex(end + _BETWEEN) + len(end)
    *pieces, whole = document[first:last].split(end + _BETWEEN)
    entries = (*[piece + end for piece in pieces], whole)
    return Divided(document[:first], entries, document[last:], _BETWEEN)


def text_of(entry: bytes, name: str) -> str:
    """Give the text of the first element of a name in an entry that was made here."""
    start, end = f"<{name}".encode(), f"</{name}>".encode()
    begin = entry.index(b">", entry.index(start)) + 1
    return unescape(entry[begin : entry.index(end, begin)].decode())


class _Extension:
    """What feedgen takes as an extension: names its namespaces and completes an element."""

    def __init__(self, prefixes: tuple[str, ...], complete: Complete) -> None:
        self.prefixes = prefixes
        self.complete = complete

    def extend_ns(self) -> dict[str, str]:
        return _namespaces(self.prefixes)

    def extend_atom(self, element: Element) -> Element:
        self.complete(element)
        return element

    extend_rss = extend_atom


def _draft(entry: Entry, complete: Complete) -> Any:  # noqa: ANN401 - feedgen's own type
    draft = _feedgen().entry.FeedEntry()
    draft.register_extension("feeds", partial(_Extension, (), complete))
    draft.id(entry.id)
    draft.title(_title(entry))
    # Not given, this would be now; given as text, dateutil would parse it, which takes twice
    # as long as all the rest.
    draft.updated(entry.updated)
    # Atom entry links lose all but their `href` (lkiesow/python-feedgen#135), so that this
    # is the only one; without it feedgen refuses an entry that has no content.
    draft.link(href=entry.url, rel="alternate")
    draft.category(
        [
            {"term": category.label, "scheme": category.scheme, "label": category.label}
            for category in entry.categories
        ]
    )
    return draft


def _generator(feed: Feed, own: Link, prefixes: tuple[str, ...], complete: Complete) -> Any:  # noqa: ANN401 - feedgen's own type
    generator = _feedgen().feed.FeedGenerator()
    generator.register_extension("feeds", partial(_Extension, prefixes, complete))
    generator.id(feed.id)
    generator.title(_title(feed))
    generator.subtitle(feed.description)
    # Not given, this would be now, and no two builds the same.
    generator.updated(feed.updated)
    generator.language(feed.language)
    generator.author(_person(feed.author))
    generator.rights(feed.rights)
    generator.generator(_NAME, version=__version__)
    generator.link(href=own.url, rel=own.relation, type=own.media_type)
    # The last link of all becomes the `link` of an RSS channel.
    generator.link(href=feed.url, rel="alternate", type="text/html")
    return generator


def _atom_prefixes(feed: Feed) -> tuple[str, ...]:
    """Give the prefixes that a document of Atom needs, so that no other declares them."""
    archive = ("fh",) if feed.is_archive else ()
    tombstones = ("at",) if feed.tombstones else ()
    return (*_ATOM_PREFIXES, *archive, *tombstones)


def _person(person: Person) -> dict[str, str | None]:
    return {"name": person.name, "email": person.email, "uri": person.url}


def _title(named: Entry | Feed) -> str:
    """Give a title that is not empty, because feedgen raises when it is."""
    return named.title or named.url


def _serialised(element: Element, prefixes: tuple[str, ...]) -> bytes:
    """Write an element as it stands below a root that declares the prefixes.

    lxml declares a namespace where it is first needed, which would be in every entry: so
    the element is put under such a root, and its bytes are cut out.
    """
    root = _etree().Element("_", nsmap=_namespaces(prefixes))
    root.append(element)
    data: bytes = _etree().tostring(root, encoding="UTF-8", xml_declaration=False)
    return data[_root_length(prefixes) : -len(b"</_>")]


@cache
def _root_length(prefixes: tuple[str, ...]) -> int:
    """Count the bytes of the start tag of a root that declares the prefixes."""
    etree = _etree()
    empty: bytes = etree.tostring(etree.Element("_", nsmap=_namespaces(prefixes)))
    return len(empty.replace(b"/>", b">"))


def _namespaces(prefixes: tuple[str, ...]) -> dict[str, str]:
    return {prefix: _NAMESPACES[prefix] for prefix in prefixes}


def _around(entries: Iterable[bytes], document: bytes, end_tag: bytes) -> bytes:
    """Put entries, each on a line of its own, before an end tag of a document without any."""
    head, end, rest = document.rpartition(end_tag)
    lines = b"".join(entry + b"\n" for entry in entries)
    return b"".join((_DECLARATION, head.rstrip(), b"\n", lines, end, rest.rstrip(), b"\n"))
