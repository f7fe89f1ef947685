"""Which articles are the best."""

from itertools import permutations

import pytest

from feeds.model import Candidate
from feeds.selection.best import best, score


@pytest.mark.parametrize(
    ("quality", "heat", "expected"),
    [
        (None, None, 0),
        (70, None, 70),
        (None, 30, 30),
        (70, 30, 100),
        (70, -30, 70),
        (-5, 30, 30),
        (0, 0, 0),
    ],
)
def test_scores(quality: int | None, heat: int | None, expected: int) -> None:
    """Quality and heat are added; what is not known or negative takes nothing away."""
    assert score(Candidate(1, None, "a", 0, quality, heat)) == expected


def test_the_best_are_first() -> None:
    """The score decides, then the date, then the id, whatever the order they come in."""
    ordered = [
        Candidate(1, None, "z", 0, 60, 41),
        Candidate(2, None, "y", 9, None, 100),
        Candidate(3, None, "a", 8, 50, 50),
        Candidate(4, None, "b", 8, 100, -1),
        Candidate(5, None, "a", 99, None, None),
    ]
    for candidates in permutations(ordered):
        assert best(candidates, 9) == [(key, None) for key in (1, 2, 3, 4, 5)]
        assert best(candidates, 3) == [(key, None) for key in (1, 2, 3)]
    assert best([], 3) == []
