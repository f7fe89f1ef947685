"""`feeds list`: which feeds are published."""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

import click

from feeds.cli.machines import write_json
from feeds.cli.options import Settings
from feeds.cli.settings import load_settings, real_time
from feeds.cli.talk import escaped, exit_code, write
from feeds.refresh.browsing import Browser, ListedFeed
from feeds.refresh.places import destination_of
from feeds.text.dates import rfc3339

_HEADINGS = {
    "all": "Everything",
    "rule": "Feeds by conditions",
    "topic": "Topics",
    "provider": "Providers",
    "best": "Best of the week",
    "digest": "Digests",
}
_DAY = len("2026-10-01")


def list_feeds(settings: Settings, kind: str | None, *, with_former: bool, as_json: bool) -> None:
    """List the feeds that are published, or those of a kind; on request those that were."""
    with exit_code():
        configuration = load_settings(settings, corpus_needed=False)
        browser = Browser(destination_of(configuration, real_time))
        found = [*browser.feeds(), *(browser.former() if with_former else ())]
        feeds = [feed for feed in found if kind in {None, feed.kind}]
        if as_json:
            write_json(feeds)
            return
        for line in _aligned(feeds) if sys.stdout.isatty() else map(_separated, feeds):
            write(line)


def _separated(feed: ListedFeed) -> str:
    """Write a feed as values with tabs between them."""
    moments = (_moment(feed.newest), _moment(feed.updated))
    values = (feed.kind, feed.stem, feed.title, str(feed.entries), *moments, feed.state)
    return "\t".join(map(escaped, values))


def _aligned(feeds: Sequence[ListedFeed]) -> Iterator[str]:
    """Write feeds in columns below the headings of their kinds."""
    widths = [max((len(feed.stem) for feed in feeds), default=0)]
    widths.append(max((len(escaped(feed.title)) for feed in feeds), default=0))
    ordered = sorted(feeds, key=lambda feed: [*_HEADINGS].index(feed.kind))
    for kind, some in groupby(ordered, key=lambda feed: feed.kind):
        yield click.style(_HEADINGS[kind], bold=True)
        for feed in some:
            last = feed.state or (
                f"{feed.entries:>4}  {_moment(feed.newest)[:_DAY]}  {_moment(feed.updated)[:_DAY]}"
            )
            title = escaped(feed.title)
            yield f"  {escaped(feed.stem):<{widths[0]}}  {title:<{widths[1]}}  {last}".rstrip()


def _moment(moment: datetime | None) -> str:
    return rfc3339(moment) if moment else ""
