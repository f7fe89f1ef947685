"""Who reads which feed, as tables for people and as JSON for machines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feeds.access import Lines, Readership, Row, Subscribers
from feeds.cli.talk import escaped, named
from feeds.text.amounts import (
    interval_in_words,
    range_in_words,
    share_in_words,
    size_in_words,
)
from feeds.text.dates import rfc3339

_LONGEST_NAME = 40
_HEADINGS = ("polls", "304", "errors", "sent", "saved", "interval", "subscribers")


@dataclass(slots=True)
class Reading:
    """What was read of logs: `bytes` of files as they are, also where these are compressed.

    `unread` are lines of no form that is known, of which the first is at `first_unread`.
    """

    files: int = 0
    bytes: int = 0
    lines: int = 0
    unread: int = 0
    first_unread: str = ""
    is_whole: bool = True

    def note(self, name: str, lines: Lines) -> None:
        """Add the lines of a file."""
        self.lines += lines.number
        self.unread += lines.unread
        if lines.first_unread and not self.first_unread:
            self.first_unread = f"{name}:{lines.first_unread}"


def json_of(told: Readership, reading: Reading) -> Mapping[str, Any]:
    """Give all that is told, for programs."""
    return {
        "read": reading,
        "since": told.since,
        "until": told.until,
        "all": told.all,
        "feeds": [row._asdict() | {"readers": told.readers_of[row.name]} for row in told.feeds],
        "readers": told.readers,
        "unbelieved": told.unbelieved,
    }


def lines_of(told: Readership, reading: Reading, top: int, feed: str) -> Iterator[str]:
    """Write what is told for people: in all, and so many feeds and readers."""
    yield from _read(reading)
    if told.since is None or told.until is None:
        yield named("polls", "none of a feed")
        return
    yield named("from", f"{rfc3339(told.since)} to {rfc3339(told.until)}")
    yield from _all(told.all, [] if feed else told.feeds)
    if not feed:
        yield ""
        yield from _table("feed", told.feeds, top)
    yield ""
    yield from _table("reader", told.readers, top)
    if told.unbelieved:
        yield ""
        yield "not believed, and not counted"
        for doubt in told.unbelieved[:top]:
            yield f"  {escaped(doubt.reader)}: {doubt.subscribers} of {escaped(doubt.feed)}"
        yield from _left(len(told.unbelieved), top)


def _read(reading: Reading) -> Iterator[str]:
    lines, files = _plural(reading.lines, "line"), _plural(reading.files, "file")
    yield named("read", f"{lines} of {files}, {size_in_words(reading.bytes)}")
    if reading.unread:
        yield named("", f"{reading.unread} of no known form, first {reading.first_unread}")


def _all(row: Row, feeds: Sequence[Row]) -> Iterator[str]:
    polls, subscribers = row.polls, row.subscribers
    of_feeds = f" of {_plural(len(feeds), 'feed')}" if feeds else ""
    errors, services = _plural(row.errors, "error"), _plural(subscribers.services, "service")
    unchanged = f"{share_in_words(polls.share)} unchanged (304)"
    yield named("polls", f"{polls.all}{of_feeds}, {unchanged}; {errors}")
    sent, saved = map(size_in_words, (polls.sent_bytes, polls.saved_bytes))
    yield named("", f"{sent} sent, {saved} saved")
    if row.interval is not None:
        yield named("interval", f"{interval_in_words(row.interval)}, the median of a client")
    counted = f"{subscribers.counted} counted, {subscribers.claimed} claimed by {services}"
    yield named("subscribers", f"{_range(subscribers)}: {counted}")


def _table(heading: str, rows: Sequence[Row], top: int) -> Iterator[str]:
    """Write rows in columns below their headings."""
    cells = [(heading, *_HEADINGS), *map(_cells, rows[:top])]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for name, *values in cells:
        right = (value.rjust(width) for value, width in zip(values, widths[1:], strict=True))
        yield "  ".join([name.ljust(widths[0]), *right])
    yield from _left(len(rows), top)


def _cells(row: Row) -> tuple[str, ...]:
    name, polls = escaped(row.name), row.polls
    return (
        name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 3]}...",
        str(polls.all),
        share_in_words(polls.share),
        str(row.errors),
        size_in_words(polls.sent_bytes),
        size_in_words(polls.saved_bytes),
        "-" if row.interval is None else interval_in_words(row.interval),
        _range(row.subscribers),
    )


def _range(subscribers: Subscribers) -> str:
    return range_in_words(subscribers.low, subscribers.high)


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _left(number: int, top: int) -> Iterator[str]:
    if number > top:
        yield f"and {number - top} more; --top N shows more, --json all"
