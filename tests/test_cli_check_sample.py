"""Thirty mistakes in the sample corpus, each of another kind: a check names them, and no others."""

import json
import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from cli_tools import ROOT, feeds_here

SAMPLE = ROOT / "feeds/sample"
NOW = "2026-11-29T00:00:00Z"
DEEP = "[" * 21 + "]" * 21


class Mistake(NamedTuple):
    """What is made of the first match of a pattern, and at what a check is to point then.

    `at` is text that the document has from there on.
    """

    code: str
    pattern: str
    made: str
    at: str


MISTAKES = [
    # What has to be there.
    Mistake("title-missing", r"^title: .*\n", "", "category:"),
    Mistake("date-missing", r"^publishedDateTime: .*\n", "", "category:"),
    Mistake("url-missing", r"^  - url: .*\n    width", "  - width", "width: "),
    Mistake("email-invalid", r"^type:", 'author: {name: Ada, email: "ada at x"}\ntype:', '"ada at'),
    # What values may be.
    Mistake("boolean-invalid", r"^published: true", "published: yes", "yes\n"),
    Mistake("date-invalid", r"^publishedDateTime: .*", "publishedDateTime: 2026-02-30", "2026-02-"),
    Mistake("date-naive", r"^(publishedDateTime: .*)Z$", r"\1", "2026-"),
    Mistake("date-future", r"^publishedDateTime: 2026", "publishedDateTime: 2062", "2062"),
    Mistake("domain-invalid", r"^  domain: .*", "  domain: a paper", "a paper"),
    Mistake(
        "duration-invalid",
        r"^type:",
        "audio: {url: 'https://x.example/a.mp3', duration: long}\ntype:",
        "long}",
    ),
    Mistake("id-invalid", r"^type:", "guid: 4021\ntype:", "4021"),
    Mistake("key-unknown", r"^topics:", "topcis:", "topcis:"),
    Mistake("language-invalid", r"^type:", "language: in English\ntype:", "in English"),
    Mistake("list-too-long", r"^topics:\n(  - .*\n)+", f"topics: [{'a, ' * 50}zz]\n", "zz]"),
    Mistake("number-invalid", r"^quality: .*", "quality: high", "high"),
    Mistake("title-too-long", r"^title: .*", f"title: {'long ' * 250}", "long long"),
    Mistake("type-invalid", r"^topics:\n  - .*", "topics:\n  - {name: Tides}", "{name: T"),
    Mistake("url-credentials", r'^webUrl: "https://', 'webUrl: "https://ada:pw@', '"https://ada:'),
    Mistake("url-relative", r"^  - url: .*", "  - url: cat.jpg", "cat.jpg"),
    Mistake("url-scheme", r"^webUrl: .*", 'webUrl: "javascript:alert(1)"', '"javascript:'),
    # What texts may have.
    Mistake("text-direction", r'^title: "', 'title: "\u202e', '"\u202e'),
    Mistake("text-illegal", r"^---\n\Z", "---\n\nAll is\x08 well.\n", "\x08"),
    Mistake("text-mojibake", r'^excerpt: "', 'excerpt: "It donâ€™t ', '"It donâ'),
    # What can be read at all.
    Mistake("yaml-alias", r"^type: .*", "type: *article", "*article"),
    Mistake("yaml-depth", r"^type: .*", f"type: {DEEP}", "[[]"),
    Mistake("yaml-duplicate-key", r"^type: (.*)", r"type: \1\ntype: twice", "type: twice"),
    Mistake("yaml-key-not-text", r"^type:", "on: sale\ntype:", "on: sale"),
    Mistake("yaml-syntax", r"^title: .*", "title: Rain: a report", ": a report"),
    Mistake("front-matter-unclosed", r"^---\n\Z", "", "---"),
    Mistake("front-matter-missing", r"\A---\n", "", "category:"),
]


def place(text: str, at: str) -> tuple[int, int]:
    """Give the line and column, counted from 1, at which a part of a text begins."""
    before = text[: text.index(at)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Give a copy of the sample."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "corpus"))


def seed(corpus: Path) -> set[tuple[str, int, int, str]]:
    """Make each mistake in a document of its own, and give what is to be told."""
    told: set[tuple[str, int, int, str]] = set()
    files = [
        file for file in sorted(corpus.rglob("*.md")) if file.read_bytes().startswith(b"---\ncat")
    ]
    for mistake in MISTAKES:
        pattern = re.compile(mistake.pattern, re.MULTILINE)
        file = next(file for file in files if pattern.search(file.read_text(encoding="utf-8")))
        files.remove(file)
        text = pattern.sub(mistake.made, file.read_text(encoding="utf-8"), count=1)
        file.write_text(text, encoding="utf-8")
        path = file.relative_to(corpus.parent).as_posix()
        told.add((path, *place(text, mistake.at), mistake.code))
    return told


def test_thirty_mistakes_are_named_and_nothing_else(corpus: Path) -> None:
    """Each is told with its file, line, column and code, once, and no other document is."""
    assert len({mistake.code for mistake in MISTAKES}) == len(MISTAKES) == 30
    told = seed(corpus)
    assert len({path for path, *_ in told}) == 30
    run = feeds_here("check", "--now", NOW, "--output-format", "json", "corpus", cwd=corpus.parent)
    found = [
        tuple(each[key] for key in ("path", "line", "column", "code"))
        for each in json.loads(run.stdout)
    ]
    assert sorted(found) == sorted(told)
    assert run.returncode == 1
