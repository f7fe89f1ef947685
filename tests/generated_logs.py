"""Makes an access log of any length of which is known what is true of it.

Two days of hourly polls: each person reads one feed from one house, at a second of the hour that
is its own, services fetch for others, liars claim a million, and who is no reader looks by. Feeds
change every six hours, so that then everybody is sent them once.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TextIO

HOURS = 48
BEGIN = int(datetime(2026, 11, 29, tzinfo=UTC).timestamp())
CHANGES = 6
FEEDS = ("all.atom", "all.rss", *(f"topics/t{number}.atom" for number in range(18)))
PERSONS = (
    "NetNewsWire (RSS Reader; https://netnewswire.com/)",
    "FreshRSS/1.28.0 (Linux; https://freshrss.org)",
    "Mozilla/5.0 (compatible; Miniflux/2.0.12; +https://miniflux.app)",
    "Newsboat/2.34.0 (Linux x86_64)",
)
SERVICES = {
    "Feedly": ("Feedly/1.0 (+http://www.feedly.com/fetcher.html; {} subscribers; )", 462),
    "Inoreader": ("Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; {} subscribers; )", 114),
    "Feedbin": ("Feedbin feed-id:1697787 - {} subscribers", 102),
}
CLAIMED = sum(claim for _, claim in SERVICES.values())
BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Safari/537.36"
)
MILLION = 1_000_000
LIARS = 20

Line = tuple[int, str, str, int, int, str]
"""When, from where, for which path, the status, the bytes, and the User-Agent field."""


def size_of(feed: str) -> int:
    """Give how many bytes a feed has."""
    return 20_000 + 1_000 * FEEDS.index(feed)


@dataclass
class Truth:
    """What is true of a log."""

    persons: int
    lines: int = 0
    sent: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    errors: int = 0

    @property
    def polls(self) -> int:
        """How many polls there are."""
        return self.sent.total() + self.unchanged.total()

    def persons_of(self, feed: str) -> int:
        """Tell how many read a feed."""
        return len(range(FEEDS.index(feed), self.persons, len(FEEDS)))


def generate(file: TextIO, lines: int, *, lying: bool = True) -> Truth:
    """Write a log of about so many lines, in their order, and tell what is true of it."""
    beside = (len(SERVICES) + 2) * len(FEEDS) + (LIARS + 1) * lying
    truth = Truth(max(1, lines // HOURS - beside))
    for hour in range(HOURS):
        for line in _hour(hour, truth.persons, lying=lying):
            file.write(_written(line))
            _note(truth, line)
    return truth


def _hour(hour: int, persons: int, *, lying: bool) -> Iterator[Line]:
    begin = BEGIN + 3600 * hour
    for feed in FEEDS:
        status = 304 if hour % CHANGES else 200
        sent = 0 if status == 304 else size_of(feed)
        for number, (agent, claim) in enumerate(SERVICES.values()):
            # A service has several machines.
            address = f"192.0.2.{number * 16 + hour % 4}"
            yield begin, address, feed, status, sent, agent.format(claim)
        yield begin + 1, f"198.51.100.{hour % 250}", feed, 200, size_of(feed), BROWSER
        yield begin + 1, "198.51.100.9", f"{feed}x.atom", 404, 150, "curl/8.5.0"
    if lying:
        yield from _lies(begin + 2, hour)
    for person in range(persons):
        feed = FEEDS[person % len(FEEDS)]
        status = 304 if hour % CHANGES else 200
        sent = 0 if status == 304 else size_of(feed)
        moment = begin + 3 + person * 3_590 // persons
        yield moment, _address(person, hour), feed, status, sent, PERSONS[person % 4]


def _lies(moment: int, hour: int) -> Iterator[Line]:
    """Claim a million under a name that is known, and under many that nobody knows."""
    feed = FEEDS[0]
    status = 304 if hour % CHANGES else 200
    sent = 0 if status == 304 else size_of(feed)
    names = [SERVICES["Feedly"][0].format(MILLION)]
    names += [f"Liar{chr(65 + number)}/1 ({MILLION} subscribers)" for number in range(LIARS)]
    for agent in names:
        yield moment, "203.0.113.66", feed, status, sent, agent


def _address(person: int, hour: int) -> str:
    """Give the address of a house: every second one has IPv6, and another host part each hour."""
    if person % 2:
        return f"2001:db8:{person >> 16:x}:{person & 0xFFFF:x}::{hour + 1:x}"
    return f"10.{person >> 16}.{person >> 8 & 255}.{person & 255}"


def _written(line: Line) -> str:
    moment, address, feed, status, sent, agent = line
    date = datetime.fromtimestamp(moment, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    return f'{address} - - [{date}] "GET /{feed} HTTP/1.1" {status} {sent} "-" "{agent}"\n'


def _note(truth: Truth, line: Line) -> None:
    truth.lines += 1
    _, _, feed, status, _, _ = line
    if status == 200:
        truth.sent[feed] += 1
    elif status == 304:
        truth.unchanged[feed] += 1
    else:
        truth.errors += 1
