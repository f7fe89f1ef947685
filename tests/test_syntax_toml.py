"""TOML text to the nodes that YAML gives: text, and places in the file."""

import pytest
from hypothesis import example, given, settings, strategies as st
from test_syntax_yaml import places, plain

from feeds.model import Scalar
from feeds.syntax import SyntaxLimits, SyntaxProblem, parse_toml


def value(text: str) -> Scalar:
    """Give the scalar under the key `k`."""
    node = parse_toml(text).items["k"]
    assert isinstance(node, Scalar)
    return node


def problem(text: str, limits: SyntaxLimits | None = None) -> SyntaxProblem:
    with pytest.raises(SyntaxProblem) as caught:
        parse_toml(text, limits=limits)
    return caught.value


# --- Text ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "text"),
    [
        *(("true", "true"), ("false", "false"), ("58", "58"), ("-1", "-1"), ("1_000", "1000")),
        *(("0x1F", "31"), ("3.10", "3.10"), ("1e3", "1e3"), ("nan", "nan"), ("-inf", "-inf")),
        *(("2026-03-04", "2026-03-04"), ("05:06:07", "05:06:07")),
        ("2026-03-04T05:06:07Z", "2026-03-04T05:06:07+00:00"),
        ("2026-03-04 05:06:07.5-08:00", "2026-03-04T05:06:07.500000-08:00"),
        ("2026-03-04T05:06:07", "2026-03-04T05:06:07"),
    ],
)
def test_a_value_is_the_text_that_yaml_would_have(written: str, text: str) -> None:
    """Booleans, numbers and dates are text, as if they had been written without quotes."""
    assert value(f"k = {written}").text == text


def test_a_boolean_is_one_only_without_quotes() -> None:
    """What decides over publication can be told from a text that looks like it."""
    assert value("k = true").plain
    assert not value("k = 'true'").plain


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ('"a\\tb\\u00e9"', "a\tbé"),
        ("'C:\\dir'", "C:\\dir"),
        ('"""\nover\ntwo \\\n   lines"""', "over\ntwo lines"),
        ("'''\nit's\n\"x\"'''", 'it\'s\n"x"'),
        ('"true"', "true"),
        ('""', ""),
    ],
)
def test_a_string_is_quoted_text(written: str, text: str) -> None:
    """A string is what TOML makes of it, and never null or a boolean."""
    node = value(f"k = {written}")
    assert node.text == text
    assert not node.plain
    assert not node.is_null


def test_tables_and_arrays_are_mappings_and_lists() -> None:
    """Tables, dotted keys, inline tables and arrays of tables give the tree they stand for."""
    text = (
        'a.b = 1\na."c.d" = [1, [2]]\n[t]\nx = {y = {z = 3}}\n[[l]]\nn = 1\n[[l]]\n[l.m]\no = 2\n'
    )
    assert plain(parse_toml(text)) == {
        "a": {"b": "1", "c.d": ["1", ["2"]]},
        "t": {"x": {"y": {"z": "3"}}},
        "l": [{"n": "1"}, {"m": {"o": "2"}}],
    }


def test_no_text_is_no_keys() -> None:
    """A text without anything in it is a mapping without keys, at its first line."""
    node = parse_toml("# a remark\n\n", first_line=4)
    assert (dict(node.items), node.line, node.column) == ({}, 4, 1)


# --- Places --------------------------------------------------------------------------


def test_every_value_has_its_place() -> None:
    """Line and column count from 1 and are those of the value; of a table, those of its header."""
    text = (
        "# title = 'not here'\n"
        "title = 'A title'\n"
        'summary = """\n'
        "title = 'nor here'\n"
        '[tags]"""\n'
        "tags = [\n"
        "  'one', # ] , remark\n"
        "  'two',\n"
        "]\n"
        "params . 'author.name' = 'Ada'\n"
        "size = {width = 1, height = [2, 3]}\n"
        "date = 2026-03-04 05:06:07Z\n"
        "\n"
        "  [cover]\n"
        "  image = 'x'\n"
        "[[images]]\n"
        "url = '1'\n"
        "[[images]]\n"
        '"url" = "2"\n'
        "  [images.more]\n"
        "  alt = '='\n"
    )
    tree = parse_toml(text)
    assert places(tree) == {
        "": (1, 1),
        ".title": (2, 9),
        ".summary": (3, 11),
        ".tags": (6, 8),
        ".tags[0]": (7, 3),
        ".tags[1]": (8, 3),
        ".params": (10, 1),
        ".params.author.name": (10, 26),
        ".size": (11, 8),
        ".size.width": (11, 17),
        ".size.height": (11, 29),
        ".size.height[0]": (11, 30),
        ".size.height[1]": (11, 33),
        ".date": (12, 8),
        ".cover": (14, 3),
        ".cover.image": (15, 11),
        ".images": (16, 1),
        ".images[0]": (16, 1),
        ".images[0].url": (17, 7),
        ".images[1]": (18, 1),
        ".images[1].url": (19, 9),
        ".images[1].more": (20, 3),
        ".images[1].more.alt": (21, 9),
    }


@pytest.mark.parametrize(
    "first",
    [
        '"""a"b""c\\"""" # d"""',
        '""""a"""""',
        "'''a'b''c'''",
        "''''a'''''",
        '"""\n\n"""',
        "'\"'",
        '"\'\\""',
        '"#"',
        "[[], [[1], ['[']], {a = 1}]",
        "{a = ']', b = [{c = {}}]}",
        "1979-05-27",
    ],
)
def test_the_place_of_a_key_is_right_after_any_value(first: str) -> None:
    """Quotes, brackets and remarks within a value mislead nothing that follows."""
    text = f"a = {first} # remark ' \" [\nb = 'x'\n"
    assert places(parse_toml(text))[".b"] == (first.count("\n") + 2, 5)


def test_a_key_with_an_escape_is_at_what_it_is_in() -> None:
    """Where a key's name is not as it is written, its value has the place of its table."""
    assert places(parse_toml('[t]\n"a\\u0062" = 1\n'))[".t.ab"] == (1, 1)


def test_lines_count_from_the_first_one_given() -> None:
    """Where the text begins further down in a file, places and messages are those of the file."""
    assert places(parse_toml("a = 1\nb = 2\n", first_line=10))[".b"] == (11, 5)
    for text in ("a = 1\nb = \n", "a = 1\n" + "b." * 30, "a = 1\nb = " + "1" * 2_000, "\nb = '"):
        with pytest.raises(SyntaxProblem) as caught:
            parse_toml(text, first_line=10)
        assert caught.value.line == 11


# --- What is refused -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "column", "hint"),
    [
        ("a = b\n", 1, 5, "in quotes"),
        ("a = 1\nb = 2 3\n", 2, 7, "in quotes"),
        ("a = 1\na = 2\n", 2, 6, "already"),
        ("[a]\n[a]\n", 2, 3, "already"),
        ("a = {b = 1, b = 2}\n", 1, 18, "already"),
        ("a = 'x\n'\n", 1, 7, "on its line"),
        ('a = "x\n"\n', 1, 7, "on its line"),
        ("a = 1\nb = '''x\n\n", 2, 1, ""),
        ("a = 1\nb = 'x", 2, 1, "never closed"),
        ('a = "\\q"\n', 1, 6, ""),
        ("a\n", 1, 2, ""),
        ("a = \x00\n", 1, 5, ""),
    ],
)
def test_what_is_no_toml_is_told_where(text: str, line: int, column: int, hint: str) -> None:
    """A slip is told with the parser's place and words, and a hint at what is behind it."""
    error = problem(text)
    assert (error.code, error.key) == ("toml-syntax", "")
    assert error.message
    assert " (at " not in error.message
    assert error.line == line
    if hint:
        assert error.column == column
    assert hint in error.hint


@pytest.mark.parametrize(
    "text",
    ["[CANARY.x]\n[CANARY.x]\n", "a = {CANARY = 1, CANARY = 2}\n", "CANARY.x = 1\n[CANARY]\n"],
)
def test_no_key_is_told(text: str) -> None:
    """The parser's words are told without the keys in them, which may be part of a secret."""
    error = problem(text)
    assert "CANARY" not in error.message + error.hint


@pytest.mark.case(8)
@pytest.mark.parametrize("digits", ["9" * 4_000, "9" * 5_000, "0x" + "f" * 60_000, "1_" * 30_000])
def test_a_number_without_end_is_refused(digits: str) -> None:
    """A number that would take long to convert is refused before it is converted."""
    error = problem(f"a = 1\nb = [0, {digits}]\n")
    assert (error.code, error.line, error.column) == ("toml-syntax", 2, 9)


@pytest.mark.case(8)
@pytest.mark.parametrize("digits", ["9" * 1_000, "0x" + "f" * 998])
def test_a_long_number_is_text(digits: str) -> None:
    """A number that no column holds is text like any other; the schema has its say later."""
    assert len(value(f"k = {digits}").text) >= 1_000


# --- Limits --------------------------------------------------------------------------


@pytest.mark.case(1)
@pytest.mark.parametrize(
    ("four", "five", "place"),
    [
        ("a = [[[1]]]", "a = [[[[1]]]]", (1, 9)),
        ("a = {b = {c = {d = 1}}}", "a = {b = {c = {d = {e = 1}}}}", (1, 21)),
        ("a.b.c.d = 1", "a.b.c.d.e = 1", (1, 1)),
        ("[a.b.c]\nd = 1", "[a.b.c]\nd.e = 1", (2, 1)),
        ("[[a]]\n[[a.b]]", "[[a]]\n[[a.b]]\nc = 1", (3, 1)),
        ("['a'.\"b\".c.d]", "['a'.\"b\".c.d.e]", (1, 9)),
    ],
)
def test_depth_has_a_limit(four: str, five: str, place: tuple[int, int]) -> None:
    """As many levels as the limit are read, one more is refused where it begins."""
    limits = SyntaxLimits(depth=4)
    parse_toml(four, limits=limits)
    error = problem(five, limits)
    assert (error.code, error.line, error.column) == ("yaml-depth", *place)


def test_a_text_full_of_points_is_not_deep() -> None:
    """Only keys and brackets nest: points, brackets and signs within a value do not."""
    text = "a = '" + "x.y = [{" * 50 + '\'\nb = """' + "[\n.=" * 50 + '"""\n# ' + "[." * 50
    assert len(parse_toml(text).items) == 2


def test_the_number_of_values_has_a_limit() -> None:
    """As many values as the limit are read, and not one more."""
    text = "a = 1\nb = [2, 3]\n"
    assert plain(parse_toml(text, limits=SyntaxLimits(nodes=4))) == {"a": "1", "b": ["2", "3"]}
    error = problem(text, SyntaxLimits(nodes=3))
    assert (error.code, error.line, error.column) == ("yaml-nodes", 2, 9)


# --- Any text ------------------------------------------------------------------------

PIECES = st.sampled_from(
    [*"[]{}=,.#'\"\n\t \\", '"""', "'''", "a", "b = 1\n", "[[a]]\n", "[a.b]\n", "1", "2026-03-04"]
)


@settings(max_examples=400)
@given(st.text() | st.lists(PIECES, max_size=30).map("".join))
@example("[[[")
@example("=,")
@example("]]=}")
@example("a = [1, = {")
def test_any_text_gives_nodes_or_a_problem(text: str) -> None:
    """Whatever the text, the outcome is a tree whose places lie in it, or a problem that does."""
    code = "toml-syntax"
    try:
        found = places(parse_toml(text))
    except SyntaxProblem as error:
        found, code = {"": (error.line, error.column)}, error.code
    assert code in {"toml-syntax", "yaml-depth"}
    assert all(1 <= line <= text.count("\n") + 1 for line, _ in found.values())
    assert all(column >= 1 for _, column in found.values())
