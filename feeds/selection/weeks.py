"""Articles week by week: which others each is compared with, and what comes of it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from feeds.model import PackedProfile
from feeds.selection.events import Events, ties
from feeds.selection.profiles import Profile
from feeds.selection.similarity import Pool, Shelf
from feeds.text.dates import week_of

_WEEKS_AT_HAND = 5
# Among so many, or for fewer than one of so many, it does not pay to prepare.
_SMALL = 300
_FEW = 12


class Asked(NamedTuple):
    """What comparing is for: of what is similar to an article, `most`, and what is on its event."""

    most: int
    of_events: bool


class Found(NamedTuple):
    """What came of comparing: similar documents by path, and articles on one event, by key."""

    similar: dict[int, list[str]]
    tied: dict[int, set[int]]


Shelves: TypeAlias = dict[int, Shelf]
"""The articles of a few weeks as they are compared, those asked for last at the end."""


class Weeks:
    """The articles of weeks; `at_hand` are those of the few that were asked for last."""

    def __init__(
        self,
        of_week: Callable[[int], Iterable[PackedProfile]],
        asked: Asked,
        at_hand: Shelves | None = None,
    ) -> None:
        self._of_week = of_week
        self._asked = asked
        self._shelves = {} if at_hand is None else at_hand
        self._events: dict[int, Events] = {}

    def change(self, came: Iterable[PackedProfile], gone: Iterable[PackedProfile]) -> None:
        """Note that articles have come, or say something else than those that have gone."""
        weeks: dict[int, tuple[list[Profile], set[str]]] = {}
        for item in came:
            weeks.setdefault(week_of(item.published), ([], set()))[0].append(Profile(item))
        for item in gone:
            weeks.setdefault(week_of(item.published), ([], set()))[1].add(item.path)
        for week in weeks.keys() & self._shelves:
            self._shelves[week] = self._shelves[week].changed(*weeks[week])

    def articles(self, week: int) -> dict[int, Profile]:
        """Give the articles of a week that are shown, by key."""
        return by_key(self._shelf(week).profiles)

    def pool(self, week: int) -> Pool:
        """Give the articles that those of a week are compared with."""
        return Pool([self._shelf(near) for near in around(week)])

    def compare(self, week: int) -> Found:
        """Compare all articles of a week."""
        articles = self.articles(week)
        similar = self.similar(self.pool(week), articles)
        if not self._asked.of_events:
            return Found(similar, {})
        near = [self._events_of(number) for number in around(week)]
        tied = (
            (key, by_key(other for events in near for other in events.covering(item)))
            for key, item in articles.items()
        )
        return Found(similar, {key: set(others) for key, others in tied})

    def similar(self, pool: Pool, articles: Mapping[int, Profile]) -> dict[int, list[str]]:
        """Find what is similar to some articles of a pool."""
        most = self._asked.most
        if pool.size > _SMALL and _FEW * len(articles) > pool.size:
            pool.prepare()
        return {key: pool.similar(item, most) for key, item in articles.items()} if most else {}

    def tied(self, week: int, articles: Collection[Profile]) -> dict[int, set[int]]:
        """Find with which others some articles of a week cover one event."""
        if not self._asked.of_events or not articles:
            return {}
        others = {key: item for near in around(week) for key, item in self.articles(near).items()}
        keys = {item.path: key for key, item in others.items()}
        return {
            keys[path]: {keys[other] for other in found}
            for path, found in ties(articles, others.values()).items()
        }

    def _events_of(self, week: int) -> Events:
        events = self._events.get(week)
        if events is None:
            events = self._events[week] = Events(self.articles(week).values())
            _forget(self._events)
        return events

    def _shelf(self, week: int) -> Shelf:
        shelf = self._shelves.pop(week, None)
        if shelf is None:
            shelf = Shelf(map(Profile, self._of_week(week)))
        self._shelves[week] = shelf
        _forget(self._shelves)
        return shelf


def _forget(weeks: dict[int, Any]) -> None:
    """Forget the weeks that were not asked for lately."""
    while len(weeks) > _WEEKS_AT_HAND:
        del weeks[next(iter(weeks))]


def around(week: int) -> tuple[int, int, int]:
    """Give the weeks whose articles those of a week are compared with."""
    return week - 1, week, week + 1


def by_key(profiles: Iterable[Profile]) -> dict[int, Profile]:
    """Give the profiles of articles that are shown, by key."""
    return {item.packed.article: item for item in profiles if item.packed.article is not None}
