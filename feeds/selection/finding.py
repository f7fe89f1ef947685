"""Feeds by what they are called: an index that is published, and who looks something up in it."""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from feeds.model import Directory, Outline, Source

INDEX_PATH = "search/feeds.data"
"""Where the index is published: not as `.json`, by which feeds are told from other files."""

MOST_WORDS = 200
"""Characters beyond which nobody writes what a feed is called."""


def write_index(directory: Directory, suffix: str) -> bytes:
    """Write what feeds are called and where they are, from the root, as JSON.

    `suffix` is that of the format in which readers take them.
    """
    root = directory.url
    feeds = [
        {
            "stem": each.addresses[0][1].removeprefix(root).removesuffix(suffix),
            "kind": each.kind,
            "title": each.title,
            "description": each.description,
            "page": each.page.removeprefix(root),
            "feed": each.addresses[0][1].removeprefix(root),
        }
        for each in directory.outlines
    ]
    index = {"title": directory.title, "url": root, "language": directory.language, "feeds": feeds}
    return json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode()


class Index:
    """Knows all feeds by their stems and by what they are called, as an index has them.

    Raises `ValueError` for what is none.
    """

    def __init__(self, body: bytes) -> None:
        try:
            index = json.loads(body)
            self._root = str(index["url"])
            self._directory = Directory(index["title"], "", self._root, index["language"], ())
            self._outlines = dict(self._read(index["feeds"]))
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"no index of feeds: {error}") from None
        self._words = {
            stem: " " + plain(f"{each.title} {_own(stem)}") for stem, each in self._outlines.items()
        }

    @property
    def site(self) -> Source:
        """The publication."""
        return Source(self._root, self._directory.title)

    @property
    def language(self) -> str | None:
        """The language of the publication."""
        return self._directory.language

    def chosen(self, stems: Iterable[str]) -> Directory:
        """Give a directory of the feeds with some stems, in their order in the index."""
        wanted = {*stems}
        outlines = (each for stem, each in self._outlines.items() if stem in wanted)
        directory = self._directory
        return Directory(directory.title, "", directory.url, directory.language, tuple(outlines))

    def find(self, words: str) -> list[Outline]:
        """Give the feeds with words that begin so, those whose titles begin so first."""
        wanted = plain(words)
        found = [
            outline
            for stem, outline in self._outlines.items()
            if all(f" {word}" in self._words[stem] for word in wanted.split())
        ]
        found.sort(key=lambda outline: not plain(outline.title).startswith(wanted))
        return found if wanted else []

    def _read(self, feeds: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, Outline]]:
        for feed in feeds:
            yield (
                feed["stem"],
                Outline(
                    kind=feed["kind"],  # type: ignore[arg-type] # as it was written
                    title=feed["title"],
                    description=feed["description"],
                    addresses=(("", self._root + feed["feed"]),),
                    page=self._root + feed["page"],
                ),
            )


def _own(stem: str) -> str:
    """Give the part of a stem that is a channel's own: of a provider, that is its domain."""
    return stem.rpartition("/")[2]


def plain(text: str) -> str:
    """Give the words of a text without case and accents, as people type them."""
    parts = unicodedata.normalize("NFKD", text)
    bare = "".join(sign for sign in parts if not unicodedata.combining(sign))
    return " ".join(bare.casefold().split())
