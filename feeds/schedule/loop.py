"""One job, again and again, in a thread of its own."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from queue import Empty, SimpleQueue

from feeds.schedule.rhythms import Rhythm
from feeds.schedule.timetable import Run, Timetable

_log = logging.getLogger("feeds")

Job = Callable[[Run], datetime | None]
"""Does what is due and gives the instant at which it wants to show what falls due then."""

Clock = Callable[[], datetime]
"""Gives the present instant in UTC."""

Wait = Callable[[float], object]
"""Waits some seconds, or less."""

_Order = Callable[[Timetable, datetime], None]

# Seconds; a clock that is set is noticed after as many.
_LONGEST_WAIT = 10.0
# Seconds that a run may take before that is told, and once more when they have doubled.
_LONG = 600.0


def present() -> datetime:
    """Give the present instant by the clock of the system."""
    return datetime.now(UTC)


class Schedule:
    """A job that is run by a rhythm and after each midnight in UTC, until `stop`.

    It is never run twice at once. What it raises is logged, and the next run comes. Time
    passes by `clock` and `wait`; without `wait`, it is cut short by what is asked meanwhile. A
    run that takes `long` seconds is told of while it lasts: until it ends, no other begins.
    """

    def __init__(
        self,
        job: Job,
        rhythm: Rhythm,
        *,
        first_now: bool,
        clock: Clock = present,
        wait: Wait | None = None,
        long: float = _LONG,
    ) -> None:
        self._job = job
        self._long = long
        self._clock = clock
        self._wait = wait or self._listen
        self._timetable = Timetable(rhythm, clock(), first_now=first_now)
        # Of all queues, only this one may be put into by a signal's handler.
        self._orders: SimpleQueue[_Order] = SimpleQueue()
        self._is_stopping = False
        # A daemon: a run that takes long must not hold the process when it ends.
        self._thread = threading.Thread(target=self.work, name="refresh", daemon=True)

    def start(self) -> None:
        """Begin to run the job in the background."""
        self._thread.start()

    def ask(self, run: Run = Run.SCAN) -> None:
        """Have a run come at once, after the one that is going on where there is one."""
        self._orders.put(lambda timetable, _: timetable.ask(run))

    def change(self, rhythm: Rhythm) -> None:
        """Follow another rhythm from now on."""
        self._orders.put(lambda timetable, now: timetable.change(rhythm, now))

    def stop(self, patience: float = 1.0) -> bool:
        """Begin no more runs and wait some seconds for one that is going on; whether it ended.

        A run that takes longer ends with the process, as by a power cut, which a publication
        survives: a signal to stop must not wait for a build.
        """
        self._is_stopping = True
        self._orders.put(lambda *_: None)
        if self._thread.is_alive():
            self._thread.join(patience)
        return not self._thread.is_alive()

    def work(self) -> None:
        """Run what is due, as it falls due, until `stop`."""
        while not self._is_stopping:
            while not self._orders.empty():
                self._listen(0)
            run = self._timetable.begin(self._clock())
            if run is None:
                self._wait(min(self._timetable.wait(self._clock()), _LONGEST_WAIT))
            else:
                show = self._logged(run)
                self._timetable.end(run, show, self._clock())

    def _listen(self, seconds: float) -> None:
        """Wait for an order, and obey it."""
        with suppress(Empty):
            self._orders.get(timeout=seconds)(self._timetable, self._clock())

    def _logged(self, run: Run) -> datetime | None:
        is_over = threading.Event()
        threading.Thread(target=self._tell, args=(is_over,), name="patience", daemon=True).start()
        try:
            return self._job(run)
        except BaseException:  # noqa: BLE001 - not even SystemExit may end the runs after it
            if self._is_stopping:
                _log.info("the last refresh was cut short")
            else:
                _log.exception("refresh failed; the next one comes as planned")
            return None
        finally:
            is_over.set()

    def _tell(self, is_over: threading.Event) -> None:
        """Say that a run takes long, each time that it has taken twice as long."""
        taken, further = 0.0, self._long
        while not is_over.wait(further):
            taken = further = taken + further
            _log.warning("a refresh has been going on for %g s; no other begins meanwhile", taken)


def start_schedule(job: Job, rhythm: Rhythm, *, first_now: bool) -> Schedule:
    """Run a job by a rhythm in a thread of its own, the first time now or then."""
    schedule = Schedule(job, rhythm, first_now=first_now)
    schedule.start()
    return schedule
