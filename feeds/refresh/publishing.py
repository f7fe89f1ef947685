"""From channels to a publication: only what is touched is rendered, only what differs written."""

from collections.abc import Iterable, Sequence, Set as AbstractSet
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import NamedTuple

from feeds.catalog import Catalog
from feeds.config.types import Configuration
from feeds.formats import directory_formats, feed_formats, feed_suffixes
from feeds.model import ChannelRow, Resource
from feeds.pages import directory_page
from feeds.processes import available
from feeds.publish.directory import DirectoryDestination
from feeds.publish.edition import Edition
from feeds.refresh.ahead import Ahead
from feeds.refresh.archiving import Archiving, in_order
from feeds.refresh.carried import Found
from feeds.refresh.compressing import Compressing, codings_beside
from feeds.refresh.digesting import Digesting
from feeds.refresh.former import Former, remember_former
from feeds.refresh.heads import Heads
from feeds.refresh.hosting import Hosting
from feeds.refresh.progress import Progress
from feeds.refresh.remembering import Remembering
from feeds.refresh.rendered import Rendered
from feeds.refresh.rendering import Made, Renderer, Same
from feeds.refresh.topping import Topping
from feeds.refresh.touched import Touched
from feeds.selection.archives import Chain
from feeds.selection.digests import BestNaming
from feeds.selection.entries import EntryMaker
from feeds.selection.naming import Naming, provider_names, topic_labels
from feeds.selection.taxonomy import Taxonomy
from feeds.selection.tombstones import tombstones_since


@dataclass(frozen=True, slots=True)
class Publisher:
    """Makes the feeds of channels and publishes those whose bytes are new.

    `rows` are those of all `channels` that have feeds, `former` is what is answered where some
    were.
    `revision` names the program's own code. A `rehearsal` does everything but write. `found`
    is what is published now.
    """

    configuration: Configuration
    catalog: Catalog
    destination: DirectoryDestination
    rows: tuple[ChannelRow, ...]
    channels: Sequence[ChannelRow]
    former: Former
    revision: str
    rehearsal: bool
    found: Found

    def publish(
        self,
        touched: Touched,
        gone: AbstractSet[tuple[str, str]],
        now: datetime,
        progress: Progress,
    ) -> tuple[Edition, int]:
        """Publish what is touched or due, and count the entries rendered for it.

        `gone` are the ids and documents of articles that are shown no longer. Where what is
        published was not found whole, all of it is made again.
        """
        progress("verifying", 0, 0)
        known, remembered, rendered, is_intact = self.found
        naming = Naming(self.configuration)
        periodic = self._topping(naming, now), self._digesting(naming, now)
        is_due = [each.prepare(touched, gone, is_intact=is_intact) for each in periodic]
        former = self.former.addresses()
        hosting = Hosting(self.configuration, self.catalog, former, self.revision)
        is_same = is_intact and former == remembered and not hosting.is_news
        if is_same and not touched.channels and not any(is_due):
            return Edition.unchanged(known, now, former), 0
        if lasts := is_same and not touched.whole:
            rendered.forget(touched.articles)
        else:
            rendered.clear()
        renderer = self._renderer(rendered)
        with nullcontext() if self.rehearsal else self.destination.publishing() as staging:
            edition = Edition(known, now, staging, former, lasts=lasts)
            codings = codings_beside(self.configuration)
            with (
                Compressing(edition, codings, is_intact=is_intact) as compressing,
                # This process has a processor to itself, and threads that compress have another.
                Ahead(
                    renderer, self.catalog.archives.told, available() - (2 if codings else 1)
                ) as ahead,
            ):
                makers = self._makers(edition, compressing, naming, renderer, ahead)
                documents = self._offer_channels(makers, edition, naming, touched, progress)
                for each in periodic:
                    makers.offer(edition, each.resources(renderer))
                    if not edition.lasts:
                        compressing.keep(each.kept(renderer))
            _offer(edition, self.former.last_documents(renderer))
            lists = [] if edition.lasts else _offer(edition, self._lists(naming))
            lists += hosting.offer(edition, is_intact=is_intact)
            makers.remembering.remember(edition)
            progress("publishing", 0, 0)
            if not is_intact:
                self.catalog.publish(known, self.catalog.published())
            if edition.has_changes or not (
                is_same or edition.manifest() == self.destination.manifest()
            ):
                self._move(edition, lists, in_order(documents, known))
            self.catalog.publish(edition.replacements(), edition.dropped())
            remember_former(self.catalog, former)
            hosting.remember()
        return edition, renderer.rendered

    def _offer_channels(
        self,
        makers: "_Makers",
        edition: Edition,
        naming: Naming,
        touched: Touched,
        progress: Progress,
    ) -> list[str]:
        """Offer all feeds of channels, then archives, and give the paths of those made anew.

        Archives come after all feeds, so that entries are there in every format before they
        would be rendered in one.
        """
        archiving, since = makers.archiving, tombstones_since(edition.now)
        is_intact = makers.compressing.is_intact
        rows = [row for row in self.rows if row.key in touched.channels or not is_intact]
        chains = archiving.chains(rows, touched)
        makers.remembering.look_up(path for row in chains for path in makers.heads.paths(row))
        have_gone = self.catalog.tombstones.are_any()
        for done, row in enumerate(makers.heads.in_turn(chains), start=1):
            makers.reconsider(edition, row, chains[row])
            tombstones = self.catalog.tombstones.recent(row.key, since) if have_gone else ()
            as_head = partial(archiving.head, chains[row], tombstones)
            makers.offer(edition, makers.heads.feed(row, as_head))
            progress("rendering", done, len(chains))
        makers.heads.note_updated()
        documents: list[str] = []
        months = archiving.months(chains)
        for done, made in enumerate(archiving.in_turn(months, chains, naming), start=1):
            documents += _offer(edition, made)
            progress("archiving", done, len(months))
        if not edition.lasts:
            for row, chain in chains.items():
                edition.keep(archiving.kept(row, chain))
            for row in self.rows:
                if row not in chains:
                    makers.keep(edition, row)
        return documents

    def _move(self, edition: Edition, referrers: Sequence[str], targets: Sequence[str]) -> None:
        """Let an edition take the place of the one before.

        The catalog is written first, so that a disk that is full for it is met while nothing
        that is published has changed. Of what is published it then knows only what is not
        written anew: whoever finds it so makes everything again.
        """
        edition.stage_manifest()
        self.catalog.publish({}, edition.replaced())
        self.catalog.commit()
        edition.publish(referrers, targets)

    def _renderer(self, rendered: Rendered) -> Renderer:
        # What has no feed any more has its name still.
        maker = EntryMaker(
            taxonomy=Taxonomy(self.configuration),
            provider_names=provider_names(self.channels),
            topic_labels=topic_labels(self.channels),
            providers=self.configuration.providers,
            scheme=f"{self.configuration.site.root}/topics/",
        )
        archives = self.configuration.archives
        return Renderer(
            feed_formats(self.configuration.formats),
            maker.entry,
            maker.brief_entry,
            rendered,
            are_archived=archives.all or archives.topics or archives.providers,
        )

    def _topping(self, naming: Naming, now: datetime) -> Topping:
        """Give what makes the feeds of the week's best."""
        most = self.configuration.top.entries
        return Topping(self.catalog, naming, _best_naming(), self.rows, most, now)

    def _digesting(self, naming: Naming, now: datetime) -> Digesting:
        """Give what makes the digests."""
        most = self.configuration.digests.entries
        return Digesting(self.catalog, naming, _best_naming(), self.rows, most, now)

    def _makers(
        self,
        edition: Edition,
        compressing: Compressing,
        naming: Naming,
        renderer: Renderer,
        ahead: Ahead,
    ) -> "_Makers":
        """Give what makes the feeds and archives of channels for an edition."""
        archives, is_intact = self.configuration.archives, compressing.is_intact
        return _Makers(
            Heads(self.configuration, self.catalog, naming, renderer, ahead),
            Archiving(self.catalog, archives, renderer, ahead, edition.known, is_intact=is_intact),
            compressing,
            Remembering(self.catalog, self.destination),
        )

    def _lists(self, naming: Naming) -> list[Resource]:
        """Make what lists all feeds: OPML for readers, then the page for people."""
        formats = feed_formats(self.configuration.formats)
        channels = [naming.channel(row) for row in self.rows]
        directory = naming.directory(channels, formats, _best_naming())
        outlines = [
            Resource(form.path, form.media_type, form.directory(directory))
            for form in directory_formats()
        ]
        return [*outlines, directory_page(directory, formats)]


class _Makers(NamedTuple):
    """What makes the resources of channels."""

    heads: Heads
    archiving: Archiving
    compressing: Compressing
    remembering: Remembering

    def reconsider(self, edition: Edition, row: ChannelRow, chain: Chain) -> None:
        """Let what is published of a channel go, unless it is offered, or of a month to be kept."""
        edition.reconsider(self.compressing.known(self.heads.paths(row)))
        edition.reconsider(self.archiving.over(row, chain))

    def keep(self, edition: Edition, row: ChannelRow) -> None:
        """Leave all that is published of a channel as it is."""
        self.compressing.keep(self.heads.paths(row))
        edition.keep(self.archiving.kept(row, self.archiving.unchanged(row)))

    def offer(self, edition: Edition, feeds: Iterable[Made]) -> None:
        """Offer feeds, with all that belongs to them, to an edition."""
        for feed in feeds:
            if isinstance(feed, Same):
                self.compressing.keep([feed.path])
                continue
            is_written = edition.offer(feed)
            if is_written:
                self.remembering.note(edition, feed)
            self.compressing.add(feed, is_written=is_written)


def _best_naming() -> BestNaming:
    return BestNaming(feed_suffixes())


def _offer(edition: Edition, resources: Iterable[Made]) -> list[str]:
    """Offer resources to an edition one by one, and give their paths."""
    paths: list[str] = []
    for resource in resources:
        if isinstance(resource, Same):
            edition.keep([resource.path])
        else:
            edition.offer(resource)
        paths.append(resource.path)
    return paths
