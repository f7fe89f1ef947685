"""Coverage of articles, found anew only where it may have become another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from feeds.catalog import Catalog, Coverage
from feeds.config.types import Related
from feeds.model import PackedReference, Subject
from feeds.refresh.comparing import Comparison
from feeds.selection.coverage import Surroundings, choose_coverage
from feeds.selection.taxonomy import Taxonomy
from feeds.selection.weeks import Shelves

# What is told of so many articles takes some 15 MB. All at once, it is read in a third of the
# time, but a build is not to take more memory where there are more documents.
_MOST_AT_HAND = 20_000


@dataclass(frozen=True, slots=True)
class Relations:
    """Articles whose relations to others have changed, by key.

    The entries of those that are `told_anew` show other coverage; `retied` are those with which
    others cover one event than before.
    """

    told_anew: set[int]
    retied: set[int]


def relate(
    related: Related,
    catalog: Catalog,
    taxonomy: Taxonomy,
    now: datetime,
    changed: Iterable[int] | None,
    at_hand: Shelves,
) -> Relations:
    """Find coverage, and which articles cover one event.

    `changed` are the articles that came, changed or went, by key; None has all found anew.
    `at_hand` is what was compared lately, and is still so.
    """
    moment = int(now.timestamp())
    held_until = moment if related.unpublished else None
    comparisons, coverage = catalog.comparisons(held_until), catalog.coverage(held_until)
    # More than are shown, since some may be listed, too.
    stories = catalog.stories if taxonomy.has_stories else None
    comparison = Comparison(comparisons, stories, taxonomy, 2 * related.limit, at_hand)
    held = _held_news(catalog, moment) if related.unpublished else set()
    anew = changed is None
    if changed is None:
        catalog.stories.forget_ties()
        comparison.all()
        coverage.forget()
        batches = coverage.subjects()
    else:
        keys = set(changed)
        paths = held | coverage.paths(keys)
        affected = keys | comparison.some(keys, paths)
        comparisons.drop(comparison.hidden)
        coverage.drop(comparison.hidden)
        batches = coverage.subjects(affected | coverage.affected(paths))
    is_at_hand = anew and related.limit and comparisons.count() <= _MOST_AT_HAND
    everything = _everything(coverage) if is_at_hand else None
    told_anew: set[int] = set()
    for batch in batches if related.limit else ():
        similar = comparisons.similar([item.key for item in batch])
        around = everything or _around(batch, similar, coverage)
        told_anew |= coverage.keep(
            {
                item.key: choose_coverage(item, similar.get(item.key, ()), around, related.limit)
                for item in batch
            },
            anew=anew,
        )
    return Relations(told_anew, comparison.retied)


def _held_news(catalog: Catalog, moment: int) -> set[str]:
    """Give the held documents that may be referred to since the last time, or no longer may.

    The moment is remembered only where there are any, since a cycle in which nothing happened
    is to leave the catalog as it is.
    """
    before = int(catalog.setting("held until") or 0)
    news = catalog.references.news(before, moment)
    if news:
        catalog.remember("held until", str(moment))
    return news


def _everything(coverage: Coverage) -> Surroundings:
    """Give all documents that may be referred to; to read them all at once takes the least."""
    return _surroundings(coverage.at(), coverage.listing(), coverage.told())


def _around(
    batch: Sequence[Subject], similar: Mapping[int, Iterable[str]], coverage: Coverage
) -> Surroundings:
    """Give the documents that may be referred to from some articles."""
    at = coverage.at(item.path for item in batch if item.related)
    listing = coverage.listing(item.key for item in batch)
    tellers = (teller for _, teller in at.values())
    paths = {*tellers, *chain(*listing.values(), *similar.values())}
    return _surroundings(at, listing, coverage.told(paths))


def _surroundings(
    at: Mapping[str, tuple[str, str]],
    listing: Mapping[str, Sequence[str]],
    told: Mapping[str, PackedReference],
) -> Surroundings:
    return Surroundings(
        at={
            address: told[path] if path == teller else told[teller]._replace(path=path)
            for address, (path, teller) in at.items()
        },
        listing={address: [told[path] for path in paths] for address, paths in listing.items()},
        by_path=told,
    )
