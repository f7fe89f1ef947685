"""Processes that work for this one, and what becomes of a job that kills one."""

import pickle
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable
from itertools import islice
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, Self, TypeVar

from feeds.processes.beginning import begin, may_fork
from feeds.processes.worker import READY, serve

Job = TypeVar("Job")
Result = TypeVar("Result")
Work = Callable[[Job], Result]

# A worker has another job at hand while its answer to one is on its way.
_AT_HAND = 2


class Task(Generic[Job]):
    """A job for a worker; `death` says how the worker ended that had begun it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.death = ""
        self._packed: bytes | None = None
        self._outcome: tuple[bool, Any] | None = None

    @property
    def is_done(self) -> bool:
        """Whether there is an answer, or will never be one."""
        return self._packed is not None or self._outcome is not None or self.death != ""

    def answer(self, packed: bytes) -> None:
        """Take what a worker sends."""
        self._packed = packed

    def do(self, work: Work[Job, Any]) -> None:
        """Do the job in this process."""
        try:
            self._outcome = True, work(self.job)
        except Exception as error:  # noqa: BLE001 - raised again where the result is asked for
            self._outcome = False, error

    def result(self) -> Any:  # noqa: ANN401 - of whatever kind the work gives
        """Give what came of a job that is done and has killed nobody, or raise what was raised."""
        if self._packed is not None:
            self._outcome = pickle.loads(self._packed)  # noqa: S301 - from our own worker
        if self._outcome is None:
            raise RuntimeError(f"a job has no result: {self.death or 'nobody has done it'}")
        is_well, content = self._outcome
        if is_well:
            return content
        raise content


class Crew:
    """Up to `most` workers, each followed by another one when it dies; all end with the block.

    Workers are begun when there are jobs; `standing` ones are there before, and stay when all is
    done. One that dies costs the job that it has begun: where that may be any of several, each is
    given anew, and from then on one at a time. Where no worker can be begun, or none be forked
    and it `only_forks`, jobs are done in this process, unless these may be `deadly`: then they die
    with nobody. A crew is for one thread at a time.
    """

    def __init__(
        self,
        most: int,
        *,
        standing: int = 0,
        work: Work[Any, Any] | None = None,
        only_forks: bool = False,
        deadly: bool = False,
    ) -> None:
        self.most = most
        self._standing = standing
        self._work = work
        self._only_forks = only_forks
        self._deadly = deadly
        self._workers: list[_Worker] = []
        self._todo: deque[Task[Any]] = deque()
        self._at_hand = _AT_HAND
        self._is_careful = False

    def __enter__(self) -> Self:
        self.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def begin(self) -> None:
        """Begin the standing workers."""
        self._fill(self._standing)

    def end(self) -> None:
        """End all workers, as the end of this process does, however it comes."""
        self._keep(0)

    def share(
        self, work: Work[Job, Any], jobs: Iterable[Job], workers: int, ahead: int
    ) -> Generator[Task[Job], None, None]:
        """Have some workers do jobs, and give these in their order, each when it is done.

        Workers begin at once and have up to `ahead` jobs each whose results nobody has asked for
        yet, since all of them may be much. Work that workers may have to be sent, and jobs, must
        be such that they can be pickled. What was shared before is over.
        """
        shares = self._shares(work, jobs, workers, ahead)
        next(shares)
        return shares

    def _shares(
        self, work: Work[Job, Any], jobs: Iterable[Job], workers: int, ahead: int
    ) -> Generator[Any, None, None]:
        """Begin when asked for a first value, which is none; then give the jobs."""
        self._keep(self._standing)
        self._work = work
        self._fill(workers)
        try:
            rest = iter(jobs)
            self._at_hand = ahead
            begun = deque(map(self.submit, islice(rest, ahead * workers)))
            # Those who are given few at a time end their last ones at about one time.
            self._at_hand = min(ahead, _AT_HAND)
            yield None
            while begun:
                task = begun.popleft()
                self.wait(task)
                yield task
                begun.extend(map(self.submit, islice(rest, 1)))
        finally:
            self._keep(self._standing)

    def submit(self, job: Job) -> Task[Job]:
        """Have a worker do a job."""
        task = Task(job)
        self._todo.append(task)
        self._hand_out()
        return task

    def wait(self, task: Task[Any]) -> None:
        """Wait until a job is done; where nobody else is there, do it."""
        self._listen(0)
        while not task.is_done:
            if self._workers:
                self._listen(None)
            else:
                self._do_next()

    def _do_next(self) -> None:
        task = self._todo.popleft()
        if self._work is None or self._deadly:
            task.death = "could not be begun"
        else:
            task.do(self._work)

    def _listen(self, seconds: float | None) -> None:
        """Take what workers send, and hand out what is to be done."""
        workers = {worker.connection: worker for worker in self._workers}
        for connection in wait(list(workers), seconds):
            worker = workers[connection]  # type: ignore[index]  # it is one of those
            if not worker.hear():
                self._replace(worker)
        self._hand_out()

    def _hand_out(self) -> None:
        while self._todo and self._workers:
            worker = min(self._workers, key=lambda worker: len(worker.tasks))
            if len(worker.tasks) >= (1 if self._is_careful else self._at_hand):
                return
            if worker.give(self._work, self._todo[0]):
                self._todo.popleft()
            else:
                self._replace(worker)

    def _replace(self, worker: "_Worker") -> None:
        """Have another one do what a dead worker had still to do.

        Of several jobs, it may have done the first, and not have sent yet what came of it: each
        is given anew, where anybody is there to whom it could be.
        """
        self._workers.remove(worker)
        tasks, ending = worker.bury()
        # Who dies before it is ready would be followed by others that do the same.
        if worker.is_ready:
            self._fill(len(self._workers) + 1)
        if worker.is_ready and (len(tasks) == 1 or not self._workers):
            for task in tasks:
                task.death = ending
        elif tasks:
            self._todo.extendleft(reversed(tasks))
            self._is_careful = True

    def _fill(self, number: int) -> None:
        while len(self._workers) < number and (may_fork() or not self._only_forks):
            others = [worker.connection for worker in self._workers]
            try:
                self._workers.append(_Worker(self._work, others))
            except OSError:
                return

    def _keep(self, number: int) -> None:
        """End workers but for some that have nothing to do, and drop what nobody waits for."""
        self._todo.clear()
        self._is_careful = False
        kept = [worker for worker in self._workers if not worker.tasks][:number]
        for worker in self._workers:
            if worker not in kept:
                worker.end()
        self._workers = kept
        self._fill(number)


class _Worker:
    """A process of ours, and its jobs, which it does in their order."""

    def __init__(self, work: Work[Any, Any] | None, others: Iterable[Connection]) -> None:
        is_fork = may_fork()
        self.connection, theirs = Pipe()
        self.tasks: deque[Task[Any]] = deque()
        self.is_ready = False
        self._work = work if is_fork else None
        # What a fork has copied of ours would hold a connection open when we have ended.
        copied = [self.connection, *others] if is_fork else []
        try:
            self._process = begin(serve, (theirs, self._work, copied), is_fork=is_fork)
        except OSError:
            self.connection.close()
            raise
        finally:
            theirs.close()
        # So that it loads what it needs before there is a job.
        self._learn(work)

    def give(self, work: Work[Any, Any] | None, task: Task[Any]) -> bool:
        """Send a job, and the work before it where that is another; whether it is there still."""
        if not (self._learn(work) and self._send((True, task.job))):
            return False
        self.tasks.append(task)
        return True

    def _learn(self, work: Work[Any, Any] | None) -> bool:
        if self._work is work or self._work == work:
            return True
        self._work = work
        return self._send((False, work))

    def _send(self, message: tuple[bool, Any]) -> bool:
        packed = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        try:
            self.connection.send_bytes(packed)
        except OSError:
            return False
        return True

    def hear(self) -> bool:
        """Take what it sends; whether it is there still."""
        try:
            message = self.connection.recv_bytes()
        except (EOFError, OSError):
            return False
        if message == READY:
            self.is_ready = True
        else:
            self.tasks.popleft().answer(message)
        return True

    def bury(self) -> tuple[list[Task[Any]], str]:
        """Give the jobs of which nobody knows what came, and say how it ended."""
        code = self._kill()
        while self.hear():
            pass  # what it had sent before
        self.connection.close()
        return list(self.tasks), _ending(code)

    def end(self) -> None:
        """End it, whatever it does."""
        self._kill()
        self.connection.close()

    def _kill(self) -> int:
        """End it, if it has not ended, and give its exit code."""
        self._process.kill()
        self._process.join()
        code = self._process.exitcode or 0
        self._process.close()
        return code


def _ending(code: int) -> str:
    if code in {-signal.SIGALRM, -signal.SIGPROF}:
        return "took longer than it may"
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"
