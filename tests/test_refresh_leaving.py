"""Entries that are taken back: where they are named, for how long, and where they are not."""

from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from conftest import DAY, NOW, Workshop, in_formats
from feed_rules import complaints
from lxml import etree

DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
STEMS = ("all", "topics/energy", "providers/paper.example")
MONTH = "archive/2026-10.atom"
HOUR = timedelta(hours=1)
WITHDRAWN = [{"published": False}, {"removed": True}, None]


@pytest.fixture
def news(workshop: Workshop) -> Workshop:
    """Give a workshop with two articles of one month, topic and provider."""
    for name in ("kept", "gone"):
        workshop.news(f"{name}.md", topics=["Energy"])
    workshop.build()
    return workshop


def take_back(workshop: Workshop, fields: dict[str, object] | None, name: str = "gone") -> None:
    """Withdraw an article, or delete its document."""
    if fields is None:
        workshop.delete(f"{name}.md")
    else:
        workshop.edit(f"{name}.md", **fields)


def tombstones(workshop: Workshop, path: str) -> dict[str, str]:
    """Give when entries went that a document names, by the names in their ids."""
    root = etree.fromstring(workshop.files()[path])
    return {
        item.get("ref").rpartition(":")[2].removesuffix(".md"): item.get("when")
        for item in root.findall(DELETED)
    }


@pytest.mark.case(33)
@pytest.mark.parametrize("fields", WITHDRAWN)
def test_what_is_withdrawn_is_named_wherever_it_was(
    news: Workshop, fields: dict[str, object] | None
) -> None:
    """Each Atom feed and archive that had the entry says that it went, and when."""
    take_back(news, fields)
    news.build(NOW + HOUR)
    for stem in STEMS:
        for path in (f"{stem}.atom", f"{stem}/{MONTH}"):
            assert tombstones(news, path) == {"gone": "2026-11-01T01:00:00Z"}, path
            assert complaints(news.files()[path], f"https://feeds.example/{path}") == []
            assert not feedparser.parse(news.files()[path]).bozo
    for path in in_formats(*STEMS):
        assert b"Title_of_gone" not in news.files()[path]


@pytest.mark.case(33)
def test_nothing_of_an_entry_stays_but_its_id(news: Workshop) -> None:
    """What is withdrawn is in no file any more, neither its title nor its address."""
    take_back(news, {"removed": True})
    news.build()
    for path, body in news.files().items():
        assert b"Title_of_gone" not in body, path
        assert b"https://paper.example/gone" not in body, path


@pytest.mark.case(33)
def test_a_feed_names_it_for_thirty_whole_days(news: Workshop) -> None:
    """When the thirtieth day after it has ended, feeds are made without it; archives keep it."""
    take_back(news, None)
    news.build(NOW + HOUR)
    last = datetime(2026, 12, 1, 23, 59, 59, tzinfo=UTC)
    assert news.build(last).bytes_written == 0
    assert tombstones(news, "all.atom")
    report = news.build(last + timedelta(seconds=1))
    assert set(report.changed) == {f"{stem}.atom" for stem in STEMS}
    assert tombstones(news, "all.atom") == {}
    assert list(tombstones(news, f"all/{MONTH}")) == ["gone"]
    before = news.stamps()
    assert news.build(last + 40 * DAY).bytes_written == 0
    assert news.stamps() == before


def test_what_is_back_is_named_no_more(news: Workshop) -> None:
    """An article that is published again has its entry back, and no document says otherwise."""
    before = news.files()
    take_back(news, {"published": False})
    news.build(NOW + HOUR)
    news.edit("gone.md", published=True)
    news.build(NOW + 2 * HOUR)
    after = news.files()
    assert after | {"manifest.json": b""} == before | {"manifest.json": b""}


def test_what_is_back_in_another_month_leaves_none_in_the_old_one(news: Workshop) -> None:
    """Both months are written then."""
    take_back(news, {"published": False})
    news.build(NOW + HOUR)
    news.edit("gone.md", published=True, publishedDateTime="2026-09-01")
    news.build(NOW + 2 * HOUR)
    assert tombstones(news, f"all/{MONTH}") == {}
    assert tombstones(news, "all.atom") == {}
    assert "all/archive/2026-09.atom" in news.files()


@pytest.mark.parametrize(
    "change",
    [
        {"publishedDateTime": "2027-01-01"},
        {"topics": ["Other"]},
        {"provider": {"name": "B", "domain": "other.example"}},
        {"quality": "high"},
    ],
)
def test_what_is_not_withdrawn_leaves_no_trace(news: Workshop, change: dict[str, object]) -> None:
    """Not being due, another topic or provider, and a slip in the document are no withdrawal."""
    news.edit("gone.md", **change)
    news.build(NOW + HOUR)
    for path, body in news.files().items():
        assert b"deleted-entry" not in body, path


def test_a_document_that_moves_leaves_no_trace(news: Workshop) -> None:
    """The entry goes on."""
    before = news.files()
    news.move("gone.md", "there/gone.md")
    news.build(NOW + HOUR)
    assert news.files() == before


def test_a_month_with_nothing_else_has_its_document(workshop: Workshop) -> None:
    """Who follows the archive learns what went even where nothing is left."""
    workshop.news("kept.md", publishedDateTime="2026-10-20")
    workshop.news("gone.md", publishedDateTime="2026-08-20")
    workshop.build()
    take_back(workshop, None)
    workshop.build(NOW + HOUR)
    path = "all/archive/2026-08.atom"
    assert list(tombstones(workshop, path)) == ["gone"]
    assert complaints(workshop.files()[path], f"https://feeds.example/{path}") == []
    assert b"2026-08.atom" in workshop.files()["all/archive/2026-10.atom"]
    workshop.revision = "another"
    before = workshop.files()
    workshop.build(NOW + 2 * HOUR)
    assert workshop.files() == before


def test_a_story_goes_when_its_last_article_does(workshop: Workshop) -> None:
    """While one is left the entry stays; the last one takes it along, under the id it had."""
    for name, hour in (("gone", 8), ("second", 9)):
        workshop.news(
            f"{name}.md",
            title="Turbine blade blocks harbour bridge",
            domain=f"{name}.example",
            publishedDateTime=f"2026-10-20T{hour:02}:00:00Z",
        )
    workshop.build()
    take_back(workshop, None)
    workshop.build(NOW + HOUR)
    assert tombstones(workshop, "all.atom") == {}
    assert list(tombstones(workshop, "providers/gone.example.atom")) == ["gone"]
    take_back(workshop, None, "second")
    workshop.build(NOW + 2 * HOUR, force=True)
    assert list(tombstones(workshop, "all.atom")) == ["gone"]
    assert list(tombstones(workshop, "providers/second.example.atom")) == ["second"]


def test_only_the_first_page_names_them(news: Workshop) -> None:
    """Who reads a feed reads its first page."""
    news.configure("limit: 1\npages: 3\n")
    news.news("third.md", topics=["Energy"])
    news.build()
    take_back(news, None)
    news.build(NOW + HOUR)
    assert list(tombstones(news, "all.atom")) == ["gone"]
    assert tombstones(news, "all/page/2.atom") == {}
