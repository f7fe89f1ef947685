"""The contract that every format keeps, whichever it is."""

import ast
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from test_formats_golden import (
    BARE,
    CASES,
    DIRECTORY,
    ENTRIES,
    EVERYTHING,
    FEED,
    FULL,
    PAGE,
    rendered,
)

import feeds.formats
from feeds.formats import directory_formats, feed_formats
from feeds.model import Entry, Feed, FeedFormat, Image, replace

every_format = pytest.mark.parametrize("room", feed_formats(), ids=lambda room: room.name)
every_xml_format = pytest.mark.parametrize(
    "room", [room for room in feed_formats() if "+xml" in room.media_type], ids=lambda r: r.name
)


def document(room: FeedFormat, *entries: Entry, feed: Feed = FEED) -> bytes:
    return room.feed(feed, [room.entry(entry) for entry in entries])


def ids(room: FeedFormat, data: bytes) -> list[str]:
    if "json" in room.media_type:
        return [item["id"] for item in json.loads(data)["items"]]
    parsed = feedparser.parse(data)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return [entry.id for entry in parsed.entries]


# --- Rooms ---------------------------------------------------------------------------


def test_formats_come_in_order_of_preference() -> None:
    """Atom is preferred, then RSS, then JSON Feed; OPML is the directory's format."""
    assert [room.name for room in feed_formats()] == ["atom", "rss", "json"]
    assert [room.name for room in directory_formats()] == ["opml"]


def test_a_format_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that exposes FORMAT is a format by lying among the others, and `_` hides it."""
    source = (
        "from feeds.model import FeedFormat\n"
        "FORMAT = FeedFormat('rdf', 'RDF', '.rdf', 'application/rdf+xml', *[repr] * 6)\n"
    )
    (tmp_path / "rdf.py").write_text(source)
    (tmp_path / "_hidden.py").write_text("raise AssertionError")
    monkeypatch.setattr(feeds.formats, "__path__", [*feeds.formats.__path__, str(tmp_path)])
    try:
        assert [room.name for room in feed_formats()] == ["atom", "rdf", "rss", "json"]
    finally:
        sys.modules.pop("feeds.formats.rdf", None)
        vars(feeds.formats).pop("rdf", None)


def test_formats_cannot_be_confused() -> None:
    """No two formats share a name, a suffix or a media type."""
    for field in ("name", "title", "suffix", "media_type"):
        assert len({getattr(room, field) for room in feed_formats()}) == len(feed_formats())
    assert all(room.suffix.startswith(".") for room in feed_formats())


def test_vendors_are_loaded_when_formats_are_asked_for() -> None:
    """Importing the floor imports no room, so that a command without feeds starts fast."""
    code = "import sys, feeds.formats; print({'lxml', 'feedgen'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


def test_rooms_do_not_know_each_other() -> None:
    """A room imports only modules that all share, and one module alone imports the vendors."""
    folder = Path(feeds.formats.__file__).parent
    imports = {path.name: _imported(path) for path in folder.glob("*.py")}
    for name, modules in imports.items():
        rooms = [m for m in modules if re.match(r"feeds\.formats\.[a-z]", m)]
        assert not rooms, f"{name} imports {rooms}"
    for vendor in ("feedgen", "lxml"):
        users = {n for n, modules in imports.items() if any(m.startswith(vendor) for m in modules)}
        assert users == {"_feedgen.py"}


def _imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


# --- Documents -----------------------------------------------------------------------


@every_format
def test_readers_find_the_same_entries_in_the_same_order(room: FeedFormat) -> None:
    """Every format is read without complaint and has the same ids in the same order."""
    assert ids(room, document(room, *ENTRIES)) == [entry.id for entry in ENTRIES]
    backwards = tuple(reversed(ENTRIES))
    assert ids(room, document(room, *backwards)) == [entry.id for entry in backwards]


@every_format
def test_a_feed_may_be_empty(room: FeedFormat) -> None:
    """A feed without entries is a whole document that is read without complaint."""
    assert ids(room, document(room)) == []


@every_format
def test_entries_are_joined_as_they_are(room: FeedFormat) -> None:
    """A document holds the bytes of each entry verbatim, on lines of their own."""
    written = [room.entry(entry) for entry in ENTRIES]
    lines = b"\n" + room.feed(FEED, iter(written)) + b"\n"
    for entry in written:
        assert re.search(rb"\n" + re.escape(entry) + rb",?\n", lines)


@every_format
def test_an_entry_is_the_same_bytes_in_every_feed(room: FeedFormat) -> None:
    """What is written of an entry depends on the entry alone."""
    other = replace(FEED, id="urn:x", title="Other", language=None)
    assert room.entry(FULL) in document(room, FULL)
    assert room.entry(FULL) in document(room, BARE, FULL, feed=other)


@every_format
def test_the_same_feed_gives_the_same_bytes(room: FeedFormat) -> None:
    """Two renderings do not differ, and neither names the year in which they were made."""
    first, second = document(room, *ENTRIES), document(room, *ENTRIES)
    assert first == second
    assert str(datetime.now(UTC).year).encode() not in first
    for feed, entries in CASES.values():
        assert str(datetime.now(UTC).year).encode() not in document(room, *entries, feed=feed)


def test_bytes_do_not_depend_on_the_process() -> None:
    """Hash seed, time zone and locale leave no trace in any document."""
    code = "from test_formats_golden import *; import sys; sys.stdout.write(repr(rendered()))"
    for seed, zone in (("0", "UTC"), ("1", "Asia/Tokyo")):
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(Path(__file__).parent),
        }
        run = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, check=True
        )
        assert run.stdout.decode() == repr(rendered())


@every_xml_format
@pytest.mark.parametrize("feed", [FEED, PAGE], ids=["plain", "full"])
def test_the_root_is_one_line_and_names_every_namespace(room: FeedFormat, feed: Feed) -> None:
    """The declaration is the first line, the root's tag the second, and nothing else has xmlns."""
    declaration, root, rest = document(room, *EVERYTHING, feed=feed).split(b"\n", 2)
    assert declaration == b'<?xml version="1.0" encoding="UTF-8"?>'
    assert re.fullmatch(rb'<(feed|rss)( [a-z:]+="[^"<>]*")+>', root)
    namespaces = re.findall(rb'xmlns[a-z:]*="([^"]*)"', root)
    assert len(namespaces) == len(set(namespaces))
    assert b"xmlns" not in rest


@every_xml_format
def test_every_namespace_of_the_root_is_for_something(room: FeedFormat) -> None:
    """A feed with all that there is uses each prefix that its root declares, and no other."""
    _, root, rest = document(room, *EVERYTHING, feed=PAGE).split(b"\n", 2)
    declared = set(re.findall(rb"xmlns:([a-z]+)=", root))
    assert set(re.findall(rb"<([a-z]+):", rest)) == declared


@every_xml_format
def test_alternative_text_of_an_image_is_not_taken_for_the_entry(room: FeedFormat) -> None:
    """A reader takes an image's text neither for the title nor the summary of its entry."""
    image = Image("https://cdn.example/1.jpg", alternative="A picture")
    for entry in (FULL, BARE):
        pictured = replace(entry, images=(image,))
        (parsed,) = feedparser.parse(document(room, pictured)).entries
        assert parsed.title == entry.title
        assert "A picture" not in parsed.get("summary", "")
        assert len(parsed.get("content", [])) == bool(entry.content)


def test_the_directory_is_the_same_bytes_each_time() -> None:
    """Two renderings of the directory do not differ."""
    for room in directory_formats():
        assert room.directory(DIRECTORY) == room.directory(DIRECTORY)


def test_what_is_written_can_be_read() -> None:
    """Each format reads back, of what it wrote, what people are shown: the same in all of them."""
    content = "<h2>1 more source</h2><p>text</p><h2>3 more sources</h2>"
    second = replace(ENTRIES[0], id="urn:example:2", title="", content=content)
    entries = [replace(ENTRIES[0], content=""), second]
    feed = replace(FEED, title="<b> & \u2603")
    for room in feed_formats():
        told = room.read(room.feed(feed, [room.entry(entry) for entry in entries]))
        assert (told.title, told.address) == (feed.title, f"{feed.stem_url}{room.suffix}")
        assert told.updated == (None if room.name == "json" else feed.updated)
        assert [entry.id for entry in told.entries] == [entry.id for entry in entries]
        assert [entry.more for entry in told.entries] == [0, 3]
        assert told.entries[0].title == entries[0].title
        assert told.entries[1].title in {"", entries[0].url}
        for read, entry in zip(told.entries, entries, strict=True):
            assert (read.url, read.published) == (entry.url, entry.published)
            assert read.source == entry.source.title
