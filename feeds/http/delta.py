"""Who is sent only the entries that are new to him (RFC 3229, with `A-IM: feed`).

A cache in between asks with a validator of its own, but hands on what its client says of
deltas: that client would take for the whole what was cut for the cache. So whoever may be sent
a part is sent entity tags of his own before, with what no shared cache stores, and only these
count as his.
"""

from collections.abc import Iterable

from feeds.http.weights import weights

MANIPULATION = "feed"
"""What the IM field of a 226 says: entries that the client has are left out (RFC 3229, 10.5)."""

# Said by caches of themselves; what is not for them to store, some ask for each time.
_OF_CACHES = frozenset({b"via", b"x-varnish", b"cdn-loop"})

# The library feedparser says A-IM for every program that fetches by it. rss2email is one, and
# takes a 226 for an error; of those that do not even say their own name, nobody knows.
_SAYING_IT_UNAWARE = ("rss2email/", "feedparser/", "universalfeedparser/")

_OWN = "-im"


def takes_delta(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether a request asks for new entries alone, and no cache says that it made it.

    `headers` have names in lower case. A field that breaks the grammar asks for nothing.
    """
    asked = [value for name, value in headers if name == b"a-im"]
    given = weights(b", ".join(asked)) if asked else None
    if not (given and given.get(MANIPULATION)):
        return False
    return not any(
        name in _OF_CACHES or (name == b"user-agent" and _is_unaware(value))
        for name, value in headers
    )


def own_tag(etag: str) -> str:
    """Make the entity tag by which one reader is known again to have had a representation."""
    return f'{etag[:-1]}{_OWN}"'


def is_own(written: str, plain: str) -> bool:
    """Whether a tag as it is written, which is `plain` with something added, is a reader's own."""
    return _OWN in written[len(plain) - 1 :]


def own_freshness(cache_control: str) -> str:
    """Write a Cache-Control field so that no shared cache stores what it comes with."""
    return f"private, {cache_control}"


def _is_unaware(user_agent: bytes) -> bool:
    return user_agent.decode("latin-1").lower().startswith(_SAYING_IT_UNAWARE)
