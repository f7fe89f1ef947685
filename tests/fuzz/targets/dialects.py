"""Any text as the mapping file of a dialect, by which documents are read then."""

from collections.abc import Iterable
from dataclasses import replace

from cli_tools import ROOT
from fuzz.kept import text_of
from test_corpus_any import CANARY, SECURED, assert_fit_for_feeds
from test_corpus_golden import DATA, rules

from feeds.corpus.dialect import (
    DEFAULTS,
    FIELDS,
    FILE_NAMES,
    ITEM_FIELDS,
    Dialect,
    parse_dialect,
)
from feeds.corpus.plain_article import read_plain
from feeds.corpus.reading import read_exactly
from feeds.model import SourceFile
from feeds.syntax import SyntaxProblem

LONGEST = 2_000
WORDS = sorted(
    {*FIELDS, *DEFAULTS, *FILE_NAMES, *(name for names in ITEM_FIELDS.values() for name in names)}
    | {"recognised_by: [[a]]\n", "fields:\n  ", "from: ", "split: true", "merge: true", "secured"}
    | {"body: html\n", "relative_to: site\n", "rank: 1\n", "defaults:\n  ", "/:year/:title/"}
)
DOCUMENT = f"""---
{SECURED["---"]}title: A title
a: [{{b: 1, url: https://a.example/, name: N, secured: {CANARY}}}, text]
date: 2026-03-04
url: https://a.example/b
topics: [x, y z]
provider: {{name: P, domain: p.example}}
---
Some *text*.
"""


def seeds() -> Iterable[bytes]:
    """Give the dialects that there are."""
    for folder in (ROOT / "feeds/corpus/dialects", DATA / "dialects"):
        yield from (file.read_bytes() for file in sorted(folder.glob("*.yaml")))
    yield b"recognised_by: [[title]]\nfields: {title: title, url: url, published: date}\n"


def check(data: bytes) -> None:
    """See that it is refused with a place, or reads a document, but never what is secured."""
    text = text_of(data)
    try:
        dialect = parse_dialect("any", text)
    except SyntaxProblem as problem:
        assert 1 <= problem.line <= text.count("\n") + text.count("\r") + 2
        assert problem.column >= 1
        assert problem.message
        return
    assert parse_dialect("any", text) == dialect
    for path in ("a.md", "posts/2026-03-04-a/index.md"):
        read_by(dialect, SourceFile(path, DOCUMENT.encode()))


def read_by(dialect: Dialect, source: SourceFile) -> None:
    """Read a document as one of a dialect, in both ways that there are."""
    known = replace(rules(), dialects=(dialect,))
    reading = read_exactly(source, known)
    assert read_plain(source, known) in {None, reading}
    assert CANARY not in repr(reading)
    if reading.article:
        assert_fit_for_feeds(reading.article)
