"""Keys that are nearly known ones, and all those that are not."""

from pathlib import Path

import pytest
from cli_tools import ROOT
from test_corpus_golden import rules

from feeds.cli.talk import finding_line
from feeds.corpus.misspelling import read_misspelt
from feeds.corpus.reading import read_source
from feeds.model import SourceFile

NEWS = "title: A\npublishedDateTime: 2021-06-30\nwebUrl: https://paper.example/a\n"
RULES = rules()
CORPORA = [
    ROOT / "feeds/sample",
    *(ROOT / "tests/data" / name for name in ("news", "curated", "hugo", "jekyll", "seeds_like")),
]
GOOD = sorted(file for folder in CORPORA for file in folder.rglob("*.md"))


def misspelt(text: str, name: str = "a.md") -> list[str]:
    """Give what is told of keys: place, key, and what is meant."""
    reading = read_misspelt(SourceFile(name, text.encode()), RULES)
    lines = [finding_line(finding) for finding in reading.findings]
    told = " is not read (did you mean "
    assert all(told in line and line.endswith("?); left as it is") for line in lines)
    lines = [line.removeprefix(f"{name}:").removesuffix("?); left as it is") for line in lines]
    return [line.replace(" key-unknown: ", " ").replace(f":{told}", " ") for line in lines]


def yaml(lines: str) -> str:
    return f"---\n{NEWS}{lines}---\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (yaml("topcis: [Energy]\n"), ["5:1: topcis topics"]),
        (yaml("topcis:\n\n# Which?\n- Energy\n"), ["5:1: topcis topics"]),
        (yaml("topcis:\n"), ["5:1: topcis topics"]),
        (yaml('"topcis" : [Energy]\n'), ["5:2: topcis topics"]),
        (yaml("Topics: {a: b}\n"), ["5:1: Topics topics"]),
        (yaml("provider: {nmae: The Paper}\n"), ["5:12: provider.nmae name"]),
        (
            yaml("related:\n- tilte: B\n  web_url: x\n"),
            ["6:3: related[0].tilte title", "7:3: related[0].web_url webUrl"],
        ),
        (yaml("images: {hieght: 3}\n"), ["5:10: images.hieght height"]),
        (yaml("tpye: a\n? topcis\n: [Energy]\n"), ["5:1: tpye type", "7:3: topcis topics"]),
        (yaml("? topcis\n: [Energy]\n"), []),
        (f"\ufeff---\r\n{NEWS}topcis: a\r\n---\r\n", ["5:1: topcis topics"]),
        ("+++\ntitle = 'A'\ndraft = false\nsumary = 'B'\n+++\n", ["4:1: sumary summary"]),
        ("+++\ntitle = 'A'\ndraft = false\n[parms]\na = 1\n+++\n", ["4:2: parms params"]),
        (
            "+++\ntitle = 'A'\ndraft = false\n[params]\nauthro = 'B'\n+++\n",
            ["5:1: params.authro author"],
        ),
        (
            "+++\ntitle = 'A'\ndraft = false\ncover = {image='a', atl='b'}\n+++\n",
            ["4:21: cover.atl alt"],
        ),
        (
            "---\ntitel: A\nwebURL: https://paper.example/a\n---\n",
            ["2:1: titel title", "3:1: webURL webUrl"],
        ),
        (yaml("titel: B\ntopic: [a]\nimage: b\npublisher: c\n"), []),
        (yaml("secured: {topcis: a}\nother: {topcis: b}\n"), []),
        (yaml("excerpt: 'topcis: a'\n"), []),
        ("---\ntopcis: [\n---\n", []),
        ("topcis: a", []),
        ("", []),
    ],
)
def test_slips_are_told_at_the_key(text: str, told: list[str]) -> None:
    """A key that is nearly one of its place, which is absent there, is told; others are not."""
    assert misspelt(text) == told


def test_one_dialect_is_the_dialect_of_all() -> None:
    """Where a corpus names its dialect, that one's keys are meant whatever else there is."""
    (news,) = (each for each in RULES.dialects if each.name == "news")
    from dataclasses import replace

    source = SourceFile("a.md", b"---\ntitel: A\n---\n")
    (finding,) = read_misspelt(source, replace(RULES, dialects=(news,))).findings
    assert (finding.line, finding.column, finding.severity) == (2, 1, "warning")


@pytest.mark.parametrize("file", GOOD, ids=lambda file: file.name)
def test_good_documents_have_no_slip(file: Path) -> None:
    """Nothing is told of documents with which nothing is wrong, whatever keys they have."""
    source = SourceFile(file.name, file.read_bytes())
    assert read_misspelt(source, RULES).findings == ()


def test_reading_does_not_look_for_slips() -> None:
    """A build tells nothing of them, so that it costs nothing and publishes the same."""
    reading = read_source(SourceFile("a.md", yaml("topcis: [Energy]\n").encode()), RULES)
    assert (reading.findings, bool(reading.article)) == ((), True)
