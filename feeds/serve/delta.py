"""New entries alone, for readers that ask for these (RFC 3229, with `A-IM: feed`)."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from feeds.formats import feed_formats
from feeds.http.coding import IDENTITY, tag_of_variant
from feeds.http.compression import COMPRESS, coded
from feeds.http.conditional import named_tags
from feeds.http.delta import MANIPULATION, is_own, own_freshness, own_tag
from feeds.model import Divided, History
from feeds.publish.history import fresh_entries
from feeds.serve.prepared import Answer, Headers, Prepared
from feeds.serve.tally import Poll

# Tags of a request that are looked at; a reader has one.
_MOST_TAGS = 8

# What of the answer with the whole feed is said of its new entries, too.
_SAID = frozenset(
    {
        *(b"content-type", b"x-content-type-options", b"content-security-policy", b"link"),
        *(b"access-control-allow-origin", b"last-modified"),
    }
)


def part_for(
    prepared: Prepared, history: History, if_none_match: str, codings: Sequence[str], least: int
) -> Answer | None:
    """Give the entries that are new to a reader with an entity tag of the past.

    `history` is that of the feed, whose bytes are in memory. `codings` are those that he takes,
    in his order. None where no tag is known, or where the answer would not have fewer bytes than
    `least`. What is made is kept with the feed: after a change, most have the state before it.
    """
    base = _base(history, if_none_match)
    if base is None:
        return None
    written, state = base
    for coding in codings:
        body = _body(prepared, history, state, coding)
        if body is not None and len(body) < least:
            saved = least - len(body)
            poll = Poll(prepared.published.path, 226, len(body), saved, prepared.said.kind)
            return Answer(226, _headers(prepared, written, coding, len(body)), body, poll)
    return None


def _body(prepared: Prepared, history: History, state: str, coding: str) -> bytes | None:
    key = state, coding
    if key not in prepared.parts:
        prepared.parts[key] = _made(prepared, history.since[state], coding)
    return prepared.parts[key]


def has_parts(prepared: Prepared) -> bool:
    """Whether a resource is a feed, of which some entries may be sent without the others."""
    return prepared.published.media_type in _divide()


def own(headers: Headers) -> Headers:
    """Give the header fields of an answer to a reader that may be sent a part the next time."""
    return tuple(
        (name, _OWN_VALUES[name](value)) if name in _OWN_VALUES else (name, value)
        for name, value in headers
    )


_OWN_VALUES: Mapping[bytes, Callable[[bytes], bytes]] = {
    b"etag": lambda value: own_tag(value.decode()).encode(),
    b"cache-control": lambda value: own_freshness(value.decode()).encode(),
    b"vary": lambda value: value + b", A-IM",
}


def _made(prepared: Prepared, fresh: int, coding: str) -> bytes | None:
    """Make the body in a coding; None where there is no such coding, or it saves nothing."""
    document = _divide()[prepared.published.media_type](prepared.body(IDENTITY) or b"")
    body = document.with_entries(fresh_entries(document.entries, fresh))
    return coded(body, [coding] if coding in COMPRESS else []).get(coding)


def _headers(prepared: Prepared, base: str, coding: str, length: int) -> Headers:
    """Write the header fields.

    As RFC 3229 wants it (10.5.1), the entity tag is that of the whole feed, so that it is the
    next base. Nobody may store what is good for one reader only.
    """
    said = (field for field in prepared.variant(IDENTITY).headed.headers if field[0] in _SAID)
    coded_in = () if coding == IDENTITY else ((b"content-encoding", coding.encode()),)
    return (
        *said,
        *coded_in,
        (b"content-length", str(length).encode()),
        (b"etag", own_tag(tag_of_variant(prepared.etag, coding)).encode()),
        (b"im", MANIPULATION.encode()),
        (b"delta-base", base.encode("latin-1")),
        (b"cache-control", b"no-store"),
        (b"vary", b"Accept-Encoding, A-IM, If-None-Match"),
        (b"access-control-expose-headers", b"ETag, Last-Modified, Link, IM, Delta-Base"),
    )


def _base(history: History, if_none_match: str) -> tuple[str, str] | None:
    """Find a state that the reader has: its entity tag as the reader has it, and as ours."""
    tags = zip(range(_MOST_TAGS), named_tags(if_none_match), strict=False)
    known = (tag for _, tag in tags if tag[1] in history.since and is_own(*tag))
    # Of several, the one after which the least is new.
    return min(known, key=lambda tag: history.since[tag[1]].bit_count(), default=None)


@cache
def _divide() -> Mapping[str, Callable[[bytes], Divided]]:
    return {form.media_type: form.divide for form in feed_formats()}
