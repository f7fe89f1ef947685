import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from feeds.schedule import Schedule, _each_day, _Every, _Worker, start_schedule

PATIENCE = 10.0
LONG = 3_600.0
SHORT = 0.05


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
    assert threading.active_count() == before
    assert schedule.stop()


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


def test_a_run_that_hangs_does_not_hold_the_process() -> None:
    """The interpreter ends while a run goes on, in less than the ten seconds that it has."""
    script = (
        "import threading, time\n"
        "from feeds.schedule import start_schedule\n"
        "begun = threading.Event()\n"
        "schedule = start_schedule(lambda: (begun.set(), time.sleep(60)), 1, first_now=True)\n"
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


@pytest.mark.parametrize("passed", [timedelta(0), timedelta(hours=30), timedelta(days=3_650)])
def test_a_clock_set_forward_brings_one_run(passed: timedelta) -> None:
    """However many runs the clock has passed over, the next one due is in the future."""
    every = _Every(timedelta(seconds=300))
    due = datetime(2026, 10, 9, tzinfo=UTC)
    now = due + passed
    following = every.get_next_fire_time(due, now)
    assert now < following <= now + timedelta(seconds=300)


def test_runs_keep_their_distance_whatever_their_delay() -> None:
    """A run that begins late does not put off those after it."""
    every = _Every(timedelta(seconds=300))
    due = datetime(2026, 10, 9, tzinfo=UTC)
    assert every.get_next_fire_time(due, due + timedelta(seconds=7)) == due + timedelta(seconds=300)


def test_a_clock_set_back_puts_off_no_run() -> None:
    """A run that seems a day away when the scheduler wakes is run at once."""
    ran = threading.Event()
    with stopping(start_schedule(ran.set, LONG, first_now=False)) as schedule:
        store = schedule._scheduler._lookup_jobstore("default")  # noqa: SLF001
        store.get_due_jobs(datetime.now(UTC) - timedelta(days=1))
        assert ran.wait(PATIENCE)


def due(every: timedelta, start: datetime, count: int) -> list[datetime]:
    """Give when runs are due, each of which begins on time."""
    trigger, moments = _Every(every), [start]
    while len(moments) <= count:
        moments.append(trigger.get_next_fire_time(moments[-1], moments[-1]))
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


def test_no_run_is_due_before_a_day_has_ended() -> None:
    """At midnight itself, and in the second after it, the run of that day is still to come."""
    every, midnight = _Every(timedelta(days=1)), datetime(2026, 10, 9, tzinfo=UTC)
    mark = midnight + timedelta(seconds=1)
    for before in (timedelta(seconds=-1), timedelta(0), timedelta(milliseconds=999)):
        assert every.get_next_fire_time(None, midnight + before) == mark
    assert every.get_next_fire_time(mark, mark) == mark + timedelta(days=1)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(hours=7), timedelta(days=400)])
def test_a_midnight_that_was_missed_brings_no_run_of_its_own(late: timedelta) -> None:
    """The run that begins late is that of the day; the next one is due at the next midnight."""
    mark = datetime(2026, 10, 9, 0, 0, 1, tzinfo=UTC)
    following = _Every(timedelta(days=7)).get_next_fire_time(mark, mark + late)
    assert mark + late < following <= mark + late + timedelta(days=1)
    assert following.time() == mark.time()


def test_a_clock_set_back_over_a_midnight_puts_off_no_run() -> None:
    """A run that waits for a later midnight than the next one is run at once."""
    ran = threading.Event()
    week = 7 * 86_400.0
    with stopping(start_schedule(ran.set, week, first_now=False)) as schedule:
        store = schedule._scheduler._lookup_jobstore("default")  # noqa: SLF001
        [job] = store.get_all_jobs()
        store.get_due_jobs(job.next_run_time - timedelta(seconds=1))
        assert not ran.is_set()
        store.get_due_jobs(job.next_run_time - timedelta(days=1, seconds=1))
        assert ran.wait(PATIENCE)


def test_a_run_that_goes_on_at_midnight_is_followed_by_another() -> None:
    """What began before the day had ended may have missed that, so it is done once more."""
    midnight, second = datetime(2026, 10, 9, tzinfo=UTC), timedelta(seconds=1)
    for begun, ended, runs in (
        (midnight - second, midnight, 2),
        (midnight, midnight + second, 1),
        (midnight - 2 * second, midnight - second, 1),
    ):
        clock = iter([begun, ended, ended, ended])
        done: list[int] = []
        _each_day(lambda done=done: done.append(1), _Worker(), clock.__next__)()
        assert len(done) == runs


def test_a_run_that_is_stopped_at_midnight_is_the_last() -> None:
    """Whoever stops does not wait for the day's first run."""
    worker, done = _Worker(), []
    worker.is_stopping = True
    days = iter(datetime(2026, 10, day, tzinfo=UTC) for day in (8, 9))
    _each_day(lambda: done.append(1), worker, days.__next__)()
    assert done == [1]
