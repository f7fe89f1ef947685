"""What of a publication is another than it was when it was last looked at."""

from collections.abc import Iterator
from dataclasses import dataclass

from feeds.model import FormerAddresses, Gone, Redirect
from feeds.publish.listing import Listing
from feeds.publish.unserved import is_unserved


@dataclass(frozen=True, slots=True)
class Changes:
    """Paths whose bytes are others: `new` ones have a resource now, `served` ones did or do.

    What nobody is answered with is in neither; former addresses are served.
    """

    new: tuple[str, ...]
    served: tuple[str, ...]


def changes_between(before: Listing, after: Listing) -> Changes:
    """Compare two publications; `after` was read with or without the other."""
    paths = after.changed
    if paths is None:
        paths = frozenset(entry.path for entry in {*before} ^ {*after})
    new: list[str] = []
    served: list[str] = []
    for path in sorted(paths):
        old, now = before.find(path), after.find(path)
        entry = now or old
        if entry is None or is_unserved(entry) or (old and now and old.sha256 == now.sha256):
            continue
        served.append(path)
        if now:
            new.append(path)
    former = {*_former(before.former, after.former)} - {*served}
    return Changes(tuple(new), (*served, *sorted(former)))


def _former(before: FormerAddresses, after: FormerAddresses) -> Iterator[str]:
    """Give the former addresses of which something else is said now.

    Of all that is below a directory, only what was published there is known, and that has
    changed by itself.
    """
    for item in {*_items(before)} ^ {*_items(after)}:
        if not item.path.endswith("/*"):
            yield item.path


def _items(former: FormerAddresses) -> tuple[Redirect | Gone, ...]:
    return (*former.redirects, *former.gone)
