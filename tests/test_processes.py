"""Work that several processes share, forked or begun anew."""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import active_children, parent_process
from pathlib import Path

import pytest

from feeds.errors import CannotWrite
from feeds.processes import Crew, available, limit_time, shared


def doubled(number: int) -> tuple[int, int]:
    """Double a number, the first ones the slowest, and say who did it."""
    time.sleep(0.05 if number < 2 else 0)
    return number * 2, os.getpid()


def refused(number: int) -> int:
    """Refuse one number."""
    if number == 3:
        raise ValueError(number)
    return number


@contextmanager
def another_thread() -> Iterator[None]:
    """Have a thread besides this one."""
    is_over = threading.Event()
    thread = threading.Thread(target=is_over.wait)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


@pytest.mark.parametrize("workers", [None, 1, 2])
def test_results_come_in_the_order_of_the_jobs(workers: int | None) -> None:
    """However many share the work, and whoever is done first, results are in order."""
    found = [result for result, _ in shared(doubled, range(8), workers)]
    assert found == [0, 2, 4, 6, 8, 10, 12, 14]


def test_a_process_with_threads_begins_its_workers_anew() -> None:
    """Beside threads nothing is forked, and the work is done by others all the same."""
    with another_thread():
        results = [*shared(doubled, range(4), 2)]
    assert [result for result, _ in results] == [0, 2, 4, 6]
    assert os.getpid() not in {process for _, process in results}


def test_no_more_jobs_are_asked_for_than_are_soon_done() -> None:
    """Of many jobs, of which each may be large, most are made only when others are done."""
    asked = []

    def jobs() -> Iterator[int]:
        for number in range(100):
            asked.append(number)
            yield number

    results = shared(doubled, jobs(), 2)
    assert next(results)[0] == 0
    assert len(asked) < 20
    assert [result for result, _ in results] == [number * 2 for number in range(1, 100)]


def test_one_worker_is_this_process() -> None:
    """Work that one does is done here, and no more of it than is asked for."""
    results = shared(doubled, range(4), 1)
    assert next(results) == (0, os.getpid())


@pytest.mark.parametrize("workers", [1, 2])
def test_what_work_raises_is_raised_here(workers: int) -> None:
    """An exception of a worker comes where its result would."""
    results = shared(refused, range(5), workers)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="3"):
        next(results)


def test_what_cannot_be_sent_is_told_all_the_same() -> None:
    """An exception that cannot be made anew comes as its text, and says where it was raised."""
    with pytest.raises(RuntimeError, match=r"cannot write .*: full") as caught:
        list(shared(full, range(2), 2))
    assert "in full" in str(caught.value)


def full(number: int) -> int:
    """Raise what has other arguments than its message."""
    raise CannotWrite(Path(str(number)), "full")


def test_nothing_to_do_needs_nobody() -> None:
    """Without jobs there are no results."""
    assert [*shared(doubled, [])] == []


def test_there_is_a_processor() -> None:
    """At least one is there, or nobody could ask."""
    assert available() >= 1


# --- Workers that die -------------------------------------------------------------------

HERE = os.getpid()


def deadly(number: int) -> int:
    """Give a number, and end every process that is another's for some of them."""
    if parent_process() is not None:
        limit_time(0.5)
        if number == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        if number == 4:
            end = time.process_time() + 60
            while time.process_time() < end:
                pass
        if number == 5:
            time.sleep(60)
        if number == 6:
            os._exit(6)
    return number


DEATHS = {
    3: "was ended by SIGKILL",
    4: "took longer than it may",
    5: "took longer than it may",
    6: "ended with status 6",
}


@pytest.mark.case(94)
@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_that_dies_costs_the_job_that_it_had_begun(workers: int) -> None:
    """All other jobs are done, and of each that was not it is said how its worker ended."""
    with Crew(workers) as crew:
        tasks = list(crew.share(deadly, range(40), workers, ahead=1))
        assert [task.job for task in tasks] == [*range(40)]
        assert {task.job: task.death for task in tasks if task.death} == DEATHS
        done = [task.result() for task in tasks if not task.death]
        assert done == [number for number in range(40) if number not in DEATHS]
        with pytest.raises(RuntimeError, match="SIGKILL"):
            tasks[3].result()
    assert not active_children()


@pytest.mark.case(94)
def test_a_worker_that_dies_beside_threads_is_followed_by_another() -> None:
    """What cannot be forked begins anew, and is sent what it has to do."""
    with another_thread(), Crew(1, standing=1) as crew:
        tasks = list(crew.share(killed_by_three, range(6), 1, ahead=3))
        assert [task.job for task in tasks if task.death] == [3]
        [task] = crew.share(doubled, [4], 1, ahead=1)
        assert task.result()[0] == 8
        assert len(active_children()) == 1
    assert not active_children()


@pytest.mark.case(94)
def test_a_job_that_is_done_is_not_to_blame() -> None:
    """Whose answer is still on its way when the worker dies of the next one is done again."""
    with Crew(1, standing=1) as crew:
        tasks = list(crew.share(large_unless_three, [2, 3, 4], 1, ahead=3))
    assert [task.job for task in tasks if task.death] == [3]
    assert [task.result() for task in tasks if not task.death] == [bytes(LARGE)] * 2


LARGE = 10_000_000


def large_unless_three(number: int) -> bytes:
    """Give more than a pipe takes, or end the process for a number."""
    killed_by_three(number)
    return bytes(LARGE)


def killed_by_three(number: int) -> int:
    """End the process for a number."""
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.case(94)
def test_what_a_worker_cannot_do_is_done_here(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever shares work gets all of it done, though workers die, and is told of each."""
    assert [*shared(deadly, range(12), 2)] == [*range(12)]
    told = [record.getMessage() for record in caplog.records]
    assert all(any(death in line for line in told) for death in DEATHS.values())


FORKING = """
from feeds.processes import forked
from test_processes import deadly

with forked(deadly, 2) as submit:
    results = [submit(number) for number in range(12)]
    print(*[result() for result in results])
"""


@pytest.mark.case(94)
def test_what_a_fork_cannot_do_is_done_here() -> None:
    """So it is with workers that are forked, as a process without other threads does."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", FORKING],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (run.returncode, run.stdout.split()) == (0, [*map(str, range(12))]), run.stderr
    assert all(death in run.stderr for death in DEATHS.values())


@pytest.mark.case(97)
def test_who_has_nothing_to_do_may_die() -> None:
    """A worker that ends while it waits is followed by another, and no job is lost."""
    with Crew(1, standing=1) as crew:
        for _ in range(3):
            [worker] = active_children()
            os.kill(worker.pid or 0, signal.SIGKILL)
            worker.join()
            [task] = crew.share(doubled, [4], 1, ahead=1)
            assert not task.death
            assert task.result()[0] == 8


@pytest.mark.case(96)
def test_where_nobody_can_be_begun_all_is_done_here() -> None:
    """Nobody is without a file descriptor for it, or beside threads where it has to be forked.

    What may end a process is not done here, either.
    """
    with another_thread(), Crew(2, only_forks=True) as crew:
        tasks = list(crew.share(doubled, range(3), 2, ahead=1))
    assert [task.result() for task in tasks] == [(number * 2, HERE) for number in range(3)]
    with another_thread(), Crew(2, only_forks=True, deadly=True) as crew:
        tasks = list(crew.share(doubled, range(3), 2, ahead=1))
    assert {task.death for task in tasks} == {"could not be begun"}
    with no_descriptors(), Crew(2) as crew:
        tasks = list(crew.share(doubled, range(3), 2, ahead=1))
    assert [task.result() for task in tasks] == [(number * 2, HERE) for number in range(3)]


@contextmanager
def no_descriptors() -> Iterator[None]:
    """Have this process open no file more."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    os.close(next_one := os.dup(0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (next_one, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
