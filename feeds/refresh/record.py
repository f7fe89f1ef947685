"""How the last refresh ended, noted beside the catalog for whoever asks."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from feeds.catalog import read_note, write_note
from feeds.config.state import State
from feeds.errors import DatabaseFailed, NewerCatalog
from feeds.model import Finding, RefreshRecord, Severity, asdict
from feeds.text.dates import parse_instant, rfc3339

RECORD_NAME = "refresh.json"
"""What the note is called."""

_MOST_FINDINGS = 20
_LONGEST = 500

Clock = Callable[[], float]
"""Gives seconds since any instant."""


@contextmanager
def recording(state: State, now: datetime, clock: Clock) -> Iterator[list[Finding]]:
    """Note how what is done in the block ends; it adds what costs anything to the list.

    An error that ends it is noted, and raised; where all that is here is a newer program's, it is
    left alone. A disk or a database that refuses the note costs nothing else.
    """
    began, findings = clock(), list[Finding]()
    try:
        yield findings
    except NewerCatalog:
        raise
    except Exception as error:
        note_failure(state, now, error, clock() - began)
        raise
    _note(state, now, clock() - began, "", findings)


def note_failure(state: State, now: datetime, error: Exception, seconds: float = 0.0) -> None:
    """Note what ended a refresh, and what was found until then, as far as the error tells."""
    lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    found: tuple[Finding, ...] = getattr(error, "findings", ())
    costs = [finding for finding in found if finding.severity == "error"]
    _note(state, now, seconds, lines[0][:_LONGEST], costs)


def read_record(state: State) -> RefreshRecord | None:
    """Read how the last refresh ended; None where that is not known."""
    try:
        return _record(json.loads(read_note(state, RECORD_NAME) or b""))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _note(
    state: State, now: datetime, seconds: float, failure: str, costs: Sequence[Finding]
) -> None:
    before = read_record(state)
    found = set(costs)
    known = [each for each in before.findings if each in found] if before else []
    first = [*(each for each in costs if each not in known), *known][:_MOST_FINDINGS]
    succeeded = before.succeeded if before and failure else None if failure else now
    record = RefreshRecord(now, seconds, failure, succeeded, len(costs), tuple(first))
    with suppress(OSError, DatabaseFailed):
        write_note(state, RECORD_NAME, json.dumps(_plain(record), indent=1).encode())


def _plain(record: RefreshRecord) -> dict[str, object]:
    return asdict(record) | {
        "at": rfc3339(record.at),
        "succeeded": record.succeeded and rfc3339(record.succeeded),
        "findings": [asdict(finding) for finding in record.findings],
    }


def _record(read: Mapping[str, Any]) -> RefreshRecord:
    succeeded = read["succeeded"]
    return RefreshRecord(
        at=parse_instant(read["at"]).moment,
        seconds=float(read["seconds"]),
        failure=str(read["failure"]),
        succeeded=parse_instant(succeeded).moment if succeeded else None,
        costs=int(read["costs"]),
        findings=tuple(map(_finding, read["findings"])),
    )


def _finding(read: Mapping[str, Any]) -> Finding:
    path, code, key, message = (str(read[name]) for name in ("path", "code", "key", "message"))
    severity: Severity = "warning" if read["severity"] == "warning" else "error"
    return Finding(path, int(read["line"]), int(read["column"]), code, key, message, severity)
