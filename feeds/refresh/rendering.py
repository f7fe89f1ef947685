"""Feeds to resources: every entry is rendered once for each format, and its bytes joined."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from feeds.formats import write_entry, write_feed
from feeds.model import (
    Entry,
    EntryKey,
    Feed,
    FeedFormat,
    PageForm,
    Resource,
    StoredArticle,
    Twin,
)
from feeds.refresh.rendered import Rendered, Written

MOST_BYTES = 1024 * 1024
"""More bytes than this no feed document has, unless its only entry needs them."""

# An entry of fewer bytes in one format has less than `MOST_BYTES` in all of them.
_SMALL_BYTES = MOST_BYTES // 16
# An entry is the same in all feeds, so that this cannot depend on what one says of itself.
_ROOM_FOR_A_FEED = 64 * 1024

MakeEntry = Callable[[StoredArticle], Entry]
ReadArticles = Callable[[Iterable[EntryKey]], Iterable[StoredArticle]]

Done = list[tuple[EntryKey, Written]]
"""Entries that were rendered, by what tells them from all others."""


def is_too_long(written: Written) -> bool:
    """Whether an entry, in all formats, has no room in a feed, so that its brief one stands there.

    That it has none in one format keeps it out of all.
    """
    return max(map(len, written)) > MOST_BYTES - _ROOM_FOR_A_FEED


class Same(NamedTuple):
    """Stands for a resource whose bytes are what the last cycle of this process made."""

    path: str


Made: TypeAlias = Resource | Same
"""A feed in one format, or what stands for it."""


class Renderer:
    """Renders the feeds of one cycle.

    An article stands in several feeds, and in the same ones in many cycles: what is `kept` of
    it is not rendered again. `make_brief` makes the entry of an article whose own is too large
    for a feed in any format. Where entries `are_archived`, what archives have of them is kept
    longer. Where there is a `page_form`, feeds have pages, and entries are written for these, too,
    after all formats. `rendered` counts entries.
    """

    def __init__(
        self,
        formats: Sequence[FeedFormat],
        make_entry: MakeEntry,
        make_brief: MakeEntry,
        kept: Rendered | None = None,
        *,
        are_archived: bool = True,
        page_form: PageForm | None = None,
    ) -> None:
        self._formats = formats
        self._page_form = page_form
        self._writers = tuple(form.entry for form in formats)
        self._make_entry = make_entry
        self._make_brief = make_brief
        self._archiving = next((n for n, form in enumerate(formats) if form.has_archives), 0)
        self._kept = kept or Rendered()
        written = len(formats) + (page_form is not None)
        self._kept.expect(written, self._archiving if are_archived else None)
        self.rendered = 0

    @property
    def formats(self) -> Sequence[FeedFormat]:
        """The formats of feeds."""
        return self._formats

    @property
    def suffixes(self) -> tuple[str, ...]:
        """What the paths of feeds end with."""
        return tuple(form.suffix for form in self._formats)

    def paths(self, stem: str) -> tuple[str, ...]:
        """Give the paths of a feed in every format."""
        return tuple(f"{stem}{suffix}" for suffix in self.suffixes)

    @property
    def forms(self) -> Sequence[FeedFormat | PageForm]:
        """All that entries are written in, in order."""
        return [*self._formats, *([self._page_form] if self._page_form else [])]

    @property
    def has_pages(self) -> bool:
        """Whether feeds have pages."""
        return self._page_form is not None

    def missing(self, keys: Iterable[EntryKey], *, for_archives: bool = False) -> list[EntryKey]:
        """Give those of some keys whose entries are not kept in every format.

        Where they are needed `for_archives`, those that are not kept in that of archives.
        """
        find = self._kept.find_archived if for_archives else self._kept.find
        return [key for key in keys if find(key) is None]

    def render(self, articles: Iterable[StoredArticle], *, for_archives: bool = False) -> Done:
        """Render entries, in every format, or as far as that is possible in that of archives.

        They are not kept, so that another process can do it.
        """
        render = self._for_archives if for_archives else self._in_every_format
        return [(stored.entry_key, render(stored)) for stored in articles]

    def keep(self, rendered: Done) -> None:
        """Keep and count entries that were rendered."""
        self.take(rendered)
        self.rendered += len(rendered)

    def take(self, published: Iterable[tuple[EntryKey, Written]]) -> None:
        """Keep entries as they are published, which need not be rendered."""
        for key, written in published:
            self._kept.keep(key, written)

    def entries(self, keys: Sequence[EntryKey], read: ReadArticles) -> list[Written]:
        """Give entries in every format, in order; those that are not rendered yet are `read`."""
        found = {key: self._kept.find(key) for key in keys}
        rendered = self.render(read([key for key, written in found.items() if written is None]))
        self.keep(rendered)
        found.update(rendered)
        return [written for written in found.values() if written is not None]

    def count(self, frame: Feed, entries: Sequence[Written]) -> int:
        """Count how many of some entries, from the first on, one document takes.

        It is the same number in all formats, and one at least. `frame` is a feed that takes
        as much room as any that is to carry them.
        """
        totals = (sum(map(len, in_one_format)) for in_one_format in zip(*entries, strict=True))
        # What a feed says of itself is configured, and far from half of what there is room for.
        if max(totals, default=0) < MOST_BYTES // 2:
            return len(entries)
        empty = [b""] * len(entries)
        rooms = [MOST_BYTES - len(form.feed(frame, empty)) for form in self._formats]
        for number, entry in enumerate(entries):
            # What is there of an entry besides, for a page, is less.
            rooms = [room - len(body) for room, body in zip(rooms, entry, strict=False)]
            if number and min(rooms) < 0:
                return number
        return len(entries)

    def resources(self, stem: str, feed: Feed, entries: Sequence[Written]) -> Iterator[Made]:
        """Give a feed, or a page of one, in every format."""
        for number, (path, form) in enumerate(zip(self.paths(stem), self._formats, strict=True)):
            bodies = [entry[number] for entry in entries]
            if self._kept.is_same(path, feed, bodies):
                yield Same(path)
            else:
                yield Resource(path, form.media_type, write_feed(feed, bodies, form.feed))

    def page(self, path: str, feed: Feed, twin: Twin, entries: Sequence[Written]) -> Made:
        """Give the page of a feed. Raises `ValueError` where feeds have none."""
        if self._page_form is None:
            raise ValueError("feeds have no pages")
        cards = [entry[-1] for entry in entries]
        if self._kept.is_same(path, (feed, twin), cards):
            return Same(path)
        body = self._page_form.page(feed, twin, cards)
        return Resource(path, self._page_form.media_type, body)

    def ready(self, stem: str, feed: Feed, entries: Iterable[Entry]) -> Iterator[Made]:
        """Give a feed of entries that are no articles', in every format.

        Of the entries it has as many, from the first on, as one document takes.
        """
        return self.resources(stem, feed, self.written(feed, entries))

    def written(self, feed: Feed, entries: Iterable[Entry]) -> list[Written]:
        """Give entries that are no articles' in every format, as many as a document takes."""
        written = [self._written(entry) for entry in entries]
        self.rendered += len(written)
        return written[: self.count(feed, written)]

    @property
    def archive_form(self) -> FeedFormat:
        """The format of archives."""
        return self._formats[self._archiving]

    def archive_path(self, stem: str) -> str:
        """Give the path of a document of an archive."""
        return stem + self.archive_form.suffix

    def archive(self, stem: str, feed: Feed, entries: Sequence[bytes]) -> Resource:
        """Give a document of an archive, which has room for all its entries."""
        form = self.archive_form
        return Resource(
            self.archive_path(stem), form.media_type, write_feed(feed, entries, form.feed)
        )

    def archived(self, keys: Iterable[EntryKey], read: ReadArticles) -> dict[EntryKey, bytes]:
        """Give entries as archives have them; those that are not rendered yet are `read`."""
        found = {key: self._kept.find_archived(key) for key in keys}
        missing = read([key for key, body in found.items() if body is None])
        rendered = self.render(missing, for_archives=True)
        self.keep(rendered)
        found.update((key, self._kept.of_archives(written)) for key, written in rendered)
        return {key: body for key, body in found.items() if body is not None}

    def _in_every_format(self, stored: StoredArticle) -> Written:
        rendered = self._written(self._make_entry(stored))
        if is_too_long(rendered):
            return self._written(self._make_brief(stored))
        return rendered

    def _for_archives(self, stored: StoredArticle) -> Written:
        """Render an entry as it is in feeds, without the other formats where that is possible."""
        written = write_entry(self._make_entry(stored), (self.archive_form.entry,))
        return written if len(written[0]) <= _SMALL_BYTES else self._in_every_format(stored)

    def _written(self, entry: Entry) -> Written:
        written = write_entry(entry, self._writers)
        return (*written, self._page_form.entry(entry)) if self._page_form else written
