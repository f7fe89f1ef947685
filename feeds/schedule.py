"""When to refresh: one job, again and again, in the background; the only user of APScheduler."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from queue import SimpleQueue
from typing import Any

from apscheduler.executors.base import BaseExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

_log = logging.getLogger("feeds")

# Seconds; outside of these, clocks and timers overflow or never rest.
_SHORTEST = 0.01
_LONGEST = 366 * 86_400.0

# What a run does at the end of a day it must not do before, by whatever part of a second.
_AFTER_MIDNIGHT = timedelta(seconds=1)


class Schedule:
    """A job that is run every so many seconds and after each midnight in UTC, until `stop`.

    It is never run twice at once.
    """

    def __init__(self, scheduler: BackgroundScheduler, worker: "_Worker") -> None:
        self._scheduler = scheduler
        self._worker = worker

    def stop(self, patience: float = 1.0) -> bool:
        """Begin no more runs and wait some seconds for one that is going on; whether it ended.

        A run that takes longer ends with the process, as by a power cut, which a publication
        survives: a signal to stop must not wait for a build.
        """
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        return self._worker.ended(patience)


def start_schedule(job: Callable[[], None], every: float, *, first_now: bool) -> Schedule:
    """Run a job every so many seconds in a thread of its own, the first time now or then.

    A run comes a second after each midnight in UTC, too, and intervals are counted from there.
    A run that is due while another lasts is left out, but one that was going on at midnight is
    followed by another at once. What a job raises is logged, and the next run comes. Wherever
    the clock is set, one run comes within two intervals. An interval is a year at the most.
    """
    # In this order, what is not a number is the longest.
    interval = timedelta(seconds=max(_SHORTEST, min(_LONGEST, every)))
    worker = _Worker()
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": worker},
        jobstores={"default": _Store(interval)},
        # Without None, a run that is a second late would be left out.
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    first = {"next_run_time": _now()} if first_now else {}
    run = _each_day(_logged(job, worker), worker, _now)
    scheduler.add_job(run, _Every(interval), name="refresh", **first)
    scheduler.start()
    return Schedule(scheduler, worker)


def _following_day(moment: datetime) -> datetime:
    """Give the first instant after this one at which a run is due because a day has ended."""
    mark = datetime.combine(moment.astimezone(UTC).date(), time(), UTC) + _AFTER_MIDNIGHT
    return mark if mark > moment else mark + timedelta(days=1)


def _each_day(
    job: Callable[[], None], worker: "_Worker", clock: Callable[[], datetime]
) -> Callable[[], None]:
    """Give a job that is done again where the day has ended that it took for the present one."""

    def run() -> None:
        while True:
            day = clock().date()
            job()
            if worker.is_stopping or clock().date() == day:
                return

    return run


def _now() -> datetime:
    return datetime.now(UTC)


def _logged(job: Callable[[], None], worker: "_Worker") -> Callable[[], None]:
    def run() -> None:
        try:
            job()
        except BaseException:  # noqa: BLE001 - not even SystemExit may end the runs after it
            if worker.is_stopping:
                _log.info("the last refresh was cut short")
            else:
                _log.exception("refresh failed; the next one comes as planned")

    return run


class _Every(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Due at even distances, as IntervalTrigger, but after a pause only once, and at a day's end.

    IntervalTrigger would list every run that a clock set forward by years has passed over.
    """

    __slots__ = ("_interval",)

    def __init__(self, interval: timedelta) -> None:
        self._interval = interval

    def __repr__(self) -> str:
        return f"every {self._interval} and at midnight in UTC"

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        following = (previous or now) + self._interval
        following = following if following > now else now + self._interval
        return min(following, _following_day(now))


class _Store(MemoryJobStore):  # type: ignore[misc]  # APScheduler has no types
    """Jobs that are never further away than the trigger puts them, wherever the clock is set."""

    def __init__(self, interval: timedelta) -> None:
        super().__init__()
        self._interval = interval

    def get_due_jobs(self, now: datetime) -> list[Any]:
        furthest = min(now + self._interval, _following_day(now))
        for job in self.get_all_jobs():
            if job.next_run_time > furthest:
                job.modify(next_run_time=now)
        return list(super().get_due_jobs(now))


class _Worker(BaseExecutor):  # type: ignore[misc]  # APScheduler has no types
    """One thread for all runs, a daemon: pools of the standard library are waited for at exit."""

    def __init__(self) -> None:
        super().__init__()
        self.is_stopping = False
        self._runs: SimpleQueue[Any] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="refresh", daemon=True)

    def start(self, scheduler: BackgroundScheduler, alias: str) -> None:
        super().start(scheduler, alias)
        self._thread.start()

    def shutdown(self, wait: bool = True) -> None:  # noqa: ARG002, FBT001, FBT002 - APScheduler's
        self.is_stopping = True
        self._runs.put(None)

    def ended(self, patience: float) -> bool:
        self._thread.join(patience)
        return not self._thread.is_alive()

    def _do_submit_job(self, job: Any, _run_times: list[datetime]) -> None:  # noqa: ANN401
        self._runs.put(job)

    def _work(self) -> None:
        for job in iter(self._runs.get, None):
            job.func()
            self._run_job_success(job.id, [])
