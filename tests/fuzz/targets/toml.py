"""Any text as the TOML of a document's front matter."""

import tomllib
from collections.abc import Iterable

import test_syntax_toml
from fuzz.kept import text_of, tried_in
from test_syntax_toml import places, plain

from feeds.syntax import SyntaxProblem, parse_toml

LONGEST = 800
WORDS = [
    "[",
    "]",
    "[[",
    "]]",
    "=",
    "{",
    "}",
    '"""',
    "'''",
    "\\u",
    "true",
    "inf",
    "nan",
    "1e9",
    "0x",
    "#",
]


def seeds() -> Iterable[bytes]:
    """Give documents of all kinds."""
    yield from tried_in(test_syntax_toml)
    yield b"a = 1\nb.c = \"d\"\n[e]\nf = [1, 2.5, 'g']\n[[h]]\ni = {j = true}\n"
    yield b"a = 2026-03-04T05:06:07Z\nb = '''\nc'''\nd = \"\"\"\\\n  e\"\"\" # f\n"


def check(data: bytes) -> None:
    """See that nodes are the standard library's values as text, each at a place in the text."""
    text = text_of(data)
    lines = text.count("\n") + 1
    try:
        node = parse_toml(text)
    except SyntaxProblem as problem:
        assert problem.code in {"toml-syntax", "yaml-depth", "yaml-nodes"}
        assert 1 <= problem.line <= lines
        assert problem.column >= 1
        return
    assert shape(plain(node)) == shape(tomllib.loads(text))
    assert all(1 <= line <= lines and column >= 1 for line, column in places(node).values())


def shape(value: object) -> object:
    """Give what a value is made of, without what its parts say unless they are texts."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return value if isinstance(value, str) and not value[:1].isalnum() else ""
