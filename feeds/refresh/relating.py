"""Coverage of articles, found anew only where it may have become another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feeds.catalog import Catalog, Comparisons, Coverage
from feeds.config.types import Related
from feeds.model import PackedReference, Subject
from feeds.refresh.comparing import Comparison
from feeds.selection.coverage import Surroundings, choose_coverage
from feeds.selection.taxonomy import Taxonomy


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
) -> Relations:
    """Find coverage, and which articles cover one event.

    `changed` are the articles that came, changed or went, by key; None has all found anew.
    """
    moment = int(now.timestamp())
    held_until = moment if related.unpublished else None
    comparisons, coverage = catalog.comparisons(held_until), catalog.coverage(held_until)
    # More than are shown, since some may be listed, too.
    stories = catalog.stories if taxonomy.has_stories else None
    comparison = Comparison(comparisons, stories, taxonomy, 2 * related.limit)
    held = _held_news(catalog, moment) if related.unpublished else set()
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
    told_anew: set[int] = set()
    for batch in batches if related.limit else ():
        told_anew |= coverage.keep(_chosen(batch, comparisons, coverage, related.limit))
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


def _chosen(
    batch: Sequence[Subject], comparisons: Comparisons, coverage: Coverage, limit: int
) -> dict[int, tuple[PackedReference, ...]]:
    """Choose the coverage of a batch of articles."""
    around = Surroundings(
        at=coverage.at(item.path for item in batch if item.related),
        listing=coverage.listing(item.key for item in batch),
        by_path={},
    )
    chosen = {item.key: choose_coverage(item, (), around, limit) for item in batch}
    # Lists come first; only where they leave room is it asked what is similar.
    similar = comparisons.similar([key for key, found in chosen.items() if len(found) < limit])
    paths = {path for paths in similar.values() for path in paths}
    around = replace(around, by_path=coverage.by_path(paths))
    return chosen | {
        item.key: choose_coverage(item, similar[item.key], around, limit)
        for item in batch
        if item.key in similar
    }
