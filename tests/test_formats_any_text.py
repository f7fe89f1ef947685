"""Whatever text a document brings along, it stays text, and every format stays readable."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import feedparser
import pytest
from hypothesis import example, given, settings, strategies as st
from lxml import etree
from test_formats import document, every_format, every_xml_format
from test_formats_golden import FEED, FULL

from feeds.formats import directory_formats, feed_formats
from feeds.model import (
    Category,
    Directory,
    Enclosure,
    Entry,
    Feed,
    FeedFormat,
    Image,
    Link,
    Outline,
    Person,
    Source,
    Tombstone,
    replace,
)

# Written down a second time on purpose: XML 1.0, section 2.2.
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


# All of Unicode, surrogates and control characters included, and what markup is made of.
nasty = st.sampled_from(["]]>", "<![CDATA[", "</title>", "&#0;", "&amp;", "<!--", '"', "\r\n"])
any_text = st.lists(st.text(st.characters()) | nasty, min_size=1, max_size=3).map("".join)
some_text = any_text.filter(bool)
moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)
maybe = st.none() | some_text
numbers = st.none() | st.integers(0)
people = st.builds(Person, some_text, maybe, maybe)
relations = st.sampled_from(["related", "via", "license"])


def several(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(strategy, max_size=3).map(tuple)


entries = st.builds(
    Entry,
    id=some_text,
    title=some_text,
    url=some_text,
    published=moments,
    updated=moments,
    summary=any_text,
    content=any_text,
    authors=several(people),
    source=st.builds(Source, some_text, any_text),
    categories=several(st.builds(Category, some_text, some_text)),
    images=several(st.builds(Image, some_text, numbers, numbers, any_text)),
    enclosures=several(st.builds(Enclosure, some_text, any_text, numbers, numbers, any_text)),
    player=maybe,
    links=several(st.builds(Link, relations, some_text, any_text, any_text, maybe)),
    rights=any_text,
    language=maybe,
)
feed_heads = st.builds(
    Feed,
    id=some_text,
    title=some_text,
    description=any_text,
    url=some_text,
    stem_url=some_text,
    updated=moments,
    author=people,
    language=maybe,
    rights=any_text,
    icon=maybe,
    logo=maybe,
    hubs=several(some_text),
    interval=st.none() | st.integers(1),
    pages=several(st.tuples(st.sampled_from(["first", "previous", "next", "last"]), some_text)),
    tombstones=several(st.builds(Tombstone, some_text, moments)),
)
outlines = st.builds(
    Outline,
    st.sampled_from(["all", "topic", "provider", "rule"]),
    any_text,
    any_text,
    some_text.map(lambda url: (("atom", url),)),
)
directories = st.builds(
    Directory, any_text, any_text, some_text, maybe, st.lists(outlines, max_size=3).map(tuple)
)


def texts(data: bytes) -> Iterator[str]:
    """Give every text and every value of an attribute that an XML document holds."""
    for element in etree.fromstring(data).iter():
        yield element.text or ""
        yield from element.attrib.values()


def legal(text: str) -> str:
    return ILLEGAL.sub("\ufffd", text)


# feedparser takes these controls for the characters that Windows has in their place.
_CONTROLS = {number: bytes([number]).decode("cp1252", "ignore") for number in range(0x80, 0xA0)}
WINDOWS = {number: character for number, character in _CONTROLS.items() if character}


def readings(text: str) -> set[str]:
    """Give what feedparser, which mends what looks wrongly decoded, may make of a text."""
    plain = legal(text).strip()
    try:
        mended = plain.encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        mended = plain
    return {plain, plain.translate(WINDOWS), mended.translate(WINDOWS)}


def said(entry: Entry) -> list[str]:
    """Give what every format says of an entry, as readers are to see it."""
    coverage = [link for link in entry.links if link.relation in ("related", "via")]
    parts = [entry.id, entry.title, entry.url, entry.content, entry.rights, entry.source.url]
    parts += [entry.source.title, entry.player or "", entry.language or ""]
    parts += [category.label for category in entry.categories]
    parts += [text for link in coverage for text in (link.url, link.title, link.language or "")]
    parts += [image.url for image in entry.images[:1]]
    parts += [file.url for file in entry.enclosures]
    parts += [file.media_type for file in entry.enclosures[:1]]
    return [legal(part) for part in parts if part]


def said_of_people(room: FeedFormat, authors: tuple[Person, ...]) -> list[str]:
    """Give what a format says of authors: RSS knows no pages, and JSON Feed no addresses."""
    if room.name == "json":
        parts = [text for author in authors for text in (author.name, author.url)]
    elif room.name == "atom":
        parts = [text for each in authors for text in (each.name, each.email, each.url)]
    elif len(authors) == 1 and authors[0].email:
        parts = [f"{authors[0].email} ({authors[0].name})"]
    else:
        parts = [author.name for author in authors]
    return [legal(part) for part in parts if part]


def said_of(feed: Feed) -> list[str]:
    """Give what every format says of a feed."""
    parts = [feed.title, feed.url, feed.description, feed.language, feed.rights, *feed.hubs]
    return [legal(part) for part in parts if part]


@pytest.mark.case(13, 21, 22)
@every_xml_format
@settings(deadline=None, max_examples=80)
@example(feed=FEED, entry=replace(FULL, title="\x00\ud800\ufffe\x0b", content="]]>"))
@given(feed=feed_heads, entry=entries)
def test_any_text_gives_well_formed_xml(room: FeedFormat, feed: Feed, entry: Entry) -> None:
    """Whatever a field holds, the document is well-formed and says it, U+FFFD for what XML bars."""
    data = document(room, entry, feed=feed)
    assert not feedparser.parse(data).bozo
    found = set(texts(data))
    assert found >= {*said(entry), *said_of(feed), *said_of_people(room, entry.authors)}
    pages = {legal(stem) + room.suffix for _, stem in feed.pages}
    assert found >= {legal(feed.stem_url) + room.suffix, *pages}
    if room.name == "atom":
        assert found >= {legal(url) for url in (feed.icon, feed.logo) if url}
        assert found >= {legal(tombstone.id) for tombstone in feed.tombstones}


@pytest.mark.case(22)
@settings(deadline=None, max_examples=80)
@given(feed=feed_heads, entry=entries)
def test_any_text_is_what_a_reader_shows(feed: Feed, entry: Entry) -> None:
    """A reader takes titles, rights and names for the text that they are, and shows all of it."""
    (room,) = (room for room in feed_formats() if room.name == "atom")
    parsed = feedparser.parse(document(room, entry, feed=feed))
    (shown,) = parsed.entries
    for found, given_text in (
        (shown.title, entry.title),
        (shown.get("rights", ""), entry.rights),
        # Without a summary, feedparser gives the content for one, cleaned as HTML.
        (shown.get("summary", "") if entry.summary else "", entry.summary),
        (shown.source.get("title", ""), entry.source.title),
        (parsed.feed.title, feed.title),
        (parsed.feed.get("rights", ""), feed.rights),
    ):
        assert found in readings(given_text)
    for author, person in zip(shown.get("authors", []), entry.authors, strict=True):
        assert author.get("name", "") in readings(person.name)


@pytest.mark.case(13, 22)
@settings(deadline=None, max_examples=80)
@given(feed=feed_heads, entry=entries)
def test_any_text_gives_json_that_says_it(feed: Feed, entry: Entry) -> None:
    """Whatever a field holds, the JSON is valid and says it, with U+FFFD for what XML bars."""
    (room,) = (room for room in feed_formats() if room.name == "json")
    parsed = json.loads(document(room, entry, feed=feed))
    (item,) = parsed["items"]
    assert set(_strings(item)) >= {*said(entry), *said_of_people(room, entry.authors)}
    pictures = {legal(url) for url in (feed.logo or feed.icon, feed.icon) if url}
    following = [legal(stem) + room.suffix for relation, stem in feed.pages if relation == "next"]
    assert set(_strings(parsed)) >= {*said_of(feed), *pictures, *following[-1:]}


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


@pytest.mark.case(13, 22)
@settings(deadline=None, max_examples=80)
@given(directory=directories)
def test_any_text_gives_a_well_formed_directory(directory: Directory) -> None:
    """Whatever an outline is called, the directory is well-formed and calls it so."""
    for room in directory_formats():
        found = set(texts(room.directory(directory)))
        assert found >= {legal(outline.title) for outline in directory.outlines}


@every_format
@settings(deadline=None, max_examples=30)
@given(entry=entries)
def test_an_entry_is_written_alike_each_time(room: FeedFormat, entry: Entry) -> None:
    """Rendering has no memory: an entry's bytes are the same, whatever was rendered before."""
    first = room.entry(entry)
    room.entry(FULL)
    assert room.entry(entry) == first


@settings(deadline=None, max_examples=40)
@given(feed=feed_heads, several_entries=st.lists(entries, max_size=3))
def test_a_document_is_divided_into_what_it_was_made_of(
    feed: Feed, several_entries: list[Entry]
) -> None:
    """Whatever entries say, each can be found again in a document, and left out."""
    for room in feed_formats():
        written = [room.entry(entry) for entry in several_entries]
        whole = room.feed(feed, written)
        divided = room.divide(whole)
        assert [*divided.entries] == written
        assert [*map(room.entry_id, written)] == [legal(entry.id) for entry in several_entries]
        assert divided.with_entries(divided.entries) == whole
        for kept in range(len(written)):
            part = divided.with_entries(divided.entries[:kept])
            # Where none is left, the line that they stood on may be.
            assert part.split() == room.feed(feed, written[:kept]).split()
