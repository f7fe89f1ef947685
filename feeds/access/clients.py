"""Clients are told apart for a day, and nobody can tell who they are.

An address with what its client says of itself is hashed with a salt of the day, of which nothing
is kept when the run is over: the same address has another hash on another day and in another run.
"""

from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from ipaddress import IPv6Address

MOST_OPEN = 3
"""Lines of so many days may stand side by side; for a day before these there is a salt anew."""

_NETWORK = 64


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
        said = f"{network(address)} {agent}".encode("utf-8", "surrogatepass")
        return int.from_bytes(blake2b(said, digest_size=8, key=salt).digest(), "big")


def network(address: str) -> str:
    """Give what stands for whoever has an address: that of IPv4, or the /64 of one of IPv6.

    A house has at least a /64 of IPv6 (RFC 6177), within which its machines take other addresses
    every day (RFC 8981): by whole addresses, one reader would be many.
    """
    if ":" not in address:
        return address
    with suppress(ValueError):
        whole = IPv6Address(address.strip("[]"))
        if whole.ipv4_mapped:
            return str(whole.ipv4_mapped)
        return f"{int(whole) >> _NETWORK:x}"
    return address.rpartition(":")[0]
