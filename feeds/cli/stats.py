"""`feeds stats`: the corpus and what is published of it in numbers."""

import sys
from collections.abc import Iterator, Sequence

from feeds.catalog import MemberCount, look_into_catalog
from feeds.cli.machines import write_json
from feeds.cli.options import Settings
from feeds.cli.settings import load_settings, moment
from feeds.cli.talk import escaped, exit_code, named, write
from feeds.refresh.statistics import Statistics, count_all
from feeds.serve.polls import read_polls
from feeds.serve.visits import read_visits
from feeds.text.amounts import (
    interval_in_words,
    range_in_words,
    share_in_words,
    size_in_words,
)
from feeds.text.dates import rfc3339

_BARS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
_MOST_NAMED = 10


def stats(settings: Settings, *, as_json: bool) -> None:
    """Count documents, articles, findings, stories, files and polls."""
    with exit_code():
        configuration = load_settings(settings, corpus_needed=False)
        with look_into_catalog(configuration.state_at) as catalog:
            now = moment(settings)
            polls = read_polls(configuration.state_directory, now)
            visits = read_visits(configuration.state_directory, now)
            statistics = count_all(configuration, catalog, polls, visits, now)
        if as_json:
            write_json(statistics)
            return
        for line in _lines(statistics):
            write(line)


def _lines(told: Statistics) -> Iterator[str]:
    states = ", ".join(f"{number} {state}" for state, number in told.documents.items())
    yield named("documents", f"{sum(told.documents.values())}" + (f": {states}" if states else ""))
    plural = "" if told.duplicates == 1 else "s"
    duplicates = f", {told.duplicates} duplicate{plural}" if told.duplicates else ""
    waiting = f", {told.waiting} not due" if told.waiting else ""
    yield named("articles", f"{told.published} published{waiting}{duplicates}")
    if told.oldest and told.newest:
        yield named("", f"oldest {rfc3339(told.oldest)}, newest {rfc3339(told.newest)}")
    yield named("weeks", f"{_activity(told.weeks)}  the last {len(told.weeks)}, the latest last")
    yield named("stories", f"{told.stories} of {told.articles_on_stories} articles")
    yield named("coverage", f"{_share(told)} of articles name related coverage")
    yield from _findings(told)
    yield from _output(told)
    if told.refreshed:
        yield named("refreshed", rfc3339(told.refreshed))
    if told.failure:
        yield named("failed", f"{escaped(told.failure)}; the last publication stands")
    yield from _polls(told)
    yield from _readers(told)
    yield from _members("topics", told.topics)
    yield from _members("providers", told.providers)


def _share(told: Statistics) -> str:
    share = told.articles_with_coverage / told.published if told.published else 0
    return f"{told.articles_with_coverage} ({share_in_words(share)})"


def _activity(weeks: Sequence[int]) -> str:
    """Draw a bar for each week on a terminal that can; elsewhere, write numbers."""
    can_draw = sys.stdout.isatty() and (sys.stdout.encoding or "").lower().startswith("utf")
    if not can_draw:
        return " ".join(map(str, weeks))
    most = max(weeks, default=0) or 1
    return "".join(_BARS[number * (len(_BARS) - 1) // most] if number else " " for number in weeks)


def _findings(told: Statistics) -> Iterator[str]:
    if not told.findings:
        yield named("findings", "none")
    for number, finding in enumerate(told.findings):
        name = "" if number else "findings"
        yield named(name, f"{finding.findings:>6} {finding.code} ({finding.severity})")


def _output(told: Statistics) -> Iterator[str]:
    files = sum(count.files for count in told.output.values())
    size = sum(count.bytes for count in told.output.values())
    yield named("output", f"{files} files, {size_in_words(size)}")
    for kind, count in told.output.items():
        yield named("", f"{count.files:>6} {kind}, {size_in_words(count.bytes)}")


def _polls(told: Statistics) -> Iterator[str]:
    if polls := told.polls.all:
        share = share_in_words(told.polls.share)
        yield named("polls", f"{polls} in {told.hours_of_polls} hours, {share} unchanged (304)")
        sent, saved = map(size_in_words, (told.polls.sent_bytes, told.polls.saved_bytes))
        yield named("", f"{sent} sent, {saved} saved")
    if told.subscribers:
        yield named("subscribers", f"{told.subscribers}, as those claim who fetch feeds for others")


def _readers(told: Statistics) -> Iterator[str]:
    if told.readers:
        yield named("readers", f"{len(told.readers)} since yesterday began in UTC")
    for reader in told.readers[:_MOST_NAMED]:
        interval = (
            "" if reader.interval is None else f", every {interval_in_words(reader.interval)}"
        )
        yield named(
            "",
            f"{reader.polls.all:>6} {escaped(reader.name)} ({reader.kind}):"
            f" {share_in_words(reader.polls.share)} unchanged, clients {reader.clients}{interval},"
            f" subscribers {range_in_words(reader.low, reader.high)}",
        )
    if (left := len(told.readers) - _MOST_NAMED) > 0:
        yield named("", f"and {left} more; --json names them all")


def _members(name: str, members: Sequence[MemberCount]) -> Iterator[str]:
    yield named(name, f"{len(members)}")
    for member in members[:_MOST_NAMED]:
        yield named("", f"{member.articles:>6} {escaped(member.title)} ({escaped(member.stem)})")
    if (left := len(members) - _MOST_NAMED) > 0:
        yield named("", f"and {left} more; --json names them all")
