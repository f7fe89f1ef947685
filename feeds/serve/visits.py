"""What was counted of readers, by days: which program polls what, and of how many clients."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from feeds.http.clients import Sample, Visits, client_address, client_digest
from feeds.http.readers import Kind, Reader, reader_of
from feeds.http.visiting import Visit
from feeds.model import Polls, sum_of_polls
from feeds.serve.polls import polls_of
from feeds.serve.salt import DailySalt, Salt
from feeds.serve.sheets import Sheets
from feeds.serve.tally import Noted, Round

MOST_READERS = 32
"""How many readers of a feed a process tells apart in a day."""

MOST_VISITS = 5_000
"""How many readers of all feeds it tells apart, once for each feed."""

# So many of these more have them written a round later, so that to write takes no more time.
_A_ROUND_LATER = 500

OTHERS = Reader("others", "program")
"""As whom readers count that are not told apart."""

_FOLDER = "readers"
_DAYS = 2


class VisitWriter:
    """Adds up whom one process answers, and writes it below a `state` directory that there is.

    `name` is as for `PollWriter`; where a `client_field` is named, that says where a request is
    from. The salt of a day knows clients again, and no address is kept longer than it takes to
    digest it.
    """

    def __init__(self, state: Path, name: str, salts: DailySalt) -> None:
        self._sheets = Sheets(state, _FOLDER)
        self._state = state
        self._name = name
        self._salts = salts
        self._day: date | None = None
        self._salt = Salt(b"", "")
        self._counts: dict[tuple[str, str], Visit] = {}
        self._readers: dict[str, int] = {}
        self._is_written = True
        self._rounds = 0

    def add(
        self, taken: Round, now: datetime, client_field: str = "", *, is_last: bool = True
    ) -> None:
        """Add what was noted lately, as of this day, and write the day anew, or a while later.

        Where there is no directory, nothing is counted. Nothing is put off if this `is_last`.
        """
        with suppress(OSError):
            self._begin(now.astimezone(UTC).date())
            for noted, times in taken.answers.items():
                if noted.poll.kind == "feed" and noted.client:
                    self._add(noted, times, int(now.timestamp()), client_field)
                    self._is_written = False
        self._rounds += 1
        is_time = is_last or self._rounds > len(self._counts) // _A_ROUND_LATER
        if is_time:
            self._rounds = 0
            self._write()

    def _write(self) -> None:
        if not self._is_written:
            rows = map(_row, self._counts.values())
            period = _period(self._day, self._salt)
            self._is_written = self._sheets.write(period, self._name, rows)

    def _begin(self, day: date) -> None:
        if day != self._day:
            self._write()
            salt = self._salts.of(day, self._state)
            self._day, self._salt = day, salt
            self._counts, self._readers = {}, {}
            kept = _kept(day)
            self._sheets.drop(lambda period, _written: _day_of(period) not in kept)

    def _add(self, noted: Noted, times: int, at: int, client_field: str) -> None:
        path, reader = noted.poll.path, self._reader(noted)
        known = self._counts.get((path, reader.name))
        if known is None:
            period = _period(self._day, self._salt)
            known = Visit(period, path, reader.name, reader.kind, Polls(), Sample())
        polls = sum_of_polls((known.polls, polls_of(noted.poll, times)))
        kind = "service" if reader.kind == "service" else known.kind
        self._counts[path, reader.name] = known._replace(polls=polls, kind=kind)
        told = client_address(client_field, noted.client) if client_field else ""
        address = told or noted.client
        # Who claims subscribers says another number each day.
        is_claiming = reader.subscribers is not None
        agent = reader.claimant.encode() if is_claiming else noted.agent
        digest = client_digest(self._salt.key, address, agent)
        known.sample.note(digest, Visits(times, at, at))

    def _reader(self, noted: Noted) -> Reader:
        """Tell who polls, or that it is another, where there are too many already."""
        path, reader = noted.poll.path, reader_of(noted.agent)
        if (path, reader.name) not in self._counts:
            of_path = self._readers.get(path, 0)
            if of_path >= MOST_READERS or len(self._counts) >= MOST_VISITS:
                return OTHERS
            self._readers[path] = of_path + 1
        return reader


def read_visits(state: Path, now: datetime) -> Mapping[str, list[Visit]]:
    """Give what all processes have written of today and yesterday, in UTC, by paths."""
    kept = _kept(now.astimezone(UTC).date())
    found: dict[str, list[Visit]] = {}
    for period, rows in Sheets(state, _FOLDER).read(lambda period: _day_of(period) in kept):
        for visit in _read(period, rows):
            found.setdefault(visit.path, []).append(visit)
    return found


def _kept(day: date) -> set[str]:
    return {f"{day - timedelta(days=ago):%Y-%m-%d}" for ago in range(-1, _DAYS)}


def _period(day: date | None, salt: Salt) -> str:
    return f"{day}~{salt.name}"


def _day_of(period: str) -> str:
    return period.partition("~")[0]


def _row(visit: Visit) -> object:
    """Write a row: path, reader and its kind, four counts, and of clients how often and when."""
    polls = visit.polls
    numbers = (polls.sent, polls.unchanged, polls.sent_bytes, polls.saved_bytes)
    clients = [(digest, *visits) for digest, visits in visit.sample.visits.items()]
    return visit.path, visit.reader, visit.kind, numbers, clients


def _read(period: str, rows: Iterator[Any]) -> Iterator[Visit]:
    """Read what `_row` has written, up to where it is that."""
    with suppress(ValueError, TypeError):
        for path, reader, kind, numbers, clients in rows:
            sent, unchanged, sent_bytes, saved_bytes = map(int, numbers)
            sample = Sample(
                {int(digest): Visits(int(times), int(first), int(last))
                 for digest, times, first, last in clients}
            )  # fmt: skip
            polls = Polls(sent, unchanged, sent_bytes, saved_bytes)
            yield Visit(period, str(path), str(reader), _kind(kind), polls, sample)


def _kind(told: object) -> Kind:
    kinds: dict[object, Kind] = {
        "person": "person",
        "service": "service",
        "browser": "browser",
        "robot": "robot",
    }
    return kinds.get(told, "program")
