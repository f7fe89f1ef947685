"""How feeds and their directory are written down, and what is read of what was written."""

from collections.abc import Callable, Iterable
from datetime import datetime

from msgspec import Struct

from feeds.model.feeds import Directory, Entry, Feed


class Divided(Struct, frozen=True):
    """A document of a feed taken apart: what stands before its entries, these, what is after.

    `separator` is what stands between two entries.
    """

    before: bytes
    entries: tuple[bytes, ...]
    after: bytes
    separator: bytes = b""

    def with_entries(self, entries: Iterable[bytes]) -> bytes:
        """Give the document with these entries instead of its own."""
        return self.before + self.separator.join(entries) + self.after


class ReadEntry(Struct, frozen=True):
    """What people are shown of an entry that is published: `more` counts its other sources."""

    id: str
    title: str
    url: str
    published: datetime
    source: str
    more: int


class ReadFeed(Struct, frozen=True):
    """What people are shown of a feed that is published; `address` is its own.

    `updated` is when its newest entry last changed, None where the format does not say.
    """

    title: str
    address: str
    updated: datetime | None
    entries: tuple[ReadEntry, ...]


class FeedFormat(Struct, frozen=True):
    """A way to write feeds down, in two steps so that an entry is rendered only once.

    `entry` gives the bytes of one entry, `feed` a whole document from a feed and the
    bytes of its entries in order. `divide` takes that apart again, and `entry_id` finds the id
    in the bytes of an entry. `read` reads what people are shown of a document, and `read_entry` of
    an entry. Archives are written in the one that `has_archives`.
    """

    name: str
    title: str
    suffix: str
    media_type: str
    entry: Callable[[Entry], bytes]
    feed: Callable[[Feed, Iterable[bytes]], bytes]
    divide: Callable[[bytes], Divided]
    entry_id: Callable[[bytes], str]
    read: Callable[[bytes], ReadFeed]
    read_entry: Callable[[bytes], ReadEntry]
    has_archives: bool = False


class DirectoryFormat(Struct, frozen=True):
    """A way to write down the directory of all feeds, published under one path."""

    name: str
    path: str
    media_type: str
    directory: Callable[[Directory], bytes]
