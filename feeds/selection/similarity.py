"""Which articles are on the same story, by their own words, dates and topics.

Two articles are compared by the words of their titles and excerpts, each weighted by its
rarity among the articles of three weeks: that of the article, the one before, the one after.
So what an article is compared with depends on its neighbours in time and on nothing else,
however large the corpus is, and in whatever order it was read.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from feeds.model import Article
from feeds.text.dates import WEEK
from feeds.text.urls import comparable
from feeds.text.words import count_words, telling_words

# A title says what an article is about, an excerpt only begins to.
_TITLE_WEIGHT = 2
# Among few articles every word is rare. These many more are supposed, in which each word
# stands once, and each short one, which in any language is a common one, in a tenth.
_SUPPOSED = 100
_SHORT = 3
_SUPPOSED_SHORT = 10
# One rare word in common is chance, and so is the name of a topic that both are about, or what
# is far below the best that there is.
_WORDS_IN_COMMON = 2
_LEAST = 0.1
_SHARE_OF_BEST = 1 / 3
# Coverage of one event comes within days; of what is alike, the nearest is of the same event.
_FADING = 48 * 3600
_BEST_QUALITY = 100


@dataclass(frozen=True, slots=True)
class Profile:
    """What of an article is compared: words with how often they stand there, time, topics.

    `published` is in seconds since 1970, `named` are the words of the topics' names, `quality`
    is from 0 to 100. `title` has the words of the title, `provider` is a domain, `addresses`
    are those at which the article is, and `links` those that it lists as related.
    """

    path: str
    published: int
    words: Mapping[str, int]
    topics: frozenset[str]
    named: frozenset[str]
    quality: int
    title: frozenset[str]
    provider: str
    addresses: frozenset[str]
    links: frozenset[str]


def profile(article: Article, topics: Iterable[str]) -> Profile:
    """Make the profile of an article; `topics` are the keys of all its topics."""
    counts = Counter(telling_words(article.summary))
    title = list(telling_words(article.title))
    for word in title:
        counts[word] += _TITLE_WEIGHT
    topics = frozenset(topics)
    urls = (article.url, article.original_url or article.url)
    return Profile(
        path=article.path,
        published=int(article.published.timestamp()),
        # In one order always, since sums of the same numbers in another one may differ.
        words=dict(sorted(counts.items())),
        topics=topics,
        named=frozenset(word for topic in topics for word in telling_words(topic)),
        quality=min(max(article.quality or 0, 0), _BEST_QUALITY),
        title=frozenset(title),
        provider=article.provider.domain,
        addresses=frozenset(map(comparable, urls)),
        links=frozenset(comparable(item.url) for item in article.related),
    )


def similar(week: Sequence[Profile], around: Sequence[Profile], most: int) -> dict[str, list[str]]:
    """Find for each article of a week those on the same story, by their paths, the best first.

    `around` are the articles of that week, the one before and the one after, in any order;
    of each article's, at most `most` are given. Articles that have topics must share one.
    """
    pool = _Pool(sorted(around, key=lambda item: item.path))
    return {item.path: pool.similar(item)[:most] for item in week}


class _Pool:
    """Articles to be compared with, ready to be asked."""

    def __init__(self, profiles: Sequence[Profile]) -> None:
        self._profiles = profiles
        counts = Counter(word for item in profiles for word in item.words)
        self._rarities = {word: _rarity(word, n, len(profiles)) for word, n in counts.items()}
        self._about: dict[frozenset[str], frozenset[int]] = {}
        self._postings: dict[str, list[tuple[int, float]]] = {word: [] for word in counts}
        for place, item in enumerate(profiles):
            for word, weight in self._weights(item):
                self._postings[word].append((place, weight))

    def similar(self, item: Profile) -> list[str]:
        """Give the paths of what is on an article's story, the best first."""
        least = _LEAST
        ranked: list[tuple[float, str]] = []
        for likeness, place in self._alike(item):
            if likeness < least:
                break
            other = self._profiles[place]
            if have_much_in_common(item, other):
                least = max(least, likeness * _SHARE_OF_BEST)
                ranked.append((-_rank(likeness, item, other), other.path))
        return [path for _, path in sorted(ranked)]

    def _alike(self, item: Profile) -> list[tuple[float, int]]:
        """Give the places of what may be about the same and is alike, the most alike first.

        Likeness is the cosine of the angle between the words of two articles, from 0 to 1.
        """
        total = [0.0] * len(self._profiles)
        for word, own in self._weights(item):
            for place, weight in self._postings[word]:
                total[place] += own * weight
        places = self._on_topics(item.topics)
        return sorted(
            ((value, place) for place in places if (value := total[place]) >= _LEAST), reverse=True
        )

    def _weights(self, item: Profile) -> list[tuple[str, float]]:
        """Weigh an article's words so that the squares of their weights add up to one."""
        rarities = self._rarities
        weights = [(word, times * rarities[word]) for word, times in item.words.items()]
        length = math.sqrt(sum(weight * weight for _, weight in weights))
        return [(word, weight / length) for word, weight in weights]

    def _on_topics(self, topics: frozenset[str]) -> frozenset[int]:
        """Give the places of articles that share a topic with these, or have none themselves."""
        if topics not in self._about:
            self._about[topics] = frozenset(
                place
                for place, item in enumerate(self._profiles)
                if not topics or not item.topics or not topics.isdisjoint(item.topics)
            )
        return self._about[topics]


def _rarity(word: str, count: int, articles: int) -> float:
    """Weigh a word by how few articles have it (inverse document frequency)."""
    supposed = _SUPPOSED_SHORT if len(word) <= _SHORT else 1
    return math.log((articles + _SUPPOSED + 1) / (count + supposed + 0.5))


def have_much_in_common(one: Profile, other: Profile) -> bool:
    """Whether two articles are near in time, and share words that tell something, and are two."""
    if one.path == other.path or abs(one.published - other.published) > WEEK:
        return False
    common = one.words.keys() & other.words.keys()
    return count_words(common) >= _WORDS_IN_COMMON and not common <= one.named & other.named


def _rank(likeness: float, one: Profile, other: Profile) -> float:
    """Order what is alike enough: the likest, the nearest in time, the best."""
    nearness = math.exp(-abs(one.published - other.published) / _FADING)
    return round(math.sqrt(likeness) * nearness * (1 + other.quality / _BEST_QUALITY), 9)
