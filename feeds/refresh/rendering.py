"""Feeds to resources: every entry is rendered once for each format, and its bytes joined."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence

from feeds.model import Entry, EntryKey, Feed, FeedFormat, Resource, StoredArticle

MOST_BYTES = 1024 * 1024
"""More bytes than this no feed document has, unless its only entry needs them."""

# An entry of fewer bytes in one format has less than `MOST_BYTES` in all of them.
_SMALL_BYTES = MOST_BYTES // 16
_KEPT_BYTES = 64 * 1024 * 1024
# An entry is the same in all feeds, so that this cannot depend on what one says of itself.
_ROOM_FOR_A_FEED = 64 * 1024

MakeEntry = Callable[[StoredArticle], Entry]
ReadArticles = Callable[[Iterable[EntryKey]], Iterable[StoredArticle]]


class Renderer:
    """Renders the feeds of one cycle.

    An article stands in several feeds; its bytes are kept from one to the next, the least
    recently used given up once they are more than `kept_bytes`. `make_brief` makes the entry
    of an article whose own is too large for a feed in any format. `rendered` counts entries.
    """

    def __init__(
        self,
        formats: Sequence[FeedFormat],
        make_entry: MakeEntry,
        make_brief: MakeEntry,
        kept_bytes: int = _KEPT_BYTES,
    ) -> None:
        self._formats = formats
        self._make_entry = make_entry
        self._make_brief = make_brief
        self._kept: OrderedDict[tuple[EntryKey, bool], tuple[bytes, ...]] = OrderedDict()
        self._archiving = next((n for n, form in enumerate(formats) if form.has_archives), 0)
        self._room = kept_bytes
        self.rendered = 0

    @property
    def suffixes(self) -> tuple[str, ...]:
        """What the paths of feeds end with."""
        return tuple(form.suffix for form in self._formats)

    def paths(self, stem: str) -> tuple[str, ...]:
        """Give the paths of a feed in every format."""
        return tuple(f"{stem}{suffix}" for suffix in self.suffixes)

    def count(self, frame: Feed, members: Sequence[StoredArticle]) -> int:
        """Count how many of some articles, from the first on, one document takes.

        It is the same number in all formats, and one at least. `frame` is a feed that takes
        as much room as any that is to carry them.
        """
        return self._count(frame, [self._entry(member) for member in members])

    def _count(self, frame: Feed, entries: Sequence[tuple[bytes, ...]]) -> int:
        """Count how many of some entries, written in every format, one document takes."""
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

    def resources(
        self, stem: str, feed: Feed, members: Sequence[StoredArticle]
    ) -> Iterator[Resource]:
        """Give a feed, or a page of one, in every format."""
        return self._documents(stem, feed, [self._entry(member) for member in members])

    def ready(self, stem: str, feed: Feed, entries: Iterable[Entry]) -> Iterator[Resource]:
        """Give a feed of entries that are no articles', in every format.

        Of the entries it has as many, from the first on, as one document takes.
        """
        written = [self._written(entry) for entry in entries]
        self.rendered += len(written)
        return self._documents(stem, feed, written[: self._count(feed, written)])

    def _documents(
        self, stem: str, feed: Feed, entries: Sequence[tuple[bytes, ...]]
    ) -> Iterator[Resource]:
        for number, (path, form) in enumerate(zip(self.paths(stem), self._formats, strict=True)):
            body = form.feed(feed, [entry[number] for entry in entries])
            yield Resource(path, form.media_type, body)

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
        body = form.feed(feed, [entry for entry in entries.values() if entry is not None])
        return Resource(self.archive_path(stem), form.media_type, body)

    def _archived(self, key: EntryKey) -> bytes | None:
        """Give an entry that was rendered, as archives have it."""
        whole = self._find(key, is_whole=True)
        alone = self._find(key, is_whole=False)
        return whole[self._archiving] if whole else alone[0] if alone else None

    def _for_archive(self, stored: StoredArticle) -> bytes:
        """Render an entry as it is in feeds, without the other formats where that is possible."""
        body = self.archive_form.entry(self._make_entry(stored))
        if len(body) > _SMALL_BYTES:
            return self._entry(stored)[self._archiving]
        self.rendered += 1
        self._keep((stored.entry_key, False), (body,))
        return body

    def _find(self, key: EntryKey, *, is_whole: bool) -> tuple[bytes, ...] | None:
        kept = self._kept.get((key, is_whole))
        if kept is not None:
            self._kept.move_to_end((key, is_whole))
        return kept

    def _entry(self, stored: StoredArticle) -> tuple[bytes, ...]:
        kept = self._find(stored.entry_key, is_whole=True)
        if kept is not None:
            return kept
        rendered = self._written(self._make_entry(stored))
        if max(map(len, rendered)) > MOST_BYTES - _ROOM_FOR_A_FEED:
            rendered = self._written(self._make_brief(stored))
        self.rendered += 1
        self._keep((stored.entry_key, True), rendered)
        return rendered

    def _written(self, entry: Entry) -> tuple[bytes, ...]:
        return tuple(form.entry(entry) for form in self._formats)

    def _keep(self, key: tuple[EntryKey, bool], rendered: tuple[bytes, ...]) -> None:
        self._kept[key] = rendered
        self._room -= sum(map(len, rendered))
        while self._room < 0:
            _, dropped = self._kept.popitem(last=False)
            self._room += sum(map(len, dropped))
