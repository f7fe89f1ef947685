"""What whoever runs the server is told of it."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from feeds.model.documents import Finding
from feeds.model.feeds import Source
from feeds.model.polls import Polls
from feeds.model.push import PushStatus
from feeds.model.readers import ReaderStatus
from feeds.model.runs import Run


class RefreshRecord(Struct, frozen=True):
    """How the last refresh ended, be it that of a server or a build."""

    at: datetime
    """The instant for which it was."""

    seconds: float
    """How long it took."""

    failure: str
    """A line that says what ended it; empty where it ended well."""

    succeeded: datetime | None
    """The instant of the last one that ended well; null where none has."""

    costs: int
    """How many findings cost documents, or news of them, or hindered it."""

    findings: tuple[Finding, ...]
    """Twenty of these at most, those first that came last."""

    @property
    def is_good(self) -> bool:
        """Whether it ended well, and all that it read was well."""
        return not (self.failure or self.costs)


class FindingGroup(Struct, frozen=True):
    """Findings of one code."""

    code: str
    """The code, as `feeds explain` knows it."""

    severity: str
    """`error` or `warning`."""

    number: int
    """How many there are."""

    shown: tuple[Finding, ...]
    """The first ten of them, with file, line and column."""


class FeedStatus(Struct, frozen=True):
    """How the feeds of a channel are, in all formats together."""

    title: str
    """Its title."""

    path: str
    """The path of what people see of it."""

    updated: datetime | None
    """When its newest entry last changed; null where it has none."""

    polls: Polls
    """How it was polled in the last 48 hours."""

    hours: tuple[int, ...]
    """How many polls there were hour by hour."""

    subscribers: int
    """How many subscribers are claimed, as far as claims are believed."""

    readers: tuple[ReaderStatus, ...] = ()
    """Who polled it since yesterday began in UTC, those first that polled most."""

    low: int = 0
    """How many subscribers there are at least, of all these readers."""

    high: int = 0
    """How many there are at most."""


class Contained(Struct, frozen=True):
    """How much is published."""

    entries: int
    """Articles that have entries."""

    resources: int
    """Files that are published, those beside them for web servers included."""


class Status(Struct, frozen=True):
    """All that there is to tell."""

    site: Source
    """Where the publication is, and its title."""

    now: datetime
    """The instant at which all of this was so."""

    refresh: RefreshRecord | None
    """How the last refresh ended, also one by `feeds build`; null where none is known of."""

    problem: str
    """Why nothing is known of documents, findings, feeds and readers, where that is so."""

    documents: Mapping[str, int]
    """How many documents there are by state: `listed`, `held`, `skipped` or `kept`."""

    findings: tuple[FindingGroup, ...]
    """What is wrong with documents, errors first, then what is found most."""

    contents: Contained | None
    """How much is published; null where that is not known."""

    feeds: tuple[FeedStatus, ...]
    """All feeds, those first that are polled most."""

    since: datetime
    """When the first of the hours began of which polls are counted."""

    polls: tuple[Polls, ...]
    """How all feeds were polled hour by hour, archives included."""

    subscribers: tuple[int, ...]
    """How many subscribers were claimed when each hour was over."""

    readers: tuple[ReaderStatus, ...] = ()
    """Who polled any feed since yesterday began in UTC, those first that polled most."""

    push: PushStatus | None = None
    """How hubs and caches have been told of changes; null where nobody is to be."""

    run: Run | None = None
    """What the server has done since it was started; null where none is asked."""
