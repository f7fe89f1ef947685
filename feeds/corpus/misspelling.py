"""Keys of front matter that nobody reads, and that are nearly those of the document's dialect.

Any key is allowed, and most of what a dialect does not know is meant for something else. So only
those are told that are a slip away from a key which the document does not have.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from feeds.corpus.address import names_of
from feeds.corpus.article import ReadingRules
from feeds.corpus.dialect import Dialect, Path, recognise, written
from feeds.corpus.frontmatter import read_document
from feeds.model import Document, Finding, Mapping, Node, Reading, Sequence, SourceFile
from feeds.syntax import SyntaxProblem
from feeds.text.places import Places
from feeds.text.spelling import nearest

MISSPELT = "key-unknown"

# A list of many things that are all misspelt is one mistake.
_MOST = 100

_CLOSING = re.compile(rb"\n(?:---|\+\+\+|\.\.\.)")
# What may be a key in YAML or TOML; some are none, which costs a closer look.
_KEYS = re.compile(rb"(?:^|[{,\[.])[ \t-]*[\"']?([A-Za-z_][\w-]*)[\"']?[ \t]*[:=\].]", re.MULTILINE)
_Known = dict[tuple[str, ...], dict[str, None]]


class Slip(NamedTuple):
    """A key that is nearly another one: the way to it, its value, and what is meant."""

    steps: Path
    node: Node
    meant: str


def read_misspelt(source: SourceFile, rules: ReadingRules, prefix: str = "") -> Reading:
    """Read of a file's bytes only which keys are misspelt.

    `prefix` is what its path has before that of the file below its corpus.
    """
    found = tuple(finding for finding, _ in misspelt(source, rules, prefix))
    return Reading(source.path, None, found)


def misspelt(
    source: SourceFile, rules: ReadingRules, prefix: str = ""
) -> Iterator[tuple[Finding, Slip]]:
    """Find which keys of a file are misspelt; none of one that cannot be read."""
    spelling = _spelling(rules)
    if not spelling.may_be_misspelt(source.data):
        return
    try:
        document = read_document(source, rules.limits)
    except SyntaxProblem:
        return
    text = source.data.decode()
    places = Places(text)
    for slip in islice(spelling.slips(document, prefix), _MOST):
        place = _key_place(text, places, slip) or (slip.node.line, slip.node.column)
        message = f"is not read (did you mean {slip.meant}?); left as it is"
        key = written(slip.steps)
        yield Finding(source.path, *place, MISSPELT, key, message, "warning"), slip


def _key_place(text: str, places: Places, slip: Slip) -> tuple[int, int] | None:
    """Give where a key stands, by its value; None where that is not seen.

    It is the last one before its value, but that the place of a table in TOML is before its name.
    """
    value = places.offset(slip.node.line, slip.node.column)
    key = re.escape(str(slip.steps[-1]))
    is_key = re.compile(rf"(?<![\w-])[\"']?({key})[\"']?[ \t]*[:=.\]]")
    if text.startswith("[", value):
        after = is_key.search(text, value)
        if after and not text[value : after.start(1)].strip("[ \t\"'"):
            return places.of(after.start(1))
    before = [found.start(1) for found in is_key.finditer(text, 0, value + 1)]
    return places.of(before[-1]) if before else None


class _Spelling:
    """The keys that dialects know, and which others are nearly these."""

    def __init__(self, rules: ReadingRules) -> None:
        self._dialects = rules.dialects
        self._known = {dialect.name: _known_keys(dialect) for dialect in rules.dialects}
        self._near: dict[tuple[str, str], bool] = {}

    def may_be_misspelt(self, data: bytes) -> bool:
        """Tell, without much ado, whether any key may be nearly another one."""
        end = _CLOSING.search(data, 1)
        keys = {key.decode() for key in _KEYS.findall(data, 0, end.start() if end else len(data))}
        dialects = [each for each in self._dialects if self._may_be(each, keys)]
        return any(
            self._is_near(each.name, key) for each in dialects or self._dialects for key in keys
        )

    def slips(self, document: Document, prefix: str) -> Iterator[Slip]:
        """Find the keys of a document that are nearly others."""
        names = frozenset(names_of(document.path.removeprefix(prefix)))
        alone = self._dialects[0] if len(self._dialects) == 1 else None
        dialect = alone or recognise(document, names, self._dialects)
        marks = (path for each in self._dialects for path in _marks(each))
        known = self._known[dialect.name] if dialect else _parents(marks)
        return _slips(document.fields, known, (), ())

    def _may_be(self, dialect: Dialect, keys: set[str]) -> bool:
        return len(self._dialects) == 1 or any(
            all(str(path[0]).startswith("$") or path[0] in keys for path in paths)
            for paths in dialect.recognised_by
        )

    def _is_near(self, dialect: str, key: str) -> bool:
        if (dialect, key) not in self._near:
            levels = self._known[dialect].values()
            is_near = any(key not in level and nearest(key, level) for level in levels)
            self._near[dialect, key] = is_near
        return self._near[dialect, key]


_spelling = lru_cache(maxsize=8)(_Spelling)


def _slips(node: Node, known: _Known, path: tuple[str, ...], steps: Path) -> Iterator[Slip]:
    """Go through a node of which the keys at a path are known, and what they lead to."""
    if isinstance(node, Sequence):
        for number, item in enumerate(node.items):
            yield from _slips(item, known, path, (*steps, number))
    elif isinstance(node, Mapping) and path in known:
        absent = [key for key in known[path] if key not in node.items]
        for key, child in node.items.items():
            if key in known[path]:
                yield from _slips(child, known, (*path, key), (*steps, key))
            elif meant := nearest(key, absent):
                yield Slip((*steps, key), child, meant)


def _known_keys(dialect: Dialect) -> _Known:
    """Give the keys that a dialect knows below each path, lists left out of these."""
    paths = [*_marks(dialect)]
    for sources in dialect.sources.values():
        for path in sources.paths:
            items = (item for _, each in sources.fields for item in each.paths)
            paths += [path, *((*path, *item) for item in items)]
    return _parents(paths)


def _marks(dialect: Dialect) -> Iterator[Path]:
    return (path for paths in dialect.recognised_by for path in paths)


def _parents(paths: Iterable[Path]) -> _Known:
    known: _Known = defaultdict(dict)
    for path in paths:
        keys = [part for part in path if isinstance(part, str)]
        if keys[0][0] not in "$/":
            for at, key in enumerate(keys):
                known[tuple(keys[:at])][key] = None
    return dict(known)
