"""Coverage of articles, found anew only where it may have become another."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from feeds.catalog import Catalog, Coverage, Stories
from feeds.config.types import Related
from feeds.model import Reference, StoredArticle
from feeds.refresh.comparing import Comparison
from feeds.selection.coverage import Surroundings, choose_coverage
from feeds.selection.taxonomy import Taxonomy
from feeds.text.urls import comparable


def relate(
    related: Related,
    catalog: Catalog,
    taxonomy: Taxonomy,
    now: datetime,
    changed: Iterable[int] | None,
) -> set[int]:
    """Find coverage, and give the articles whose entries show something else now, by key.

    `changed` are the articles that came, changed or went, by key; None has the coverage of all
    articles found.
    """
    moment = int(now.timestamp())
    stories = catalog.stories(moment if related.unpublished else None)
    coverage = catalog.coverage(moment if related.unpublished else None)
    # More than are shown, since some may be listed, too.
    comparison = Comparison(stories, taxonomy, 2 * related.limit)
    held = _held_news(catalog, moment) if related.unpublished else {}
    if changed is None:
        comparison.all()
        batches = coverage.every_subject()
    else:
        keys = set(changed)
        weeks = {week for those in held.values() for week in those}
        affected = keys | comparison.some(sorted(keys), weeks)
        batches = coverage.subjects(affected | coverage.affected([*held, *coverage.paths(keys)]))
    stories.drop_hidden()
    coverage.drop_hidden()
    told_anew: set[int] = set()
    for batch in batches:
        told_anew |= coverage.keep(_chosen(batch, stories, coverage, related.limit))
    return told_anew


def _held_news(catalog: Catalog, moment: int) -> dict[str, set[int]]:
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
    batch: Sequence[StoredArticle], stories: Stories, coverage: Coverage, limit: int
) -> dict[int, tuple[Reference, ...]]:
    """Choose the coverage of a batch of articles."""
    similar = stories.similar([item.key for item in batch])
    around = Surroundings(
        at=coverage.at({comparable(r.url) for item in batch for r in item.article.related}),
        listing=coverage.listing({comparable(item.article.url) for item in batch}),
        by_path=coverage.by_path({path for paths in similar.values() for path in paths}),
    )
    return {
        item.key: choose_coverage(item.article, similar.get(item.key, ()), around, limit)
        for item in batch
    }
