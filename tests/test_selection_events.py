"""Two articles on one event: what makes them so, and what does not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from feeds.model import Article, Provider, RelatedItem, replace
from feeds.selection.events import cover_one_event, ties
from feeds.selection.profiles import Profile, profile

MOMENT = datetime(2026, 10, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE = Article(
    path="one.md",
    title="Turbine blade blocks harbour bridge",
    url="https://one.example/one",
    published=MOMENT,
    provider=Provider("one.example", "One"),
    summary="A lorry cannot turn.",
)
OTHER = replace(
    ONE,
    path="other.md",
    title="Harbour bridge blocked by turbine blade",
    url="https://other.example/other",
    provider=Provider("other.example", "Other"),
    summary="A blade stuck on a lorry.",
)


def listing(*urls: str) -> tuple[RelatedItem, ...]:
    """Give a list of related pages."""
    return tuple(RelatedItem(url, "T") for url in urls)


def profiled(article: Article, *topics: str) -> Profile:
    """Make the profile of an article with topics."""
    return profile(article, topics)


def are_one(one: Article, other: Article) -> bool:
    """Tell whether two articles cover one event, which is so both ways round or not at all."""
    first, second = profiled(one), profiled(other)
    assert cover_one_event(first, second) is cover_one_event(second, first)
    assert ties([first], [second]) == {one.path: {other.path} & found_by(first, second)}
    return cover_one_event(first, second)


def found_by(first: Profile, second: Profile) -> set[str]:
    """Give the path of the second article where it covers what the first one does."""
    return {second.path} if cover_one_event(first, second) else set()


def test_nearly_the_same_title_is_one_event() -> None:
    """Two providers say nearly the same within hours."""
    assert are_one(ONE, replace(OTHER, published=MOMENT + 5 * HOUR))


@pytest.mark.parametrize(
    "changes",
    [
        {"provider": ONE.provider},
        {"published": MOMENT + 49 * HOUR},
        {"published": MOMENT - 49 * HOUR},
        {"title": "Ferries carry commuters around the jam"},
        {"title": "Turbine"},
        {"path": ONE.path},
    ],
)
def test_what_is_no_event(changes: dict[str, object]) -> None:
    """One provider's columns, other days, other titles, one word, and the same document."""
    assert not are_one(ONE, replace(OTHER, **changes))


def test_two_words_in_common_are_the_name_of_a_column() -> None:
    """`Weekly roundup` of two providers is not one event."""
    one, other = (replace(item, title="Weekly roundup", summary="") for item in (ONE, OTHER))
    assert not are_one(one, other)


def test_topics_must_be_shared_where_there_are_any() -> None:
    """What says the same of another topic is a pun, and what has no topic may be of any."""
    assert not cover_one_event(profiled(ONE, "energy"), profiled(OTHER, "verse"))
    assert cover_one_event(profiled(ONE, "energy"), profiled(OTHER, "verse", "energy"))
    assert cover_one_event(profiled(ONE, "energy"), profiled(OTHER))


FAR = replace(OTHER, title="Ferries carry commuters", summary="Boats leave every ten minutes.")


def test_who_lists_another_covers_the_same() -> None:
    """A list of an editor needs no words, and no topic, within a week."""
    listed = replace(FAR, related=listing(ONE.url))
    assert are_one(ONE, replace(listed, published=MOMENT + 7 * 24 * HOUR))
    assert not are_one(ONE, replace(listed, published=MOMENT + 7 * 24 * HOUR + HOUR))
    assert cover_one_event(profiled(ONE, "energy"), profiled(listed, "verse"))


def test_one_original_is_one_event() -> None:
    """Who republishes another article, or the same one as another, covers the same."""
    assert are_one(ONE, replace(FAR, original_url=ONE.url))
    original = "https://wire.example/1"
    assert are_one(replace(ONE, original_url=original), replace(FAR, original_url=original))


def test_who_lists_the_same_page_must_have_some_words_in_common() -> None:
    """A page that all list (`How to subscribe`) makes no story of what else they say."""
    page = listing("https://wire.example/page")
    near = replace(FAR, title="Bridge blocked by blade: boats carry commuters", related=page)
    assert are_one(replace(ONE, related=page), replace(near, published=MOMENT + 90 * HOUR))
    assert not are_one(ONE, replace(near, published=MOMENT + 90 * HOUR))
    assert not are_one(replace(ONE, related=page), replace(FAR, related=page))


WORD = st.sampled_from(["blade", "bridge", "harbour", "lorry", "crane", "port"])
WORDS = st.lists(WORD, max_size=4)
ARTICLES = st.builds(
    lambda name, title, hours, listed: profiled(
        Article(
            path=name,
            title=" ".join(title) or "Nothing",
            url=f"https://{name}.example/{name}",
            published=MOMENT + hours * HOUR,
            provider=Provider(f"{name}.example", name),
            related=listing(*(f"https://{other}.example/{other}" for other in listed)),
        )
    ),
    st.sampled_from("abcdefgh"),
    WORDS,
    st.integers(0, 400),
    st.lists(st.sampled_from("abcdefgh"), max_size=2),
)


@given(st.lists(ARTICLES, max_size=8, unique_by=lambda item: item.path))
def test_none_is_overlooked(items: list[Profile]) -> None:
    """What the index finds is what comparing all with all would find."""
    assert ties(items, items) == {
        one.path: {other.path for other in items if cover_one_event(one, other)} for one in items
    }
