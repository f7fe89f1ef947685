"""Feeds made by hand, and what each format writes of them, byte by byte.

When a format is meant to say something else, `python tests/test_formats_golden.py` writes
the expected files anew; the difference is then to be read, not only committed.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds import __version__
from feeds.formats import directory_formats, feed_formats
from feeds.model import (
    Category,
    ChannelKind,
    Directory,
    Enclosure,
    Entry,
    Feed,
    Image,
    Link,
    Outline,
    Person,
    Source,
    Tombstone,
    replace,
)

TOPICS = "https://news.example/topics/"

FULL = Entry(
    id="tag:news.example,2021:corpus/2021/06/machine-learning-predicts",
    title="Machine learning predicts when immunotherapy works",
    url="https://medicalxpress.com/news/2021-06-machine-immunotherapy.html?a=1&b=2",
    published=datetime(2021, 6, 30, 17, 37, tzinfo=UTC),
    updated=datetime(2021, 7, 2, 8, 0, 5, tzinfo=UTC),
    summary="The body's defence relies on attack; fewer than <5% of tumours & cells escape.",
    content='<p>The <b>immune</b> system &amp; its "police".</p>\n<pre>if (a &lt; b) {}</pre>',
    authors=(Person("Ada Lovelace"), Person("Zoë Müller")),
    source=Source("https://medicalxpress.com/", "Medical Xpress"),
    categories=(Category("Machine Learning", TOPICS), Category("C++ & C#", TOPICS)),
    images=(
        Image("https://cdn.example/1.jpg", 1920, 1080, 'A "tumour" <close>'),
        Image("https://cdn.example/2.jpg"),
    ),
    links=(
        Link("related", "https://www.news-medical.net/a?x=1&y=2", "Researchers & machines"),
        Link("related", "https://www.medindia.net/b.htm", "Immunotherapy 💉", "text/html"),
        Link("via", "https://www.genengnews.com/c/", "GEN"),
    ),
    language="en",
)
BARE = Entry(
    id="tag:news.example,2021:corpus/2021/06/bare",
    title="A headline alone: 1 < 2",
    url="https://bare.example/",
    published=datetime(2021, 6, 6, 0, 0, tzinfo=UTC),
    updated=datetime(2021, 6, 6, 0, 0, tzinfo=UTC),
    summary="",
    content="",
    authors=(),
    source=Source("https://bare.example/", "bare.example"),
)
FOREIGN = Entry(
    id="urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a",
    title="機械学習が予測する",
    url="https://xn--wgv71a119e.example/%E8%A8%98%E4%BA%8B",
    published=datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC),
    updated=datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC),
    summary="免疫療法の効果。]]> <b>太字</b>",
    content="",
    authors=(Person("山田太郎"),),
    source=Source("https://xn--wgv71a119e.example/", "日本語"),
    categories=(Category("機械学習", TOPICS),),
    language="ja",
)
ENTRIES = (FULL, BARE, FOREIGN)

FEED = Feed(
    id="tag:news.example,2021:topics/machine-learning",
    title="Machine Learning & more",
    description="Curated news of <machine learning>",
    url="https://news.example/topics/machine-learning/",
    stem_url="https://news.example/topics/machine-learning",
    updated=datetime(2021, 7, 2, 8, 0, 5, tzinfo=UTC),
    author=Person("News Desk", "desk@news.example", "https://news.example/about"),
    language="en",
)


# What every entry below has in common; each then shows one thing.
PLAIN = Entry(
    id="tag:news.example,2021:corpus/2021/07/plain",
    title="Plain",
    url="https://plain.example/a",
    published=datetime(2021, 7, 1, 6, 30, tzinfo=UTC),
    updated=datetime(2021, 7, 1, 6, 30, tzinfo=UTC),
    summary="In short.",
    content="<p>At length.</p>",
    authors=(),
    source=Source("https://plain.example/", "Plain Press"),
)
ADA = Person("Ada Lovelace (Countess)", "ada@plain.example", "https://plain.example/ada")
EPISODE = Enclosure(
    "https://cdn.example/1.mp3?a=1&b=2", "audio/mpeg", 24_986_239, 1_805, 'Part "one" & two'
)
FILM = Enclosure("https://cdn.example/1.mp4", "video/mp4", 9_000_000)
PAPER = Enclosure("https://cdn.example/paper.pdf", "application/pdf", 81_920, title="The paper")
MYSTERY = Enclosure("https://cdn.example/mystery", "")
STILL = Image("https://cdn.example/still.jpg", 1280, 720, "The speaker")
CHART = Image("https://cdn.example/chart.png", 640, 480)


def like_plain(name: str, **changes: object) -> Entry:
    """Give an entry that differs from the plain one by its name and some changes."""
    entry_id = f"tag:news.example,2021:corpus/2021/07/{name.replace(' ', '-')}"
    return replace(PLAIN, **{"id": entry_id, "title": name} | changes)


AUTHORS = (
    like_plain("one author with an address", authors=(ADA,)),
    like_plain("one author with a page", authors=(replace(ADA, email=None),)),
    like_plain("two authors of whom one has an address", authors=(ADA, Person("Zoë Müller"))),
)
RIGHTS = (
    like_plain("rights and language", rights="© 2021 Plain & Sons <plain>", language="en-GB"),
    like_plain("rights alone", rights="CC BY 4.0"),
)
ENCLOSURES = (
    like_plain("a file of which all is known", enclosures=(EPISODE,)),
    like_plain("a file of which nothing is known", enclosures=(MYSTERY,)),
    like_plain("several files", enclosures=(EPISODE, FILM, PAPER, MYSTERY)),
    like_plain(
        "a file that is an image of the entry, too",
        images=(STILL, CHART, STILL),
        enclosures=(Enclosure(CHART.url, "image/png", 2_048), EPISODE),
    ),
)
PLAYER = "https://video.example/watch?v=1&t=2"
VIDEOS = (
    like_plain("a player with a still", player=PLAYER, images=(STILL, CHART, STILL)),
    like_plain("a player alone", player=PLAYER),
    like_plain("a player and its file", player=PLAYER, images=(STILL,), enclosures=(FILM,)),
    like_plain(
        "a still that is a file, too",
        player=PLAYER,
        images=(STILL,),
        enclosures=(Enclosure(STILL.url, "image/jpeg", 4_096),),
    ),
)
COVERAGE = (
    like_plain(
        "coverage in several languages",
        links=(
            Link("related", "https://a.example/1", "Auf Deutsch", "text/html", "de-AT"),
            Link("related", "https://b.example/2?x=1&y=2", "Of unknown language", "text/html"),
            Link("via", "https://c.example/3", "", "text/html", "ja"),
        ),
    ),
)
PERMALINKS = (
    like_plain("an id that is the address", id=PLAIN.url),
    like_plain("an id that is another address", id="https://plain.example/?p=17"),
    like_plain("an id that is no address"),
)

PAGE = replace(
    FEED,
    rights="© 2021 News & Sons",
    icon="https://news.example/icon.png",
    logo="https://news.example/logo.jpg?v=1&w=2",
    hubs=("https://hub.example/", "https://hub.example.org/?a=1&b=2"),
    interval=1800,
    stem_url=f"{FEED.stem_url}/2",
    pages=(
        ("first", FEED.stem_url),
        ("previous", FEED.stem_url),
        ("next", f"{FEED.stem_url}/3"),
        ("last", f"{FEED.stem_url}/4"),
    ),
)
ARCHIVED = f"{FEED.stem_url}/archive"
ATOM_TYPE = "application/atom+xml"
WITH_ARCHIVE = replace(
    FEED, links=(Link("prev-archive", f"{ARCHIVED}/2021-07.atom", media_type=ATOM_TYPE),)
)
ARCHIVE = replace(
    FEED,
    stem_url=f"{ARCHIVED}/2021-06",
    is_archive=True,
    links=(
        Link("current", f"{FEED.stem_url}.atom", media_type=ATOM_TYPE),
        Link("prev-archive", f"{ARCHIVED}/2020-12.atom", media_type=ATOM_TYPE),
        Link("next-archive", f"{ARCHIVED}/2021-07.atom", media_type=ATOM_TYPE),
    ),
)
TOMBSTONES = (
    Tombstone(
        "tag:news.example,2021:corpus/2021/06/withdrawn", datetime(2021, 7, 3, 0, 0, 1, tzinfo=UTC)
    ),
    Tombstone("https://plain.example/?p=18&q=19", datetime(2021, 6, 30, 12, tzinfo=UTC)),
)
WITH_TOMBSTONES = replace(FEED, tombstones=TOMBSTONES)
ARCHIVE_WITH_TOMBSTONES = replace(ARCHIVE, tombstones=TOMBSTONES)
ICON_ONLY = replace(FEED, icon="https://news.example/icon.gif", interval=5400)
BARE_FEED = Feed(
    id="tag:news.example,2021:all",
    title="Everything",
    description="",
    url="https://news.example/",
    stem_url="https://news.example/all",
    updated=datetime(2021, 7, 2, 8, 0, 5, tzinfo=UTC),
    author=Person("News Desk"),
)
EVERYTHING = (*ENTRIES, *AUTHORS, *RIGHTS, *ENCLOSURES, *VIDEOS, *COVERAGE, *PERMALINKS)

CASES: dict[str, tuple[Feed, tuple[Entry, ...]]] = {
    "archive-of-a-month": (ARCHIVE, (FULL, PLAIN)),
    "archive-with-tombstones": (ARCHIVE_WITH_TOMBSTONES, (PLAIN,)),
    "authors": (FEED, AUTHORS),
    "coverage": (FEED, COVERAGE),
    "enclosures": (FEED, ENCLOSURES),
    "feed-about-which-little-is-known": (BARE_FEED, (PLAIN,)),
    "feed-in-pages": (PAGE, (PLAIN,)),
    "feed-with-an-archive": (WITH_ARCHIVE, (PLAIN,)),
    "feed-with-an-icon": (ICON_ONLY, (PLAIN,)),
    "feed-with-tombstones": (WITH_TOMBSTONES, (PLAIN,)),
    "machine-learning": (FEED, ENTRIES),
    "permalinks": (FEED, PERMALINKS),
    "rights-and-language": (FEED, RIGHTS),
    "videos": (FEED, VIDEOS),
}


def _outline(kind: ChannelKind, title: str, description: str, stem: str) -> Outline:
    base = f"https://news.example/{stem}"
    addresses = ("atom", f"{base}.atom"), ("rss", f"{base}.rss"), ("json", f"{base}.json")
    return Outline(kind, title, description, addresses, f"{base}/")


DIRECTORY = Directory(
    title="News & more",
    description="Curated news",
    url="https://news.example/",
    language="en",
    outlines=(
        _outline("all", "Everything", "All articles", "all"),
        _outline("topic", "Machine Learning", "", "topics/machine-learning"),
        _outline("topic", 'C++ & "C#"', "About C++ & C#", "topics/c"),
        _outline("provider", "Medical Xpress", "", "providers/medicalxpress.com"),
        _outline("rule", "Editor's choice", "By hand", "feeds/choice"),
    ),
)

GOLDEN = Path(__file__).parent / "data" / "formats"


def rendered() -> dict[str, bytes]:
    """Give what every format writes of the feeds and the directory above, by file name.

    Archives are written in one format only.
    """
    feeds = {
        f"{name}{room.suffix}": room.feed(feed, map(room.entry, entries))
        for name, (feed, entries) in CASES.items()
        for room in feed_formats()
        if room.has_archives or not feed.is_archive
    }
    return feeds | {room.path: room.directory(DIRECTORY) for room in directory_formats()}


# Where a document names our own version.
_VERSIONS = ('version="{}"', "<generator>feeds {}</generator>")


def _versioned(document: bytes, before: str, after: str) -> bytes:
    for place in _VERSIONS:
        document = document.replace(place.format(before).encode(), place.format(after).encode())
    return document


@pytest.mark.parametrize("name", sorted(path.name for path in GOLDEN.iterdir()))
def test_every_format_writes_what_is_expected_byte_by_byte(name: str) -> None:
    """The whole document is what lies in the file, but for our own version."""
    assert rendered()[name] == _versioned((GOLDEN / name).read_bytes(), "0.0.0", __version__)


def test_every_case_has_an_expected_file_in_every_format() -> None:
    """There is one file for each case and format, and none that belongs to none."""
    assert {path.name for path in GOLDEN.iterdir()} == set(rendered())


if __name__ == "__main__":
    for file_name, document in rendered().items():
        (GOLDEN / file_name).write_bytes(_versioned(document, __version__, "0.0.0"))
