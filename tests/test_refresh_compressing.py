"""Compressed files beside feeds: there with them, the same bytes as them, gone with them."""

import gzip
import shutil
from pathlib import Path

import pytest
from conftest import DAY, NOW, Workshop, is_whole, written

from feeds.http.compression import COMPRESS, LEAST_BYTES

LONG = "Again and again. " * 60
ENDINGS = {"gzip": ".gz", "br": ".br"}
SUFFIXES = tuple(ending for coding, ending in ENDINGS.items() if coding in COMPRESS)


@pytest.fixture
def news(workshop: Workshop) -> Workshop:
    """Give a workshop with two articles on two topics, published with compressed files."""
    workshop.configure("compressed: true\ntop: {entries: 3}\ndigests: {all: daily}\n")
    workshop.news("a.md", excerpt=LONG, topics=["Sea"])
    workshop.news("b.md", excerpt=LONG, topics=["Moon"])
    workshop.build()
    return workshop


def beside(workshop: Workshop) -> dict[str, bytes]:
    """Give the gzip files that are published, decompressed, by the paths of their feeds."""
    return {
        path.removesuffix(".gz"): gzip.decompress(body)
        for path, body in workshop.files().items()
        if path.endswith(".gz")
    }


def is_compressed(path: str) -> bool:
    """Tell whether a path is that of a compressed file."""
    return path.endswith(tuple(ENDINGS.values()))


def compressed(*paths: str) -> set[str]:
    """Give the paths of the files beside some feeds."""
    return {path + suffix for path in paths for suffix in SUFFIXES}


def assert_each_is_of_its_feed(workshop: Workshop) -> None:
    """Every gzip file has the bytes of the feed that it stands beside."""
    files = workshop.files()
    for path, body in beside(workshop).items():
        assert files[path] == body, path


def test_every_feed_has_its_files_and_nothing_else_has(news: Workshop) -> None:
    """Feeds in every format, the best and digests have them; archives and lists do not."""
    plain = {path: body for path, body in news.files().items() if not is_compressed(path)}
    heads = {
        path
        for path, body in plain.items()
        if path.endswith((".atom", ".rss", ".json"))
        and "/archive/" not in path
        and path != "manifest.json"
        and len(body) >= LEAST_BYTES
    }
    assert {"all.atom", "all.rss", "all.json", "topics/sea.rss", "all/daily.atom"} <= heads
    assert set(news.files()) == set(plain) | compressed(*heads)
    assert_each_is_of_its_feed(news)
    assert is_whole(news)


def test_the_manifest_says_what_they_are(news: Workshop) -> None:
    """A compressed file is a resource, of the type of what it is."""
    assert news.manifest()["all.atom.gz"]["media_type"] == "application/gzip"


def test_they_are_made_without_a_time(news: Workshop) -> None:
    """The same corpus gives the same bytes again."""
    assert news.afresh() == news.files()


def test_only_those_of_feeds_that_changed_are_written(news: Workshop) -> None:
    """A feed that stays as it is keeps its files, to the inode."""
    before = news.stamps()
    news.edit("a.md", title="Another title")
    report = news.build()
    assert compressed("all.atom", "topics/sea.atom") <= written(report)
    assert not compressed("topics/moon.atom") & written(report)
    assert news.stamps()["topics/moon.atom.gz"] == before["topics/moon.atom.gz"]
    assert_each_is_of_its_feed(news)
    assert written(news.build()) == set()


def test_a_revision_that_makes_the_same_writes_nothing(news: Workshop) -> None:
    """Feeds that come out with the same bytes keep their files."""
    before = news.stamps()
    news.revision = "another"
    assert written(news.build()) == set()
    assert news.stamps() == before


def test_they_go_with_their_feed(news: Workshop) -> None:
    """A feed that is published no longer leaves no file behind."""
    site = "compressed: true\nfeeds: {moon: {title: Moon, where: {topic: Moon}}}\n"
    news.configure(site)
    news.build()
    assert compressed("feeds/moon.atom") <= news.files().keys()
    news.configure("compressed: true\n")
    report = news.build()
    assert compressed("feeds/moon.atom") <= set(report.deleted)
    assert not [path for path in news.files() if path.startswith("feeds/")]
    assert is_whole(news)


def test_a_feed_that_becomes_small_loses_them(news: Workshop) -> None:
    """An old file beside a new feed would be sent in its place."""
    news.delete("b.md")
    news.build(force=True)
    files = news.files()
    assert all(len(files[path]) >= LEAST_BYTES for path in beside(news))
    assert_each_is_of_its_feed(news)
    assert is_whole(news)


@pytest.mark.case(33)
def test_a_digest_or_best_that_becomes_small_loses_them(news: Workshop) -> None:
    """Files of what was taken back do not stay beside what is left, and no coding of it is sent."""
    news.news("c.md", publishedDateTime="2026-11-01T00:00:00Z")
    for name in ("d.md", "e.md"):
        news.news(name, excerpt=LONG, topics=["Star"], publishedDateTime="2026-10-30T08:00:00Z")
    news.build()
    assert {"topics/star/top.json", "all/daily.json"} <= set(beside(news))
    for name in ("a.md", "b.md", "d.md", "e.md"):
        news.delete(name)
    news.build(force=True)
    assert not {"topics/star/top.json", "all/daily.json"} & set(beside(news))
    assert_each_is_of_its_feed(news)
    assert is_whole(news)


def test_they_come_and_go_with_the_configuration(news: Workshop) -> None:
    """Switched off, all of them are deleted and no feed is written; switched on, they are back."""
    before = news.files()
    news.configure("compressed: false\ntop: {entries: 3}\ndigests: {all: daily}\n")
    report = news.build()
    assert {path for path in report.deleted if not is_compressed(path)} == set()
    assert written(report) == set()
    assert not any(map(is_compressed, news.files()))
    news.configure("compressed: true\ntop: {entries: 3}\ndigests: {all: daily}\n")
    assert all(map(is_compressed, written(news.build())))
    assert news.files().keys() == before.keys()
    assert_each_is_of_its_feed(news)


@pytest.mark.parametrize("harm", ["delete", "tamper", "swap"])
def test_they_are_repaired(news: Workshop, harm: str) -> None:
    """One that is gone or not what it was is written again, and it alone."""
    before, file = news.files(), news.output / "all.rss.gz"
    if harm == "delete":
        file.unlink()
    elif harm == "tamper":
        file.write_bytes(b"x")
    else:
        file.write_bytes(Path(news.output / "topics/sea.rss.gz").read_bytes() + b"x")
    assert written(news.build()) == {"all.rss.gz"}
    assert news.files() == before | {"manifest.json": news.files()["manifest.json"]}
    assert is_whole(news)


def test_a_file_of_another_edition_is_found_out(news: Workshop) -> None:
    """A file as the manifest says, beside a feed as the catalog does, is compared all the same."""
    old = {path: (news.output / path).read_bytes() for path in compressed("all.atom")}
    manifest = (news.output / "manifest.json").read_bytes()
    news.edit("a.md", title="Another title")
    news.build(NOW + DAY / 24)
    for path, body in old.items():
        (news.output / path).write_bytes(body)
    (news.output / "manifest.json").write_bytes(manifest)
    (news.output / ".staging").mkdir()
    assert compressed("all.atom") <= written(news.build(NOW + DAY / 12))
    assert_each_is_of_its_feed(news)
    assert is_whole(news)


def test_a_lost_catalog_writes_none_of_them(news: Workshop) -> None:
    """What lies there as the manifest says is left, compressed or not."""
    before = news.stamps()
    shutil.rmtree(news.state)
    assert written(news.build()) == set()
    assert news.stamps() == before
