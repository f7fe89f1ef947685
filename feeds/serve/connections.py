"""The connections of a server: how many there may be, and how long each may keep it waiting."""

import resource
from heapq import nsmallest
from typing import Protocol, cast

from uvicorn.server import ServerState

OTHER_DESCRIPTORS = 256
"""What else a process has open: files, the catalog, and what is accepted before it is counted."""

MOST_DESCRIPTORS = 16_384
"""Of all; a connection takes some kilobytes, so that these take a hundred megabytes or two."""

_FEWEST = 64

# Of so many connections one has to go where there are too many, so that to choose takes no time.
_SHARE = 16

MOST_KEPT = 128 * 1_048_576
"""How many bytes are kept for all clients of a process: half heads, and what is not taken."""


class Connection(Protocol):
    """A client's connection; `deadline` is until when it may do nothing, in the loop's time.

    `kept` counts the bytes that are kept for it: half a head, or what it has not taken.
    """

    deadline: float
    kept: int

    def is_overdue(self, now: float) -> bool:
        """Whether the client has not done in time what is for it to do."""

    def give_up(self) -> None:
        """Close it without a word, and keep nothing for it."""


class Connections(ServerState):
    """What uvicorn's protocols share; where there are more than `most`, some are given up.

    So they are where more bytes are kept for all than `most_kept`. They are the ones whose time
    would be over first, so that who comes and asks is answered however many others have come
    and ask nothing.
    """

    def __init__(self, most: int, most_kept: int = MOST_KEPT) -> None:
        super().__init__()
        self.most = most
        self.most_kept = most_kept
        self._kept = 0

    def make_room(self) -> None:
        """Give up a share of the connections where there are too many."""
        if len(self.connections) > self.most:
            count = max(1, self.most // _SHARE)
            for connection in nsmallest(count, self._all(), key=_deadline):
                connection.give_up()

    def keep(self, more: int) -> None:
        """Count bytes that are kept for a client, or less than none; make room where need be."""
        self._kept += more
        if more > 0 and self._kept > self.most_kept:
            enough = self.most_kept - self.most_kept // _SHARE
            for connection in sorted(filter(_kept, self._all()), key=_deadline):
                if self._kept <= enough:
                    break
                connection.give_up()

    def give_up_overdue(self, now: float) -> None:
        """Give up the connections that are overdue; to be called each second."""
        for connection in self._all():
            if connection.is_overdue(now):
                connection.give_up()

    def _all(self) -> list[Connection]:
        return [*cast("set[Connection]", self.connections)]


def most_connections() -> int:
    """Have the system allow as many open files as it may; how many connections that allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    allowed = MOST_DESCRIPTORS if soft == resource.RLIM_INFINITY else soft
    return max(_FEWEST, allowed - OTHER_DESCRIPTORS)


def _deadline(connection: Connection) -> float:
    return connection.deadline


def _kept(connection: Connection) -> int:
    return connection.kept
