"""Compressed files beside feeds, for web servers that send them as they are."""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from feeds.config.types import Configuration
from feeds.http.coding import IDENTITY
from feeds.http.compression import COMPRESS, coded
from feeds.model import Resource
from feeds.publish.edition import Edition
from feeds.publish.unserved import CODED_FILES, coded_path

# Feeds whose files are not offered yet are held, so that they must not become much. The last of
# a first build are compressed while archives are made, which need no such files.
_MOST_BYTES = 16 * 1024 * 1024


def codings_beside(configuration: Configuration) -> tuple[str, ...]:
    """Give the codings that feeds are to have files in: those that are installed, or none."""
    return tuple(filter(COMPRESS.__contains__, CODED_FILES)) if configuration.compressed else ()


class Compressing:
    """Offers the compressed files of feeds to an edition, in some codings.

    Where what is published `is_intact`, each file is known to be of the feed that it stands
    beside, so that it need not be made again to be compared. Files are made by threads of their
    own, while the next feeds are made, and all offered once this is left. Where it `waits`, none
    is made until `begin`, and the feeds are held until then.
    """

    def __init__(
        self, edition: Edition, codings: tuple[str, ...], *, is_intact: bool, waits: bool
    ) -> None:
        self._edition = edition
        self._codings = codings
        self.is_intact = is_intact
        self.waits = waits
        self._held: list[tuple[Resource, list[str]]] = []
        self._threads = ThreadPoolExecutor(os.cpu_count(), "compressing")
        self._waiting: deque[tuple[str, int, Future[dict[str, bytes]]]] = deque()
        self._room = _MOST_BYTES

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failure: object, *_: object) -> None:
        with self._threads:
            while self._waiting and failure is None:
                self._offer_files()

    def add(self, feed: Resource, *, is_written: bool) -> None:
        """Offer the files of a feed that was offered, made anew only where that is written.

        Those that it had and has no more, since it became small, go.
        """
        is_known = self.is_intact and not is_written
        made = self._published(feed.path) if is_known else {}
        self._edition.keep(made.values())
        missing = [coding for coding in self._codings if coding not in made]
        self._edition.reconsider(coded_path(feed.path, coding) for coding in missing)
        if missing and self.waits:
            self._held.append((feed, missing))
        elif missing:
            self._make(feed, missing)

    def outdated(self) -> list[str]:
        """Give the paths of files that are published, of feeds that are held and say otherwise."""
        return [
            file
            for feed, missing in self._held
            for coding, file in self._published(feed.path).items()
            if coding in missing
        ]

    def begin(self) -> None:
        """Make the files of feeds that are held, and from now on those of all feeds at once."""
        self.waits = False
        for feed, missing in self._held:
            self._make(feed, missing)
        self._held.clear()

    def keep(self, paths: Iterable[str]) -> None:
        """Leave feeds and their files as they are."""
        self._edition.keep(self.known(paths))

    def known(self, paths: Iterable[str]) -> Iterator[str]:
        """Give the paths of feeds, and those of their files that are published."""
        for path in paths:
            yield path
            yield from self._published(path).values()

    def _make(self, feed: Resource, codings: list[str]) -> None:
        size = len(feed.body)
        files = self._threads.submit(_files, feed.body, codings)
        self._waiting.append((feed.path, size, files))
        self._room -= size
        while self._waiting and (self._room < 0 or self._waiting[0][-1].done()):
            self._offer_files()

    def _offer_files(self) -> None:
        path, size, files = self._waiting.popleft()
        self._room += size
        for coding, body in files.result().items():
            _, media_type = CODED_FILES[coding]
            self._edition.offer(Resource(coded_path(path, coding), media_type, body))

    def _published(self, path: str) -> Mapping[str, str]:
        """Map codings to the files beside a feed that are published."""
        files = {coding: coded_path(path, coding) for coding in self._codings}
        return {coding: file for coding, file in files.items() if file in self._edition.known}


def _files(body: bytes, codings: Iterable[str]) -> dict[str, bytes]:
    """Give what files of a feed hold; the feed itself is held no longer than it takes."""
    return {coding: made for coding, made in coded(body, codings).items() if coding != IDENTITY}
