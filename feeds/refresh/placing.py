"""From articles to channels: who belongs where now, and which feeds that may change."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from feeds.catalog import Catalog, Place, Transition
from feeds.config.types import Configuration
from feeds.refresh.guard import Guard
from feeds.refresh.progress import Progress
from feeds.refresh.relating import relate
from feeds.refresh.touched import Touched
from feeds.selection.naming import Naming
from feeds.selection.stems import give_stems, renamed_topics
from feeds.selection.taxonomy import Taxonomy


def place(
    configuration: Configuration,
    catalog: Catalog,
    now: datetime,
    guard: Guard,
    progress: Progress,
    *,
    anew: bool,
) -> Touched:
    """Put articles into their channels, and give what of them may have changed."""
    progress("placing", 0, 0)
    touched = Touched()
    reconsidered: list[int] = []
    if anew:
        catalog.visibility.reconsider_all()
        _rename_topics(configuration, catalog)
    taxonomy = _taxonomy(configuration, catalog)
    catalog.visibility.settle_dates(now)
    catalog.visibility.settle_duplicates(now)
    for batch in catalog.visibility.transitions(now):
        memberships = {
            item.stored.key: taxonomy.memberships(item.stored.article)
            for item in batch
            if item.is_visible
        }
        keys = [item.stored.key for item in batch]
        before = set() if anew else catalog.archives.places(keys)
        touched.channels |= catalog.channels.place(batch, memberships, now)
        catalog.visibility.settle(batch)
        guard.watch(batch)
        if not anew:
            reconsidered += keys
            touched.add(_changed_places(batch, before, catalog.archives.places(keys)))
    progress("relating", 0, 0)
    changed = None if anew else reconsidered
    told_anew = relate(configuration.related, catalog, taxonomy, now, changed)
    if not anew:
        touched.add(catalog.archives.places(told_anew))
    progress("naming", 0, 0)
    catalog.visibility.drop_unlisted()
    standing = catalog.channels.ensure(taxonomy.standing())
    if anew:
        touched.add_whole(row.key for row in catalog.channels.all())
    _name(configuration, catalog, touched, set(standing.values()))
    return touched


def _changed_places(
    batch: Iterable[Transition], before: set[Place], after: set[Place]
) -> Iterator[Place]:
    """Give the places that articles came to or left, and all of those that changed."""
    changed = {item.stored.key for item in batch if item.changed}
    yield from before ^ after
    yield from (place for place in after if place.article in changed)


def _rename_topics(configuration: Configuration, catalog: Catalog) -> None:
    """Let the feeds at a configured slug go on when its topic gets another label."""
    channels = catalog.channels
    renamed = renamed_topics(
        channels.all(), channels.first_names(), configuration.topics, configuration.qualifiers
    )
    for key, name in renamed.items():
        channels.rename(key, name)


def _taxonomy(configuration: Configuration, catalog: Catalog) -> Taxonomy:
    return Taxonomy(configuration, catalog.channels.topics_there_are())


def _name(
    configuration: Configuration, catalog: Catalog, touched: Touched, standing: set[int]
) -> None:
    """Give channels their titles and stems, and note what a new title touches."""
    naming = Naming(configuration)
    candidates = touched.channels | standing
    majorities = catalog.channels.majority_labels(candidates)
    rows = catalog.channels.all()
    for row in rows:
        if row.key not in candidates and row.title is not None:
            continue
        title = naming.title(row, majorities.get(row.key))
        if title != row.title:
            catalog.channels.give_title(row.key, title)
            touched.add_whole([row.key])
            if row.title is not None:
                touched.add(catalog.archives.places_beside(row.key))
            if row.kind == "provider":
                touched.add(catalog.archives.places_naming(row.name))
    for key, stem in give_stems(rows, configuration.topics).items():
        catalog.channels.give_stem(key, stem)
