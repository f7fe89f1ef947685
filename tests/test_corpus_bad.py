"""Every defect that a document may have, and the lines that a publisher gets for it.

Where a line is meant to say something else, `python tests/test_corpus_bad.py` writes the
files of expected lines anew; the difference is then to be read, not only committed.
"""

import ast
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, get_args

import pytest
from _pytest.mark import ParameterSet
from conftest import read_one
from test_corpus_golden import rules

from feeds.cli.talk import finding_line
from feeds.corpus.misspelling import read_misspelt
from feeds.corpus.reading import Corpus, read_source
from feeds.corpus.rooms import load_dialects
from feeds.corpus.sources.directory import DirectorySource
from feeds.errors import ConfigurationError
from feeds.findings import explanations
from feeds.model import Finding, SourceFile
from feeds.text.urls import UrlCode

HOUSE = Path(__file__).parent.parent
DATA = Path(__file__).parent / "data" / "bad"
DEFECTS = sorted(path.stem for path in DATA.glob("*.md"))
BROKEN_DIALECTS = sorted(path.stem for path in (DATA / "dialects").glob("*.yaml"))
LINE = re.compile(r"[^:]+\.(?:md|yaml)(?::[1-9][0-9]*:[1-9][0-9]*)?: ([a-z0-9-]+): (?:[^ ]+: )?.+")
CANARY = "CANARY"


def lines_of(name: str, data: bytes) -> list[str]:
    """Give the line of each finding in a file of that name."""
    reading = read_source(SourceFile(name, data), rules())
    return [finding_line(finding) for finding in reading.findings]


def dialect_lines(name: str) -> list[str]:
    """Give the line of what is wrong with a mapping file, in a folder where it is alone."""
    with pytest.raises(ConfigurationError) as caught:
        load_dialects(DATA / "dialects")
    start = f"{DATA}/dialects/"
    lines = (line.removeprefix(start) for line in caught.value.problems)
    return [line for line in lines if line.startswith(f"{name}.yaml")]


def written() -> Iterator[tuple[Path, str]]:
    """Give each file of expected lines with its text."""
    for name in DEFECTS:
        lines = lines_of(f"{name}.md", (DATA / f"{name}.md").read_bytes())
        yield DATA / f"{name}.txt", "".join(f"{line}\n" for line in lines)
    for name in BROKEN_DIALECTS:
        lines = dialect_lines(name)
        yield DATA / "dialects" / f"{name}.txt", "".join(f"{line}\n" for line in lines)


def expected(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


# Which defects, and which rows below, are of which case of the list.
OF_CASES: list[tuple[pytest.MarkDecorator, str]] = [
    (pytest.mark.case(1), "30 000 [; 10 000 {a:; 20 000 -; 20 000 ?; 30 000 [ in TOML"),
    (pytest.mark.case(1), "10 000 {a= in TOML; key of 20 000 parts in TOML"),
    (pytest.mark.case(1), "table of 20 000 parts in TOML; 11 arrays of tables in each other"),
    (pytest.mark.case(2), "merge-key bomb; merge-key bomb with a hundred keys; key-merge"),
    (pytest.mark.case(3), "billion laughs; alias of what is not there; anchor of 60 000"),
    (pytest.mark.case(3), "alias-of-itself; alias-without-anchor; anchor; anchor-by-ampersand"),
    (pytest.mark.case(3), "secured-alias; secured-anchor"),
    (pytest.mark.case(4), "duplicate-key; duplicate-key-nested; secured-duplicate-key"),
    (pytest.mark.case(4), "secured-twice; toml-duplicate-key; toml-table-twice; key of 900, twice"),
    (pytest.mark.case(5), "key-boolean; key-number; key-null; key-date; key-list; key-mapping"),
    (pytest.mark.case(5), "key-merge; secured-key-not-text; 20 000 ?"),
    (pytest.mark.case(7), "date-no-such-day; date-no-such-hour; date-year-zero; date-offset-of-99"),
    (pytest.mark.case(7), "date-past-the-end; date-before-the-beginning; date-without-zone"),
    (pytest.mark.case(7), "date-empty; date-null; date-far-off; date-in-words; date-list"),
    (pytest.mark.case(7), "date-missing; date-placeholder; date-forged; 2021-13-45-date-in-name"),
    (pytest.mark.case(7), "toml-date-in-text; toml-no-such-day"),
    (pytest.mark.case(8), "5 000 digits; 60 000 hexadecimal digits; 20 000 sexagesimal digits"),
    (pytest.mark.case(8), "5 000 digits in TOML; number-of-digits; number-sexagesimal"),
    (pytest.mark.case(8), "200 000 hexadecimal digits; title of 5 000 digits; date-of-digits"),
    (pytest.mark.case(8), "toml-number-of-digits"),
    (pytest.mark.case(9), "number-nan; published-quoted; published-number; published-list"),
    (pytest.mark.case(9), "published-null; published-word; draft-quoted; removed-quoted"),
    (pytest.mark.case(9), "toml-draft-in-text"),
    (pytest.mark.case(10), "title-null; title-list; title-mapping; title-missing; title-blank"),
    (pytest.mark.case(10), "title-invisible; title of 1 001; title of 1 MB; title of 10 MB"),
    (pytest.mark.case(11), "colon-in-title; at-sign-first; tab-indents; yaml-directive"),
    (pytest.mark.case(11), "tag-of-ours; tag-of-python; secured-tag; backtick-first"),
    (pytest.mark.case(11), "percent-first; quote-in-quotes; quote-unclosed; backslash-in-quotes"),
    (pytest.mark.case(11), "escape-beyond-unicode; block-ends-early; indented-too-far; dash-lost"),
    (pytest.mark.case(11), "line-not-indented; list-unclosed; mapping-unclosed; value-missing"),
    (pytest.mark.case(13), "text-illegal; body-illegal; form-feed; noncharacter; id-unprintable"),
    (pytest.mark.case(14), "text-direction; body-direction"),
    (pytest.mark.case(15), "NUL; NUL in the body; Latin-1; Latin-1 after é; UTF-16"),
    (pytest.mark.case(15), "UTF-16 without its mark; UTF-8 cut short; half a character"),
    (pytest.mark.case(16), "place-after-bom; place-after-crlf; place-after-cr"),
    (pytest.mark.case(17), "no-front-matter; empty; blank; fence-only; fence-without-line-end"),
    (pytest.mark.case(17), "fence-unclosed; fence-closed-by-other; fence-indented; fence-of-four"),
    (pytest.mark.case(17), "fence-in-block-scalar; front-matter-list; front-matter-text"),
    (pytest.mark.case(17), "front-matter-empty; front-matter-null; second-document; toml-unclosed"),
    (pytest.mark.case(17), "toml-empty"),
    (pytest.mark.case(18), "text-decoded-wrongly"),
    (pytest.mark.case(19), "dialect-unknown; topics-of-all-shapes; topics-mapping; author-mapping"),
    (pytest.mark.case(23), "20 000 related in 1 MB; 1 000 related; 51 topics; 20 000 topics"),
    (pytest.mark.case(24), "url-script; url-script-in-disguise; url-data; url-vbscript; url-file"),
    (pytest.mark.case(24), "url-relative; url-original-relative; url-without-scheme; url-empty"),
    (pytest.mark.case(24), "url-null; url-missing; url-no-host; images-relative; player-relative"),
    (pytest.mark.case(24, 25, 26), "related-in-all-ways"),
    (pytest.mark.case(25), "url-line-end; url-null-character"),
    (pytest.mark.case(26), "url-credentials; url-port; URL of 10 000; id-with-credentials"),
    (pytest.mark.case(27), "provider-not-a-domain"),
]


def tried(names: Iterable[str], values: Iterable[object] | None = None) -> list[ParameterSet]:
    """Give parameters by name, each with the marks of the cases that it tries."""
    marks: dict[str, list[pytest.MarkDecorator]] = {}
    for mark, listed in OF_CASES:
        for name in listed.split("; "):
            marks.setdefault(name, []).append(mark)
    names = list(names)
    return [
        pytest.param(value, marks=marks.get(name, ()), id=name)
        for name, value in zip(names, values or names, strict=True)
    ]


def test_no_name_is_misspelt() -> None:
    """All that are said to try a case are there."""
    said = {name for _, listed in OF_CASES for name in listed.split("; ")}
    assert said <= {*DEFECTS, *(row.what for row in ROWS)}


# --- Small files ---------------------------------------------------------------------


@pytest.mark.parametrize("defect", tried(DEFECTS))
def test_each_defect_gets_its_lines(defect: str) -> None:
    """A document with a defect gets exactly the lines beside it, whatever else is in it."""
    lines = lines_of(f"{defect}.md", (DATA / f"{defect}.md").read_bytes())
    assert lines == expected(DATA / f"{defect}.txt")


@pytest.mark.parametrize("name", BROKEN_DIALECTS)
def test_each_broken_mapping_gets_its_line(name: str) -> None:
    """A mapping file that is no dialect gets exactly the line beside it."""
    assert dialect_lines(name) == expected(DATA / "dialects" / f"{name}.txt")


def test_each_defect_has_its_lines() -> None:
    """There is a file of lines for each defect, and none that belongs to no defect."""
    assert {path.stem for path in DATA.glob("*.txt")} == set(DEFECTS)
    assert {path.stem for path in (DATA / "dialects").glob("*.txt")} == set(BROKEN_DIALECTS)


# --- Documents too large or too odd to be stored -------------------------------------

NEWS = b"title: A\npublishedDateTime: 2026-03-04\nwebUrl: https://harbour.example/\n"


def yaml(text: bytes | str) -> bytes:
    return b"---\n" + (text if isinstance(text, bytes) else text.encode()) + b"\n---\n"


def toml(text: str) -> bytes:
    return b"+++\n" + text.encode() + b"\n+++\n"


def news(text: bytes | str) -> bytes:
    return yaml(NEWS + (text if isinstance(text, bytes) else text.encode()))


def bomb(line: str) -> bytes:
    """Give seven lines, each of which names the one before nine times."""
    names = [", ".join([f"*a{number}"] * 9) for number in range(7)]
    return yaml("".join(line.format(number=n + 1, names=text) for n, text in enumerate(names)))


def tables(count: int) -> str:
    """Give arrays of tables, each in the last table of the one before."""
    return "".join(f"[[{'.'.join('a' * depth)}]]\n" for depth in range(1, count + 1))


class Row(NamedTuple):
    """What a document is, its bytes, where it is found wrong (if anywhere), and the rest."""

    what: str
    data: bytes
    place: str
    code: str
    message: str

    @property
    def line(self) -> str:
        """Give the whole line."""
        return f"x.md{self.place and ':'}{self.place}: {self.code}: {self.message}"


def deep(what: str, data: bytes, place: str, key: str = "") -> Row:
    told = "nested more than 20 levels deep; document skipped"
    return Row(what, data, place, "yaml-depth", f"{key}: {told}" if key else told)


def alias(what: str, data: bytes, place: str, told: str) -> Row:
    message = f"{told} is not allowed (if it is text, quote it); document skipped"
    return Row(what, data, place, "yaml-alias", message)


def number(what: str, value: str, shown: str, told: str) -> Row:
    data = news(f"quality: {value}")
    return Row(what, data, "5:10", "number-invalid", f'quality: "{shown}…" {told}; field dropped')


def not_utf8(what: str, data: bytes, place: str, at: int, told: str) -> Row:
    message = f"byte {at} (0x{data[at]:02X}) {told}; document skipped"
    return Row(what, data, place, "not-utf8", message)


def too_large(what: str, data: bytes, place: str, code: str, told: str) -> Row:
    return Row(what, data, place, code, f"{told}; document skipped")


def too_long(what: str, data: bytes, place: str, key: str) -> Row:
    return Row(
        what, data, place, "list-too-long", f"{key}: more than 50 items; the rest is dropped"
    )


FRONT_MATTER = "front matter has more than 65536 bytes"
FILE = "the file has more than 1048576 bytes"
DIGITS = "9" * 5_000
HUNDRED = "".join(f"  k{number}: {number}\n" for number in range(100))
RELATED = "  - webUrl: https://coast.example/a/b/c/d/e/f/g\n"
LETTERS = "k" * 79
ROWS = [
    # Depth and number
    deep("30 000 [", yaml("a: " + "[" * 30_000), "2:23", "a" + "[0]" * 19),
    deep("10 000 {a:", yaml("{a: " * 10_000), "2:81", ".".join("a" * 20)),
    deep("20 000 -", yaml("- " * 20_000), "2:41", "[0]" * 20),
    deep("30 000 [ in TOML", toml("a = " + "[" * 30_000), "2:25"),
    deep("10 000 {a= in TOML", toml("a = " + "{a=" * 10_000), "2:63"),
    deep("key of 20 000 parts in TOML", toml("a." * 20_000 + "a = 1"), "2:1"),
    deep("table of 20 000 parts in TOML", toml("[" + "a." * 20_000 + "a]"), "2:2"),
    deep("11 arrays of tables in each other", toml(tables(12)), "12:1"),
    Row(
        "20 000 ?",
        yaml("? " * 20_000),
        "2:3",
        "yaml-key-not-text",
        "a key must be text; document skipped",
    ),
    too_large(
        "20 000 topics",
        news("topics: [" + "a," * 20_000 + "]"),
        "5:39992",
        "yaml-nodes",
        "topics[19991]: more than 20000 values",
    ),
    too_large(
        "20 000 values in TOML",
        toml("a = [" + "1," * 20_000 + "]"),
        "2:40004",
        "yaml-nodes",
        "more than 20000 values",
    ),
    # What multiplies
    alias(
        "merge-key bomb", bomb("a{number}: &a{number}\n  <<: [{names}]\n"), "2:5", "a1: anchor &a1"
    ),
    alias(
        "merge-key bomb with a hundred keys",
        bomb("a{number}: &a{number}\n  <<: [{names}]\n" + HUNDRED),
        "2:5",
        "a1: anchor &a1",
    ),
    alias("billion laughs", bomb("a{number}: &a{number} [{names}]\n"), "2:5", "a1: anchor &a1"),
    alias("alias of what is not there", yaml("a:\n  b: [*c, *c]\n"), "3:7", "a.b[0]: alias *c"),
    # What is long
    alias(
        "anchor of 60 000", yaml("a: &" + "k" * 60_000), "2:4", f"a: anchor &{'k' * 72}…{'k' * 45}"
    ),
    too_large(
        "key of 900, twice",
        yaml(f"{'k' * 900}: 1\n" * 2),
        "3:1",
        "yaml-duplicate-key",
        f"{LETTERS}…: key {'k' * 76}…{'k' * 32} was given already on line 2",
    ),
    number("5 000 digits", DIGITS, "9" * 79, "is too large a number"),
    number("60 000 hexadecimal digits", "0x" + "f" * 60_000, "0x" + "f" * 77, "is not a number"),
    number("20 000 sexagesimal digits", "1" + ":59" * 20_000, "1" + ":59" * 26, "is not a number"),
    too_large(
        "200 000 hexadecimal digits",
        news("quality: 0x" + "f" * 200_000),
        "1:1",
        "front-matter-too-large",
        FRONT_MATTER,
    ),
    too_large(
        "title of 5 000 digits",
        news("").replace(b"A", DIGITS.encode(), 1),
        "2:8",
        "title-too-long",
        "title: the title has more than 1000 characters",
    ),
    too_large(
        "5 000 digits in TOML",
        toml(f"weight = {DIGITS}"),
        "2:10",
        "toml-syntax",
        "a value of more than 1000 characters without quotes",
    ),
    too_large(
        "title of 1 001",
        news("").replace(b"A", b"A" * 1_001, 1),
        "2:8",
        "title-too-long",
        "title: the title has more than 1000 characters",
    ),
    too_large(
        "title of 1 MB",
        news("").replace(b"A", b"A" * 1_000_000, 1),
        "1:1",
        "front-matter-too-large",
        FRONT_MATTER,
    ),
    too_large(
        "title of 10 MB", news("").replace(b"A", b"A" * 10_000_000, 1), "", "file-too-large", FILE
    ),
    too_large("body of 2 MB", news("") + b"A\n" * 1_000_000, "", "file-too-large", FILE),
    too_large(
        "20 000 related in 1 MB",
        news("related:\n" + RELATED * 20_000),
        "1:1",
        "front-matter-too-large",
        FRONT_MATTER,
    ),
    too_long("1 000 related", news("related:\n" + RELATED * 1_000), "56:5", "related[50]"),
    too_long("51 topics", news(f"topics: {['t'] * 51}"), "5:260", "topics[50]"),
    too_large(
        "URL of 10 000",
        news("").replace(b"example/", b"example/" + b"x" * 10_000),
        "4:9",
        "url-too-long",
        f'webUrl: "https://harbour.example/{"x" * 55}…" has more than 2000 characters',
    ),
    Row(
        "id of 3 000",
        news("id: urn:" + "x" * 3_000),
        "5:5",
        "id-invalid",
        "id: the id has more than 2000 characters; another id is given",
    ),
    # What is no text
    not_utf8("NUL", news(b"type: a\0b"), "5:8", 83, "stands in no UTF-8 text"),
    not_utf8("NUL in the body", news(b"") + b"One\ntwo\0", "8:4", 88, "stands in no UTF-8 text"),
    not_utf8("Latin-1", news("type: café".encode("latin-1")), "5:10", 85, "is not UTF-8"),
    not_utf8("Latin-1 after é", news("type: café ".encode() + b"\xe9"), "5:12", 88, "is not UTF-8"),
    not_utf8("UTF-16", "---\ntitle: A\n---\n".encode("utf-16"), "1:1", 0, "is not UTF-8"),
    not_utf8(
        "UTF-16 without its mark", "---\n".encode("utf-16-le"), "1:2", 1, "stands in no UTF-8 text"
    ),
    not_utf8("UTF-8 cut short", news("") + "café".encode()[:-1], "7:4", 84, "is not UTF-8"),
    not_utf8("half a character", news(b"type: \xed\xa0\x80"), "5:7", 82, "is not UTF-8"),
]


@pytest.mark.parametrize("row", tried([row.what for row in ROWS], ROWS))
def test_the_monstrous_costs_little_and_gets_its_line(row: Row) -> None:
    """A document that would be a burden is put off with one line and next to no work."""
    rules()
    begin = time.process_time()
    lines = lines_of("x.md", row.data)
    assert time.process_time() - begin < 0.5
    assert lines == [row.line]


# --- Files that are no documents -----------------------------------------------------


def link(root: Path) -> None:
    (root / "link.md").symlink_to("/etc/passwd")


def pipe(root: Path) -> None:
    os.mkfifo(root / "pipe.md")


def odd_name(root: Path) -> None:
    (root / os.fsdecode(b"caf\xe9.md")).write_bytes(yaml(NEWS))


SCANNED: list[tuple[Callable[[Path], None], str]] = [
    (link, "link.md: file-not-regular: is a symbolic link; left out"),
    (pipe, "pipe.md: file-not-regular: is no regular file; left out"),
    (odd_name, r"caf\udce9.md: file-name: the name is not UTF-8; left out"),
]
READ = {
    "gone.md": "gone.md: file-unreadable: No such file or directory; document skipped",
    "link.md": "link.md: file-unreadable: is a symbolic link; document skipped",
    "pipe.md": "pipe.md: file-unreadable: is not a regular file; document skipped",
    "folder.md": "folder.md: file-unreadable: is not a regular file; document skipped",
}


@pytest.mark.case(30)
@pytest.mark.parametrize(("make", "line"), SCANNED, ids=[line for _, line in SCANNED])
def test_what_is_no_document_gets_its_line(
    tmp_path: Path, make: Callable[[Path], None], line: str
) -> None:
    """What a scan leaves out although it is called a document is told."""
    make(tmp_path)
    assert [
        finding_line(item) for item in DirectorySource(tmp_path).scan() if isinstance(item, Finding)
    ] == [line]


@pytest.mark.case(30)
@pytest.mark.parametrize("path", READ)
def test_a_file_that_is_no_longer_a_document_gets_its_line(tmp_path: Path, path: str) -> None:
    """A file that became something else since the scan is a finding and stops nothing."""
    link(tmp_path)
    pipe(tmp_path)
    (tmp_path / "folder.md").mkdir()
    reading = read_one(Corpus(DirectorySource(tmp_path), "", rules()), path)
    assert [finding_line(finding) for finding in reading.findings] == [READ[path]]
    assert (reading.article, reading.digest) == (None, "")


# --- What all of this shows ----------------------------------------------------------


# Produced by tests/test_refresh_crashes.py, which ends processes.
CRASHED = "x.md: document-crash: the process that read it was ended by SIGSEGV; document skipped"

MISSPELT = "x.md:5:1: key-unknown: topcis: is not read (did you mean topics?); left as it is"


def told() -> list[str]:
    """Give every expected line there is."""
    files = [*DATA.glob("*.txt"), *(DATA / "dialects").glob("*.txt")]
    lines = [line for file in sorted(files) for line in expected(file)]
    generated = [*(row.line for row in ROWS), *(line for _, line in SCANNED)]
    return [*lines, *generated, *READ.values(), CRASHED, MISSPELT]


def codes_in_source() -> set[str]:
    """Give every code that the corpus and syntax floors can give, whoever wraps them how.

    A code is any literal of words joined by hyphens in these floors that is not known to be
    something else, so that a new one cannot be overlooked.
    """
    words = re.compile(r"[a-z]+[0-9]?(?:-[a-z0-9]+)+")
    codes = {"config", *get_args(UrlCode)}
    for floor in ("corpus", "syntax"):
        for module in sorted((HOUSE / "feeds" / floor).rglob("*.py")):
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    codes |= {node.value} if words.fullmatch(node.value) else set()
    return codes - {"utf-8"}


def test_a_misspelt_key_is_told() -> None:
    """A key that nobody reads is told where it is nearly another one."""
    reading = read_misspelt(SourceFile("x.md", news("topcis: [Energy]")), rules())
    assert [finding_line(finding) for finding in reading.findings] == [MISSPELT]


def test_every_code_is_produced() -> None:
    """Each code of the two floors stands in some expected line, and no other does."""
    produced = {found[1] for line in told() if (found := LINE.fullmatch(line))}
    assert produced == codes_in_source()


def codes_elsewhere() -> set[str]:
    """Give the codes of the findings that other floors make."""
    calls = (
        node
        for module in sorted((HOUSE / "feeds").rglob("*.py"))
        if module.parent.name not in {"corpus", "syntax"}
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Finding"
    )
    # What is read from a record was made elsewhere.
    codes = (call.args[3] for call in calls)
    return {str(code.value) for code in codes if isinstance(code, ast.Constant)}


def test_every_code_is_explained() -> None:
    """Each code that the program can give has a text, and no other has."""
    elsewhere = codes_elsewhere()
    assert elsewhere >= {"article-duplicate", "command-failed"}
    assert explanations().keys() == codes_in_source() | elsewhere


@pytest.mark.parametrize("line", told())
def test_every_line_says_what_and_where(line: str) -> None:
    """A line has path, place, code and message, is of one line, and says what is lost."""
    assert LINE.fullmatch(line)
    assert line.isprintable()
    assert len(line) < 600
    if ".yaml" not in line:
        assert re.search(OUTCOME, line)


OUTCOME = (
    "document skipped$|left out$|dropped( .and [0-9]+ more like it.)?$|is assumed$|is used$"
    "|another id is given$|replaced by U.FFFD$|removed$|waits until then$|left as it is$"
)


@pytest.mark.case(32)
def test_nothing_under_secured_is_told() -> None:
    """Whatever is wrong beneath `secured`, no line shows any of it."""
    assert sum(CANARY in (DATA / f"{name}.md").read_text("utf-8", "replace") for name in DEFECTS)
    assert not [line for line in told() if CANARY in line]


if __name__ == "__main__":
    for file, text in written():
        file.write_text(text, encoding="utf-8")
