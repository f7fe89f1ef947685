"""Which articles cover one event: a judgement on two of them, whatever others there are.

Two articles that are similar may tell of two events; here they must be nearly the same, or
refer to each other. It depends on the two alone, so that what comes later elsewhere never
makes or breaks a story.
"""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from operator import attrgetter

from feeds.selection.profiles import Profile, is_much, may_be_one_story
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
# For fewer than one of so many, most of those around need not be taken apart.
_MANY = 8


def ties(wanted: Collection[Profile], around: Collection[Profile]) -> dict[str, set[str]]:
    """Find for each wanted article those around it that cover the same event, by their paths."""
    are_few = _MANY * len(wanted) < len(around)
    events = Events(_worth_a_look(wanted, around) if are_few else around)
    return {item.path: {other.path for other in events.covering(item)} for item in wanted}


def cover_one_event(one: Profile, other: Profile) -> bool:
    """Whether two articles of different providers, within a week, cover one event.

    They are at one address, or one lists the other; or they list the same page, or have nearly
    the same title within two days, and are alike in what else they say. Articles that have
    topics must share one, unless one lists the other.
    """
    apart = abs(one.published - other.published)
    if one.path == other.path or one.provider == other.provider or apart > WEEK:
        return False
    if not one.pages.isdisjoint(other.addresses):
        return True
    if not one.addresses.isdisjoint(other.links):
        return True
    common = one.vocabulary & other.vocabulary
    if not may_be_one_story(one, other) or not is_much(common, one, other):
        return False
    if not one.links.isdisjoint(other.links) and _likeness(one, other) >= _LIKENESS_OF_LINKED:
        return True
    return apart <= _NEAR and _have_one_title(one, other) and _likeness(one, other) >= _LIKENESS


class Events:
    """Articles in order of time, in which those on an event are found."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        self._profiles = sorted(profiles, key=attrgetter("packed.published", "packed.path"))
        self._moments = [item.published for item in self._profiles]
        self._titles = [item.title for item in self._profiles]
        self._at: defaultdict[str, list[int]] = defaultdict(list)
        for place, item in enumerate(self._profiles):
            for address in item.pages:
                self._at[address].append(place)

    def covering(self, item: Profile) -> list[Profile]:
        """Give the articles that cover the same event as one, which may be among them."""
        places = {*self._with_title(item), *self._with_address(item)}
        others = [self._profiles[place] for place in places]
        return [other for other in others if cover_one_event(item, other)]

    def _with_title(self, item: Profile) -> Iterator[int]:
        """Give the places of those that are near in time and have nearly the same title."""
        title, length = item.title, len(item.title)
        begin = bisect_left(self._moments, item.published - _NEAR)
        end = bisect_right(self._moments, item.published + _NEAR)
        common = map(len, map(title.intersection, self._titles[begin:end]))
        # Together they have at least the words of the one.
        least = max(_SHARE_OF_TITLE * length, 1)
        return (place for place, number in enumerate(common, begin) if number >= least)

    def _with_address(self, item: Profile) -> Iterator[int]:
        """Give the places of those that have or list an address of it, or one that it lists."""
        at = self._at
        return (place for key in item.pages if key in at for place in at[key])


def _worth_a_look(wanted: Collection[Profile], around: Iterable[Profile]) -> Iterator[Profile]:
    """Give what is near one of some articles, or may share an address with it."""
    addresses = [(item.published, item.pages) for item in wanted]
    for other in around:
        packed = other.packed
        for moment, named in addresses:
            apart = abs(packed.published - moment)
            if apart <= _NEAR or (
                apart <= WEEK
                and any(name in packed.addresses or name in packed.links for name in named)
            ):
                yield other
                break


def _have_one_title(one: Profile, other: Profile) -> bool:
    common = one.title & other.title
    if count_words(one.vocabulary & other.vocabulary) < _WORDS_IN_COMMON:
        return False
    return len(common) >= _SHARE_OF_TITLE * len(one.title | other.title)


def _likeness(one: Profile, other: Profile) -> float:
    """Give the cosine of the angle between the words of two articles, from 0 to 1."""
    common = one.vocabulary & other.vocabulary
    product = sum(one.words[word] * other.words[word] for word in common)
    return product / math.sqrt(_square(one) * _square(other)) if product else 0.0


def _square(item: Profile) -> int:
    return sum(times * times for times in item.words.values())
