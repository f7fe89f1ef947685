"""The best articles of the week of each topic: chosen once a day, and published as chosen."""

from collections.abc import Iterator, Sequence, Set as AbstractSet
from datetime import datetime

from feeds.catalog import Catalog
from feeds.model import ChannelRow, EntryKey, StoredArticle
from feeds.refresh.making import FeedAndPages
from feeds.refresh.rendering import Renderer
from feeds.refresh.touched import Touched
from feeds.refresh.twinning import Twinning
from feeds.selection.best import best
from feeds.selection.digests import BestNaming, top_title
from feeds.selection.naming import Naming
from feeds.selection.periods import last_days


class Topping:
    """Makes the feeds of the best of the week of the topics among some channels, on one day."""

    def __init__(
        self,
        catalog: Catalog,
        naming: Naming,
        best_naming: BestNaming,
        rows: Sequence[ChannelRow],
        most: int,
        now: datetime,
    ) -> None:
        self._catalog = catalog
        self._naming = naming
        self._best_naming = best_naming
        self._tops = catalog.tops
        self._most = most
        self._rows = [row for row in rows if row.kind == "topic"] if most else []
        self._first, self._day = last_days(now)
        # Topics either all have stories or none has.
        self._in_stories = any(naming.channel(row).in_stories for row in self._rows[:1])
        self._chosen: dict[int, list[EntryKey]] = {}
        self._again: set[int] = set()

    def prepare(
        self, touched: Touched, _gone: AbstractSet[tuple[str, str]], *, is_intact: bool
    ) -> bool:
        """Choose where that is due, and tell whether there is anything to make.

        What was chosen on this day is only made again where something of it, or of a story in
        it, is there no longer, where all of a channel was touched, or where what is published
        is not intact.
        """
        if self._catalog.setting("top") != str(self._most):
            self._tops.forget()
            self._catalog.remember("top", str(self._most))
        if not self._rows:
            return False
        topics = {row.key for row in self._rows}
        due = self._tops.due(self._day, self._first)
        self._chosen = {row.key: self._choose(row.key) for row in self._rows if row.key in due}
        if not self._chosen:
            self._tops.begin(self._day)
        whole = touched.whole if is_intact else topics
        shrunk = self._tops.incomplete(touched.channels & topics, in_stories=self._in_stories)
        self._again = (whole & topics) | shrunk | self._tops.telling(touched.shrunk)
        return bool(self._chosen or self._again)

    def feeds(self, renderer: Renderer, twinning: Twinning) -> Iterator[FeedAndPages]:
        """Give the feeds that may be others now, in every format, and their pages.

        The day has begun when they all are made: what is committed before that is still due.
        """
        for row in self._rows:
            if row.key in self._chosen or row.key in self._again:
                yield self._feed(row, renderer, twinning)
        if self._chosen:
            self._tops.begin(self._day)

    def kept(self) -> Iterator[str]:
        """Give the stems of the feeds that stay as they are."""
        for row in self._rows:
            if row.key not in self._chosen and row.key not in self._again:
                yield self._best_naming.top_stem(row.stem or "")

    def _choose(self, channel: int) -> list[EntryKey]:
        candidates = self._tops.candidates(
            channel, self._first, self._day, in_stories=self._in_stories
        )
        return best(candidates, self._most)

    def _feed(self, row: ChannelRow, renderer: Renderer, twinning: Twinning) -> FeedAndPages:
        """Give the feed of a topic, and keep what of its choice there was room for."""
        channel = self._naming.channel(row)
        members, last_known = self._members(row.key), self._tops.updated(row.key)
        frame = self._best_naming.top(self._naming.feed(channel, (), last_known), channel)
        stored = {member.entry_key: member for member in members}
        entries = renderer.entries([*stored], lambda keys: [stored[key] for key in keys])
        members = members[: renderer.count(frame, entries)]
        moments = [member.entry_updated for member in members]
        feed = self._best_naming.top(self._naming.feed(channel, moments, last_known), channel)
        self._tops.keep(row.key, self._day, members, feed.updated)
        stem = self._best_naming.top_stem(channel.stem)
        entries = entries[: len(members)]
        page = twinning.beside(row, stem, top_title(channel.title), feed, entries)
        return [*renderer.resources(stem, feed, entries)], [*page]

    def _members(self, channel: int) -> list[StoredArticle]:
        if channel not in self._chosen:
            return self._tops.members(channel, in_stories=self._in_stories)
        keys = self._chosen[channel]
        found = {item.entry_key: item for item in self._catalog.archives.articles(keys)}
        return [found[key] for key in keys]
