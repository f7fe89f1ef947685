"""The comparison of articles, made anew only in the weeks that changed."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from feeds.catalog import Stories
from feeds.model import Article
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
    """Finds which articles are on one story; of each article's, `most` are kept."""

    def __init__(self, stories: Stories, taxonomy: Taxonomy, most: int) -> None:
        self._stories = stories
        self._taxonomy = taxonomy
        self._most = most
        self._weeks: OrderedDict[int, _Week] = OrderedDict()

    def all(self) -> None:
        """Compare all articles anew."""
        self._stories.forget()
        if not self._most:
            return
        for week in self._stories.weeks():
            self._compare(week)
            shown = self._week(week).shown
            self._stories.remember({key: (_digest(item), week) for key, item in shown.items()})

    def some(self, changed: Iterable[int], held: set[int]) -> set[int]:
        """Compare the articles of weeks in which articles changed, or held ones did.

        Gives, by key, those to which other articles are similar now.
        """
        if not self._most:
            return set()
        weeks = self._weeks_of(changed) | held
        near = {other for week in weeks for other in (week - 1, week, week + 1)}
        affected: set[int] = set()
        for week in sorted(near):
            affected |= self._compare(week)
        return affected

    def _weeks_of(self, changed: Iterable[int]) -> set[int]:
        """Give the weeks that articles came to, left, or in which they say something else."""
        weeks: set[int] = set()
        for batch in self._stories.compared(changed):
            now: dict[int, tuple[str | None, int | None]] = {}
            for item in batch:
                key, own = item.stored.key, self._profile(item.stored.article)
                now[key] = (_digest(own), week_of(own.published)) if item.is_shown else (None, None)
                if now[key] != (item.digest, item.week):
                    weeks |= {week for week in (item.week, now[key][1]) if week is not None}
            self._stories.remember(now)
        return weeks

    def _compare(self, number: int) -> set[int]:
        week = self._week(number)
        around = [
            item
            for near in (number - 1, number, number + 1)
            for item in (*self._week(near).shown.values(), *self._week(near).held)
        ]
        found = similar(list(week.shown.values()), around, self._most)
        return self._stories.keep({key: found[item.path] for key, item in week.shown.items()})

    def _week(self, number: int) -> _Week:
        """Give a week's profiles; those of the last few are at hand."""
        week = self._weeks.get(number)
        if week is None:
            shown = {item.key: self._profile(item.article) for item in self._stories.shown(number)}
            held = [self._profile(article) for article in self._stories.held(number)]
            week = self._weeks[number] = _Week(shown, held)
            while len(self._weeks) > _WEEKS_AT_ONCE:
                self._weeks.popitem(last=False)
        return week

    def _profile(self, article: Article) -> Profile:
        return profile(article, self._taxonomy.topics(article))


def _digest(item: Profile) -> str:
    """Digest what is compared of an article."""
    told = (item.published, item.quality, item.words, sorted(item.topics))
    return sha256(repr(told).encode()).hexdigest()[:32]
