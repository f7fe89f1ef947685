"""Polls are counted, by whoever answers, and what was counted is found again."""

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from test_serve_app import ask, publication
from test_serve_wire import exchange, serving

from feeds.http.readers import MOST_MORE
from feeds.model import PollHistory, Polls, sum_of_polls
from feeds.serve.polls import HOURS, MOST_CLAIMS, MOST_READERS, PollWriter, read_polls
from feeds.serve.served import Served
from feeds.serve.tally import MOST_NOTED, Noted, Poll, Round, Tally

NOW = datetime(2026, 11, 29, 22, 50, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEEDLY = b"Feedly/1.0 (poller; %d subscribers;)"
BODY = b"<feed>%b</feed>" % (b"word " * 2_000)
RESOURCES = {
    "all.atom": (BODY, "application/atom+xml; charset=utf-8"),
    "index.html": (b"<p>page</p>", "text/html; charset=utf-8"),
}


def noted(times: int, path: str = "all.atom", status: int = 200, *agents: bytes) -> Round:
    """Give what is noted of some answers, of 100 bytes each, sent or saved."""
    sent, saved = (100, 0) if status == 200 else (0, 100)
    poll = Poll(path, status, sent, saved)
    claiming = {Noted(poll, agent, "192.0.2.1"): 1 for agent in agents}
    return Round(claiming | {Noted(poll): times - len(agents)})


def total(history: PollHistory, path: str = "all.atom") -> Polls:
    """Give what was counted of a feed in all hours."""
    return sum_of_polls(hour[path] for hour in history.hours if path in hour)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Tally]]:
    """Serve a feed and a page, and give where, and what is noted of it."""
    served = Served(publication(tmp_path / "output", RESOURCES))
    with serving(served) as url:
        yield url, served.tally


def taken(tally: Tally) -> dict[Noted, int]:
    """Give all that is noted until now, however it was to be asked."""
    tally.take()
    return tally.take().answers


def polls(tally: Tally) -> Counter[Poll]:
    """Give the answers that are noted until now, whoever had them."""
    found: Counter[Poll] = Counter()
    for noted, times in taken(tally).items():
        found[noted.poll] += times
    return found


# --- What is noted -----------------------------------------------------------------------


@pytest.mark.parametrize("field", ["X: 1", "A-IM: feed"])
def test_each_answer_about_a_feed_is_noted(served: tuple[str, Tally], field: str) -> None:
    """200 and 304 are noted with bytes sent and saved, from bytes alone and by a call alike."""
    url, tally = served
    tag = ask(url, "/all.atom", field).headers["etag"]
    for _ in range(2):
        assert ask(url, "/all.atom", field, f"If-None-Match: {tag}").status == 304
    assert ask(url, "/all.atom", field, method="HEAD").status == 200
    size = len(BODY)
    assert polls(tally) == {
        Poll("all.atom", 200, size, 0): 1,
        Poll("all.atom", 304, 0, size): 2,
        Poll("all.atom", 200, 0, 0): 1,
    }


def test_all_other_answers_are_noted_by_what_they_are(served: tuple[str, Tally]) -> None:
    """Pages, what is not there, what is refused or no request count by kind and status alone."""
    url, tally = served
    for target, method in (
        ("/", "GET"),
        ("/", "HEAD"),
        ("/none.atom", "GET"),
        ("/other-none.atom", "HEAD"),
        ("/all.atom", "POST"),
        ("/healthz", "GET"),
    ):
        ask(url, target, method=method)
    refused = ask(url, "/all.atom", "Accept-Encoding: identity;q=0, *;q=0")
    exchange(url, b"NONSENSE\r\n\r\n")
    found = polls(tally)
    assert {poll.path for poll in found} == {""}
    assert {(poll.kind, poll.status, poll.sent): times for poll, times in found.items()} == {
        ("page", 200, len(b"<p>page</p>")): 1,
        ("page", 200, 0): 1,
        ("other", 404, len(b"not found\n")): 1,
        ("other", 404, 0): 1,
        ("other", 405, len(b"method not allowed\n")): 1,
        ("other", 200, len(b"alive\n")): 1,
        ("other", 406, len(refused.body)): 1,
        ("other", 400, len(b"bad request\n")): 1,
    }


@pytest.mark.parametrize("field", ["X: 1", "Cookie: a\tb"])
def test_who_polls_is_noted(served: tuple[str, Tally], field: str) -> None:
    """An answer about a feed is noted with the User-Agent field and the address of who has it."""
    url, tally = served
    for agent in (FEEDLY % 24, b"newsboat/2.40"):
        for _ in range(2):
            assert ask(url, "/all.atom", f"User-Agent: {agent.decode()}", field).status == 200
    noted = taken(tally)
    assert {(each.agent, each.client) for each in noted} == {
        (FEEDLY % 24, "127.0.0.1"),
        (b"newsboat/2.40", "127.0.0.1"),
    }
    assert sum(noted.values()) == 4


@pytest.mark.parametrize("field", ["X: 1", "Cookie: a\tb"])
def test_a_proxy_says_whose_a_request_is(tmp_path: Path, field: str) -> None:
    """What the field says that is configured is noted, and the connection's where it is not there.

    A field of another name says nothing.
    """
    served = Served(publication(tmp_path / "output", RESOURCES))
    served.client_field = b"x-real-ip"
    with serving(served) as url:
        for other in ("X-Real-IP: 192.0.2.7", "X-Forwarded-For: 192.0.2.8"):
            for _ in range(2):
                assert ask(url, "/all.atom", other, field).status == 200
    assert {each.client for each in taken(served.tally)} == {"192.0.2.7", "127.0.0.1"}


def test_strangers_have_no_room_of_their_own() -> None:
    """However many agents and addresses come, so many are told apart, and all answers counted."""
    tally = Tally()
    poll, page = Poll("all.atom", 200, 1, 0), Poll("", 200, 1, 0, "page")
    for number in range(3 * MOST_NOTED):
        tally.note(poll, b"agent %d" % number * 1_000, f"{number}" * 1_000)
        tally.note(page, b"agent %d" % number, f"{number}")
    noted = taken(tally)
    assert len(noted) == MOST_NOTED + 1
    assert max(len(each.agent) + len(each.client) for each in noted) <= 600
    assert noted[Noted(page)] == 3 * MOST_NOTED
    assert sum(times for each, times in noted.items() if each.poll == poll) == 3 * MOST_NOTED


def test_a_round_is_taken_when_nobody_is_at_it() -> None:
    """What is noted is given by the second taking after it, once."""
    tally = Tally()
    poll = Poll("all.atom", 200, 1, 0)
    tally.note(poll)
    assert tally.take() == Round({})
    tally.note(poll)
    assert tally.take().answers == {Noted(poll): 1}
    assert tally.take().answers == {Noted(poll): 1}
    assert tally.take() == Round({})


# --- What is kept ------------------------------------------------------------------------


def test_processes_are_added_up(tmp_path: Path) -> None:
    """What several processes count, one after the other or side by side, is one sum by hour."""
    first, second = PollWriter(tmp_path, "1"), PollWriter(tmp_path, "2")
    first.add(noted(3), NOW - HOUR)
    first.add(noted(5), NOW)
    first.add(noted(7, "all.atom", 304), NOW)
    second.add(noted(11, "all.atom", 304, FEEDLY % 24), NOW)
    second.add(noted(1, "topics/ai.rss"), NOW)
    history = read_polls(tmp_path, NOW)
    assert history.since == datetime(2026, 11, 27, 23, tzinfo=UTC)
    assert len(history.hours) == HOURS
    assert history.hours[-2] == {"all.atom": Polls(3, 0, 300, 0)}
    assert history.hours[-1] == {
        "all.atom": Polls(5, 18, 500, 1_800),
        "topics/ai.rss": Polls(1, 0, 100, 0),
    }
    assert history.subscribers == {"all.atom": 24}
    assert history.subscribers_by_hour == (*[0] * 47, 24)


def test_a_claim_counts_once_for_each_reader(tmp_path: Path) -> None:
    """Of what a reader claims of a feed the last counts, and readers are added up."""
    writer = PollWriter(tmp_path, "1")
    feedbin = b"Feedbin feed-id:%d - %d subscribers"
    writer.add(noted(2, "all.atom", 200, FEEDLY % 20, feedbin % (1, 100)), NOW - HOUR)
    writer.add(noted(1, "all.atom", 200, FEEDLY % 24, feedbin % (2, 7)), NOW)
    writer.add(noted(1, "all.atom", 200, FEEDLY % 25), NOW)
    history = read_polls(tmp_path, NOW)
    assert history.subscribers == {"all.atom": 25 + 100 + 7}
    assert history.claims == {"all.atom": {"Feedly": 25, "Feedbin #1": 100, "Feedbin #2": 7}}


def test_liars_are_bounded(tmp_path: Path) -> None:
    """A million claimed moves the sum by the guard, also where many names claim it."""
    writer = PollWriter(tmp_path, "1")
    writer.add(noted(1, "all.atom", 200, FEEDLY % 24), NOW - HOUR)
    writer.add(noted(1, "all.atom", 200, FEEDLY % 1_000_000), NOW)
    assert read_polls(tmp_path, NOW).subscribers == {"all.atom": 24 + MOST_MORE}
    many = [b"Liar%c/1 (1000000 subscribers)" % letter for letter in range(65, 91)]
    many += [b"Other%c/1 (1000000 subscribers)" % letter for letter in range(65, 91)]
    writer.add(noted(len(many), "all.rss", 200, *many), NOW)
    history = read_polls(tmp_path, NOW)
    assert len(history.claims["all.rss"]) == MOST_READERS
    assert history.subscribers["all.rss"] == MOST_MORE
    assert history.subscribers_by_hour[-1] == 24 + 2 * MOST_MORE
    paths = [f"{number}.atom" for number in range(1 + MOST_CLAIMS // MOST_READERS)]
    polls = [Poll(path, 200, 100, 0) for path in paths]
    writer.add(Round({Noted(poll, agent): 1 for poll in polls for agent in many}), NOW)
    history = read_polls(tmp_path, NOW)
    assert sum(map(len, history.claims.values())) == MOST_CLAIMS
    assert set(history.subscribers.values()) == {24 + MOST_MORE, MOST_MORE}


def test_old_hours_are_dropped(tmp_path: Path) -> None:
    """When an hour begins, what is older than all that is kept is deleted."""
    writer = PollWriter(tmp_path, "1")
    writer.add(noted(1), NOW)
    (tmp_path / "polls/2026-11-29T22.2.part").write_text("half")
    for later in (47, 48, 49):
        writer.add(noted(1), NOW + later * HOUR)
    names = sorted(file.name for file in (tmp_path / "polls").iterdir())
    assert names == [f"2026-12-01T{hour}.1.jsonl" for hour in (21, 22, 23)]
    assert total(read_polls(tmp_path, NOW + 49 * HOUR)).sent == 3


def test_what_is_broken_costs_counts(tmp_path: Path) -> None:
    """Files that are cut off, are none or cannot be written cost what they held, and no more."""
    assert total(read_polls(tmp_path, NOW)) == Polls()
    PollWriter(tmp_path / "nowhere", "1").add(noted(1), NOW)
    assert not (tmp_path / "nowhere").exists()
    PollWriter(tmp_path, "1").add(noted(2), NOW)
    name = f"{NOW:%Y-%m-%dT%H}"
    (tmp_path / f"polls/{name}.2.jsonl").write_text('["all.atom", [1, 0, 0, 0], {}]\n["all.at')
    (tmp_path / f"polls/{name}.3.jsonl").write_bytes(b"\xff")
    (tmp_path / f"polls/{name}.4.jsonl").write_text('["all.atom", "much"]\n{}\n3\n')
    (tmp_path / f"polls/{name}.5.jsonl").mkdir()
    (tmp_path / "polls/other").write_text("x")
    assert total(read_polls(tmp_path, NOW)).sent == 3


def test_what_could_not_be_written_is_written_later(tmp_path: Path) -> None:
    """Where a disk refuses, what was counted is kept for the next time."""
    writer = PollWriter(tmp_path, "1")
    (tmp_path / "polls").write_text("in the way")
    writer.add(noted(2), NOW)
    (tmp_path / "polls").unlink()
    writer.add(Round({}), NOW)
    assert total(read_polls(tmp_path, NOW)).sent == 2
    shutil.rmtree(tmp_path / "polls")
    writer.add(Round({}), NOW)
    assert not (tmp_path / "polls").exists()
