"""What is told of a log: per feed, per reader, and in all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from feeds.access.counting import Cell, Counts, Feed
from feeds.access.days import usual_and_most
from feeds.access.intervals import Intervals
from feeds.http.readers import is_known
from feeds.model import Polls, sum_of_polls

Believed = Mapping[str, Mapping[str, int]]


class Subscribers(NamedTuple):
    """How many subscribers there are: not less than `low`, and hardly more than `high`.

    `counted` are clients on the median day that are readers of one person, `most` those on the
    day when they are most, with all programs that fetch; `services` are those that are known to
    fetch for others, and `claimed` for how many all say who do, as far as that is believed. A
    service that is known has one subscriber at least, so `low` is what nobody can make more by
    saying so, and `high` what there is if all that is believed is true.
    """

    low: int
    high: int
    counted: int
    most: int
    services: int
    claimed: int


class Row(NamedTuple):
    """What is told of a feed, a reader, or a reader of a feed.

    `interval` is the median of seconds between two polls of one client on a day; None where none
    polled twice.
    """

    name: str
    polls: Polls
    errors: int
    interval: int | None
    subscribers: Subscribers


class Doubt(NamedTuple):
    """A claim of subscribers of a feed that is not believed: the highest one of a reader."""

    feed: str
    reader: str
    subscribers: int


@dataclass(frozen=True, slots=True)
class Readership:
    """All that is told of a log, which has polls from `since` to `until`.

    `feeds` are ordered by polls, `readers` by subscribers, and `readers_of` has those of each
    feed.
    """

    since: datetime | None
    until: datetime | None
    all: Row
    feeds: Sequence[Row]
    readers: Sequence[Row]
    readers_of: Mapping[str, Sequence[Row]]
    unbelieved: Sequence[Doubt]


def tell(counts: Counts) -> Readership:
    """Tell what was counted."""
    believed = {path: feed.claims.believed(counts.hours) for path, feed in counts.feeds.items()}
    doubts = [
        Doubt(path, reader, claim)
        for path, feed in counts.feeds.items()
        for reader, claim in feed.claims.unbelieved(believed[path]).items()
    ]
    readers = _readers(counts, believed)
    return Readership(
        since=_instant(counts.first),
        until=_instant(counts.last),
        all=_all(counts, readers),
        feeds=sorted((_feed(counts, path, believed) for path in counts.feeds), key=_by_polls),
        readers=sorted(readers, key=_by_subscribers),
        readers_of={
            path: sorted(_readers_of(counts, path, believed), key=_by_polls)
            for path in counts.feeds
        },
        unbelieved=sorted(doubts, key=lambda doubt: (-doubt.subscribers, doubt)),
    )


def _instant(moment: int | None) -> datetime | None:
    return None if moment is None else datetime.fromtimestamp(moment, UTC)


def _by_polls(row: Row) -> tuple[int, str]:
    return -row.polls.all, row.name


def _by_subscribers(row: Row) -> tuple[int, int, str]:
    return -row.subscribers.high, -row.polls.all, row.name


def _all(counts: Counts, readers: Sequence[Row]) -> Row:
    """Add all up; a client that polls several feeds is one."""
    cells = [(cell, feed) for feed in counts.feeds.values() for cell in feed.cells.values()]
    row = _row("", cells)
    people = _people(counts, {name: days.counts() for name, days in counts.readers.items()})
    services = sum(each.subscribers.services for each in readers)
    claimed = sum(each.subscribers.claimed for each in readers)
    return row._replace(errors=counts.errors, subscribers=_range_of(people, services, claimed))


def _feed(counts: Counts, path: str, believed: Believed) -> Row:
    feed = counts.feeds[path]
    row = _row(path, [(cell, feed) for cell in feed.cells.values()])
    days = {reader: cell.clients.counts() for reader, cell in feed.cells.items()}
    told = [_claimed(reader, [believed[path].get(reader, 0)]) for reader in feed.cells]
    services, claimed = (sum(numbers) for numbers in zip(*told, strict=True))
    return row._replace(subscribers=_range_of(_people(counts, days), services, claimed))


def _readers_of(counts: Counts, path: str, believed: Believed) -> Iterable[Row]:
    feed = counts.feeds[path]
    for reader, cell in feed.cells.items():
        days, claims = cell.clients.counts(), [believed[path].get(reader, 0)]
        subscribers = _subscribers(counts, reader, days, claims)
        yield _row(reader, [(cell, feed)])._replace(subscribers=subscribers)


def _readers(counts: Counts, believed: Believed) -> list[Row]:
    cells: dict[str, list[tuple[Cell, Feed]]] = defaultdict(list)
    claims: dict[str, list[int]] = defaultdict(list)
    for path, feed in counts.feeds.items():
        for reader, cell in feed.cells.items():
            cells[reader].append((cell, feed))
            claims[reader].append(believed[path].get(reader, 0))
    return [
        _row(reader, known)._replace(
            subscribers=_subscribers(
                counts,
                reader,
                counts.readers[reader].counts() if reader in counts.readers else {},
                claims[reader],
            )
        )
        for reader, known in cells.items()
    ]


def _subscribers(
    counts: Counts, reader: str, days: Mapping[int, int], claims: Sequence[int]
) -> Subscribers:
    """Tell of one reader: its clients, or what it claims of each feed."""
    return _range_of(_people(counts, {reader: days}), *_claimed(reader, claims))


def _claimed(reader: str, claims: Sequence[int]) -> tuple[int, int]:
    """Tell whether a reader is known to fetch for others, and for how many it is believed to."""
    known = is_known(reader)
    return int(known), sum(max(int(known), claim) for claim in claims)


def _range_of(people: tuple[int, int], services: int, claimed: int) -> Subscribers:
    counted, most = people
    low, high = counted + services, most + claimed
    return Subscribers(low, max(low, high), counted, most, services, claimed)


def _people(counts: Counts, days: Mapping[str, Mapping[int, int]]) -> tuple[int, int]:
    """Give clients that are readers on the median day, and all on the day when these are most."""
    persons = [count for reader, count in days.items() if counts.kinds.get(reader) == "person"]
    return (
        usual_and_most(counts.days, persons)[0],
        usual_and_most(counts.days, days.values())[1],
    )


def _row(name: str, cells: Sequence[tuple[Cell, Feed]]) -> Row:
    intervals = Intervals()
    for cell, _ in cells:
        intervals.update(cell.intervals)
    return Row(
        name,
        sum_of_polls(cell.polls(cell.size or feed.size) for cell, feed in cells),
        sum(cell.errors for cell, _ in cells),
        intervals.median(),
        _range_of((0, 0), 0, 0),
    )
