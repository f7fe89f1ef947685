"""What is new in a feed since each of its past states, from what it was and what it becomes."""

from collections.abc import Iterator, Sequence

from feeds.model import History

MOST_STATES = 24
"""More past states than this are not kept: who comes back later is sent the whole feed."""


def continued(
    history: History | None,
    before: tuple[str, Sequence[bytes]],
    after: tuple[str, Sequence[bytes]],
) -> History:
    """Continue a history over a change of the feed, from one entity tag and entries to others.

    A history that does not lead to the state before counts for nothing. States since which
    every entry is new are left out: the whole feed says as much.
    """
    (etag_before, entries_before), (etag, entries) = before, after
    places = {entry: place for place, entry in enumerate(entries_before)}
    known = history.since if history and history.etag == etag_before else {}
    everything = (1 << len(entries)) - 1
    since: dict[str, int] = {}
    for state, fresh_before in (*known.items(), (etag_before, 0)):
        fresh = 0
        for place, entry in enumerate(entries):
            place_before = places.get(entry)
            if place_before is None or fresh_before >> place_before & 1:
                fresh |= 1 << place
        if fresh != everything and state != etag:
            since[state] = fresh
    return History(etag, dict(list(since.items())[-MOST_STATES:]))


def fresh_entries(entries: Sequence[bytes], fresh: int) -> Iterator[bytes]:
    """Give those entries whose bits are set."""
    for place, entry in enumerate(entries):
        if fresh >> place & 1:
            yield entry
