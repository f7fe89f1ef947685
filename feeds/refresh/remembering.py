"""What feeds were: kept for readers that ask only for what is new since then."""

from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from feeds.catalog import Catalog
from feeds.formats import feed_formats
from feeds.model import History, Published, Resource
from feeds.publish.destination import Destination
from feeds.publish.edition import Edition
from feeds.publish.history import continued


class _Change(NamedTuple):
    """A feed as it was published and as it becomes, each after what tells it from others."""

    published: Published
    before: bytes
    etag: str
    after: Resource


class Remembering:
    """Continues the histories of feeds that change.

    Where it `waits`, changes are held until `begin`, and looked into then.
    """

    def __init__(self, catalog: Catalog, destination: Destination, *, waits: bool) -> None:
        self._catalog = catalog
        self._destination = destination
        self._divide = {form.media_type: form.divide for form in feed_formats()}
        self._known: dict[str, History | None] = {}
        self._continued: dict[str, History] = {}
        self._waits = waits
        self._held: list[_Change] = []

    def look_up(self, paths: Iterable[str]) -> None:
        """Find what is known of feeds that may change, all at once."""
        paths = list(paths)
        self._known.update(dict.fromkeys(paths))
        self._known.update(self._catalog.histories.of(paths))

    def note(self, edition: Edition, feed: Resource) -> None:
        """Note what is new in a feed that an edition writes, if it was published before."""
        published = edition.known.get(feed.path)
        before = self._destination.body(feed.path) if published else None
        if published is None or before is None:
            return
        etag = edition.replacements()[feed.path].etag
        change = _Change(published, before, etag, feed)
        if self._waits:
            self._held.append(change)
        else:
            self._look_into(change)

    def begin(self) -> None:
        """Look into the changes that are held, and from now on into every one at once."""
        self._waits = False
        for change in self._held:
            self._look_into(change)
        self._held.clear()

    def remember(self, edition: Edition) -> None:
        """Keep what was noted, and nothing of what is published no longer."""
        past = {path for path, history in self._continued.items() if not history.since}
        self._catalog.histories.forget([*edition.deleted(), *past])
        kept = {path: item for path, item in self._continued.items() if item.since}
        self._catalog.histories.keep(kept)

    def _look_into(self, change: _Change) -> None:
        published, before, etag, after = change
        if sha256(before).hexdigest() != published.sha256:
            return
        if after.path not in self._known:
            self.look_up([after.path])
        divide = self._divide[after.media_type]
        self._continued[after.path] = continued(
            self._known[after.path],
            (published.etag, divide(before).entries),
            (etag, divide(after.body).entries),
        )
