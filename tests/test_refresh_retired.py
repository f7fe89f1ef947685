"""What is retired says so for thirty days, and answers 410 for ever."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import pytest
from conftest import DAY, SITE, Workshop, in_formats
from feed_rules import complaints

from feeds.config.types import Configuration
from feeds.errors import ConfigurationError
from feeds.formats import feed_formats
from feeds.publish.policy import Policy
from feeds.refresh.former import retire
from feeds.serve.prepared import Answer
from feeds.serve.publication import Publication, Terms

NOW = datetime(2026, 11, 1, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)
STEM = "topics/energy"
RULE = "feeds: {best: {title: The Best, where: {topic: energy}}}\n"


def ask(workshop: Workshop, path: str) -> tuple[int, bytes]:
    """Give status and body under a path, as the server has them; 200 has no body here."""
    answer = Publication.load(
        workshop.output, Terms(Policy(Configuration(), feed_formats()), NOW)
    ).find(path)
    if isinstance(answer, Answer):
        return answer.status, answer.body
    return (404, b"") if answer is None else (200, b"")


def end(workshop: Workshop, stem: str = STEM, now: datetime = NOW, **options: Any) -> None:  # noqa: ANN401
    """Retire a channel, or let it go on, and publish that."""
    workshop.configure(SITE + options.pop("configuration", ""))
    retire(workshop.placed, stem, now, undo=options.get("undo", False))
    workshop.build(now)


@pytest.fixture
def retired(workshop: Workshop) -> Workshop:
    """Give a workshop whose topic was published and retired."""
    workshop.news("a.md", topics=["Energy", "Rail"])
    workshop.build(NOW)
    end(workshop)
    return workshop


def test_its_feeds_say_that_they_have_ended(retired: Workshop) -> None:
    """The 410 has a document of the format asked for, of the same feed, with one entry."""
    status, body = ask(retired, f"/{STEM}.json")
    feed = json.loads(body)
    [item] = feed["items"]
    assert (status, feed["expired"]) == (410, True)
    assert feed["feed_url"] == f"https://feeds.example/{STEM}.json"
    assert item["title"] == "Example News: Energy has ended"
    assert item["url"] == "https://feeds.example/"
    assert item["date_published"] == "2026-11-01T10:00:00Z"
    assert '<a href="https://feeds.example/">Example News</a>' in item["content_html"]
    for suffix, version in (("atom", "atom10"), ("rss", "rss20")):
        status, body = ask(retired, f"/{STEM}.{suffix}")
        read = feedparser.parse(body)
        assert (status, read.version, len(read.entries)) == (410, version, 1)
        assert read.entries[0].id == f"tag:feeds.example,2026:/{STEM}/ended/2026-11-01"
        assert complaints(body, f"https://feeds.example/{STEM}.{suffix}") == []


def test_what_is_below_it_is_gone_without_a_word(retired: Workshop) -> None:
    """Archives, pages, digests and the HTML twin answer 410 with a line."""
    for below in ("/", "/archive/2026-10.atom", "/top.rss", "/page/2.json"):
        assert ask(retired, f"/{STEM}{below}") == (410, b"gone\n")


def test_it_is_listed_no_more(retired: Workshop) -> None:
    """Its files are gone and no list names it; its articles and its label stay elsewhere."""
    assert not any(path.startswith(STEM) for path in retired.files())
    for path in ("index.html", "feeds.opml"):
        assert STEM.encode() not in retired.files()[path]
    assert "Energy" in retired.feed()["items"][0]["tags"]
    assert ask(retired, "/topics/rail.atom")[0] == 200


def test_the_manifest_says_what_is_gone(retired: Workshop) -> None:
    """Each path has a line, with that of its body where it has one."""
    manifest = json.loads((retired.output / "manifest.json").read_bytes())
    bodies = {item["path"]: item.get("body") for item in manifest["gone"]}
    assert bodies == {f"{STEM}/*": None} | {path: f"gone/{path}" for path in in_formats(STEM)}


def test_it_speaks_for_thirty_whole_days(retired: Workshop) -> None:
    """What is said changes when the thirtieth day in UTC after that one ends, and not before."""
    before = retired.stamps()
    last = datetime(2026, 12, 1, 23, 59, 59, tzinfo=UTC)
    retired.build(last)
    assert retired.stamps() == before
    assert ask(retired, f"/{STEM}.atom")[1].startswith(b"<?xml")
    retired.build(last + SECOND)
    assert ask(retired, f"/{STEM}.atom") == (410, b"gone\n")
    assert not (retired.output / "gone").exists()
    before = retired.stamps()
    retired.build(last + 400 * DAY)
    assert retired.stamps() == before
    assert ask(retired, f"/{STEM}.rss") == (410, b"gone\n")


def test_new_articles_do_not_bring_it_back(retired: Workshop) -> None:
    """An article with that topic goes where else it belongs, and the last words stay."""
    before = ask(retired, f"/{STEM}.atom")
    retired.news("b.md", topics=["Energy"])
    retired.build(NOW + DAY)
    assert "Title_of_b" in retired.titles()
    assert ask(retired, f"/{STEM}.atom") == before


def test_a_second_time_changes_nothing(retired: Workshop) -> None:
    """What is retired already keeps its date."""
    before = retired.files()
    end(retired, now=NOW + DAY)
    assert retired.files() == before


def test_it_can_go_on(retired: Workshop) -> None:
    """After an undo all is as it was, with what came in between."""
    retired.news("b.md", topics=["Energy"])
    end(retired, now=NOW + DAY, undo=True)
    assert retired.titles(STEM) == ["Title_of_a", "Title_of_b"]
    assert STEM.encode() in retired.files()["feeds.opml"]
    assert (retired.output / STEM / "archive/2026-10.atom").exists()
    assert "gone" not in json.loads((retired.output / "manifest.json").read_bytes())


def test_it_outlives_its_catalog(retired: Workshop) -> None:
    """A catalog that is set aside hands over what was retired, and when."""
    before = retired.files()
    connection = sqlite3.connect(retired.catalog)
    connection.execute("PRAGMA user_version = 0")
    connection.commit()
    connection.close()
    retired.build(NOW + DAY)
    assert retired.files() == before


def test_who_moved_is_led_on(retired: Workshop) -> None:
    """A channel that is retired and has moved redirects."""
    retired.configure(f"moved: {{{STEM}: topics/rail}}\n")
    retired.build(NOW)
    assert ask(retired, f"/{STEM}.atom")[0] == 301
    assert not (retired.output / "gone").exists()


def test_a_feed_by_conditions_may_be_retired_when_it_is_configured_no_more(
    workshop: Workshop,
) -> None:
    """Its last document has the title that it had."""
    workshop.configure(SITE + RULE)
    workshop.news("a.md")
    workshop.build(NOW)
    workshop.configure()
    workshop.build(NOW)
    assert ask(workshop, "/feeds/best.json")[0] == 404
    end(workshop, "feeds/best")
    status, body = ask(workshop, "/feeds/best.json")
    assert (status, json.loads(body)["title"]) == (410, "Example News: The Best")


@pytest.mark.parametrize(
    ("stem", "undo"),
    [("topics/none", False), ("all", False), (f"{STEM}.atom", False), ("topics/rail", True)],
)
def test_what_is_not_there_cannot_be_retired(retired: Workshop, stem: str, *, undo: bool) -> None:
    """A stem of nothing, the feed of everything, and what is not retired are refused."""
    with pytest.raises(ConfigurationError, match=stem):
        end(retired, stem, undo=undo)
