"""What channels and their feeds are called."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.config import Configuration, parse_configuration
from feeds.formats import feed_formats, feed_suffixes
from feeds.model import ChannelKind, ChannelRow, Person, replace
from feeds.selection.digests import BestNaming
from feeds.selection.naming import Naming, provider_names, topic_labels
from feeds.selection.stems import page_stems

CONFIGURATION = """
site: {title: News, description: All of it, base_url: https://x.example/f/, language: en}
topics: {ml: {label: Machine Learning, aliases: [ML]}}
providers: {paper.example: {name: The Paper, language: de}, post.example: {language: fr}}
qualifiers: Exclusive
feeds:
  best: {title: Best, description: The best, where: {quality: {min: 1}}, limit: 7}
  plain: {title: Plain, where: {quality: {min: 1}}}
limit: 20
"""
BEST = BestNaming(feed_suffixes())
MOMENT = datetime(2026, 10, 1, tzinfo=UTC)


def configured(text: str = CONFIGURATION) -> Configuration:
    """Read a configuration."""
    return parse_configuration(text, origin="feeds.yaml", folder=Path("/srv"))


def row(kind: ChannelKind, name: str = "", title: str | None = None) -> ChannelRow:
    """Make a channel."""
    return ChannelRow(1, kind, name, f"{kind}/{name}", title, None)


@pytest.mark.parametrize(
    ("channel", "majority", "title"),
    [
        (row("all"), "", "News"),
        (row("rule", "best"), "", "Best"),
        (row("topic", "machine learning"), "machine learning", "Machine Learning"),
        (row("topic", "ml"), "Machine Learning", "Machine Learning"),
        (row("topic", "exclusive: ml"), "ml", "Machine Learning"),
        (row("topic", "exclusive: energy", "Exclusive: Energy"), "Energy", "Energy"),
        (row("topic", "exclusive: energy", "Exclusive: Energy"), None, "Exclusive: Energy"),
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
    feed = naming.feed(channel, [MOMENT, later, MOMENT], None)
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


def test_feeds_say_what_the_site_says() -> None:
    """Rights, pictures and hubs are the site's; a hub is named once."""
    site = (
        "site: {rights: CC BY, icon: https://x.example/i, logo: https://x.example/l,"
        " hubs: [https://h.example/, https://h.example/, https://g.example/]}"
    )
    naming = Naming(configured(site))
    feed = naming.feed(naming.channel(row("all", "", "News")), [], None)
    assert (feed.rights, feed.icon, feed.logo) == (
        *("CC BY", "https://x.example/i", "https://x.example/l"),
    )
    assert feed.hubs == ("https://h.example/", "https://g.example/")


def test_a_feed_has_the_rights_of_its_provider() -> None:
    """They are those of the provider's own feed and of no other, and the site's where unknown."""
    text = (
        "site: {rights: CC BY}\nproviders: {a.example: {rights: \u00a9 A}, b.example: {name: B}}\n"
    )
    naming = Naming(configured(text))

    def rights(kind: ChannelKind, name: str) -> str:
        return naming.feed(naming.channel(row(kind, name)), [], None).rights

    assert rights("provider", "a.example") == "\u00a9 A"
    assert {rights("provider", "b.example"), rights("topic", "a.example")} == {"CC BY"}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 300),
        ("reload: {every: 60}", 300),
        ("reload: {every: 3600}", 3600),
        ("server: {max_age: 900}", 900),
        ("server: {max_age: 900}\nfreshness: {feeds: {max_age: 1200}}", 1200),
        ("reload: {every: 60}\nserver: {max_age: 0}", 60),
    ],
)
def test_a_feed_changes_no_sooner_than_it_is_read_and_cached(text: str, seconds: int) -> None:
    """To ask more often than the corpus is read, or than caches ask, gives nothing new."""
    naming = Naming(configured(text))
    assert naming.feed(naming.channel(row("all", "", "News")), [], None).interval == seconds


def test_pages_name_each_other() -> None:
    """Each says where the first and the last are, and its neighbours where it has them."""
    naming = Naming(configured())
    channel = naming.channel(row("topic", "energy", "Energy"))
    stems = ["t/e", "t/e/page/2", "t/e/page/3"]
    first, second, third = (naming.feed(channel, [], None, stems, number) for number in (1, 2, 3))
    base = "https://x.example/f/t/e"
    ends = {"first": base, "last": f"{base}/page/3"}
    assert dict(first.pages) == ends | {"next": f"{base}/page/2"}
    assert dict(second.pages) == ends | {"previous": base, "next": f"{base}/page/3"}
    assert dict(third.pages) == ends | {"previous": f"{base}/page/2"}
    assert [feed.stem_url for feed in (first, second, third)] == [
        *(base, f"{base}/page/2", f"{base}/page/3")
    ]
    assert {feed.id for feed in (first, second, third)} == {"tag:x.example,2026:/topic/energy"}
    assert naming.feed(channel, [], None, stems[:1]).pages == ()


def test_a_frame_takes_as_much_room_as_any_page() -> None:
    """All that differs from page to page is as long in it as it is anywhere."""
    naming = Naming(configured())
    channel = naming.channel(row("topic", "energy", "Energy"))
    for most in range(1, 21):
        stems = page_stems(channel.stem, most, [])
        frame = len(repr(naming.frame(channel, stems)))
        for number in range(1, most + 1):
            for page in range(1, number + 1):
                feed = naming.feed(channel, [], None, stems[:number], page)
                assert len(repr(feed)) <= frame


def test_pages_are_where_nothing_else_is() -> None:
    """They are below their feed, unless that is called as the file of another feed is."""
    assert page_stems("topics/c", 1, [".atom"]) == ("topics/c",)
    assert page_stems("topics/c", 3, [".atom"]) == (
        *("topics/c", "topics/c/page/2", "topics/c/page/3"),
    )
    assert page_stems("providers/x.atom.br", 2, [".json", ".atom"])[1:] == (
        "providers/x.atom.br_/page/2",
    )
    assert page_stems("providers/x.gz", 2, [".json"])[1:] == ("providers/x.gz/page/2",)
    assert page_stems("providers/x.atom", 2, [".json", ".atom"]) == (
        *("providers/x.atom", "providers/x.atom_/page/2"),
    )


def test_the_directory_is_in_the_order_for_people() -> None:
    """All, then rules, topics and providers, by title whatever its case; no former topic."""
    naming = Naming(configured())
    rows = [
        row("provider", "b.example", "b"),
        row("topic", "\u00e9nergie", "\u00c9nergie"),
        row("topic", "ml", "Machine Learning"),
        row("topic", "exclusive: zebra", "Zebra"),
        row("topic", "zebra", "Zebra"),
        row("topic", "apple", "apple"),
        row("rule", "best", "Best"),
        row("provider", "a.example", "A"),
        row("all", "", "News"),
    ]
    channels = filter(naming.is_listed, map(naming.channel, rows))
    directory = naming.directory(channels, feed_formats(), BEST)
    assert [outline.title for outline in directory.outlines] == [
        *("News", "Best", "apple", "Zebra", "\u00c9nergie", "A", "b")
    ]
    assert directory.outlines[0].addresses == (
        ("atom", "https://x.example/f/all/.atom"),
        ("rss", "https://x.example/f/all/.rss"),
        ("json", "https://x.example/f/all/.json"),
    )
    assert (directory.url, directory.language) == ("https://x.example/f/", "en")


def test_digests_are_those_of_the_configuration() -> None:
    """A topic under any of its names has its digest, and providers have none."""
    naming = Naming(
        configured(
            "digests: {all: weekly}\n"
            "topics: {ml: {label: Machine Learning, aliases: [ML], digest: daily}}\n"
            "feeds: {best: {title: Best, where: {quality: {min: 1}}, digest: daily}}\n"
        )
    )
    assert naming.digest(row("all")) == "weekly"
    assert naming.digest(row("rule", "best")) == "daily"
    assert naming.digest(row("topic", "machine learning")) == "daily"
    assert naming.digest(row("topic", "ml")) == "daily"
    assert naming.digest(row("topic", "energy")) is None
    assert naming.digest(row("provider", "ml")) is None
    assert naming.channel(row("topic", "ml", "ML")).digest == "daily"
    assert Naming(configured()).digest(row("topic", "machine learning")) is None
    assert naming.source.url == "http://127.0.0.1:8000/"


def test_the_directory_has_digests_after_their_channels() -> None:
    """They are called by their channels, and are where nothing else is."""
    naming = Naming(
        configured(
            "site: {title: News, base_url: https://x.example/f/}\n"
            "digests: {all: daily}\ntopics: {apple: {label: Apple, digest: weekly}}\n"
        )
    )
    rows = [row("topic", "apple", "Apple"), row("topic", "pear", "Pear"), row("all", "x", "News")]
    directory = naming.directory([naming.channel(item) for item in rows], feed_formats(), BEST)
    assert [(outline.kind, outline.title) for outline in directory.outlines] == [
        ("all", "News"),
        ("all", "News – daily digest"),  # noqa: RUF001
        ("topic", "Apple"),
        ("topic", "Apple – weekly digest"),  # noqa: RUF001
        ("topic", "Pear"),
    ]
    digest = directory.outlines[3]
    assert digest.addresses[0] == ("atom", "https://x.example/f/topic/apple/weekly.atom")
    assert digest.description == "The best of Apple, week by week"


def test_names_are_mapped_by_kind() -> None:
    """Providers and topics are found by name, and what has no title is called by it."""
    rows = [
        row("topic", "ai", "AI"),
        row("provider", "a.example", "A"),
        replace(row("topic", "x"), title=None),
    ]
    assert topic_labels(rows) == {"ai": "AI", "x": "x"}
    assert provider_names(rows) == {"a.example": "A"}
