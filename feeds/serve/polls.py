"""What was counted of polls, by hours: how feeds were polled, and for whom that is claimed."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from feeds.http.readers import believed, moved, reader_of
from feeds.model import HourOfPolls, PollHistory, Polls, sum_of_polls
from feeds.serve.sheets import Sheets
from feeds.serve.tally import Poll, Round

HOURS = 48
"""For how many hours counts are kept, the present one included."""

MOST_READERS = 32
"""Of how many that claim subscribers of a feed a process keeps the claims of an hour."""

MOST_CLAIMS = 20_000
"""How many claims of an hour a process keeps in all."""

_FOLDER = "polls"
_HOUR = "%Y-%m-%dT%H"


class PollWriter:
    """Adds up what one process answers, and writes it below a `state` directory that there is.

    `name` tells its sheets from those of any other process, also of one before it.
    """

    def __init__(self, state: Path, name: str) -> None:
        self._sheets = Sheets(state, _FOLDER)
        self._name = name
        self._hour: datetime | None = None
        self._counts = HourOfPolls({}, {})
        self._is_written = True

    def add(self, taken: Round, now: datetime) -> None:
        """Add what was noted lately, as of this hour, and write the hour anew."""
        hour = _hour_of(now)
        if hour != self._hour:
            self._hour, self._counts = hour, HourOfPolls({}, {})
            self._sheets.drop(_is_old(now))
        if _add(self._counts, taken):
            self._is_written = False
        if not self._is_written:
            rows = _rows(self._counts)
            self._is_written = self._sheets.write(f"{hour:{_HOUR}}", self._name, rows)


def read_polls(state: Path, now: datetime) -> PollHistory:
    """Add up what all processes have written of the last `HOURS` hours."""
    hours = {f"{hour:{_HOUR}}": HourOfPolls({}, {}) for hour in _hours(now)}
    for hour, rows in Sheets(state, _FOLDER).read(hours.__contains__):
        for path, polls, claims in _read(rows):
            _merge(hours[hour], path, polls, claims)
    claimed, by_hour = _claims(counts.claims for counts in hours.values())
    subscribers = {path: sum(of_path.values()) for path, of_path in claimed.items()}
    feeds = tuple(counts.feeds for counts in hours.values())
    return PollHistory(_hours(now)[0], feeds, subscribers, by_hour, claimed)


def polls_of(poll: Poll, times: int) -> Polls:
    """Count an answer as polls, so many times."""
    is_unchanged = poll.status == 304  # noqa: PLR2004 - RFC 9110
    sent, unchanged = (0, times) if is_unchanged else (times, 0)
    return Polls(sent, unchanged, times * poll.sent, times * poll.saved)


def _hour_of(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _hours(now: datetime) -> list[datetime]:
    """Give the hours of which counts are kept, the present one last."""
    return [_hour_of(now) - timedelta(hours=ago) for ago in reversed(range(HOURS))]


def _is_old(now: datetime) -> Callable[[str, float], bool]:
    kept = {f"{hour:{_HOUR}}" for hour in [*_hours(now), _hour_of(now) + timedelta(hours=1)]}
    return lambda hour, _written: hour not in kept


def _add(counts: HourOfPolls, taken: Round) -> bool:
    """Add what was noted of feeds, and say whether there was anything."""
    claims: dict[tuple[str, str], int] = {}
    is_any = False
    for noted, times in taken.answers.items():
        path = noted.poll.path
        if path:
            is_any = True
            _merge(counts, path, polls_of(noted.poll, times), {})
            reader = reader_of(noted.agent)
            if reader.subscribers is not None:
                claims[path, reader.claimant] = reader.subscribers
    room = MOST_CLAIMS - sum(map(len, counts.claims.values()))
    for (path, claimant), subscribers in claims.items():
        known = counts.claims.setdefault(path, {})
        is_new = claimant not in known
        if not is_new or (room > 0 and len(known) < MOST_READERS):
            known[claimant] = subscribers
            room -= is_new
    return is_any


def _merge(counts: HourOfPolls, path: str, polls: Polls, claims: Mapping[str, int]) -> None:
    known = counts.feeds.get(path)
    counts.feeds[path] = sum_of_polls([known, polls]) if known else polls
    if claims:
        of_feed = counts.claims.setdefault(path, {})
        for reader, claim in claims.items():
            of_feed[reader] = max(claim, of_feed.get(reader, 0))


def _rows(counts: HourOfPolls) -> Iterator[object]:
    """Write a row for each feed: its path, its four counts, and claims by reader."""
    for path, polls in counts.feeds.items():
        numbers = (polls.sent, polls.unchanged, polls.sent_bytes, polls.saved_bytes)
        yield path, numbers, counts.claims.get(path, {})


def _read(rows: Iterator[Any]) -> Iterator[tuple[str, Polls, dict[str, int]]]:
    """Read what `_rows` has written, up to where it is that."""
    with suppress(ValueError, TypeError):
        for path, numbers, claims in rows:
            sent, unchanged, sent_bytes, saved_bytes = map(int, numbers)
            read = {str(reader): int(claim) for reader, claim in dict(claims).items()}
            yield str(path), Polls(sent, unchanged, sent_bytes, saved_bytes), read


def _claims(
    hours: Iterable[Mapping[str, Mapping[str, int]]],
) -> tuple[dict[str, dict[str, int]], tuple[int, ...]]:
    """Count subscribers by path and who claims them, and those of all when each hour was over."""
    counts: dict[str, dict[str, int]] = {}
    by_hour: list[int] = []
    for hour in hours:
        for path, claims in hour.items():
            of_path = counts.setdefault(path, {})
            for reader, claim in claims.items():
                of_path[reader] = moved(of_path.get(reader, 0), claim)
        by_hour.append(sum(sum(believed(of_path).values()) for of_path in counts.values()))
    return {path: believed(of_path) for path, of_path in counts.items()}, tuple(by_hour)
