"""What is published, as people look at it: which feeds there are, and what each carries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from feeds.errors import ConfigurationError
from feeds.formats import feed_formats, feed_suffixes
from feeds.model import FeedFormat, Published, ReadFeed
from feeds.publish.destination import Destination
from feeds.publish.manifest import load_former, load_manifest
from feeds.selection.naming import NEVER
from feeds.selection.stems import page_stems

KINDS = ("all", "rule", "topic", "provider", "best", "digest")
"""What feeds there are, in the order in which people see them."""

_FOLDERS = {"topics": "topic", "providers": "provider", "feeds": "rule"}
_BELONGING = {"top": "best", "daily": "digest", "weekly": "digest"}
_MOST_PAGES = 1_000


@dataclass(frozen=True, slots=True)
class ListedFeed:
    """A feed in a list.

    `title` is without that of the site, `entries` counts those of all pages, `newest` is the
    latest date of one, `updated` that of the feed. `state` says what became of one that is not
    published any more.
    """

    kind: str
    stem: str
    title: str
    entries: int
    newest: datetime | None
    updated: datetime | None
    state: str = ""


def kind_of(stem: str) -> str:
    """Tell what kind of feed is at a stem; nothing where no feed begins there."""
    first, *rest = stem.split("/")
    if stem == "all":
        return stem
    if len(rest) == 1 and first in _FOLDERS:
        return _FOLDERS[first]
    above = kind_of("/".join([first, *rest[:-1]])) if rest else ""
    return _BELONGING.get(rest[-1], "") if above in {"all", *_FOLDERS.values()} else ""


class Browser:
    """Reads a publication by its manifest. Raises `ConfigurationError` where there is none."""

    def __init__(self, destination: Destination) -> None:
        self._destination = destination
        manifest = destination.manifest()
        if manifest is None:
            raise ConfigurationError((f"{destination.name}: nothing is published there yet",))
        try:
            self._published = {item.path: item for item in load_manifest(manifest)}
            self._former = load_former(manifest)
        except ValueError as error:
            raise ConfigurationError((f"{destination.name}: {error}",)) from None

    @property
    def published(self) -> Mapping[str, Published]:
        """What is published, by path."""
        return self._published

    @cached_property
    def stems(self) -> Mapping[str, FeedFormat]:
        """The stems of all feeds, in the order of kinds, each with the preferred of its formats."""
        found: dict[str, FeedFormat] = {}
        for form in feed_formats():
            for path in self._published:
                stem = path.removesuffix(form.suffix)
                if stem != path and kind_of(stem):
                    found.setdefault(stem, form)
        ordered = sorted(found, key=lambda stem: (KINDS.index(kind_of(stem)), stem))
        return {stem: found[stem] for stem in ordered}

    def feeds(self) -> Iterator[ListedFeed]:
        """Give all feeds that are published."""
        site = ""
        for stem, form in self.stems.items():
            pages = list(self._pages(stem, form))
            entries = [entry for page in pages for entry in page.entries]
            newest = max((entry.published for entry in entries), default=None)
            updated = next((page.updated for page in pages), None) or newest
            title = pages[0].title if pages else ""
            site = title if stem == "all" else site
            yield ListedFeed(
                kind_of(stem),
                stem,
                title.removeprefix(f"{site}: "),
                len(entries),
                newest,
                None if updated == NEVER else updated,
            )

    def former(self) -> Iterator[ListedFeed]:
        """Give the feeds that were retired or have moved."""
        told: dict[str, str] = {}
        moved = [(item.path, item.target) for item in self._former.redirects]
        for path, target in (*moved, *((item.path, "") for item in self._former.gone)):
            for suffix in feed_suffixes():
                stem = path.removesuffix(suffix)
                if stem != path and kind_of(stem):
                    state = f"moved to {target.removesuffix(suffix)}" if target else "retired"
                    told.setdefault(stem, state)
        for stem, state in sorted(told.items()):
            yield ListedFeed(kind_of(stem), stem, "", 0, None, None, state)

    def read(self, path: str) -> ReadFeed | None:
        """Read the document at a path, as far as it is a feed; None where there is none."""
        form = next((form for form in feed_formats() if path.endswith(form.suffix)), None)
        body = self.body(path)
        return None if form is None or body is None else form.read(body)

    def body(self, path: str) -> bytes | None:
        """Give the bytes of what is published under a path; None where nothing is."""
        return self._destination.body(path) if path in self._published else None

    def _pages(self, stem: str, form: FeedFormat) -> Iterator[ReadFeed]:
        for page in page_stems(stem, _MOST_PAGES, feed_suffixes()):
            feed = self.read(page + form.suffix)
            if feed is None:
                return
            yield feed
