"""How those who are told of changes have been told: hubs, and what purges caches."""

from datetime import datetime

from msgspec import Struct


class Told(Struct, frozen=True):
    """How one of them stands: a hub by its `name`, which is its URL, or `purge`.

    Changes that are `waiting` have not been told, `sent` were, and `given_up` never were. Of all
    tries, `failed` came to nothing, `failures` of them in a row until now, and the next is not
    made before `not_before`. A `last_problem` is a line, or empty where there never was one.
    """

    name: str
    waiting: int = 0
    sent: int = 0
    failed: int = 0
    given_up: int = 0
    failures: int = 0
    not_before: datetime | None = None
    last_success: datetime | None = None
    last_failure: datetime | None = None
    last_problem: str = ""


class PushStatus(Struct, frozen=True):
    """How all hubs stand that are configured, and the purge where one is."""

    hubs: tuple[Told, ...] = ()
    purge: Told | None = None

    @property
    def waiting(self) -> int:
        """How many changes are still to be told to anybody."""
        return sum(told.waiting for told in (*self.hubs, *filter(None, [self.purge])))
