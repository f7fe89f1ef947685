"""What people see of a feed: its page, and how pages are written."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

from feeds.model.feeds import Entry, Feed, Outline, Source
from feeds.model.formats import Divided


class Activity(Struct, frozen=True):
    """How many entries a channel had in each of some `weeks`, up to that of its `newest` entry."""

    weeks: tuple[int, ...]
    newest: datetime

    @property
    def since(self) -> datetime:
        """When the last of the weeks began: on a Monday, in UTC."""
        midnight = self.newest.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight - timedelta(days=self.newest.weekday())


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
    have, too, with the paths of their pages, and `besides` those of what else there is of the
    channel.
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
    besides: tuple[tuple[str, str], ...] = ()


class Articles(NamedTuple):
    """What people are shown of articles that were found: their feed, its page, and their cards."""

    feed: Feed
    twin: Twin
    cards: tuple[bytes, ...]


class Results(NamedTuple):
    """What people are shown of what they looked for: feeds that are called so, and articles.

    A `problem` is why no articles were looked for.
    """

    words: str
    feeds: tuple[Outline, ...] = ()
    articles: Articles | None = None
    problem: str = ""


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
