"""What was counted of polls, in files of a state directory: one for each hour and process.

A process writes its file anew each time, in one step, and nobody else does; a reader adds all of
them up. What goes wrong costs counts and nothing else.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from feeds.http.readers import moved, reader_of
from feeds.model import HourOfPolls, PollHistory, Polls, sum_of_polls
from feeds.serve.tally import Poll, Round

HOURS = 48
"""For how many hours counts are kept, the present one included."""

MOST_READERS = 32
"""Of how many that claim subscribers of a feed a process keeps the claims of an hour."""

MOST_CLAIMS = 20_000
"""How many claims of an hour a process keeps in all."""

_FOLDER = "polls"
_HOUR = "%Y-%m-%dT%H"
_DONE, _UNDONE = ".jsonl", ".part"


class PollWriter:
    """Adds up what one process answers, and writes it below a `state` directory that there is.

    `name` tells its files from those of any other process, also of one before it.
    """

    def __init__(self, state: Path, name: str) -> None:
        self._folder = state / _FOLDER
        self._name = name
        self._hour: datetime | None = None
        self._counts = HourOfPolls({}, {})
        self._is_written = True

    def add(self, taken: Round, now: datetime) -> None:
        """Add what was noted lately, as of this hour, and write the hour anew."""
        hour = _hour_of(now)
        if hour != self._hour:
            self._hour, self._counts = hour, HourOfPolls({}, {})
            self._drop_old(now)
        if taken.answers:
            _add(self._counts, taken)
            self._is_written = False
        if not self._is_written:
            with suppress(OSError):
                self._write(f"{hour:{_HOUR}}.{self._name}")
                self._is_written = True

    def _write(self, name: str) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        undone = self._folder / f"{name}{_UNDONE}"
        with undone.open("w", encoding="utf-8") as file:
            # Line by line, so that those who ask meanwhile have their turn.
            file.writelines(_lines(self._counts))
        undone.replace(self._folder / f"{name}{_DONE}")

    def _drop_old(self, now: datetime) -> None:
        kept = {f"{hour:{_HOUR}}" for hour in [*_hours(now), _hour_of(now) + timedelta(hours=1)]}
        with suppress(OSError):
            for file in self._folder.iterdir():
                if file.name.partition(".")[0] not in kept:
                    file.unlink(missing_ok=True)


def read_polls(state: Path, now: datetime) -> PollHistory:
    """Add up what all processes have written of the last `HOURS` hours."""
    hours = {f"{hour:{_HOUR}}": HourOfPolls({}, {}) for hour in _hours(now)}
    files: list[Path] = []
    with suppress(OSError):
        files = sorted((state / _FOLDER).glob(f"*{_DONE}"))
    for file in files:
        if (counts := hours.get(file.name.partition(".")[0])) is not None:
            for path, polls, claims in _read(file):
                _merge(counts, path, polls, claims)
    subscribers, by_hour = _subscribers(counts.claims for counts in hours.values())
    feeds = tuple(counts.feeds for counts in hours.values())
    return PollHistory(_hours(now)[0], feeds, subscribers, by_hour)


def _hour_of(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _hours(now: datetime) -> list[datetime]:
    """Give the hours of which counts are kept, the present one last."""
    return [_hour_of(now) - timedelta(hours=ago) for ago in reversed(range(HOURS))]


def _add(counts: HourOfPolls, taken: Round) -> None:
    for poll, times in taken.answers.items():
        _merge(counts, poll.path, _polls(poll, times), {})
    room = MOST_CLAIMS - sum(map(len, counts.claims.values()))
    for path, agent in taken.claims:
        reader = reader_of(agent)
        if reader.subscribers is not None:
            known = counts.claims.setdefault(path, {})
            is_new = reader.claimant not in known
            if not is_new or (room > 0 and len(known) < MOST_READERS):
                known[reader.claimant] = reader.subscribers
                room -= is_new


def _polls(poll: Poll, times: int) -> Polls:
    is_unchanged = poll.status == 304  # noqa: PLR2004 - RFC 9110
    sent, unchanged = (0, times) if is_unchanged else (times, 0)
    return Polls(sent, unchanged, times * poll.sent, times * poll.saved)


def _merge(counts: HourOfPolls, path: str, polls: Polls, claims: Mapping[str, int]) -> None:
    known = counts.feeds.get(path)
    counts.feeds[path] = sum_of_polls([known, polls]) if known else polls
    if claims:
        of_feed = counts.claims.setdefault(path, {})
        for reader, claim in claims.items():
            of_feed[reader] = max(claim, of_feed.get(reader, 0))


def _lines(counts: HourOfPolls) -> Iterator[str]:
    """Write a line for each feed: its path, its four counts, and claims by reader."""
    for path, polls in counts.feeds.items():
        numbers = (polls.sent, polls.unchanged, polls.sent_bytes, polls.saved_bytes)
        yield json.dumps([path, numbers, counts.claims.get(path, {})]) + "\n"


def _read(file: Path) -> Iterator[tuple[str, Polls, dict[str, int]]]:
    """Read what `_lines` has written, up to where it is that."""
    with suppress(OSError, ValueError, TypeError), file.open(encoding="utf-8") as lines:
        for line in lines:
            path, numbers, claims = json.loads(line)
            sent, unchanged, sent_bytes, saved_bytes = map(int, numbers)
            read = {str(reader): int(claim) for reader, claim in dict(claims).items()}
            yield str(path), Polls(sent, unchanged, sent_bytes, saved_bytes), read


def _subscribers(
    hours: Iterable[Mapping[str, Mapping[str, int]]],
) -> tuple[dict[str, int], tuple[int, ...]]:
    """Count subscribers by path, and those of all paths when each hour was over."""
    counts: dict[tuple[str, str], int] = {}
    by_hour: list[int] = []
    for hour in hours:
        for path, claims in hour.items():
            for reader, claim in claims.items():
                counts[path, reader] = moved(counts.get((path, reader), 0), claim)
        by_hour.append(sum(counts.values()))
    by_path: dict[str, int] = {}
    for (path, _), count in counts.items():
        by_path[path] = by_path.get(path, 0) + count
    return by_path, tuple(by_hour)
