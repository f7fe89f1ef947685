"""The resources of channels, offered to an edition: their feeds, and what belongs to these."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain as chained
from typing import NamedTuple, Protocol, TypeAlias

from feeds.catalog import Catalog
from feeds.model import ChannelRow
from feeds.publish.edition import Edition
from feeds.refresh.archiving import Archiving
from feeds.refresh.compressing import Compressing
from feeds.refresh.heads import Heads
from feeds.refresh.progress import Progress
from feeds.refresh.remembering import Remembering
from feeds.refresh.rendering import Made, Renderer, Same
from feeds.refresh.touched import Touched
from feeds.refresh.twinning import Twinning
from feeds.selection.archives import Chain
from feeds.selection.naming import Naming
from feeds.selection.tombstones import tombstones_since

Chains = Mapping[ChannelRow, Chain]
"""What is to be written of the archives of channels."""


FeedAndPages: TypeAlias = tuple[list[Made], list[Made]]
"""A feed in every format, and what people see of it."""


class Periodic(Protocol):
    """Makes feeds that depend on the day."""

    def feeds(self, renderer: Renderer, twinning: Twinning) -> Iterator[FeedAndPages]:
        """Give those that may be others now."""

    def kept(self) -> Iterator[str]:
        """Give the stems of those that stay as they are."""


class Making(NamedTuple):
    """Makes what is published of channels, and offers it to an edition.

    `held` are pages that wait for feeds.
    """

    edition: Edition
    naming: Naming
    heads: Heads
    archiving: Archiving
    compressing: Compressing
    remembering: Remembering
    held: list[Iterable[Made]]

    @property
    def waits(self) -> bool:
        """Whether what follows from feeds waits until these are published."""
        return self.compressing.waits

    def go_on(self) -> None:
        """Make what waited for feeds to be published."""
        self.compressing.begin()
        self.remembering.begin()
        self._offer_held()

    def offer_heads(
        self, rows: Sequence[ChannelRow], touched: Touched, catalog: Catalog, progress: Progress
    ) -> Chains:
        """Offer the feeds of channels, and give what is to be written of their archives."""
        archiving, since = self.archiving, tombstones_since(self.edition.now)
        chains = archiving.chains(rows, touched)
        self.remembering.look_up(path for row in chains for path in self.heads.paths(row))
        have_gone = catalog.tombstones.are_any()
        for done, row in enumerate(self.heads.in_turn(chains), start=1):
            self._reconsider(row, chains[row])
            tombstones = catalog.tombstones.recent(row.key, since) if have_gone else ()
            as_head = partial(archiving.head, chains[row], tombstones)
            feeds, pages = self.heads.feed(row, as_head)
            self.offer(feeds)
            years = archiving.years(row, self.naming.channel(row), chains[row])
            people_see = chained(pages, years)
            # A feed leads to its page, so that one which is new is published with it.
            is_there = all(map(self.edition.known.__contains__, self.heads.pages_of(row, feeds)))
            if self.waits and is_there:
                self.held.append(people_see)
            else:
                offer(self.edition, people_see)
            progress("rendering", done, len(chains))
        self.heads.note_updated()
        return chains

    def offer_archives(self, chains: Chains, progress: Progress) -> list[str]:
        """Offer what is to be written of archives, and give the paths of it.

        It comes after all feeds, so that entries are there in every format before they would be
        rendered in one.
        """
        documents: list[str] = []
        months = self.archiving.months(chains)
        for done, made in enumerate(self.archiving.in_turn(months, chains, self.naming), start=1):
            documents += offer(self.edition, made)
            progress("archiving", done, len(months))
        return documents

    def offer(self, feeds: Iterable[Made]) -> None:
        """Offer feeds, with all that belongs to them."""
        for feed in feeds:
            if isinstance(feed, Same):
                self.compressing.keep([feed.path])
                continue
            is_written = self.edition.offer(feed)
            if is_written:
                self.remembering.note(self.edition, feed)
            self.compressing.add(feed, is_written=is_written)

    def offer_periodic(self, periodic: Periodic, renderer: Renderer, twinning: Twinning) -> None:
        """Offer feeds that depend on the day."""
        for feeds, pages in periodic.feeds(renderer, twinning):
            self.offer(feeds)
            offer(self.edition, pages)
        if not self.edition.lasts:
            for stem in periodic.kept():
                self.compressing.keep(renderer.paths(stem))
                self.edition.keep(twinning.paths([stem]))

    def keep(self, rows: Iterable[ChannelRow], chains: Chains) -> None:
        """Leave what is not written of archives as it is, and all of channels that have none."""
        for row in rows:
            if row in chains:
                self.edition.keep(self.archiving.kept(row, chains[row]))
            else:
                self.compressing.keep(self.heads.paths(row))
                self.edition.keep(self.heads.page_paths(row))
                self.edition.keep(self.archiving.kept(row, self.archiving.unchanged(row)))
                self.edition.keep(self.archiving.year_paths(row))

    def _offer_held(self) -> None:
        """Offer what people see of feeds, of which there is an older one where these wait."""
        for pages in self.held:
            offer(self.edition, pages)
        self.held.clear()

    def _reconsider(self, row: ChannelRow, chain: Chain) -> None:
        """Let what is published of a channel go, unless it is offered, or of a month to be kept."""
        self.edition.reconsider(self.compressing.known(self.heads.paths(row)))
        self.edition.reconsider(self.heads.page_paths(row))
        self.edition.reconsider(self.archiving.over(row, chain))


def offer(edition: Edition, resources: Iterable[Made]) -> list[str]:
    """Offer resources to an edition one by one, and give their paths."""
    paths: list[str] = []
    for resource in resources:
        if isinstance(resource, Same):
            edition.keep([resource.path])
        else:
            edition.offer(resource)
        paths.append(resource.path)
    return paths
