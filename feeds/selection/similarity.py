"""Which articles are on the same story, by their own words, dates and topics.

Two articles are compared by the words of their titles and excerpts, each weighted by its
rarity among the articles of three weeks: that of the article, the one before, the one after.
So what an article is compared with depends on its neighbours in time and on nothing else,
however large the corpus is, and in whatever order it was read.
"""

import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, repeat
from operator import attrgetter, mul

from feeds.selection.profiles import Profile, is_much, may_be_one_story
from feeds.selection.vectors import BITS, LARGEST, Bounds
from feeds.text.dates import WEEK

# Among few articles every word is rare. These many more are supposed, in which each word
# stands once, and each short one, which in any language is a common one, in a tenth.
_SUPPOSED = 100
_SHORT = 3
_WITH_WORD = 1 + 0.5
_WITH_SHORT_WORD = 10 + 0.5
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
    pool.prepare()
    return {item.path: pool.similar(item, most) for item in week}


class Shelf:
    """Articles in order of time, and where among them each topic and each word stands."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        self.profiles = sorted(profiles, key=attrgetter("packed.published", "packed.path"))
        self.words = " ".join([item.packed.words for item in self.profiles]).split()
        self._moments = [item.packed.published for item in self.profiles]

    @cached_property
    def _places(self) -> Mapping[str, list[int]]:
        """The places of the articles on each topic, and under no name of those on none."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for place, item in enumerate(self.profiles):
            for topic in item.topics or ("",):
                found[topic].append(place)
        return dict(found)

    @cached_property
    def frequencies(self) -> Mapping[str, int]:
        """How many of the articles have a word."""
        return Counter(self.words)

    def changed(self, came: Iterable[Profile], gone: Container[str]) -> "Shelf":
        """Give what is on the shelf once some articles have come, and those at some paths gone."""
        return Shelf([*(item for item in self.profiles if item.path not in gone), *came])

    def near(self, item: Profile) -> list[Profile]:
        """Give what is within a week of an article and shares a topic, where both have any."""
        first = bisect_left(self._moments, item.published - WEEK)
        end = bisect_right(self._moments, item.published + WEEK)
        if first == end or not item.topics:
            return self.profiles[first:end]
        lists = [self._places.get(topic, ()) for topic in ("", *item.topics)]
        found = {
            place
            for places in lists
            for place in places[bisect_left(places, first) : bisect_left(places, end)]
        }
        return [self.profiles[place] for place in found]

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How often a word counts in each of the articles, side by side."""
        found: defaultdict[str, int] = defaultdict(int)
        for place, item in enumerate(self.profiles):
            one = 1 << (BITS * place)
            for word, times in item.words.items():
                found[word] += one if times == 1 else one * times
        return dict(found)

    def with_any(self, words: Iterable[str]) -> Iterator[Profile]:
        """Give the articles that have one of some words."""
        wanted = list(words)
        for item in self.profiles:
            # To look for a text in a longer one is far cheaper than to take that apart.
            if any(word in item.packed.words and word in item.words for word in wanted):
                yield item


class Pool:
    """The articles that are compared with each other, on several shelves, but for some paths."""

    def __init__(
        self,
        shelves: Sequence[Shelf],
        without: Collection[str] = (),
        rarities: "_Rarities | None" = None,
    ) -> None:
        self.shelves = shelves
        self._without = without
        self.size = sum(len(shelf.profiles) for shelf in shelves)
        self._rarities = rarities or _Rarities(shelves, self.size)
        self._lengths: dict[str, float] = {}
        self._is_prepared = False

    def prepare(self) -> None:
        """Prepare to be asked for many articles: more work at once, and less for each."""
        self._is_prepared = True
        self._rarities.find_all()

    def formerly(
        self, came: Collection[Profile], gone: Collection[Profile], more: Mapping[str, int]
    ) -> "Pool":
        """Give the pool in which as many articles were that have gone as have come.

        `more` says how many more articles have a word now.
        """
        rarities = _Rarities(self.shelves, self.size, more)
        rarities.update(self._rarities.without(more))
        return Pool([*self.shelves, Shelf(gone)], {item.path for item in came}, rarities)

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
        words, vocabulary, length = item.words, item.vocabulary, self._length(item)
        rarities, lengths, without = self._rarities, self._lengths, {item.path, *self._without}
        for other in self._promising(item) if self._is_prepared else self._near(item):
            path = other.packed.path
            if path in without:
                continue
            common = vocabulary & other.vocabulary
            if len(common) > 1 and is_much(common, item, other):
                others = other.words
                # Rounded once, so that the order in which they are added makes no difference.
                terms = [words[word] * others[word] * rarities[word] for word in common]
                of_other = lengths.get(path) or self._length(other)
                likeness = math.fsum(terms) / (length * of_other)
                if likeness >= _LEAST:
                    yield likeness, other

    def _near(self, item: Profile) -> Iterator[Profile]:
        return chain.from_iterable(shelf.near(item) for shelf in self.shelves)

    def _promising(self, item: Profile) -> Iterator[Profile]:
        """Give all that are as alike to an article as they must be, and few others.

        Products of words are summed up for all at once, in whole numbers. No sum is too large,
        since none exceeds the length of the other article (Cauchy and Schwarz).
        """
        if not item.words:
            return
        rarities, unit = self._rarities, self._unit / self._length(item)
        weights = [int(times * rarities[word] * unit) for word, times in item.words.items()]
        for shelf, bounds in zip(self.shelves, self._bounds, strict=True):
            counts = map(shelf.counts.get, item.words, repeat(0))
            for place in bounds.reached(sum(map(mul, weights, counts))):
                other = shelf.profiles[place]
                if may_be_one_story(item, other):
                    yield other

    @cached_property
    def _bounds(self) -> list[Bounds]:
        """The least sums of products with which articles on each shelf are alike to another.

        Since weights are rounded down, a sum may be too small by one for each word.
        """
        least = _LEAST * self._unit
        return [
            Bounds(
                [
                    max(int(least * length) - item.size, 0) if item.size else LARGEST
                    for item, length in zip(shelf.profiles, lengths, strict=True)
                ]
            )
            for shelf, lengths in zip(self.shelves, self._nearly, strict=True)
        ]

    @cached_property
    def _unit(self) -> float:
        """In how many parts a length is divided before it is rounded."""
        return (LARGEST - 1) / max(map(max, filter(None, self._nearly)), default=1)

    @cached_property
    def _nearly(self) -> list[list[float]]:
        """The lengths of the articles on each shelf, not to the last digit."""
        of = self._rarities.__getitem__
        return [
            [math.sqrt(sum(map(mul, item.squares, map(of, item.words)))) for item in shelf.profiles]
            for shelf in self.shelves
        ]

    def _length(self, item: Profile) -> float:
        """Give the length of an article's words, weighted, as a vector."""
        path = item.packed.path
        length = self._lengths.get(path)
        if length is None:
            rarities = self._rarities
            squares = [times * times * rarities[word] for word, times in item.words.items()]
            length = self._lengths[path] = math.sqrt(math.fsum(squares))
        return length


class _Rarities(dict[str, float]):
    """Squares of the weights of words, by how few of some articles have them.

    The weight is the inverse document frequency. Words are weighed when they are first asked for,
    unless all are found at once. So many of the articles as `without` says have a word no more.
    """

    def __init__(
        self, shelves: Sequence[Shelf], articles: int, without: Mapping[str, int] | None = None
    ) -> None:
        super().__init__()
        self._shelves = shelves
        self._without = without or {}
        self._of = _Rarity(articles + _SUPPOSED + 1)

    def find_all(self) -> None:
        """Weigh all words of the articles."""
        of = self._of
        counts = Counter(chain.from_iterable(shelf.words for shelf in self._shelves))
        self.update(
            {
                word: of[count + (_WITH_SHORT_WORD if len(word) <= _SHORT else _WITH_WORD)]
                for word, count in counts.items()
            }
        )

    def without(self, words: Container[str]) -> dict[str, float]:
        """Give what is known of all but some words."""
        return {word: rarity for word, rarity in self.items() if word not in words}

    def __missing__(self, word: str) -> float:
        count = -self._without.get(word, 0)
        for shelf in self._shelves:
            count += shelf.frequencies.get(word, 0)
        supposed = _WITH_SHORT_WORD if len(word) <= _SHORT else _WITH_WORD
        self[word] = rarity = self._of[count + supposed]
        return rarity


class _Rarity(dict[float, float]):
    """Squares of the weights of words that stand in a number of so many articles.

    Of many words, few stand in another number of them.
    """

    def __init__(self, articles: int) -> None:
        super().__init__()
        self._articles = articles

    def __missing__(self, number: float) -> float:
        self[number] = rarity = math.log(self._articles / number) ** 2
        return rarity


def to_compare_anew(
    center: Collection[Profile], pool: Pool, came: Collection[Profile], gone: Collection[Profile]
) -> Collection[Profile]:
    """Give those of some articles of a pool to which others may be similar than were.

    `came` are articles of the pool that came to it or say something else than they did, `gone`
    what these said, and what was in it and is no more. Where it has grown or shrunk, all words
    are weighed anew. Else articles that have no word which now stands in more or fewer of them
    are to each other what they were.
    """
    if len(came) != len(gone):
        return center
    more = Counter(word for item in came for word in item.words)
    more.subtract(word for item in gone for word in item.words)
    more = Counter({word: number for word, number in more.items() if number})
    own = {item.path for item in came}
    moved = [item for shelf in pool.shelves for item in shelf.with_any(more)]
    moved = [item for item in moved if item.path not in own]
    if 2 * (len(moved) + len(came)) > len(center):
        return center
    found = own | {item.path for item in moved}
    for item in (*moved, *came):
        found.update(other.path for _, other in pool.alike(item))
    # What the pool has found out serves for this one, too.
    former = pool.formerly(came, gone, more)
    for item in (*moved, *gone):
        found.update(other.path for _, other in former.alike(item))
    return [item for item in center if item.path in found]


def _rank(likeness: float, one: Profile, other: Profile) -> float:
    """Order what is alike enough: the likest, the nearest in time, the best."""
    nearness = math.exp(-abs(one.published - other.published) / _FADING)
    return round(math.sqrt(likeness) * nearness * (1 + other.quality / _BEST_QUALITY), 9)
