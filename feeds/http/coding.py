"""Content codings: in which of them a client takes a representation (RFC 9110, 12.5.3)."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

IDENTITY = "identity"
"""What a representation without a content coding is called in Accept-Encoding."""

CODINGS = ("br", "zstd", "gzip")
"""The content codings that we know, the one that makes feeds smallest first."""

_OTHERS = "*"
_SAME = {"x-gzip": "gzip"}
_ITEM = re.compile(
    r"([!#$%&'*+.^_`|~0-9a-z-]++)"
    r"(?:[ \t]*+;[ \t]*+q=(0(?:\.[0-9]{0,3})?+|1(?:\.0{0,3})?+))?+",
    re.ASCII | re.IGNORECASE,
)

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
    weights = _weights(field.decode("latin-1").split(","))
    if weights is None:
        return (IDENTITY,)
    others = weights.get(_OTHERS)
    accepted = {coding: weights.get(coding, others) or 0.0 for coding in CODINGS}
    accepted = {coding: weight for coding, weight in accepted.items() if weight}
    identity = weights.get(IDENTITY, others)
    # What is not named is acceptable nevertheless, but not preferred to what is.
    if identity != 0:
        accepted[IDENTITY] = identity or 0.0
    return tuple(sorted(accepted, key=lambda coding: -accepted[coding]))


_kept = lru_cache(maxsize=_KEPT_FIELDS)(_accepted)


def _weights(items: Iterable[str]) -> dict[str, float] | None:
    """Map codings to their weights; None where an item is none.

    Of several weights for one coding the least holds: what is refused anywhere is not sent.
    """
    weights: dict[str, float] = {}
    for item in items:
        stripped = item.strip(" \t")
        if not stripped:
            continue
        found = _ITEM.fullmatch(stripped)
        if found is None:
            return None
        name = found[1].lower()
        coding = _SAME.get(name, name)
        weights[coding] = min(float(found[2] or "1"), weights.get(coding, 1.0))
    return weights
