"""The pages of archives: what people see of each month, made with the document of the month."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count

from feeds.config.html import Html
from feeds.model import Channel, ChannelRow, ReadEntry, Resource
from feeds.pages import PAGE_FILE, month_page, years_page
from feeds.selection.archives import Chain
from feeds.selection.months import MonthNaming, kinds_with_months


class Months:
    """Makes the pages of the archives of channels, of which `published` may be there already."""

    def __init__(self, html: Html, naming: MonthNaming, published: Mapping[str, object]) -> None:
        self._kinds = kinds_with_months(html)
        self._naming = naming
        self._published = published

    def are_of(self, row: ChannelRow) -> bool:
        """Whether a channel's archive has pages."""
        return row.kind in self._kinds

    def folder(self, row: ChannelRow) -> str | None:
        """Give where the page of all months of a channel is, if its archive has pages."""
        return self._naming.folder(row.stem or "") if self.are_of(row) else None

    def years(self, row: ChannelRow, channel: Channel, chain: Chain) -> Iterator[Resource]:
        """Give the page of all months of a channel, where it has any."""
        if self.are_of(row) and chain.months:
            yield years_page(self._naming.years(channel, chain.months))

    def pages(
        self, channel: Channel, months: Sequence[str], month: str, entries: Sequence[ReadEntry]
    ) -> Iterator[Resource]:
        """Give the pages of a month of a channel whose archive has any."""
        return map(month_page, self._naming.pages(channel, months, month, entries))

    def year_paths(self, row: ChannelRow) -> list[str]:
        """Give where the page of all months of a channel may be."""
        folder = self.folder(row)
        return [folder + PAGE_FILE] if folder else []

    def paths(self, row: ChannelRow, months: Iterable[str]) -> Iterator[str]:
        """Give where the pages of some months of a channel are published."""
        for month in months if self.are_of(row) else ():
            for number in count(1):
                path = self._naming.path(row.stem or "", month, number) + PAGE_FILE
                if path not in self._published:
                    break
                yield path
