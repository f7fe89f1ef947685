"""What whoever runs the server is told of it."""

from datetime import datetime

from msgspec import Struct

from feeds.model.documents import Finding
from feeds.model.feeds import Source
from feeds.model.polls import Polls


class RefreshRecord(Struct, frozen=True):
    """How the last refresh ended, be it that of a server or a build.

    `at` is the instant for which it was, and `seconds` say how long it took. A `failure` is a
    line that says what ended it, or empty where it ended well; the last one that did was for
    `succeeded`. `findings` cost documents, or news of them, or hindered it; those that came last
    are first, and of all `costs` only some are here.
    """

    at: datetime
    seconds: float
    failure: str
    succeeded: datetime | None
    costs: int
    findings: tuple[Finding, ...]

    @property
    def is_good(self) -> bool:
        """Whether it ended well, and all that it read was well."""
        return not (self.failure or self.costs)


class FindingGroup(Struct, frozen=True):
    """Findings of one code: how many, and the first of them."""

    code: str
    severity: str
    number: int
    shown: tuple[Finding, ...]


class FeedStatus(Struct, frozen=True):
    """How a channel's feeds are: the path of what people see of them, and how they are polled.

    `updated` is when its newest entry last changed; `hours` are polls hour by hour.
    """

    title: str
    path: str
    updated: datetime | None
    polls: Polls
    hours: tuple[int, ...]
    subscribers: int


class Status(Struct, frozen=True):
    """All that there is to tell at the instant `now`.

    `problem` says why nothing is known of documents and feeds, where that is so. `documents` are
    counted by state. Of `feeds` only some are here, and `more_feeds` are not. `polls` are those of
    all feeds, hour by hour, the first of which begins at `since`, and `subscribers` those that
    were claimed when each hour was over.
    """

    site: Source
    now: datetime
    refresh: RefreshRecord | None
    problem: str
    documents: tuple[tuple[str, int], ...]
    findings: tuple[FindingGroup, ...]
    feeds: tuple[FeedStatus, ...]
    more_feeds: int
    since: datetime
    polls: tuple[Polls, ...]
    subscribers: tuple[int, ...]
