"""The comparison of articles, made anew only where a change may tell."""

from collections.abc import Collection, Iterable, Mapping
from itertools import chain

from feeds.catalog import Comparisons, Stories
from feeds.model import Gist, PackedProfile, StoredGist
from feeds.selection.events import ties
from feeds.selection.profiles import Profile, profile
from feeds.selection.similarity import Pool, Shelf, to_compare_anew
from feeds.selection.taxonomy import Taxonomy
from feeds.text.dates import week_of

_BATCH = 500
_WEEKS_AT_HAND = 5

_Packed = Mapping[str, PackedProfile]


class Comparison:
    """Finds which articles are similar, and which cover one event.

    Of what is similar to an article, `most` are kept. Without `stories`, events are not asked
    for. `retied` are the articles, by key, for which those on the same event are others now,
    `hidden` those that were compared and are shown no more.
    """

    def __init__(
        self, comparisons: Comparisons, stories: Stories | None, taxonomy: Taxonomy, most: int
    ) -> None:
        self._comparisons = comparisons
        self._stories = stories
        self._taxonomy = taxonomy
        self._most = most
        self._shelves: dict[int, Shelf] = {}
        self.retied: set[int] = set()
        self.hidden: set[int] = set()

    def all(self) -> None:
        """Compare all articles anew."""
        comparisons = self._comparisons
        comparisons.forget()
        if not self._is_asked:
            return
        documents: Iterable[Iterable[StoredGist | Gist]]
        documents = chain(comparisons.held(), comparisons.shown())
        for batch in documents:
            comparisons.compare([self._packed(item) for item in batch])
        similar: dict[int, list[str]] = {}
        tied: dict[int, set[int]] = {}
        for week in comparisons.weeks():
            articles = _by_key(self._shelf(week).profiles)
            similar |= self._compare(self._pool(week), articles)
            tied |= self._tied(week, articles.values())
            if len(similar) + len(tied) >= _BATCH:
                self._keep(similar, tied)
                similar, tied = {}, {}
        self._keep(similar, tied)

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
        for week in sorted({near for number in numbers for near in _around(number)}):
            articles = _by_key(self._shelf(week).profiles)
            similar = self._compare(*self._to_compare(week, articles, now, before))
            changed = [item for item in articles.values() if item.path in now]
            affected |= self._keep(similar, self._tied(week, changed))
        self.hidden = _keys(before.values()) - _keys(now.values())
        self._keep({}, {key: set() for key in self.hidden})
        return affected

    @property
    def _is_asked(self) -> bool:
        return self._most > 0 or self._stories is not None

    def _packed(self, item: StoredGist | Gist) -> PackedProfile:
        """Pack the profile of an article that is shown, or of a document that is held."""
        article, key = (item.article, item.key) if isinstance(item, StoredGist) else (item, None)
        return profile(article, self._taxonomy.topics(article), key).packed

    def _renew(self, keys: Iterable[int], paths: Collection[str]) -> tuple[_Packed, _Packed]:
        """Keep what of documents is compared; give that and what was before where they differ."""
        comparisons = self._comparisons
        documents: Iterable[Iterable[StoredGist | Gist]]
        documents = chain(comparisons.held(paths), comparisons.shown(keys))
        packed = (self._packed(item) for batch in documents for item in batch)
        now = {item.path: item for item in packed}
        before = comparisons.compared(paths)
        differing = {path for path in paths if now.get(path) != before.get(path)}
        comparisons.leave(differing - now.keys())
        comparisons.compare([now[path] for path in sorted(differing & now.keys())])
        return (
            {path: now[path] for path in differing & now.keys()},
            {path: before[path] for path in differing & before.keys()},
        )

    def _to_compare(
        self, week: int, articles: Mapping[int, Profile], now: _Packed, before: _Packed
    ) -> tuple[Pool, Mapping[int, Profile]]:
        """Give those of a week's articles to which others may be similar than were."""
        pool = self._pool(week)
        if not self._most or not articles:
            return pool, {}
        came, gone = (
            [Profile(item) for item in state.values() if week_of(item.published) in _around(week)]
            for state in (now, before)
        )
        return pool, _by_key(to_compare_anew(articles.values(), pool, came, gone))

    def _compare(self, pool: Pool, articles: Mapping[int, Profile]) -> dict[int, list[str]]:
        """Find what is similar to some articles of a pool, by key."""
        if not self._most:
            return {}
        return {key: pool.similar(item, self._most) for key, item in articles.items()}

    def _pool(self, week: int) -> Pool:
        """Give the articles that those of a week are compared with."""
        return Pool([self._shelf(near) for near in _around(week)])

    def _tied(self, week: int, articles: Collection[Profile]) -> dict[int, set[int]]:
        """Find with which others some articles of a week cover one event, by key."""
        if self._stories is None or not articles:
            return {}
        around = {
            key: item
            for near in _around(week)
            for key, item in _by_key(self._shelf(near).profiles).items()
        }
        keys = {item.packed.path: key for key, item in around.items()}
        return {
            keys[path]: {keys[other] for other in others}
            for path, others in ties(articles, around.values()).items()
        }

    def _keep(self, similar: Mapping[int, list[str]], tied: Mapping[int, set[int]]) -> set[int]:
        """Keep what was found, and give the articles to which others are similar than were."""
        if self._stories and tied:
            self.retied |= self._stories.tie(tied)
        return self._comparisons.keep(similar) if similar else set()

    def _shelf(self, week: int) -> Shelf:
        """Give what is compared of a week; the latest few are at hand."""
        shelf = self._shelves.get(week)
        if shelf is None:
            shelf = self._shelves[week] = Shelf(map(Profile, self._comparisons.of_week(week)))
            # Weeks are gone through in order, so that the earliest is needed no more.
            while len(self._shelves) > _WEEKS_AT_HAND:
                del self._shelves[min(self._shelves)]
        return shelf


def _around(week: int) -> tuple[int, int, int]:
    """Give the weeks whose articles those of a week are compared with."""
    return week - 1, week, week + 1


def _by_key(profiles: Iterable[Profile]) -> dict[int, Profile]:
    """Give the profiles of articles that are shown, by key."""
    return {item.packed.article: item for item in profiles if item.packed.article is not None}


def _keys(profiles: Iterable[PackedProfile]) -> set[int]:
    return {item.article for item in profiles if item.article is not None}
