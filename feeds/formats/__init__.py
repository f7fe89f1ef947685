"""The rooms in which feeds are written down, found by name: a format is one file here.

Each room is a module that exposes `FORMAT`; a module whose name begins with an underscore
is shared by the rooms and is none itself. They are imported when they are first asked for.
"""

from collections.abc import Collection
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from feeds.formats._feedgen import load
from feeds.formats._writing import write_entry, write_feed
from feeds.model import DirectoryFormat, FeedFormat

__all__ = [
    "directory_formats",
    "feed_formats",
    "feed_suffixes",
    "load",
    "write_entry",
    "write_feed",
]


def feed_formats(names: Collection[str] | None = None) -> tuple[FeedFormat, ...]:
    """Give formats of feeds, all or those of some names, the preferred one first.

    Those in XML come before others, then they are ordered by name. Every reader knows Atom and
    RSS, so whoever takes the first takes what works anywhere.
    """
    found = [
        room
        for room in _rooms()
        if isinstance(room, FeedFormat) and (names is None or room.name in names)
    ]
    return tuple(sorted(found, key=lambda room: ("+xml" not in room.media_type, room.name)))


def feed_suffixes() -> tuple[str, ...]:
    """Give what the path of a feed may end with, in whichever formats feeds are published."""
    return tuple(form.suffix for form in feed_formats())


def directory_formats() -> tuple[DirectoryFormat, ...]:
    """All formats of the directory of feeds, by name."""
    found = [room for room in _rooms() if isinstance(room, DirectoryFormat)]
    return tuple(sorted(found, key=lambda room: room.name))


def _rooms() -> tuple[object, ...]:
    return _rooms_in(tuple(__path__))


@cache
def _rooms_in(places: tuple[str, ...]) -> tuple[object, ...]:
    names = [module.name for module in iter_modules(places) if not module.name.startswith("_")]
    return tuple(import_module(f"{__name__}.{name}").FORMAT for name in names)
