"""Documents that look odd and are read, and what their articles say."""

from typing import NamedTuple

import pytest
from casebook import trying
from test_corpus_golden import rules

from feeds.corpus.reading import read_source
from feeds.model import SourceFile
from feeds.text.dates import rfc3339

NEWS = "publishedDateTime: 2026-03-04\nwebUrl: https://harbour.example/x\n"
CURATED = "archetype: x\ndate: 2026-03-04\nhref: https://harbour.example/x\n"


class Odd(NamedTuple):
    """What is odd about a document, its bytes, what its article says, and codes of findings."""

    what: str
    data: bytes
    says: dict[str, object]
    codes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.what


def news(what: str, lines: str, *codes: str, body: str = "", **says: object) -> Odd:
    """Make a document of the news dialect; without a title among its lines it has one."""
    title = "" if lines.startswith("title:") else "title: A title\n"
    return Odd(what, f"---\n{title}{lines}\n{NEWS}---\n{body}".encode(), says, codes)


def dated(date: str, published: str, *codes: str) -> Odd:
    """Make a document with a date, which is understood as another text."""
    data = f"---\ntitle: A title\n{NEWS}---\n".replace("2026-03-04", date)
    return Odd(f"date {date}", data.encode(), {"published": published}, codes)


def written(what: str, data: str, **says: object) -> Odd:
    """Make a document of a text as it is."""
    return Odd(what, data.encode(), {"title": "A title", **says})


def body(what: str, html: str, content: str, *codes: str) -> Odd:
    """Make a document of the curated dialect with a body of HTML, which comes out as another."""
    data = f"---\ntitle: A title\n{CURATED}---\n{html}".encode()
    return Odd(what, data, {"content": content}, codes)


USUAL = f"---\ntitle: A title\n{NEWS}---\n"
MARKUP = "'<b>&amp; \"x\"'"
SHOWN = '<b>& "x"'
SIXTIES = "1" + ":59" * 20_000
NORWAY = ("NO", "1:30", "012", "0x1F", "1_000", ".inf", "3.10")
ODD = [
    *trying(
        pytest.mark.case(6),
        news("title no", "title: no", title="no"),
        news("title on", "title: on", title="on"),
        news("title 3.10", "title: 3.10", title="3.10"),
        news("title 1:30", "title: 1:30", title="1:30"),
        news("title 2026-03-04", "title: 2026-03-04", title="2026-03-04"),
        news("category no", "category: no", category="no"),
        news("topics", "topics: [NO, 1:30, 012, 0x1F, 1_000, ~, .inf, 3.10]", topics=NORWAY),
    ),
    *trying(
        pytest.mark.case(7),
        dated("2021-06-30", "2021-06-30T00:00:00Z"),
        dated('"2021-06-30"', "2021-06-30T00:00:00Z"),
        dated("2021-06-30T10:00:00", "2021-06-30T10:00:00Z", "date-naive"),
        dated("2021-06-30T10:00:00+02:00", "2021-06-30T08:00:00Z"),
        dated("2036-11-01", "2036-11-01T00:00:00Z", "date-future"),
        dated("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z", "date-future"),
    ),
    *trying(
        pytest.mark.case(8),
        news("topic of 5 000 digits", f"topics: ['{'9' * 5_000}']", topics=("9" * 5_000,)),
        news("topic of 20 000 sixties", f"topics: [{SIXTIES}]", topics=(SIXTIES,)),
    ),
    *trying(
        pytest.mark.case(9),
        news("heat of -1", "heat: -1", heat=-1),
        news("heat in words", "heat: high", "number-invalid", heat=None),
        news("quality that is none", "quality: .nan", "number-invalid", quality=None),
        news("quality without end", "quality: .inf", "number-invalid", quality=None),
        news("not said to be published", "topics: [a]", listed=True),
        news("published", "published: true", listed=True),
        news("not published", "published: false", listed=False),
    ),
    *trying(pytest.mark.case(10), news("title of a number", "title: 42", title="42")),
    *trying(pytest.mark.case(12), news("what follows a # ", "title: C # sharp", title="C")),
    *trying(
        pytest.mark.case(13),
        news("title", 'title: "A\\0\\x08\\ud800\\ufffe"', "text-illegal", title="A" + "\ufffd" * 4),
        news("excerpt", 'excerpt: "A\\x08"', "text-illegal", summary="A\ufffd"),
        news("topic", 'topics: ["A\\ud800"]', "text-illegal", topics=("A\ufffd",)),
    ),
    *trying(
        pytest.mark.case(14),
        news(
            "turns in a title",
            'title: "a \\u202eb\\u202c \\u2067c\\u2069 d\\u200be\\u0085f\\u2028g"',
            "text-direction",
            title="a b c de f g",
        ),
        body("pairs of turns in a body", "<p>\u2067b\u2069</p>", "<p>\u2067b\u2069</p>"),
        body("a turn in a body", "<p>a \u202eb</p>", "<p>a b</p>", "text-direction"),
        body("a turn as an entity", "<p>a &#x202E;b</p>", "<p>a b</p>", "text-direction"),
    ),
    *trying(
        pytest.mark.case(16),
        written("byte order mark", f"\ufeff{USUAL}"),
        written("CRLF", USUAL.replace("\n", "\r\n")),
        written("CR", USUAL.replace("\n", "\r")),
        written("blanks after the fences", USUAL.replace("---\n", "--- \t\n")),
        written("dots at the end", f"---\ntitle: A title\n{NEWS}...\nBody", content="<p>Body</p>"),
    ),
    *trying(
        pytest.mark.case(17),
        news("fence in a body", "", body="a\n\n---\n\nb", content="<p>a</p>\n<hr>\n<p>b</p>"),
        news("fence in a block of text", "title: |\n  A\n  ---\n  B", title="A --- B"),
        written("TOML", "+++\ntitle = 'A title'\ndate = 2026-03-04\n+++\n", url="https://site.example/x/"),
    ),
    *trying(
        pytest.mark.case(18),
        news("decoded wrongly", "title: Lampâ„¢", "text-mojibake", title="Lampâ„¢"),
    ),
    *trying(
        pytest.mark.case(19),
        news("topics in a text", "topics: AI", topics=("AI",)),
        news("author in a list", "author: [Ada, Bob]", authors=("Ada", "Bob")),
        news("provider in a text", 'provider: "GEN"', provider="GEN"),
        written(
            "link in a text",
            f"---\ntitle: A title\n{CURATED}---\n".replace("href:", "link:"),
            url="https://harbour.example/x",
        ),
    ),
    *trying(
        pytest.mark.case(20),
        body("entity", "<p>a&nbsp;b</p>", "<p>a&nbsp;b</p>"),
        body("unclosed", "<p>a <b>b", "<p>a <b>b</b></p>"),
        body("script", "a<script>alert(1)</script>", "a"),
        body("handler", "<b onerror=x onclick=y>a</b>", "<b>a</b>"),
        body("frame", "a<iframe src=https://e.example></iframe>", "a"),
        body("drawing", "a<svg><a href='javascript:x'>b</a></svg>", "a"),
        body("address that acts", "<a href='javascript:alert(1)'>a</a>", "<a>a</a>"),
        body(
            "entity of a file",
            '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><p>&e;</p>',
            "]&gt;<p>&amp;e;</p>",
        ),
    ),
    *trying(pytest.mark.case(21), body("end of CDATA", "<p>]]></p>", "<p>]]&gt;</p>")),
    *trying(
        pytest.mark.case(22),
        news("title", f"title: {MARKUP}", title=SHOWN),
        news("topic", f"topics: [{MARKUP}]", topics=(SHOWN,)),
        news("provider", f"provider: {{name: {MARKUP}, domain: a.example}}", provider=SHOWN),
    ),
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_what_looks_odd_is_read(odd: Odd) -> None:
    """An article says what its document does, whatever YAML, HTML or an editor make of it."""
    reading = read_source(SourceFile("x.md", odd.data), rules())
    article = reading.article
    assert article, reading.findings
    found = {name: getattr(article, name) for name in odd.says}
    if "published" in found:
        found["published"] = rfc3339(article.published)
    if "authors" in found:
        found["authors"] = tuple(author.name for author in article.authors)
    if "provider" in found:
        found["provider"] = article.provider.name
    assert found == odd.says
    assert tuple(finding.code for finding in reading.findings) == odd.codes
