"""Who is sent only the entries that are new to him (RFC 3229, with `A-IM: feed`)."""

from collections.abc import Iterable

from feeds.http.weights import weights

MANIPULATION = "feed"
"""What the IM field of a 226 says: entries that the client has are left out (RFC 3229, 10.5)."""

# A cache in between asks with a validator of its own and hands on what a client says of deltas:
# that client would take for the whole what was cut for the cache.
_OF_PROXIES = frozenset(
    {
        *(b"via", b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto"),
        *(b"x-real-ip", b"x-varnish", b"cdn-loop"),
    }
)

# The library feedparser says A-IM for every program that fetches by it. rss2email is one, and
# takes a 226 for an error; of those that do not even say their own name, nobody knows.
_SAYING_IT_UNAWARE = ("rss2email/", "feedparser/", "universalfeedparser/")


def takes_delta(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether a request comes straight from a client that takes new entries alone.

    `headers` have names in lower case. A field that breaks the grammar asks for nothing.
    """
    asked: list[bytes] = []
    for name, value in headers:
        if name in _OF_PROXIES or (name == b"user-agent" and _is_unaware(value)):
            return False
        if name == b"a-im":
            asked.append(value)
    given = weights(b", ".join(asked)) if asked else None
    return bool(given and given.get(MANIPULATION))


def _is_unaware(user_agent: bytes) -> bool:
    return user_agent.decode("latin-1").lower().startswith(_SAYING_IT_UNAWARE)
