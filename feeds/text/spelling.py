"""Names that are nearly others: what somebody typed who meant one of these."""

from collections.abc import Iterable

# Shorter names are a letter away from many a word.
_LONG_TO_SWAP, _LONG_TO_MISS, _LONG_TO_CHANGE = 3, 5, 6


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Give the first of some names that another one is nearly."""
    return next((each for each in known if is_near(name, each)), None)


def is_near(name: str, known: str) -> bool:
    """Tell whether a name is another one but for case, hyphens, or one slip within it.

    A slip is a letter too many, too few or another one, or two that are swapped. One at the
    beginning or end mostly makes another word: topic and topics, published and publisher.
    """
    name, known = _bare(name), _bare(known)
    if name == known:
        return True
    most = min(len(name), len(known))
    before = _alike(name, known, most)
    after = _alike(name[::-1], known[::-1], most - before)
    typed, meant = name[before : len(name) - after], known[before : len(known) - after]
    if typed == meant[::-1] and len(meant) == 2:  # noqa: PLR2004 - two are swapped
        return len(known) >= _LONG_TO_SWAP
    least = _LONG_TO_CHANGE if len(typed) == len(meant) else _LONG_TO_MISS
    is_slip = max(len(typed), len(meant)) == 1
    return is_slip and before > 0 and after > 0 and len(known) >= least


def _bare(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def _alike(one: str, other: str, most: int) -> int:
    """Count the letters, up to a number, with which both begin."""
    return next((at for at in range(most) if one[at] != other[at]), most)
