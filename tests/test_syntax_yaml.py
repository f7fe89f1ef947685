"""YAML text to nodes: text as it was written, places in the file, and nothing that multiplies."""

import pytest
from hypothesis import example, given, settings, strategies as st

from feeds.model import Mapping, Node, Scalar, Sequence
from feeds.syntax import SyntaxLimits, SyntaxProblem, parse_yaml


def mapping(text: str, first_line: int = 1) -> Mapping:
    node = parse_yaml(text, first_line=first_line)
    assert isinstance(node, Mapping)
    return node


def value(text: str) -> Scalar:
    """Give the scalar under the key `k`."""
    node = mapping(text).items["k"]
    assert isinstance(node, Scalar)
    return node


def plain(node: Node) -> object:
    """Give a tree of nodes without places."""
    if isinstance(node, Mapping):
        return {key: plain(item) for key, item in node.items.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.text


def places(node: Node, path: str = "") -> dict[str, tuple[int, int]]:
    """Give the place of every node by its path."""
    found = {path: (node.line, node.column)}
    if isinstance(node, Mapping):
        for key, item in node.items.items():
            found |= places(item, f"{path}.{key}")
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            found |= places(item, f"{path}[{index}]")
    return found


def problem(text: str, limits: SyntaxLimits | None = None) -> tuple[str, str, int, int]:
    """Give code, key and place of what is wrong, on lines counted from 1."""
    with pytest.raises(SyntaxProblem) as caught:
        parse_yaml(text, limits=limits)
    error = caught.value
    assert error.message
    assert str(error) == error.message
    return error.code, error.key, error.line, error.column


# --- Text ----------------------------------------------------------------------------


@pytest.mark.case(6)
@pytest.mark.parametrize(
    "written",
    [
        *("no", "on", "Yes", "NO", "true", "3.10", "11.", "1_000", "012", "0o14", "0x1F", "0b1"),
        *("1:30", "12:30:45", "1e3", ".inf", ".NaN", "-1", "+1", "2021-06-30", "=", "<<", "null"),
        *("2013-11-22 12:00:00 +0000", "2021-06-30T17:37:00Z", "9" * 5_000, "C++", "a#b", "a:b"),
    ],
)
def test_a_scalar_is_the_text_that_was_written(written: str) -> None:
    """Whatever YAML would take a value for, its text stays (the Norway problem)."""
    assert value(f"k: {written}") == Scalar(written, 1, 4, plain=True)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("'it''s'", "it's"),
        ('"a\\tb\\u00e9\\x41\\n"', "a\tbéA\n"),
        ('"over\n  two lines"', "over two lines"),
        ("over\n  two lines", "over two lines"),
        ("|\n  kept\n   as is\n", "kept\n as is\n"),
        (">-\n  folded\n  together\n\n  but here\n", "folded together\nbut here"),
        ("! 12", "12"),
        pytest.param("C # sharp", "C", marks=pytest.mark.case(12)),
    ],
)
def test_a_scalar_has_the_text_that_yaml_gives_it(written: str, text: str) -> None:
    """Quotes, escapes, blocks and remarks are YAML's own."""
    assert value(f"k: {written}").text == text


@pytest.mark.parametrize("written", ["", "~", "null", "Null", "NULL"])
def test_nothing_is_null(written: str) -> None:
    """What YAML has for nothing is null, but only without quotes."""
    assert value(f"k: {written}").is_null
    assert not value(f'k: "{written}"').is_null
    assert not value(f"k: '{written}'").is_null


def test_what_only_looks_like_nothing_is_text() -> None:
    """A text that is not one of the words for nothing is text."""
    assert not any(value(f"k: {text}").is_null for text in ("nULL", "none", "NA", "--", "0"))


@pytest.mark.parametrize("text", ["", "\n\n", "# a remark\n", "---\n"])
def test_no_document_is_null(text: str) -> None:
    """A text without anything in it is a null scalar."""
    node = parse_yaml(text)
    assert isinstance(node, Scalar)
    assert node.is_null


def test_collections_nest() -> None:
    """Mappings and lists, in block and flow style, keep their order."""
    text = "b:\n  - {x: 1, y: [2, 3]}\n  -\n    - 4\na: {}\nc: []\n'': d\n"
    tree = plain(parse_yaml(text))
    assert tree == {"b": [{"x": "1", "y": ["2", "3"]}, ["4"]], "a": {}, "c": [], "": "d"}
    assert list(mapping(text).items) == ["b", "a", "c", ""]


def test_json_is_yaml() -> None:
    """JSON is read as it is, characters in two escapes included."""
    tree = plain(parse_yaml('{"a": ["\\ud83d\\ude00", "\\\\ud83d", null, true, 1.0], "b": {}}'))
    assert tree == {"a": ["😀", "\\ud83d", "null", "true", "1.0"], "b": {}}


@pytest.mark.case(13)
@pytest.mark.parametrize("written", ['"\\ud800"', '"\\udc00"', '"\\uDfFf"', '"\\\\\\ud800"'])
def test_half_a_character_is_none(written: str) -> None:
    """An escape of half a character gives one that XML forbids, so that it is found and told."""
    assert value(f"k: {written}").text.endswith("\uffff")


@pytest.mark.parametrize("written", ["\\ud800", "'\\ud83d\\ude00'", "|\n  \\ud800"])
def test_what_only_looks_like_an_escape_is_text(written: str) -> None:
    """Outside of double quotes a backslash is a backslash."""
    assert "\\ud8" in value(f"k: {written}").text


@pytest.mark.case(14)
@pytest.mark.parametrize("separator", ["\x85", "\u2028", "\u2029"])
def test_only_line_feeds_end_lines(separator: str) -> None:
    """What YAML 1.1 takes for a line's end but no editor does is a space."""
    tree = mapping(f"k: a{separator}b\nl: 'c{separator}d'\nm: e\n")
    assert plain(tree) == {"k": "a b", "l": "c d", "m": "e"}
    assert places(tree)[".m"] == (3, 4)


# --- Places --------------------------------------------------------------------------


def test_every_node_has_its_place() -> None:
    """Line and column count from 1 and are those of the value, not of its key."""
    text = (
        "# a remark\n"
        "title: A title\n"
        "summary: >-\n"
        "  Two\n"
        "  lines\n"
        "\n"
        "related:\n"
        "  - title: One\n"
        "    url:\n"
        "      https://one.example\n"
        "  - {title: Two, tags: [a, bc]}\n"
        "empty:\n"
        "last: 'x'\n"
    )
    assert places(parse_yaml(text)) == {
        "": (2, 1),
        ".title": (2, 8),
        ".summary": (3, 10),
        ".related": (8, 3),
        ".related[0]": (8, 5),
        ".related[0].title": (8, 12),
        ".related[0].url": (10, 7),
        ".related[1]": (11, 5),
        ".related[1].title": (11, 13),
        ".related[1].tags": (11, 24),
        ".related[1].tags[0]": (11, 25),
        ".related[1].tags[1]": (11, 28),
        ".empty": (12, 7),
        ".last": (13, 7),
    }


def test_columns_count_characters() -> None:
    """A letter with an accent, an ideograph and an emoji are one column each."""
    assert places(parse_yaml("{ä: é, 機: 😀, z: 1}"))[".z"] == (1, 17)


def test_lines_count_from_the_first_one_given() -> None:
    """Where the text begins further down in a file, places and messages are those of the file."""
    tree = mapping("a: 1\nb:\n- 2\n", first_line=10)
    assert places(tree) == {"": (10, 1), ".a": (10, 4), ".b": (12, 1), ".b[0]": (12, 3)}
    for text in ("a: 1\na: 2\n", "a: 1\n@\n", "a: 1\n\x00", "a: 1\nb: *c\n", "a: 1\n\ud800"):
        with pytest.raises(SyntaxProblem) as caught:
            parse_yaml(text, first_line=10)
        assert caught.value.line == 11
    assert parse_yaml("", first_line=10).line == 10


# --- What is refused -----------------------------------------------------------------


@pytest.mark.case(4)
@pytest.mark.parametrize(
    ("text", "key", "line", "column"),
    [
        ("a: 1\na: 2\n", "a", 2, 1),
        ("a: 1\n'a': 2\n", "a", 2, 1),
        ("{a: 1, a: 2}", "a", 1, 8),
        ("- b: {c: 1}\n- b: {c: 1, c: 2}\n", "[1].b.c", 2, 13),
        ("x:\n  - a: 1\n    b: 2\n    a: 3\n", "x[0].a", 4, 5),
    ],
)
def test_a_key_is_given_once(text: str, key: str, line: int, column: int) -> None:
    """A second key of one name in a mapping is refused where it stands, and names the first."""
    assert problem(text) == ("yaml-duplicate-key", key, line, column)
    with pytest.raises(SyntaxProblem, match=r"was given already on line [1-4]"):
        parse_yaml(text)


def test_the_same_key_may_be_in_different_mappings() -> None:
    """Only the keys of one mapping must differ."""
    assert plain(parse_yaml("a: {b: 1}\nb: {b: 2}\n")) == {"a": {"b": "1"}, "b": {"b": "2"}}


@pytest.mark.case(5)
@pytest.mark.parametrize(
    "key",
    [
        *("on", "Off", "yes", "NO", "true", "False", "null", "~", "1", "-1", "1.5", ".inf"),
        *("0x1F", "012", "1_000", "1:30", "2020-01-01", "2020-01-01 10:00:00", "<<", "="),
    ],
)
def test_a_key_is_text(key: str) -> None:
    """What YAML takes for something else than text is no key, unless it is in quotes."""
    assert problem(f"{{{key}: x}}")[:2] == ("yaml-key-not-text", key)
    assert plain(parse_yaml(f"'{key}': x")) == {key: "x"}


@pytest.mark.parametrize(
    "key", ["y", "n", "nan", "x-1", "msvalidate.01", "1st", "2020-1", "é", "-"]
)
def test_a_key_that_is_text_needs_no_quotes(key: str) -> None:
    """Keys that are text to YAML stand as they are."""
    assert plain(parse_yaml(f"{key}: x")) == {key: "x"}


@pytest.mark.case(5)
@pytest.mark.parametrize(("text", "place"), [("? [a]\n: b", (1, 3)), ("x:\n  {a: b}: c", (2, 3))])
def test_a_key_is_no_collection(text: str, place: tuple[int, int]) -> None:
    """A list or mapping is no key."""
    code, _, line, column = problem(text)
    assert (code, line, column) == ("yaml-key-not-text", *place)


@pytest.mark.case(3)
@pytest.mark.parametrize(
    ("text", "key", "line", "column"),
    [
        ("a: &x 1\n", "a", 1, 4),
        ("a: *x\n", "a", 1, 4),
        ("b: 1\na: &x\n  c: 1\n", "a", 2, 4),
        ("a:\n  - &x [1]\n", "a[0]", 2, 5),
        ("&x a: 1\n", "", 1, 1),
        ("a: {b: *x}\n", "a.b", 1, 8),
        ("*x : 1\n", "", 1, 1),
    ],
)
def test_nothing_is_an_anchor_or_alias(text: str, key: str, line: int, column: int) -> None:
    """Anchors and aliases are refused wherever they stand, before anything multiplies."""
    assert problem(text) == ("yaml-alias", key, line, column)


@pytest.mark.case(11)
@pytest.mark.parametrize(
    "tag", ["!foo", "!!str", "!!binary", "!!python/object/apply:os.system", "!<tag:x,2026:y>"]
)
def test_nothing_has_a_tag(tag: str) -> None:
    """A tag is refused, so that nothing is ever made but text, lists and mappings."""
    assert problem(f"a: 1\nk: {tag} [x]\n") == ("yaml-syntax", "k", 2, 4)
    assert problem(f"k: {tag} x\n") == ("yaml-syntax", "k", 1, 4)


@pytest.mark.case(17)
def test_there_is_one_document() -> None:
    """A second document in one text is refused where it begins."""
    assert problem("a: 1\n---\nb: 2\n") == ("yaml-syntax", "", 2, 1)
    assert problem("a: 1\n...\n---\nb: 2\n") == ("yaml-syntax", "", 3, 1)
    assert plain(parse_yaml("---\na: 1\n...\n")) == {"a": "1"}


@pytest.mark.case(11)
@pytest.mark.parametrize(
    ("text", "line", "column", "hint"),
    [
        ("title: foo: bar", 1, 11, '": "'),
        ("a: 1\ntitle: @x", 2, 8, "begins with @"),
        ("a:\n\tb: 1", 2, 1, "not tabs"),
        ("%YAML 9.9\n---\na: 1", 1, 1, ""),
        ('a: 1\nb: "x\nc: 2\n', 4, 1, "opened on line 2"),
        ("a: 1\nb: [x, y\nc: 2\n", 3, 2, "list of line 2"),
        ("b: {x: 1\nc: 2\n", 2, 2, "mapping of line 1"),
        ("a: 1\nb\nc: 2\n", 3, 1, "line 2"),
        ('a: "\\q"', 1, 5, "single quotes"),
        ("a: b & *", 0, 0, ""),
        ("a: & b", 1, 5, "begins with &"),
    ],
)
def test_what_is_no_yaml_is_told_where(text: str, line: int, column: int, hint: str) -> None:
    """A slip is told with the parser's place and words, and a hint at what is behind it."""
    if not line:
        parse_yaml(text)
        return
    with pytest.raises(SyntaxProblem) as caught:
        parse_yaml(text)
    error = caught.value
    assert (error.code, error.line, error.column) == ("yaml-syntax", line, column)
    assert hint in error.hint


@pytest.mark.case(13)
@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: \x00", 1, 4),
        ("é: 1\nb: ä\x0c", 2, 5),
        ("a: 😀\ufffe", 1, 5),
        ("a: 1\nb: \ud800", 2, 4),
        ("\x1b", 1, 1),
    ],
)
def test_characters_that_yaml_forbids_are_told_where(text: str, line: int, column: int) -> None:
    """A character that no YAML text may have is named, with its line and column."""
    assert problem(text) == ("yaml-syntax", "", line, column)
    with pytest.raises(SyntaxProblem, match=r"character U\+[0-9A-F]{4} is not allowed"):
        parse_yaml(text)


# --- Limits --------------------------------------------------------------------------


@pytest.mark.case(1)
@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_depth_has_a_limit(opening: str) -> None:
    """As many levels as the limit are read, one more is refused where it begins."""
    limits = SyntaxLimits(depth=5)
    assert problem(opening * 6, limits)[0] == "yaml-depth"
    assert problem(opening * 6, limits)[2:] == (1, 5 * len(opening) + 1)
    try:
        parse_yaml(opening * 5, limits=limits)
    except SyntaxProblem as error:
        code = error.code
    else:
        code = ""
    assert code != "yaml-depth"


def test_the_number_of_nodes_has_a_limit() -> None:
    """Keys, values and collections count; as many as the limit are read, and not one more."""
    text = "a: 1\nb: [2, 3]\n"  # the mapping, two keys, three texts and a list
    assert plain(parse_yaml(text, limits=SyntaxLimits(nodes=7))) == {"a": "1", "b": ["2", "3"]}
    assert problem(text, SyntaxLimits(nodes=6)) == ("yaml-nodes", "b[1]", 2, 8)


# --- Any text ------------------------------------------------------------------------

PIECES = st.sampled_from(
    [*"[]{}-?:,#&*!|>'\"%@`\n\t \\", "a", "k: v\n", "- ", "\n  ", "---\n", "..."]
)


@pytest.mark.case(11)
@settings(max_examples=400)
@given(st.text() | st.lists(PIECES, max_size=30).map("".join))
@example("\ufeffa: 1")
@example('"\\ud800')
def test_any_text_gives_nodes_or_a_problem(text: str) -> None:
    """Whatever the text, the outcome is a tree whose places lie in it, or a problem that does."""
    lines = text.split("\n")
    code = "yaml-"
    try:
        found = places(parse_yaml(text))
    except SyntaxProblem as error:
        found, code = {"": (error.line, error.column)}, error.code
    assert code.startswith("yaml-")
    assert all(1 <= line <= len(lines) + text.count("\r") + 1 for line, _ in found.values())
    assert all(column >= 1 for _, column in found.values())


TREES = st.recursive(
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn")), max_size=8
    ),
    lambda trees: (
        st.lists(trees, max_size=3)
        | st.dictionaries(
            st.text("abcé", min_size=1, max_size=3).map("k{}".format), trees, max_size=3
        )
    ),
    max_leaves=8,
)


@given(TREES)
def test_what_is_written_in_flow_style_is_read_back(tree: object) -> None:
    """Lists, mappings and quoted texts come out as they were written."""

    def written(node: object) -> str:
        if isinstance(node, dict):
            return "{" + ", ".join(f"{key}: {written(item)}" for key, item in node.items()) + "}"
        if isinstance(node, list):
            return "[" + ", ".join(written(item) for item in node) + "]"
        return "'" + str(node).replace("'", "''") + "'"

    assert plain(parse_yaml(written(tree))) == tree
