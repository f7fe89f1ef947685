import pytest
from hypothesis import given, strategies as st

from feeds.http.conditional import named_tags
from feeds.http.delta import is_own, own_tag, takes_delta

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


@pytest.mark.parametrize("name", ["via", "x-varnish", "cdn-loop"])
def test_what_a_cache_says_that_it_made_is_a_cache_s(name: str) -> None:
    """A cache that says so is answered with what it may store."""
    assert not takes_delta([ASKS, (name.encode(), b"1")])


@pytest.mark.parametrize("name", ["x-forwarded-for", "x-forwarded-proto", "x-real-ip"])
def test_a_proxy_that_stores_nothing_stands_in_nobody_s_way(name: str) -> None:
    """Who only hands on is no cache."""
    assert takes_delta([ASKS, (name.encode(), b"1")])


def test_a_reader_s_own_tag_is_told_from_all_others() -> None:
    """What is added for a reader is found again, also below what others add; nothing else is it."""
    assert own_tag('"a-gzip"') == '"a-gzip-im"'
    for written in ('"a-im"', '"a-gzip-im"', '"a-im-gzip"', '"a-gzip-im;gzip"'):
        [(found, plain)] = named_tags(written)
        assert (found, plain, is_own(found, plain)) == (written, '"a"', True)
    for written in ('"a"', '"a-gzip"', '"a-im-x"', '"-im-a"'):
        [(found, plain)] = named_tags(written)
        assert not is_own(found, plain)


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
