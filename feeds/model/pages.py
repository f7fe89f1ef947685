"""What people see of a feed: its page, and how pages are written."""

from collections.abc import Callable, Iterable
from datetime import datetime

from msgspec import Struct

from feeds.model.feeds import Divided, Entry, Feed, Source


class Activity(Struct, frozen=True):
    """How many entries a channel had in each of some `weeks`, one after the other.

    The last one is that of its newest entry, and begins at `since`.
    """

    weeks: tuple[int, ...]
    since: datetime


class Address(Struct, frozen=True):
    """Where a feed is in one format: the format's title and media type, and a URL."""

    title: str
    media_type: str
    url: str


class Twin(Struct, frozen=True):
    """The page of a feed: what it says besides what the feed does.

    `title` is the channel's, `site` the publication. `url` is where it is, `number` which page of
    its feed it belongs to, and `pages` maps the relations of the others to where they are. Of the
    feed's `addresses`, the preferred one is first. `readers` are names of readers on the web, with
    the address at which each takes this feed; `related` are titles of topics that its entries
    have, too, with the paths of their pages.
    """

    title: str
    site: Source
    url: str
    addresses: tuple[Address, ...]
    number: int = 1
    pages: tuple[tuple[str, str], ...] = ()
    readers: tuple[tuple[str, str], ...] = ()
    related: tuple[tuple[str, str], ...] = ()
    activity: Activity | None = None


class PageForm(Struct, frozen=True):
    """A way to write the pages of feeds, in two steps as `FeedFormat` does for feeds.

    An entry is a card there. `page` gives a whole page from a feed, what the page says besides,
    and the bytes of cards in order.
    """

    media_type: str
    entry: Callable[[Entry], bytes]
    page: Callable[[Feed, Twin, Iterable[bytes]], bytes]
    divide: Callable[[bytes], Divided]
    entry_id: Callable[[bytes], str]
