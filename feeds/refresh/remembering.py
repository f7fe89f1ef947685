"""What feeds were: kept for readers that ask only for what is new since then."""

from collections.abc import Iterable
from hashlib import sha256

from feeds.catalog import Catalog
from feeds.formats import feed_formats
from feeds.model import History, Resource
from feeds.publish.directory import DirectoryDestination
from feeds.publish.edition import Edition
from feeds.publish.history import continued


class Remembering:
    """Continues the histories of feeds that change."""

    def __init__(self, catalog: Catalog, destination: DirectoryDestination) -> None:
        self._catalog = catalog
        self._destination = destination
        self._divide = {form.media_type: form.divide for form in feed_formats()}
        self._known: dict[str, History | None] = {}
        self._continued: dict[str, History] = {}

    def look_up(self, paths: Iterable[str]) -> None:
        """Find what is known of feeds that may change, all at once."""
        paths = list(paths)
        self._known.update(dict.fromkeys(paths))
        self._known.update(self._catalog.histories.of(paths))

    def note(self, edition: Edition, feed: Resource) -> None:
        """Note what is new in a feed that an edition writes, if it was published before."""
        known = edition.known.get(feed.path)
        before = self._destination.body(feed.path) if known else None
        if known is None or before is None or sha256(before).hexdigest() != known.sha256:
            return
        if feed.path not in self._known:
            self.look_up([feed.path])
        divide = self._divide[feed.media_type]
        self._continued[feed.path] = continued(
            self._known[feed.path],
            (known.etag, divide(before).entries),
            (edition.replacements()[feed.path].etag, divide(feed.body).entries),
        )

    def remember(self, edition: Edition) -> None:
        """Keep what was noted, and nothing of what is published no longer."""
        past = {path for path, history in self._continued.items() if not history.since}
        self._catalog.histories.forget([*edition.deleted(), *past])
        kept = {path: item for path, item in self._continued.items() if item.since}
        self._catalog.histories.keep(kept)
