"""Three entries made by hand, and what each format writes of them, byte by byte.

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
    Directory,
    Entry,
    Feed,
    Image,
    Link,
    Outline,
    Person,
    Source,
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
    authors=("Ada Lovelace", "Zoë Müller"),
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
    authors=("山田太郎",),
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


def _addresses(stem: str) -> tuple[tuple[str, str], ...]:
    base = f"https://news.example/{stem}"
    return ("atom", f"{base}.atom"), ("rss", f"{base}.rss"), ("json", f"{base}.json")


DIRECTORY = Directory(
    title="News & more",
    description="Curated news",
    url="https://news.example/",
    language="en",
    outlines=(
        Outline("all", "Everything", "All articles", _addresses("all")),
        Outline("topic", "Machine Learning", "", _addresses("topics/machine-learning")),
        Outline("topic", 'C++ & "C#"', "About C++ & C#", _addresses("topics/c")),
        Outline("provider", "Medical Xpress", "", _addresses("providers/medicalxpress.com")),
        Outline("rule", "Editor's choice", "By hand", _addresses("feeds/choice")),
    ),
)

GOLDEN = Path(__file__).parent / "data" / "formats"


def rendered() -> dict[str, bytes]:
    """Give what every format writes of the feed and the directory above, by file name."""
    feeds = {
        f"machine-learning{room.suffix}": room.feed(FEED, [room.entry(entry) for entry in ENTRIES])
        for room in feed_formats()
    }
    return feeds | {room.path: room.directory(DIRECTORY) for room in directory_formats()}


def _versioned(expected: bytes) -> bytes:
    return expected.replace(b'version="0.0.0"', f'version="{__version__}"'.encode())


@pytest.mark.parametrize("name", sorted(path.name for path in GOLDEN.iterdir()))
def test_every_format_writes_what_is_expected_byte_by_byte(name: str) -> None:
    """The whole document is what lies in the file, but for our own version."""
    assert rendered()[name] == _versioned((GOLDEN / name).read_bytes())


def test_every_format_has_an_expected_file() -> None:
    """There is one file for each format, and none that belongs to no format."""
    assert {path.name for path in GOLDEN.iterdir()} == set(rendered())


if __name__ == "__main__":
    for file_name, document in rendered().items():
        version = f'version="{__version__}"'.encode()
        (GOLDEN / file_name).write_bytes(document.replace(version, b'version="0.0.0"'))
