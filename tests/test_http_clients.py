"""Clients are counted, and how often they come, without knowing any of them."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from feeds.http.clients import (
    MOST_SAMPLED,
    Sample,
    Subscribers,
    Visits,
    client_address,
    client_digest,
    network,
    subscribers_of,
    sum_of_samples,
)
from feeds.http.readers import Kind

KEY, OTHER_KEY = b"k" * 32, b"o" * 32


def digests(count: int, key: bytes = KEY) -> list[int]:
    """Give the digests of so many clients."""
    return [client_digest(key, f"client {number}", b"Reader/1") for number in range(count)]


def sampled(found: list[int]) -> Sample:
    """Give the sample of clients that came once."""
    return Sample(dict.fromkeys(found, Visits(1, 0, 0)))


@pytest.mark.parametrize("count", [0, 1, 5, MOST_SAMPLED - 1])
def test_few_clients_are_counted_one_by_one(count: int) -> None:
    """Below what is kept, the count is that of the clients."""
    assert sampled(digests(count)).count() == count


@pytest.mark.parametrize("count", [MOST_SAMPLED, 1_000, 20_000])
def test_many_clients_are_counted_about(count: int) -> None:
    """Above what is kept, the count is right within three times the error that is to be expected.

    The digests are always the same, so that this is true always or never.
    """
    assert sampled(digests(count)).count() == pytest.approx(count, rel=3 / 8)
    assert len(sampled(digests(count)).visits) == MOST_SAMPLED


@given(st.lists(st.sets(st.integers(0, 500)), max_size=4), st.randoms())
def test_samples_of_processes_make_that_of_all(seen: list[set[int]], order: random.Random) -> None:
    """However clients were divided, and in whatever order they came, all is as if by one."""
    known = digests(501)
    parts = [[known[number] for number in part] for part in seen]
    whole = sorted({digest for part in parts for digest in part})
    order.shuffle(whole)
    summed = sum_of_samples(map(sampled, parts))
    assert summed.visits.keys() == sampled(whole).visits.keys()
    assert summed.count() == sampled(whole).count()


def test_visits_are_added_up() -> None:
    """Of a client it is known how often it came, and when first and last, which gives a mean."""
    first = Sample({1: Visits(2, 100, 200), 2: Visits(1, 5, 5)})
    second = Sample({1: Visits(1, 400, 400), 3: Visits(3, 0, 10)})
    both = sum_of_samples([first, second])
    assert both.visits[1] == Visits(3, 100, 400)
    assert sorted(both.intervals()) == [5.0, 150.0]


def test_a_client_is_an_address_and_an_agent() -> None:
    """Another address, another agent or another key make another client."""
    told = {
        client_digest(key, address, agent)
        for key in (KEY, OTHER_KEY)
        for address in ("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1")
        for agent in (b"a", b"b", b"")
    }
    assert len(told) == 2 * 4 * 3
    assert all(0 <= digest < 1 << 64 for digest in told)


@pytest.mark.parametrize(
    "same",
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:DB8:1:2::"),
        ("192.0.2.1", "::ffff:192.0.2.1"),
        ("fe80::1%eth0", "fe80::2"),
    ],
)
def test_of_an_address_that_counts_which_tells_a_host(same: tuple[str, ...]) -> None:
    """IPv6 counts by its first 64 bits, and IPv4 that is written as IPv6 as what it is."""
    for one, other in pairwise(same):
        assert network(one) == network(other)
    assert network(same[0]) != network("2001:db8:1:3::1") != network("192.0.2.2")
    assert network("unix") == "unix"


@pytest.mark.parametrize(
    ("name", "value", "address"),
    [
        ("X-Real-IP", "192.0.2.1", "192.0.2.1"),
        ("CF-Connecting-IP", " 2001:db8::1 ", "2001:db8::1"),
        ("X-Forwarded-For", "10.0.0.1, 192.0.2.1", "192.0.2.1"),
        ("X-Forwarded-For", "evil, evil, 192.0.2.1:4711", "192.0.2.1"),
        ("x-forwarded-for", "[2001:db8::1]:4711", "2001:db8::1"),
        ("Forwarded", 'for=10.0.0.1, for="[2001:db8::1]:4711";proto=https', "2001:db8::1"),
        ("forwarded", "by=203.0.113.43;For=192.0.2.60;proto=http", "192.0.2.60"),
        ("Forwarded", "for=_hidden", "_hidden"),
        ("Forwarded", "proto=http", ""),
        ("X-Real-IP", "", ""),
    ],
)
def test_the_last_proxy_says_whose_a_request_is(name: str, value: str, address: str) -> None:
    """Of what a field says the last part counts, which is that of the proxy next to us."""
    assert client_address(name, value) == address


@given(st.text(max_size=60), st.sampled_from(["forwarded", "x-forwarded-for"]))
def test_any_field_is_read(value: str, name: str) -> None:
    """Whatever is in a field, something is read of it, and a digest is made of that."""
    address = client_address(name, value)
    assert len(address) <= len(value)
    assert client_digest(KEY, address, b"") < 1 << 64


@pytest.mark.parametrize(
    ("name", "kind", "clients", "claimed", "low", "high"),
    [
        ("newsboat", "person", 7, 0, 7, 7),
        ("Feedbin", "service", 2, 102, 1, 102),
        ("Feedbin", "service", 3, 0, 1, 1),
        ("Feedbin", "service", 0, 0, 0, 0),
        ("Liar", "service", 9, 1_000, 0, 1_000),
        ("curl", "program", 4, 0, 0, 4),
        ("a browser", "browser", 50, 0, 0, 0),
        ("Googlebot", "robot", 3, 0, 0, 0),
    ],
)
def test_who_subscribes_is_told_from_clients_and_claims(
    name: str, kind: Kind, clients: int, claimed: int, low: int, high: int
) -> None:
    """A claim raises what is possible, and never what is certain."""
    assert subscribers_of(name, kind, clients, claimed) == Subscribers(low, high)
