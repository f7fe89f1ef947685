"""What a host of files must know to answer as the server does, in no syntax yet."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from feeds.model import FormerAddresses
from feeds.publish.policy import NOT_FOUND, OF_LISTS, TAG_FIELDS, Fields, Tags

BELOW = "([A-Za-z0-9._/-]*)"
"""What our addresses below a directory are made of; nothing else is put into a Location."""

FOLDER = "/(?:.*/)?([A-Za-z0-9._-]+)$"
"""The path of a directory without its slash, and the last part of it."""


def as_written(fields: Fields) -> tuple[tuple[str, str], ...]:
    """Give header fields with their names as people write them."""
    return tuple((name.title(), value) for name, value in fields.items())


MISSING_FIELDS = as_written(NOT_FOUND)
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
    """A publication for a host of files.

    `prefix` is the path of the base URL without a slash at its end. `moved_fields` are the
    header fields of what is redirected or gone, and `tags` say what is told of tags, if anything
    is. Where its files are, the host knows itself.
    """

    prefix: str
    kinds: tuple[Kind, ...]
    former: FormerAddresses
    moved_fields: tuple[tuple[str, str], ...]
    tags: Tags | None = None

    def encoded(self, path: str) -> str:
        """Give the path of a URL, with everything encoded that any syntax could mistake."""
        return quote(f"{self.prefix}/{path}", safe="/-._~")


def tag_fields(hosted: Hosted, variable: str) -> tuple[tuple[str, str], ...]:
    """Give the header fields that carry a tag, which a host has in a variable of its syntax."""
    named = dict.fromkeys(TAG_FIELDS, variable) if hosted.tags else {}
    return as_written(named)


def tag_choices(hosted: Hosted, group: str) -> tuple[tuple[str, str], ...]:
    """Give patterns of paths and the tags that they stand for; of several that match, the last.

    `group` stands for what the first group of a pattern matches.
    """
    if hosted.tags is None:
        return ()
    begin = f"^{re.escape(hosted.prefix)}/"
    return (begin + hosted.tags.of_feeds, group), (begin + hosted.tags.of_lists, OF_LISTS)


@dataclass(frozen=True, slots=True)
class Host:
    """A way to tell a host of files what to answer: `text` gives the content of `file`.

    `file` is at the top of the publication and begins with an underscore, as no resource does.
    """

    name: str
    file: str
    text: Callable[[Hosted], str]


def unmistakable(url: str) -> str:
    """Encode in a URL what some syntax takes for a variable or a quote; it means the same."""
    return quote(url, safe="/-._~:?=&%@+,!#[]")
