"""What is still to be told to whom, and when it is tried again: plain values, and no clock."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct, field, json

from feeds.model import Told
from feeds.push.replies import Reply

# Seconds until the first further try, and between any two at most.
_LEAST, _MOST = 5.0, 3_600.0
# Beyond this, doubling makes no difference any more.
_DOUBLINGS = 12
_GIVEN_UP_AFTER = timedelta(days=1)
_MOST_REFUSALS = 3
_LONGEST_PROBLEM = 300


class Waiting(Struct):
    """A change that is to be told of a path, `since` when, and how often that was refused."""

    since: datetime
    refusals: int = 0
    not_before: datetime | None = None


class Addressee(Struct):
    """Somebody who is told of changes: a hub, or what purges; see `Told` for what is counted.

    Until `not_before` nothing is tried, whatever is waiting by its path.
    """

    waiting: dict[str, Waiting] = field(default_factory=dict)
    sent: int = 0
    failed: int = 0
    given_up: int = 0
    failures: int = 0
    not_before: datetime | None = None
    last_success: datetime | None = None
    last_failure: datetime | None = None
    last_problem: str = ""

    def put(self, paths: Iterable[str], now: datetime) -> None:
        """Have a change of each path be told; what waits already is once there, and new again."""
        self.waiting.update((path, Waiting(now)) for path in paths)

    def due(self, now: datetime) -> dict[str, Waiting]:
        """Give the changes that may be told now, by their paths, what waits longest first."""
        if not _has_come(self.not_before, now):
            return {}
        found = [item for item in self.waiting.items() if _has_come(item[1].not_before, now)]
        return dict(sorted(found, key=lambda item: (item[1].since, item[0])))

    def hurry(self) -> None:
        """Have everything that waits be tried at once."""
        self.not_before = None
        for each in self.waiting.values():
            each.not_before = None

    def succeed(self, told: Mapping[str, Waiting], now: datetime) -> None:
        """Note that changes have been told; of what has changed again meanwhile that is not so."""
        for path, each in told.items():
            if self.waiting.get(path) is each:
                del self.waiting[path]
            self.sent += 1
        self.failures, self.not_before, self.last_success = 0, None, now

    def refuse(self, path: str, reply: Reply, now: datetime, chance: float) -> list[str]:
        """Note that a change of a path is not wanted; give the path where it is given up."""
        self._note(reply, now)
        each = self.waiting.get(path)
        if each is None:
            return []
        each.refusals += 1
        if each.refusals >= _MOST_REFUSALS:
            return self._give_up([path])
        each.not_before = now + _pause(each.refusals, reply, chance)
        return []

    def fail(self, reply: Reply, now: datetime, chance: float) -> list[str]:
        """Note that nothing can be told for now; give the paths that are given up.

        `chance` is from 0 to 1, so that those who failed together do not come together again.
        """
        self._note(reply, now)
        self.failures += 1
        self.not_before = now + _pause(self.failures, reply, chance)
        if reply.is_refusal and self.failures >= _MOST_REFUSALS:
            self.failures, self.not_before = 0, None
            return self._give_up(list(self.waiting))
        old = [path for path, each in self.waiting.items() if now - each.since > _GIVEN_UP_AFTER]
        return self._give_up(old)

    def told(self, name: str) -> Told:
        """Give how it stands, under a name."""
        return Told(
            name=name,
            waiting=len(self.waiting),
            sent=self.sent,
            failed=self.failed,
            given_up=self.given_up,
            failures=self.failures,
            not_before=self.not_before,
            last_success=self.last_success,
            last_failure=self.last_failure,
            last_problem=self.last_problem,
        )

    def _note(self, reply: Reply, now: datetime) -> None:
        self.failed += 1
        self.last_failure, self.last_problem = now, reply.problem[:_LONGEST_PROBLEM]

    def _give_up(self, paths: list[str]) -> list[str]:
        for path in paths:
            del self.waiting[path]
        self.given_up += len(paths)
        return paths


class Queue(Struct):
    """All that is still to be told: to hubs by their URLs, and to what purges, where that is."""

    hubs: dict[str, Addressee] = field(default_factory=dict)
    purge: Addressee | None = None

    def address(self, hubs: Iterable[str], *, purges: bool) -> bool:
        """Have exactly these be told from now on, and say whether others were until now.

        Whoever is new begins with nothing: of what was published before, it has been told
        nothing, and need not be.
        """
        named = {hub: self.hubs.get(hub) or Addressee() for hub in hubs}
        is_other = named.keys() != self.hubs.keys() or purges != (self.purge is not None)
        self.hubs = named
        self.purge = (self.purge or Addressee()) if purges else None
        return is_other

    def addressees(self) -> list[tuple[str, Addressee]]:
        """Give all that are told, by their names."""
        purge = [] if self.purge is None else [("purge", self.purge)]
        return [*purge, *self.hubs.items()]


def dump_queue(queue: Queue) -> bytes:
    """Write a queue as JSON."""
    return json.format(json.encode(queue), indent=1)


def load_queue(data: bytes) -> Queue:
    """Read what `dump_queue` wrote. Raises ValueError on anything else."""
    return json.decode(data, type=Queue)


def _has_come(moment: datetime | None, now: datetime) -> bool:
    """Whether a moment is over, or so far ahead that the clock must have been set back."""
    return moment is None or not now < moment <= now + timedelta(seconds=_MOST)


def _pause(failures: int, reply: Reply, chance: float) -> timedelta:
    """Give how long to wait: any time up to one that doubles, unless more is asked for."""
    longest = min(_MOST, _LEAST * 2 ** min(failures, _DOUBLINGS))
    seconds = _LEAST + chance * (longest - _LEAST)
    return timedelta(seconds=min(_MOST, max(seconds, reply.retry_after)))
