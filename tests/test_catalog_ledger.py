"""The ledger alone: who is given which id."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given as having, settings, strategies as st

from feeds.catalog import Catalog, open_catalog
from feeds.catalog.ledger import Claim
from feeds.config.state import State

TAG = "tag:news.example,2026:"

Give = Callable[..., dict[str, str]]


@pytest.fixture
def catalog(kept: State) -> Iterator[Catalog]:
    """Give an empty catalog."""
    with open_catalog(kept) as catalog:
        yield catalog


@pytest.fixture
def give(catalog: Catalog) -> Give:
    """Give what asks for ids: of triples of path, address and explicit id."""
    ledger = catalog.ledger("news.example,2026")

    def ask(*claims: tuple[str, ...]) -> dict[str, str]:
        given = ledger.give([Claim(*(*claim, None)[:3], "emitted", 1) for claim in claims])
        return {item.path: item.id for item in given}

    return ask


def test_a_new_id_names_authority_and_path(give: Give) -> None:
    """What a URI may not hold is percent-encoded, and slashes stay."""
    assert give(("a b/\u00fc?#.md", "x.example/1")) == {
        "a b/\u00fc?#.md": f"{TAG}a%20b/%C3%BC%3F%23.md"
    }


def test_nothing_is_asked_and_nothing_given(give: Give) -> None:
    """No claims are no ids."""
    assert give() == {}


def test_what_was_given_is_given_again(give: Give) -> None:
    """The same claims get the same ids, also in another order and one by one."""
    claims = [("a", "1"), ("b", "2"), ("c", "1"), ("d", "3", "urn:x:d")]
    given = give(*claims)
    assert given == {"a": f"{TAG}a", "b": f"{TAG}b", "c": f"{TAG}a", "d": "urn:x:d"}
    assert give(*reversed(claims)) == given
    for claim in claims:
        assert give(claim) == {claim[0]: given[claim[0]]}


def test_a_path_keeps_its_id_when_its_address_changes(give: Give) -> None:
    """However often the address is edited, and even back to one that was another's."""
    give(("a", "1"), ("gone", "2"))
    for address in ("3", "4", "2", "1"):
        assert give(("a", address)) == {"a": f"{TAG}a"}


def test_an_address_keeps_its_id_when_its_path_changes(give: Give) -> None:
    """A new path is looked up by its address."""
    give(("a", "1"))
    assert give(("b", "1")) == {"b": f"{TAG}a"}
    assert give(("c", "1")) == {"c": f"{TAG}a"}


def test_of_several_paths_the_first_gives_its_id(give: Give) -> None:
    """Where an address was found under several ids, the path that sorts first counts."""
    give(("b", "1", "urn:x:b"), ("a", "1", "urn:x:a"), ("c", "1", "urn:x:c"))
    assert give(("d", "1")) == {"d": "urn:x:a"}


def test_places_that_are_changed_around_keep_ids_with_articles(give: Give) -> None:
    """In a swap and in a row of moves every address keeps what it had."""
    before = give(("a", "1"), ("b", "2"), ("c", "3"))
    assert give(("a", "2"), ("b", "1")) == {"a": before["b"], "b": before["a"]}
    given = give(("a", "0"), ("b", "2"), ("c", "1"), ("d", "3"))
    assert given == {
        "a": f"{TAG}a;5feceb66",
        "b": before["b"],
        "c": before["a"],
        "d": before["c"],
    }


def test_a_tag_that_was_given_is_not_given_to_another(give: Give) -> None:
    """A path that was left gives its new article a digest of the address besides."""
    give(("a", "1"))
    give(("b", "1"), ("a", "2"))
    give(("c", "2"), ("a", "3"))
    given = give(("b", "1"), ("c", "2"), ("a", "3"))
    assert given["b"] == f"{TAG}a"
    assert given["c"].startswith(f"{TAG}a;")
    assert given["a"].startswith(f"{TAG}a;")
    assert len(set(given.values())) == 3


def test_an_id_of_its_own_is_never_given_to_another_by_path(give: Give) -> None:
    """A tag that some document claims as its own id is not made for another one."""
    given = give(("z", "1", f"{TAG}a"), ("a", "2"))
    assert given["z"] == f"{TAG}a"
    assert given["a"] != f"{TAG}a"


def test_the_same_article_shares_the_id_that_one_document_names(give: Give) -> None:
    """Of two documents with one address, one with an id of its own, both have that id."""
    assert give(("a", "1"), ("b", "1", "urn:x:b")) == {"a": "urn:x:b", "b": "urn:x:b"}


ADDRESS = st.sampled_from("123")
OWN_ID = st.sampled_from([None, f"{TAG}a", f"{TAG}b", "urn:x:1", "urn:x:2"])


@settings(max_examples=50, deadline=None)
@having(st.dictionaries(st.sampled_from("abcd"), st.tuples(ADDRESS, OWN_ID)))
def test_an_empty_ledger_gives_what_any_other_does(claims: dict[str, tuple[str, str]]) -> None:
    """To have given nothing yet, or ids that have to do with nobody here, is the same."""
    wanted = [Claim(path, *claim, "", 1) for path, claim in claims.items()]
    given = []
    for others in [], [Claim("other", "x", "urn:x:other", "", 1)]:
        with TemporaryDirectory() as folder, open_catalog(State(Path(folder))) as catalog:
            ledger = catalog.ledger("news.example,2026")
            ledger.give(others)
            given.append(ledger.give(wanted))
    assert given[0] == given[1]


def test_authorities_are_told_apart(catalog: Catalog) -> None:
    """A ledger in another name makes new ids in that name, and knows the old ones."""
    catalog.ledger("old.example,2020").give([Claim("a", "1", None, "", 1)])
    claims = [Claim("a", "1", None, "", 1), Claim("b", "2", None, "", 1)]
    given = catalog.ledger("new.example,2026").give(claims)
    assert [item.id for item in given] == ["tag:old.example,2020:a", "tag:new.example,2026:b"]


def test_a_date_is_kept_while_the_same_is_said(catalog: Catalog) -> None:
    """What an entry says is as new as it was, through edits of the date, moves and new ids."""
    ledger = catalog.ledger("news.example,2026")

    def since(path: str, address: str, emitted: str, modified: int) -> int | None:
        [given] = ledger.give([Claim(path, address, None, emitted, modified)])
        return given.modified

    assert since("a", "1", "one", 10) == 10
    assert since("a", "1", "one", 20) == 10
    assert since("b", "1", "one", 30) == 10
    assert since("b", "1", "two", 40) == 40
    assert since("b", "1", "two", 5) == 40
    assert since("other", "2", "two", 50) == 50


def test_more_claims_than_a_statement_takes(give: Give) -> None:
    """However many documents there are, all get an id."""
    claims = [(f"{number}", f"x/{number}") for number in range(40_000)]
    assert len(set(give(*claims).values())) == 40_000
