"""Numbers side by side in one are added and compared as each of them alone would be."""

from hypothesis import given, strategies as st

from feeds.selection.vectors import BITS, LARGEST, Bounds

NUMBERS = st.integers(0, LARGEST)


@given(st.lists(st.tuples(NUMBERS, NUMBERS)))
def test_what_reaches_its_bound_is_found(pairs: list[tuple[int, int]]) -> None:
    """Each number is compared with the bound at its own place, and with none beside it."""
    numbers = sum(number << (BITS * place) for place, (number, _) in enumerate(pairs))
    bounds = Bounds([bound for _, bound in pairs])
    expected = [place for place, (number, bound) in enumerate(pairs) if number >= bound]
    assert sorted(bounds.reached(numbers)) == expected


def test_only_what_is_large_enough_reaches_the_largest_bound() -> None:
    """Up to the largest number there is, and from nothing on."""
    assert list(Bounds([LARGEST, LARGEST]).reached(LARGEST << BITS)) == [1]
    assert list(Bounds([0, 1]).reached(0)) == [0]
    assert list(Bounds([]).reached(0)) == []
