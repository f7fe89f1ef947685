"""How many clients fetch a feed, and how often each: counted, and none of them known.

A client is an address and a User-Agent field. It is told again by a digest that nobody can make
without a key, which is forgotten; of an IPv6 address the first 64 bits count, since a host has
all addresses that begin so. How many there are is estimated from the least of the digests, as Bar-
Yossef and others have it ("Counting Distinct Elements in a Data Stream", 2002, algorithm 1): these
are a fair sample, in a bounded room, and samples of several processes make that of all.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from hashlib import blake2b
from ipaddress import IPv6Address
from typing import NamedTuple

from feeds.http.readers import Kind, is_known

MOST_SAMPLED = 64
"""How many clients are kept: of fewer, the count is exact, of more it is within about an eighth."""

_DIGEST_BYTES = 8
_DIGESTS = 1 << (8 * _DIGEST_BYTES)
_NETWORK = 64
_FORWARDED = "forwarded"


class Visits(NamedTuple):
    """How often a client came, and when first and last, in seconds since 1970."""

    times: int
    first: int
    last: int


class Sample:
    """Those of some clients whose digests are the least, and how often each came."""

    __slots__ = ("_most", "visits")

    def __init__(self, visits: Mapping[int, Visits] | None = None) -> None:
        self.visits: dict[int, Visits] = {}
        self._most = _DIGESTS
        for digest, known in (visits or {}).items():
            self.note(digest, known)

    def note(self, digest: int, visits: Visits) -> None:
        """Note that a client came, for the first time or again."""
        known = self.visits.get(digest)
        if known is not None:
            self.visits[digest] = Visits(
                known.times + visits.times,
                min(known.first, visits.first),
                max(known.last, visits.last),
            )
        elif digest < self._most:
            self.visits[digest] = visits
            if len(self.visits) > MOST_SAMPLED:
                del self.visits[max(self.visits)]
            if len(self.visits) == MOST_SAMPLED:
                self._most = max(self.visits)

    def count(self) -> int:
        """Tell how many clients there are, about."""
        if len(self.visits) < MOST_SAMPLED:
            return len(self.visits)
        return round((MOST_SAMPLED - 1) * _DIGESTS / (1 + max(self.visits)))

    def intervals(self) -> list[float]:
        """Give the mean interval, in seconds, of each client that came more than once."""
        return [
            (visits.last - visits.first) / (visits.times - 1)
            for visits in self.visits.values()
            if visits.times > 1
        ]


def sum_of_samples(samples: Iterable[Sample]) -> Sample:
    """Give the sample of all clients of which there are samples, by digests with one key."""
    found = Sample()
    for sample in samples:
        for digest, visits in sample.visits.items():
            found.note(digest, visits)
    return found


def client_digest(key: bytes, address: str, agent: bytes) -> int:
    """Digest an address and a User-Agent field to 64 bits, with a key of up to 64 bytes."""
    said = b"%b %b" % (network(address).encode("utf-8", "surrogatepass"), agent)
    return int.from_bytes(blake2b(said, digest_size=_DIGEST_BYTES, key=key).digest())


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


def client_address(name: str, value: str) -> str:
    """Read the address of a client in the field of a name, as the last proxy wrote it.

    What others wrote before that is theirs to say. `Forwarded` is as in RFC 7239, any other a list
    of addresses, perhaps with ports.
    """
    last = value.rpartition(",")[2].strip()
    if name.lower() == _FORWARDED:
        pairs = [pair.strip().partition("=") for pair in last.split(";")]
        last = next((told for key, _, told in pairs if key.lower() == "for"), "").strip('"')
    if last.startswith("["):
        return last[1:].partition("]")[0]
    return last.partition(":")[0] if last.count(":") == 1 else last


class Subscribers(NamedTuple):
    """How many people subscribe, at least and at most."""

    low: int
    high: int


def subscribers_of(name: str, kind: Kind, clients: int, claimed: int) -> Subscribers:
    """Tell how many people stand behind some clients of a reader, and what counts of its claims.

    A reader of one person is one for each client. A service is as many as it claims at the most;
    at the least it is one, if it is known to be a service, since anybody may claim. Nobody knows
    whether a program is a person's; browsers look, and robots do not read.
    """
    if kind == "service":
        low = int(is_known(name) and clients > 0)
        return Subscribers(low, max(low, claimed))
    low, high = {"person": (clients, clients), "program": (0, clients)}.get(kind, (0, 0))
    return Subscribers(low, high)
