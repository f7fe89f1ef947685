"""What people see of an archive: its months, and the entries of one line by line."""

from msgspec import Struct

from feeds.model.feeds import Source
from feeds.model.formats import ReadEntry


class Years(Struct, frozen=True):
    """The page that leads to the months of a channel; `path` is where it is from the root.

    `title` is the channel's, and `years` have names with the names and paths of their months, the
    last one first.
    """

    path: str
    site: Source
    title: str
    language: str | None
    page: str
    years: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


class MonthPage(Struct, frozen=True):
    """A page of a month of a channel, or one of several of it by its `number`.

    `page` is the path of the channel's own, `years` that of all months. `pages` maps relations of
    other pages of the month to their paths, `months` those of the months before and after to
    their names and paths.
    """

    path: str
    site: Source
    title: str
    month: str
    language: str | None
    page: str
    years: str
    entries: tuple[ReadEntry, ...]
    number: int = 1
    pages: tuple[tuple[str, str], ...] = ()
    months: tuple[tuple[str, str, str], ...] = ()
