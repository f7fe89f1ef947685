"""From channels to a publication: only what is touched is rendered, only what differs written."""

from collections.abc import Sequence, Set as AbstractSet
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from feeds.catalog import Catalog
from feeds.config.types import Configuration
from feeds.formats import feed_formats, feed_suffixes
from feeds.model import ChannelRow
from feeds.pages import Look, page_form
from feeds.processes import available
from feeds.publish.destination import Destination
from feeds.publish.edition import Edition, Witness
from feeds.refresh.ahead import Ahead
from feeds.refresh.archiving import Archiving, in_order
from feeds.refresh.carried import Found
from feeds.refresh.compressing import Compressing, codings_beside
from feeds.refresh.digesting import Digesting
from feeds.refresh.entry_making import entry_maker, twin_naming
from feeds.refresh.former import Former, remember_former
from feeds.refresh.heads import Heads
from feeds.refresh.hosting import Hosting
from feeds.refresh.listing import Listing
from feeds.refresh.making import Making, offer
from feeds.refresh.months import Months
from feeds.refresh.progress import Progress
from feeds.refresh.remembering import Remembering
from feeds.refresh.rendered import Rendered
from feeds.refresh.rendering import Renderer
from feeds.refresh.supply import Supply
from feeds.refresh.taking import Taking
from feeds.refresh.topping import Topping
from feeds.refresh.touched import Touched
from feeds.refresh.twinning import Twinning
from feeds.selection.archives import ArchiveNaming
from feeds.selection.digests import BestNaming
from feeds.selection.months import MonthNaming
from feeds.selection.naming import Naming

# Feeds that are published ahead are held until they are compressed, so that they must be few.
_FEW_CHANNELS = 40


@dataclass(frozen=True, slots=True)
class Publisher:
    """Makes the feeds of channels and publishes those whose bytes are new.

    `rows` are those of all `channels` that have feeds, `former` is what is answered where some
    were.
    `revision` names the program's own code. A `rehearsal` does everything but write. One that
    `hurries` publishes few feeds before what follows from them: their compressed files, and
    documents of archives. `found` is what is published now. Pages are
    written by `look`. A `witness` is shown what is new.
    """

    configuration: Configuration
    catalog: Catalog
    destination: Destination
    rows: tuple[ChannelRow, ...]
    channels: Sequence[ChannelRow]
    former: Former
    revision: str
    rehearsal: bool
    hurries: bool
    found: Found
    look: Look
    witness: Witness | None = None

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
        naming = Naming(self.configuration, feed_suffixes())
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
            edition = Edition(known, now, staging, former, lasts=lasts, witness=self.witness)
            codings = codings_beside(self.configuration)
            goes_ahead = self.hurries and lasts and len(touched.channels) <= _FEW_CHANNELS
            with (
                Compressing(edition, codings, is_intact=is_intact, waits=goes_ahead) as compressing,
                # This process has a processor to itself, and threads that compress have another.
                Ahead(
                    renderer, self.catalog.archives.told, available() - (2 if codings else 1)
                ) as ahead,
            ):
                taking = Taking(
                    renderer, self.destination, known, touched.articles if lasts else None
                )
                supply = Supply(renderer, ahead, taking)
                months = self._months(naming, renderer)
                twinning = self._twinning(renderer, months)
                making = self._making(edition, compressing, naming, supply, twinning, months)
                # Pages name other channels, so that one which ended or moved concerns them all.
                anew = not is_intact or (not is_same and renderer.has_pages)
                documents = self._offer_channels(making, touched, progress, anew=anew)
                for each in periodic:
                    making.offer_periodic(each, renderer, twinning)
            offer(edition, self.former.last_documents(renderer))
            twinning.note_overviews()
            lists = self._listing(naming, rendered).offer(edition, self.look)
            lists += hosting.offer(edition, is_intact=is_intact)
            making.remembering.remember(edition)
            progress("publishing", 0, 0)
            if not is_intact:
                self.catalog.publish(known, self.catalog.published())
            if edition.has_changes or not (
                is_same or edition.manifest() == self.destination.manifest()
            ):
                edition.stage_manifest()
                if not edition.is_begun:
                    self._forget(edition)
                edition.publish(lists, in_order(documents, known))
            self.catalog.publish(edition.replacements(), edition.dropped())
            self.catalog.owes = False
            remember_former(self.catalog, former)
            hosting.remember()
        return edition, renderer.rendered

    def _offer_channels(
        self, making: Making, touched: Touched, progress: Progress, *, anew: bool
    ) -> list[str]:
        """Offer all that is published of channels, of those that are touched or of all `anew`.

        Gives the paths of documents of archives that are offered, and not published ahead.
        """
        edition, archiving = making.edition, making.archiving
        rows = [row for row in self.rows if row.key in touched.channels or anew]
        rest = chains = making.offer_heads(rows, touched, self.catalog, progress)
        if making.waits:
            # Feeds lead to these.
            new, rest = archiving.new_and_known(chains)
            self._publish_ahead(making, making.offer_archives(new, progress))
        documents = making.offer_archives(rest, progress)
        if not edition.lasts:
            making.keep(self.rows, chains)
        return documents

    def _publish_ahead(self, making: Making, documents: Sequence[str]) -> None:
        """Publish what is offered until now, before what follows from it.

        The catalog knows nothing of what is written until all is: whoever finds it so makes
        everything again.
        """
        edition, outdated = making.edition, making.compressing.outdated()
        if edition.has_news:
            edition.stage_manifest(outdated)
            self._forget(edition)
            edition.publish_ahead(in_order(documents, edition.known), outdated)
        making.go_on()

    def _forget(self, edition: Edition) -> None:
        """Have the catalog know only what is published and stays, before the rest is replaced.

        So a disk that is full for it is met while nothing that is published has changed. Whoever
        finds it so makes everything again: of what the catalog tells, not all is published.
        """
        replaced = edition.replaced()
        self.catalog.publish({}, replaced)
        # Where all is new, there is no resource that it could not know.
        self.catalog.owes = not replaced
        self.catalog.commit()

    def _renderer(self, rendered: Rendered) -> Renderer:
        html = self.configuration.html
        maker = entry_maker(self.configuration, self.channels, self.rows)
        archives = self.configuration.archives
        return Renderer(
            feed_formats(self.configuration.formats),
            maker.entry,
            maker.brief_entry,
            rendered,
            are_archived=archives.all or archives.topics or archives.providers,
            page_form=page_form(self.look, with_images=html.images) if html.pages else None,
        )

    def _topping(self, naming: Naming, now: datetime) -> Topping:
        """Give what makes the feeds of the week's best."""
        most = self.configuration.top.entries
        return Topping(self.catalog, naming, self._best_naming, self.rows, most, now)

    def _digesting(self, naming: Naming, now: datetime) -> Digesting:
        """Give what makes the digests."""
        most = self.configuration.digests.entries
        return Digesting(self.catalog, naming, self._best_naming, self.rows, most, now)

    def _months(self, naming: Naming, renderer: Renderer) -> Months:
        """Give what makes the pages of archives."""
        html = self.configuration.html
        archive_naming = ArchiveNaming(renderer.archive_form, feed_suffixes())
        twins = twin_naming(self.configuration)
        month_naming = MonthNaming(naming.source, archive_naming, twins)
        return Months(self.look, html, month_naming, self.found.known)

    @property
    def _best_naming(self) -> BestNaming:
        configuration = self.configuration
        has_tops = configuration.top.entries > 0
        return BestNaming(feed_suffixes(), configuration.html.pages, has_tops)

    def _listing(self, naming: Naming, rendered: Rendered) -> Listing:
        """Give what makes the lists of all feeds."""
        return Listing(
            self.configuration,
            self.catalog,
            naming,
            self._best_naming,
            self.rows,
            rendered,
        )

    def _twinning(self, renderer: Renderer, months: Months) -> Twinning:
        """Give what makes the pages of feeds."""
        return Twinning(
            self.catalog,
            twin_naming(self.configuration),
            self._best_naming,
            renderer,
            months,
            self.rows,
        )

    def _making(
        self,
        edition: Edition,
        compressing: Compressing,
        naming: Naming,
        supply: Supply,
        twinning: Twinning,
        months: Months,
    ) -> Making:
        """Give what makes the feeds and archives of channels for an edition."""
        archives = self.configuration.archives
        return Making(
            edition,
            naming,
            Heads(self.configuration, self.catalog, naming, supply, twinning),
            Archiving(self.catalog, archives, supply, self.found, months),
            compressing,
            Remembering(self.catalog, self.destination, waits=compressing.waits),
            [],
        )
