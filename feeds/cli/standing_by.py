"""What a host does while another one leads, or while the database is away: it tries again."""

import logging
import random
from datetime import datetime, timedelta

from feeds.errors import DatabaseFailed, FeedsError, Locked

_log = logging.getLogger("feeds")

# Seconds until it is tried again to lead: a leader that has died is followed soon.
_STANDING_BY = 3.0
# Seconds of the first pause, and of the longest, while the database is away.
_LEAST, _MOST = 1.0, 60.0


class StandingBy:
    """Tells once why nothing is refreshed here, and when to try again."""

    def __init__(self) -> None:
        self._told = ""
        self._failures = 0

    def over(self) -> None:
        """Note that this host leads, and its database is there."""
        if self._told:
            _log.info("this host leads now")
        self._told, self._failures = "", 0

    def after(self, error: FeedsError, now: datetime) -> datetime | None:
        """Give when to try again after an error, and say what is new; None where it is another."""
        if isinstance(error, Locked):
            self._failures = 0
            self._say(f"{error}; this host stands by")
            return now + _some(_STANDING_BY)
        if isinstance(error, DatabaseFailed):
            pause = min(_MOST, _LEAST * 2**self._failures)
            self._failures += 1
            _log.error("refresh failed, the last publication stands: %s", error)
            return now + _some(pause)
        return None

    def _say(self, told: str) -> None:
        if told != self._told:
            _log.info("%s", told)
        self._told = told


def _some(seconds: float) -> timedelta:
    """Give about as many seconds, so that hosts that began to wait together do not come so."""
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))  # noqa: S311 - nobody is kept out by it
