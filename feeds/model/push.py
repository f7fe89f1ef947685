"""How those who are told of changes have been told: hubs, and what purges caches."""

from datetime import datetime

from msgspec import Struct


class Told(Struct, frozen=True):
    """How one stands who is told of changes."""

    name: str
    """The URL of a hub, or `purge`."""

    waiting: int = 0
    """How many changes have not been told yet."""

    sent: int = 0
    """How many have."""

    failed: int = 0
    """How many tries came to nothing."""

    given_up: int = 0
    """How many never will be."""

    failures: int = 0
    """How many of these there were in a row until now."""

    not_before: datetime | None = None
    """When the next is made at the earliest; null where it may be now."""

    last_success: datetime | None = None
    """When something was last told; null where nothing ever was."""

    last_failure: datetime | None = None
    """When a try last came to nothing; null where none ever did."""

    last_problem: str = ""
    """Why, in a line; empty where none ever did."""


class PushStatus(Struct, frozen=True):
    """How all stand who are told of changes."""

    hubs: tuple[Told, ...] = ()
    """The hubs that are configured."""

    purge: Told | None = None
    """What purges caches; null where that is not configured."""

    @property
    def waiting(self) -> int:
        """How many changes are still to be told to anybody."""
        return sum(told.waiting for told in self.each)

    @property
    def each(self) -> tuple[Told, ...]:
        """All of them, in the order in which they are told."""
        return (*filter(None, [self.purge]), *self.hubs)
