"""Feeds to resources: every entry is rendered once for each format, and its bytes joined."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence

from feeds.model import Entry, Feed, FeedFormat, Resource, StoredArticle

_KEPT_BYTES = 64 * 1024 * 1024


class Renderer:
    """Renders the feeds of one cycle.

    An article stands in several feeds; its bytes are kept from one to the next, the least
    recently used given up once they are more than `kept_bytes`. `rendered` counts entries.
    """

    def __init__(
        self,
        formats: Sequence[FeedFormat],
        make_entry: Callable[[StoredArticle], Entry],
        kept_bytes: int = _KEPT_BYTES,
    ) -> None:
        self._formats = formats
        self._make_entry = make_entry
        self._kept: OrderedDict[int, tuple[bytes, ...]] = OrderedDict()
        self._room = kept_bytes
        self.rendered = 0

    def paths(self, stem: str) -> tuple[str, ...]:
        """Give the paths of a channel's feed in every format."""
        return tuple(f"{stem}{form.suffix}" for form in self._formats)

    def resources(
        self, stem: str, feed: Feed, members: Sequence[StoredArticle]
    ) -> Iterator[Resource]:
        """Give a channel's feed in every format."""
        entries = [self._entry(member) for member in members]
        for number, (path, form) in enumerate(zip(self.paths(stem), self._formats, strict=True)):
            body = form.feed(feed, [entry[number] for entry in entries])
            yield Resource(path, form.media_type, body)

    def _entry(self, stored: StoredArticle) -> tuple[bytes, ...]:
        kept = self._kept.get(stored.key)
        if kept is not None:
            self._kept.move_to_end(stored.key)
            return kept
        entry = self._make_entry(stored)
        rendered = tuple(form.entry(entry) for form in self._formats)
        self.rendered += 1
        self._keep(stored.key, rendered)
        return rendered

    def _keep(self, key: int, rendered: tuple[bytes, ...]) -> None:
        self._kept[key] = rendered
        self._room -= sum(map(len, rendered))
        while self._room < 0:
            _, dropped = self._kept.popitem(last=False)
            self._room += sum(map(len, dropped))
