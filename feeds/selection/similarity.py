"""Which articles are on the same story, by their own words, dates and topics.

Two articles are compared by the words of their titles and excerpts, each weighted by its
rarity among the articles of three weeks: that of the article, the one before, the one after.
So what an article is compared with depends on its neighbours in time and on nothing else,
however large the corpus is, and in whatever order it was read.
"""

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from feeds.selection.profiles import Profile, is_much
from feeds.text.dates import WEEK

# Among few articles every word is rare. These many more are supposed, in which each word
# stands once, and each short one, which in any language is a common one, in a tenth.
_SUPPOSED = 100
_SHORT = 3
_SUPPOSED_SHORT = 10
# What is far below the best that there is is chance.
_LEAST = 0.1
_SHARE_OF_BEST = 1 / 3
# Coverage of one event comes within days; of what is alike, the nearest is of the same event.
_FADING = 48 * 3600
_BEST_QUALITY = 100


def similar(week: Sequence[Profile], around: Sequence[Profile], most: int) -> dict[str, list[str]]:
    """Find for each article of a week those on the same story, by their paths, the best first.

    `around` are the articles of that week, the one before and the one after, in any order;
    of each article's, at most `most` are given. Articles that have topics must share one.
    """
    pool = Pool([Shelf(around)])
    return {item.path: pool.similar(item, most) for item in week}


class Shelf:
    """Articles in order of time, of which those on some topics within some days are at hand."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        self.profiles = sorted(profiles, key=attrgetter("published", "path"))
        words = " ".join([item.packed.words for item in self.profiles]).split()
        self.counts: Mapping[str, int] = dict(Counter(words))
        self._moments = [item.published for item in self.profiles]
        self._without: list[int] = []
        self._places: dict[str, list[int]] = {}
        for place, item in enumerate(self.profiles):
            for topic in item.topics:
                self._places.setdefault(topic, []).append(place)
            if not item.topics:
                self._without.append(place)

    def instead(self, less: Collection[Profile], more: Iterable[Profile]) -> "Shelf":
        """Give the shelf on which some articles are not, and others are."""
        paths = {item.path for item in less}
        return Shelf([*more, *(item for item in self.profiles if item.path not in paths)])

    def near(self, item: Profile) -> list[Profile]:
        """Give what is within a week of an article and shares a topic, where both have any."""
        first = bisect_left(self._moments, item.published - WEEK)
        end = bisect_right(self._moments, item.published + WEEK)
        if first == end or not item.topics:
            return self.profiles[first:end]
        lists = [self._without, *(self._places.get(topic, ()) for topic in item.topics)]
        found = {
            place
            for places in lists
            for place in places[bisect_left(places, first) : bisect_left(places, end)]
        }
        return [self.profiles[place] for place in found]

    def with_any(self, words: Iterable[str]) -> Iterator[Profile]:
        """Give the articles that have one of some words."""
        wanted = [word for word in words if word in self.counts]
        for item in self.profiles if wanted else ():
            # To look for a text in a longer one is far cheaper than to take that apart.
            if any(word in item.packed.words and word in item.words for word in wanted):
                yield item


class Pool:
    """The articles that are compared with each other, on several shelves."""

    def __init__(self, shelves: Sequence[Shelf]) -> None:
        self.shelves = shelves
        self.size = sum(len(shelf.profiles) for shelf in shelves)
        self._rarities = _Rarities(shelves, self.size)
        self._lengths: dict[str, float] = {}

    def count(self, word: str) -> int:
        """Give how many articles have a word."""
        return sum([shelf.counts.get(word, 0) for shelf in self.shelves])

    def weigh_all(self) -> None:
        """Weigh all words at once, which pays where many articles are compared."""
        self._rarities.weigh_all()

    def similar(self, item: Profile, most: int) -> list[str]:
        """Give the paths of what is on the story of an article of the pool, the best first."""
        alike = list(self.alike(item))
        least = max((likeness for likeness, _ in alike), default=0) * _SHARE_OF_BEST
        ranked = sorted(
            (-_rank(likeness, item, other), other.path)
            for likeness, other in alike
            if likeness >= least
        )
        return [path for _, path in ranked[:most]]

    def alike(self, item: Profile) -> Iterator[tuple[float, Profile]]:
        """Give what may be about the same as an article of the pool and is alike.

        Likeness is the cosine of the angle between the words of two articles, from 0 to 1. It
        is mutual to the last digit.
        """
        words, own, length = item.words, item.path, self._length(item)
        rarities = self._rarities
        for shelf in self.shelves:
            for other in shelf.near(item):
                others = other.words
                common = [word for word in words if word in others]
                if len(common) > 1 and is_much(common, item, other) and other.path != own:
                    terms = [words[word] * others[word] * rarities[word] for word in common]
                    likeness = math.fsum(terms) / (length * self._length(other))
                    if likeness >= _LEAST:
                        yield likeness, other

    def _length(self, item: Profile) -> float:
        """Give the length of an article's words, weighted, as a vector."""
        length = self._lengths.get(item.path)
        if length is None:
            rarities = self._rarities
            squares = [times * times * rarities[word] for word, times in item.words.items()]
            length = self._lengths[item.path] = math.sqrt(math.fsum(squares))
        return length


class _Rarities(dict[str, float]):
    """How much words weigh, by how few articles have them: squares of their weights in each.

    The weight is the inverse document frequency.
    """

    def __init__(self, shelves: Iterable[Shelf], size: int) -> None:
        super().__init__()
        self._counts = [shelf.counts for shelf in shelves if shelf.counts]
        self._of = _Rarity(size + _SUPPOSED + 1)

    def weigh_all(self) -> None:
        """Weigh all words at once, which takes less than to weigh them one by one."""
        total = Counter[str]()
        for counts in self._counts:
            total.update(counts)
        of = self._of
        self.update({word: of[count + _supposed(word)] for word, count in total.items()})

    def __missing__(self, word: str) -> float:
        count = sum([counts.get(word, 0) for counts in self._counts])
        self[word] = rarity = self._of[count + _supposed(word)]
        return rarity


class _Rarity(dict[float, float]):
    """How much a word weighs that stands in a number of so many articles."""

    def __init__(self, articles: int) -> None:
        super().__init__()
        self._articles = articles

    def __missing__(self, number: float) -> float:
        self[number] = rarity = math.log(self._articles / number) ** 2
        return rarity


def _supposed(word: str) -> float:
    return 0.5 + (_SUPPOSED_SHORT if len(word) <= _SHORT else 1)


class State(NamedTuple):
    """Articles as they are at one time; `own` are those that are so at this time only."""

    pool: Pool
    own: Sequence[Profile]


def to_compare_anew(center: Collection[Profile], now: State, before: State) -> Collection[Profile]:
    """Give those of some articles of a pool to which others may be similar than were.

    Where the pool has grown or shrunk, all words are weighed anew. Else articles that have no
    word which now stands in more or fewer of them are to each other what they were.
    """
    if now.pool.size != before.pool.size:
        return center
    changed = {word for state in (now, before) for item in state.own for word in item.words}
    words = [word for word in changed if now.pool.count(word) != before.pool.count(word)]
    found: set[str] = set()
    for pool, own in (now, before):
        moved = {item.path: item for shelf in pool.shelves for item in shelf.with_any(words)}
        moved |= {item.path: item for item in own}
        if 2 * len(moved) > len(center):
            return center
        for item in moved.values():
            found.add(item.path)
            found.update(other.path for _, other in pool.alike(item))
    return [item for item in center if item.path in found]


def _rank(likeness: float, one: Profile, other: Profile) -> float:
    """Order what is alike enough: the likest, the nearest in time, the best."""
    nearness = math.exp(-abs(one.published - other.published) / _FADING)
    return round(math.sqrt(likeness) * nearness * (1 + other.quality / _BEST_QUALITY), 9)
