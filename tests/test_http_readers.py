"""Who fetches a feed, and for how many, read from what readers say of themselves."""

from functools import reduce

import pytest
from hypothesis import given, strategies as st

from feeds.http.plain import plain_request
from feeds.http.readers import (
    A_BROWSER,
    MOST_MORE,
    UNNAMED,
    Reader,
    believed,
    is_known,
    moved,
    name_of,
    reader_of,
)

BUTTONDOWN = "https://docs.buttondown.com/rss-subscribers"
CRAWLERS = "https://github.com/monperrus/crawler-user-agents/blob/master/crawler-user-agents.json"
DETECTOR = (
    "https://github.com/matomo-org/device-detector/blob/master/Tests/fixtures/feed_reader.yml"
)
GOACCESS = "https://github.com/allinurl/goaccess/issues/2795"
LAWTEE = "https://lawtee.com/en/article/estimate-rss-subscribers-from-vps-logs"
POPEY = "https://popey.com/blog/2023/09/full-text-content-in-hugo/"
TOOLONG = "https://github.com/Textualize/toolong/blob/main/src/toolong/timestamps.py"

# What readers send, with where that is said: they themselves, logs that people showed, or lists
# that others keep to recognise them.
SEEN = [
    (
        "Feedbin feed-id:1697787 - 102 subscribers",
        Reader("Feedbin", "service", 102, "1697787"),
        BUTTONDOWN,
    ),
    (
        "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 462 subscribers; )",
        Reader("Feedly", "service", 462),
        BUTTONDOWN,
    ),
    (
        "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 1 subscribers; like FeedFetcher-Google)",
        Reader("Feedly", "service", 1),
        "https://github.com/allinurl/goaccess/issues/2094",
    ),
    (
        (
            "NewsBlur Feed Fetcher - 27 subscribers - https://www.newsblur.com/site/7704055/"
            'rendezvous-with-cassidoo ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) '
            'AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.0.1 Safari/605.1.15")'
        ),
        Reader("NewsBlur", "service", 27),
        BUTTONDOWN,
    ),
    (
        "Mozilla/5.0 (compatible; inoreader.com; 114 subscribers)",
        Reader("Inoreader", "service", 114),
        BUTTONDOWN,
    ),
    (
        "Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; 3 subscribers; )",
        Reader("Inoreader", "service", 3),
        "http://www.inoreader.com/feed-fetcher",
    ),
    (
        (
            "Mozilla/5.0 (compatible; theoldreader.com; 1 subscribers; "
            "feed-id=cead6c3a837650eeefd8fe4a)"
        ),
        Reader("The Old Reader", "service", 1, "cead6c3a837650eeefd8fe4a"),
        BUTTONDOWN,
    ),
    (
        "Mozilla/5.0 (compatible; BazQux/2.4; +https://bazqux.com/fetcher; 1 subscribers)",
        Reader("BazQux", "service", 1),
        BUTTONDOWN,
    ),
    (
        (
            "Dreamwidth Studios (webmaster@dreamwidth.org; for "
            "https://www.dreamwidth.org/users/vikingschoice_feed/; 2 readers)"
        ),
        Reader("Dreamwidth", "service", 2),
        BUTTONDOWN,
    ),
    (
        (
            "Feed Wrangler/1.0 (1 subscriber; feed-id=394524; http://feedwrangler.net; "
            "Allow like Gecko)"
        ),
        Reader("Feed Wrangler", "service", 1, "394524"),
        "https://github.com/allinurl/goaccess/issues/557",
    ),
    (
        "Overcast/1.0 Podcast Sync (123 subscribers; feed-id=456789; +http://overcast.fm/",
        Reader("Overcast", "service", 123, "456789"),
        "https://podinfra.net/app-developers/rss-scrapers.html",
    ),
    (
        (
            "Feedfetcher-Google; (+http://www.google.com/feedfetcher.html; 1 subscribers; "
            "feed-id=728742641706423)"
        ),
        Reader("Google Feedfetcher", "service", 1, "728742641706423"),
        CRAWLERS,
    ),
    (
        (
            "Superfeedr bot/2.0 http://superfeedr.com - Make your feeds realtime: get in touch - "
            "feed-id:46271263"
        ),
        Reader("Superfeedr", "service"),
        TOOLONG,
    ),
    ("Blogtrottr/2.0", Reader("Blogtrottr", "service"), POPEY),
    ("FeedBurner/1.0 (http://www.FeedBurner.com)", Reader("FeedBurner", "service"), POPEY),
    ("Netvibes (crawler; http://www.netvibes.com)", Reader("Netvibes", "service"), CRAWLERS),
    (
        "Slackbot 1.0 (+https://api.slack.com/robots)",
        Reader("Slack", "service"),
        CRAWLERS,
    ),
    (
        "Mozilla/5.0 (compatible; WireReaderBot/1.0; +https://wirereader.app)",
        Reader("Wire", "service"),
        GOACCESS,
    ),
    (
        "NetNewsWire (RSS Reader; https://netnewswire.com/)",
        Reader("NetNewsWire", "person"),
        "https://github.com/Ranchero-Software/NetNewsWire/blob/main/Mac/Resources/Info.plist",
    ),
    (
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_2) AppleWebKit/537.74.9 (KHTML, like "
            "Gecko) Version/6.0 NetNewsWire/4.0.0"
        ),
        Reader("NetNewsWire", "person"),
        DETECTOR,
    ),
    (
        "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Thunderbird/115.6.1",
        Reader("Thunderbird", "person"),
        TOOLONG,
    ),
    ("FreshRSS/1.28.0 (Linux; https://freshrss.org)", Reader("FreshRSS", "person"), LAWTEE),
    (
        "Tiny Tiny RSS/25.07-dea3f2d (Unsupported) (https://tt-rss.org/)",
        Reader("Tiny Tiny RSS", "person"),
        LAWTEE,
    ),
    (
        "Mozilla/5.0 (compatible; Miniflux/2.0.12; +https://miniflux.app)",
        Reader("Miniflux", "person"),
        CRAWLERS,
    ),
    (
        "Mozilla/5.0 (like Gecko, like Safari, like Chrome) - Miniflux <https://miniflux.net/>",
        Reader("Miniflux", "person"),
        "https://github.com/miniflux/v2/issues/35",
    ),
    ("Newsboat/2.34.0 (Linux x86_64)", Reader("Newsboat", "person"), GOACCESS),
    (
        "SpaceCowboys Android RSS Reader / 2.6.0(284)",
        Reader("Feeder", "person"),
        GOACCESS,
    ),
    (
        "KOReader/2022.03.1 (https://koreader.rocks/) LuaSocket/3.0-rc1",
        Reader("KOReader", "person"),
        GOACCESS,
    ),
    ("Akregator/5.24.0 (23.08.0); syndication", Reader("Akregator", "person"), POPEY),
    (
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.21 (KHTML, like Gecko) "
            "akregator/4.11.5 Safari/537.21"
        ),
        Reader("Akregator", "person"),
        DETECTOR,
    ),
    (
        (
            "Liferea/1.10.6 (Linux; en_US.UTF8; http://liferea.sf.net/) AppleWebKit "
            "(KHTML, like Gecko)"
        ),
        Reader("Liferea", "person"),
        DETECTOR,
    ),
    ("Reeder/3.2 CFNetwork/672.1.12 Darwin/14.0.0", Reader("Reeder", "person"), DETECTOR),
    (
        "Vienna/8414 (Macintosh; Intel macOS 15_3_0)",
        Reader("Vienna", "person"),
        "https://github.com/ViennaRSS/vienna-rss/pull/1873",
    ),
    (
        "NextCloud-News/1.0",
        Reader("Nextcloud News", "person"),
        "https://github.com/nextcloud/news/issues/2551",
    ),
    ("RssBandit/1.9.0.1002", Reader("RSS Bandit", "person"), DETECTOR),
    (
        "Fever/1.38 (Feed Parser; http://feedafever.com; Allow like Gecko)",
        Reader("Fever", "person"),
        CRAWLERS,
    ),
    (
        "UniversalFeedParser/5.0.1 +http://feedparser.org/",
        Reader("UniversalFeedParser", "program"),
        "https://pythonhosted.org/feedparser/http-useragent.html",
    ),
    (
        "Gofeed/1.0",
        Reader("Gofeed", "program"),
        "https://github.com/mmcdole/gofeed/pull/108/files",
    ),
    ("WordPress/6.9; https://www.domain.com", Reader("WordPress", "program"), LAWTEE),
    ("axios/0.26.1", Reader("axios", "program"), POPEY),
    ("node", Reader("node", "program"), TOOLONG),
    (
        "curl/7.64.1",
        Reader("curl", "program"),
        "https://github.com/miniflux/v2/issues/364",
    ),
    (
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        Reader("Googlebot", "robot"),
        CRAWLERS,
    ),
    (
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; "
            "+http://www.bing.com/bingbot.htm) Safari/537.36"
        ),
        Reader("bingbot", "robot"),
        CRAWLERS,
    ),
    (
        "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)",
        Reader("Yahoo! Slurp", "robot"),
        CRAWLERS,
    ),
    ("Mozilla/5.0 zgrab/0.x", Reader("zgrab", "person"), CRAWLERS),
    (
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/120.0.0.0 Safari/537.36"
        ),
        Reader(A_BROWSER, "browser"),
        TOOLONG,
    ),
]

# Forms of the same readers in other versions, and of readers that are no more.
OTHERS = {
    "Feedly/1.0 (poller; 131 subscribers;)": Reader("Feedly", "service", 131),
    "NewsBlur Feed Fetcher - 2 subscribers - https://www.newsblur.com": Reader(
        "NewsBlur", "service", 2
    ),
    "NewsBlur Page Fetcher (239 subscribers) - http://www.newsblur.com": Reader(
        "NewsBlur", "service", 239
    ),
    "NewsBlur Feed Fetcher - 1,234 subscribers - https://newsblur.com": Reader(
        "NewsBlur", "service", 1_234
    ),
    "Mozilla 5.0 (compatible; BazQux/2.4 +http://bazqux.com/fetcher; 7 subscribers)": Reader(
        "BazQux", "service", 7
    ),
    "Bloglovin/1.0 (http://www.bloglovin.com; 25 subscribers)": Reader("Bloglovin", "service", 25),
    "livedoor FeedFetcher/0.01 (http://reader.livedoor.com/; 1 subscriber)": Reader(
        "livedoor", "service", 1
    ),
    "PlainFeeder v0.0.1 (+http://plainfeeder.com/about ; Subscriber Count: 17)": Reader(
        "PlainFeeder", "service", 17
    ),
    "Slackbot%201.0%20(+https://api.slack.com/robots)": Reader("Slack", "service"),
    "Mozilla/4.0 Leed (LightFeed Aggregator) dev by idleman http://projet.idleman.fr/leed": Reader(
        "Leed", "person"
    ),
    "Mozilla/5.0": Reader(A_BROWSER, "browser"),
    "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)": Reader(A_BROWSER, "browser"),
    "Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; no subscribers)": Reader(
        "Inoreader", "service"
    ),
    "Reader/1.0 (1234567890 subscribers)": Reader("Reader", "person"),
    "Reader/1.0 (-1.5 subscribersome)": Reader("Reader", "person"),
    "": Reader(UNNAMED, "program"),
    "-": Reader(UNNAMED, "program"),
    "\u20ac\t()": Reader(UNNAMED, "program"),
    "12 subscribers": Reader("12", "program"),
    "(((((12 subscribers)))))": Reader("12", "program"),
    "x" * 50 + "/1": Reader("x" * 40, "person"),
}


@pytest.mark.parametrize(("agent", "reader"), [(agent, reader) for agent, reader, _ in SEEN])
def test_what_is_sent_is_recognised(agent: str, reader: Reader) -> None:
    """Of each form that was seen, the reader is called as people know it, with what it claims."""
    assert reader_of(agent.encode()) == reader


def test_what_is_recognised_was_seen() -> None:
    """Of more than twenty forms each has a source, and no two are the same."""
    assert len({agent for agent, _, _ in SEEN}) == len(SEEN) > 20
    assert all(source.startswith(("https://", "http://")) for _, _, source in SEEN)


@pytest.mark.parametrize("agent", OTHERS)
def test_what_is_like_it_is_recognised(agent: str) -> None:
    """Other forms of these, and what says nothing of itself, have a name, too."""
    assert reader_of(agent) == OTHERS[agent]


def test_a_claimant_is_a_reader_and_its_feed() -> None:
    """Feeds that a reader knows under several numbers count each for itself."""
    assert reader_of("Feedbin feed-id:7 - 102 subscribers").claimant == "Feedbin #7"
    assert name_of("Feedbin #7") == "Feedbin"
    assert name_of("Feedly") == "Feedly"
    assert reader_of("Feedly/1.0 (poller; 131 subscribers;)").claimant == "Feedly"


def test_who_fetches_for_many_is_known() -> None:
    """Services are known by what they are called; a claim alone makes nobody known."""
    assert is_known("The Old Reader")
    assert is_known("Feedbin")
    assert not is_known(reader_of("Liar/1 (1000000 subscribers)").name)


@given(st.binary(max_size=600), st.integers(0, 10**12))
def test_any_field_is_read(noise: bytes, number: int) -> None:
    """Whatever a field says, a reader has a short name, and a number as it is written."""
    for agent in (noise, b"Reader/1 (%d subscribers) %b" % (number, noise)):
        reader = reader_of(agent)
        assert 0 < len(reader.name) <= 40
        assert reader.name.isascii()
        assert reader.name.isprintable()
        assert reader.name == reader.name.strip()
        assert len(reader.claimant) <= 82
        assert name_of(reader.claimant) == reader.name
        if reader.subscribers is not None:
            assert 0 <= reader.subscribers < 10**9


def test_a_million_claimed_once_adds_a_thousand() -> None:
    """One claim moves what counts by the guard at most, and the next honest one puts it right."""
    assert reduce(moved, [24] * 10, 0) == 24
    assert reduce(moved, [24, 1_000_000], 0) == 24 + MOST_MORE
    assert reduce(moved, [24, 1_000_000, 24], 0) == 24
    assert reduce(moved, [1_000_000], 0) == MOST_MORE
    assert reduce(moved, [], 0) == 0


def test_what_is_claimed_hour_by_hour_is_reached() -> None:
    """A reader with more subscribers than the guard counts for all of them after some hours."""
    assert reduce(moved, [3_500] * 4, 0) == 3_500
    assert reduce(moved, [*[3_500] * 4, 0], 0) == 3_500 - MOST_MORE


def test_whom_nobody_knows_is_believed_so_far() -> None:
    """All whom nobody knows count for a thousand of a feed, and those whom people know apart."""
    claims = {"Feedly": 5_000, "Feedbin #1": 102, "Liar": 1_000, "Other": 900, "Small": 7}
    assert believed(claims) == claims | {"Liar": MOST_MORE - 907}
    assert sum(believed({f"Liar {number}": 1_000 for number in range(50)}).values()) == MOST_MORE
    assert believed({}) == {}


def test_who_asks_is_handed_on() -> None:
    """A plain request has its User-Agent field, and the field that a proxy says a client in."""
    request = b"GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: a/1\r\nX-Real-IP: 192.0.2.1\r\n%b\r\n"
    for more, agent, client in (
        (b"", b"a/1", "192.0.2.1"),
        (b"user-agent: b\r\n", b"b", "192.0.2.1"),
    ):
        read = plain_request(request % more, client_field=b"x-real-ip")
        assert read is not None
        assert (read.agent, read.client) == (agent, client)
    unasked = plain_request(request % b"")
    assert unasked is not None
    assert unasked.client == ""
