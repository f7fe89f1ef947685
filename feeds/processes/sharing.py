"""Work that is shared with other processes for a while, and done here where these fail."""

import logging
import os
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from feeds.processes.beginning import may_fork
from feeds.processes.crew import Crew, Task

Job = TypeVar("Job")
Result = TypeVar("Result")

_log = logging.getLogger("feeds")


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
    leave interrupts to their parent, and end when it does. A job whose worker dies is done here.
    """
    workers = workers or available()
    if workers < 2:  # noqa: PLR2004 - one worker is no crew
        return (work(job) for job in jobs)
    results = _shared(work, jobs, workers, ahead)
    next(results)
    return results


def _shared(
    work: Callable[[Job], Any], jobs: Iterable[Job], workers: int, ahead: int
) -> Generator[Any, None, None]:
    """Begin when asked for a first value, which is none; then give what comes of each job."""
    with Crew(workers) as crew:
        tasks = crew.share(work, jobs, workers, ahead)
        yield None
        for task in tasks:
            yield _result(task, work)


@contextmanager
def forked(
    work: Callable[[Job], Result], workers: int
) -> Iterator[Callable[[Job], Callable[[], Result]] | None]:
    """Give a function that has workers do a job, and gives one that gives what comes of it.

    Where this process may not fork, or with less than one worker, that is None: whoever has small
    jobs does them sooner than workers begin anew. A job whose worker dies is done here.
    """
    if workers < 1 or not may_fork():
        yield None
        return
    with Crew(workers, work=work, standing=workers, only_forks=True) as crew:

        def submit(job: Job) -> Callable[[], Result]:
            return partial(_wait, crew, crew.submit(job), work)

        yield submit


def _wait(crew: Crew, task: Task[Job], work: Callable[[Job], Result]) -> Result:
    crew.wait(task)
    return _result(task, work)


def _result(task: Task[Job], work: Callable[[Job], Result]) -> Result:
    if task.death:
        _log.warning("a process that shared the work %s; it is done without", task.death)
        return work(task.job)
    result: Result = task.result()
    return result
