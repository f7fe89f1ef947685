import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from feeds import schedule
from feeds.schedule import Cron, Every, Run, Schedule, Timetable

PATIENCE = 10.0
LONG = 3_600.0
SHORT = 0.05


def start_schedule(job: Callable[[], object], every: float, *, first_now: bool) -> Schedule:
    """Start a schedule of a job for which nothing falls due."""

    def do(_run: Run) -> None:
        job()

    return schedule.start_schedule(do, Every(every), first_now=first_now)


@contextmanager
def stopping(schedule: Schedule) -> Iterator[Schedule]:
    try:
        yield schedule
    finally:
        assert schedule.stop(PATIENCE)


def test_the_first_run_comes_at_once_where_it_is_asked_for() -> None:
    """With first_now, the job runs in another thread without an interval's delay."""
    threads: list[threading.Thread] = []
    ran = threading.Event()

    def job() -> None:
        threads.append(threading.current_thread())
        ran.set()

    with stopping(start_schedule(job, LONG, first_now=True)):
        assert ran.wait(PATIENCE)
    assert threads[0] is not threading.current_thread()
    assert len(threads) == 1


def test_the_first_run_comes_after_an_interval_otherwise() -> None:
    """Without first_now, the first run begins when an interval is over."""
    begun: list[float] = []
    ran = threading.Event()

    def job() -> None:
        begun.append(time.monotonic())
        ran.set()

    start = time.monotonic()
    with stopping(start_schedule(job, 0.2, first_now=False)):
        assert ran.wait(PATIENCE)
    assert begun[0] - start > 0.15


def test_all_runs_are_in_one_thread() -> None:
    """Run after run comes, and the number of threads stays what it was."""
    threads: set[int] = set()
    runs = threading.Semaphore(0)

    def job() -> None:
        threads.add(threading.get_ident())
        runs.release()

    with stopping(start_schedule(job, SHORT, first_now=True)):
        for _ in range(4):
            assert runs.acquire(timeout=PATIENCE)
    assert len(threads) == 1


@pytest.mark.case(48)
def test_a_slow_run_is_never_overlapped() -> None:
    """Runs that are due while one lasts are left out, and the next one comes after it."""
    going_on: list[int] = []
    most: list[int] = []
    done = threading.Semaphore(0)

    def job() -> None:
        going_on.append(1)
        most.append(len(going_on))
        time.sleep(4 * SHORT)
        going_on.pop()
        done.release()

    with stopping(start_schedule(job, SHORT, first_now=True)):
        for _ in range(3):
            assert done.acquire(timeout=PATIENCE)
    assert max(most) == 1


@pytest.mark.case(48)
@pytest.mark.parametrize("error", [ValueError("broken"), SystemExit(3)])
def test_what_a_job_raises_is_logged_and_the_next_run_comes(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    """An exception, even one that would end a program, costs its own run only."""
    runs = threading.Semaphore(0)

    def job() -> None:
        runs.release()
        raise error

    with caplog.at_level(logging.ERROR), stopping(start_schedule(job, SHORT, first_now=True)):
        for _ in range(3):
            assert runs.acquire(timeout=PATIENCE)
    records = [record for record in caplog.records if record.name == "feeds"]
    assert len(records) >= 3
    assert records[0].exc_info is not None
    assert records[0].exc_info[1] is error


def test_stop_ends_the_runs() -> None:
    """After stop, no run begins and no thread of ours is left; a second stop does nothing."""
    before = threading.active_count()
    runs: list[int] = []
    ran = threading.Event()

    def job() -> None:
        runs.append(1)
        ran.set()

    schedule = start_schedule(job, SHORT, first_now=True)
    assert ran.wait(PATIENCE)
    assert schedule.stop(PATIENCE)
    count = len(runs)
    time.sleep(3 * SHORT)
    assert len(runs) == count
    # Those of others may have ended meanwhile.
    assert threading.active_count() <= before
    assert schedule.stop()


@pytest.mark.case(48)
def test_stop_waits_no_longer_than_it_is_told() -> None:
    """A run that does not end is left to itself, and stop says so."""
    begun, release = threading.Event(), threading.Event()

    def job() -> None:
        begun.set()
        release.wait(PATIENCE)

    schedule = start_schedule(job, LONG, first_now=True)
    assert begun.wait(PATIENCE)
    begin = time.monotonic()
    assert not schedule.stop(SHORT)
    assert time.monotonic() - begin < 2
    release.set()
    assert schedule.stop(PATIENCE)


@pytest.mark.case(48)
def test_a_run_that_hangs_is_told_of_while_it_lasts(caplog: pytest.LogCaptureFixture) -> None:
    """What takes long is said each time that it has taken twice as long, and nothing after it."""
    hung, goes_on = threading.Event(), threading.Event()

    def job(_run: Run) -> None:
        hung.set()
        assert goes_on.wait(PATIENCE)

    caplog.set_level(logging.WARNING, logger="feeds")
    slow = Schedule(job, Every(LONG), first_now=True, long=SHORT)
    slow.start()
    with stopping(slow):
        assert hung.wait(PATIENCE)
        end = time.monotonic() + PATIENCE
        while len(caplog.messages) < 3:
            assert time.monotonic() < end
            time.sleep(SHORT)
        goes_on.set()
    told = "a refresh has been going on for {} s; no other begins meanwhile"
    assert caplog.messages[:3] == [told.format(seconds) for seconds in (0.05, 0.1, 0.2)]
    said = len(caplog.messages)
    time.sleep(SHORT * 2 ** (said + 1))
    assert len(caplog.messages) == said


@pytest.mark.case(48)
def test_a_run_that_ends_in_time_is_not_told_of(caplog: pytest.LogCaptureFixture) -> None:
    """What is as it should be makes no noise."""
    ran = threading.Event()
    quick = Schedule(lambda _run: ran.set(), Every(LONG), first_now=True, long=4 * SHORT)
    quick.start()
    with stopping(quick):
        assert ran.wait(PATIENCE)
        time.sleep(8 * SHORT)
    assert caplog.messages == []


@pytest.mark.case(48)
def test_a_run_that_hangs_does_not_hold_the_process() -> None:
    """The interpreter ends while a run goes on, in less than the ten seconds that it has."""
    script = (
        "import threading, time\n"
        "from feeds.schedule import Every, start_schedule\n"
        "begun = threading.Event()\n"
        "def job(run): begun.set(); time.sleep(60)\n"
        "schedule = start_schedule(job, Every(1), first_now=True)\n"
        "assert begun.wait(10)\n"
        "assert not schedule.stop(0.1)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        timeout=10,
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_what_is_asked_for_comes_at_once() -> None:
    """Whoever asks has a run without waiting for the interval, and one after that going on."""
    runs, go_on = threading.Semaphore(0), threading.Semaphore(0)

    def job() -> None:
        runs.release()
        go_on.acquire(timeout=PATIENCE)

    with stopping(start_schedule(job, LONG, first_now=False)) as started:
        started.ask()
        assert runs.acquire(timeout=PATIENCE)
        started.ask()
        started.ask()
        assert not runs.acquire(timeout=SHORT)
        go_on.release()
        assert runs.acquire(timeout=PATIENCE)
        go_on.release()
        assert not runs.acquire(timeout=SHORT)


def test_another_rhythm_takes_effect_at_once() -> None:
    """A schedule that waits for an hour follows a shorter interval from the moment it is given."""
    ran = threading.Event()
    with stopping(start_schedule(ran.set, LONG, first_now=False)) as started:
        started.change(Every(SHORT))
        assert ran.wait(PATIENCE)


def due(every: timedelta, start: datetime, count: int) -> list[datetime]:
    """Give when runs are due, each of which begins on time."""
    rhythm, moments = Every(every.total_seconds()), [start]
    while len(moments) <= count:
        moments.append(rhythm.following(moments[-1], moments[-1]))
    return moments[1:]


def test_a_run_is_due_after_each_midnight() -> None:
    """However long the interval is, a run comes when a day has ended, a second later."""
    start = datetime(2026, 12, 30, 15, tzinfo=UTC)
    after_midnight = [
        datetime(2026, 12, 31, 0, 0, 1, tzinfo=UTC),
        datetime(2027, 1, 1, 0, 0, 1, tzinfo=UTC),
        datetime(2027, 1, 2, 0, 0, 1, tzinfo=UTC),
    ]
    for every in (timedelta(days=1), timedelta(hours=25), timedelta(days=366)):
        assert due(every, start, 3) == after_midnight
    assert due(timedelta(hours=5), start, 4) == [
        datetime(2026, 12, 30, 20, tzinfo=UTC),
        *(after_midnight[0] + hours * timedelta(hours=5) for hours in range(3)),
    ]


@pytest.mark.parametrize("rhythm", [Every(86_400), Cron("0 5 1 1 *")])
def test_no_run_is_due_before_a_day_has_ended(rhythm: Every | Cron) -> None:
    """At midnight itself, and in the second after it, the run of that day is still to come."""
    midnight = datetime(2026, 10, 9, tzinfo=UTC)
    mark = midnight + timedelta(seconds=1)
    for before in (timedelta(seconds=-1), timedelta(0), timedelta(milliseconds=999)):
        assert rhythm.following(midnight + before, midnight + before) == mark
    assert rhythm.following(mark, mark) == mark + timedelta(days=1)


@pytest.mark.case(47, 48)
def test_a_run_that_goes_on_at_midnight_is_followed_by_another() -> None:
    """What began before the day had ended may have missed that, so it is done once more."""
    midnight, second = datetime(2026, 10, 9, tzinfo=UTC), timedelta(seconds=1)
    for begun, ended, follows in (
        (midnight - second, midnight, True),
        (midnight, midnight + second, False),
        (midnight - 2 * second, midnight - second, False),
    ):
        timetable = Timetable(Every(LONG), begun, first_now=True)
        assert timetable.begin(begun) is Run.SCAN
        timetable.end(Run.SCAN, None, ended)
        assert timetable.begin(ended) is (Run.SCAN if follows else None)
