"""A publication as the server holds it: what is listed, and what of that was asked for lately."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from feeds.errors import FeedsError
from feeds.http.coding import IDENTITY
from feeds.model import Gone, History, Published
from feeds.pages import Look
from feeds.publish.destination import NotShown, Shown
from feeds.publish.listing import Listing, load_listing
from feeds.publish.manifest import MANIFEST_NAME
from feeds.publish.policy import Policy
from feeds.publish.showing import shown_in
from feeds.publish.unserved import CODED_FILES, coded_path, is_unserved
from feeds.serve.files import Files
from feeds.serve.former import folder_answer, former_answer
from feeds.serve.prepared import Answer, Prepared
from feeds.serve.queries import Queries
from feeds.serve.shelf import Shelf

_INDEX = "index.html"
_BODY = re.compile(rb"<body[^>]*>\n")
_MOST_PATH = 4_096

MEMORY = 64 * 1024 * 1024
"""About how many bytes are held of what was asked for, where nothing else is said."""

Histories = Callable[[Collection[str]], Mapping[str, History]]
"""Gives the histories that there are of the feeds at some paths."""


class NoPublication(FeedsError):
    """There is no publication in this place that could be served."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"no publication in {place}: {reason}")


class LastWords(Exception):
    """The last words of what is gone are to be in memory before it can be said to be gone."""

    def __init__(self, last: Prepared) -> None:
        self.last = last


@dataclass(frozen=True, slots=True)
class Terms:
    """By what answers are prepared, besides what is published.

    A policy, the time, and the bytes that may be held. Without `histories`, every reader is sent
    whole feeds. A `banner` stands at the top of every page, where it is not empty. What is made
    for a query is written by `look`, and feeds of `queries` are made where these are given.
    """

    policy: Policy
    now: datetime
    memory: int = MEMORY
    histories: Histories | None = None
    banner: bytes = b""
    look: Look = field(default_factory=Look)
    queries: Queries | None = None

    def are_as(self, other: "Terms") -> bool:
        """Whether answers by these are the same as by others, as far as no moment has come."""
        months = [f"{terms.now:%Y-%m}" for terms in (self, other)]
        is_same = self.policy is other.policy and self.banner == other.banner
        return is_same and months[0] == months[1]


class Publication:
    """What is answered under the paths of URLs, by one manifest.

    Answers are prepared, and bytes read, when they are first asked for; `shelf` holds them as
    long as they are asked for.
    """

    def __init__(self, listing: Listing, files: Files, terms: Terms, shelf: Shelf) -> None:
        self.listing = listing
        self.files = files
        self.terms = terms
        self.shelf = shelf
        self._to_come: datetime | None = None

    @classmethod
    def load(cls, root: Path, terms: Terms, previous: "Publication | None" = None) -> "Publication":
        """Read what is published in a directory, as `of` does."""
        try:
            shown = shown_in(root)
        except NotShown as reason:
            raise NoPublication(str(root), str(reason)) from None
        return cls.of(shown, str(root), terms, previous)

    @classmethod
    def of(
        cls, shown: Shown, place: str, terms: Terms, previous: "Publication | None" = None
    ) -> "Publication":
        """Read the manifest of what is published in a place, only what differs from a previous one.

        `terms.now` is the real time: nothing is said to be newer. Raises NoPublication where the
        manifest is none.
        """
        try:
            listing = load_listing(shown.manifest, previous.listing if previous else None)
        except ValueError as error:
            raise NoPublication(place, f"{MANIFEST_NAME}: {error}") from error
        lasting = _lasting(listing, terms, previous) if previous else ()
        return cls(
            listing, Files(shown.read, are_far=shown.is_far), terms, Shelf(terms.memory, lasting)
        )

    def is_due(self, now: datetime) -> bool:
        """Whether other answers are due, though the manifest may be the same."""
        is_other_month = f"{self.terms.now:%Y-%m}" != f"{now:%Y-%m}"
        return is_other_month or (self._to_come is not None and self._to_come <= now)

    def ready(self, url_path: str) -> Prepared | None:
        """Look up what is in memory for a path of a URL that begins with a slash."""
        return self.shelf.get(_path(url_path))

    def find(self, url_path: str) -> Prepared | Answer | None:
        """Look up what is answered under a path, its percent signs decoded.

        Former addresses are among these, and those of pages without their slash. Raises
        `Unmatched` for the last words of what is gone, and `LastWords` where these are far.
        """
        if not url_path.startswith("/") or len(url_path) > _MOST_PATH:
            return None
        path = _path(url_path)
        return self.prepared(path) or self._former(url_path[1:]) or self._folder(url_path[1:])

    def prepared(self, path: str) -> Prepared | None:
        """Prepare what is published as a path and for readers; None where nothing is."""
        if found := self.shelf.get(path):
            return found
        entry = self.listing.find(path)
        if entry is None or is_unserved(entry):
            return None
        prepared = self._prepare(entry)
        # What is answered at once is what is published, which a page with a banner is not.
        if not self.is_bannered(prepared):
            self.shelf.add(path, prepared)
        return prepared

    def is_bannered(self, prepared: Prepared) -> bool:
        """Whether a resource is a page, and there is a banner that is to be seen on it."""
        return bool(self.terms.banner) and not prepared.said.is_feed

    def page_with_banner(self, prepared: Prepared) -> bytes:
        """Give the bytes of a published page, with the banner. Raises `Unmatched`."""
        self.warm(prepared, IDENTITY)
        return self.with_banner(prepared.body(IDENTITY) or b"")

    def with_banner(self, page: bytes) -> bytes:
        """Give a page with the banner first in its body."""
        begin = _BODY.search(page)
        place = begin.end() if begin else 0
        return b"".join((page[:place], self.terms.banner, page[place:]))

    def warm(self, prepared: Prepared, coding: str) -> None:
        """Have a resource's bytes in a coding in memory. Raises `Unmatched`."""
        if not prepared.is_known(coding):
            prepared.hold(coding, self.files.body(prepared, coding))

    def _prepare(self, entry: Published) -> Prepared:
        beside = {
            coding: self.listing.find(coded_path(entry.path, coding)) for coding in CODED_FILES
        }
        files = {coding: file for coding, file in beside.items() if file}
        terms = self.terms
        prepared = Prepared(entry, files, terms.policy.said(entry, terms.now), terms.now)
        if prepared.last_modified is None:
            moments = [moment for moment in (self._to_come, entry.last_modified) if moment]
            self._to_come = min(moments)
        return prepared

    def _former(self, path: str) -> Answer | None:
        former = self.listing.former.find(path)
        if former is None:
            return None
        last = None
        if isinstance(former, Gone) and former.body:
            last = self.prepared(former.body)
        if last is not None:
            if self.files.are_far and not last.is_known(IDENTITY):
                raise LastWords(last)
            # They are few, and read faster than a thread is woken to read them.
            self.warm(last, IDENTITY)
            self.shelf.weigh(last.published.path, last)
        return former_answer(former, path, last, self.terms.policy.former)

    def _folder(self, path: str) -> Answer | None:
        """Lead to the page of a directory, which relative links on it take for granted."""
        if not path or self.listing.find(f"{path}/{_INDEX}") is None:
            return None
        return folder_answer(path, self.terms.policy.former)


def _path(url_path: str) -> str:
    """Give the path of the resource that is answered under a path of a URL."""
    return f"{url_path[1:]}{_INDEX}" if url_path.endswith("/") else url_path[1:]


def _lasting(listing: Listing, terms: Terms, previous: Publication) -> list[tuple[str, Prepared]]:
    """Give what of the previous publication is in memory and lasts."""
    changed = listing.changed
    if changed is None or not terms.are_as(previous.terms):
        return []
    return [
        (path, prepared)
        for path, prepared in previous.shelf.items()
        if prepared.last_modified is not None
        and changed.isdisjoint([path, *(coded_path(path, coding) for coding in CODED_FILES)])
    ]
