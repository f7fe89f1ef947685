import pytest
from hypothesis import given, strategies as st

from feeds.http.delta import takes_delta

NEWSBOAT = (b"user-agent", b"newsboat/2.21.0 (Linux x86_64)")
ASKS = (b"a-im", b"feed")


@pytest.mark.parametrize(
    "headers",
    [
        [ASKS],
        [NEWSBOAT, ASKS],
        [(b"a-im", b"gzip, feed")],
        [(b"a-im", b"FEED ; q=0.5")],
        [(b"a-im", b"vcdiff"), (b"a-im", b"feed")],
        [(b"a-im", b"diffe;q=0.1, feed;q=1.0, gzip")],
        [(b"host", b"x"), (b"if-none-match", b'"a"'), ASKS, (b"accept-encoding", b"gzip")],
    ],
)
def test_who_asks_for_new_entries_takes_them(headers: list[tuple[bytes, bytes]]) -> None:
    """A-IM with `feed` among what it lists asks for new entries alone (RFC 3229, 10.5.3)."""
    assert takes_delta(headers)


@pytest.mark.parametrize(
    "field",
    [
        *("", "vcdiff", "feed;q=0", "feed;q=0.000", "feed, feed;q=0", "feeds", "*", "gzip"),
        *("feed;x=1", "feed gzip", '"feed"', "feed;q=2", "feed;q=-1", "\x00", "feed, é"),
    ],
)
def test_who_does_not_ask_in_these_words_takes_none(field: str) -> None:
    """A field that lists other things, refuses `feed` or breaks the grammar asks for nothing."""
    assert not takes_delta([NEWSBOAT, (b"a-im", field.encode("latin-1"))])


def test_without_the_field_nothing_is_asked_for() -> None:
    """No client is sent a 226 that did not ask for it."""
    assert not takes_delta([NEWSBOAT])
    assert not takes_delta([])


@pytest.mark.parametrize(
    "name",
    [
        *("via", "forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"),
        *("x-real-ip", "x-varnish", "cdn-loop"),
    ],
)
def test_what_came_through_a_proxy_is_not_answered_with_a_part(name: str) -> None:
    """A cache may ask with its own validator what its client asked without any."""
    assert not takes_delta([ASKS, (name.encode(), b"1")])


@pytest.mark.parametrize(
    "agent",
    [
        "rss2email/3.14 (+https://github.com/rss2email/rss2email)",
        "feedparser/6.0.11 +https://github.com/kurtmckee/feedparser/",
        "UniversalFeedParser/5.1.3 +https://code.google.com/p/feedparser/",
    ],
)
def test_who_says_it_unawares_is_sent_whole_feeds(agent: str) -> None:
    """Programs that fetch by feedparser have not said that they know the status 226."""
    assert not takes_delta([(b"user-agent", agent.encode()), ASKS])


@given(st.lists(st.tuples(st.sampled_from([b"a-im", b"via", b"user-agent"]), st.binary())))
def test_no_field_is_too_strange(headers: list[tuple[bytes, bytes]]) -> None:
    """Whatever stands in the fields, there is an answer."""
    assert takes_delta(headers) in {True, False}
