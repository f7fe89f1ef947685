"""Invisible characters that turn the direction of text, by which one text reads as another."""

import re

# Embeddings and overrides, what ends one, isolates, and what ends one (UAX #9, 2.1 to 2.5).
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ENDS_EMBEDDING, _ENDS_ISOLATE = "\u202c", "\u2069"
_ISOLATES = "\u2066\u2067\u2068"


def has_turns(text: str) -> bool:
    """Tell whether a text has any such character."""
    return not text.isascii() and _TURNING.search(text) is not None


def turns_at(text: str) -> list[int]:
    """Give the index, counted from 0, of each such character."""
    return [found.start() for found in _TURNING.finditer(text)]


def turned_back(text: str) -> str:
    """Leave out such characters where they are unpaired; without any, it is the same object."""
    alone = unpaired(text) if has_turns(text) else ()
    return "".join(char for at, char in enumerate(text) if at not in alone) if alone else text


def unpaired(text: str) -> set[int]:
    """Give where a text is turned and not turned back, or turned back without having been turned.

    Pairs are those of UAX #9, BD9 and BD11, but that they may be in different paragraphs.
    """
    opened: list[int] = []
    isolates = 0
    alone = set[int]()
    for found in _TURNING.finditer(text):
        char, at = found[0], found.start()
        if char == _ENDS_ISOLATE and isolates:
            # An embedding within it ends with it.
            while text[inner := opened.pop()] not in _ISOLATES:
                alone.add(inner)
            isolates -= 1
        elif char == _ENDS_EMBEDDING and opened and text[opened[-1]] not in _ISOLATES:
            opened.pop()
        elif char in {_ENDS_ISOLATE, _ENDS_EMBEDDING}:
            alone.add(at)
        else:
            opened.append(at)
            isolates += char in _ISOLATES
    return alone.union(opened)
