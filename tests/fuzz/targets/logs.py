"""Any bytes as an access log, in whatever form."""

import json
from collections.abc import Iterable

import test_http_readers
from cli_tools import ROOT
from fuzz.kept import tried_in

from feeds.access import Counts, Lines, feeds_of, tell
from feeds.cli.machines import plain
from feeds.cli.readership import Reading, json_of, lines_of

LONGEST = 3_000
WORDS = [
    *("200", "304", "/all.atom", "GET ", " - - [", '] "', "29/Nov/2026:10:00:00 +0000", "\t"),
    *('{"', '":', "#Fields: ", "%2520", " subscribers", "feed-id:", "ts", "status", "request"),
    *("uri", "c-ip", "cs-method", "cs-uri-stem", "sc-status", "timestamp", "1795946400", "::1"),
]


def seeds() -> Iterable[bytes]:
    """Give logs in all forms, and lines of one with each User-Agent field that is known."""
    for file in sorted((ROOT / "tests/data/logs").iterdir()):
        yield file.read_bytes()
    line = b'::1 - - [29/Nov/2026:10:00:00 +0000] "GET /a.atom HTTP/1.1" 200 9 "-" "%b"\n'
    yield from (line % agent for agent in tried_in(test_http_readers) if b'"' not in agent)


def check(data: bytes) -> None:
    """See that each line is read or is of no form, and that what is told adds up and is written."""
    lines, reading = Lines(), Reading()
    counts = Counts(feeds_of((".atom", ".rss", ".json"), None), lambda: b"salt")
    for line in data.split(b"\n"):
        if (visit := lines.read(line)) is not None:
            counts.add(visit)
    reading.note("log", lines)
    told = tell(counts)
    assert lines.unread <= lines.number
    for rows in (told.feeds, told.readers):
        assert sum(row.polls.all for row in rows) == told.all.polls.all
        assert all(0 <= row.subscribers.low <= row.subscribers.high for row in rows)
    assert told.all.polls.all <= lines.number
    assert told.all.subscribers.high <= 1_000 * (lines.number + 1)
    assert json.loads(json.dumps(plain(json_of(told, reading))))
    assert all(line.isprintable() for line in lines_of(told, reading, 10, ""))
