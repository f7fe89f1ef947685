"""A dialect: which of their keys stand for which of our fields. A mapping file makes one."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from feeds.model import Document, Mapping, Node, Scalar, Sequence
from feeds.syntax import SyntaxProblem, parse_yaml

Path = tuple[str | int, ...]

FIELDS = frozenset(
    {
        *("id", "title", "summary", "published", "modified", "url", "original_url", "authors"),
        *("provider.name", "provider.domain", "topics", "category", "type", "language", "rights"),
        *("quality", "heat", "listed", "draft", "removed", "images", "related", "player"),
        *("enclosures", "enclosure.length", "enclosure.duration"),
    }
)
DEFAULTS = frozenset({"title", "category", "type", "language", "provider.name", "provider.domain"})
ITEM_FIELDS = {
    "authors": frozenset({"name", "email", "url"}),
    "enclosures": frozenset({"url", "type", "length", "duration", "title"}),
    "images": frozenset({"url", "width", "height", "alternative"}),
    "related": frozenset({"url", "title", "published", "provider.name", "provider.domain"}),
}
_KEYS = frozenset({"recognised_by", "body", "relative_to", "rank", "fields", "defaults"})
_SOURCE_KEYS = frozenset({"from", "fields", "merge", "split"})
FILE_NAMES = frozenset({"$name.date", "$name.sections", "$name.slug", "$name.title"})
_NEVER_READ = "secured"
_INDEX = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a field's value may stand: the first path that has one, or all that have.

    A path is the keys and indexes that lead to a value; one that begins with `$` names a
    part of the file's path, one that begins with `/` is an address with placeholders.
    A scalar at one of the paths in `split` is taken apart at white space; `fields` are those
    of a list's items.
    """

    paths: tuple[Path, ...] = ()
    merge: bool = False
    split: tuple[Path, ...] = ()
    fields: tuple[tuple[str, "Sources"], ...] = ()

    @property
    def preferred(self) -> str:
        """The first path as people write it, empty where none leads to a key."""
        return next((written(path) for path in self.paths if str(path[0])[:1] not in "$/"), "")

    def of(self, name: str) -> "Sources":
        """Give the sources of an item's field; none where the mapping has none."""
        for key, sources in self.fields:
            if key == name:
                return sources
        return NO_SOURCES


NO_SOURCES = Sources()

# What items have where a dialect does not say otherwise.
_USUAL_FIELDS = {
    "authors": (
        ("name", Sources((("name",),))),
        ("email", Sources((("email",),))),
        ("url", Sources((("url",), ("uri",)))),
    ),
    "enclosures": (
        ("url", Sources((("url",), ("src",), ("href",), ("file",)))),
        ("type", Sources((("type",),))),
        ("length", Sources((("length",), ("size",)))),
        ("duration", Sources((("duration",),))),
        ("title", Sources((("title",),))),
    ),
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How documents of one kind are read.

    `recognised_by` holds sets of paths; a document that has every path of one of them is of
    this dialect, unless a dialect of lower `rank` has it first. `own_pages` says that the
    documents are pages of the site itself, so that relative addresses are the site's.
    """

    name: str
    recognised_by: tuple[tuple[Path, ...], ...]
    body: Literal["markdown", "html"] = "markdown"
    own_pages: bool = False
    rank: int = 0
    sources: dict[str, Sources] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    reads_names: bool = True

    def of(self, name: str) -> Sources:
        """Give the sources of a field; none where the mapping has none."""
        return self.sources.get(name, NO_SOURCES)


def parse_dialect(name: str, text: str) -> Dialect:
    """Make a dialect of a mapping file's text.

    Raises `SyntaxProblem` with code `dialect-invalid`, or with one of `feeds.syntax`.
    """
    root = parse_yaml(text)
    if not isinstance(root, Mapping):
        raise SyntaxProblem("dialect-invalid", "a dialect must be a mapping", 1, 1)
    _refuse_unknown(root, _KEYS, "")
    fields = _mapping(root, "fields")
    _refuse_unknown(fields, FIELDS, "fields.")
    defaults = _mapping(root, "defaults")
    _refuse_unknown(defaults, DEFAULTS, "defaults.")
    return Dialect(
        name=name,
        recognised_by=tuple(_recognisers(root)),
        body="html" if _word(root, "body", ("markdown", "html")) == "html" else "markdown",
        own_pages=_word(root, "relative_to", ("site",)) == "site",
        rank=_number(root, "rank", 0),
        sources={key: _sources(key, node) for key, node in fields.items.items()},
        defaults={key: _text(node, f"defaults.{key}") for key, node in defaults.items.items()},
        reads_names="$" in text,
    )


def parse_path(text: str) -> Path:
    """Take `related.0.url` apart into keys and indexes; a pseudo path stays whole."""
    if text.startswith(("$", "/")):
        return (text,)
    return tuple(int(part) if _INDEX.fullmatch(part) else part for part in text.split("."))


@cache
def written(path: Path) -> str:
    """Write a path as people do: `related[2].webUrl`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).lstrip(".")


def find(node: Node, path: Path) -> Node | None:
    """Follow a path through mappings and lists; None where it leads to nothing or to null."""
    for part in path:
        child = None
        if isinstance(node, Mapping) and isinstance(part, str):
            child = node.items.get(part)
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            child = node.items[part]
        if child is None:
            return None
        node = child
    return None if isinstance(node, Scalar) and node.is_null else node


def recognise(
    document: Document, names: frozenset[str], dialects: tuple[Dialect, ...]
) -> Dialect | None:
    """Find the dialect of a document; `names` are the `$` paths that its file's path has."""

    def has(path: Path) -> bool:
        if isinstance(path[0], str) and path[0].startswith("$"):
            return path[0] in names
        return find(document.fields, path) is not None

    for dialect in dialects:
        if any(all(has(path) for path in paths) for paths in dialect.recognised_by):
            return dialect
    return None


def _recognisers(root: Mapping) -> Iterator[tuple[Path, ...]]:
    node = root.items.get("recognised_by")
    if not isinstance(node, Sequence):
        message = "recognised_by must be a list of lists of keys"
        raise SyntaxProblem("dialect-invalid", message, root.line, root.column, "recognised_by")
    for item in node.items:
        items = item.items if isinstance(item, Sequence) else (item,)
        yield tuple(_path(part, "recognised_by") for part in items)


def _sources(key: str, node: Node) -> Sources:
    usual = _USUAL_FIELDS.get(key, ())
    if not isinstance(node, Mapping):
        return Sources(_paths(node, f"fields.{key}"), fields=usual)
    _refuse_unknown(node, _SOURCE_KEYS, f"fields.{key}.")
    fields = _mapping(node, "fields")
    _refuse_unknown(fields, ITEM_FIELDS.get(key, frozenset()), f"fields.{key}.fields.")
    paths = _paths(node.items.get("from", node), f"fields.{key}.from")
    return Sources(
        paths=paths,
        merge=_word(node, "merge", ("true", "false")) == "true",
        split=_split(node, key, paths),
        fields=tuple((name, _sources(name, item)) for name, item in fields.items.items()) or usual,
    )


def _split(node: Mapping, key: str, paths: tuple[Path, ...]) -> tuple[Path, ...]:
    value = node.items.get("split")
    if value is None or (isinstance(value, Scalar) and value.text in {"true", "false"}):
        return paths if value and value.text == "true" else ()
    chosen = _paths(value, f"fields.{key}.split")
    if not set(chosen) <= set(paths):
        message = f"fields.{key}.split must be true, false or some of the keys in from"
        raise SyntaxProblem("dialect-invalid", message, value.line, value.column, key)
    return chosen


def _paths(node: Node, key: str) -> tuple[Path, ...]:
    items = node.items if isinstance(node, Sequence) else (node,)
    return tuple(_path(item, key) for item in items)


def _path(node: Node, key: str) -> Path:
    path = parse_path(_text(node, key))
    name = str(path[0])
    if name.startswith("$") and name not in FILE_NAMES:
        message = f"{key}: there is no {name}; there are {', '.join(sorted(FILE_NAMES))}"
    elif _NEVER_READ in path:
        message = f"{key}: {_NEVER_READ} never leaves the corpus"
    else:
        return path
    raise SyntaxProblem("dialect-invalid", message, node.line, node.column, key)


def _text(node: Node, key: str) -> str:
    if isinstance(node, Scalar) and not node.is_null:
        return node.text
    raise SyntaxProblem("dialect-invalid", f"{key} must be text", node.line, node.column, key)


def _word(node: Mapping, key: str, words: tuple[str, ...]) -> str | None:
    if key not in node.items:
        return None
    value = node.items[key]
    if isinstance(value, Scalar) and value.text in words:
        return value.text
    message = f"{key} must be {' or '.join(words)}"
    raise SyntaxProblem("dialect-invalid", message, value.line, value.column, key)


def _number(node: Mapping, key: str, default: int) -> int:
    value = node.items.get(key)
    if value is None:
        return default
    if isinstance(value, Scalar) and _INDEX.fullmatch(value.text):
        return int(value.text)
    message = f"{key} must be a whole number"
    raise SyntaxProblem("dialect-invalid", message, value.line, value.column, key)


def _mapping(node: Mapping, key: str) -> Mapping:
    value = node.items.get(key, Mapping({}, node.line, node.column))
    if isinstance(value, Mapping):
        return value
    message = f"{key} must be a mapping"
    raise SyntaxProblem("dialect-invalid", message, value.line, value.column, key)


def _refuse_unknown(node: Mapping, known: frozenset[str], prefix: str) -> None:
    for key, value in node.items.items():
        if key not in known:
            close = difflib.get_close_matches(key, known, 1)
            hint = f"; did you mean {close[0]}?" if close else ""
            message = f"unknown key {prefix}{key}{hint}"
            raise SyntaxProblem(
                "dialect-invalid", message, value.line, value.column, f"{prefix}{key}"
            )
