"""What people see of all feeds: the pages on which they find one."""

from datetime import datetime

from msgspec import Struct

from feeds.model.feeds import ChannelKind
from feeds.model.pages import Activity, Address


class Headline(Struct, frozen=True):
    """What an entry is called, and the address of its article."""

    title: str
    url: str


class Overview(Struct, frozen=True):
    """What was in a channel lately; without entries there is no activity."""

    activity: Activity | None = None
    headlines: tuple[Headline, ...] = ()


class Line(Struct, frozen=True, cache_hash=True):
    """A feed among others.

    `page` is the path of its page from the root, "" where it has none; `addresses` are absolute.
    `counts` are its entries in each of some weeks, which are the same of all lines, and `newest`
    is the date of the last of its entries at any time; both are empty where nobody counts. What
    there is of it besides has a title and the path of a page.
    """

    kind: ChannelKind
    stem: str
    title: str
    description: str
    page: str
    addresses: tuple[Address, ...]
    counts: tuple[int, ...] = ()
    newest: datetime | None = None
    headlines: tuple[Headline, ...] = ()
    besides: tuple[tuple[str, str], ...] = ()

    @property
    def is_dormant(self) -> bool:
        """Whether it had no entry for as long as is counted."""
        return bool(self.counts) and not any(self.counts)

    @property
    def weekly(self) -> float:
        """How many entries a week there were, from its first one on that is counted."""
        first = next((week for week, count in enumerate(self.counts) if count), 0)
        return sum(self.counts) / max(len(self.counts) - first, 1)


class Group(Struct, frozen=True):
    """Some lines under a heading, of `total` of their kind.

    `path` is the directory where all of these are, and their OPML; empty where they have none.
    """

    kind: ChannelKind
    heading: str
    lines: tuple[Line, ...]
    total: int
    path: str = ""


class Contents(Struct, frozen=True):
    """A page that lists feeds: all of them in groups, or those of one kind in some order.

    `path` is where it is from the root, which has `url`. `orders` are the names of orders with
    the paths of their first pages, of which this one is in `order`; `pages` maps relations of other
    pages of that order to their paths.
    """

    path: str
    url: str
    site: str
    title: str
    description: str
    language: str | None
    groups: tuple[Group, ...]
    has_pages: bool = True
    order: str = ""
    number: int = 1
    orders: tuple[tuple[str, str], ...] = ()
    pages: tuple[tuple[str, str], ...] = ()
