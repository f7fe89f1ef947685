"""What is mended for sure, character by character, and what is left alone."""

# ruff: noqa: RUF001 - that characters look like others is what this is about

from pathlib import Path

import pytest
from cli_tools import ROOT
from hypothesis import given, settings, strategies as st
from test_corpus_any import CANARY
from test_corpus_golden import rules

from feeds.corpus.mending import Fix, fixable, fixes
from feeds.corpus.reading import read_source
from feeds.model import Finding, SourceFile

RULES = rules()
NEWS = "title: A\npublishedDateTime: 2021-06-30\nwebUrl: https://paper.example/a\n"
TOML = "title = 'A'\ndate = 2021-06-30\nurl = 'https://paper.example/a'\n"
DEFECTS = sorted((ROOT / "tests/data/bad").glob("*.md"))


def all_of_them(_finding: Finding) -> bool:
    return True


def done(text: str | bytes, name: str = "a.md") -> list[Fix]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(fixes(SourceFile(name, data), RULES, all_of_them))


def mended(text: str) -> str:
    """Give what a file becomes, which is itself where nothing can be done."""
    found = done(text)
    return found[-1].source.data.decode() if found else text


def yaml(lines: str, body: str = "") -> str:
    return f"---\n{NEWS}{lines}---\n{body}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # A boolean in quotes.
        (yaml('published: "true"\n'), yaml("published: true\n")),
        (yaml("removed: 'False' # no\n"), yaml("removed: false # no\n")),
        (f'+++\n{TOML}draft = "true"\n+++\n', f"+++\n{TOML}draft = true\n+++\n"),
        # A misspelt key, at any depth, and as often as there are any.
        (yaml("topcis: [a]\ncatgeory: b\n"), yaml("topics: [a]\ncategory: b\n")),
        (yaml('provider: {"nmae": "b"}\n'), yaml('provider: {"name": "b"}\n')),
        (yaml("related:\n- web_url: /a\n"), yaml("related:\n- webUrl: /a\n")),
        (f"+++\n{TOML}[parms]\nauthro='b'\n+++\n", f"+++\n{TOML}[params]\nauthor='b'\n+++\n"),
        ("---\ntitel: A\ndate: 2021-06-30\n---\n", "---\ntitle: A\ndate: 2021-06-30\n---\n"),
        # What was decoded wrongly, once or twice.
        (yaml("excerpt: cafÃ©\n"), yaml("excerpt: café\n")),
        (yaml('excerpt: "cafÃƒÂ©"\n'), yaml('excerpt: "café"\n')),
        (yaml("topics: [cafÃ©, a, donâ€™t]\n"), yaml("topics: [café, a, don’t]\n")),
        (yaml("", "a\ncafÃ©\n“ cafÃ©\ndonâ€™t"), yaml("", "a\ncafé\n“ cafÃ©\ndon’t")),
        # What no text may have.
        (yaml("", "a\x08b\x0c\nc\x1f"), yaml("", "ab\nc")),
        (yaml("excerpt: a\x08b\n", "c\x08"), yaml("excerpt: ab\n", "c")),
        (yaml("", "a\0b"), yaml("", "ab")),
        # What turns the direction of text.
        (yaml("excerpt: ab\u202egpj.exe\n"), yaml("excerpt: abgpj.exe\n")),
        (
            yaml("", "a \u2067pair\u2069 stays, this \u202e goes"),
            yaml("", "a \u2067pair\u2069 stays, this  goes"),
        ),
        # A language that is nearly one.
        (yaml("language: en_US\n"), yaml("language: en-US\n")),
        # Line ends and byte order marks stay what they are.
        (
            "\ufeff" + yaml("topcis: [a]\n", "cafÃ©\n").replace("\n", "\r\n"),
            "\ufeff" + yaml("topics: [a]\n", "café\n").replace("\n", "\r\n"),
        ),
        (
            yaml("language: en_US\n", "a\x08").replace("\n", "\r"),
            yaml("language: en-US\n", "a").replace("\n", "\r"),
        ),
    ],
)
def test_what_is_sure_is_mended(before: str, after: str) -> None:
    """Only the characters in question change, and then nothing can be mended any more."""
    assert mended(before) == after
    assert done(after) == []


@pytest.mark.parametrize(
    "text",
    [
        yaml("published: 'yes'\n"),
        yaml("published: 1\n"),
        yaml("published: >-\n  true\n"),
        yaml("publishedDatetime: 2020-01-01\n"),
        yaml("? topcis\n: [a]\n"),
        # It was not decoded wrongly as a whole, is not written as it is read, or is not seen.
        yaml("excerpt: “cafÃ©”\n"),
        yaml('excerpt: "cafÃƒÂ© donâ€™t"\n'),
        yaml('excerpt: "caf\\u00c3\\u00a9"\n'),
        yaml("excerpt: >-\n  cafÃ©\n  b\n"),
        yaml("excerpt: aÂ\xa0b\n"),
        yaml('excerpt: "a\\bc"\n'),
        yaml('title: "a\\u202eb"\n').replace("title: A\n", ""),
        yaml("language: english_\n"),
        yaml("language: [en_US, de]\n"),
        # Once it is mended, there would be an error.
        yaml("images: {ulr: /a}\npublishd: maybe\n"),
        # Whoever saw what changes would see what is secured.
        yaml("provider: {secured: a, nmae: b}\n"),
        yaml("secured: a\x08b\n"),
        # It cannot be read even so, or is text in another encoding.
        yaml("excerpt: a\x08b: c\n"),
        "---\n" + NEWS + "a\x08",
        "\0".join(yaml("")),
        "",
    ],
)
def test_what_is_not_sure_is_left(text: str) -> None:
    """Nothing is guessed, and no error is made by what should mend."""
    kept = [fix for fix in done(text) if fix.finding.key != "images.ulr"]
    assert kept == []


def test_what_is_no_text_is_left() -> None:
    """A file in another encoding is not touched."""
    assert done(yaml("topcis: [caf").encode() + b"\xe9]\n---\n") == []
    assert done(yaml("topcis: [a]\n").encode("utf-16")) == []


def test_large_files_are_left() -> None:
    """What is too large to be read is not read to be mended."""
    large = yaml("topcis: [a]\n", "a" * RULES.limits.file_bytes)
    assert done(large) == []


def test_names_of_files_are_left() -> None:
    """What is wrong with a name has no place in the file."""
    text = "---\nlayout: post\nlanguage: en_US\n---\n"
    (fix,) = done(text, "2021-06-30-cafÃ©.md")
    assert fix.finding.code == "language-invalid"


def test_only_what_is_wanted_is_mended() -> None:
    """Findings that nobody asked for stay as they are."""
    source = SourceFile("a.md", yaml("topcis: [a]\nlanguage: en_US\n").encode())
    found = list(fixes(source, RULES, lambda finding: finding.code == "language-invalid"))
    assert found[-1].source.data.decode() == yaml("topcis: [a]\nlanguage: en-US\n")
    assert [fix.what for fix in found] == ["written with hyphens"]


@pytest.mark.parametrize("file", DEFECTS, ids=lambda file: file.stem)
def test_a_fix_makes_nothing_worse(file: Path) -> None:
    """Of any document that has a defect, a fix ends its finding, and brings no error."""
    source = SourceFile(file.name, file.read_bytes())
    before = read_source(source, RULES)
    for fix in fixable(source, RULES):
        after = read_source(fix.source, RULES)
        assert fix.finding not in after.findings
        errors = [
            sum(finding.severity == "error" for finding in reading.findings)
            for reading in (before, after)
        ]
        assert errors[1] <= errors[0]
        assert after.article or not before.article
        assert len(fix.source.data) <= len(source.data) + 8


SCRAPS = st.lists(
    st.sampled_from(
        [
            *("topcis: ", "publishd: ", "related:\n- ", "titel: ", "webURL: ", "provider: {nmae: "),
            *('published: "true"\n', "draft: 'no'\n", "language: en_US\n", "excerpt: ", "title: "),
            *(
                "cafÃ©",
                "donâ€™t",
                "\u202e",
                "\u2067",
                "\x08",
                "\0",
                "\ufffe",
                "é",
                "\u2028",
                "&eacute;",
            ),
            *(
                f"secured: {CANARY}",
                f"secured:\n  a: {CANARY}\n",
                "# ",
                ": ",
                "= ",
                '"',
                "'",
                "}",
                "]",
            ),
            *("\n", "\r\n", "\r", "  ", "- ", "[", "{", ", ", "---\n", "+++\n", "|\n  ", "\ufeff"),
        ]
    ),
    max_size=24,
).map("".join)


@settings(max_examples=150)
@given(st.sampled_from(["", "\ufeff"]), st.sampled_from([NEWS, TOML]), SCRAPS, SCRAPS)
def test_any_document_can_be_mended(mark: str, usual: str, lines: str, body: str) -> None:
    """Whatever a document has in it, fixes come to an end, and change nothing but their lines."""
    fence = "---" if usual == NEWS else "+++"
    source = SourceFile("a.md", f"{mark}{fence}\n{usual}{lines}\n{fence}\n{body}".encode())
    article = read_source(source, RULES).article
    for fix in fixes(source, RULES, all_of_them):
        before, after = (file.data.decode().split("\n") for file in (source, fix.source))
        assert before != after
        assert len(before) == len(after)
        changed = [line for line, other in zip(before, after, strict=True) if line != other]
        assert not [line for line in changed if CANARY in line]
        mended = read_source(fix.source, RULES)
        assert fix.finding not in mended.findings
        assert mended.article or not article
        source, article = fix.source, mended.article
