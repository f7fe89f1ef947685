"""Keeping the index by which entries are searched: after a publication, which waits for none."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from feeds.catalog import (
    Catalog,
    SearchIndex,
    Standing,
    Unsearchable,
    drop_index,
    has_index,
    look_into_catalog,
    new_index,
    open_index,
    state_of_catalog,
)
from feeds.config.state import State
from feeds.config.types import Configuration
from feeds.errors import CannotWrite, ConfigurationError, DatabaseFailed, Locked
from feeds.formats import feed_formats, write_entry
from feeds.model import ChannelRow, Entry, Searchable, StoredArticle
from feeds.refresh.entry_making import entry_maker
from feeds.refresh.former import Former
from feeds.refresh.lock import sole_publisher
from feeds.refresh.progress import Progress
from feeds.refresh.rendering import is_too_long
from feeds.refresh.touched import Touched
from feeds.selection.entries import EntryMaker
from feeds.selection.taxonomy import Taxonomy
from feeds.text.clean import clean_paragraph

_log = logging.getLogger("feeds")

# What names the catalog as it is, so that whoever keeps something of it knows of which it is.
_EDITION = "edition"
_EDITION_BYTES = 8
_CHANGED = "changed"
# An entry whose content has fewer characters has room in a feed, whatever these are written as.
_SURELY_SHORT = 50_000


def edition_of_catalog(catalog: Catalog) -> str | None:
    """Tell what names a catalog as it is; None where nothing was ever published from it."""
    return catalog.setting(_EDITION)


def begin_edition(catalog: Catalog) -> None:
    """Have a catalog called otherwise than ever before, since it will say something else."""
    catalog.remember(_EDITION, token_hex(_EDITION_BYTES))


def index_if_missing(
    configuration: Configuration, state: State, now: datetime, progress: Progress
) -> None:
    """Make the index of what was published last, where there is none.

    Nothing is published. Where nothing was, or a publisher is at work, it is left to the next.
    """
    if not configuration.server.queries:
        return
    with suppress(ConfigurationError, Locked, CannotWrite, DatabaseFailed):
        if state_of_catalog(state) is None or has_index(state):
            return
        with sole_publisher(state) as token, look_into_catalog(state) as catalog:
            moment = now.replace(microsecond=0)
            indexing = Indexing.of(configuration, catalog, state, token, moment)
            indexing.follow(Touched(), None, progress)


@dataclass(frozen=True, slots=True)
class Indexing:
    """Keeps the index of a state, of what a catalog says at an instant; `token` is of who leads.

    `maker` makes entries; `rows` are the channels that have feeds, and `writers` are the formats.
    """

    catalog: Catalog
    maker: EntryMaker
    rows: Sequence[ChannelRow]
    state: State
    token: int
    now: datetime
    in_stories: bool
    writers: tuple[Callable[[Entry], bytes], ...]

    @classmethod
    def of(
        cls,
        configuration: Configuration,
        catalog: Catalog,
        state: State,
        token: int,
        now: datetime,
    ) -> "Indexing":
        """Put together what it takes."""
        channels = catalog.channels.all()
        rows = Former(configuration, catalog, now).with_feeds(channels)
        maker = entry_maker(configuration, channels, rows)
        in_stories = Taxonomy(configuration).in_stories("all", "")
        writers = tuple(form.entry for form in feed_formats(configuration.formats))
        return cls(catalog, maker, rows, state, token, now, in_stories, writers)

    def follow(self, touched: Touched, before: str | None, progress: Progress) -> None:
        """Have the index be of the catalog as it is now; `touched` is what is new since `before`.

        What goes wrong costs the index alone, which is made anew next time.
        """
        try:
            if not self._follow(touched, before):
                self._make(progress)
        except Unsearchable as error:
            _log.warning("nothing can be searched until the next refresh: %s", error)
            drop_index(self.state)

    def _follow(self, touched: Touched, before: str | None) -> bool:
        """Change what is touched; False where the index is not of the edition before."""
        if not has_index(self.state) or self._is_whole(touched):
            return False
        try:
            with open_index(self.state, self.token) as index:
                known = index.setting(_EDITION)
                if known == edition_of_catalog(self.catalog):
                    return True
                if known is None or known != before:
                    return False
                self._change(index, touched)
                self._note(index)
        except Unsearchable:
            return False
        return True

    def _is_whole(self, touched: Touched) -> bool:
        """Whether any entry may say something else."""
        return any(row.kind == "all" and row.key in touched.whole for row in self.rows)

    def _change(self, index: SearchIndex, touched: Touched) -> None:
        searchables = self.catalog.searchables
        articles = touched.articles | searchables.members(touched.whole)
        stories = searchables.stories(articles) | index.stories(articles) | touched.shrunk
        around = articles | searchables.on(stories)
        index.drop(around, stories)
        for batch in searchables.batches(around, in_stories=self.in_stories):
            index.add(self._searchable(batch))

    def _make(self, progress: Progress) -> None:
        done, total = 0, self.catalog.visibility.count()
        with new_index(self.state, self.token) as index:
            for batch in self.catalog.searchables.batches(None, in_stories=self.in_stories):
                index.add(self._searchable(batch))
                done += len(batch)
                progress("indexing", done, total)
            self._note(index)

    def _note(self, index: SearchIndex) -> None:
        named = ((row.stem, row.key, row.title or row.name) for row in self.rows if row.stem)
        index.keep_channels(named)
        edition = edition_of_catalog(self.catalog) or ""
        index.note({_EDITION: edition, _CHANGED: self.now.isoformat()})

    def _searchable(self, standing: Iterable[Standing]) -> Iterator[Searchable]:
        by_key = {each.key: each for each in standing}
        for stored in self.catalog.archives.articles(by_key):
            each = by_key[stored.entry_key]
            yield Searchable(
                each.key,
                each.position,
                each.channels,
                stored.article.quality,
                _text(stored),
                self._entry(stored),
            )

    def _entry(self, stored: StoredArticle) -> Entry:
        """Make the entry that feeds have of an article."""
        entry = self.maker.entry(stored)
        if len(entry.content) > _SURELY_SHORT and is_too_long(write_entry(entry, self.writers)):
            return self.maker.brief_entry(stored)
        return entry


def _text(stored: StoredArticle) -> str:
    """Give what an article says, and how the others on its story are called."""
    article = stored.article
    sources = stored.story.sources if stored.story else ()
    titles = [source.item.title for source in sources]
    return "\n".join([article.title, article.summary, clean_paragraph(article.content), *titles])
