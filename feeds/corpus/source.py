"""Where documents are: what is asked of each kind of place, a file in `sources/` for each."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from feeds.errors import FeedsError
from feeds.model import FileStamp, Finding, Severity

ENDINGS: Final = (".md", ".markdown")
"""How the names of documents end."""

DRAFTS: Final = frozenset({"_drafts", "drafts"})
"""The names of directories in which there are no documents, however deep."""

Seen: TypeAlias = FileStamp | Finding


class CorpusMissing(FeedsError):
    """The corpus is not there or cannot be listed; the last publication is untouched."""

    exit_code = 3

    def __init__(self, place: object, reason: str) -> None:
        super().__init__(str(place), reason)

    def __str__(self) -> str:
        """Say which corpus and why in one line."""
        return f"cannot read the corpus {': '.join(self.args)}"


class CorpusUnreachable(CorpusMissing):
    """Nobody says what is in the corpus, so that nothing is known of it."""


class Gone(Exception):
    """There is no document any more where one was seen: nothing, or something else."""


class Files(Protocol):
    """Documents that are open to be read, one after the other."""

    def read(self, path: str) -> tuple[bytes, FileStamp]:
        """Read a document up to a limit, and tell what it has become.

        Raises `Gone`, `OSError` where it is unreadable, and `CorpusUnreachable` where nobody knows.
        """


class Source(Protocol):
    """A place where documents are; equal to others of the same place, and `str` of it names it.

    Documents are told by their paths below it, with `prefix` before them. All of it can be sent
    to other processes, and asks nothing of anybody before it has to.
    """

    @property
    def directory(self) -> Path | None:
        """The place on a disk of this machine, where it is one: can be watched and written."""

    def scan(self, prefix: str = "") -> Iterator[Seen]:
        """Give a stamp of each document, always in the same order, and what hinders.

        Hidden names and drafts' directories are left out. Raises `CorpusMissing`.
        """

    def look(self, paths: Iterable[str], prefix: str = "") -> Iterator[Seen]:
        """Give of some paths what `scan` gives: what documents are there, or below.

        `paths` are those below this place, none of them below another. Raises `CorpusMissing`.
        """

    def open(
        self, prefix: str, limit: int, coming: Sequence[str] = ()
    ) -> AbstractContextManager[Files]:
        """Open documents, of each of which up to `limit` bytes are read.

        Those that are `coming` will be read in this order, so that they can be fetched ahead.
        """

    def place(self, path: str) -> str:
        """Give what a document is called by its path below this place: as people name it."""

    def below(self, place: str) -> str | None:
        """Give the path below this place of what is called so; None of what is not below."""

    def has_folder(self, name: str) -> bool:
        """Whether a directory of this name is there, as far as that costs nothing to ask."""


def is_left_out(path: str) -> bool:
    """Whether a document's path has a hidden part, or a drafts' directory on the way."""
    *folders, _ = parts = path.split("/")
    return any(part.startswith(".") for part in parts) or not DRAFTS.isdisjoint(folders)


def found_of(path: str, code: str, message: str, severity: Severity) -> Finding:
    """Give a finding of a document as a whole."""
    return Finding(path, 0, 0, code, "", message, severity)
