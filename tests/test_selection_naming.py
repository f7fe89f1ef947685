"""What channels and their feeds are called."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.config import Configuration, parse_configuration
from feeds.formats import feed_formats
from feeds.model import Article, ChannelKind, ChannelRow, Person, Provider, StoredArticle
from feeds.selection.naming import Naming, provider_names, topic_labels

CONFIGURATION = """
site: {title: News, description: All of it, base_url: https://x.example/f/, language: en}
topics: {ml: {label: Machine Learning, aliases: [ML]}}
providers: {paper.example: {name: The Paper, language: de}, post.example: {language: fr}}
feeds:
  best: {title: Best, description: The best, where: {quality: {min: 1}}, limit: 7}
  plain: {title: Plain, where: {quality: {min: 1}}}
limit: 20
"""
MOMENT = datetime(2026, 10, 1, tzinfo=UTC)


def configured(text: str = CONFIGURATION) -> Configuration:
    """Read a configuration."""
    return parse_configuration(text, origin="feeds.yaml", folder=Path("/srv"))


def row(kind: ChannelKind, name: str = "", title: str | None = None) -> ChannelRow:
    """Make a channel."""
    return ChannelRow(1, kind, name, f"{kind}/{name}", title, None)


def member(updated: datetime) -> StoredArticle:
    """Make an article that changed at an instant."""
    provider = Provider("paper.example", "P")
    article = Article("a.md", "T", "https://paper.example/a", MOMENT, provider)
    return StoredArticle(1, "urn:x:a", updated, "", article)


@pytest.mark.parametrize(
    ("channel", "majority", "title"),
    [
        (row("all"), "", "News"),
        (row("rule", "best"), "", "Best"),
        (row("topic", "machine learning"), "machine learning", "Machine Learning"),
        (row("topic", "ml"), "Machine Learning", "Machine Learning"),
        (row("topic", "energy", "Power"), "Energy", "Energy"),
        (row("topic", "energy", "Power"), None, "Power"),
        (row("topic", "energy"), None, "energy"),
        (row("provider", "paper.example"), "Lie", "The Paper"),
        (row("provider", "post.example"), "The Post", "The Post"),
        (row("provider", "post.example"), None, "post.example"),
    ],
)
def test_titles(channel: ChannelRow, majority: str | None, title: str) -> None:
    """The configuration is first, then the majority, what it was called, and its name."""
    assert Naming(configured()).title(channel, majority) == title


@pytest.mark.parametrize(
    ("kind", "name", "description", "limit", "language"),
    [
        ("all", "", "All of it", 20, "en"),
        ("topic", "energy", "Articles about T", 20, "en"),
        ("provider", "paper.example", "Articles from T (paper.example)", 20, "de"),
        ("provider", "post.example", "Articles from T (post.example)", 20, "fr"),
        ("provider", "other.example", "Articles from T (other.example)", 20, "en"),
        ("provider", "T", "Articles from T", 20, "en"),
        ("rule", "best", "The best", 7, "en"),
        ("rule", "plain", "T", 20, "en"),
    ],
)
def test_channels(
    kind: ChannelKind, name: str, description: str, limit: int, language: str
) -> None:
    """A channel says what it is about, how long its feed is and in which language."""
    channel = Naming(configured()).channel(row(kind, name, "T"))
    assert (channel.title, channel.stem) == ("T", f"{kind}/{name}")
    assert (channel.description, channel.limit) == (description, limit)
    assert channel.language == language


def test_a_feed_is_as_new_as_its_newest_entry() -> None:
    """Not the order counts but the date; without entries the last one known, or none at all."""
    naming = Naming(configured())
    channel = naming.channel(row("topic", "energy", "Energy"))
    later = MOMENT.replace(day=5)
    feed = naming.feed(channel, [member(MOMENT), member(later), member(MOMENT)], None)
    assert feed.updated == later
    assert naming.feed(channel, [], later).updated == later
    assert naming.feed(channel, [], None).updated == datetime(1970, 1, 1, tzinfo=UTC)


def test_feeds_are_named_after_the_site() -> None:
    """Titles begin with the site's, and addresses are below its base."""
    naming = Naming(configured())
    feed = naming.feed(naming.channel(row("topic", "energy", "Energy")), [], None)
    assert (feed.title, feed.url) == ("News: Energy", "https://x.example/f/")
    assert feed.stem_url == "https://x.example/f/topic/energy"
    assert feed.id == "tag:x.example,2026:/topic/energy"
    assert feed.author == Person("News", url="https://x.example/f/")
    assert naming.feed(naming.channel(row("all", "", "News")), [], None).title == "News"


def test_an_author_is_named() -> None:
    """Who answers for the feeds is their author."""
    author = "author: {name: Desk, email: d@x.example, url: https://x.example/}"
    naming = Naming(configured(f"site: {{title: News, {author}}}"))
    feed = naming.feed(naming.channel(row("all", "", "News")), [], None)
    assert feed.author == Person("Desk", "d@x.example", "https://x.example/")
    assert feed.description == "All articles of News"


def test_the_directory_is_in_the_order_for_people() -> None:
    """All, then rules, topics and providers, by title whatever its case; no mere alias."""
    naming = Naming(configured())
    rows = [
        row("provider", "b.example", "b"),
        row("topic", "\u00e9nergie", "\u00c9nergie"),
        row("topic", "ml", "Machine Learning"),
        row("topic", "zebra", "Zebra"),
        row("topic", "apple", "apple"),
        row("rule", "best", "Best"),
        row("provider", "a.example", "A"),
        row("all", "", "News"),
    ]
    directory = naming.directory([naming.channel(item) for item in rows], feed_formats())
    assert [outline.title for outline in directory.outlines] == [
        *("News", "Best", "apple", "Zebra", "\u00c9nergie", "A", "b")
    ]
    assert directory.outlines[0].addresses == (
        ("atom", "https://x.example/f/all/.atom"),
        ("rss", "https://x.example/f/all/.rss"),
        ("json", "https://x.example/f/all/.json"),
    )
    assert (directory.url, directory.language) == ("https://x.example/f/", "en")


def test_names_are_mapped_by_kind() -> None:
    """Providers and topics are found by name, and what has no title is called by it."""
    rows = [
        row("topic", "ai", "AI"),
        row("provider", "a.example", "A"),
        replace(row("topic", "x"), title=None),
    ]
    assert topic_labels(rows) == {"ai": "AI", "x": "x"}
    assert provider_names(rows) == {"a.example": "A"}
