"""What is to be done when: decisions, with the time handed in."""

from datetime import datetime
from enum import Enum

from feeds.schedule.rhythms import Rhythm


class Run(Enum):
    """What is to be done: a refresh that scans, or one that does less.

    The latter looks only at what is known to have changed, or only shows what has fallen due.
    """

    SCAN = "scan"
    LOOK = "look"
    SHOW = "show"


class Timetable:
    """Decides which run is due; one at a time, from `begin` to `end`.

    A scan is due when the rhythm says so, when it was asked for, and when a day in UTC ended
    during the last run, which may have missed that. However many were passed over, one comes.
    Wherever the clock is set, none is further away than the rhythm puts it. A run does what
    those do that do less, so that none of these comes after it for what was due before.
    """

    def __init__(self, rhythm: Rhythm, now: datetime, *, first_now: bool) -> None:
        self._rhythm = rhythm
        self._scan = now if first_now else rhythm.following(now, now)
        self._show: datetime | None = None
        self._asked: Run | None = None
        self._begun = now

    def ask(self, run: Run = Run.SCAN) -> None:
        """Have a run come at once, or as soon as the one that goes on has ended."""
        self._asked = run if self._asked is not Run.SCAN else Run.SCAN

    def change(self, rhythm: Rhythm, now: datetime) -> None:
        """Follow another rhythm from now on."""
        self._rhythm = rhythm
        self._scan = rhythm.following(now, now)

    def begin(self, now: datetime) -> Run | None:
        """Give the run that is to begin now; None where there is nothing to do yet."""
        is_scan = self._asked is Run.SCAN or self._scan <= now or self._scan > self._furthest(now)
        is_shown = self._show is not None and self._show <= now
        if not (is_scan or is_shown or self._asked):
            return None
        self._begun = now
        if is_shown:
            self._show = None
        asked, self._asked = self._asked, None
        if not is_scan:
            return asked or Run.SHOW
        self._scan = self._rhythm.following(min(self._scan, now), now)
        return Run.SCAN

    def end(self, run: Run, show: datetime | None, now: datetime) -> None:
        """Note that a run has ended, and when something falls due of which it knows.

        What ought to have been shown when the run began is left to the next scan: the run
        did not manage it, and would not by being repeated without end.
        """
        self._show = show if show is not None and show > self._begun else None
        if now.date() != self._begun.date():
            self._scan = min(self._scan, now)
        elif run is Run.SCAN and self._scan <= now and not self._rhythm.makes_up:
            self._scan = self._rhythm.following(self._scan, now)

    def wait(self, now: datetime) -> float:
        """Give the seconds until there is something to do."""
        moments = [self._scan, *([] if self._show is None else [self._show])]
        return 0.0 if self._asked else max(0.0, (min(moments) - now).total_seconds())

    def _furthest(self, now: datetime) -> datetime:
        return self._rhythm.following(now, now)
