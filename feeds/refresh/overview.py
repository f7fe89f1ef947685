"""What whoever runs the server is shown: the last refresh, documents, feeds and their polls."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from feeds.catalog import Catalog, look_into_catalog
from feeds.config.types import Configuration
from feeds.errors import ConfigurationError
from feeds.formats import feed_formats, feed_suffixes
from feeds.model import (
    ChannelRow,
    FeedStatus,
    Finding,
    FindingGroup,
    PollHistory,
    Source,
    Status,
    sum_of_polls,
)
from feeds.refresh.record import read_record
from feeds.selection.stems import folder

_MOST_OF_A_CODE = 10
_MOST_FEEDS = 50


def overview(configuration: Configuration, polls: PollHistory, now: datetime) -> Status:
    """Gather what there is to tell, as of the last commit of the catalog; nothing is written."""
    state = configuration.state_directory
    problem, documents = "", dict[str, int]()
    findings, feeds = list[FindingGroup](), list[FeedStatus]()
    try:
        with look_into_catalog(state) as catalog:
            documents = dict(catalog.documents.count())
            findings = _groups(catalog.documents.findings())
            feeds = sorted(_feeds(configuration, catalog, polls), key=_most_polled)
    except ConfigurationError as error:
        problem = error.problems[0]
    return Status(
        site=Source(f"{configuration.site.root}/", configuration.site.title),
        now=now,
        refresh=read_record(state),
        problem=problem,
        documents=tuple(sorted(documents.items())),
        findings=tuple(findings),
        feeds=tuple(feeds[:_MOST_FEEDS]),
        more_feeds=len(feeds[_MOST_FEEDS:]),
        since=polls.since,
        polls=tuple(sum_of_polls(hour.values()) for hour in polls.hours),
        subscribers=polls.subscribers_by_hour,
    )


def _groups(findings: Iterable[Finding]) -> list[FindingGroup]:
    """Group findings by code, errors first, then those of which there are most."""
    numbers: dict[tuple[str, str], int] = {}
    shown: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        key = finding.severity, finding.code
        numbers[key] = numbers.get(key, 0) + 1
        if numbers[key] <= _MOST_OF_A_CODE:
            shown.setdefault(key, []).append(finding)
    ordered = sorted(numbers, key=lambda key: (key[0], -numbers[key], key[1]))
    return [FindingGroup(key[1], key[0], numbers[key], tuple(shown[key])) for key in ordered]


def _feeds(
    configuration: Configuration, catalog: Catalog, polls: PollHistory
) -> Iterator[FeedStatus]:
    suffixes = [form.suffix for form in feed_formats(configuration.formats)]
    for row in catalog.channels.all():
        if row.stem is not None:
            paths = [f"{row.stem}{suffix}" for suffix in suffixes]
            page = f"{folder(row.stem, feed_suffixes())}/" if configuration.html.pages else paths[0]
            yield _feed(row, page, paths, polls)


def _feed(row: ChannelRow, page: str, paths: Sequence[str], polls: PollHistory) -> FeedStatus:
    hours = [sum_of_polls(hour[path] for path in paths if path in hour) for hour in polls.hours]
    return FeedStatus(
        title=row.title or row.name,
        path=page,
        updated=row.updated,
        polls=sum_of_polls(hours),
        hours=tuple(hour.all for hour in hours),
        subscribers=sum(polls.subscribers.get(path, 0) for path in paths),
    )


def _most_polled(feed: FeedStatus) -> tuple[int, str]:
    return -feed.polls.all, feed.path
