"""Feeds are published in the formats that are configured, and in no others."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from conftest import DAY, NOW, Workshop, in_formats, is_whole, written

from feeds.catalog import open_catalog
from feeds.config import Configuration, parse_configuration
from feeds.config.checks import FORMATS
from feeds.errors import ConfigurationError
from feeds.formats import feed_formats

EVERYTHING = """
pages: 2
limit: 1
compressed: true
hosting: [redirects, headers, nginx, caddy]
top: {entries: 3}
digests: {all: daily}
topics: {energy: {label: Energy, digest: weekly}}
"""


@pytest.fixture
def news(workshop: Workshop) -> Workshop:
    """Give a workshop with all that there is, in all formats."""
    for number in range(1, 6):
        workshop.news(
            f"{number}.md",
            publishedDateTime=f"2026-{4 + number:02}-01T08:00:00Z",
            topics=["Energy", "Rail"],
            excerpt=f"Words_{number} " * 100,
            domain=f"{number % 2}.example.json",
        )
    workshop.configure(EVERYTHING)
    workshop.build()
    return workshop


def kinds(paths: Sequence[str]) -> set[str]:
    """Give which formats are among some paths, their compressed files aside."""
    found = {re.sub(r"\.(gz|br)$", "", path).rpartition(".")[2] for path in paths}
    return found & set(FORMATS)


def test_every_format_there_is_can_be_configured() -> None:
    """All are published unless said otherwise, and what is said is one name or several."""
    assert sorted(form.name for form in feed_formats()) == sorted(FORMATS)
    assert set(Configuration().formats) == set(FORMATS)
    assert configured("formats: rss\n").formats == ("rss",)
    assert [form.name for form in feed_formats(["rss", "atom"])] == ["atom", "rss"]


def configured(text: str) -> Configuration:
    """Read a configuration."""
    return parse_configuration(text, origin="feeds.yaml", folder=Path("/srv"))


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("[]", "must name at least one"),
        ("[atom, rdf]", '"rdf" is no format of feeds; there are atom, rss, json'),
        ("Atom", '"Atom" is no format of feeds; did you mean `atom`?'),
    ],
)
def test_formats_that_are_not_there_are_told(value: str, problem: str) -> None:
    """None at all, or one that nobody knows, ends the program before anything is published."""
    with pytest.raises(ConfigurationError) as raised:
        configured(f"formats: {value}\n")
    assert problem in str(raised.value)


def test_what_is_published_is_what_it_was_without_the_others(news: Workshop) -> None:
    """Feeds, pages, archives, digests and tops have the same bytes, and no list names more."""
    before = news.files()
    assert kinds(list(before)) == set(FORMATS)
    news.configure(f"formats: [rss, atom]\n{EVERYTHING}")
    report = news.build()
    assert report.feeds == 2 * before_feeds(before)
    after = news.files()
    assert is_whole(news)
    assert kinds([*after.keys() - {"manifest.json"}]) == {"atom", "rss"}
    lists = {"index.html", "feeds.opml", "manifest.json", "_headers", "_nginx.conf", "_caddy.conf"}
    assert written(report) <= lists
    assert {path: before[path] for path in after.keys() - lists} == {
        path: body for path, body in after.items() if path not in lists
    }
    for path in lists - {"manifest.json"}:
        text = re.sub(r"(?:manifest\\?|example)\.json", "", after[path].decode())
        assert ".json" not in text, path
        assert "feed+json" not in text, path
    assert after == news.afresh() | {"manifest.json": after["manifest.json"]}


def before_feeds(files: dict[str, bytes]) -> int:
    """Count the channels that have feeds."""
    pattern = r"all\.atom|(?:topics|providers)/[a-z0-9.-]+\.atom"
    return sum(re.fullmatch(pattern, path) is not None for path in files)


def test_a_format_that_is_left_out_is_deleted_and_comes_back_the_same(news: Workshop) -> None:
    """Its files go with all that stand beside them; configured again, they have the same bytes."""
    before = news.files()
    news.configure(f"formats: [atom, rss]\n{EVERYTHING}")
    report = news.build()
    gone = {path for path in before if kinds([path]) == {"json"} and path != "manifest.json"}
    assert set(report.deleted) == gone
    assert {"all.json", "all.json.gz", "all/page/2.json", "topics/energy/top.json"} <= gone
    assert written(news.build()) == set()
    news.configure(EVERYTHING)
    assert written(news.build()) >= gone
    ours = {path: body for path, body in news.files().items() if path != "manifest.json"}
    assert ours == {path: body for path, body in before.items() if path != "manifest.json"}


def test_urls_do_not_depend_on_which_formats_there_are(news: Workshop) -> None:
    """A provider whose name ends as a feed does keeps the directory of its pages."""
    below = "providers/1.example.json_/page/2.atom"
    assert below in news.files()
    news.configure(f"formats: atom\n{EVERYTHING}")
    news.build()
    assert below in news.files()


def test_without_atom_there_are_no_archives(news: Workshop) -> None:
    """Archives go, and no feed leads to one; with Atom they are back."""
    news.configure(f"formats: [rss, json]\n{EVERYTHING}")
    report = news.build()
    assert not any("/archive/" in path for path in news.files())
    assert any("/archive/" in path for path in report.deleted)
    assert b"prev-archive" not in news.files()["all.rss"]
    assert is_whole(news)
    news.news("6.md", publishedDateTime="2026-09-02T08:00:00Z")
    news.build()
    news.edit("6.md", published=False)
    news.build()
    assert kinds([*news.files().keys() - {"manifest.json"}]) == {"rss", "json"}
    news.configure(EVERYTHING)
    news.build()
    assert b"prev-archive" in news.files()["all.rss"]


def test_a_retired_channel_is_gone_in_every_format(news: Workshop) -> None:
    """Its last words come in the formats that there are, and a bare 410 in those there were."""
    news.configure(f"formats: [atom]\n{EVERYTHING}")
    news.build()
    with open_catalog(news.kept) as catalog:
        catalog.retirements.add("topics/rail", NOW)
    news.build(NOW + DAY)
    said = json.loads((news.output / "manifest.json").read_bytes())["gone"]
    bodies = {item["path"]: item.get("body") for item in said}
    assert {path for path in bodies if not path.endswith("/*")} == in_formats("topics/rail")
    assert {path for path, body in bodies.items() if body} == {"topics/rail.atom"}
    assert is_whole(news)
