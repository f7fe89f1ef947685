"""Documents whose reading came to no end: a few of them are not tried for ever."""

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from feeds.catalog import Catalog
from feeds.corpus.packing import PackedReading
from feeds.corpus.records import Unreadable
from feeds.model import FileStamp

_NAME = "crashes"
# How often a document is tried that does not change.
_TRIES = 3


class _Crash(NamedTuple):
    """The stamp with which a document did harm, how often it did, and its findings as JSON."""

    stamp: FileStamp
    tries: int
    findings: str


class Crashes:
    """Knows the documents that could not be read to their end, from one cycle to the next.

    Raises `Unreadable` where what is kept of them is damaged.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._crashes = {crash.stamp.path: crash for crash in _read(catalog.setting(_NAME))}

    def given_up(self) -> Mapping[FileStamp, str]:
        """Give the findings of documents that were tried often enough, as JSON, by their stamps.

        Another stamp means another document, which is tried.
        """
        crashes = self._crashes.values()
        return {crash.stamp: crash.findings for crash in crashes if crash.tries >= _TRIES}

    def note(self, batch: Iterable[tuple[FileStamp, PackedReading]]) -> None:
        """Note of documents that were tried whether that came to an end."""
        for stamp, reading in batch:
            before = self._crashes.pop(stamp.path, None) if self._crashes else None
            if reading.is_lost:
                tries = before.tries if before and before.stamp == stamp else 0
                self._crashes[stamp.path] = _Crash(stamp, tries + 1, reading.findings)

    def keep_only(self, stamps: Iterable[FileStamp]) -> None:
        """Forget the documents that are not among these any more."""
        if self._crashes:
            there = {stamp.path for stamp in stamps}
            self._crashes = {path: item for path, item in self._crashes.items() if path in there}

    def save(self) -> None:
        """Keep what is known, with all that this cycle keeps."""
        if self._crashes or self._catalog.setting(_NAME):
            crashes = [self._crashes[path] for path in sorted(self._crashes)]
            self._catalog.remember(_NAME, json.dumps(crashes))


def _read(kept: str | None) -> Iterable[_Crash]:
    try:
        return [_Crash(FileStamp(*stamp), *rest) for stamp, *rest in json.loads(kept or "[]")]
    except (ValueError, TypeError) as error:
        raise Unreadable(f"no crashes: {error}") from None
