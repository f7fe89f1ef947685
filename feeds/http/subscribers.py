"""For how many people a feed is fetched, as those say who fetch it for many.

There is no standard for that: aggregators say it in User-Agent, each in its own way, and so may
anybody. A claim is a claim, and none is worth more than a bound.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

SIGN = b"ubscriber"
"""What a User-Agent field has that claims subscribers, whatever else it says."""

MOST_MORE = 1_000
"""By how many subscribers the claims of one hour move what counts of a reader, at most."""

_LONGEST = 400
_MOST_NAME = 40

# `24 subscribers`, `1 subscriber`, `1,204 subscribers`; `Subscriber Count: 24`.
_NUMBER = re.compile(
    r"(?<![\d,.])(?P<before>\d{1,3}(?:,\d{3}){1,2}|\d{1,9}) subscribers?\b"
    r"|\bsubscribers?(?: count)?: ?(?P<after>\d{1,9})\b",
    re.IGNORECASE | re.ASCII,
)
_FEED = re.compile(r"\bfeed-?id[:=] ?([0-9a-z]{1,40})", re.IGNORECASE | re.ASCII)

# A browser that it says it is compatible with comes first, for reasons that were good in 1996.
_NAME = re.compile(
    r"(?:Mozilla[/ ][\d.]+ \(compatible; )?+([A-Za-z][A-Za-z\d. -]*?)"
    r"(?=[/;:(),]| - | feed-?id| feed ?fetcher| page fetcher| v?\d|$)",
    re.IGNORECASE | re.ASCII,
)


class Claim(NamedTuple):
    """That somebody fetches a feed for so many; what he calls himself, and the feed if he does."""

    reader: str
    subscribers: int


def claiming_agent(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Give the User-Agent field if it may claim subscribers, and else nothing."""
    agents = (value for name, value in headers if name.lower() == b"user-agent")
    return next((agent for agent in agents if SIGN in agent), b"")


def claimed(user_agent: bytes) -> Claim | None:
    """Read what a User-Agent field claims; None where it claims nothing, or nobody does."""
    text = user_agent[:_LONGEST].decode("latin-1")
    number, name = _NUMBER.search(text), _NAME.match(text)
    if number is None or name is None:
        return None
    feed = _FEED.search(text)
    reader = name[1].strip()[:_MOST_NAME]
    digits = (number["before"] or number["after"]).replace(",", "")
    return Claim(f"{reader} {feed[1]}" if feed else reader, int(digits))


def moved(count: int, claim: int) -> int:
    """Tell how many subscribers count of a reader after the claim of another hour.

    It moves the count towards what it says, by `MOST_MORE` at most, so that one who says a
    million once adds a thousand, until the reader itself asks again.
    """
    return count + max(-MOST_MORE, min(claim - count, MOST_MORE))
