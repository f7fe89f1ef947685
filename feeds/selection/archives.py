"""The archive of a feed: one document for each month that has entries (RFC 5005, section 4)."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence, Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from feeds.model import Feed, FeedFormat, Link, Tombstone, replace
from feeds.selection.stems import folder

_FOLDER = "archive"


@dataclass(frozen=True, slots=True)
class Chain:
    """The months of a channel that have documents, in order, and those to be written anew."""

    months: tuple[str, ...] = ()
    anew: frozenset[str] = frozenset()


def whole_chain(months: Iterable[str]) -> Chain:
    """Give a chain of which everything is to be written anew."""
    ordered = tuple(sorted(months))
    return Chain(ordered, frozenset(ordered))


def next_chain(
    before: AbstractSet[str], touched: AbstractSet[str], filled: AbstractSet[str]
) -> Chain:
    """Find what to write of a chain.

    `before` are the months that had documents, `touched` those in which something changed,
    and `filled` those of these that have entries now. A month that comes or goes changes the
    links of the two beside it, and no others.
    """
    months = sorted((before - touched) | filled)
    anew = set(filled)
    for month in before ^ set(months):
        place = bisect_left(months, month)
        anew.update(months[max(place - 1, 0) : place + 2 if month in filled else place + 1])
    return Chain(tuple(months), frozenset(anew))


class ArchiveNaming:
    """Says where the documents of archives are, and what they say of themselves.

    `form` is the format of archives, `suffixes` those of all formats of feeds.
    """

    def __init__(self, form: FeedFormat, suffixes: Sequence[str]) -> None:
        self._form = form
        self._suffixes = tuple(suffixes)
        self._type = form.media_type.partition(";")[0]

    def stem(self, stem: str, month: str) -> str:
        """Give the stem of a document, from that of the feed; both may be addresses."""
        return f"{folder(stem, self._suffixes)}/{_FOLDER}/{month}"

    def folder(self, stem: str) -> str:
        """Give what the paths of a feed's documents begin with, from its own stem."""
        return self.stem(stem, "")

    def month(self, path: str) -> tuple[str, str] | None:
        """Give what all documents of a feed begin with, and the month; None for other paths."""
        place, _, name = path.rpartition("/")
        if not place.endswith(f"/{_FOLDER}"):
            return None
        return f"{place}/", name.removesuffix(self._form.suffix)

    def newest(self, feed: Feed, months: Sequence[str]) -> Feed:
        """Let the document to which people subscribe lead to its archive, where there is one."""
        folder = self.folder(feed.stem_url)
        return replace(feed, links=tuple(self._links(folder, "prev-archive", months[-1:])))

    def document(
        self,
        feed: Feed,
        months: Sequence[str],
        month: str,
        updated: datetime,
        tombstones: tuple[Tombstone, ...],
    ) -> Feed:
        """Give what the document of a month says, from what the feed does.

        They are one feed, so they have one id. Nobody subscribes to it: no hub tells of it.
        """
        place, folder = bisect_left(months, month), self.folder(feed.stem_url)
        current = Link("current", feed.stem_url + self._form.suffix, media_type=self._type)
        return replace(
            feed,
            stem_url=folder + month,
            updated=updated,
            hubs=(),
            interval=None,
            is_archive=True,
            links=(
                current,
                *self._links(folder, "prev-archive", months[max(place - 1, 0) : place]),
                *self._links(folder, "next-archive", months[place + 1 : place + 2]),
            ),
            tombstones=tombstones,
        )

    def _links(self, folder: str, relation: str, months: Iterable[str]) -> Iterator[Link]:
        for month in months:
            yield Link(relation, folder + month + self._form.suffix, media_type=self._type)
