"""Where people find feeds: the page of all of them, and pages of each kind in several orders."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from feeds.model import (
    Activity,
    Channel,
    ChannelKind,
    Contents,
    FeedFormat,
    Group,
    Line,
    Overview,
    Source,
    replace,
)
from feeds.selection.digests import BestNaming
from feeds.selection.twins import WEEKS, TwinNaming, addresses_of
from feeds.text.dates import DAY, WEEK
from feeds.text.slugs import fold

_HEADINGS: Mapping[ChannelKind, str] = {
    "all": "Everything",
    "rule": "Selections",
    "topic": "Topics",
    "provider": "Providers",
}
SECTIONS: Mapping[ChannelKind, str] = {
    "rule": "feeds/",
    "topic": "topics/",
    "provider": "providers/",
}
"""The directories of those kinds of feeds that have pages, and an OPML, of their own."""


# With three headlines each, so many lines stay below 50 kB.
_MOST_AT_FRONT: Mapping[ChannelKind, int] = {"all": 1, "rule": 6, "topic": 10, "provider": 6}
_MOST_OF_A_PAGE = 20

_Key = Callable[[Line], tuple[object, ...]]


def _by_name(line: Line) -> tuple[object, ...]:
    return fold(line.title), line.stem


def _by_activity(line: Line) -> tuple[object, ...]:
    return -sum(line.counts), *_by_name(line)


def _by_date(line: Line) -> tuple[object, ...]:
    return -(line.newest.timestamp() if line.newest else float("-inf")), *_by_name(line)


_ORDERS: Mapping[str, _Key] = {"name": _by_name, "activity": _by_activity, "date": _by_date}
_FIRST_ORDER = "name"


@dataclass(frozen=True, slots=True)
class DirectoryNaming:
    """Says what the pages that list feeds say, and where they are.

    `twins` is asked where pages of feeds are; None where they have none.
    """

    site: Source
    description: str
    language: str | None
    formats: Sequence[FeedFormat]
    twins: TwinNaming | None

    def pages(self, lines: Iterable[Line]) -> Iterator[Contents]:
        """Give all pages of some lines; the page of all feeds is the first."""
        by_kind: dict[ChannelKind, list[Line]] = {kind: [] for kind in _HEADINGS}
        for line in sorted(lines, key=_by_name):
            by_kind[line.kind].append(line)
        yield self._contents("", self.site.title, self._groups(by_kind))
        if self.twins:
            for kind, some in by_kind.items():
                if some and kind in SECTIONS:
                    yield from self._sections(kind, some)

    def lines(
        self,
        channels: Mapping[int, Channel],
        overviews: Mapping[int, Overview],
        best_naming: BestNaming,
    ) -> Iterator[Line]:
        """Give a line of each channel, by key; weeks end with that of the newest entry of all."""
        newest = max(
            (each.activity.newest for each in overviews.values() if each.activity),
            default=None,
        )
        for key, channel in channels.items():
            overview = overviews.get(key, Overview()) if self.twins else Overview()
            activity = overview.activity
            yield Line(
                kind=channel.kind,
                stem=channel.stem,
                title=channel.title,
                description=self._description(channel),
                page=self.twins.address(channel.stem) if self.twins else "",
                addresses=addresses_of(self.formats, self.site.url + channel.stem),
                counts=_counted(activity, newest) if self.twins else (),
                newest=activity.newest if activity else None,
                headlines=overview.headlines,
                besides=tuple(self._besides(channel, best_naming)),
            )

    def _description(self, channel: Channel) -> str:
        """Say what a feed is where its title and kind do not."""
        is_told = channel.kind == "rule" and channel.description != channel.title
        return channel.description if is_told else ""

    def _besides(self, channel: Channel, best_naming: BestNaming) -> Iterator[tuple[str, str]]:
        for title, stem in best_naming.besides(channel):
            yield title, self.twins.address(stem) if self.twins else stem + self.formats[0].suffix

    def _groups(self, by_kind: Mapping[ChannelKind, Sequence[Line]]) -> Iterator[Group]:
        for kind, lines in by_kind.items():
            if lines:
                shown = (
                    sorted(lines, key=_by_activity)[: _MOST_AT_FRONT[kind]] if self.twins else lines
                )
                yield self._group(kind, shown, len(lines))

    def _group(self, kind: ChannelKind, lines: Sequence[Line], total: int) -> Group:
        path = SECTIONS.get(kind, "") if self.twins else ""
        return Group(
            kind,
            _HEADINGS[kind],
            tuple(lines),
            total,
            path=path,
        )

    def _sections(self, kind: ChannelKind, lines: Sequence[Line]) -> Iterator[Contents]:
        folder = SECTIONS[kind]
        orders = tuple((name, section_path(folder, name, 1)) for name in _ORDERS)
        for name, key in _ORDERS.items():
            ordered = sorted(lines, key=key)
            starts = range(0, len(ordered), _MOST_OF_A_PAGE)
            for number, start in enumerate(starts, start=1):
                group = self._group(kind, ordered[start : start + _MOST_OF_A_PAGE], len(lines))
                pages: list[tuple[str, str]] = []
                if number > 1:
                    pages.append(("prev", section_path(folder, name, number - 1)))
                if number < len(starts):
                    pages.append(("next", section_path(folder, name, number + 1)))
                page = self._contents(section_path(folder, name, number), group.heading, [group])
                yield replace(page, order=name, number=number, orders=orders, pages=tuple(pages))

    def _contents(self, path: str, title: str, groups: Iterable[Group]) -> Contents:
        return Contents(
            path=path,
            url=self.site.url,
            site=self.site.title,
            title=title,
            description=self.description,
            language=self.language,
            groups=tuple(groups),
            has_pages=self.twins is not None,
        )


def section_path(folder: str, order: str, number: int) -> str:
    """Give where a page of a kind in an order is.

    Nothing that belongs to a channel is there, even if one is called `by`.
    """
    if order == _FIRST_ORDER and number == 1:
        return folder
    return f"{folder}by/{order}{f'-{number}' if number > 1 else ''}/"


def section_paths(published: Mapping[str, object], file: str) -> Iterator[str]:
    """Give the paths of all pages of kinds of feeds that are published, each a `file`."""
    for folder in SECTIONS.values():
        for order in _ORDERS:
            for number in count(1):
                path = section_path(folder, order, number) + file
                if path not in published:
                    break
                yield path


def _counted(activity: Activity | None, newest: datetime | None) -> tuple[int, ...]:
    """Count the entries of the weeks up to that of the newest of all."""
    if activity is None or newest is None:
        return (0,) * WEEKS
    last = Activity((), newest).since
    passed = min((last - activity.since).days * DAY // WEEK, WEEKS)
    return (*activity.weeks[passed:], *(0,) * passed)
