"""Stories: which articles make one, under which id it is published, and who stands for it.

A story is what ties join, and lasts a week at most. Which articles it has is a function of the
articles; its id is what subscribers know it by, and therefore kept.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from feeds.model import ChannelName, Membership, Standing, StoredGist
from feeds.text.dates import WEEK


@dataclass(frozen=True, slots=True)
class Member:
    """An article as a part of a story.

    `published` is in seconds since 1970. `held` is the id under which its story was last
    published, None where none was.
    """

    key: int
    id: str
    published: int
    held: str | None

    @property
    def order(self) -> tuple[int, str, int]:
        """Where it stands in time."""
        return self.published, self.id, self.key


def divide(members: Iterable[Member], ties: Iterable[tuple[int, int]]) -> list[list[Member]]:
    """Divide articles into stories, each in order of time, the earliest story first.

    `ties` are pairs of keys. The pairs that are nearest in time are joined first, and what
    would last more than a week is not: else a column that returns every day, under nearly the
    same title everywhere, would be one story for ever.
    """
    of_key = {member.key: member for member in members}
    stories = {key: [member] for key, member in of_key.items()}
    for one, other in sorted(_pairs(ties, of_key), key=_nearest):
        first, second = stories[one.key], stories[other.key]
        moments = [member.published for member in (*first, *second)]
        if first is not second and max(moments) - min(moments) <= WEEK:
            first += second
            stories |= dict.fromkeys((member.key for member in second), first)
    distinct = {id(story): sorted(story, key=_order) for story in stories.values()}
    return sorted(distinct.values(), key=lambda story: story[0].order)


def name_stories(
    stories: Sequence[Sequence[Member]], is_taken: Callable[[str], bool], authority: str
) -> list[str]:
    """Give each story its id; those of other stories are taken.

    A story goes on under an id that its articles had before: of several, that of the story
    which began first. Where several stories had one, it goes on with the article whose own it
    is, else with the earliest. A new story has the id of its earliest article, so that this one
    had it while it was alone.
    """
    given: dict[int, str] = {}
    used: set[str] = set()
    for identifier, holders in _claims(stories):
        if is_taken(identifier):
            continue
        places = [place for place in holders if place not in given]
        if places:
            given[min(places, key=lambda place: _claim(identifier, stories[place]))] = identifier
            used.add(identifier)
    for place, story in enumerate(stories):
        if place not in given:
            names = _names(story, authority)
            given[place] = next(name for name in names if not (name in used or is_taken(name)))
            used.add(given[place])
    return [given[place] for place in range(len(stories))]


def stand(
    story: Sequence[tuple[StoredGist, Sequence[Membership]]],
) -> dict[int, list[Standing]]:
    """Say how the articles of a story, which are in no channel where they are hidden, stand.

    Gives for each of their keys its standings. Where a story is one entry, that of its best
    article in the channel, then of its earliest, stands for all; it stands where the last one
    was published, with the date of the first.
    """
    if len(story) == 1:
        [(stored, memberships)] = story
        dated = _dated(stored)
        return {stored.key: [Standing(each, dated, dated, dated) for each in memberships]}
    dates = [_dated(stored) for stored, memberships in story if memberships]
    leads: dict[ChannelName, int] = {}
    for stored, memberships in sorted(story, key=lambda item: _worth(item[0])):
        for membership in memberships:
            leads.setdefault(membership[:2], stored.key)
    found: dict[int, list[Standing]] = {}
    for stored, memberships in story:
        dated, standings = _dated(stored), found.setdefault(stored.key, [])
        for each in memberships:
            first, last = (min(dates), max(dates)) if each.in_stories else (dated, dated)
            is_told_within = each.in_stories and leads[each[:2]] != stored.key
            standings.append(Standing(each, dated, first, None if is_told_within else last))
    return found


def more_sources(count: int) -> str:
    """Say how many others than the one that is named are on a story."""
    return f"{count} more source{'' if count == 1 else 's'}"


def _order(member: Member) -> tuple[int, str, int]:
    return member.order


def _pairs(
    ties: Iterable[tuple[int, int]], of_key: Mapping[int, Member]
) -> Iterator[tuple[Member, Member]]:
    for pair in ties:
        if of_key.keys() >= set(pair):
            one, other = sorted((of_key[key] for key in pair), key=_order)
            yield one, other


def _nearest(pair: tuple[Member, Member]) -> tuple[int, object, object]:
    one, other = pair
    return other.published - one.published, one.order, other.order


def _claims(stories: Sequence[Sequence[Member]]) -> list[tuple[str, set[int]]]:
    """Give the ids that were held, the oldest first, and which stories have holders of them."""
    holders: dict[str, set[int]] = {}
    since: dict[str, int] = {}
    for place, story in enumerate(stories):
        for member in story:
            if member.held is not None:
                holders.setdefault(member.held, set()).add(place)
                since[member.held] = min(since.get(member.held, member.published), member.published)
    ordered = sorted(holders, key=lambda identifier: (since[identifier], identifier))
    return [(identifier, holders[identifier]) for identifier in ordered]


def _claim(identifier: str, story: Sequence[Member]) -> tuple[bool, tuple[int, str, int]]:
    """Order the claims of stories to an id, the strongest first."""
    holders = [member for member in story if member.held == identifier]
    is_its_own = any(member.id == identifier for member in holders)
    return not is_its_own, min(member.order for member in holders)


def _names(story: Sequence[Member], authority: str) -> Iterator[str]:
    """Give the ids that a new story may have, without end."""
    for member in story:
        yield member.id
    number = 0
    while True:
        digest = sha256(f"{story[0].id} {number}".encode()).hexdigest()[:16]
        yield f"tag:{authority}:/stories/{digest}"
        number += 1


def _dated(stored: StoredGist) -> int:
    return int(stored.article.published.timestamp())


def _worth(stored: StoredGist) -> tuple[int, object, str]:
    article = stored.article
    return -(article.quality or 0), article.published, stored.id
