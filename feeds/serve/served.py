"""What a server answers by, from one request to the next."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import NamedTuple

from feeds.serve.operator import Operator
from feeds.serve.publication import Publication
from feeds.serve.tally import Tally

_LONGEST_LOOK = 0.25
_EXCUSED = timedelta(seconds=1)


class Upcoming(NamedTuple):
    """A publication that begins at an instant."""

    begins: datetime
    publication: Publication


class Served:
    """What is served now; every request reads `publication` once, so that none sees two.

    One that begins later is there before that, so that all servers that know of it change at one
    instant by the `clock`, whichever is asked. It is known until when there is no other: who has
    not looked for so long looks before it answers.

    `renew` is called, in a thread, where there is none, and where files are not what it says: it
    swaps in the next one where that has come. Answers are noted in a `tally`. An `operator` is
    answered besides. Who asks through a proxy is known by what that says in a `client_field`.
    """

    __slots__ = (
        "_clock",
        "_lock",
        "_publication",
        "_upcoming",
        "client_field",
        "operator",
        "renew",
        "sure_until",
        "tally",
    )

    def __init__(
        self,
        publication: Publication | None = None,
        renew: Callable[[], object] = lambda: None,
        clock: Callable[[], datetime] = lambda: datetime.max.replace(tzinfo=UTC),
    ) -> None:
        self._publication = publication
        self._upcoming: tuple[Upcoming, ...] = ()
        self._clock = clock
        self._lock = Lock()
        self.sure_until: datetime | None = None
        self.renew = renew
        self.tally = Tally()
        self.operator: Operator | None = None
        self.client_field = b""

    @property
    def publication(self) -> Publication | None:
        """The publication by which requests are answered now."""
        upcoming = self._upcoming
        if upcoming and upcoming[0].begins <= self._clock():
            self._turn()
        return self._publication

    @property
    def is_sure(self) -> bool:
        """Whether there can be no other publication than is known."""
        return self.sure_until is None or self._clock() < self.sure_until

    async def look(self, look: Awaitable[object]) -> None:
        """Look for another publication, and do not wait for long where that cannot be seen."""
        try:
            await asyncio.wait_for(look, _LONGEST_LOOK)
        except TimeoutError:
            self.excuse()

    def excuse(self) -> None:
        """Answer for a moment by what is known, since what is published cannot be looked at."""
        self.sure_until = self._clock() + _EXCUSED

    def swap(self, publication: Publication, upcoming: Sequence[Upcoming] = ()) -> None:
        """Serve this publication from the next request on, from whatever thread.

        Those to come are in the order in which they begin.
        """
        with self._lock:
            self._publication = publication
            self._upcoming = tuple(upcoming)

    def _turn(self) -> None:
        """Serve the last publication that has begun."""
        with self._lock:
            while self._upcoming and self._upcoming[0].begins <= self._clock():
                self._publication = self._upcoming[0].publication
                self._upcoming = self._upcoming[1:]
