"""Digests of channels: each day or week that ended gets one, which then stays as it is."""

from collections.abc import Iterator, Sequence, Set as AbstractSet
from datetime import UTC, datetime

from feeds.catalog import Catalog, Digested
from feeds.model import (
    Channel,
    ChannelRow,
    DigestItem,
    Feed,
    Frequency,
    StoredArticle,
)
from feeds.refresh.making import FeedAndPages
from feeds.refresh.rendering import Renderer
from feeds.refresh.touched import Touched
from feeds.refresh.twinning import Twinning
from feeds.selection.best import best
from feeds.selection.digests import (
    BestNaming,
    digest_entry,
    digest_item,
    digest_title,
    make_digest,
)
from feeds.selection.naming import Naming, provider_names
from feeds.selection.periods import Period, last_end, period_of

_NOTHING_YET = Digested(datetime.min.replace(tzinfo=UTC), None)


class Digesting:
    """Makes the digests of some channels, up to an instant; an entry has up to `most` articles."""

    def __init__(
        self,
        catalog: Catalog,
        naming: Naming,
        best_naming: BestNaming,
        rows: Sequence[ChannelRow],
        most: int,
        now: datetime,
    ) -> None:
        self._digests = catalog.digests
        self._articles = catalog.archives.articles
        self._naming = naming
        self._best_naming = best_naming
        self._most = most
        self._now = now
        self._providers = provider_names(rows)
        self._channels: list[tuple[ChannelRow, Frequency]] = [
            (row, frequency) for row in rows if (frequency := naming.digest(row))
        ]
        self._anew: set[int] = set()

    def prepare(
        self, touched: Touched, gone: AbstractSet[tuple[str, str]], *, is_intact: bool
    ) -> bool:
        """Make the digests that are due, and tell whether any feed may be another now.

        `gone` are the ids and documents of articles that are shown no longer.
        """
        is_whole = bool(touched.whole) or not is_intact
        shortened = self._digests.take_back(None if is_whole else gone)
        for row, frequency in self._channels:
            has_news = self._bring_up_to_date(row, frequency)
            is_shorter = (row.key, frequency) in shortened
            if has_news or is_shorter or row.key in touched.whole or not is_intact:
                self._anew.add(row.key)
        return bool(self._anew)

    def feeds(self, renderer: Renderer, twinning: Twinning) -> Iterator[FeedAndPages]:
        """Give the feeds that may be others now, in every format, and their pages."""
        for row, frequency in self._channels:
            if row.key in self._anew:
                yield self._feed(row, frequency, renderer, twinning)

    def kept(self) -> Iterator[str]:
        """Give the stems of the feeds that stay as they are."""
        for row, frequency in self._channels:
            if row.key not in self._anew:
                yield self._best_naming.digest_stem(row.stem or "", frequency)

    def _bring_up_to_date(self, row: ChannelRow, frequency: Frequency) -> bool:
        """Make a channel's digests of what ended since they were made; whether any may be news.

        Where the clock was set back, those of days to come are kept, and not published.
        """
        state, end = self._digests.state(row.key, frequency), last_end(frequency, self._now)
        if state and state.until == end:
            return False
        channel, before = self._naming.channel(row), state or _NOTHING_YET
        periods = list(self._periods(channel, row.key, frequency, before.until, end))
        for period in periods:
            self._make(channel, row, period)
        self._digests.keep_state(row.key, frequency, Digested(end, before.updated))
        return state is None or bool(periods) or end < before.until

    def _periods(
        self,
        channel: Channel,
        key: int,
        frequency: Frequency,
        since: datetime,
        end: datetime,
    ) -> Iterator[Period]:
        """Give the periods of a time that have articles, the newest first, up to the limit."""
        for _ in range(channel.limit):
            moment = self._digests.latest(key, since, end)
            if moment is None:
                return
            period = period_of(frequency, moment)
            yield period
            end = period.first

    def _make(self, channel: Channel, row: ChannelRow, period: Period) -> None:
        """Make the digest of a period, unless there is one."""
        if self._digests.has(row.key, period.frequency, period.end):
            return
        candidates = self._digests.candidates(
            row.key, period.first, period.end, in_stories=channel.in_stories
        )
        keys = best(candidates, self._most)
        found = {stored.entry_key: stored for stored in self._articles(keys)}
        items = [self._item(found[key]) for key in keys]
        feed = self._frame(channel, period.frequency, None)
        digest = make_digest(feed.id, period, channel.title, items)
        self._digests.add(row.key, period.frequency, digest)

    def _item(self, stored: StoredArticle) -> DigestItem:
        provider = stored.article.provider
        return digest_item(stored, self._providers.get(provider.domain, provider.name))

    def _feed(
        self, row: ChannelRow, frequency: Frequency, renderer: Renderer, twinning: Twinning
    ) -> FeedAndPages:
        """Give the feed of a channel's digests."""
        channel = self._naming.channel(row)
        digests = self._digests.newest(row.key, frequency, self._now, channel.limit)
        state = self._digests.state(row.key, frequency)
        updated = digests[0].published if digests else state and state.updated
        if state and updated != state.updated:
            self._digests.keep_state(row.key, frequency, Digested(state.until, updated))
        feed = self._frame(channel, frequency, updated)
        entries = [digest_entry(digest, feed, self._naming.source) for digest in digests]
        stem = self._best_naming.digest_stem(channel.stem, frequency)
        written = renderer.written(feed, entries)
        title = digest_title(channel.title, frequency)
        page = twinning.beside(row, stem, title, feed, written)
        return [*renderer.resources(stem, feed, written)], [*page]

    def _frame(self, channel: Channel, frequency: Frequency, updated: datetime | None) -> Feed:
        feed = self._naming.feed(channel, (), updated)
        return self._best_naming.digest(feed, channel, frequency)
