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
    new, moved = _compared(entries_before, entries)
    known = history.since if history and history.etag == etag_before else {}
    everything = (1 << len(entries)) - 1
    since: dict[str, int] = {}
    for state, fresh_before in (*known.items(), (etag_before, 0)):
        fresh = new
        for by, places in moved.items():
            stayed = fresh_before & places
            fresh |= stayed << by if by > 0 else stayed >> -by
        if fresh != everything and state != etag:
            since[state] = fresh
    return History(etag, dict(list(since.items())[-MOST_STATES:]))


def _compared(before: Sequence[bytes], after: Sequence[bytes]) -> tuple[int, dict[int, int]]:
    """Give the places of entries that are new, and by how far others moved their places before.

    Places are bits. Most entries move as far as those beside them.
    """
    places = {entry: place for place, entry in enumerate(before)}
    new, moved = 0, dict[int, int]()
    for place, entry in enumerate(after):
        place_before = places.get(entry)
        if place_before is None:
            new |= 1 << place
        else:
            by = place - place_before
            moved[by] = moved.get(by, 0) | 1 << place_before
    return new, moved


def fresh_entries(entries: Sequence[bytes], fresh: int) -> Iterator[bytes]:
    """Give those entries whose bits are set."""
    for place, entry in enumerate(entries):
        if fresh >> place & 1:
            yield entry
