"""Entries and feeds by patterns: the same bytes as formats give of each one alone."""

from collections.abc import Sequence

from hypothesis import example, given, settings, strategies as st
from test_formats_any_text import entries, feed_heads
from test_formats_golden import BARE, CASES, ENTRIES, EVERYTHING, FEED, FULL, PAGE

from feeds.formats import feed_formats, write_entry, write_feed
from feeds.formats._writing import _entry_pattern
from feeds.model import Entry, Feed, Image, Link, replace

WRITERS = tuple(form.entry for form in feed_formats())
TWINS = replace(
    FULL,
    id=FULL.url,
    title=FULL.url,
    images=(Image("https://x.example/1", 0, 7), Image("https://x.example/1", 7, None)),
)
MARKED = replace(FULL, title='\ue0001<"\ue001 900719925470001', rights="\x00\uffff")
SPACED = replace(BARE, title="a\r\n\tb", summary="\r\n<&>\"'\t", url="x:\r\n\t\"'\\")


def alone(entry: Entry) -> tuple[bytes, ...]:
    """Give what formats write of an entry when each is asked by itself."""
    return tuple(form.entry(entry) for form in feed_formats())


@settings(deadline=None, max_examples=150)
@example(entry=TWINS)
@example(entry=MARKED)
@example(entry=SPACED)
@given(entry=entries)
def test_an_entry_is_written_as_each_format_would(entry: Entry) -> None:
    """A pattern that other entries of the shape have made gives what formats write of this one."""
    other = replace(entry, title=f"{entry.title}.", id=f"{entry.id}?{entry.id}")
    for each in (entry, other, entry):
        assert write_entry(each, WRITERS) == alone(each)
    assert write_entry(entry, WRITERS[:1]) == alone(entry)[:1]


@settings(deadline=None, max_examples=80)
@given(feed=feed_heads, bodies=st.lists(st.sampled_from([b"<a/>", b"{}"]), max_size=3))
def test_a_feed_is_written_as_each_format_would(feed: Feed, bodies: Sequence[bytes]) -> None:
    """With tombstones or without, with entries or none: the document is the same."""
    for each in (feed, replace(feed, tombstones=(), title=f"{feed.title}.")):
        for form in feed_formats():
            assert write_feed(each, bodies, form.feed) == form.feed(each, bodies)


def test_every_case_is_written_as_each_format_would() -> None:
    """What golden files hold of feeds, pages and archives comes out by patterns, too."""
    for feed, members in CASES.values():
        for number, form in enumerate(feed_formats()):
            bodies = [write_entry(entry, WRITERS)[number] for entry in members]
            assert write_feed(feed, bodies, form.feed) == form.feed(feed, map(form.entry, members))
    for entry in (*ENTRIES, *EVERYTHING):
        assert write_entry(entry, WRITERS) == alone(entry)


def test_formats_are_asked_once_for_a_shape() -> None:
    """Entries that differ in texts alone are of one shape, and formats see only its example."""
    seen: list[Entry] = []

    def write(entry: Entry) -> bytes:
        seen.append(entry)
        return feed_formats()[0].entry(entry)

    for number in range(3):
        entry = replace(FULL, title=f"Title {number}", content=f"<p>{number}</p>")
        assert write_entry(entry, (write,)) == alone(entry)[:1]
    assert len(seen) == 1
    write_entry(replace(FULL, links=(*FULL.links, Link("via", "x:y"))), (write,))
    assert len(seen) == 2


def test_a_format_that_escapes_in_its_own_way_is_asked_each_time() -> None:
    """What marks come out as is known of XML and JSON; other ways give what the format writes."""

    def shout(entry: Entry) -> bytes:
        return entry.title.upper().replace("<", "[").encode()

    for title in ("a<b", "c"):
        entry = replace(FULL, title=title)
        assert write_entry(entry, (shout,)) == (shout(entry),)


def test_an_entry_of_very_many_texts_makes_no_pattern() -> None:
    """A shape that hardly comes twice is not kept, and what is written is the same."""
    links = tuple(Link("related", f"https://x.example/{number}") for number in range(4_000))
    images = tuple(Image(f"https://x.example/{number}.png", number, 9) for number in range(5_000))
    entry = replace(FULL, links=links, images=images)
    before = _entry_pattern.cache_info().currsize
    assert write_entry(entry, WRITERS) == alone(entry)
    assert _entry_pattern.cache_info().currsize == before


def test_a_feed_with_an_empty_title_is_called_by_its_address() -> None:
    """What is empty is part of a shape: formats decide anew what stands in its place."""
    for feed in (
        FEED,
        PAGE,
        replace(FEED, title=""),
        replace(PAGE, title=""),
    ):
        for form in feed_formats():
            assert write_feed(feed, [b"<x/>"], form.feed) == form.feed(feed, [b"<x/>"])
