"""Any bytes as the fields of a request that decide over its answer."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import test_http_coding
import test_http_conditional
import test_http_delta
from fuzz.kept import text_of, tried_in

from feeds.http.coding import CODINGS, IDENTITY, accepted_codings
from feeds.http.conditional import has_tag, is_not_modified, named_tags
from feeds.http.delta import takes_delta
from feeds.http.weights import weights

LONGEST = 300
ETAG = '"a1"'
MODIFIED = datetime(2026, 10, 9, 8, 7, 6, tzinfo=UTC)
WORDS = [
    *CODINGS, IDENTITY, ";q=", "0.5", "1.000", "0", "*", ", ", "W/", ETAG, '"a1-gzip"', '"a1;br"',
    '"a1--gzip"', '"a1-im"', "feed", "via", "rss2email/", "Fri, 09 Oct 2026 08:07:06 GMT", "\t",
]  # fmt: skip


def seeds() -> Iterable[bytes]:
    """Give fields of all kinds."""
    yield from tried_in(test_http_coding)
    yield from tried_in(test_http_conditional)
    yield from tried_in(test_http_delta)
    yield b"br;q=0.5, gzip;q=0.7, *;q=0, identity"
    yield b'W/"a1", "a1-gzip" ,, "b"'
    yield b"feed, vcdiff;q=0.3"
    yield b"Fri, 09 Oct 2026 08:07:06 GMT"
    yield b'"a1"\nbr\nfeed'


def check(data: bytes) -> None:
    """See that codings, tags and deltas are what a slow reading of the field says."""
    held_codings(data)
    field = data.decode("latin-1")
    tags = slowly(field.strip(" \t"))
    assert [tag for tag, _ in named_tags(field)] == (tags or [])
    assert all(plain.endswith('"') for _, plain in named_tags(field))
    known = {
        tag
        for tag in tags or []
        if re.match(r'"a1(?:(?:--?|;)(?:gzip|br|zstd|deflate|im))*"$', tag)
    }
    assert has_tag(field, ETAG) == (bool(known) or field.strip(" \t") == "*")
    for since in (field, None):
        for tag in (field, None):
            is_same = is_not_modified(
                if_none_match=tag, if_modified_since=since, etag=ETAG, last_modified=MODIFIED
            )
            assert tag is None or is_same == has_tag(field, ETAG)
    given = weights(data)
    asked = bool(given and given.get("feed"))
    assert takes_delta([(b"a-im", data)]) == asked
    assert not takes_delta([(b"a-im", data), (b"via", b"1.1 x")])
    assert text_of(data).encode("utf-8", "surrogateescape") == data


def held_codings(data: bytes) -> None:
    """See that codings are those which are not refused, the best first, in any division."""
    accepted = accepted_codings([data])
    assert len(set(accepted)) == len(accepted)
    assert set(accepted) <= {*CODINGS, IDENTITY}
    given = weights(data, {"x-gzip": "gzip"})
    if given is None:
        assert accepted == (IDENTITY,)
        return
    others = given.get("*", 0.0)
    assert {coding for coding in accepted if coding != IDENTITY} == {
        coding for coding in CODINGS if given.get(coding, others)
    }
    assert (IDENTITY in accepted) == (given.get(IDENTITY, given.get("*", 1.0)) > 0)
    place = data.find(b",")
    if place >= 0:
        assert accepted_codings([data[:place], data[place + 1 :]]) == accepted


def slowly(field: str) -> Sequence[str] | None:
    """Read a list of entity tags character by character (RFC 9110, 5.6.1 and 8.8.3)."""
    tags: list[str] = []
    place, may_follow = 0, True
    while place < len(field):
        if field[place] in " \t":
            place += 1
        elif field[place] == ",":
            place, may_follow = place + 1, True
        else:
            place += 2 * field.startswith("W/", place)
            end = field.find('"', place + 1)
            inside = field[place + 1 : end]
            if not may_follow or field[place : place + 1] != '"' or end < 0:
                return None
            if not all(
                character == "!" or "#" <= character <= "~" or character >= "\x80"
                for character in inside
            ):
                return None
            tags.append(field[place : end + 1])
            place, may_follow = end + 1, False
    return tags
