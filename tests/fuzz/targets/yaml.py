"""Any text as the YAML of a document's front matter."""

from collections.abc import Iterable

import test_syntax_yaml
from fuzz.kept import text_of, tried_in
from test_syntax_plain_yaml import DOCUMENTS, LINES, PIECES, is_plain
from test_syntax_yaml import places

from feeds.syntax import SyntaxLimits, SyntaxProblem, parse_yaml

LONGEST = 1_500
WORDS = sorted({*(piece for piece in PIECES if piece.strip()), *filter(None, LINES)})


def seeds() -> Iterable[bytes]:
    """Give the front matter of all documents that there are."""
    yield from tried_in(test_syntax_yaml)
    yield from (text.encode() for text in DOCUMENTS)


def check(data: bytes) -> None:
    """See that the plain ways give what libyaml gives, or nothing; all places lie in the text."""
    text = text_of(data)
    is_plain(text)
    is_plain(text, SyntaxLimits(depth=3, nodes=40))
    lines = len(text.split("\n")) + text.count("\r")
    try:
        found = places(parse_yaml(text))
    except SyntaxProblem as problem:
        assert problem.code.startswith("yaml-")
        found = {"": (problem.line, problem.column)}
    assert all(1 <= line <= lines + 1 and column >= 1 for line, column in found.values())
