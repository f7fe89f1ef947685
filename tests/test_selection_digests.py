"""What feeds of the best articles say."""

from datetime import UTC, datetime

from feeds.model import (
    Article,
    Channel,
    Digest,
    DigestItem,
    Feed,
    Person,
    Provider,
    Source,
    StoredArticle,
)
from feeds.selection.digests import BestNaming, digest_entry, digest_item, make_digest
from feeds.selection.periods import period_of

MOMENT = datetime(2026, 11, 20, 8, tzinfo=UTC)
NAMING = BestNaming([".atom", ".rss"])
CHANNEL = Channel("topic", "energy", "Energy", "Articles about Energy", "topics/energy", 50)
FEED = Feed(
    id="tag:x.example,2026:/topics/energy",
    title="News: Energy",
    description="Articles about Energy",
    url="https://x.example/",
    stem_url="https://x.example/topics/energy",
    updated=MOMENT,
    author=Person("Desk"),
    hubs=("https://hub.example/",),
)
SITE = Source("https://x.example/", "News")


def item(number: int, **changes: str) -> DigestItem:
    """Make what a digest says of an article."""
    values = {
        "id": f"urn:x:{number}",
        "path": f"{number}.md",
        "title": f"T{number}",
        "url": f"https://paper.example/{number}",
        "provider": "The Paper",
    }
    return DigestItem(published=MOMENT, **(values | changes))


def digest(*items: DigestItem) -> Digest:
    """Make a digest of a day."""
    period = period_of("daily", MOMENT)
    return make_digest(f"{FEED.id}/daily", period, "Energy", items)


def test_the_best_of_the_week_is_a_feed_of_its_own() -> None:
    """It has its own id, address and words, of which none names a day; the rest is the feed's."""
    feed = NAMING.top(FEED, CHANNEL)
    assert (feed.id, feed.stem_url) == (f"{FEED.id}/top", f"{FEED.stem_url}/top")
    assert feed.title == "News: Energy – best of the week"  # noqa: RUF001
    assert feed.description == "The best articles about Energy of the last seven days"
    assert (feed.updated, feed.url, feed.hubs) == (FEED.updated, FEED.url, FEED.hubs)


def test_a_digest_is_a_feed_of_its_own() -> None:
    """Daily and weekly ones are two feeds."""
    daily, weekly = NAMING.digest(FEED, CHANNEL, "daily"), NAMING.digest(FEED, CHANNEL, "weekly")
    assert (daily.id, daily.stem_url) == (f"{FEED.id}/daily", f"{FEED.stem_url}/daily")
    assert daily.title == "News: Energy – daily digest"  # noqa: RUF001
    assert daily.description == "The best of Energy, day by day"
    assert (weekly.id, weekly.stem_url) == (f"{FEED.id}/weekly", f"{FEED.stem_url}/weekly")
    assert weekly.description == "The best of Energy, week by week"


def test_they_are_where_nothing_else_is() -> None:
    """No directory is called what a file of another channel can be called."""
    assert NAMING.top_stem("topics/a") == "topics/a/top"
    assert NAMING.top_stem("topics/a.atom") == "topics/a.atom_/top"
    assert NAMING.digest_stem("topics/a.rss", "weekly") == "topics/a.rss_/weekly"


def test_a_digest_is_called_by_its_channel_and_its_period() -> None:
    """Its id comes from the feed and the period, and its date is when that ended."""
    made = digest(item(1))
    assert made.id == "tag:x.example,2026:/topics/energy/daily/2026-11-20"
    assert made.title == "Energy, 20 November 2026"
    assert made.published == datetime(2026, 11, 21, tzinfo=UTC)
    week = make_digest("tag:x", period_of("weekly", MOMENT), "Energy", [item(1)])
    assert (week.id, week.title) == (
        *("tag:x/2026-W47", "Energy, week 47 of 2026 (16–22 November)"),  # noqa: RUF001
    )
    assert week.published == datetime(2026, 11, 23, tzinfo=UTC)


def test_an_entry_lists_its_articles_in_order() -> None:
    """Each has title, provider, day, and an excerpt if there is one; all of it is escaped."""
    entry = digest_entry(digest(item(2, title="<i>", excerpt="A & B"), item(1)), FEED, SITE)
    assert entry.content == (
        '<ol><li><a href="https://paper.example/2">&lt;i&gt;</a> (The Paper,'
        ' <time datetime="2026-11-20T08:00:00Z">2026-11-20</time>)<p>A &amp; B</p></li>'
        '<li><a href="https://paper.example/1">T1</a> (The Paper,'
        ' <time datetime="2026-11-20T08:00:00Z">2026-11-20</time>)</li></ol>'
    )
    assert (entry.summary, entry.url, entry.source) == ("<i>; T1", FEED.url, SITE)
    assert entry.authors == (FEED.author,)
    assert entry.published == entry.updated == datetime(2026, 11, 21, tzinfo=UTC)


def test_a_story_counts_its_sources() -> None:
    """How many others were on the story when the day ended is said after the one it names."""
    for count, said in (
        (0, ")</li>"),
        (1, ") and 1 more source</li>"),
        (2, ") and 2 more sources"),
    ):
        assert said in digest_entry(digest(item(1, sources=count)), FEED, SITE).content


def test_a_summary_names_the_first_few() -> None:
    """Up to three are named, and the others counted."""
    for count, summary in (
        (1, "T0"),
        (3, "T0; T1; T2"),
        (4, "T0; T1; T2; and 1 more"),
        (100, "T0; T1; T2; and 97 more"),
    ):
        made = digest(*map(item, range(count)))
        assert digest_entry(made, FEED, SITE).summary == summary


def test_a_long_excerpt_is_cut() -> None:
    """A digest says of an article what feeds do, and no more than 300 characters of it."""
    provider = Provider("paper.example", "P")
    article = Article("1.md", "T", "https://paper.example/1", MOMENT, provider, summary="x " * 400)
    made = digest_item(StoredArticle(1, "urn:x:1", MOMENT, "", article), "The Paper")
    assert (made.id, made.path, made.provider) == ("urn:x:1", "1.md", "The Paper")
    assert (made.title, made.url, made.published) == ("T", article.url, MOMENT)
    assert len(made.excerpt) <= 300
    assert made.excerpt.endswith("…")
