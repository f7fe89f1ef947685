"""From articles to channels: who belongs where now, and which feeds that may change."""

from datetime import datetime

from feeds.catalog import Catalog
from feeds.config.types import Configuration
from feeds.refresh.guard import Guard
from feeds.refresh.progress import Progress
from feeds.refresh.relating import relate
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
) -> set[int]:
    """Put articles into their channels, and give the channels whose feeds may have changed."""
    progress("placing", 0, 0)
    touched: set[int] = set()
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
        touched |= catalog.channels.place(batch, memberships, now)
        catalog.visibility.settle(batch)
        guard.watch(batch)
        if not anew:
            reconsidered += [item.stored.key for item in batch]
    progress("relating", 0, 0)
    changed = None if anew else reconsidered
    touched |= relate(configuration.related, catalog, taxonomy, now, changed)
    progress("naming", 0, 0)
    catalog.visibility.drop_unlisted()
    standing = catalog.channels.ensure(taxonomy.standing())
    if anew:
        touched |= {row.key for row in catalog.channels.all()}
    return touched | _name(configuration, catalog, touched | set(standing.values()))


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


def _name(configuration: Configuration, catalog: Catalog, touched: set[int]) -> set[int]:
    """Give channels their titles and stems, and the channels that a new title touches."""
    naming = Naming(configuration)
    majorities = catalog.channels.majority_labels(touched)
    renamed: set[int] = set()
    rows = catalog.channels.all()
    for row in rows:
        if row.key not in touched and row.title is not None:
            continue
        title = naming.title(row, majorities.get(row.key))
        if title != row.title:
            catalog.channels.give_title(row.key, title)
            renamed |= {row.key} if row.title is None else catalog.channels.neighbours(row.key)
            if row.kind == "provider":
                renamed |= catalog.channels.naming(row.name)
    for key, stem in give_stems(rows, configuration.topics).items():
        catalog.channels.give_stem(key, stem)
    return renamed
