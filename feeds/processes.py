"""Work that several processes share.

A process that is alone with itself forks: its workers begin at once, with all that is loaded.
One that has threads must not, since a fork would tear them apart; its workers load anew what
they need, which takes each as long as a program takes to start.
"""

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing.connection import wait
from typing import Any, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


def available() -> int:
    """Give the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def shared(
    work: Callable[[Job], Result],
    jobs: Iterable[Job],
    workers: int | None = None,
    ahead: int = 3,
) -> Generator[Result, None, None]:
    """Give what comes of each job, in their order; `workers` do them, as many as pay if not said.

    With one worker the jobs are done here, each when its result is asked for. Otherwise the
    workers begin at once, and end when the results are closed; `work`, jobs and results must be
    such that they can be pickled, and what `work` raises is raised here. Each worker has up to
    `ahead` jobs whose results nobody has asked for yet, since all of them may be much. Workers
    leave interrupts to their parent, and end when it does.
    """
    workers = workers or available()
    if workers < 2:  # noqa: PLR2004 - one worker is no pool
        return (work(job) for job in jobs)
    results = _pooled(work, jobs, workers, ahead)
    next(results)
    return results


def _pooled(
    work: Callable[[Job], Any], jobs: Iterable[Job], workers: int, ahead: int
) -> Generator[Any, None, None]:
    """Begin when asked for a first value, which is none; then give what comes of each job."""
    with _pool(work, workers) as pool:
        rest = iter(jobs)
        begun = deque(pool.submit(_do, job) for job in islice(rest, ahead * workers))
        yield None
        for job in rest:
            yield begun.popleft().result()
            begun.append(pool.submit(_do, job))
        while begun:
            yield begun.popleft().result()


@contextmanager
def forked(
    work: Callable[[Job], Result], workers: int
) -> Iterator[Callable[[Job], "Future[Result]"] | None]:
    """Give a function that has workers do a job, which begin with the first one.

    Where this process may not fork, or with less than one worker, that is None: whoever has small
    jobs does them sooner than workers begin anew.
    """
    if workers < 1 or not _may_fork():
        yield None
        return
    with _pool(work, workers) as pool:
        yield lambda job: pool.submit(_do, job)


@contextmanager
def _pool(work: Callable[[Any], Any], workers: int) -> Iterator[ProcessPoolExecutor]:
    context = multiprocessing.get_context("fork" if _may_fork() else "spawn")
    # What is there now is never garbage, and to look at it would have a worker copy it.
    gc.freeze()
    try:
        pool = ProcessPoolExecutor(workers, context, _begin, (work,))
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)
    finally:
        gc.unfreeze()


def _may_fork() -> bool:
    return sys.platform == "linux" and threading.active_count() == 1


_work: Callable[[Any], Any] | None = None
"""What a worker does with each job: sent once, since it may be large."""


def _begin(work: Callable[[Any], Any]) -> None:
    global _work  # noqa: PLW0603 - a pool tells its workers nothing else once only
    _work = work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_exit_after, args=(parent.sentinel,), daemon=True).start()


def _do(job: Any) -> Any:  # noqa: ANN401 - of whatever kind the pool's work takes and gives
    if _work is None:
        raise RuntimeError("this process is no worker")
    return _work(job)


def _exit_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)  # the main thread waits for work that nobody will send
