"""What is asked for is read exactly, refused with a reason, and has one address."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given, strategies as st

from feeds.model import Query, Term
from feeds.selection.queries import (
    MOST_CHARACTERS,
    BadQuery,
    address_of,
    is_queried,
    read_query,
)


def asked(stem: str, query_string: str = "") -> Query:
    """Read a query as it comes in an address."""
    return read_query(stem, parse_qsl(query_string, keep_blank_values=True))


@pytest.mark.parametrize(
    ("stem", "query_string", "address"),
    [
        ("search", "q=solar", ("search", "q=solar")),
        ("search", "q=++Solar++POWER++solar+", ("search", "q=solar+power")),
        ("search", "q=%22solar++power%22", ("search", "q=%22solar+power%22")),
        ("search", "q=%22solar%22", ("search", "q=solar")),
        ("search", "q=e-mail", ("search", "q=%22e+mail%22")),
        ("search", "q=-wind+solar", ("search", "q=-wind+solar")),
        ("search", "q=Robot*", ("search", "q=robot%2A")),
        ("search", "q=ro*", ("search", "q=ro")),
        ("search", "q=%22never+closed", ("search", "q=%22never+closed%22")),
        ("search", "q=Stra%C3%9Fe", ("search", "q=strasse")),
        ("search", "q=%E6%9D%B1%E4%BA%AC*", ("search", "q=%E6%9D%B1%E4%BA%AC")),
        ("search", "q=C%2B%2B+!+_", ("search", "q=c")),
        ("search", "min_quality=080&q=a", ("search", "q=a&min_quality=80")),
        ("search", "q=a&provider=+X.Example", ("search", "q=a&provider=x.example")),
        ("search", "q=a&min_quality=", ("search", "q=a")),
        ("search", "topic=b+a&q=x", ("search", "q=x&topic=a+b")),
        ("search", "topic=b%2Ba&q=x", ("search", "q=x&topic=a+b")),
        ("search", "topic=b,a&q=x", ("search", "q=x&topic=a,b")),
        ("search", "topic=a&min_quality=1", ("search", "topic=a&min_quality=1")),
        ("search", "topic=b+a", ("topics/a+b", "")),
        ("search", "topic=b,a&min_quality=1", ("topics/a,b", "min_quality=1")),
        ("search", "topic=a", ("topics/a", "")),
        ("search", "provider=x.example", ("providers/x.example", "")),
        ("topics/b+A", "", ("topics/a+b", "")),
        ("topics/b,a,b", "provider=x.example", ("topics/a,b", "provider=x.example")),
        ("topics/a,a", "", ("topics/a", "")),
        ("topics/a+", "provider=x.example", ("search", "topic=a&provider=x.example")),
    ],
)
def test_a_query_has_one_address(stem: str, query_string: str, address: tuple[str, str]) -> None:
    """Order, case, spaces and signs that say nothing make no other address."""
    query = asked(stem, query_string)
    assert address_of(query) == address
    if is_queried(address[0]):
        assert asked(*address) == query


@pytest.mark.parametrize(
    ("stem", "query_string", "problem"),
    [
        ("search", "", "say what to look for"),
        ("search", "q=", "say what to look for"),
        ("search", "q=%2B%2B", "q has no word"),
        ("search", "q=a&q=b", "q is there twice"),
        ("search", "q=a&page=2", "no such parameter"),
        ("search", "Q=a", "no such parameter"),
        ("topics/a+b", "q=a", "no such parameter"),
        ("topics/a+b,c", "", "not by both"),
        ("topics/a+b_c", "", "named by its slug"),
        ("topics/" + "+".join("abcdefghi"), "", "more than 8 topics"),
        ("search", f"q={'a' * (MOST_CHARACTERS + 1)}", "more than 200 characters"),
        ("search", "q=a+b+c+d+e+f+g+h+i+j+k", "more than 10 words"),
        ("search", "q=%22a+b+c+d+e+f%22+g+h+i+j+k", "more than 10 words"),
        ("search", "min_quality=-1", "whole number from 0 to 1000"),
        ("search", "min_quality=1001", "whole number from 0 to 1000"),
        ("search", "min_quality=8.5", "whole number from 0 to 1000"),
        ("search", "min_quality=%D9%A3", "whole number from 0 to 1000"),
        ("search", "provider=a/b", "named by its domain"),
    ],
)
def test_what_is_no_query_is_refused_with_a_reason(
    stem: str, query_string: str, problem: str
) -> None:
    """Whoever asks for what there is not is told what is wrong."""
    with pytest.raises(BadQuery, match=problem):
        asked(stem, query_string)


def test_a_query_says_what_it_asks_for() -> None:
    """Words, quoted ones, those that are not to be there and beginnings are told apart."""
    query = asked("search", 'q=solar "wind power" -coal robot*'.replace(" ", "+"))
    assert query.terms == (
        Term(("solar",)),
        Term(("wind", "power")),
        Term(("coal",), is_excluded=True),
        Term(("robot",), is_beginning=True),
    )


@pytest.mark.parametrize(
    ("stem", "is_one"),
    [
        ("search", True),
        ("topics/a+b", True),
        ("topics/a,b", True),
        ("topics/a", False),
        ("topics/a+b/archive/2026-10", False),
        ("providers/a+b", False),
        ("all", False),
    ],
)
def test_only_searches_and_several_topics_are_queried(stem: str, *, is_one: bool) -> None:
    """What has a feed of its own is never a query."""
    assert is_queried(stem) is is_one


@given(st.text(max_size=60), st.integers(-5, 1100), st.sampled_from(["", "a", "b a", "b,a"]))
def test_the_address_of_any_query_means_the_same_query(
    words: str, quality: int, topics: str
) -> None:
    """Whatever is asked for is refused or, asked for again at its address, the same."""
    parameters = [("q", words), ("min_quality", str(quality)), ("topic", topics)]
    try:
        query = read_query("search", parameters)
    except BadQuery:
        return
    stem, query_string = address_of(query)
    if is_queried(stem):
        assert asked(stem, query_string) == query
        assert address_of(asked(stem, query_string)) == (stem, query_string)
