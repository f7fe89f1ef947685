"""The plain way through YAML gives what libyaml's events give, or gives nothing."""

import random
from pathlib import Path

import pytest
from cli_tools import ROOT
from hypothesis import given, settings, strategies as st

from feeds.model import Mapping, Node, Scalar, Sequence
from feeds.syntax import SyntaxLimits, Value, parse_plain_values
from feeds.syntax.plain_yaml import parse_plain_yaml
from feeds.syntax.yaml_nodes import parse_any_yaml

LIMITS = SyntaxLimits()
BOOLEANS = {"true": True, "True": True, "TRUE": True} | {
    "false": False, "False": False, "FALSE": False
}  # fmt: skip


def front_matter(file: Path) -> str:
    """Give what stands between the first two fences of a file, whatever it is."""
    text = file.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
    return text.removeprefix("---\n").partition("\n---")[0] + "\n"


SAMPLE = {file.name: front_matter(file) for file in sorted((ROOT / "feeds/sample").rglob("*.md"))}
DOCUMENTS = sorted(
    {*SAMPLE.values(), *map(front_matter, sorted((ROOT / "tests/data").rglob("*.md")))}
)


def exactly(node: Node) -> object:
    """Give all that there is to a tree of nodes, the kinds and the order of keys included."""
    place = (node.line, node.column)
    if isinstance(node, Mapping):
        return "mapping", *place, [(key, exactly(item)) for key, item in node.items.items()]
    if isinstance(node, Sequence):
        assert type(node.items) is tuple
        return "list", *place, [exactly(item) for item in node.items]
    assert type(node) is Scalar
    return "text", *place, node.text, node.plain


def is_plain(text: str, limits: SyntaxLimits = LIMITS, first_line: int = 1) -> bool:
    """Tell whether a text is read in the plain way; then it must be read as by libyaml.

    So must its values, which fewer texts have.
    """
    node = parse_plain_yaml(text, first_line=first_line, limits=limits)
    values = plain_values(text, limits)
    if node is None:
        assert values is None
        return False
    exact = parse_any_yaml(text, first_line=first_line, limits=limits)
    assert exactly(node) == exactly(exact)
    assert values is None or repr(values) == repr(values_of(exact))
    return True


def plain_values(text: str, limits: SyntaxLimits) -> Value:
    """Give the values that a text has in the plain way; one that is no text has bytes, too."""
    return parse_plain_values(text.encode("utf-8", "surrogatepass"), limits)


def values_of(node: Node) -> Value:
    """Give the values of nodes, without their places."""
    if isinstance(node, Mapping):
        return {key: values_of(item) for key, item in node.items.items()}
    if isinstance(node, Sequence):
        return [values_of(item) for item in node.items]
    if node.plain and node.text.lower() in {"true", "false"}:
        return BOOLEANS.get(node.text, node.text)
    return None if node.is_null else node.text


# --- Which texts are plain -----------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        'a: 1\nb: two words\nc: \'it\'\'s\'\nd: "say \\"so\\" \\\\\\""\n',
        "a: ''\nb: \"\"\nc: ' x '\nd: \" # \"\ne: 'a: b'\n",
        "a:\nb: ~\nc: null\nd:   \n\ne:",
        "a: x#y\nb: a:b\nc: -1\nd: http://a.example/?q=1&r=2#f\ne: 12:30\nf: C++\n",
        "# remark\n\na: 1\n   # another\n  \nb: 2\n#",
        "a:\n  b:\n    c: 1\n  d: 2\ne: 3\n",
        "a:\n  - x\n  - y: 1\n    z: 2\n  -   y: 3\n      z: 4\nb: 5\n",
        "a:\n- x\n- b: 1\n  c:\n  - d\n- y\ne: 2\n",
        "a:\n  - b:\n    c:\n  - b:\n      - d\n    c:\n    - e\n",
        "- a\n- b: 1\n",
        "  a: 1\n  b: 2\n",
        "a: []\nb: [ ]\nc: [x, 'y, z', \"\", two words, C++ , 3.11 ]\nd:\n  - [1, 2]\n",
        "a: >-\n  one\n  two # no remark\n  k: v\nb: |\n   one\n   two \n\nc: >\n  - x\n",
        "a:\n  - b: |-\n      x\n    c: 1\n  - >-\n   y\n  - z\n",
        "msvalidate.01: x\nyandex-verification: y\n_a: z\nyess: 1\n",
        "a: é機😀\u00a0\u200dx\nb: «x»\nc: [é, b]\nd:\n  - \u00a0\n",
    ],
)
def test_what_is_plain(text: str) -> None:
    """Front matter as people and programs write it is plain."""
    assert is_plain(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "\n", "# remark\n", "---\na: 1\n", "a: 1\n...\n", "a: 1\n---\nb: 2\n", "%X\n"),
        *("x\n", "'x'\n", "[a]\n", "{a: 1}\n", ">-\n  x\n", "- - x\n", "-\n", "- \n", "-x\n"),
        *("a: b: c\n", "a: b:\n", "a: b #c\n", "a: #c\n", "a: ' #\n", 'a: "x" y\n', "a:b\n"),
        *("a: 'x' #c\n", 'a: "x\n  y"\n', "a: x\n  y\n", "a: x\ny\n", "a: x \n", "a:\n  x\n"),
        *("a: @x\n", "a: `x\n", "a: &x y\n", "a: *x\n", "a: !x y\n", "a: %x\n", "a: ,x\n"),
        *("a: - x\n", "a: -\n", "a: ? x\n", "a: : x\n", "a: ]\n", "a: }\n", "? a\n: b\n"),
        *("a: {}\n", "a: [b\n", "a: [b,]\n", "a: [,]\n", "a: [b: c]\n", "a: [[b]]\n", "a: []x\n"),
        *(
            "a: [b] , c]\n",
            "a: [b]c]\n",
            "a: [b,\n c]\n",
            "a: ['b'c]\n",
            "a: [*b]\n",
            "a: [b #c]\n",
        ),
        *('a: "\\n"\n', 'a: "\\u0041"\n', 'a: "\\/"\n', 'a: "\\', "a: 'it's'\n"),
        *("a: 1\na: 2\n", "yes: 1\n", "Null: 1\n", "OFF: 1\n", "<<: 1\n", "1: a\n", "~: a\n"),
        *("'a': 1\n", "é: 1\n", "a b: 1\n", "a : 1\n", ": a\n", f"{'k' * 101}: 1\n"),
        *("a:\n\tb: 1\n", "a:\tb\n", "a: b\tc\n", "a: b\t\n", "\t\na: 1\n", "a: 1 # \t\n"),
        *("a: \x85\n", "a: \u2028\n", "a: x\u2029y\n", "a: '\x85'\n", "# \x85\na: 1\n"),
        *("a: \x00\n", "a: \x7f\n", "a: \ud800\n", "a: \ufeff\n", "\ufeffa: 1\n", "a: \ufffe\n"),
        *("a: 1\r\nb: 2\r\n", "a: 1\r", "a: 'x\ry'\n", "# \x07\na: 1\n"),
        *("a: 1\n b: 2\n", "a:\n  b: 1\n c: 2\n", " a: 1\nb: 2\n", "a:\n  - b\n - c\n"),
        *("a: 1\n- b\n", "- a\nb: 1\n", "a:\n  - b\n- c\n", "- a: 1\n   b: 2\n", "- a: 1\n b: 2\n"),
        *("a: >\n\n  x\n", "a: >-\n  x\n\n  y\n", "a: |2\n  x\n", "a: >+\n  x\n", "a: |-2\n  x\n"),
        *("a: >-\n   x\n  y\n", "a: >-\n  x\n   y\n", "a: >-\n  x\n\n  # y\n", "a: >-\n  x\n   \n"),
        *(
            "a: >-\n  x\n#y\n",
            "a: >-\n  x",
            "a: >-\nb: 1\n",
            "a:\n  b: >-\n  x\n",
            "a: >- #c\n  x\n",
        ),
        *("a: >-\n \tx\n", "a: >-\n  x\ty\n", "a: |\n  x\n\n\n  y: z\n", "- a: >-\n  x\n"),
    ],
)
def test_what_is_not_plain(text: str) -> None:
    """What is rare, wrong, or something else than it seems is left to libyaml."""
    assert not is_plain(text)


@pytest.mark.parametrize("form", ["k: {}\n", "k: x{}y\n", "k: '{}'\n", 'k: "{}"\n', "k: [x{}]\n"])
def test_every_character_that_is_plain_is_read_as_by_libyaml(form: str) -> None:
    """Whatever character stands in a value, the plain way knows it as libyaml does or not at all.

    Those from which scripts, signs and emoji are made are known, but for what ends a line.
    """
    codes = [
        *range(0x3100),
        *range(0xA000, 0xA100),
        *range(0xD700, 0xE100),
        *range(0xFE00, 0x10000),
    ]
    characters = [*map(chr, codes), "\U0001f331", "\U0001fffe", "\U0010ffff"]
    lines = [form.format(character) for character in characters]
    plain = [line for line in lines if parse_plain_yaml(line, first_line=1, limits=LIMITS)]
    assert len(plain) > (len(lines) - 2_300 if "[" not in form else 5_000)
    whole = "".join(f"k{number}{line[1:]}" for number, line in enumerate(plain))
    assert is_plain(whole, SyntaxLimits(nodes=200_000))


@pytest.mark.parametrize("name", SAMPLE)
def test_the_sample_is_plain(name: str) -> None:
    """Every document of the sample, of both dialects, is read in the plain way."""
    assert is_plain(SAMPLE[name], first_line=2)
    assert plain_values(SAMPLE[name], LIMITS)


@pytest.mark.parametrize("text", ["a: 1\nb: [2, 3]\n", "- a: [b]", "- a: >-\n    x\n  b:\n  - y\n"])
def test_limits_are_those_of_libyaml(text: str) -> None:
    """A text beyond a limit is not plain, and one far within it is."""
    for depth in range(5):
        is_plain(text, SyntaxLimits(depth=depth))
    for nodes in range(40):
        is_plain(text, SyntaxLimits(nodes=nodes))
    assert not is_plain(text, SyntaxLimits(depth=1))
    assert not is_plain(text, SyntaxLimits(nodes=6))
    assert is_plain(text, SyntaxLimits(depth=3, nodes=40), first_line=9)


@pytest.mark.parametrize(
    "text",
    [
        *("- " * 100_000, "- x" * 100_000 + "\t", "a: " * 100_000, "a: x#" * 100_000 + "\t"),
        *("a: [" + "x, " * 100_000, "a: >\n" + "  x\n" * 100_000 + "\t", "a: 'x" * 100_000),
        *("a: >\n  x\n" * 50_000 + "\t", " " * 300_000 + "\t", '- "\\" ' * 100_000, "\n" * 300_000),
    ],
)
def test_a_long_text_is_given_up_soon(text: str) -> None:
    """A text that is not plain costs time in proportion to its length, however it is made."""
    assert parse_plain_yaml(text, first_line=1, limits=LIMITS) is None
    assert plain_values(text, LIMITS) is None


@pytest.mark.parametrize(
    "text", ["a:\n  b:\n    c: 1\n", "a:\n- b: 1\n", "a:\n  b: [c]\n", "a:\n  b:\n  - c\n"]
)
def test_values_are_within_the_same_limits(text: str) -> None:
    """Values nest as deep as nodes may, and there are as many."""
    assert plain_values(text, SyntaxLimits(depth=3, nodes=40))
    assert not plain_values(text, SyntaxLimits(depth=2))
    assert not plain_values(text, SyntaxLimits(nodes=6))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            "a: true\nb: 'true'\nc: False\nd: fAlse\n",
            {"a": True, "b": "true", "c": False, "d": "fAlse"},
        ),
        (
            'a:\nb: ~\nc: ""\nd: [null, x, "null"]\n',
            {"a": None, "b": None, "c": "", "d": [None, "x", "null"]},
        ),
        ('a: "\\"b\\\\"\nc: >-\n  d\n  e\n\nf: g\n', {"a": '"b\\', "c": "d e", "f": "g"}),
        (
            "a:\n- b: 1\n  c:\n  - 2\n- b: 3\nd: e\n",
            {"a": [{"b": "1", "c": ["2"]}, {"b": "3"}], "d": "e"},
        ),
    ],
)
def test_what_values_are(text: str, values: Value) -> None:
    """Booleans and null are what is written so without quotes; all else is text."""
    assert is_plain(text)
    assert plain_values(text, LIMITS) == values


@pytest.mark.parametrize(
    "text",
    [
        *('a: "x\nb: y"\n', 'a: "x\nb: "y"\n', 'a: "\nb: "\nc: 1\n', 'a: "x\n\n  y"\nb: "z"\n'),
        *("- a\n", "  a: 1\n", "a: 1", "a: \u00a0\n", "a: x\u00ady\n"),
    ],
)
def test_values_are_given_up_sooner(text: str) -> None:
    """Quotes over lines, what cannot be seen and what is no mapping have no values."""
    is_plain(text)
    assert plain_values(text, LIMITS) is None


# --- Any text ------------------------------------------------------------------------

PIECES = [
    *"[]{}-?:,#&*!|>'\"%@`\n\t \\=~é😀\u00a0\u2028\x85\ufeff\r",
    *(
        "a: ",
        "b: ",
        "\na: ",
        "\nb:",
        "\n  a: ",
        "\n  b:",
        "\n    c: ",
        "\n- ",
        "\n  - ",
        "\n    - ",
    ),
    *("\n\n", "\n# x\n", "  ", "- ", "'x'", '"y"', "''", '""', '\\"', "[a, b]", "[]", ", ", " #"),
    *(">-\n", "|\n", "\n   x", "null", "1", "---\n", "...\n", "x y"),
]
LINES = [
    *("a: 1", "b:", "c: x y", "  a: 1", "  b:", "  c: 'z'", '    a: "q"', "    b:", "h: x #b"),
    *("- a", "- a: 1", "- b:", "  - a", "  - a: 1", "  - b:", "    c: >-", "      t", "    t u"),
    *("d: >-", "e: |", "", "  ", "# r", "      # r", "- [a]", "d: [a, b]", "e: ''", "  t: u"),
    *("   - x", "  -   d: 1", "      e: 2", "---", "x", "  x", "a: b ", 'd: "\\""', "f: >", "   t"),
]


def changed(text: str, chance: random.Random) -> str:
    """Change a text in one place: a line or a character goes, comes or is doubled."""
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    match chance.randrange(7):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, chance.choice(lines))
        case 2:
            lines.insert(at, chance.choice(LINES))
        case 3:
            lines[at] = " " * chance.randrange(1, 4) + lines[at]
        case 4:
            lines[at] = lines[at][1:]
        case 5:
            lines[at] += chance.choice(PIECES)
        case _:
            at = chance.randrange(len(text) + 1)
            return text[:at] + chance.choice(PIECES) + text[at + chance.randrange(2) :]
    return "\n".join(lines)


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from(PIECES), max_size=20).map("".join)
    | st.lists(st.sampled_from(LINES), max_size=8).map("\n".join)
)
def test_any_text_is_read_as_by_libyaml_or_not(text: str) -> None:
    """Whatever a text is made of, the plain way gives libyaml's nodes or none."""
    is_plain(text)


@settings(max_examples=100)
@given(st.sampled_from(DOCUMENTS), st.randoms(use_true_random=False), st.integers(1, 3))
def test_a_changed_document_is_read_as_by_libyaml_or_not(
    text: str, chance: random.Random, changes: int
) -> None:
    """However a document is spoiled, the plain way gives libyaml's nodes or none."""
    for _ in range(changes):
        text = changed(text, chance)
    is_plain(text)
