"""Clients are told apart for a day, and nobody can tell who they are.

An address with what its client says of itself is hashed with a salt of the day, of which nothing
is kept when the run is over: the same address has another hash on another day and in another run.
"""

from collections.abc import Callable

from feeds.http.clients import client_digest

MOST_OPEN = 3
"""Lines of so many days may stand side by side; for a day before these there is a salt anew."""


class Clients:
    """Hashes addresses by days; `salt` gives 16 random bytes whenever it is asked."""

    def __init__(self, salt: Callable[[], bytes]) -> None:
        self._salt = salt
        self._salts: dict[int, bytes] = {}

    def key(self, address: str, agent: str, day: int) -> int:
        """Give a number of 64 bits that stands for a client on a day."""
        salt = self._salts.get(day)
        if salt is None:
            salt = self._salts[day] = self._salt()
            if len(self._salts) > MOST_OPEN:
                del self._salts[next(iter(self._salts))]
        return client_digest(salt, address, agent.encode("utf-8", "surrogatepass"))
