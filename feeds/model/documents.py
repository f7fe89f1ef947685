"""What a file of the corpus says, before any of it has a type of ours."""

from collections.abc import Mapping as AbstractMapping
from typing import Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace


class Scalar(NamedTuple):
    """A scalar's text as written, with its place in the file (both counted from 1)."""

    text: str
    line: int
    column: int
    plain: bool

    @property
    def is_null(self) -> bool:
        """Whether the scalar stands for nothing: empty, `~` or `null`, without quotes."""
        return self.plain and self.text in {"", "~", "null", "Null", "NULL"}


class Sequence(NamedTuple):
    """A list of nodes, with the place where it begins."""

    items: tuple["Node", ...]
    line: int
    column: int


class Mapping(NamedTuple):
    """A mapping from key to node, with the place where it begins."""

    items: AbstractMapping[str, "Node"]
    line: int
    column: int


Node = Scalar | Sequence | Mapping


class FileStamp(NamedTuple):
    """What a directory scan tells about a file without reading it."""

    path: str
    size: int
    mtime_ns: int
    inode: int


class SourceFile(Struct, frozen=True):
    """A file's bytes under its key: its path below the corpus, with `/` between parts."""

    path: str
    data: bytes


class Document(Struct, frozen=True):
    """Front matter that is understood but not yet typed, and the body below it.

    `body_line` is the line of the file, counted from 1, on which the body begins.
    """

    path: str
    fields: Mapping
    body: str
    body_line: int


Severity = Literal["error", "warning"]

SKIPPED = "document skipped"
"""How the message of an error ends that keeps a document out of all feeds."""

_KEPT = "its last good version stays"


class Finding(Struct, frozen=True, order=True):
    """Something wrong with a document or with the configuration, and where."""

    path: str
    """The path of the file, as it is known by."""

    line: int
    """The line in the file, from 1 on; 0 where it is not known, or is the file as a whole."""

    column: int
    """The column in that line, likewise."""

    code: str
    """The code, as `feeds explain` knows it."""

    key: str
    """The path of a key such as `related[2].webUrl`; empty where none applies."""

    message: str
    """What is wrong, in a sentence."""

    severity: Severity = "error"
    """An `error` costs the document, or what is new in it, a `warning` a field of it."""

    @property
    def is_of_kept(self) -> bool:
        """Whether its document stays in feeds as it was, in its last good version."""
        return self.severity == "error" and self.message.endswith(_KEPT)

    def of_kept(self) -> "Finding":
        """Give it as it is told of a document that stays in its last good version."""
        return replace(self, message=self.message.removesuffix(SKIPPED) + _KEPT)
