"""From articles to channels: who belongs where now, and which feeds that may change."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from feeds.catalog import Catalog, Place, Standings, Transition
from feeds.config.types import Configuration
from feeds.model import ChannelRow
from feeds.refresh.gathering import Gathered, gather
from feeds.refresh.guard import Guard
from feeds.refresh.leaving import Departures, expired
from feeds.refresh.progress import Progress
from feeds.refresh.relating import Relations, relate
from feeds.refresh.touched import Touched
from feeds.selection.naming import Naming
from feeds.selection.stems import give_stems, renamed_topics
from feeds.selection.stories import stand
from feeds.selection.taxonomy import Taxonomy
from feeds.selection.weeks import Shelves


@dataclass(slots=True)
class _News:
    """Articles that came, changed or went, by key.

    Of these, `changed` are those that feeds would tell otherwise, `newcomers` those that were
    not shown before, and `hidden` those that no longer are.
    """

    reconsidered: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    newcomers: set[int] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)

    def add(self, transitions: Iterable[Transition]) -> None:
        for item in transitions:
            key = item.key
            self.reconsidered.add(key)
            if item.changed:
                self.changed.add(key)
            if item.is_visible and item.shown_as is None:
                self.newcomers.add(key)
            if item.shown_as is not None and not item.is_visible:
                self.hidden.add(key)


@dataclass(frozen=True)
class _WithStories:
    """The channels, by key, in which a story is one entry; they are read only if it matters."""

    catalog: Catalog
    taxonomy: Taxonomy

    @cached_property
    def _keys(self) -> set[int]:
        channels = self.catalog.channels.all()
        return {row.key for row in channels if self.taxonomy.in_stories(row.kind, row.name)}

    def __contains__(self, channel: object) -> bool:
        return channel in self._keys


def place(
    configuration: Configuration,
    catalog: Catalog,
    now: datetime,
    guard: Guard,
    progress: Progress,
    at_hand: Shelves | None,
) -> Touched:
    """Put articles into their channels, and give what of them may have changed.

    `at_hand` is what was compared lately, and is still so; None has all found anew.
    """
    progress("settling", 0, 0)
    anew = at_hand is None
    touched = Touched()
    if anew:
        catalog.visibility.reconsider_all()
        _rename_topics(configuration, catalog)
    taxonomy = _taxonomy(configuration, catalog)
    catalog.visibility.settle_dates(now)
    catalog.visibility.settle_duplicates(now)
    news = _settle(catalog, now, guard)
    departures = Departures.watch(catalog, news.hidden, _WithStories(catalog, taxonomy))
    progress("relating", 0, 0)
    changed, kept = (None, {}) if at_hand is None else (news.reconsidered, at_hand)
    relations = relate(configuration.related, catalog, taxonomy, now, changed, kept)
    progress("gathering", 0, 0)
    gathered = _gather(configuration, catalog, taxonomy, news, relations, anew=anew)
    progress("placing", 0, 0)
    touched.shrunk = gathered.shrunk
    placed = news.reconsidered | gathered.regrouped
    standings = _stand(catalog, taxonomy, None if anew else placed)
    for places in catalog.memberships.place(standings, now):
        # Where all is found anew, whatever stands anywhere is touched in the end.
        if not anew:
            touched.add(places)
    with_stories = _WithStories(catalog, taxonomy)
    touched.add(departures.settle(placed, now, with_stories))
    touched.channels |= expired(catalog, now)
    if not anew:
        touched.add(catalog.archives.places(news.changed | relations.told_anew))
        touched.add(_told_within(catalog, news.changed | gathered.regrouped, with_stories))
    progress("naming", 0, 0)
    catalog.visibility.drop_unlisted()
    standing = catalog.channels.ensure(taxonomy.standing())
    if anew:
        touched.add_whole(row.key for row in catalog.channels.all())
    _name(configuration, catalog, touched, set(standing.values()))
    return touched


def _settle(catalog: Catalog, now: datetime, guard: Guard) -> "_News":
    """Settle which articles are shown."""
    news = _News()
    if transitions := catalog.visibility.transitions(now):
        guard.watch(transitions)
        news.add(transitions)
        catalog.visibility.settle(now)
    return news


def _gather(
    configuration: Configuration,
    catalog: Catalog,
    taxonomy: Taxonomy,
    news: "_News",
    relations: Relations,
    *,
    anew: bool,
) -> Gathered:
    """Gather articles into stories where a channel has them."""
    if not taxonomy.has_stories:
        return Gathered()
    changed = None if anew else news.reconsidered | relations.retied
    return gather(catalog, configuration.site.authority, news.newcomers, changed)


def _stand(
    catalog: Catalog, taxonomy: Taxonomy, articles: Iterable[int] | None
) -> Iterator[list[Standings]]:
    """Say, in batches, how articles, or all, and those that are on their stories stand."""
    for batch in catalog.stories.batches(articles, with_texts=taxonomy.reads_texts):
        yield [
            stand(
                [
                    (stored, taxonomy.memberships(stored.article) if stored.is_shown else ())
                    for stored in story
                ]
            )
            for story in batch
        ]


def _told_within(
    catalog: Catalog, articles: Iterable[int], with_stories: Container[int]
) -> Iterator[Place]:
    """Give the places of the stories that some articles are on, in channels that have these."""
    for place in catalog.archives.places(catalog.stories.mates(articles)):
        if place.channel in with_stories:
            yield place


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
    majorities = catalog.memberships.majority_labels(candidates)
    rows = catalog.channels.to_name(candidates)
    titles = {row.key: naming.title(row, majorities.get(row.key)) for row in rows}
    renamed = [row for row in rows if titles[row.key] != row.title]
    catalog.channels.give_titles({row.key: titles[row.key] for row in renamed})
    for row in renamed:
        if row.key not in touched.whole:
            touched.add_whole([row.key])
            _touch_naming(catalog, touched, row)
    if any(row.stem is None for row in rows):
        stems = give_stems(catalog.channels.all(), configuration.topics)
        catalog.channels.give_stems(stems)


def _touch_naming(catalog: Catalog, touched: Touched, row: ChannelRow) -> None:
    """Note the places of what tells a channel's title, besides its feed."""
    if row.title is not None:
        touched.add(catalog.archives.places_beside(row.key))
    if row.kind == "provider":
        touched.add(catalog.archives.places_naming(row.name))
        touched.add(catalog.archives.places(catalog.stories.mates_of_members(row.key)))
