"""Where an article's entry is in the documents of a channel, or why it is not there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from feeds.catalog import ArticleKnown, Catalog, DigestNaming, Stand
from feeds.config.types import Configuration
from feeds.formats import feed_formats, feed_suffixes
from feeds.model import Channel, ChannelRow, FeedFormat
from feeds.publish.destination import Destination
from feeds.refresh.former import Former
from feeds.selection.archives import ArchiveNaming
from feeds.selection.digests import BestNaming
from feeds.selection.kinds import kinds_of
from feeds.selection.naming import Naming
from feeds.selection.periods import last_days, period_of
from feeds.selection.stems import page_stems
from feeds.text.dates import month_of, rfc3339


@dataclass(frozen=True, slots=True)
class Spot:
    """Whether a document carries an entry: at which place of all, on which page, or why not.

    `what` is the feed itself, or what belongs to it. Places and pages count from 1.
    """

    what: str
    path: str
    is_in: bool
    place: int | None = None
    page: int | None = None
    because: str = ""


@dataclass(frozen=True)
class Whereabouts:
    """Finds entries in what is published, as the catalog of an instant explains it."""

    configuration: Configuration
    catalog: Catalog
    destination: Destination
    former: Former
    now: datetime

    def spots(self, row: ChannelRow, article: ArticleKnown, stand: Stand) -> Iterator[Spot]:
        """Give where an article is that is shown and belongs to a channel: first in its feed."""
        if reason := self.ended(row):
            yield Spot("feed", self._path(row.stem or ""), is_in=False, because=reason)
            return
        channel = self._naming.channel(row)
        entry_id = (article.story if channel.in_stories else None) or article.id
        if not stand.leads:
            reason = f"its story is told there by {stand.told_in}"
            yield Spot("feed", self._path(channel.stem), is_in=False, because=reason)
        else:
            yield self._in_feed(channel, stand, entry_id)
            yield from self._in_archive(channel, stand, entry_id)
            yield from self._among_best(channel, stand, entry_id)
        yield from self._in_digests(row, channel, article, stand)

    def ended(self, row: ChannelRow) -> str:
        """Say why a channel has no feeds any more; nothing where it has."""
        stem = row.stem or ""
        if stem in self.former.stems:
            move = self.configuration.moved.get(stem)
            return f"the feed has moved to {move.to}" if move else "the feed was retired"
        if row.kind == "rule" and row.name not in self.configuration.feeds:
            return "the feed is not configured any more"
        return ""

    def _in_feed(self, channel: Channel, stand: Stand, entry_id: str) -> Spot:
        stems = page_stems(channel.stem, self.configuration.pages, feed_suffixes())
        before = 0
        for number, stem in enumerate(stems, start=1):
            ids = self._ids(self._path(stem), self._form)
            if entry_id in ids:
                place = before + ids.index(entry_id) + 1
                return Spot("feed", self._path(stem), is_in=True, place=place, page=number)
            before += len(ids)
        ahead = self.catalog.inquiries.ahead(stand, entry_id, in_stories=channel.in_stories)
        reason = "it is not in what is published: the next build puts it there"
        if ahead >= before > 0:
            reason = f"{ahead} entries stand before it, and the feed has {before}"
        return Spot("feed", self._path(channel.stem), is_in=False, because=reason)

    def _in_archive(self, channel: Channel, stand: Stand, entry_id: str) -> Iterator[Spot]:
        form = next((form for form in self._forms if form.has_archives), None)
        if form is None or channel.kind not in kinds_of(self.configuration.archives):
            return
        naming = ArchiveNaming(form, feed_suffixes())
        path = naming.stem(channel.stem, month_of(stand.published)) + form.suffix
        yield self._spot("archive", path, form, entry_id, "the next build puts it there")

    def _among_best(self, channel: Channel, stand: Stand, entry_id: str) -> Iterator[Spot]:
        most = self.configuration.top.entries
        if channel.kind != "topic" or not most:
            return
        first, day = last_days(self.now)
        reason = f"others of the last seven days are better; it has {most} entries at most"
        if not first <= stand.published < day:
            reason = f"it is not of the seven days from {first.date()} to before {day.date()}"
        path = self._path(self._best_naming.top_stem(channel.stem))
        yield self._spot("best of the week", path, self._form, entry_id, reason)

    def _in_digests(
        self, row: ChannelRow, channel: Channel, article: ArticleKnown, stand: Stand
    ) -> Iterator[Spot]:
        frequency = self._naming.digest(row)
        if frequency is None:
            return
        path = self._path(self._best_naming.digest_stem(channel.stem, frequency))
        naming = self._digests(article, row)
        published = self._ids(path, self._form)
        for digest in naming:
            if digest.id in published:
                place = digest.place + 1
                yield Spot("digest", path, is_in=True, place=place, because=digest.title)
        if not any(digest.id in published for digest in naming):
            period = period_of(frequency, stand.published)
            reason = f"{period.title} has others that are better, or was told without it"
            if period.end > self.now:
                reason = f"{period.title} ends on {rfc3339(period.end)}"
            yield Spot("digest", path, is_in=False, because=reason)

    def _digests(self, article: ArticleKnown, row: ChannelRow) -> list[DigestNaming]:
        ids = [article.id, *([article.story] if article.story else [])]
        found = self.catalog.inquiries.digests(ids, article.article.path)
        return [digest for digest in found if digest.channel == row.key]

    def _spot(self, what: str, path: str, form: FeedFormat, entry_id: str, why_not: str) -> Spot:
        ids = self._ids(path, form)
        if entry_id in ids:
            return Spot(what, path, is_in=True, place=ids.index(entry_id) + 1)
        return Spot(what, path, is_in=False, because=why_not)

    def _ids(self, path: str, form: FeedFormat) -> Sequence[str]:
        """Give the ids of the entries of a document, in order; of one that is not there, none."""
        body = self.destination.body(path)
        return [] if body is None else [*map(form.entry_id, form.divide(body).entries)]

    def _path(self, stem: str) -> str:
        return stem + self._form.suffix

    @cached_property
    def _forms(self) -> tuple[FeedFormat, ...]:
        return feed_formats(self.configuration.formats)

    @property
    def _form(self) -> FeedFormat:
        return self._forms[0]

    @cached_property
    def _naming(self) -> Naming:
        return Naming(self.configuration)

    @cached_property
    def _best_naming(self) -> BestNaming:
        return BestNaming(feed_suffixes())
