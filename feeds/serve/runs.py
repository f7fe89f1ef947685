"""What a server counts from its start on, in all its processes, also in those that have ended.

Each keeps what it has counted itself in a sheet of its own; the sheets of a run stay there while it
goes on, so that what is added up of them never becomes less.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from feeds import __version__
from feeds.errors import Locked, Refused
from feeds.formats import feed_formats
from feeds.model import AnswerCount, RefreshCounts, Run
from feeds.serve.sheets import Sheets
from feeds.serve.tally import Round

WITHIN = (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0)
"""Of how many refreshes it is counted that they took no more seconds than these."""

OUTCOMES = ("succeeded", "failed", "refused", "locked")
"""How a refresh may end: by a guard that refuses to publish, or since another publisher is at
work, too."""

_FOLDER = "runs"
# Sheets of other runs are deleted when nobody has written them for so long.
_KEPT = timedelta(days=2)

# How many words each count is known by, of which the first is its name.
_LABELS = {
    **dict.fromkeys(("answers", "sent", "saved"), 4),
    **dict.fromkeys(("started", "ended", "within", "reread"), 2),
    **dict.fromkeys(("begun", "seconds"), 1),
}

Labels = tuple[str, ...]
Counts = dict[Labels, float]


class Start(NamedTuple):
    """The start of a server: a name that no other has, when it was, and its workers."""

    name: str
    at: datetime
    workers: int


class RunWriter:
    """Adds up what one process does, and writes it below a `state` directory that there is.

    `name` is as for `PollWriter`, and `does` says what the process is for.
    """

    def __init__(self, state: Path, start: Start, name: str, does: str) -> None:
        self._sheets = Sheets(state, _FOLDER)
        self._start = start
        self._name = name
        self._counts: Counts = {("started", does): 1}
        self._is_written = False

    def drop_old(self, now: datetime) -> None:
        """Delete what runs have left that are over."""
        old = (now - _KEPT).timestamp()
        self._sheets.drop(lambda run, written: run != self._start.name and written < old)

    def add(self, taken: Round) -> None:
        """Add what was noted lately, and write all anew."""
        formats = {form.suffix: form.name for form in feed_formats()}
        for noted, times in taken.answers.items():
            poll = noted.poll
            suffix = poll.path[poll.path.rfind(".") :]
            labels = poll.kind, formats.get(suffix, ""), str(poll.status)
            self._count(times, "answers", *labels)
            self._count(times * poll.sent, "sent", *labels)
            self._count(times * poll.saved, "saved", *labels)
        self.write()

    def begin_refresh(self) -> None:
        """Count a refresh that begins."""
        self._count(1, "begun")
        self.write()

    def end_refresh(self, error: Exception | None, seconds: float) -> None:
        """Count a refresh that ends, by what ended it, if anything did."""
        self._count(1, "ended", _outcome(error))
        self._count(seconds, "seconds")
        for limit in WITHIN:
            self._count(seconds <= limit, "within", f"{limit:g}")
        self.write()

    def count_reread(self, *, is_broken: bool) -> None:
        """Count that the configuration was read again."""
        self._count(1, "reread", "broken" if is_broken else "followed")
        self.write()

    def write(self) -> None:
        """Write what is not written yet."""
        if not self._is_written:
            rows = self._counts.items()
            self._is_written = self._sheets.write(self._start.name, self._name, rows)

    def _count(self, number: float, *labels: str) -> None:
        self._counts[labels] = self._counts.get(labels, 0) + number
        self._is_written = False


def read_run(state: Path, start: Start, now: datetime) -> Run:
    """Add up what all processes of a run have written."""
    counts: Counts = {}
    for _, rows in Sheets(state, _FOLDER).read(start.name.__eq__):
        with suppress(TypeError, ValueError):
            for labels, number in rows:
                key = tuple(map(str, labels))
                if key and len(key) == _LABELS.get(key[0]):
                    counts[key] = counts.get(key, 0) + number
    return Run(
        since=start.at,
        seconds=max(0.0, (now - start.at).total_seconds()),
        version=__version__,
        workers=start.workers,
        started=_by_label(counts, "started"),
        answers=tuple(_answers(counts)),
        refreshes=RefreshCounts(
            begun=int(counts.get(("begun",), 0)),
            ended=dict.fromkeys(OUTCOMES, 0) | _by_label(counts, "ended"),
            seconds=round(counts.get(("seconds",), 0), 3),
            within={f"{limit:g}": int(counts.get(("within", f"{limit:g}"), 0)) for limit in WITHIN},
        ),
        rereads={"followed": 0, "broken": 0} | _by_label(counts, "reread"),
    )


def _by_label(counts: Counts, name: str) -> dict[str, int]:
    return {key[1]: int(counts[key]) for key in sorted(counts) if key[0] == name}


def _answers(counts: Counts) -> Iterable[AnswerCount]:
    for key in sorted(counts):
        name, *labels = key
        if name == "answers" and labels[2].isdigit():
            kind, form, status = labels
            number, sent, saved = (
                int(counts.get((value, *labels), 0)) for value in ("answers", "sent", "saved")
            )
            yield AnswerCount(kind, form, int(status), number, sent, saved)


def _outcome(error: Exception | None) -> str:
    succeeded, failed, refused, locked = OUTCOMES
    if error is None:
        return succeeded
    if isinstance(error, Refused):
        return refused
    return locked if isinstance(error, Locked) else failed
