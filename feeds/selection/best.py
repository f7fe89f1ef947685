"""Which articles of a time are the best."""

from collections.abc import Iterable

from feeds.model import Candidate, EntryKey


def score(candidate: Candidate) -> int:
    """Add quality and heat; what is not known or negative counts as 0."""
    return max(candidate.quality or 0, 0) + max(candidate.heat or 0, 0)


def best(candidates: Iterable[Candidate], most: int) -> list[EntryKey]:
    """Give the keys of the best: those of the highest score, then the newer ones, then by id."""
    ordered = sorted(candidates, key=lambda item: (-score(item), -item.published, item.id))
    return [item.entry_key for item in ordered[:most]]
