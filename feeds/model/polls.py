"""How feeds are polled: answers, bytes and subscribers, counted and of nobody in particular."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct


class Polls(Struct, frozen=True):
    """Answers to polls, by whether there was anything new."""

    sent: int = 0
    """Polls that were sent a body, as far as HEAD has one (200 and 226)."""

    unchanged: int = 0
    """Polls that found nothing new (304)."""

    sent_bytes: int = 0
    """The bytes of bodies that were sent."""

    saved_bytes: int = 0
    """The bytes that were not sent, since the reader had them."""

    @property
    def all(self) -> int:
        """How many polls there were."""
        return self.sent + self.unchanged

    @property
    def share(self) -> float:
        """Which part of the polls found nothing new; 0 where there were none."""
        return self.unchanged / self.all if self.all else 0.0


class HourOfPolls(Struct):
    """What was counted in an hour, by the paths of feeds, and not all of it by one process.

    `claims` has for each feed, by the names of those who fetch it for others, for how many.
    """

    feeds: dict[str, Polls]
    claims: dict[str, dict[str, int]]


class PollHistory(Struct, frozen=True):
    """How feeds were polled in some `hours`, the latest last, which begins at `since`.

    `subscribers` are those that others claim to fetch a feed for. Both are by paths;
    `subscribers_by_hour` are those of all feeds, as they counted when each hour was over.
    `claims` are what counts of each who claims, by paths.
    """

    since: datetime
    hours: tuple[Mapping[str, Polls], ...]
    subscribers: Mapping[str, int]
    subscribers_by_hour: tuple[int, ...]
    claims: Mapping[str, Mapping[str, int]]


def sum_of_polls(polls: Iterable[Polls]) -> Polls:
    """Add polls up."""
    sent = unchanged = sent_bytes = saved_bytes = 0
    for each in polls:
        sent += each.sent
        unchanged += each.unchanged
        sent_bytes += each.sent_bytes
        saved_bytes += each.saved_bytes
    return Polls(sent, unchanged, sent_bytes, saved_bytes)
