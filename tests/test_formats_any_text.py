"""Whatever text a document brings along, it stays text, and every format stays readable."""

import dataclasses
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import feedparser
from hypothesis import example, given, settings, strategies as st
from lxml import etree
from test_formats import document, every_format, every_xml_format
from test_formats_golden import FEED, FULL

from feeds.formats import directory_formats, feed_formats
from feeds.model import (
    Category,
    Directory,
    Entry,
    Feed,
    FeedFormat,
    Image,
    Link,
    Outline,
    Person,
    Source,
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
entries = st.builds(
    Entry,
    id=some_text,
    title=some_text,
    url=some_text,
    published=moments,
    updated=moments,
    summary=any_text,
    content=any_text,
    authors=st.lists(some_text, max_size=2).map(tuple),
    source=st.builds(Source, some_text, any_text),
    categories=st.lists(st.builds(Category, some_text, some_text), max_size=2).map(tuple),
    images=st.lists(
        st.builds(Image, some_text, st.none() | st.integers(1), st.none(), any_text), max_size=2
    ).map(tuple),
    links=st.lists(
        st.builds(Link, st.sampled_from(["related", "via"]), some_text, some_text), max_size=2
    ).map(tuple),
    language=maybe,
)
people = st.builds(Person, some_text, maybe, maybe)
feed_heads = st.builds(
    Feed, some_text, some_text, any_text, some_text, some_text, moments, people, maybe
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


def said(entry: Entry) -> list[str]:
    """Give what every format says of an entry, as readers are to see it."""
    parts = [entry.id, entry.title, entry.url, entry.content, *entry.authors]
    parts += [category.label for category in entry.categories]
    parts += [text for link in entry.links for text in (link.url, link.title)]
    parts += [image.url for image in entry.images[:1]]
    return [legal(part) for part in parts]


@every_xml_format
@settings(deadline=None, max_examples=80)
@example(feed=FEED, entry=dataclasses.replace(FULL, title="\x00\ud800\ufffe\x0b", content="]]>"))
@given(feed=feed_heads, entry=entries)
def test_any_text_gives_well_formed_xml(room: FeedFormat, feed: Feed, entry: Entry) -> None:
    """Whatever a field holds, the document is well-formed and says it, U+FFFD for what XML bars."""
    data = document(room, entry, feed=feed)
    assert not feedparser.parse(data).bozo
    found = set(texts(data))
    assert found >= set(said(entry))
    assert found >= {legal(feed.title), legal(feed.url)}


@settings(deadline=None, max_examples=80)
@given(feed=feed_heads, entry=entries)
def test_any_text_gives_json_that_says_it(feed: Feed, entry: Entry) -> None:
    """Whatever a field holds, the JSON is valid and says it, with U+FFFD for what XML bars."""
    (room,) = (room for room in feed_formats() if room.name == "json")
    parsed = json.loads(document(room, entry, feed=feed))
    (item,) = parsed["items"]
    found = set(_strings(item))
    assert found >= {text for text in said(entry) if text}
    assert parsed["title"] == legal(feed.title)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


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
