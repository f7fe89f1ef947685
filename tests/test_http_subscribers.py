"""For how many people a feed is fetched, read from what aggregators say of themselves."""

from functools import reduce

import pytest
from hypothesis import given, strategies as st

from feeds.http.plain import plain_request
from feeds.http.subscribers import MOST_MORE, Claim, claimed, claiming_agent, moved

# As these are known to ask; versions and numbers are any.
AGENTS = {
    "Feedbin feed-id:1373711 - 142 subscribers": ("Feedbin 1373711", 142),
    "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 457 subscribers; like FeedFetcher-Google)": (
        "Feedly",
        457,
    ),
    "Feedly/1.0 (poller; 131 subscribers;)": ("Feedly", 131),
    "Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; 3 subscribers; )": ("Inoreader", 3),
    "NewsBlur Feed Fetcher - 2 subscribers - https://www.newsblur.com": ("NewsBlur", 2),
    "NewsBlur Feed Fetcher - 1 subscriber - http://www.newsblur.com/site/1/page (Mozilla/5.0 "
    "(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/14.0.1 Safari/605.1.15)": ("NewsBlur", 1),
    "NewsBlur Page Fetcher (239 subscribers) - http://www.newsblur.com": ("NewsBlur", 239),
    "NewsBlur Feed Fetcher - 1,234 subscribers - https://newsblur.com": ("NewsBlur", 1_234),
    "Mozilla/5.0 (compatible; theoldreader.com; 12 subscribers; feed-id=0719795c4d27)": (
        "theoldreader.com 0719795c4d27",
        12,
    ),
    "Mozilla/5.0 (compatible; BazQux/2.4; +https://bazqux.com/fetcher; 6 subscribers)": (
        "BazQux",
        6,
    ),
    "Mozilla 5.0 (compatible; BazQux/2.4 +http://bazqux.com/fetcher; 7 subscribers)": ("BazQux", 7),
    "Bloglovin/1.0 (http://www.bloglovin.com; 25 subscribers)": ("Bloglovin", 25),
    "livedoor FeedFetcher/0.01 (http://reader.livedoor.com/; 1 subscriber)": ("livedoor", 1),
    "Feed Wrangler/1.0 (9 subscribers; feed-id=44; http://feedwrangler.net)": (
        "Feed Wrangler 44",
        9,
    ),
    "Feedfetcher-Google; (+http://www.google.com/feedfetcher.html; 80 subscribers; feed-id=5)": (
        "Feedfetcher-Google 5",
        80,
    ),
    "PlainFeeder v0.0.1 (+http://plainfeeder.com/about ; Subscriber Count: 17)": (
        "PlainFeeder",
        17,
    ),
}
NO_CLAIMS = (
    "",
    "FreshRSS/1.24.0 (Linux; https://freshrss.org)",
    "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0",
    "Superfeedr bot/2.0 http://superfeedr.com - Make your feeds realtime: feed-id:46271263",
    "Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; no subscribers)",
    "12 subscribers",
    "Reader/1.0 (1234567890 subscribers)",
    "Reader/1.0 (-1.5 subscribersome)",
    "(((((12 subscribers)))))",
)


@pytest.mark.parametrize("agent", AGENTS)
def test_what_aggregators_claim_is_read(agent: str) -> None:
    """Of each form that is known, who claims what for which feed is read."""
    assert claimed(agent.encode()) == Claim(*AGENTS[agent])


@pytest.mark.parametrize("agent", NO_CLAIMS)
def test_who_claims_nothing_is_nobody(agent: str) -> None:
    """Readers of one's own, browsers, and who has no name or no number claim nothing."""
    assert claimed(agent.encode()) is None


@given(st.binary(max_size=600), st.integers(0, 10**12))
def test_any_field_is_read(noise: bytes, number: int) -> None:
    """Whatever a field says, a claim has a short name and a number as it is written."""
    for agent in (noise, b"Reader/1 (%d subscribers) %b" % (number, noise)):
        claim = claimed(agent)
        if claim is not None:
            assert 0 < len(claim.reader) <= 81
            assert 0 <= claim.subscribers < 10**9


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


def test_only_a_field_that_may_claim_is_handed_on() -> None:
    """A plain request has the User-Agent field where that may claim subscribers, whatever else."""
    claiming, other = b"Feedly/1.0 (poller; 131 subscribers;)", b"newsboat/2.40"
    request = b"GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: %b\r\nX: 1 subscriber\r\n\r\n"
    for agent, expected in ((claiming, claiming), (other, b"")):
        read = plain_request(request % agent)
        assert read is not None
        assert read.agent == expected
        assert claiming_agent([(b"host", b"x"), (b"user-agent", agent)]) == expected
