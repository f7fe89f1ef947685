"""Who reads feeds, as far as that is to be told without knowing anybody."""

from msgspec import Struct

from feeds.model.polls import Polls


class ReaderStatus(Struct, frozen=True):
    """What is told of a reader, which is a program or a service and none of its clients."""

    name: str
    """What it is called, as its User-Agent fields say."""

    kind: str
    """`person` (a reader of one person), `service` (of many), `program`, `browser` or `robot`."""

    polls: Polls
    """How it polled."""

    clients: int
    """How many addresses with a User-Agent field each, on the day with most; of more than 64 it is
    an estimate."""

    interval: float | None
    """The median of the mean intervals of clients, in seconds; null where none came again."""

    claimed: int
    """For how many subscribers it says that it fetches, as far as claims are believed."""

    low: int
    """How many subscribers it stands for at least."""

    high: int
    """How many subscribers it stands for at most."""
