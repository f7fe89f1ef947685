"""Who polls is counted by days, by all processes together, with a key that lasts no longer."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from conftest import files_of

from feeds.http.visiting import readers_of
from feeds.model import Polls, ReaderStatus
from feeds.serve.salt import DailySalt
from feeds.serve.tally import Noted, Poll, Round
from feeds.serve.visits import MOST_READERS, MOST_VISITS, OTHERS, VisitWriter, read_visits

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FEEDBIN = b"Feedbin feed-id:1 - 102 subscribers"
NEWSBOAT = b"newsboat/2.40"

Writer = Callable[[str], VisitWriter]


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    """Give what makes writers of processes that share the key of the day."""
    salts = DailySalt()
    return lambda name: VisitWriter(tmp_path, name, salts)


def came(
    *who: tuple[bytes, str], path: str = "all.atom", status: int = 200, times: int = 1
) -> Round:
    """Give what is noted when some poll, each so often, of 100 bytes that are sent or saved."""
    sent, saved = (100, 0) if status == 200 else (0, 100)
    poll = Poll(path, status, sent, saved)
    return Round({Noted(poll, agent, client): times for agent, client in who})


def told(folder: Path, now: datetime, path: str = "all.atom") -> dict[str, ReaderStatus]:
    """Give what is told of the readers of a feed, by name."""
    return {reader.name: reader for reader in readers_of(read_visits(folder, now)[path], {})}


def in_child(work: Callable[[], None]) -> None:
    """Do something in a process that is forked, and wait for its end."""
    if (process := os.fork()) == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(process, 0)[1] == 0


def test_clients_of_all_processes_are_counted_once(tmp_path: Path, writer: Writer) -> None:
    """A client that several processes answer is one, and its intervals are those between polls."""
    first, second = writer("1"), writer("2")
    for number in range(6):
        each = (first, second)[number % 2]
        each.add(came((NEWSBOAT, "192.0.2.1"), status=304), NOON + 10 * number * MINUTE)
    second.add(came((NEWSBOAT, "192.0.2.2"), (b"newsboat/2.41", "192.0.2.2")), NOON)
    assert told(tmp_path, NOON) == {
        "newsboat": ReaderStatus(
            "newsboat", "person", Polls(2, 6, 200, 600), 3, 600.0, claimed=0, low=3, high=3
        )
    }


def test_a_process_that_is_forked_shares_the_key(tmp_path: Path, writer: Writer) -> None:
    """Processes that begin with one key, or make one of the next day, count a client once."""
    for day in (0, 1):
        now = NOON + day * DAY
        for name in ("1", "2"):
            in_child(lambda: writer(name).add(came((NEWSBOAT, "192.0.2.1")), now))  # noqa: B023 - it is done at once
        assert told(tmp_path, now)["newsboat"].clients == 1
    assert told(tmp_path, NOON + DAY)["newsboat"].polls.sent == 4


def test_each_day_has_a_key_of_its_own(tmp_path: Path) -> None:
    """The key of a day is random, lasts as long, and nobody has it when another day has begun."""
    salts, others = DailySalt(), DailySalt()
    monday, tuesday = date(2026, 11, 30), date(2026, 12, 1)
    first = salts.of(monday, tmp_path)
    assert first == salts.of(monday, tmp_path)
    assert first.key != others.of(monday, tmp_path).key
    second = salts.of(tuesday, tmp_path)
    assert len({first.key, second.key, bytes(32)}) == 3
    assert second.name != first.name
    assert salts.of(monday, tmp_path) == second
    with pytest.raises(FileNotFoundError):
        salts.of(tuesday, tmp_path / "nowhere")


def test_a_day_ends_at_midnight(tmp_path: Path, writer: Writer) -> None:
    """A client is another one the next day; two days are told, and the day before is deleted."""
    process = writer("1")
    for day in range(4):
        for minute in (0, 20):
            now = NOON + day * DAY + minute * MINUTE
            process.add(came((NEWSBOAT, "192.0.2.1"), times=day + 1), now)
        reader = told(tmp_path, now)["newsboat"]
        assert reader.clients == 1
        assert reader.polls.sent == 2 * sum(range(day or 1, day + 2))
        days = {file.name[:10] for file in (tmp_path / "readers").iterdir()}
        assert days == {f"{now - ago * DAY:%Y-%m-%d}" for ago in range(min(day, 1) + 1)}
    digests = {
        digest
        for visits in read_visits(tmp_path, now).values()
        for visit in visits
        for digest in visit.sample.visits
    }
    assert len(digests) == 2
    assert told_of_nobody(tmp_path, now + 2 * DAY)


def told_of_nobody(folder: Path, now: datetime) -> bool:
    """Tell whether nothing is told of anybody."""
    return not read_visits(folder, now)


def test_another_run_has_other_keys(tmp_path: Path) -> None:
    """After a restart nobody is known again: the run with most clients counts, polls add up."""
    for name, clients in (("1", 2), ("2", 3)):
        process = VisitWriter(tmp_path, name, DailySalt())
        process.add(came(*((NEWSBOAT, f"192.0.2.{number}") for number in range(clients))), NOON)
    reader = told(tmp_path, NOON)["newsboat"]
    assert (reader.clients, reader.polls.sent) == (3, 5)


def test_claims_and_clients_make_a_range(tmp_path: Path, writer: Writer) -> None:
    """A service stands for what counts of its claims at most, and at least for somebody."""
    writer("1").add(came((FEEDBIN, "192.0.2.1"), (FEEDBIN, "192.0.2.2")), NOON)
    visits = read_visits(tmp_path, NOON)["all.atom"]
    [reader] = readers_of(visits, {"all.atom": {"Feedbin #1": 102, "Feedly": 7}})
    assert (reader.kind, reader.claimed, reader.low, reader.high) == ("service", 102, 1, 102)
    [reader] = readers_of(visits, {"all.rss": {"Feedbin #1": 102}})
    assert (reader.claimed, reader.low, reader.high) == (0, 1, 1)


def test_no_address_is_kept(tmp_path: Path, writer: Writer) -> None:
    """Neither an address nor a User-Agent field is in any file, however they are written."""
    process = writer("1")
    process.add(came((b"Secret/1 (of nobody)", "203.0.113.77")), NOON)
    process.add(came((b"Secret/1", "for=203.0.113.78")), NOON, "Forwarded")
    kept = b"".join(files_of(tmp_path).values())
    assert b"Secret" in kept
    for part in (b"203.0.113", b"Secret/1", b"nobody", b"cb00714d"):
        assert part not in kept, part


def test_a_proxy_says_who_came(tmp_path: Path, writer: Writer) -> None:
    """Where a field is configured, clients are told by what it says, or by who connects."""
    fields = ("a, 192.0.2.1", "b, 192.0.2.1", "192.0.2.2", "::1")
    writer("1").add(came(*((NEWSBOAT, field) for field in fields)), NOON, "X-Forwarded-For")
    assert told(tmp_path, NOON)["newsboat"].clients == 3


def test_only_feeds_have_readers(tmp_path: Path, writer: Writer) -> None:
    """Who is sent a document of an archive is none, and neither is who is not to be told apart."""
    archive = Poll("all/archive/2026-10.atom", 200, 100, 0, "archive")
    unknown = Noted(Poll("all.atom", 200, 100, 0))
    writer("1").add(Round({Noted(archive, NEWSBOAT, "192.0.2.1"): 1, unknown: 5}), NOON)
    assert told_of_nobody(tmp_path, NOON)


def test_readers_are_bounded(tmp_path: Path, writer: Writer) -> None:
    """Names that strangers make up take so much room and no more; the rest count as others."""
    process = writer("1")
    made_up = [(b"Name%c%c/1" % (65 + n // 26, 65 + n % 26), "192.0.2.1") for n in range(99)]
    process.add(came(*made_up), NOON)
    found = told(tmp_path, NOON)
    assert len(found) == MOST_READERS + 1
    assert found[OTHERS.name].polls.sent == 99 - MOST_READERS
    for number in range(1 + MOST_VISITS // MOST_READERS):
        process.add(came(*made_up, path=f"{number}.atom"), NOON, is_last=False)
    process.add(Round({}), NOON)
    visits = [visit for each in read_visits(tmp_path, NOON).values() for visit in each]
    paths = 2 + MOST_VISITS // MOST_READERS
    assert MOST_VISITS <= len(visits) <= MOST_VISITS + paths
    assert sum(visit.polls.sent for visit in visits) == 99 * paths


def test_what_is_broken_costs_counts(tmp_path: Path, writer: Writer) -> None:
    """Sheets that are cut off or are none cost what they held; without a directory none is made."""
    process = writer("1")
    process.add(came((NEWSBOAT, "192.0.2.1")), NOON)
    [sheet] = (tmp_path / "readers").iterdir()
    text = sheet.read_text()
    sheet.with_name(sheet.name.replace(".1.", ".2.")).write_text(text + '["all.atom", [1')
    sheet.with_name(sheet.name.replace(".1.", ".3.")).write_text('3\n["all.atom"]\n{}\n')
    sheet.with_name(sheet.name.replace(".1.", ".4.")).mkdir()
    assert told(tmp_path, NOON)["newsboat"].polls.sent == 2
    VisitWriter(tmp_path / "nowhere", "1", DailySalt()).add(came((NEWSBOAT, "x")), NOON)
    assert not (tmp_path / "nowhere").exists()


def test_many_are_written_less_often(tmp_path: Path, writer: Writer) -> None:
    """Where there are many, they are written every few rounds, and all when a day ends."""
    process = writer("1")
    for number in range(1_000):
        process.add(came((NEWSBOAT, "192.0.2.1"), path=f"{number}.atom"), NOON, is_last=False)
    written = len(read_visits(tmp_path, NOON))
    assert 990 < written < 1_000
    process.add(came((NEWSBOAT, "192.0.2.1")), NOON + DAY, is_last=False)
    assert len(read_visits(tmp_path, NOON + DAY)) == 1_001
