"""What a static host must know to answer as the server does, in no syntax yet."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from feeds.model import FormerAddresses

BELOW = "([A-Za-z0-9._/-]*)"
"""What our addresses below a directory are made of; nothing else is put into a Location."""

MISSING_FIELDS = (
    ("Cache-Control", "max-age=60"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; sandbox"),
)
"""The header fields of a 404."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Resources that have the same header fields: those of a suffix, in a directory of a name.

    `folder` is empty where the directory does not matter; what has one comes first.
    """

    suffix: str
    folder: str
    media_type: str
    fields: tuple[tuple[str, str], ...]

    @property
    def pattern(self) -> str:
        """The end of the paths, as a regular expression."""
        folder = rf"/{re.escape(self.folder)}/[^/]+" if self.folder else ""
        return f"{folder}{re.escape(self.suffix)}$"


@dataclass(frozen=True, slots=True)
class Hosted:
    """A publication for a static host.

    `root` is its directory, `prefix` the path of the base URL without a slash at its end.
    `moved_fields` are the header fields of what is redirected or gone.
    """

    root: str
    prefix: str
    kinds: tuple[Kind, ...]
    former: FormerAddresses
    moved_fields: tuple[tuple[str, str], ...]

    def encoded(self, path: str) -> str:
        """Give the path of a URL, with everything encoded that any syntax could mistake."""
        return quote(f"{self.prefix}/{path}", safe="/-._~")


@dataclass(frozen=True, slots=True)
class Host:
    """A way to tell a static host what to answer: `text` gives what it is to be configured with."""

    name: str
    text: Callable[[Hosted], str]


def unmistakable(url: str) -> str:
    """Encode in a URL what some syntax takes for a variable or a quote; it means the same."""
    return quote(url, safe="/-._~:?=&%@+,!#[]")
