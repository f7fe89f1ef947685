"""What is told of readers, from what was counted of their visits and what they claim."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import NamedTuple

from feeds.http.clients import Sample, subscribers_of, sum_of_samples
from feeds.http.readers import Kind, name_of
from feeds.model import Polls, ReaderStatus, sum_of_polls


class Visit(NamedTuple):
    """How clients of a reader polled a path in a `period`, in all of which digests have one key."""

    period: str
    path: str
    reader: str
    kind: Kind
    polls: Polls
    sample: Sample


Claims = Mapping[str, Mapping[str, int]]
"""How many subscribers count of what is claimed, by paths and by who claims."""


def readers_of(visits: Iterable[Visit], claims: Claims) -> tuple[ReaderStatus, ...]:
    """Tell of each reader, those first that poll most, in what its clients were seen to do.

    Subscribers are added up over paths, since who subscribes to two feeds does so twice.
    """
    by_reader: dict[str, list[Visit]] = {}
    for visit in visits:
        by_reader.setdefault(visit.reader, []).append(visit)
    found = [_reader(name, of_reader, claims) for name, of_reader in by_reader.items()]
    return tuple(sorted(found, key=lambda reader: (-reader.polls.all, reader.name)))


def _reader(name: str, visits: Sequence[Visit], claims: Claims) -> ReaderStatus:
    kind = _kind(visits)
    claimed = low = high = 0
    for path in {visit.path for visit in visits}:
        clients = _clients(visit for visit in visits if visit.path == path)
        claim = _claimed(name, claims.get(path, {}))
        between = subscribers_of(name, kind, clients, claim)
        claimed, low, high = claimed + claim, low + between.low, high + between.high
    intervals = [interval for visit in _by_path(visits) for interval in visit.intervals()]
    return ReaderStatus(
        name=name,
        kind=kind,
        polls=sum_of_polls(visit.polls for visit in visits),
        clients=_clients(visits),
        interval=round(median(intervals), 1) if intervals else None,
        claimed=claimed,
        low=low,
        high=high,
    )


def _kind(visits: Sequence[Visit]) -> Kind:
    """Give the kind of a reader: of a service, if it ever claimed anything."""
    kinds = {visit.kind for visit in visits}
    return "service" if "service" in kinds else min(kinds)


def _clients(visits: Iterable[Visit]) -> int:
    """Count clients of the period in which there were most, whatever they asked for."""
    samples: dict[str, list[Sample]] = {}
    for visit in visits:
        samples.setdefault(visit.period, []).append(visit.sample)
    return max((sum_of_samples(each).count() for each in samples.values()), default=0)


def _by_path(visits: Iterable[Visit]) -> list[Sample]:
    """Give the samples of each period and path, as all processes saw them together."""
    samples: dict[tuple[str, str], list[Sample]] = {}
    for visit in visits:
        samples.setdefault((visit.period, visit.path), []).append(visit.sample)
    return [sum_of_samples(each) for each in samples.values()]


def _claimed(name: str, claims: Mapping[str, int]) -> int:
    """Add up what counts of a reader's claims of one path."""
    return sum(count for claimant, count in claims.items() if name_of(claimant) == name)
