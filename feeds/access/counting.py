"""One pass over a log: who asked for which feed, how often, and what it was given.

Whatever a log has, what is kept of it is bounded: so many feeds, so many readers of each, and
what is more than that is one other feed, or one other reader.
"""

from collections.abc import Callable

from feeds.access.claims import Claims
from feeds.access.clients import Clients
from feeds.access.days import MOST_DAYS, Days
from feeds.access.forms import Visit
from feeds.access.intervals import Intervals, LastSeen
from feeds.access.paths import FeedOf
from feeds.http.readers import Kind, Reader, reader_of
from feeds.model import Polls
from feeds.text.dates import DAY

MOST_FEEDS = 1_024
"""Of how many feeds something is counted."""

MOST_READERS = 512
"""How many readers there are by name."""

MOST_CELLS = 16_384
"""How many readers of feeds there are in all."""

OTHERS = "others"
"""What all feeds and readers beyond these are called."""

_HOUR = 3600
_LOW = (1 << 64) - 1
_MULTIPLIER = 0x9E3779B97F4A7C15
_OF_PEOPLE = frozenset({"person", "program"})
_SENT = frozenset({200, 226})
_UNCHANGED = 304
_LEAST_ERROR = 400


class Cell:
    """What is counted of one feed and one reader. `pending` are answers 304 of unknown size."""

    __slots__ = (
        "clients", "errors", "intervals", "number", "pending", "saved_bytes", "sent",
        "sent_bytes", "size", "unchanged",
    )  # fmt: skip

    def __init__(self, number: int) -> None:
        self.number = number
        self.sent = self.unchanged = self.sent_bytes = self.saved_bytes = self.errors = 0
        self.size = self.pending = 0
        self.intervals = Intervals()
        self.clients = Days()

    def polls(self, size: int) -> Polls:
        """Give the polls, those of no known size taken to be of this one."""
        saved = self.saved_bytes + self.pending * size
        return Polls(self.sent, self.unchanged, self.sent_bytes, saved)


class Feed:
    """What is counted of a feed beside its readers: `size` is that of the last whole answer."""

    __slots__ = ("cells", "claims", "size")

    def __init__(self) -> None:
        self.cells: dict[str, Cell] = {}
        self.claims = Claims()
        self.size = 0


class Counts:
    """What is counted of a log. `salt` gives random bytes whenever it is asked."""

    def __init__(self, feed_of: FeedOf, salt: Callable[[], bytes]) -> None:
        self._feed_of = feed_of
        self._clients = Clients(salt)
        self._seen = LastSeen()
        self._cells = 0
        self.feeds: dict[str, Feed] = {}
        self.kinds: dict[str, Kind] = {}
        self.readers: dict[str, Days] = {}
        self.days: dict[int, None] = {}
        self.first: int | None = None
        self.last: int | None = None
        self.errors = 0

    @property
    def hours(self) -> int:
        """How many hours there are from the first poll to the last."""
        if self.first is None or self.last is None:
            return 0
        return self.last // _HOUR - self.first // _HOUR + 1

    def add(self, visit: Visit) -> None:
        """Count a request, if it is a poll of a feed, or one that failed."""
        if visit.method not in {"GET", "HEAD"} or (path := self._feed_of(visit.target)) is None:
            return
        status = visit.status
        if status >= _LEAST_ERROR:
            self._add_error(path, visit)
        elif status in _SENT or status == _UNCHANGED:
            self._add_poll(path, visit, reader_of(visit.agent))

    def _add_error(self, path: str, visit: Visit) -> None:
        # Only what somebody was given is a feed: anybody may ask for anything.
        self.errors += 1
        if path in self.feeds:
            self._cell(self.feeds[path], reader_of(visit.agent)).errors += 1

    def _add_poll(self, path: str, visit: Visit, reader: Reader) -> None:
        moment = visit.moment
        day = moment // DAY
        self._note_time(moment, day)
        feed = self._feed(path)
        cell = self._cell(feed, reader)
        _weigh(feed, cell, visit)
        if reader.kind == "service":
            # Wherever it fetches from, it is one.
            key = hash(reader.claimant) & _LOW
            feed.claims.hear(moment // _HOUR, reader)
        else:
            key = self._clients.key(visit.address, visit.agent, day)
            if reader.kind in _OF_PEOPLE:
                cell.clients.add(day, key)
                self._of_reader(reader.name).add(day, key)
        waited = self._seen.waited((key + cell.number * _MULTIPLIER) & _LOW, moment)
        if waited is not None:
            cell.intervals.add(waited)

    def _note_time(self, moment: int, day: int) -> None:
        if self.first is None or moment < self.first:
            self.first = moment
        if self.last is None or moment > self.last:
            self.last = moment
        if day not in self.days and len(self.days) < MOST_DAYS:
            self.days[day] = None

    def _feed(self, path: str) -> Feed:
        known = self.feeds.get(path)
        if known is None:
            name = path if len(self.feeds) < MOST_FEEDS else OTHERS
            known = self.feeds.setdefault(name, Feed())
        return known

    def _cell(self, feed: Feed, reader: Reader) -> Cell:
        known = feed.cells.get(reader.name)
        if known is None:
            is_room = self._cells < MOST_CELLS and (
                reader.name in self.kinds or len(self.kinds) < MOST_READERS
            )
            name = reader.name if is_room else OTHERS
            known = feed.cells.get(name)
            if known is None:
                self._cells += 1
                known = feed.cells[name] = Cell(self._cells)
            self.kinds.setdefault(name, reader.kind if is_room else "program")
        if reader.subscribers is None and reader.name in self.kinds:
            # What one claims under a name says nothing of others who have it.
            self.kinds[reader.name] = reader.kind
        return known

    def _of_reader(self, name: str) -> Days:
        known = self.readers.get(name)
        if known is None:
            known = self.readers.setdefault(name if name in self.kinds else OTHERS, Days())
        return known


def _weigh(feed: Feed, cell: Cell, visit: Visit) -> None:
    """Count an answer and its bytes.

    What 304 saves is what this reader was last sent of this feed, so that it is in a coding that
    the reader takes; where it was sent nothing yet, what anybody was.
    """
    cell.sent_bytes += visit.sent
    if visit.status != _UNCHANGED:
        cell.sent += 1
        if visit.status == 200 and visit.method == "GET" and visit.sent:  # noqa: PLR2004 - RFC 9110
            cell.size = feed.size = visit.sent
        return
    cell.unchanged += 1
    size = cell.size or feed.size
    if size:
        cell.saved_bytes += max(size - visit.sent, 0)
    else:
        cell.pending += 1
