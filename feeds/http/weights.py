"""Lists of tokens with weights, as several header fields have them (RFC 9110, 12.4.2)."""

import re
from collections.abc import Mapping

_ITEM = re.compile(
    r"([!#$%&'*+.^_`|~0-9a-z-]++)"
    r"(?:[ \t]*+;[ \t]*+q=(0(?:\.[0-9]{0,3})?+|1(?:\.0{0,3})?+))?+",
    re.ASCII | re.IGNORECASE,
)
_NO_NAMES: Mapping[str, str] = {}


def weights(field: bytes, same: Mapping[str, str] = _NO_NAMES) -> dict[str, float] | None:
    """Map the tokens of a list, in lower case, to their weights; None where an item is none.

    `same` maps tokens to others that mean the same. Of several weights for one token the least
    holds: what is refused anywhere is not sent.
    """
    found: dict[str, float] = {}
    for item in field.decode("latin-1").split(","):
        stripped = item.strip(" \t")
        if not stripped:
            continue
        matched = _ITEM.fullmatch(stripped)
        if matched is None:
            return None
        name = matched[1].lower()
        name = same.get(name, name)
        found[name] = min(float(matched[2] or "1"), found.get(name, 1.0))
    return found
