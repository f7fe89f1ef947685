"""Where the pages of archives are, and what is on them."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from feeds.config.html import Html
from feeds.model import Channel, ChannelKind, MonthPage, ReadEntry, Source, Years, replace
from feeds.selection.archives import ArchiveNaming
from feeds.selection.kinds import kinds_of
from feeds.selection.twins import TwinNaming
from feeds.text.dates import month_in_words

# So many lines stay below 50 kB.
_MOST_LINES = 150


def kinds_with_months(html: Html) -> frozenset[ChannelKind]:
    """Give the kinds of channels whose archives are pages, too, where they have archives."""
    return kinds_of(html.months) if html.pages else frozenset()


@dataclass(frozen=True, slots=True)
class MonthNaming:
    """Says where pages of months are, and what they say."""

    site: Source
    naming: ArchiveNaming
    twins: TwinNaming

    def folder(self, stem: str) -> str:
        """Give where the page of all months of a channel is, from the stem of its feed."""
        return self.naming.folder(stem)

    def path(self, stem: str, month: str, number: int = 1) -> str:
        """Give where a page of a month is."""
        return f"{self.folder(stem)}{month}/{f'{number}/' if number > 1 else ''}"

    def years(self, channel: Channel, months: Sequence[str]) -> Years:
        """Make the page of all months of a channel, which are in order."""
        return Years(
            path=self.folder(channel.stem),
            site=self.site,
            title=channel.title,
            language=channel.language,
            page=self.twins.address(channel.stem),
            years=tuple(
                (year, tuple((_name(month), self.path(channel.stem, month)) for month in some))
                for year, some in groupby(reversed(months), _year)
            ),
        )

    def pages(
        self, channel: Channel, months: Sequence[str], month: str, entries: Sequence[ReadEntry]
    ) -> Iterator[MonthPage]:
        """Make the pages of a month of a channel; there is one always."""
        stem = channel.stem
        first = MonthPage(
            path=self.path(stem, month),
            site=self.site,
            title=channel.title,
            month=month_in_words(month),
            language=channel.language,
            page=self.twins.address(stem),
            years=self.folder(stem),
            entries=(),
            months=tuple(self._beside(stem, months, month)),
        )
        starts = range(0, max(len(entries), 1), _MOST_LINES)
        for number, start in enumerate(starts, start=1):
            pages = []
            if number > 1:
                pages.append(("prev", self.path(stem, month, number - 1)))
            if number < len(starts):
                pages.append(("next", self.path(stem, month, number + 1)))
            yield replace(
                first,
                path=self.path(stem, month, number),
                entries=tuple(entries[start : start + _MOST_LINES]),
                number=number,
                pages=tuple(pages),
            )

    def _beside(
        self, stem: str, months: Sequence[str], month: str
    ) -> Iterator[tuple[str, str, str]]:
        place = bisect_left(months, month)
        for relation, other in (("later", place + 1), ("earlier", place - 1)):
            if 0 <= other < len(months):
                name = month_in_words(months[other])
                yield relation, name, self.path(stem, months[other])


def _year(month: str) -> str:
    return month.partition("-")[0]


def _name(month: str) -> str:
    return month_in_words(month).partition(" ")[0]
