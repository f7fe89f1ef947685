"""What of an article is compared with others: packed to be kept, taken apart when asked for."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from feeds.model import Article, Gist, PackedProfile
from feeds.text.dates import WEEK
from feeds.text.urls import comparable
from feeds.text.words import count_words, telling_words

# A title says what an article is about, an excerpt only begins to.
_TITLE_WEIGHT = 2
_BEST_QUALITY = 100
# One rare word in common is chance, and so is the name of a topic that both are about.
_WORDS_IN_COMMON = 2


@dataclass(frozen=True)
class Profile:
    """What of an article is compared: words with how often they stand there, time, topics.

    `published` is in seconds since 1970, `named` are the words of the topics' names, `quality`
    is from 0 to 100. `title` has the words of the title, `provider` is a domain, `addresses`
    are those at which the article is, and `links` those that it lists as related.
    """

    packed: PackedProfile

    @property
    def path(self) -> str:
        """The path of its document."""
        return self.packed.path

    @property
    def published(self) -> int:
        """When it was published."""
        return self.packed.published

    @property
    def quality(self) -> int:
        """How good it is."""
        return self.packed.quality

    @property
    def provider(self) -> str:
        """Who published it."""
        return self.packed.provider

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Its words, each once."""
        return frozenset(self.packed.words.split())

    @cached_property
    def words(self) -> Mapping[str, int]:
        """Its words with how often they count."""
        packed = self.packed
        return dict(zip(packed.words.split(), map(int, packed.times.split()), strict=True))

    @cached_property
    def squares(self) -> Sequence[int]:
        """The squares of how often its words count."""
        return [times * times for times in self.words.values()]

    @cached_property
    def size(self) -> int:
        """How much all its words count."""
        return sum(self.words.values())

    @cached_property
    def title(self) -> frozenset[str]:
        """The words of its title."""
        return frozenset(self.packed.title.split())

    @cached_property
    def topics(self) -> frozenset[str]:
        """The keys of its topics."""
        return frozenset(_lines(self.packed.topics))

    @cached_property
    def named(self) -> frozenset[str]:
        """The words of its topics' names."""
        return frozenset().union(*map(_words_of, self.topics))

    @cached_property
    def addresses(self) -> frozenset[str]:
        """The addresses at which it is."""
        return frozenset(_lines(self.packed.addresses))

    @cached_property
    def pages(self) -> frozenset[str]:
        """The addresses at which it is, and those that it lists."""
        return self.addresses | self.links

    @cached_property
    def links(self) -> frozenset[str]:
        """The addresses that it lists."""
        return frozenset(_lines(self.packed.links))


def profile(article: Article | Gist, topics: Iterable[str], key: int | None = None) -> Profile:
    """Make the profile of an article; `topics` are the keys of all its topics.

    `key` is the article's own, where it is one that is shown.
    """
    counts = Counter(telling_words(article.summary))
    title = telling_words(article.title)
    for word in title:
        counts[word] += _TITLE_WEIGHT
    words = sorted(counts)
    urls = (article.url, article.original_url or article.url)
    packed = PackedProfile(
        path=article.path,
        article=key,
        published=int(article.published.timestamp()),
        quality=min(max(article.quality or 0, 0), _BEST_QUALITY),
        provider=article.provider.domain,
        topics="\n".join(sorted(topics)),
        words=" ".join(words),
        times=" ".join(map(str, map(counts.__getitem__, words))),
        title=" ".join(sorted(set(title))),
        addresses="\n".join(sorted(set(map(comparable, urls)))),
        links="\n".join(sorted(set(map(comparable, article.links)))),
        url=article.url,
        headline=article.title,
        name=article.provider.name,
        language=article.language,
    )
    return Profile(packed)


def may_be_one_story(one: Profile, other: Profile) -> bool:
    """Whether two articles are two, near in time, and share a topic if both have any."""
    if abs(one.packed.published - other.packed.published) > WEEK or one.path == other.path:
        return False
    return not one.topics or not other.topics or not one.topics.isdisjoint(other.topics)


def is_much(common: frozenset[str], one: Profile, other: Profile) -> bool:
    """Whether the words that two articles share tell something."""
    # Two characters of an unspaced script are half a word.
    if len(common) < 2 * _WORDS_IN_COMMON and count_words(common) < _WORDS_IN_COMMON:
        return False
    return not (common <= one.named and common <= other.named)


@lru_cache(maxsize=1_024)
def _words_of(topic: str) -> frozenset[str]:
    return frozenset(telling_words(topic))


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []
