"""Small documents of every dialect, and the whole article that each of them gives.

When documents are meant to be read otherwise, `python tests/test_corpus_golden.py` writes
the expected files anew; the difference is then to be read, not only committed.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from conftest import fields_of

from feeds.cli.talk import finding_line
from feeds.config.corpus import Limits
from feeds.corpus.address import names_of
from feeds.corpus.article import ReadingRules
from feeds.corpus.dialect import recognise
from feeds.corpus.frontmatter import read_document
from feeds.corpus.reading import read_source
from feeds.corpus.rooms import load_dialects
from feeds.model import Article, SourceFile
from feeds.text.dates import rfc3339

DATA = Path(__file__).parent / "data"
DIALECTS = ("news", "curated", "jekyll", "hugo", "eleventy")
CASES = sorted(path for name in DIALECTS for path in (DATA / name).rglob("*.md"))


@cache
def rules() -> ReadingRules:
    """Give the rules of a corpus that may hold documents of all dialects."""
    return ReadingRules(
        dialects=load_dialects(DATA / "dialects"),
        limits=Limits(),
        time_zone="UTC",
        site_url="https://site.example/",
        horizon=datetime(2027, 11, 1, tzinfo=UTC),
    )


def source(path: Path) -> SourceFile:
    """Give a document as a corpus has it whose root is the folder named by its dialect."""
    root = DATA / path.relative_to(DATA).parts[0]
    return SourceFile(path.relative_to(root).as_posix(), path.read_bytes())


def plain(article: Article | None) -> object:
    """Give every field of an article as JSON has it."""
    return json.loads(json.dumps(article and fields_of(article), default=rfc3339))


def result(path: Path) -> Mapping[str, object]:
    """Give what reading a document gives, as JSON has it."""
    reading = read_source(source(path), rules())
    lines = [finding_line(finding) for finding in reading.findings]
    return {"article": plain(reading.article), "warnings": lines}


def written(path: Path) -> str:
    """Give the text of the expected file."""
    return json.dumps(result(path), ensure_ascii=False, indent=1) + "\n"


def case_name(path: Path) -> str:
    return path.relative_to(DATA).with_suffix("").as_posix()


@pytest.mark.parametrize("path", CASES, ids=case_name)
def test_a_document_gives_the_expected_article(path: Path) -> None:
    """Every field of the article, and every warning, is what lies in the file beside it."""
    assert result(path) == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", CASES, ids=case_name)
def test_a_document_is_recognised_by_its_keys(path: Path) -> None:
    """Of all dialects, the one that a document's folder is named after has it first."""
    document = read_document(source(path), Limits())
    names = frozenset(names_of(document.path))
    dialect = recognise(document, names, rules().dialects)
    assert dialect
    assert dialect.name == path.relative_to(DATA).parts[0]


def test_every_document_has_an_expected_article() -> None:
    """There is one expected file for each document, and none that belongs to no document."""
    expected = {path for name in DIALECTS for path in (DATA / name).rglob("*.json")}
    assert expected == {path.with_suffix(".json") for path in CASES}


def test_every_dialect_has_documents() -> None:
    """Each dialect that ships, and one that a user describes, is shown by some document."""
    assert {path.relative_to(DATA).parts[0] for path in CASES} == set(DIALECTS)
    assert {dialect.name for dialect in rules().dialects} == set(DIALECTS)


def test_every_field_of_an_article_is_shown() -> None:
    """No field of an article has its default in all expected files: each one is tried."""
    articles = [json.loads(path.with_suffix(".json").read_text())["article"] for path in CASES]
    shown = {key for article in articles for key, value in article.items() if value}
    assert shown == set(Article.__struct_fields__)


if __name__ == "__main__":
    for case in CASES:
        case.with_suffix(".json").write_text(written(case), encoding="utf-8")
