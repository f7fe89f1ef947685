"""What was published, and what rules about it are made of."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from lxml import etree

NAMESPACES = {
    "at": "http://purl.org/atompub/tombstones/1.0",
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "fh": "http://purl.org/syndication/history/1.0",
    "media": "http://search.yahoo.com/mrss/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
}
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

Element: TypeAlias = Any


@dataclass(frozen=True)
class Document:
    """What was published, and the address at which it is."""

    data: bytes
    url: str

    @cached_property
    def kind(self) -> str:
        """Say what this is: `atom`, `rss`, `opml` or `json`."""
        found = re.match(rb"(?:<[?!][^<>]*>|\s)*<(feed|rss|opml)[\s>]", self.data)
        return {b"feed": "atom", b"rss": "rss", b"opml": "opml"}[found[1]] if found else "json"

    @cached_property
    def root(self) -> Element:
        """Give the root element of a document in XML."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
        return etree.fromstring(self.data, parser)

    @cached_property
    def json(self) -> Any:  # noqa: ANN401
        """Give what a document in JSON holds."""
        return json.loads(self.data)

    def all(self, path: str) -> list[Element]:
        """Give the elements at a path below the root, with our usual prefixes."""
        return self.root.findall(path, NAMESPACES)

    @property
    def entries(self) -> list[Element]:
        """Give the entries of Atom or the items of RSS."""
        return self.all("atom:entry" if self.kind == "atom" else "channel/item")


Complaints: TypeAlias = Iterator[str]
Rule: TypeAlias = Callable[[Document], Complaints]

RULES: dict[str, list[Rule]] = {"atom": [], "rss": [], "opml": [], "json": []}


def rule(*kinds: str) -> Callable[[Rule], Rule]:
    """Make a function a rule for some kinds of documents."""

    def add(check: Rule) -> Rule:
        for kind in kinds:
            RULES[kind].append(check)
        return check

    return add


def name_of(element: Element) -> str:
    """Give an element's name with its usual prefix."""
    name = etree.QName(element)
    prefixes = [prefix for prefix, uri in NAMESPACES.items() if uri == name.namespace]
    return f"{prefixes[0]}:{name.localname}" if prefixes else name.localname


def counted(parent: Element, names: str, least: int, most: int) -> Complaints:
    """Complain of children that stand there more or less often than they may."""
    counts = Counter(name_of(child) for child in parent)
    for name in names.split():
        if not least <= counts[name] <= most:
            yield f"{name_of(parent)} has {counts[name]} {name}"


def once(parent: Element, names: str) -> Complaints:
    """Complain of children that do not stand there exactly once."""
    yield from counted(parent, names, 1, 1)


def once_at_most(parent: Element, names: str) -> Complaints:
    """Complain of children that stand there several times."""
    yield from counted(parent, names, 0, 1)


def unless(holds: Callable[[str | None], bool], values: Iterable[str | None]) -> Complaints:
    """Complain of values of which something does not hold."""
    for value in values:
        if not holds(value):
            yield repr(value)


def texts(document: Document, *names: str) -> Complaints:
    """Give the texts of all elements of some names, wherever they are."""
    tags = [name if ":" in name else f"{{*}}{name}" for name in names]
    for tag in tags:
        for element in document.all(f".//{tag}"):
            yield element.text or ""


def attributes(elements: Iterable[Element], name: str) -> list[str]:
    """Give an attribute of all elements that have it."""
    return [element.get(name) for element in elements if name in element.attrib]


def again(values: Iterable[object]) -> Complaints:
    """Complain of values that are there several times."""
    for value, count in Counter(values).items():
        if count > 1:
            yield f"{value!r} {count} times"


def links_of(document: Document) -> list[Element]:
    """Give the links of a feed and of its entries."""
    return document.all(".//atom:link")
