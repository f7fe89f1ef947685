"""Documents with which nothing is wrong are read in a shorter way, and read as all others are."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from bench.corpus import Corpus
from test_corpus_golden import CASES, rules, source

from feeds.corpus.article import ReadingRules
from feeds.corpus.dialect import parse_dialect
from feeds.corpus.plain_article import read_plain
from feeds.corpus.reading import read_exactly, read_source
from feeds.model import SourceFile

LINES = (
    "title: A title",
    "publishedDateTime: 2026-03-04T05:06:07Z",
    "webUrl: https://a.example/a",
)


def is_plain(text: str, some: ReadingRules | None = None, path: str = "a.md") -> bool:
    """Tell whether a document is read in the shorter way; then it must be read as in the other."""
    file, some = SourceFile(path, text.encode()), some or rules()
    reading = read_plain(file, some, "x/")
    exact = read_exactly(file, some, "x/")
    assert reading in {None, exact}
    assert read_source(file, some, "x/") == exact
    return reading is not None


def document(*lines: str, body: str = "") -> str:
    """Write a document of the news dialect."""
    return "\n".join(["---", *LINES, *lines, "---", body])


def test_what_corpora_consist_of_is_plain() -> None:
    """The shorter way reads every document of a generated corpus, and many of the collected."""
    corpus = Corpus(300)
    assert all(is_plain(corpus.document(number)[1]) for number in range(300))
    plain = [path for path in CASES if read_plain(source(path), rules())]
    assert all(
        read_plain(source(path), rules()) == read_exactly(source(path), rules()) for path in plain
    )
    assert {path.relative_to(path.parents[1]).parts[0] for path in plain} >= {"news", "curated"}


@pytest.mark.parametrize(
    "lines",
    [
        ("id: 'urn:x:1'", "language: en-GB", "rights: 'false'", "quality: -7", "heat: 0"),
        ("type: video", "category: A &amp; B", "excerpt: '<b>x</b>  y'", "removed: true"),
        ("author: A. Author", "topics: [A, a, A, '']", "originalUrl: https://b.example/"),
        ("author:\n- A\n- B", "published: false", "related: []", "images: ~"),
        ("provider:\n  name: A  B\n  domain: www.b.example", "modifiedDateTime: 2026-03-05"),
        ("provider: A", "images: https://a.example/a.jpg", "related: https://b.example/b"),
        (
            "images:\n- url: https://a.example/a\n  width: 0\n  height: 010\n- url: https://a.example/a",
        ),
        ("related:\n- webUrl: https://a.example/a\n- originalUrl: https://b.example/b\n- ~",),
        ("category: >\n  a\n  b", "rights: |\n  a\n  b", "topics:\n- |\n  a\n  b\n- a  b"),
        ("excerpt: >-\n  NA", "title2: x", "rights: '\u20ac 2026'"),
    ],
)
def test_what_is_plain(lines: tuple[str, ...]) -> None:
    """Fields that are as they should be are read in the shorter way."""
    assert is_plain(document(*lines))
    assert is_plain(document(*lines, body="A *body*,\n\n![x](https://a.example/x) \u20ac\n"))


@pytest.mark.parametrize(
    "lines",
    [
        *(("removed: true", "published: x"),),
        *(("id: 4021",), ("id: https://u:p@a.example/",), ("language: '?'",), ("quality: 1.5",)),
        *(("published: yes",), ("published: 'true'",), ("published:",), ("draft: 1", "removed: x")),
        *(
            ("modifiedDateTime: soon",),
            ("modifiedDateTime: 2026-03-04 05:06",),
            ("excerpt: [a, b]",),
        ),
        *(
            ("originalUrl: /b",),
            ("originalUrl:\n  a: b",),
            ("images:\n- width: 1",),
            ("images: a",),
        ),
        *(("images:\n- url: https://a.example/\n  width: wide",), ("related:\n- title: x",)),
        *(("related:\n- webUrl: https://a.example/b\n  publishedDateTime: x",),),
        *(("related:\n- webUrl: https://b.example/\n  provider:\n    domain: '?'",),),
        *(("provider:\n  domain: N/A",), ("author: a@a.example",), ("author:\n  name: A",)),
        *(
            ("topics:\n- a: b",),
            ("topics: true",),
            ("category: true",),
            ("rights: '\u00c3\u00a9'",),
        ),
        *(("enclosures: https://a.example/a.mp3",), ("type: video", "featuredContent: x")),
    ],
)
def test_what_is_not_plain(lines: tuple[str, ...]) -> None:
    """What is told, or is of a rarer kind, is left to the other way."""
    assert not is_plain(document(*lines))


@pytest.mark.parametrize(
    "text",
    [
        *("", "---\n", "---\n---\n", "x\n", "+++\ntitle = 'a'\n+++\n", "---\na: 1\n---\n"),
        *("\n" + document(), "\ufeff" + document(), document().replace("\n", "\r\n")),
        *(document("..."), document("--- "), document("title: B"), document(body="\0")),
        *(
            document(body="\x08"),
            document(body="\u00c3\u00a9"),
            document().replace("A title", "'&nbsp;'"),
        ),
        *(document().replace("2026", "2036"), document().replace("https", "ftp")),
        *(document().replace("07Z", "07"), document().replace("A title", "x" * 5_000)),
    ],
)
def test_what_is_no_plain_document(text: str) -> None:
    """A file of another form, or without what an article needs, is left to the other way."""
    assert not is_plain(text)


def test_bytes_that_are_no_text_are_not_plain() -> None:
    """What is not UTF-8 is told of in the other way."""
    assert read_plain(SourceFile("a.md", document().encode() + b"\xff"), rules()) is None


def test_the_rules_are_those_of_the_corpus() -> None:
    """Limits, dialects, the horizon and the base of relative addresses count in either way."""
    text = document("related:\n- webUrl: https://b.example/1\n- webUrl: https://b.example/2")
    limits = rules().limits
    assert is_plain(text)
    assert not is_plain(text, replace(rules(), limits=replace(limits, related=1)))
    assert not is_plain(text, replace(rules(), limits=replace(limits, file_bytes=99)))
    assert not is_plain(text, replace(rules(), limits=replace(limits, title_characters=3)))
    assert not is_plain(text, replace(rules(), limits=replace(limits, url_characters=9)))
    assert not is_plain(text, replace(rules(), limits=replace(limits, depth=2)))
    assert not is_plain(text, replace(rules(), horizon=datetime(2020, 1, 1, tzinfo=UTC)))
    by_name = {dialect.name: dialect for dialect in rules().dialects}
    assert is_plain(text, replace(rules(), dialects=(by_name["news"],)))
    relative = text.replace("https://b.example/", "b/")
    assert is_plain(relative, replace(rules(), base_url="https://c.example/"))


def test_every_switch_is_looked_at() -> None:
    """A document that is a draft, and says of something else what is no boolean, is told of."""
    head = "---\ntitle: A\ndate: 2026-03-04\narchetype: x\nhref: https://a.example/\n"
    assert is_plain(f"{head}draft: true\n---\n")
    assert not is_plain(f"{head}draft: true\nremoved: x\n---\n")


def test_items_may_be_called_by_the_name_of_the_file() -> None:
    """What a mapping takes from a file's name for each item of a list is known in either way."""
    mapping = (
        "recognised_by: [[title]]\nfields:\n  title: title\n  published: date\n  url: href\n"
        "  related: {from: more, fields: {url: url, title: $name.title}}\n"
    )
    own = replace(rules(), dialects=(parse_dialect("own", mapping),))
    head = "---\ntitle: A\ndate: 2026-03-04\nhref: https://a.example/\n"
    assert not is_plain(f"{head}more:\n- url: https://b.example/\n---\n", own)


def test_what_a_path_says_is_known_in_either_way() -> None:
    """A post that names its address may take its title and date from the name of its file."""
    text = "---\nlayout: post\npermalink: https://a.example/1\n---\nA body.\n"
    assert is_plain(text, path="x/2026-03-04-a-title.md")
    assert not is_plain(text.replace("https://a.example", "/a"), path="x/2026-03-04-a-title.md")
