"""The comparison of articles, made anew only in the weeks that changed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256

from feeds.catalog import Comparisons, Stories
from feeds.model import Article
from feeds.selection.events import ties
from feeds.selection.similarity import Profile, profile, similar
from feeds.selection.taxonomy import Taxonomy
from feeds.text.dates import week_of

_WEEKS_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class _Week:
    """The profiles of a week: of articles that are shown, by key, and of those that are held."""

    shown: dict[int, Profile]
    held: list[Profile]


class Comparison:
    """Finds which articles are similar, and which cover one event.

    Of what is similar to an article, `most` are kept. Without `stories`, events are not asked
    for. `retied` are the articles, by key, for which those on the same event are others now.
    """

    def __init__(
        self, comparisons: Comparisons, stories: Stories | None, taxonomy: Taxonomy, most: int
    ) -> None:
        self._comparisons = comparisons
        self._stories = stories
        self._taxonomy = taxonomy
        self._most = most
        self._weeks: dict[int, _Week] = {}
        self.retied: set[int] = set()

    def all(self) -> None:
        """Compare all articles anew."""
        self._comparisons.forget()
        if not self._is_asked:
            return
        for week in self._comparisons.weeks():
            self._compare(week)
            shown = self._week(week).shown
            self._tie(week, shown)
            self._comparisons.remember({key: (_digest(item), week) for key, item in shown.items()})

    def some(self, changed: Iterable[int], held: set[int]) -> set[int]:
        """Compare the articles of weeks in which articles changed, or held ones did.

        Gives, by key, those to which other articles are similar now.
        """
        if not self._is_asked:
            return set()
        weeks = self._weeks_of(changed)
        affected: set[int] = set()
        for number in sorted({near for week in weeks.keys() | held for near in _around(week)}):
            affected |= self._compare(number)
            self._tie(number, weeks.get(number, set()))
        return affected

    @property
    def _is_asked(self) -> bool:
        return self._most > 0 or self._stories is not None

    def _weeks_of(self, changed: Iterable[int]) -> dict[int, set[int]]:
        """Give the weeks that articles came to, left, or in which they say something else.

        Each has the articles, by key, that say something else and are there now.
        """
        weeks: dict[int, set[int]] = {}
        for batch in self._comparisons.compared(changed):
            now: dict[int, tuple[str | None, int | None]] = {}
            for item in batch:
                key, own = item.stored.key, self._profile(item.stored.article)
                now[key] = (_digest(own), week_of(own.published)) if item.is_shown else (None, None)
                if now[key] != (item.digest, item.week):
                    week = now[key][1]
                    for number in (item.week, week):
                        if number is not None:
                            weeks.setdefault(number, set()).update({key} if number == week else ())
            self._untie(key for key, (digest, _) in now.items() if digest is None)
            self._comparisons.remember(now)
        return weeks

    def _untie(self, hidden: Iterable[int]) -> None:
        if self._stories:
            self.retied |= self._stories.tie({key: set() for key in hidden})

    def _tie(self, number: int, keys: Collection[int]) -> None:
        """Find with which others some articles of a week cover one event."""
        if self._stories is None or not keys:
            return
        around = {
            item.path: (key, item)
            for near in _around(number)
            for key, item in self._week(near).shown.items()
        }
        week = self._week(number).shown
        found = ties([week[key] for key in keys], [item for _, item in around.values()])
        self.retied |= self._stories.tie(
            {around[path][0]: {around[at][0] for at in others} for path, others in found.items()}
        )

    def _compare(self, number: int) -> set[int]:
        if not self._most:
            return set()
        week = self._week(number)
        around = [
            item
            for near in _around(number)
            for item in (*self._week(near).shown.values(), *self._week(near).held)
        ]
        found = similar(list(week.shown.values()), around, self._most)
        return self._comparisons.keep({key: found[item.path] for key, item in week.shown.items()})

    def _week(self, number: int) -> _Week:
        """Give a week's profiles; those of the latest few are at hand."""
        week = self._weeks.get(number)
        if week is None:
            shown = {
                item.key: self._profile(item.article) for item in self._comparisons.shown(number)
            }
            held = [self._profile(article) for article in self._comparisons.held(number)]
            week = self._weeks[number] = _Week(shown, held)
            # Weeks are gone through in order, so that the earliest is needed no more.
            while len(self._weeks) > _WEEKS_AT_ONCE:
                del self._weeks[min(self._weeks)]
        return week

    def _profile(self, article: Article) -> Profile:
        return profile(article, self._taxonomy.topics(article))


def _around(week: int) -> tuple[int, int, int]:
    """Give the weeks whose articles those of a week are compared with."""
    return week - 1, week, week + 1


def _digest(item: Profile) -> str:
    """Digest what is compared of an article."""
    told = (
        (item.published, item.quality, item.words, item.provider),
        *map(sorted, (item.topics, item.title, item.addresses, item.links)),
    )
    return sha256(repr(told).encode()).hexdigest()[:32]
