"""What an entry names as related: what its author listed, who lists it, who tells the same."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from feeds.model import PackedReference, Subject
from feeds.text.urls import comparable


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The documents of the corpus that may be referred to from some articles.

    `at` has them by address, `listing` those that list an address, the best first, and
    `by_path` those that a comparison found.
    """

    at: Mapping[str, PackedReference]
    listing: Mapping[str, Sequence[PackedReference]]
    by_path: Mapping[str, PackedReference]


def choose_coverage(
    article: Subject, similar: Iterable[str], around: Surroundings, limit: int
) -> tuple[PackedReference, ...]:
    """Choose up to `limit` references in the order of what they are worth, none of them twice.

    First what the author listed, then documents that list the article, then those on the
    same story, given by their paths. What is a document of the corpus that may be referred
    to is told as it says of itself, anything else as the author says.
    """
    address = comparable(article.url)
    seen = {address, article.path}
    chosen: list[PackedReference] = []
    for reference in _candidates(article, address, similar, around):
        if len(chosen) == limit:
            break
        names = {comparable(reference.url)} | ({reference.path} if reference.path else set())
        if names.isdisjoint(seen):
            chosen.append(reference)
        seen |= names
    return tuple(chosen)


def _candidates(
    article: Subject, address: str, similar: Iterable[str], around: Surroundings
) -> Iterator[PackedReference]:
    for item in article.related:
        yield around.at.get(comparable(item.url)) or item
    yield from around.listing.get(address, ())
    for path in similar:
        if path in around.by_path:
            yield around.by_path[path]
