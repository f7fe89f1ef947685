"""The corpus and what is published of it in numbers."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from feeds.catalog import Catalog, MemberCount
from feeds.config.types import Configuration
from feeds.formats import feed_formats, feed_suffixes
from feeds.http.visiting import readers_of
from feeds.model import PollHistory, Polls, Published, ReaderStatus, sum_of_polls
from feeds.pages import ASSET_TYPES
from feeds.publish.unserved import CODED_FILES, is_unserved
from feeds.refresh.overview import ByPath, channel_paths
from feeds.refresh.record import read_record
from feeds.selection.archives import ArchiveNaming
from feeds.text.dates import WEEK

_WEEKS = 26
_OF_PAGES = (".html", *ASSET_TYPES)


class FindingCount(NamedTuple):
    """How many findings have a code."""

    code: str
    severity: str
    findings: int


class FileCount(NamedTuple):
    """How many files of a kind are published, and how many bytes these are."""

    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """All that is counted.

    `documents` counts them by state, `weeks` the articles of each of the last 26 weeks, the
    latest last: a week is seven days that end with this instant. `stories` are told by
    `articles_on_stories`; `articles_with_coverage` name related coverage. `output` counts
    files by kind. `refreshed` is the instant of the last refresh that ended well; `failure` is
    what ended one after it, in a line. `polls` are those of all feeds
    in the last `hours_of_polls`, and `subscribers` those that others claim to fetch feeds for;
    `readers` are who polled since yesterday began in UTC, those first that polled most.
    """

    documents: Mapping[str, int]
    published: int
    waiting: int
    duplicates: int
    oldest: datetime | None
    newest: datetime | None
    weeks: Sequence[int]
    findings: Sequence[FindingCount]
    stories: int
    articles_on_stories: int
    articles_with_coverage: int
    topics: Sequence[MemberCount]
    providers: Sequence[MemberCount]
    output: Mapping[str, FileCount]
    refreshed: datetime | None
    failure: str
    polls: Polls
    hours_of_polls: int
    subscribers: int
    readers: Sequence[ReaderStatus]


def count_all(
    configuration: Configuration,
    catalog: Catalog,
    polls: PollHistory,
    visits: ByPath,
    now: datetime,
) -> Statistics:
    """Count what a catalog has, what it says is published, and how that is polled."""
    census, record = catalog.census, read_record(configuration.state_at)
    moments, stories, members = census.published(), census.stories(), census.members()
    instants = [datetime.fromtimestamp(moment, UTC) for moment in (*moments[:1], *moments[-1:])]
    return Statistics(
        documents=dict(sorted(catalog.documents.count().items())),
        published=len(moments),
        waiting=catalog.visibility.count_waiting(now),
        duplicates=census.duplicates(),
        oldest=min(instants, default=None),
        newest=max(instants, default=None),
        weeks=_weeks(moments, now),
        findings=_findings(catalog),
        stories=len(stories),
        articles_on_stories=sum(stories),
        articles_with_coverage=census.covered(),
        topics=[each for each in members if each.kind == "topic"],
        providers=[each for each in members if each.kind == "provider"],
        output=_files(catalog.published().values(), configuration),
        refreshed=record.succeeded if record else None,
        failure=record.failure if record else "",
        polls=sum_of_polls(each for hour in polls.hours for each in hour.values()),
        hours_of_polls=len(polls.hours),
        subscribers=sum(polls.subscribers.values()),
        readers=readers_of(
            (
                visit
                for paths, _ in channel_paths(configuration, catalog)
                for path in paths
                for visit in visits.get(path, ())
            ),
            polls.claims,
        ),
    )


def _weeks(moments: Sequence[int], now: datetime) -> list[int]:
    """Count articles by the weeks that end with an instant, the latest last."""
    ago = Counter((int(now.timestamp()) - moment) // WEEK for moment in moments)
    return [ago[number] for number in reversed(range(_WEEKS))]


def _findings(catalog: Catalog) -> list[FindingCount]:
    """Count findings by code, those of which there are most first."""
    found = Counter((finding.code, finding.severity) for finding in catalog.documents.findings())
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [FindingCount(code, severity, number) for (code, severity), number in ordered]


def _files(published: Iterable[Published], configuration: Configuration) -> Mapping[str, FileCount]:
    """Count files and their bytes by kind, in the order of kinds."""
    forms = feed_formats(configuration.formats)
    archiving = next((form for form in forms if form.has_archives), forms[0])
    archives = ArchiveNaming(archiving, feed_suffixes())
    found: dict[str, FileCount] = {}
    for item in published:
        kind = _kind(item, archives)
        files, size = found.get(kind, FileCount(0, 0))
        found[kind] = FileCount(files + 1, size + item.size)
    return dict(sorted(found.items()))


def _kind(item: Published, archives: ArchiveNaming) -> str:
    """Tell what a file is for: readers of feeds, people, or web servers."""
    if is_unserved(item):
        is_coded = item.path.endswith(tuple(suffix for suffix, _ in CODED_FILES.values()))
        return "coded" if is_coded else "hosting"
    if item.path.endswith(feed_suffixes()):
        return "feeds" if archives.month(item.path) is None else "archives"
    return "pages" if item.path.endswith(_OF_PAGES) else "lists"
