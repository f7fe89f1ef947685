"""Feeds to resources: every entry is rendered once for each format, and its bytes joined."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from feeds.formats import write_entry, write_feed
from feeds.model import Entry, EntryKey, Feed, FeedFormat, Resource, StoredArticle
from feeds.refresh.rendered import Bodies, Rendered

MOST_BYTES = 1024 * 1024
"""More bytes than this no feed document has, unless its only entry needs them."""

# An entry of fewer bytes in one format has less than `MOST_BYTES` in all of them.
_SMALL_BYTES = MOST_BYTES // 16
# An entry is the same in all feeds, so that this cannot depend on what one says of itself.
_ROOM_FOR_A_FEED = 64 * 1024

MakeEntry = Callable[[StoredArticle], Entry]
ReadArticles = Callable[[Iterable[EntryKey]], Iterable[StoredArticle]]


class Renderer:
    """Renders the feeds of one cycle.

    An article stands in several feeds, and in the same ones in many cycles; what of it is
    `rendered` is not again. `make_brief` makes the entry of an article whose own is too large
    for a feed in any format. `count` is that of entries that were rendered.
    """

    def __init__(
        self,
        formats: Sequence[FeedFormat],
        make_entry: MakeEntry,
        make_brief: MakeEntry,
        rendered: Rendered | None = None,
    ) -> None:
        self._formats = formats
        self._writers = tuple(form.entry for form in formats)
        self._make_entry = make_entry
        self._make_brief = make_brief
        self._rendered = rendered or Rendered()
        self._archiving = next((n for n, form in enumerate(formats) if form.has_archives), 0)
        self.count = 0

    @property
    def suffixes(self) -> tuple[str, ...]:
        """What the paths of feeds end with."""
        return tuple(form.suffix for form in self._formats)

    def paths(self, stem: str) -> tuple[str, ...]:
        """Give the paths of a feed in every format."""
        return tuple(f"{stem}{suffix}" for suffix in self.suffixes)

    def entries(self, keys: Sequence[EntryKey], read: ReadArticles) -> list[Bodies]:
        """Give some entries in every format; what is not rendered yet is `read`."""
        found = {key: self._rendered.find(key, is_whole=True) for key in keys}
        for stored in read([key for key, bodies in found.items() if bodies is None]):
            found[stored.entry_key] = self._entry(stored)
        return [bodies for bodies in found.values() if bodies is not None]

    def fitting(self, frame: Feed, entries: Sequence[Bodies]) -> int:
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
            rooms = [room - len(body) for room, body in zip(rooms, entry, strict=True)]
            if number and min(rooms) < 0:
                return number
        return len(entries)

    def resources(self, stem: str, feed: Feed, entries: Sequence[Bodies]) -> Iterator[Resource]:
        """Give a feed, or a page of one, in every format."""
        for number, (path, form) in enumerate(zip(self.paths(stem), self._formats, strict=True)):
            body = write_feed(feed, [entry[number] for entry in entries], form.feed)
            yield Resource(path, form.media_type, body)

    def ready(self, stem: str, feed: Feed, entries: Iterable[Entry]) -> Iterator[Resource]:
        """Give a feed of entries that are no articles', in every format.

        Of the entries it has as many, from the first on, as one document takes.
        """
        written = [self._written(entry) for entry in entries]
        self.count += len(written)
        return self.resources(stem, feed, written[: self.fitting(feed, written)])

    @property
    def archive_form(self) -> FeedFormat:
        """The format of archives."""
        return self._formats[self._archiving]

    def archive_path(self, stem: str) -> str:
        """Give the path of a document of an archive."""
        return stem + self.archive_form.suffix

    def archive(
        self, stem: str, feed: Feed, keys: Sequence[EntryKey], read: ReadArticles
    ) -> Resource:
        """Give a document of an archive, which has room for all its entries.

        `keys` are those of its entries, in order; what is not rendered yet is `read`.
        """
        entries = {key: self._archived(key) for key in keys}
        for stored in read([key for key, entry in entries.items() if entry is None]):
            entries[stored.entry_key] = self._for_archive(stored)
        form = self.archive_form
        present = [entry for entry in entries.values() if entry is not None]
        body = write_feed(feed, present, form.feed)
        return Resource(self.archive_path(stem), form.media_type, body)

    def _archived(self, key: EntryKey) -> bytes | None:
        """Give an entry that was rendered, as archives have it."""
        whole = self._rendered.find(key, is_whole=True)
        alone = self._rendered.find(key, is_whole=False)
        return whole[self._archiving] if whole else alone[0] if alone else None

    def _for_archive(self, stored: StoredArticle) -> bytes:
        """Render an entry as it is in feeds, without the other formats where that is possible."""
        (body,) = write_entry(self._make_entry(stored), (self.archive_form.entry,))
        if len(body) > _SMALL_BYTES:
            return self._entry(stored)[self._archiving]
        self.count += 1
        self._rendered.keep(stored.entry_key, (body,), is_whole=False)
        return body

    def _entry(self, stored: StoredArticle) -> Bodies:
        bodies = self._written(self._make_entry(stored))
        if max(map(len, bodies)) > MOST_BYTES - _ROOM_FOR_A_FEED:
            bodies = self._written(self._make_brief(stored))
        self.count += 1
        self._rendered.keep(stored.entry_key, bodies, is_whole=True)
        return bodies

    def _written(self, entry: Entry) -> Bodies:
        return write_entry(entry, self._writers)
