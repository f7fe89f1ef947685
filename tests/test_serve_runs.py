"""What a server has done since its start is added up over processes, also those that are gone."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feeds.errors import CannotWrite, Locked, Refused
from feeds.model import AnswerCount
from feeds.serve.runs import RunWriter, Start, read_run
from feeds.serve.tally import Noted, Poll, Round

NOW = datetime(2026, 11, 30, 2, tzinfo=UTC)
START = Start("1-a", NOW - timedelta(minutes=5), 2)
FEED = Poll("all.atom", 304, 0, 50)
PAGE = Poll("", 200, 70, 0, "page")


def test_answers_of_all_processes_are_added_up(tmp_path: Path) -> None:
    """Whoever had them, answers count by kind, format and status, also in who comes later."""
    for name in ("1", "2"):
        process = RunWriter(tmp_path, START, name, "worker")
        process.add(Round({Noted(FEED, b"a", "192.0.2.1"): 2, Noted(FEED): 1, Noted(PAGE): 5}))
        process.add(Round({Noted(FEED._replace(path="topics/x.rss")): 1}))
    run = read_run(tmp_path, START, NOW)
    assert run.answers == (
        AnswerCount("feed", "atom", 304, 6, 0, 300),
        AnswerCount("feed", "rss", 304, 2, 0, 100),
        AnswerCount("page", "", 200, 10, 700, 0),
    )
    assert (run.since, run.seconds, run.workers) == (START.at, 300.0, 2)
    assert run.started == {"worker": 2}


def test_what_is_counted_never_becomes_less(tmp_path: Path) -> None:
    """Sheets of a run stay while it goes on; those of others go when they are two days old."""
    mine, other = Start("1-a", NOW, 1), Start("2-b", NOW, 1)
    first = RunWriter(tmp_path, mine, "1", "worker")
    first.add(Round({Noted(PAGE): 1}))
    RunWriter(tmp_path, other, "1", "worker").write()
    for file in (tmp_path / "runs").iterdir():
        os.utime(file, (NOW.timestamp(),) * 2)
    second = RunWriter(tmp_path, mine, "2", "worker")
    for ago, left in ((timedelta(days=1), 1), (timedelta(days=3), 0)):
        second.drop_old(NOW + ago)
        assert len(list((tmp_path / "runs").glob("2-b.*"))) == left
    [count] = read_run(tmp_path, mine, NOW).answers
    assert count.answers == 1


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (None, "succeeded"),
        (Refused("too many"), "refused"),
        (Locked("at work"), "locked"),
        (CannotWrite(Path("x"), "full"), "failed"),
        (RuntimeError("a bug"), "failed"),
    ],
)
def test_refreshes_are_counted_by_how_they_end(
    tmp_path: Path, error: Exception | None, outcome: str
) -> None:
    """Each refresh is counted when it begins, and when it ends by how, and by how long it took."""
    process = RunWriter(tmp_path, START, "1", "refresher")
    process.begin_refresh()
    assert read_run(tmp_path, START, NOW).refreshes.begun == 1
    assert sum(read_run(tmp_path, START, NOW).refreshes.ended.values()) == 0
    process.end_refresh(error, 0.7)
    refreshes = read_run(tmp_path, START, NOW).refreshes
    assert {name: number for name, number in refreshes.ended.items() if number} == {outcome: 1}
    assert refreshes.seconds == 0.7
    assert {name: n for name, n in refreshes.within.items() if not n} == {"0.1": 0, "0.5": 0}


def test_a_configuration_that_is_read_again_is_counted(tmp_path: Path) -> None:
    """It was followed, or it was broken."""
    process = RunWriter(tmp_path, START, "1", "refresher")
    for is_broken in (True, False, True):
        process.count_reread(is_broken=is_broken)
    assert read_run(tmp_path, START, NOW).rereads == {"followed": 1, "broken": 2}


def test_what_is_broken_costs_counts(tmp_path: Path) -> None:
    """Sheets that are cut off, are none or cannot be written cost what they held, and no more."""
    process = RunWriter(tmp_path, START, "1", "worker")
    process.add(Round({Noted(PAGE): 1}))
    (tmp_path / "runs/1-a.2.jsonl").write_text('[["started", "worker"], 1]\n[["answers", "pa')
    (tmp_path / "runs/1-a.3.jsonl").write_text('[["started", "worker"], "x"]\n3\n')
    (tmp_path / "runs/1-a.4.jsonl").write_text(
        '[["answers", "page"], 1]\n[[], 1]\n[["answers", "a", "b", "c"], 1]\n'
    )
    run = read_run(tmp_path, START, NOW)
    assert run.started == {"worker": 2}
    assert [count.answers for count in run.answers] == [1]
    RunWriter(tmp_path / "nowhere", START, "1", "worker").write()
    assert not (tmp_path / "nowhere").exists()


def test_what_could_not_be_written_is_written_later(tmp_path: Path) -> None:
    """Where a disk refuses, what was counted is kept for the next time."""
    process = RunWriter(tmp_path / "later", START, "1", "worker")
    process.add(Round({Noted(PAGE): 1}))
    (tmp_path / "later").mkdir()
    process.add(Round({}))
    assert [count.answers for count in read_run(tmp_path / "later", START, NOW).answers] == [1]
