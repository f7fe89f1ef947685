"""Stories of articles: how they are divided, and which ids they get."""

from collections.abc import Iterable
from itertools import permutations, product

import pytest
from hypothesis import given, strategies as st

from feeds.selection.stories import Member, divide, name_stories
from feeds.text.dates import DAY, WEEK

AUTHORITY = "feeds.example,2026"


def member(name: str, day: int = 0, held: str | None = None) -> Member:
    """Make an article whose key and id are its name's."""
    return Member(ord(name), name, day * DAY, held)


def divided(members: Iterable[Member], *ties: str) -> list[str]:
    """Give the names of the articles of each story, with ties as pairs of names."""
    stories = divide(members, [(ord(tie[0]), ord(tie[1])) for tie in ties])
    return ["".join(item.id for item in story) for story in stories]


def named(*stories: list[Member], taken: str = "") -> list[str]:
    """Give the ids of stories."""
    return name_stories(stories, set(taken).__contains__, AUTHORITY)


# --- Dividing ------------------------------------------------------------------------


def test_ties_join_through_others() -> None:
    """Who is tied to one of a story is on it; who is tied to none is alone."""
    members = [member(name, day) for day, name in enumerate("abcd")]
    assert divided(members, "ab", "cb") == ["abc", "d"]


def test_the_order_of_ties_and_articles_is_nothing() -> None:
    """The same articles and ties are the same stories, in order of time."""
    members = [member("a", 3), member("b", 1), member("c", 2), member("d", 9)]
    for order, ties in product(permutations(members), permutations(["ab", "bc", "cd"])):
        assert divided(order, *ties) == ["bca", "d"]


def test_a_story_lasts_a_week() -> None:
    """What is nearest in time is joined first; what would make it longer begins another."""
    members = [member(name, 3 * number) for number, name in enumerate("abcdef")]
    assert divided(members, "ab", "bc", "cd", "de", "ef") == ["abc", "def"]
    apart = [Member(97, "a", 0, None), Member(98, "b", WEEK, None), Member(99, "c", WEEK + 1, None)]
    assert divided(apart, "ab") == ["ab", "c"]
    assert divided(apart, "ac") == ["a", "b", "c"]


def test_a_tie_to_what_is_hidden_joins_nothing() -> None:
    """A tie counts only between articles that are shown."""
    assert divided([member("a"), member("b")], "az", "zb") == ["a", "b"]


# --- Ids -----------------------------------------------------------------------------


def test_a_new_story_has_the_id_of_its_earliest_article() -> None:
    """So it is the one that this article had while it was alone."""
    assert named([member("b", 1), member("a", 2)]) == ["b"]


def test_a_story_keeps_the_id_it_had() -> None:
    """A late article that is older than all changes nothing."""
    assert named([member("a", 0), member("b", 1, held="b")]) == ["b"]


def test_of_two_that_merge_the_older_goes_on() -> None:
    """It is the story whose first article is the earlier one."""
    assert named([member("a", 1, held="z"), member("b", 2, held="b"), member("c", 3)]) == ["z"]


def test_of_two_that_split_the_one_with_its_own_goes_on() -> None:
    """The other one has the id of its earliest article."""
    one, other = [member("b", 1, held="a")], [member("a", 2, held="a")]
    assert named(one, other) == ["b", "a"]


def test_where_its_own_is_gone_the_earliest_goes_on() -> None:
    """The id outlives the article that it was made for."""
    one, other = [member("c", 1, held="a")], [member("b", 0, held="a")]
    assert named(one, other) == ["c", "a"]


def test_an_id_that_another_story_has_is_not_given_again() -> None:
    """Who comes back to an id that went on with others gets one made of it, and keeps that."""
    [given_to_a] = named([member("a", 0)], taken="a")
    assert given_to_a.startswith(f"tag:{AUTHORITY}:/stories/")
    assert named([member("a", 0, held=given_to_a)], taken="a") == [given_to_a]
    [another] = name_stories([[member("a")]], {"a", given_to_a}.__contains__, AUTHORITY)
    assert another not in {"a", given_to_a}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_ids_do_not_depend_on_the_order_of_stories(order: tuple[int, ...]) -> None:
    """Who claims an id is served by right, not in turn."""
    stories = [
        [member("a", 0, held="x")],
        [member("b", 1, held="x"), member("c", 2, held="c")],
        [member("x", 3, held="x")],
    ]
    given_ids = named(*(stories[place] for place in order))
    assert [given_ids[order.index(place)] for place in range(3)] == ["a", "c", "x"]


HELD = st.sampled_from([None, *"abcdexyz"])


@given(st.lists(HELD, min_size=5, max_size=5), st.lists(st.booleans(), min_size=4, max_size=4))
def test_no_two_stories_have_one_id(held: list[str | None], cuts: list[bool]) -> None:
    """Whatever articles held before, each story has an id, and no other has it."""
    stories: list[list[Member]] = [[]]
    for number, (name, before) in enumerate(zip("abcde", held, strict=True)):
        if number and cuts[number - 1]:
            stories.append([])
        stories[-1].append(member(name, number, before))
    found = named(*stories)
    assert len(found) == len(stories) == len(set(found))
