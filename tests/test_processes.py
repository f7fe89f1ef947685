"""Work that several processes share, forked or begun anew."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from feeds.processes import available, shared


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


def test_nothing_to_do_needs_nobody() -> None:
    """Without jobs there are no results."""
    assert [*shared(doubled, [])] == []


def test_there_is_a_processor() -> None:
    """At least one is there, or nobody could ask."""
    assert available() >= 1
