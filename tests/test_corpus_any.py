"""Whatever a file holds, it is an article that feeds can carry, or findings; never an exception."""

import json
import re
from collections.abc import Iterator
from datetime import UTC

import pytest
from conftest import fields_of
from hypothesis import example, given, settings, strategies as st
from test_corpus_bad import DATA as BAD, ROWS
from test_corpus_golden import CASES, DATA, rules

from feeds.cli.talk import finding_line
from feeds.corpus.dialect import Dialect, Path, Sources
from feeds.corpus.plain_article import read_plain
from feeds.corpus.reading import read_exactly
from feeds.model import Article, Reading, SourceFile
from feeds.text.urls import check_url

# Written down a second time on purpose: XML 1.0, section 2.2.
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CANARY = "cAnArY7Qx9"
SECURED = {
    "---": f'secured: "{CANARY};{CANARY}=="\n',
    "+++": f'secured = "{CANARY};{CANARY}=="\n',
}

PATHS = st.sampled_from(
    [
        "a.md",
        "2026-03-04-a.md",
        "9999-99-99-a.md",
        "posts/2026-03-04-a/index.md",
        "_index.md",
        "-.md",
    ]
) | st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=12).filter(
    lambda name: not name.startswith(".")
).map("{}.md".format)


def read(data: bytes, path: str = "a.md") -> Reading:
    """Read a file and hold what comes out against what may come out."""
    source = SourceFile(path, data)
    reading = read_exactly(source, rules())
    assert read_plain(source, rules()) in {None, reading}
    assert reading.path == path
    assert (reading.article is None) == any(f.severity == "error" for f in reading.findings)
    lines = len(re.split(b"\r\n|\r|\n", data))
    for finding in reading.findings:
        assert finding.path == path
        assert finding.message
        assert 0 <= finding.line <= lines
        assert (finding.line == 0) == (finding.column == 0)
        assert finding_line(finding).isprintable()
        assert len(finding.message) < 800
    if reading.article:
        assert_fit_for_feeds(reading.article)
    return reading


def assert_fit_for_feeds(article: Article) -> None:
    """Hold an article against what an entry needs: legal text, and addresses of the web."""
    values = fields_of(article)
    assert values.pop("path")
    assert not [text for text in texts(values) if ILLEGAL.search(text)]
    assert article.title
    assert len(article.title.splitlines()) == 1
    assert article.provider.domain
    assert article.provider.name
    assert all(article.topics)
    assert all(author.name for author in article.authors)
    assert all(item.title for item in article.related)
    assert all(
        item.provider is None or (item.provider.domain and item.provider.name)
        for item in article.related
    )
    assert not (article.listed and article.withdrawn)
    assert article.published.tzinfo is UTC
    assert not article.published.microsecond
    assert all(abs(number or 0) < 2**31 for number in (article.quality, article.heat))
    urls = [article.url, article.original_url or article.url]
    urls += [image.url for image in article.images]
    urls += [item.url for item in article.related]
    urls += [author.url for author in article.authors if author.url]
    urls += [file.url for file in article.enclosures]
    urls += [article.player] if article.player else []
    for file in article.enclosures:
        assert re.fullmatch(r"[!-.0-~]+/[!-.0-~]+", file.media_type)
        assert 0 < (file.length or 1) < 10**15
        assert 0 < (file.duration or 1) < 10**7
    for author in article.authors:
        assert re.fullmatch(r"[!-~]+@[!-~]+|", author.email or "")
    for url in urls:
        assert re.fullmatch(r"https?://[!-~]+", url)
        assert check_url(url) == url
    json.dumps(values, default=str).encode()


def texts(value: object) -> Iterator[str]:
    """Give every text in a tree of plain values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts(part)


# --- Any bytes, any text -------------------------------------------------------------


@pytest.mark.case(15, 17)
@given(st.binary(), PATHS)
@example(b"\xef\xbb\xbf", "a.md")
@example(b"---\n---", "a.md")
@example(b"\r---\r\r---\r\r", "a.md")
def test_any_bytes_are_read_or_told(data: bytes, path: str) -> None:
    """Any bytes under any name are an article or an error, with places in the file."""
    read(data, path)


PIECES_OF_DOCUMENTS = [
    *(
        "title: ",
        "webUrl: ",
        "publishedDateTime: ",
        "related:\n",
        "  - ",
        "secure: ",
        "\n",
        "\n\n",
    ),
    *(
        "https://a.example/",
        "2026-03-04",
        "'",
        '"',
        "|\n  ",
        ">-\n ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "#",
    ),
    *(
        "---\n",
        "...\n",
        "+++\n",
        "&a ",
        "*a",
        "!!x ",
        "\\",
        "\t",
        "\r",
        "\u2028",
        "\ufeff",
        "= ",
    ),
]
PIECES = st.sampled_from(PIECES_OF_DOCUMENTS)
SCRAPS = st.text(max_size=20) | st.lists(PIECES, max_size=20).map("".join)


@pytest.mark.case(11, 32)
@settings(max_examples=200)
@given(st.sampled_from(["---", "+++"]), SCRAPS, SCRAPS, PATHS)
def test_any_front_matter_is_read_or_told(fence: str, text: str, body: str, path: str) -> None:
    """Any text between two fences is an article or an error, and no secret is told."""
    head = f"{fence}\n{SECURED[fence]}"
    data = f"{head}{text}\n{fence}\n{body}".encode("utf-8", "replace")
    assert CANARY not in repr(read(data, path))


# --- Any values under the keys that dialects know ------------------------------------

SCALARS = st.one_of(
    st.none() | st.booleans() | st.integers() | st.floats(),
    st.text(st.characters(), max_size=12),
    st.sampled_from(
        [
            *("", " ", "\0", "\ud800", "\u202e", "\u200b", "&#0;", "&#xD800;", "NA", "<b>", "]]>"),
            *("https://a.example/a", "//a.example", "/a/:year/:title/:nothing", "a b", "#", "?x"),
            *("javascript:x", "https://u:p@a.example", "https://a.example/\n", "http://[::1]:8/x"),
            *("2026-03-04", "2026-03-04T05:06", "0001-01-01", "9999-12-31T23:59:59-12:00", "true"),
            *("urn:x:1", "en-GB", "a.example", "1e400", "-1", "9" * 60, "x" * 1_001, "A, B"),
            *(
                "a@a.example",
                "A <a@a.example>",
                "a@a.example (A)",
                "@",
                "<@>",
                "1:02",
                "audio/mpeg",
            ),
            *(
                "https://a.example/a.mp3",
                "<iframe src=https://a.example/>",
                "Ã©",
                "â€œ\x9d",
                "\x93",
            ),
        ]
    ),
)


def paths_of(sources: Sources) -> Iterator[Path]:
    yield from (path for path in sources.paths if str(path[0])[:1] not in "$/")


def keys_of(dialect: Dialect) -> st.SearchStrategy[dict[str, object]]:
    """Make front matter of the keys that a dialect knows, with whatever under them."""
    items = {
        name: sorted(
            {str(path[0]) for _, sources in dialect.of(name).fields for path in paths_of(sources)}
        )
        for name in ("images", "related", "authors", "enclosures")
    }
    known = sorted({path for sources in dialect.sources.values() for path in paths_of(sources)})
    leaves = st.recursive(
        SCALARS,
        lambda values: (
            st.lists(values, max_size=3)
            | st.dictionaries(st.sampled_from([*sum(items.values(), ["x"])]), values, max_size=3)
        ),
        max_leaves=6,
    )
    usual = st.sampled_from(["A title", "2026-03-04", "https://a.example/a", True])
    entries = st.lists(st.tuples(st.sampled_from(known), leaves | usual), max_size=12)
    return entries.map(nested)


def nested(entries: list[tuple[Path, object]]) -> dict[str, object]:
    """Put each value where its path leads, or where something else stands already."""
    root: dict[str, object] = {}
    for path, value in entries:
        node: object = root
        for part in path[:-1]:
            node = node.setdefault(str(part), {}) if isinstance(node, dict) else None
        if isinstance(node, dict):
            node[str(path[-1])] = value
    return root


COMPLETE = {
    "news": {"title": "A", "publishedDateTime": "2026-03-04", "webUrl": "https://a.example/"},
    "curated": {"archetype": "x", "title": "A", "date": "2026-03-04", "href": "https://a.example/"},
    "jekyll": {"layout": "post"},
    "hugo": {"title": "A", "date": "2026-03-04"},
    "eleventy": {"eleventyNavigation": {"key": "a"}, "title": "A", "date": "2026-03-04"},
}
KNOWN = st.sampled_from(rules().dialects).flatmap(
    lambda dialect: st.tuples(st.just(COMPLETE[dialect.name]), keys_of(dialect))
)


@pytest.mark.case(9, 13, 24)
@settings(max_examples=400)
@given(KNOWN, st.booleans(), st.booleans(), SCRAPS, PATHS)
def test_any_values_are_read_or_told(
    known: tuple[dict[str, object], dict[str, object]],
    complete: bool,  # noqa: FBT001 - Hypothesis draws it
    ascii_only: bool,  # noqa: FBT001
    body: str,
    path: str,
) -> None:
    """Whatever stands under the keys that a dialect knows, it is an article or an error."""
    usual, values = known
    front_matter = (values | usual) if complete else values
    lines = (
        f"{key}: {json.dumps(item, ensure_ascii=ascii_only)}\n"
        for key, item in front_matter.items()
    )
    data = f"---\n{SECURED['---']}{''.join(lines)}---\n{body}".encode("utf-8", "replace")
    assert CANARY not in repr(read(data, path))


# --- Mutations of documents that are known -------------------------------------------

SOURCES = [
    *(path.read_bytes() for path in CASES),
    *(path.read_bytes() for path in sorted(BAD.glob("*.md"))),
]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """Give a document with a secret at its beginning, of which the rest was tampered with."""
    data = draw(st.sampled_from(SOURCES))
    fence = "+++" if data.startswith(b"+++") else "---"
    rest = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"-+ \r\n")
    for _ in range(draw(st.integers(1, 4))):
        rest = draw(st.sampled_from([_slice_changed, _line_changed]))(draw, rest)
    return fence, rest


def _slice_changed(draw: st.DrawFn, data: bytes) -> bytes:
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, min(start + 40, len(data))))
    taken = data[start:end]
    return data[:start] + draw(_instead_of(taken)) + data[end:]


def _line_changed(draw: st.DrawFn, data: bytes) -> bytes:
    lines = data.split(b"\n")
    at = draw(st.integers(0, len(lines) - 1))
    return b"\n".join([*lines[:at], *draw(_instead_of(lines[at])).split(b"\n"), *lines[at + 1 :]])


def _instead_of(taken: bytes) -> st.SearchStrategy[bytes]:
    others = st.sampled_from([b"", taken * 2, taken + b"\n" + taken, b"  " + taken, b"- " + taken])
    return others | st.binary(max_size=4) | PIECES.map(str.encode)


@pytest.mark.case(11, 32)
@settings(max_examples=400)
@given(mutated(), PATHS)
def test_any_mutation_is_read_or_told(document: tuple[str, bytes], path: str) -> None:
    """A document that lost or changed a piece is an article or an error, and tells no secret."""
    fence, rest = document
    data = f"{fence}\n{SECURED[fence]}".encode() + rest
    assert CANARY not in repr(read(data, path))


def test_every_known_document_is_as_it_may_be() -> None:
    """All documents that the other tests have meet what is asked of any."""
    for path in [*CASES, *sorted(BAD.glob("*.md"))]:
        read(path.read_bytes(), path.relative_to(DATA).as_posix())
    for row in ROWS:
        read(row.data)


def test_reading_has_no_memory() -> None:
    """The same bytes give the same reading, whatever was read before."""
    first = [read(data) for data in SOURCES]
    assert [read(data) for data in reversed(SOURCES)] == first[::-1]
