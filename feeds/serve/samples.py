"""How measures are read from a status."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from feeds.model import Contained, RefreshRecord, Run, Status, Told

Samples = Mapping[tuple[str, ...], float]
"""A value for each of some values of labels."""

Read = Callable[[Status], Samples]
"""Gives the samples of a measure."""


def of_answers(value: str, *labels: str, of: str = "kind") -> Read:
    """Add up a field of what was answered by other fields, of what has something in one."""

    def read(status: Status) -> Samples:
        found: Counter[tuple[str, ...]] = Counter()
        for count in status.run.answers if status.run else ():
            if getattr(count, of):
                key = tuple(str(getattr(count, label)) for label in labels)
                found[key] += getattr(count, value)
        return found

    return read


def of_run(read: Callable[[Run], Samples]) -> Read:
    """Read what the server has done since its start, where that is known."""
    return lambda status: read(status.run) if status.run else {}


def of_refresh(read: Callable[[RefreshRecord], Samples]) -> Read:
    """Read how the last refresh ended, where that is known."""
    return lambda status: read(status.refresh) if status.refresh else {}


def of_contents(read: Callable[[Contained], Samples]) -> Read:
    """Read how much is published, where that is known."""
    return lambda status: read(status.contents) if status.contents else {}


def of_push(read: Callable[[Told], float]) -> Read:
    """Read how each stands who is told of changes, where anybody is."""
    return lambda status: by(
        {each.name: read(each) for each in status.push.each} if status.push else {}
    )


def by(numbers: Mapping[str, float]) -> Samples:
    """Give a value for each value of the one label."""
    return {(name,): number for name, number in numbers.items()}


def one(number: float) -> Samples:
    """Give a value that has no labels."""
    return {(): number}


def at(moment: datetime | None) -> Samples:
    """Give an instant in seconds since 1970; no value where there is none."""
    return {} if moment is None else one(moment.timestamp())


def durations(run: Run) -> Samples:
    """Count refreshes by how long they took."""
    refreshes = run.refreshes
    in_all = {"+Inf": sum(refreshes.ended.values()), "sum": refreshes.seconds}
    return by({**refreshes.within, **in_all})


def channels(status: Status) -> Samples:
    """Count feeds, where that is known."""
    return {} if status.problem else one(len(status.feeds))


def newest(status: Status) -> Samples:
    """Give when any feed last changed."""
    return at(max((feed.updated for feed in status.feeds if feed.updated), default=None))


def findings(status: Status) -> Samples:
    """Count findings."""
    return {(group.severity, group.code): group.number for group in status.findings}


def subscribers(status: Status) -> Samples:
    """Count subscribers."""
    return by(
        {
            "low": sum(feed.low for feed in status.feeds),
            "high": sum(feed.high for feed in status.feeds),
        }
    )
