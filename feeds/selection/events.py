"""Which articles cover one event: a judgement on two of them, whatever others there are.

Two articles that are similar may tell of two events; here they must be nearly the same, or
refer to each other. It depends on the two alone, so that what comes later elsewhere never
makes or breaks a story.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from feeds.selection.similarity import Profile, have_much_in_common
from feeds.text.dates import DAY, WEEK
from feeds.text.words import count_words

# Titles of one event within two days share a quarter of their words; what stands below them is
# alike, too. Two words are the name of a column (`Weekly roundup`). Who lists the same page
# needs less in common, but some.
_NEAR = 2 * DAY
_SHARE_OF_TITLE = 1 / 4
_WORDS_IN_COMMON = 3
_LIKENESS = 0.35
_LIKENESS_OF_LINKED = 0.15


def ties(wanted: Sequence[Profile], around: Iterable[Profile]) -> dict[str, set[str]]:
    """Find for each wanted article those around it that cover the same event, by their paths."""
    index = _Index(wanted)
    found: dict[str, set[str]] = {item.path: set() for item in wanted}
    for other in around:
        for item in index.candidates(other):
            if cover_one_event(item, other):
                found[item.path].add(other.path)
    return found


def cover_one_event(one: Profile, other: Profile) -> bool:
    """Whether two articles of different providers, within a week, cover one event.

    They are at one address, or one lists the other; or they list the same page, or have nearly
    the same title within two days, and are alike in what else they say. Articles that have
    topics must share one, unless one lists the other.
    """
    apart = abs(one.published - other.published)
    if one.path == other.path or one.provider == other.provider or apart > WEEK:
        return False
    if not (one.addresses | one.links).isdisjoint(other.addresses):
        return True
    if not one.addresses.isdisjoint(other.links):
        return True
    if not _may_be_on_one_topic(one, other) or not have_much_in_common(one, other):
        return False
    if not one.links.isdisjoint(other.links) and _likeness(one, other) >= _LIKENESS_OF_LINKED:
        return True
    return apart <= _NEAR and _have_one_title(one, other) and _likeness(one, other) >= _LIKENESS


class _Index:
    """Articles by the words of their titles and by addresses, each list in order of time."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        ordered = sorted(profiles, key=lambda item: (item.published, item.path))
        self._by_word = _postings((item, item.title) for item in ordered)
        self._by_address = _postings((item, item.addresses | item.links) for item in ordered)

    def candidates(self, other: Profile) -> Iterator[Profile]:
        """Give those that share a word of the title, or an address, and are near, each once."""
        found: dict[str, Profile] = {}
        for index, keys, reach in (
            (self._by_word, other.title, _NEAR),
            (self._by_address, other.addresses | other.links, WEEK),
        ):
            for key in keys & index.keys():
                moments, profiles = index[key]
                first = bisect_left(moments, other.published - reach)
                end = bisect_right(moments, other.published + reach)
                found.update((item.path, item) for item in profiles[first:end])
        yield from found.values()


def _postings(
    items: Iterable[tuple[Profile, frozenset[str]]],
) -> Mapping[str, tuple[list[int], list[Profile]]]:
    found: dict[str, tuple[list[int], list[Profile]]] = {}
    for item, keys in items:
        for key in keys:
            moments, profiles = found.setdefault(key, ([], []))
            moments.append(item.published)
            profiles.append(item)
    return found


def _may_be_on_one_topic(one: Profile, other: Profile) -> bool:
    return not one.topics or not other.topics or not one.topics.isdisjoint(other.topics)


def _have_one_title(one: Profile, other: Profile) -> bool:
    common = one.title & other.title
    if count_words(one.words.keys() & other.words.keys()) < _WORDS_IN_COMMON:
        return False
    return len(common) >= _SHARE_OF_TITLE * len(one.title | other.title)


def _likeness(one: Profile, other: Profile) -> float:
    """Give the cosine of the angle between the words of two articles, from 0 to 1."""
    common = one.words.keys() & other.words.keys()
    product = sum(one.words[word] * other.words[word] for word in common)
    return product / math.sqrt(_square(one) * _square(other)) if product else 0.0


def _square(item: Profile) -> int:
    return sum(times * times for times in item.words.values())
