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
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import Any, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

_JOBS_AHEAD = 3


def available() -> int:
    """Give the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def shared(
    work: Callable[[Job], Result], jobs: Iterable[Job], workers: int | None = None
) -> Iterator[Result]:
    """Give what comes of each job, in their order; `workers` do them, as many as pay if not said.

    With one worker the jobs are done here, each when its result is asked for. Otherwise `work`,
    jobs and results must be such that they can be pickled, and what `work` raises is raised here.
    No more jobs are asked for than keep the workers busy, since all of them may be much.
    Workers leave interrupts to their parent, and end when it does.
    """
    workers = workers or available()
    if workers < 2:  # noqa: PLR2004 - one worker is no pool
        yield from map(work, jobs)
        return
    context = multiprocessing.get_context("fork" if _may_fork() else "spawn")
    # What is there now is never garbage, and to look at it would have a worker copy it.
    gc.freeze()
    try:
        with ProcessPoolExecutor(workers, context, _begin, (work,)) as pool:
            begun: deque[Future[Result]] = deque()
            for job in jobs:
                begun.append(pool.submit(_do, job))
                if len(begun) > _JOBS_AHEAD * workers:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
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
