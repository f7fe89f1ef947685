"""What whoever runs the server is shown: the last refresh, documents, feeds and their polls."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from feeds.catalog import Catalog, look_into_catalog
from feeds.config.types import Configuration
from feeds.errors import ConfigurationError
from feeds.formats import feed_formats, feed_suffixes
from feeds.http.visiting import Visit, readers_of
from feeds.model import (
    ChannelRow,
    Contained,
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


ByPath = Mapping[str, Sequence[Visit]]
"""How readers polled, by paths."""


def overview(
    configuration: Configuration, polls: PollHistory, visits: ByPath, now: datetime
) -> Status:
    """Gather what there is to tell, as of the last commit of the catalog; nothing is written."""
    state = configuration.state_at
    problem, contents, documents = "", None, dict[str, int]()
    findings, feeds, readers = list[FindingGroup](), list[FeedStatus](), list[Visit]()
    try:
        with look_into_catalog(state) as catalog:
            documents = dict(sorted(catalog.documents.count().items()))
            findings = _groups(catalog.documents.findings())
            contents = Contained(catalog.census.entries(), catalog.census.resources())
            for paths, row in channel_paths(configuration, catalog):
                of_feed = [visit for path in paths for visit in visits.get(path, ())]
                feeds.append(_feed(configuration, row, paths, polls, of_feed))
                readers += of_feed
    except ConfigurationError as error:
        problem = error.problems[0]
    return Status(
        site=Source(f"{configuration.site.root}/", configuration.site.title),
        now=now,
        refresh=read_record(state),
        problem=problem,
        documents=documents,
        findings=tuple(findings),
        contents=contents,
        feeds=tuple(sorted(feeds, key=_most_polled)),
        since=polls.since,
        polls=tuple(sum_of_polls(hour.values()) for hour in polls.hours),
        subscribers=polls.subscribers_by_hour,
        readers=readers_of(readers, polls.claims),
    )


def channel_paths(
    configuration: Configuration, catalog: Catalog
) -> Iterator[tuple[list[str], ChannelRow]]:
    """Give the paths at which each channel that has any is polled, in all formats."""
    suffixes = [form.suffix for form in feed_formats(configuration.formats)]
    for row in catalog.channels.all():
        if row.stem is not None:
            yield [f"{row.stem}{suffix}" for suffix in suffixes], row


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


def _feed(
    configuration: Configuration,
    row: ChannelRow,
    paths: Sequence[str],
    polls: PollHistory,
    visits: Sequence[Visit],
) -> FeedStatus:
    hours = [sum_of_polls(hour[path] for path in paths if path in hour) for hour in polls.hours]
    stem, readers = row.stem or "", readers_of(visits, polls.claims)
    return FeedStatus(
        title=row.title or row.name,
        path=f"{folder(stem, feed_suffixes())}/" if configuration.html.pages else paths[0],
        updated=row.updated,
        polls=sum_of_polls(hours),
        hours=tuple(hour.all for hour in hours),
        subscribers=sum(polls.subscribers.get(path, 0) for path in paths),
        readers=readers,
        low=sum(reader.low for reader in readers),
        high=sum(reader.high for reader in readers),
    )


def _most_polled(feed: FeedStatus) -> tuple[int, str]:
    return -feed.polls.all, feed.path
