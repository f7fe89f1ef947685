"""What feeds were: kept for readers that ask only for what is new since then."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from feeds.catalog import Catalog
from feeds.formats import feed_formats
from feeds.model import Published, Resource
from feeds.publish.directory import DirectoryDestination
from feeds.publish.edition import Edition
from feeds.publish.history import continued
from feeds.publish.manifest import entity_tag


class Remembering:
    """Continues the histories of feeds that change."""

    def __init__(self, catalog: Catalog, destination: DirectoryDestination) -> None:
        self._histories = catalog.histories
        self._destination = destination
        self._divide = {form.media_type: form.divide for form in feed_formats()}

    def noted(self, edition: Edition, feeds: Iterable[Resource]) -> Iterator[Resource]:
        """Hand feeds on to an edition, and note what is new in those that are published."""
        for feed in feeds:
            known = edition.known.get(feed.path)
            if known is not None:
                self._note(known, feed)
            yield feed

    def forget(self, paths: Iterable[str]) -> None:
        """Keep no history of what is published no longer."""
        self._histories.forget(paths)

    def _note(self, known: Published, feed: Resource) -> None:
        digest = sha256(feed.body).hexdigest()
        if digest == known.sha256:
            return
        before = self._destination.body(known.path)
        if before is None or sha256(before).hexdigest() != known.sha256:
            return
        divide = self._divide[feed.media_type]
        history = continued(
            self._histories.of([feed.path]).get(feed.path),
            (known.etag, divide(before).entries),
            (entity_tag(digest), divide(feed.body).entries),
        )
        if history.since:
            self._histories.keep(feed.path, history)
        else:
            self._histories.forget([feed.path])
