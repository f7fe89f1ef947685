"""Content codings: in which of them a client takes a representation (RFC 9110, 12.5.3)."""

from collections.abc import Sequence
from functools import lru_cache

from feeds.http.weights import weights

IDENTITY = "identity"
"""What a representation without a content coding is called in Accept-Encoding."""

CODINGS = ("br", "zstd", "gzip")
"""The content codings that we know, the one that makes feeds smallest first."""

_OTHERS = "*"
_SAME = {"x-gzip": "gzip"}

# Clients send few different fields and send them always, so that nearly all are found here;
# one that is longer than any honest one is not kept, or memory would be for clients to fill.
_KEPT_FIELDS = 256
_KEPT_BYTES = 256


def accepted_codings(lines: Sequence[bytes]) -> tuple[str, ...]:
    """Order the codings that are acceptable by the lines of an Accept-Encoding field, best first.

    Several lines are one list (RFC 9110, section 5.3). `identity` is among them where it is
    acceptable; nothing is where nothing is that we know.
    """
    if not lines:
        return (IDENTITY,)
    field = b", ".join(lines)
    return _kept(field) if len(field) <= _KEPT_BYTES else _accepted(field)


def tag_of_variant(etag: str, coding: str) -> str:
    """Make the entity tag of a coding's bytes from that of the identity's.

    Other bytes need another strong tag (RFC 9110, section 8.8.3.3).
    """
    return etag if coding == IDENTITY else f'{etag[:-1]}-{coding}"'


def _accepted(field: bytes) -> tuple[str, ...]:
    """Order codings by their weights, then by our preference.

    A field that breaks the grammar is as good as none. Without any, every coding is
    acceptable, but who says nothing is not known to decode anything.
    """
    given = weights(field, _SAME)
    if given is None:
        return (IDENTITY,)
    others = given.get(_OTHERS)
    accepted = {coding: given.get(coding, others) or 0.0 for coding in CODINGS}
    accepted = {coding: weight for coding, weight in accepted.items() if weight}
    identity = given.get(IDENTITY, others)
    # What is not named is acceptable nevertheless, but not preferred to what is.
    if identity != 0:
        accepted[IDENTITY] = identity or 0.0
    return tuple(sorted(accepted, key=lambda coding: -accepted[coding]))


_kept = lru_cache(maxsize=_KEPT_FIELDS)(_accepted)
