"""The comparison of articles, made anew only where a change may tell."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import NamedTuple

from feeds.catalog import Comparisons, Stories
from feeds.corpus.records import unpack_gist
from feeds.model import PackedProfile
from feeds.processes import shared
from feeds.selection.profiles import Profile, profile
from feeds.selection.similarity import Pool, to_compare_anew
from feeds.selection.taxonomy import Taxonomy
from feeds.selection.weeks import Asked, Found, Shelves, Weeks, around, by_key
from feeds.text.dates import week_of

# To begin processes takes as long as to compare so many documents; a process compares so many
# weeks before it tells what it found.
_WORTH_A_POOL = 2_000
_WEEKS_OF_A_JOB = 12

_Packed = Mapping[str, PackedProfile]


class Comparison:
    """Finds which articles are similar, and which cover one event.

    Of what is similar to an article, `most` are kept. Without `stories`, events are not asked
    for. `at_hand` is what was compared lately, and is still so. `retied` are the articles, by
    key, for which those on the same event are others now, `hidden` those that were compared and
    are shown no more.
    """

    def __init__(
        self,
        comparisons: Comparisons,
        stories: Stories | None,
        taxonomy: Taxonomy,
        most: int,
        at_hand: Shelves,
    ) -> None:
        self._comparisons = comparisons
        self._stories = stories
        self._taxonomy = taxonomy
        self._asked = Asked(most, of_events=stories is not None)
        self._weeks = Weeks(comparisons.of_week, self._asked, at_hand)
        self.retied: set[int] = set()
        self.hidden: set[int] = set()

    def all(self) -> None:
        """Compare all articles anew, in several processes where there are many."""
        comparisons = self._comparisons
        comparisons.forget()
        if not self._is_asked:
            return
        workers = None if comparisons.count() >= _WORTH_A_POOL else 1
        records = chain(comparisons.held(), comparisons.shown())
        for packed in shared(partial(_pack, self._taxonomy), records, workers):
            comparisons.compare(packed)
        for found in shared(partial(_compare, self._asked), self._jobs(), workers):
            self._keep(found, anew=True)

    def some(self, keys: Iterable[int], paths: Collection[str]) -> set[int]:
        """Compare what may be affected by documents that came, changed or went.

        `paths` are those of all these, `keys` those of the articles among them. Gives, by key,
        the articles to which others are similar now.
        """
        if not self._is_asked:
            return set()
        now, before = self._renew(keys, paths)
        affected: set[int] = set()
        numbers = {week_of(item.published) for item in (*now.values(), *before.values())}
        for week in sorted({near for number in numbers for near in around(number)}):
            articles = self._weeks.articles(week)
            similar = self._weeks.similar(*self._to_compare(week, articles, now, before))
            changed = [item for item in articles.values() if item.path in now]
            affected |= self._keep(Found(similar, self._weeks.tied(week, changed)))
        self.hidden = _keys(before.values()) - _keys(now.values())
        self._keep(Found({}, {key: set() for key in self.hidden}))
        return affected

    @property
    def _is_asked(self) -> bool:
        return self._asked.most > 0 or self._asked.of_events

    def _jobs(self) -> Iterator["_Job"]:
        """Give all weeks in jobs, each with the weeks beside its own."""
        weeks: list[int] = []
        profiles: dict[int, Sequence[PackedProfile]] = {}
        for week, packed in self._comparisons.by_week():
            weeks.append(week)
            profiles[week] = packed
            if len(weeks) > _WEEKS_OF_A_JOB:
                yield _Job(weeks[:-1], profiles)
                weeks, profiles = [week], {near: profiles[near] for near in weeks[-2:]}
        yield _Job(weeks, profiles)

    def _renew(self, keys: Iterable[int], paths: Collection[str]) -> tuple[_Packed, _Packed]:
        """Keep what of documents is compared; give that and what was before where they differ."""
        comparisons = self._comparisons
        records = chain(comparisons.held(paths), comparisons.shown(keys))
        packed = (item for batch in records for item in _pack(self._taxonomy, batch))
        now = {item.path: item for item in packed}
        before = comparisons.compared(paths)
        differing = {path for path in paths if now.get(path) != before.get(path)}
        comparisons.leave(differing - now.keys())
        comparisons.compare([now[path] for path in sorted(differing & now.keys())])
        came = {path: now[path] for path in differing & now.keys()}
        gone = {path: before[path] for path in differing & before.keys()}
        self._weeks.change(came.values(), gone.values())
        return came, gone

    def _to_compare(
        self, week: int, articles: Mapping[int, Profile], now: _Packed, before: _Packed
    ) -> tuple[Pool, Mapping[int, Profile]]:
        """Give those of a week's articles to which others may be similar than were."""
        pool = self._weeks.pool(week)
        if not self._asked.most or not articles:
            return pool, {}
        came, gone = (
            [Profile(item) for item in state.values() if week_of(item.published) in around(week)]
            for state in (now, before)
        )
        return pool, by_key(to_compare_anew(articles.values(), pool, came, gone))

    def _keep(self, found: Found, *, anew: bool = False) -> set[int]:
        """Keep what was found, and give the articles to which others are similar than were."""
        if self._stories and found.tied:
            self.retied |= self._stories.tie(found.tied, anew=anew)
        return self._comparisons.keep(found.similar, anew=anew) if found.similar else set()


class _Job(NamedTuple):
    """Weeks whose articles are compared, and what is compared of these and of those around."""

    weeks: Sequence[int]
    profiles: Mapping[int, Sequence[PackedProfile]]


def _pack(taxonomy: Taxonomy, records: Sequence[tuple[int | None, str]]) -> list[PackedProfile]:
    """Pack the profiles of articles that are shown, each with its key, or of held documents."""
    articles = [(key, unpack_gist(record)) for key, record in records]
    return [profile(article, taxonomy.topics(article), key).packed for key, article in articles]


def _compare(asked: Asked, job: _Job) -> Found:
    """Compare all articles of some weeks."""
    weeks = Weeks(lambda week: job.profiles.get(week, ()), asked)
    found = Found({}, {})
    for week in job.weeks:
        similar, tied = weeks.compare(week)
        found.similar.update(similar)
        found.tied.update(tied)
    return found


def _keys(profiles: Iterable[PackedProfile]) -> set[int]:
    return {item.article for item in profiles if item.article is not None}
