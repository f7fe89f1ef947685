"""Which findings are wanted, by codes and by what codes begin with."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from feeds.findings.explanations import explanations


class UnknownCode(ValueError):
    """There is no such code, nor one that begins so; the message says which may be meant."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The codes that are selected, all where none is, less those that are ignored."""

    selected: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()

    def has(self, code: str) -> bool:
        """Tell whether findings of a code are wanted."""
        return code not in self.ignored and (not self.selected or code in self.selected)


def codes_of(names: Iterable[str]) -> frozenset[str]:
    """Give the codes that some names stand for: each a code, or the first words of some.

    Raises `UnknownCode`.
    """
    return frozenset(code for name in names for code in _codes(name))


def unknown(name: str) -> UnknownCode:
    """Say that there is no such code, and which one is probably meant."""
    known = [*explanations(), *_beginnings()]
    close = get_close_matches(name.lower(), known, 1)
    hint = f"did you mean {close[0]}?" if close else "feeds explain lists all codes"
    return UnknownCode(f"there is no code {name}; {hint}")


def _codes(name: str) -> list[str]:
    codes = [code for code in explanations() if f"{code}-".startswith(f"{name}-")]
    if not codes:
        raise unknown(name)
    return codes


def _beginnings() -> set[str]:
    return {code.partition("-")[0] for code in explanations()}
