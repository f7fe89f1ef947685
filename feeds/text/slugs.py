"""Labels to keys and to slugs: what makes two labels one topic, and where its feeds are.

A slug is part of a permanent URL, so nothing here may come out otherwise on another
machine: the transliteration is named, not left to what happens to be installed.
"""

import re
import unicodedata
from hashlib import sha256

from slugify import slugify

_LIMIT = 80

_SPOKEN = (
    (re.compile(r"(?:^|(?<=\s))\.(?=\w)"), " dot "),
    (re.compile(r"(?<=\w)#"), " sharp "),
    (re.compile(r"\+"), " plus "),
    (re.compile("&"), " and "),
    (re.compile("@"), " at "),
    (re.compile("%"), " percent "),
    # An apostrophe is inside a word: `alzheimers`, not `alzheimer-s`.
    (re.compile("['\u2019\u02bc]"), ""),
)


def fold(label: str) -> str:
    """Give the key under which labels are one topic: `AI` and `ai`, `Straße` and `STRASSE`.

    The label in NFKC and case-folded, its white space collapsed (Unicode, section 3.13, D146).
    """
    if label.isascii():
        return " ".join(label.lower().split())
    # Folding can undo normalization and the reverse; a second round settles all characters.
    folded = label
    for _ in range(2):
        folded = unicodedata.normalize("NFKC", folded).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def slug(label: str) -> str:
    """Give a label's place in a URL, `[a-z0-9-]{1,80}`, the same for all labels of one topic.

    A label of which nothing is left gives `t-` and 10 hexadecimal digits of its SHA-256.
    """
    key = fold(label)
    return _shortened(_transliterated(key), _LIMIT) or f"t-{_digest(key, 10)}"


def distinct_slug(label: str) -> str:
    """Give a slug for a label whose plain slug another topic has: 8 hexadecimal digits more."""
    digest = _digest(fold(label), 8)
    return f"{_shortened(slug(label), _LIMIT - 1 - len(digest))}-{digest}"


def _transliterated(key: str) -> str:
    for pattern, word in _SPOKEN:
        key = pattern.sub(word, key)
    return slugify(
        key,
        entities=False,
        decimal=False,
        hexadecimal=False,
        backend="text-unidecode",
        algorithm="modern",
    )


def _shortened(text: str, limit: int) -> str:
    """Cut at a hyphen where there is one."""
    if len(text) <= limit:
        return text
    head, hyphen, _ = text[: limit + 1].rpartition("-")
    return head if hyphen else text[:limit]


def _digest(key: str, digits: int) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:digits]
