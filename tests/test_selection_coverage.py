"""What an entry names as related, in which order, and nothing twice."""

from collections.abc import Sequence

import pytest
from hypothesis import given, strategies as st

from feeds.model import PackedReference, Subject
from feeds.selection.coverage import Surroundings, choose_coverage
from feeds.text.urls import comparable

ARTICLE = Subject(1, "own.md", "https://paper.example/own", ())


def item(name: str, url: str | None = None) -> PackedReference:
    """Make an item of a list."""
    url = url or f"https://{name}.example/"
    return PackedReference(None, False, url, f"{name} as listed", *[None] * 4)  # noqa: FBT003


def ours(name: str, url: str | None = None) -> PackedReference:
    """Make the reference to a document of the corpus."""
    title = f"{name} as it says of itself"
    return item(name, url)._replace(path=f"{name}.md", is_published=True, title=title, published=0)


def around(
    at: Sequence[PackedReference] = (),
    listing: Sequence[PackedReference] = (),
    by_path: Sequence[PackedReference] = (),
) -> Surroundings:
    """Make surroundings in which documents are where they are, or list the article."""
    return Surroundings(
        at={comparable(reference.url): reference for reference in at},
        listing={comparable(ARTICLE.url): listing} if listing else {},
        by_path={str(reference.path): reference for reference in by_path},
    )


def chosen(
    listed: Sequence[PackedReference], similar: Sequence[str], among: Surroundings, limit: int = 9
) -> list[str]:
    """Give the titles of what is chosen."""
    article = ARTICLE._replace(related=tuple(listed))
    return [one.title for one in choose_coverage(article, similar, among, limit)]


def test_what_is_listed_comes_before_who_lists_and_what_is_similar() -> None:
    """The author's list is first, in its order, then who lists the article, then its story."""
    among = around(listing=[ours("l1"), ours("l2")], by_path=[ours("s1"), ours("s2")])
    assert chosen([item("b"), item("a")], ["s2.md", "s1.md"], among) == [
        "b as listed",
        "a as listed",
        "l1 as it says of itself",
        "l2 as it says of itself",
        "s2 as it says of itself",
        "s1 as it says of itself",
    ]


@pytest.mark.parametrize("limit", range(5))
def test_no_more_are_chosen_than_are_asked_for(limit: int) -> None:
    """The limit cuts the end off, and none asked for are none."""
    among = around(listing=[ours("l")], by_path=[ours("s")])
    everything = chosen([item("a")], ["s.md"], among)
    assert chosen([item("a")], ["s.md"], among, limit) == everything[:limit]


def test_what_is_listed_of_ours_is_told_as_it_says_of_itself() -> None:
    """A document of the corpus is found under any form of its address, and says what it is now."""
    there = ours("a", "https://a.example/page")
    listed = [item("a", "http://www.a.example/page/?utm_source=list#top")]
    article = ARTICLE._replace(related=tuple(listed))
    assert choose_coverage(article, [], around(at=[there]), 5) == (there,)


def test_what_is_listed_from_elsewhere_is_told_as_it_is_listed() -> None:
    """What is no document that may be referred to has neither path nor standing."""
    article = ARTICLE._replace(related=(item("a"),))
    assert choose_coverage(article, [], around(), 5) == (item("a"),)


def test_what_was_compared_but_may_not_be_referred_to_is_left_out() -> None:
    """Of similar documents only those are chosen that surroundings know."""
    assert chosen([], ["gone.md", "s.md"], around(by_path=[ours("s")])) == [
        "s as it says of itself"
    ]


def test_an_article_does_not_name_itself() -> None:
    """Neither its address, however it is written, nor its document is its own coverage."""
    own = ours("own", ARTICLE.url)
    elsewhere = ours("own", "https://mirror.example/")
    among = around(listing=[own, elsewhere], by_path=[own])
    assert chosen([item("x", "http://www.paper.example/own/")], ["own.md"], among) == []
    assert chosen([], ["own.md"], around(by_path=[elsewhere])) == []


def test_nothing_is_named_twice_by_its_address() -> None:
    """What is listed is not named again as what lists the article or is similar to it."""
    again = "http://www.a.example/?utm_medium=x"
    among = around(listing=[ours("l", again)], by_path=[ours("s", again)])
    assert chosen([item("a")], ["s.md"], among) == ["a as listed"]


def test_nothing_is_named_twice_by_its_document() -> None:
    """A document that is listed, lists, and is similar is named where it stands first."""
    one, other = ours("one"), ours("other")
    among = around(at=[one], listing=[other, one], by_path=[one, other])
    assert chosen([item("one")], ["one.md", "other.md"], among) == [
        "one as it says of itself",
        "other as it says of itself",
    ]


def test_two_addresses_of_one_document_are_one() -> None:
    """Where one document stands for another, a list that has both names it once."""
    winner = ours("winner")
    among = Surroundings(
        at={"winner.example": winner, "loser.example": winner}, listing={}, by_path={}
    )
    assert chosen([item("loser"), item("winner")], [], among) == ["winner as it says of itself"]


NAMES = st.sampled_from(["a", "b", "c", "own"])


@given(st.lists(NAMES), st.sets(NAMES), st.lists(NAMES), st.lists(NAMES), st.integers(0, 6))
def test_whatever_there_is_nothing_comes_twice(
    listed: list[str], known: set[str], listing: list[str], similar: list[str], limit: int
) -> None:
    """Addresses and documents are each there once, and fewer asked for are the first of more."""
    documents = {name: ours(name) for name in ("a", "b", "c")}
    documents["own"] = ours("own", ARTICLE.url)
    among = around(
        at=[documents[name] for name in sorted(known)],
        listing=[documents[name] for name in listing],
        by_path=list(documents.values()),
    )
    article = ARTICLE._replace(
        related=tuple(documents[name]._replace(path=None) for name in listed)
    )
    paths = [f"{name}.md" for name in similar]
    everything = choose_coverage(article, paths, among, 9)
    addresses = [comparable(reference.url) for reference in everything]
    assert len(set(addresses)) == len(addresses)
    assert comparable(ARTICLE.url) not in addresses
    assert {*listed, *listing, *similar} - {"own"} == {
        reference.title.split()[0] for reference in everything
    }
    assert choose_coverage(article, paths, among, limit) == everything[:limit]
