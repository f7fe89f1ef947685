"""For how many somebody fetches, of whom it is only known that he says so.

What is said in an hour moves what counts by `MOST_MORE` at most, as in the server. In a log, it
counts at all only where that is enough to reach it, and where it is said again and again.
"""

from feeds.http.readers import MOST_MORE, Reader, believed, is_known, moved

REGULAR = 3
"""In so many hours of a log one must claim subscribers to be believed, or in all of a shorter."""

MOST_CLAIMANTS = 64
"""Of so many readers that claim subscribers of a feed it is known what they claim."""

MOST_FEEDS = 8
"""Of so many feeds that it takes one for: one for http, one for https, and so on."""


class Standing:
    """What is believed of those who claim under one name, each feed that it knows for itself.

    Of what is claimed of one feed in one hour the highest counts that is within reach, so that
    one who says a million beside the true reader changes nothing. What is beyond reach moves
    the count where nothing else does: who really has many gets there after some hours.
    """

    __slots__ = ("_beyond", "_count", "_hour", "_hours", "_total", "_within")

    def __init__(self) -> None:
        self._hour: int | None = None
        self._within: dict[str, int] = {}
        self._beyond = 0
        self._count = 0
        self._total = 0
        self._hours = 0

    def hear(self, hour: int, feed: str, claim: int) -> None:
        """Note a claim of an hour; one of an hour that is over belongs to the present one."""
        if self._hour is None or hour > self._hour:
            self._settle()
            self._hour = hour
        if claim > self._count + MOST_MORE:
            self._beyond = max(self._beyond, claim)
        elif feed in self._within or len(self._within) < MOST_FEEDS:
            self._within[feed] = max(claim, self._within.get(feed, 0))

    def believed(self, regular: int) -> int:
        """Tell for how many it counts, if it was heard in so many hours, and else for none.

        No more is heard afterwards.
        """
        self._settle()
        return self._total if self._hours >= regular else 0

    def _settle(self) -> None:
        """End an hour."""
        if self._within:
            reach = self._count + MOST_MORE
            self._total = 0
            for claim in sorted(self._within.values()):
                if self._total + claim <= reach:
                    self._total += claim
            self._count = moved(self._count, self._total)
            self._hours += 1
        elif self._beyond:
            self._count = moved(self._count, self._beyond)
            self._total = 0
        self._within, self._beyond = {}, 0


class Claims:
    """What is claimed of one feed.

    Those of readers whom nobody knows are bounded together.
    """

    __slots__ = ("_highest", "_known", "_unknown")

    def __init__(self) -> None:
        self._known: dict[str, Standing] = {}
        self._unknown: dict[str, Standing] = {}
        self._highest: dict[str, int] = {}

    def hear(self, hour: int, reader: Reader) -> None:
        """Note what a reader claims in an hour."""
        if reader.subscribers is None:
            return
        standings = self._known if is_known(reader.name) else self._unknown
        standing = standings.get(reader.name)
        if standing is None:
            if len(standings) >= MOST_CLAIMANTS:
                return
            standing = standings[reader.name] = Standing()
        standing.hear(hour, reader.feed, reader.subscribers)
        self._highest[reader.name] = max(reader.subscribers, self._highest.get(reader.name, 0))

    def believed(self, hours: int) -> dict[str, int]:
        """Give for how many each reader counts, in a log of so many hours."""
        regular = min(REGULAR, hours)
        standings = self._known | self._unknown
        return believed({name: each.believed(regular) for name, each in standings.items()})

    def unbelieved(self, believed: dict[str, int]) -> dict[str, int]:
        """Give the highest claims of those readers that do not count, or for far less."""
        return {
            name: claim
            for name, claim in self._highest.items()
            if claim > believed.get(name, 0) + MOST_MORE or not believed.get(name, 0)
        }
