"""What readers ask for that no feed has: articles that meet some conditions of theirs."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from feeds.model.articles import EntryKey
from feeds.model.feeds import Entry


class Term(NamedTuple):
    """Words in a row that are to be there, or that are not where it `is_excluded`.

    With `is_beginning`, the last of them may be the beginning of a longer one.
    """

    words: tuple[str, ...]
    is_excluded: bool = False
    is_beginning: bool = False

    @property
    def text(self) -> str:
        """The term as it is written."""
        text = " ".join(self.words)
        text = f'"{text}"' if len(self.words) > 1 else text
        return f"{'-' * self.is_excluded}{text}{'*' * self.is_beginning}"


class Query(Struct, frozen=True):
    """Asks for articles that meet all of it.

    They have all `terms`, every one of the `topics` (slugs) or any, as `has_every` says, are of
    the `provider` (a domain) and of `min_quality` at least, as far as these are given.
    """

    terms: tuple[Term, ...] = ()
    topics: tuple[str, ...] = ()
    has_every: bool = True
    provider: str = ""
    min_quality: int | None = None

    @property
    def words(self) -> str:
        """The terms as they are written."""
        return " ".join(term.text for term in self.terms)

    @property
    def stems(self) -> tuple[str, ...]:
        """The stems of all channels that it names."""
        provider = (f"providers/{self.provider}",) if self.provider else ()
        return (*(f"topics/{topic}" for topic in self.topics), *provider)


class Searchable(NamedTuple):
    """An entry as it is searched.

    `key` tells it from all others, `position` is where it stands among them, the highest first.
    It is of the `channels` (keys) of all articles on its story. `text` is all that is looked at.
    """

    key: EntryKey
    position: int
    channels: frozenset[int]
    quality: int | None
    text: str
    entry: Entry


class Found(NamedTuple):
    """What was found by a query: entries, the first ones in their order.

    `titles` are those of the channels that it names, by stem; of a channel that is not among them
    nothing is known. `edition` names what was searched, which is so since `changed`.
    """

    entries: tuple[Entry, ...]
    titles: Mapping[str, str]
    edition: str
    changed: datetime
