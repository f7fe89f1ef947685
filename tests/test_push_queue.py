from datetime import UTC, datetime, timedelta

import pytest

from feeds.push.queue import Addressee, Queue, dump_queue, load_queue
from feeds.push.replies import Reply, no_answer, reply_of

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DOWN = no_answer("did not answer")
REFUSED = Reply(404, "answered 404")


def waiting(*paths: str) -> Addressee:
    addressee = Addressee()
    addressee.put(paths, NOW)
    return addressee


def test_a_path_waits_once_however_often_it_changes() -> None:
    """What waits already is new again, so that it is not given up before its time."""
    addressee = waiting("b", "a")
    addressee.put(["b"], NOW + SECOND)
    assert [*addressee.due(NOW + SECOND)] == ["a", "b"]
    assert addressee.waiting["b"].since == NOW + SECOND


def test_what_changes_while_it_is_told_is_told_again() -> None:
    """Who was told of the change before may have fetched what was there then."""
    addressee = waiting("a", "b")
    under_way = addressee.due(NOW)
    addressee.put(["a"], NOW + SECOND)
    addressee.succeed(under_way, NOW + SECOND)
    assert [*addressee.due(NOW + SECOND)] == ["a"]


def test_what_was_told_waits_no_more() -> None:
    """It is counted, and whatever was wrong before is over."""
    addressee = waiting("a", "b")
    addressee.fail(DOWN, NOW, 1.0)
    addressee.succeed({"a": addressee.waiting["a"]}, NOW + SECOND)
    told = addressee.told("hub")
    assert (told.waiting, told.sent, told.failures, told.not_before) == (1, 1, 0, None)
    assert told.failed == 1
    assert (told.last_success, told.last_failure) == (NOW + SECOND, NOW)
    assert told.last_problem == "did not answer"


@pytest.mark.parametrize(
    ("failures", "least", "most"),
    [(1, 5, 10), (2, 5, 20), (3, 5, 40), (9, 5, 2_560), (10, 5, 3_600), (1_000, 5, 3_600)],
)
def test_pauses_are_any_up_to_one_that_doubles(failures: int, least: int, most: int) -> None:
    """They begin with some seconds, end with an hour, and chance says how long each is."""
    for chance, seconds in ((0.0, least), (1.0, most)):
        addressee = waiting("a")
        addressee.failures = failures - 1
        addressee.fail(DOWN, NOW, chance)
        assert addressee.not_before == NOW + seconds * SECOND
        assert [*addressee.due(NOW + (seconds - 1) * SECOND)] == []
        assert [*addressee.due(NOW + seconds * SECOND)] == ["a"]


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("120", 120),
        ("0", 10),
        ("999999", 3_600),
        ("9" * 400, 3_600),
        ("Sun, 01 Nov 2026 12:02:00 GMT", 120),
        ("Sun, 01 Nov 2026 12:02:00 -0000", 120),
        ("Sun, 01 Nov 2020 12:02:00 GMT", 10),
        ("Sun, 01 Nov 9999 12:02:00 GMT", 3_600),
        ("soon", 10),
        ("-5", 10),
        ("", 10),
    ],
)
def test_who_says_when_to_come_again_is_heeded_within_bounds(
    retry_after: str, seconds: int
) -> None:
    """Retry-After is a number or a date, and makes no pause shorter, nor longer than an hour."""
    addressee = waiting("a")
    addressee.fail(reply_of(429, retry_after, b"", NOW), NOW, 1.0)
    assert addressee.not_before == NOW + seconds * SECOND


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_any_2xx_is_well(status: int) -> None:
    """Whatever is said with it."""
    assert reply_of(status, "5", b"no", NOW) == Reply(status)


@pytest.mark.parametrize(
    ("status", "is_refusal"),
    [
        *((status, True) for status in (400, 401, 403, 404, 410, 422)),
        *((status, False) for status in (301, 302, 307, 408, 425, 429, 500, 503)),
    ],
)
def test_all_else_is_a_problem(status: int, is_refusal: bool) -> None:  # noqa: FBT001 - data
    """A 4xx will be one again, unless it says that the moment was wrong."""
    reply = reply_of(status, "", b"line\n two\x00\xff", NOW)
    assert reply.problem == f'answered {status}: "line two\\x00\ufffd"'
    assert reply.is_refusal is is_refusal


def test_what_is_refused_is_tried_three_times() -> None:
    """The others do not wait for that; the third time it is given up."""
    addressee = waiting("a", "b")
    now = NOW
    for _ in range(2):
        assert addressee.refuse("a", REFUSED, now, 1.0) == []
        assert [*addressee.due(now)] == ["b"]
        now += 60 * SECOND
        assert [*addressee.due(now)] == ["a", "b"]
    assert addressee.refuse("a", REFUSED, now, 1.0) == ["a"]
    told = addressee.told("hub")
    assert (told.waiting, told.given_up, told.failures, told.failed) == (1, 1, 0, 3)


def test_who_refuses_everything_is_asked_three_times() -> None:
    """A purge that is refused is refused as a whole, and then given up as one."""
    addressee = waiting("a", "b")
    assert [addressee.fail(REFUSED, NOW, 1.0) for _ in range(3)] == [[], [], ["a", "b"]]
    addressee.put(["c"], NOW)
    assert [*addressee.due(NOW)] == ["c"]


def test_what_waits_for_a_day_is_given_up() -> None:
    """Only that, and only once it has been tried again."""
    addressee = waiting("a")
    addressee.put(["b"], NOW + 3_600 * SECOND)
    assert addressee.fail(DOWN, NOW + timedelta(days=1), 1.0) == []
    assert addressee.fail(DOWN, NOW + timedelta(days=1) + SECOND, 1.0) == ["a"]
    assert addressee.told("hub").given_up == 1
    assert [*addressee.waiting] == ["b"]


def test_a_clock_that_is_set_back_keeps_nobody_waiting() -> None:
    """No pause is longer than an hour, whatever the clock said when it began."""
    addressee = waiting("a")
    addressee.fail(DOWN, NOW, 1.0)
    assert [*addressee.due(NOW - timedelta(days=365))] == ["a"]


def test_who_hurries_waits_for_nothing() -> None:
    """Neither for whoever does not answer, nor for what was refused."""
    addressee = waiting("a", "b")
    addressee.refuse("a", REFUSED, NOW, 1.0)
    addressee.fail(DOWN, NOW, 1.0)
    addressee.hurry()
    assert [*addressee.due(NOW)] == ["a", "b"]


def test_a_queue_is_the_same_when_it_is_read_again() -> None:
    """All of it is kept; what is no queue is an error, whatever it is."""
    queue = Queue()
    assert queue.address(["https://hub.example/"], purges=True)
    assert queue.purge
    queue.purge.put(["a"], NOW)
    queue.purge.fail(DOWN, NOW, 0.5)
    hub = queue.hubs["https://hub.example/"]
    hub.put(["a", "b"], NOW)
    hub.refuse("a", REFUSED, NOW, 0.5)
    data = dump_queue(queue)
    assert load_queue(data) == queue
    for broken in (b"", b"{", b"[]", data[:-40], data.replace(b'"refusals": 1', b'"refusals": ""')):
        with pytest.raises(ValueError, match=r".*"):
            load_queue(broken)


def test_who_is_new_begins_with_nothing() -> None:
    """Who is told no more is forgotten with what was waiting; the others stay as they are."""
    queue = Queue()
    assert queue.address(["a", "b"], purges=False)
    queue.hubs["b"].put(["path"], NOW)
    assert not queue.address(["b", "a"], purges=False)
    assert queue.address(["b", "c"], purges=True)
    assert {name: [*each.waiting] for name, each in queue.addressees()} == {
        "purge": [],
        "b": ["path"],
        "c": [],
    }
    assert queue.address(["c"], purges=False)
    assert queue.address(["b", "c"], purges=False)
    assert not queue.hubs["b"].waiting
