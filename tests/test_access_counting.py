"""What is counted of a log, against what is true of it."""

import io
import random
from collections.abc import Iterator
from itertools import count

import pytest
from generated_logs import (
    BEGIN,
    CLAIMED,
    FEEDS,
    HOURS,
    LIARS,
    MILLION,
    PERSONS,
    SERVICES,
    Truth,
    generate,
    size_of,
)
from hypothesis import given, strategies as st

from feeds.access import Counts, Lines, Readership, Row, Visit, feeds_of, tell
from feeds.access.claims import MOST_CLAIMANTS, MOST_FEEDS as MOST_IDS, REGULAR, Claims
from feeds.access.clients import Clients
from feeds.access.counting import MOST_CELLS, MOST_FEEDS, MOST_READERS, OTHERS
from feeds.access.days import Days, usual_and_most
from feeds.access.distinct import ERROR, EXACT, Distinct
from feeds.access.intervals import MOST_CLIENTS, Intervals, LastSeen
from feeds.http.clients import network
from feeds.http.readers import MOST_MORE, Reader, reader_of

DAY = 86_400
HOUR = 3_600
SUFFIXES = (".atom", ".rss", ".json")
NETNEWSWIRE = PERSONS[0]
FEEDLY = SERVICES["Feedly"][0]


def salts() -> Iterator[bytes]:
    """Give salts that differ, and are the same each time."""
    return (f"{number:16}".encode() for number in count())


def counts() -> Counts:
    """Give counts of nothing yet."""
    return Counts(feeds_of(SUFFIXES, ""), salts().__next__)


def told(*visits: Visit) -> Readership:
    """Tell of some requests."""
    counted = counts()
    for visit in visits:
        counted.add(visit)
    return tell(counted)


def poll(
    moment: int = 0,
    agent: str = NETNEWSWIRE,
    status: int = 200,
    sent: int = 100,
    address: str = "192.0.2.1",
    path: str = "/all.atom",
) -> Visit:
    """Give a poll."""
    return Visit(BEGIN + moment, address, "GET", path, status, sent, agent)


def counted_of(lines: int, *, lying: bool = True) -> tuple[Truth, Readership]:
    """Count a generated log."""
    file = io.StringIO()
    truth = generate(file, lines, lying=lying)
    counted, reader = counts(), Lines()
    for line in file.getvalue().encode().splitlines():
        visit = reader.read(line)
        assert visit is not None
        counted.add(visit)
    return truth, tell(counted)


@pytest.fixture(scope="module")
def generated() -> tuple[Truth, Readership]:
    """Count a log of which all is known."""
    return counted_of(20_000)


def row(rows: object, name: str) -> Row:
    """Find a row."""
    assert isinstance(rows, list)
    (found,) = [each for each in rows if each.name == name]
    assert isinstance(found, Row)
    return found


# --- All together ------------------------------------------------------------------------


def test_polls_and_bytes_are_those_of_the_log(generated: tuple[Truth, Readership]) -> None:
    """Polls, answers 304, errors and bytes of each feed and of all are exactly what was written."""
    truth, found = generated
    assert found.all.polls.all == truth.polls
    assert found.all.polls.unchanged == truth.unchanged.total()
    assert found.all.errors == truth.errors > 0
    assert [each.name for each in found.feeds[:1]] == ["all.atom"]
    for feed in FEEDS:
        polls = row(found.feeds, feed).polls
        assert (polls.sent, polls.unchanged) == (truth.sent[feed], truth.unchanged[feed])
        assert polls.sent_bytes == truth.sent[feed] * size_of(feed)
        assert polls.saved_bytes == truth.unchanged[feed] * size_of(feed)


def test_people_are_counted(generated: tuple[Truth, Readership]) -> None:
    """Persons are counted within the error of estimates; with other addresses they are the same."""
    truth, found = generated
    error = 4 * ERROR
    assert found.all.subscribers.counted == pytest.approx(truth.persons, rel=error)
    for feed in FEEDS:
        subscribers = row(found.feeds, feed).subscribers
        assert subscribers.counted == pytest.approx(truth.persons_of(feed), rel=error)
        assert subscribers.services == len(SERVICES)
    assert row(found.readers, "a browser").subscribers.high == 0


def test_intervals_are_those_of_the_log(generated: tuple[Truth, Readership]) -> None:
    """All poll hourly, and that is the median of each feed and each reader within its error."""
    _, found = generated
    for each in (found.all, *found.feeds, row(found.readers, "FreshRSS")):
        assert each.interval == pytest.approx(HOUR, rel=0.022)


def test_lies_move_nothing(generated: tuple[Truth, Readership]) -> None:
    """A million, claimed every hour by twenty names and one that is known, changes no count."""
    _, honest = counted_of(20_000, lying=False)
    _, found = generated
    for feed in FEEDS:
        subscribers = row(found.feeds, feed).subscribers
        assert subscribers.claimed == CLAIMED
        assert subscribers.services == row(honest.feeds, feed).subscribers.services
    assert honest.all.subscribers.claimed == found.all.subscribers.claimed == CLAIMED * len(FEEDS)
    assert not honest.unbelieved
    assert {(doubt.feed, doubt.subscribers) for doubt in found.unbelieved} == {
        ("all.atom", MILLION)
    }
    assert len(found.unbelieved) == 1 + LIARS


def test_a_feed_has_its_readers(generated: tuple[Truth, Readership]) -> None:
    """The readers of each feed add up to what is told of it."""
    _, found = generated
    for feed in found.feeds:
        readers = found.readers_of[feed.name]
        assert sum(each.polls.all for each in readers) == feed.polls.all
        assert sum(each.subscribers.claimed for each in readers) == feed.subscribers.claimed


# --- What counts as what -----------------------------------------------------------------


def test_what_is_saved_is_what_was_sent_before() -> None:
    """A 304 saves what its reader was sent last, else what anybody was, else what comes first."""
    other = PERSONS[1]
    found = told(
        poll(0, status=304, sent=0),
        poll(1, status=200, sent=1_000),
        poll(2, other, 304, 0),
        poll(3, other, 200, 300),
        poll(4, other, 304, 20),
        poll(5, status=304, sent=0),
    )
    polls = {each.name: each.polls for each in found.readers}
    assert polls["NetNewsWire"].saved_bytes == 2 * 1_000
    assert polls["FreshRSS"].saved_bytes == 1_000 + 280
    assert found.all.polls.sent_bytes == 1_000 + 300 + 20


def test_what_is_no_poll_is_not_counted() -> None:
    """Other methods, other paths, redirections and errors of what is no feed are no polls."""
    found = told(
        poll(0)._replace(method="POST"),
        poll(0, path="/index.html"),
        poll(0, status=301),
        poll(0, status=206),
        poll(0, status=404, path="/made-up.atom"),
    )
    assert (found.since, found.all.polls.all, found.feeds) == (None, 0, [])
    assert found.all.errors == 1


def test_an_interval_is_of_one_client_and_day() -> None:
    """Two clients have no interval between them; a service is one client, wherever it is."""
    assert told(poll(0), poll(60, address="192.0.2.2")).all.interval is None
    assert told(poll(0), poll(60, PERSONS[1])).all.interval is None
    assert told(poll(0), poll(60, path="/all.rss")).all.interval is None
    assert told(poll(0), poll(60)).all.interval == pytest.approx(60, rel=0.022)
    assert told(poll(0), poll(DAY)).all.interval is None
    feedly = FEEDLY.format(3)
    both = told(poll(0, feedly), poll(60, FEEDLY.format(4), address="192.0.2.2"))
    assert both.all.interval == pytest.approx(60, rel=0.022)
    assert told(poll(0, feedly), poll(DAY + 1, feedly)).all.interval is None


def test_a_client_counts_on_the_median_day() -> None:
    """Of days with one, two and four readers two are counted, and four are the most."""
    visits = [
        poll(day * DAY, address=f"192.0.2.{number}")
        for day, readers in enumerate((1, 4, 2))
        for number in range(readers)
    ]
    subscribers = told(*visits).all.subscribers
    assert (subscribers.counted, subscribers.most) == (2, 4)
    assert (subscribers.low, subscribers.high) == (2, 4)


def test_a_client_of_several_feeds_is_one_in_all() -> None:
    """Who reads two feeds is one subscriber of each, and one in all."""
    found = told(poll(0), poll(1, path="/all.rss"), poll(2, path="/b.json"))
    assert [feed.subscribers.low for feed in found.feeds] == [1, 1, 1]
    assert found.all.subscribers.low == found.all.subscribers.high == 1


def test_programs_count_for_the_most_alone() -> None:
    """A library that fetches may be a reader or a test: it is in the upper bound."""
    subscribers = told(poll(0), poll(1, "curl/8.5.0"), poll(2, "")).all.subscribers
    assert (subscribers.low, subscribers.high) == (1, 3)


def test_a_service_has_one_subscriber_at_least() -> None:
    """Who fetches for others and does not say for how many counts for one at both ends."""
    visits = [
        poll(day * DAY, address=f"192.0.2.{number}")
        for day, readers in enumerate((1, 3))
        for number in range(readers)
    ]
    subscribers = told(*visits, poll(5, "Blogtrottr/2.0")).all.subscribers
    assert (subscribers.low, subscribers.high) == (1 + 1, 3 + 1)


def test_a_claim_hides_no_other_reader() -> None:
    """Who claims subscribers under the name of a reader of one person takes nobody away."""
    liar = NETNEWSWIRE.replace("RSS Reader", "9 subscribers")
    honest = [poll(number, address=f"192.0.2.{number}") for number in range(3)]
    for visits in ([poll(0, liar), *honest], [*honest, poll(9, liar)]):
        subscribers = told(*visits).all.subscribers
        assert (subscribers.low, subscribers.high) == (3, 3 + 9)


def test_nothing_has_an_address() -> None:
    """No address is in what is counted or told, nor in anything these are made of."""
    counted = counts()
    address = "203.0.113.250"
    for number in range(3):
        counted.add(poll(number, address=address))
    seen: set[int] = set()

    def strings(value: object) -> Iterator[str]:
        if id(value) in seen:
            return
        seen.add(id(value))
        yield repr(value)
        slots = getattr(value, "__slots__", ())
        parts = [getattr(value, name) for name in slots if hasattr(value, name)]
        parts += vars(value).values() if hasattr(value, "__dict__") else []
        parts += value.values() if isinstance(value, dict) else []
        for part in parts:
            yield from strings(part)

    assert not any(address in text for text in strings(counted))
    assert address not in repr(tell(counted))


# --- Bounds ------------------------------------------------------------------------------


def test_what_is_kept_is_bounded() -> None:
    """However many feeds, readers and clients there are, the rest counts as others."""
    counted = counts()
    number = 0
    for number in range(2 * MOST_CELLS):
        agent = f"Reader{chr(65 + number % 26)}{chr(65 + number // 26 % 30)}/1"
        counted.add(poll(number, agent, path=f"/{number % (MOST_FEEDS + 9)}.atom"))
    found = tell(counted)
    assert len(found.feeds) == MOST_FEEDS + 1
    assert len(found.readers) <= MOST_READERS + 1
    assert sum(map(len, found.readers_of.values())) <= MOST_CELLS + MOST_FEEDS + 1
    assert found.all.polls.all == number + 1
    assert row(found.feeds, OTHERS).polls.all > 0
    assert row(found.readers, OTHERS).polls.all > 0


def test_days_are_bounded() -> None:
    """However many days a log has, and in whatever order, a day's clients count once."""
    days = Days()
    for day in (5, 6, 7, 8, 9, 5, 9):
        for key in range(10):
            days.add(day, key * 7_919)
    assert days.counts() == dict.fromkeys(range(5, 10), 10)
    for day in range(2_000):
        days.add(day, 1)
    assert len(days.counts()) <= 1_003


def test_who_was_seen_is_bounded() -> None:
    """Of the clients that came last it is known when; those long before are forgotten."""
    seen = LastSeen()
    for key in range(2 * MOST_CLIENTS):
        assert seen.waited(key, 0) is None
    assert seen.waited(2 * MOST_CLIENTS - 2, 5) == 5
    assert seen.waited(MOST_CLIENTS + MOST_CLIENTS // 2, 5) == 5
    assert seen.waited(0, 5) is None


# --- The parts ---------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, EXACT, EXACT + 1, 1_000, 50_000])
def test_different_ones_are_counted(number: int) -> None:
    """Few are counted exactly, many within four standard errors, however often they come."""
    chosen = random.Random(number)  # noqa: S311 - the same each time
    keys = [chosen.getrandbits(64) for _ in range(number)]
    known = Distinct()
    for key in keys:
        known.add(key)
    counted = len(known)
    assert counted == pytest.approx(number, rel=4 * ERROR if number > EXACT else 0)
    for key in keys:
        known.add(key)
    assert len(known) == counted


@given(st.lists(st.integers(1, DAY), min_size=1, max_size=50))
def test_a_median_is_near(seconds: list[int]) -> None:
    """Half of the intervals are not longer than the median, but for the width of a class."""
    intervals = Intervals()
    for each in seconds:
        intervals.add(each)
    expected = sorted(seconds)[(len(seconds) - 1) // 2]
    # Half of a class, and half of a second.
    assert intervals.median() == pytest.approx(expected, abs=0.022 * expected + 0.51)


def test_clients_are_apart_for_a_day() -> None:
    """A client is the same within a day, another one on another day, and in another run."""
    clients, others = Clients(salts().__next__), Clients(lambda: b"another")
    key = clients.key("192.0.2.1", "a", 1)
    assert clients.key("192.0.2.1", "a", 1) == key
    keys = {
        clients.key("192.0.2.1", "b", 1),
        clients.key("192.0.2.2", "a", 1),
        clients.key("192.0.2.1", "a", 2),
        others.key("192.0.2.1", "a", 1),
    }
    assert len(keys | {key}) == 5


def test_a_network_is_a_house() -> None:
    """Addresses of IPv6 are one by their first half; those of IPv4 stand for themselves."""
    house = network("2001:db8:1:2::3")
    assert house == network("2001:db8:1:2:ffff::1") == network("[2001:db8:1:2::9]")
    assert house != network("2001:db8:1:3::3")
    assert network("::ffff:192.0.2.1") == "192.0.2.1"
    assert network("192.0.2.1") == network("192.0.2.1:4711") == "192.0.2.1"
    assert network("::1:") == "::1"


def test_the_median_day_counts() -> None:
    """A day on which nobody came is one with none."""
    assert usual_and_most([1, 2, 3], [{1: 5}, {1: 1, 3: 2}]) == (2, 6)
    assert usual_and_most([], []) == (0, 0)


@pytest.mark.parametrize(
    ("target", "base_path", "expected"),
    [
        ("/all.atom", "", "all.atom"),
        ("/all.atom?x=.html", "", "all.atom"),
        ("/page.html?x=.atom", "", None),
        ("/news/all.atom", "/news", "all.atom"),
        ("/all.atom", "/news/", "all.atom"),
        ("https://feeds.example/news/all.rss#a", "/news", "all.rss"),
        ("/topics/%C3%BC.atom", "", "topics/\u00fc.atom"),
        ("/feed", "", None),
        ("/feed/", None, "feed/"),
        ("/index.xml", None, "index.xml"),
        ("/sitemap.xml", None, None),
        ("/" + "x" * 400 + ".atom", "", None),
        ("", None, None),
    ],
)
def test_feeds_are_told_by_their_paths(
    target: str, base_path: str | None, expected: str | None
) -> None:
    """Feeds are known by how they end, below where they are served, or by what others call them."""
    assert feeds_of(SUFFIXES, base_path)(target) == expected


def test_one_feed_may_be_looked_for() -> None:
    """Where one feed is named, nothing else is one, and it may be called as it likes."""
    for only in ("feed.xml", "/feed.xml", "/news/feed.xml", "https://a.example/news/feed.xml"):
        feed_of = feeds_of(SUFFIXES, "/news", only)
        assert feed_of("/news/feed.xml") == "feed.xml"
        assert feed_of("/news/all.atom") is None


# --- What is believed --------------------------------------------------------------------


def believed(*hours: dict[str, int]) -> dict[str, int]:
    """Tell what is believed after hours in which readers claimed so many."""
    claims = Claims()
    for hour, said in enumerate(hours):
        for agent, number in said.items():
            claims.hear(hour, reader_of(agent.format(number)))
    return claims.believed(len(hours))


def test_who_says_it_again_and_again_is_believed() -> None:
    """A claim counts from the third hour on, or when a log has no more; the last one does."""
    assert believed({FEEDLY: 462}) == {"Feedly": 462}
    assert believed(*[{FEEDLY: 462}] * REGULAR, {FEEDLY: 470}) == {"Feedly": 470}
    assert believed({FEEDLY: 462}, *[{}] * 9) == {"Feedly": 0}


def test_who_has_many_gets_there() -> None:
    """Who really has 3,500 counts for all of them after so many hours, and for none before."""
    assert believed(*[{FEEDLY: 3_500}] * 3) == {"Feedly": 0}
    assert believed(*[{FEEDLY: 3_500}] * 6) == {"Feedly": 3_500}


def test_a_million_counts_for_nothing() -> None:
    """Once or for days, alone or beside the true reader, a million changes nothing."""
    liar = "Liar/1 ({} subscribers)"
    assert believed({FEEDLY: MILLION}) == {"Feedly": 0}
    assert believed(*[{FEEDLY: MILLION}] * HOURS) == {"Feedly": 0}
    assert believed(*[{liar: MILLION}] * HOURS) == {"Liar": 0}
    other = FEEDLY.replace("http:", "https:")
    assert believed(*[{FEEDLY: 462, other: MILLION}] * HOURS) == {"Feedly": 462}


def test_many_names_count_for_a_thousand_together() -> None:
    """However many say that they fetch for some, and nobody knows them, the sum is bounded."""
    liars = {f"Liar{chr(65 + number)}/1 ({{}} subscribers)": 900 for number in range(20)}
    assert sum(believed(*[liars] * HOURS).values()) == 1_000
    few = dict.fromkeys(liars, 9)
    assert sum(believed(*[few] * HOURS).values()) == 180
    assert sum(believed(*[liars | {FEEDLY: 20}] * HOURS).values()) == 1_020


def test_many_feeds_of_one_name_count_together() -> None:
    """Numbers of feeds are added up under a reader's name, within the guard of that name."""
    feedbin = "Feedbin feed-id:%d - {} subscribers"
    two = {feedbin % 1: 100, feedbin % 2: 7}
    assert believed(*[two] * REGULAR) == {"Feedbin": 107}
    assert believed(*[{feedbin % number: 900 for number in range(40)}]) == {"Feedbin": 900}
    assert believed(*[{feedbin % number: 1 for number in range(40)}]) == {"Feedbin": MOST_IDS}


def test_an_hour_that_comes_again_moves_nothing() -> None:
    """Lines of several processes that are out of order make no more hours of it than there are."""
    claims = Claims()
    for hour in (1, 0) * 20:
        claims.hear(hour, reader_of(FEEDLY.format(3_500)))
    assert claims.believed(2) == {"Feedly": 0}


def test_claimants_are_bounded() -> None:
    """Of so many readers that nobody knows it is known what they claim, and of no more."""
    claims = Claims()
    for number in range(3 * MOST_CLAIMANTS):
        claims.hear(0, Reader(f"Liar{number}", "service", 1))
    assert len(claims.believed(1)) == MOST_CLAIMANTS


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 70), st.integers(0, 10**9 - 1))))
def test_what_is_believed_is_bounded(heard: list[tuple[int, int, int]]) -> None:
    """Whatever is claimed when by whom, none counts for more than the guard lets it."""
    claims = Claims()
    for hour, name, number in heard:
        claims.hear(hour, Reader("Feedly" if name == 70 else f"Liar{name}", "service", number))
    hours = 1 + max((hour for hour, _, _ in heard), default=0)
    found = claims.believed(hours)
    assert len(found) <= MOST_CLAIMANTS + 1
    assert found.pop("Feedly", 0) <= MOST_MORE * hours
    assert sum(found.values()) <= MOST_MORE
