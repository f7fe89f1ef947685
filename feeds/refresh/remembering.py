"""What feeds were: kept for readers that ask only for what is new since then."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from feeds.catalog import Catalog
from feeds.formats import feed_formats
from feeds.model import History, Published, Resource
from feeds.publish.directory import DirectoryDestination
from feeds.publish.edition import Edition
from feeds.publish.history import continued
from feeds.publish.manifest import entity_tag


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

    def noted(self, edition: Edition, feeds: Iterable[Resource]) -> Iterator[Resource]:
        """Hand feeds on to an edition, and note what is new in those that are published."""
        for feed in feeds:
            known = edition.known.get(feed.path)
            if known is not None:
                self._note(known, feed)
            yield feed

    def remember(self, edition: Edition) -> None:
        """Keep what was noted, and nothing of what is published no longer."""
        past = {path for path, history in self._continued.items() if not history.since}
        self._catalog.histories.forget([*edition.deleted(), *past])
        kept = {path: item for path, item in self._continued.items() if item.since}
        self._catalog.histories.keep(kept)

    def _note(self, known: Published, feed: Resource) -> None:
        digest = sha256(feed.body).hexdigest()
        if digest == known.sha256:
            return
        before = self._destination.body(known.path)
        if before is None or sha256(before).hexdigest() != known.sha256:
            return
        if feed.path not in self._known:
            self.look_up([feed.path])
        divide = self._divide[feed.media_type]
        self._continued[feed.path] = continued(
            self._known[feed.path],
            (known.etag, divide(before).entries),
            (entity_tag(digest), divide(feed.body).entries),
        )
