"""Whatever documents say, and are called, what is published can be read by all who read feeds."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import feedparser
import pytest
from conftest import Workshop, is_whole, written
from hypothesis import HealthCheck, given, settings, strategies as st
from lxml import etree, html
from test_formats_any_text import any_text

# What a file system takes for a name: all but a slash and NUL, bytes that are no text among it.
FILES = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=("Cs",))
    | st.sampled_from("\udcff\udce9\n\u202e&<%?#"),
    min_size=1,
    max_size=8,
).filter(lambda name: not name.startswith((".", "_")))
LINES = any_text | st.sampled_from(["C++", "../x", "index", "", "A & B", "\u202e", "x" * 300])
DOCUMENTS = st.fixed_dictionaries(
    {
        "title": LINES,
        "excerpt": LINES,
        "topics": st.lists(LINES, max_size=2),
        "author": LINES,
        "provider": st.fixed_dictionaries({"name": LINES, "domain": st.just("paper.example")}),
        "related": st.lists(
            st.fixed_dictionaries({"title": LINES, "url": st.just("https://b.example/r")}),
            max_size=1,
        ),
        "image": st.fixed_dictionaries({"url": st.just("https://b.example/i.jpg"), "alt": LINES}),
    }
)


def write(workshop: Workshop, name: str, number: int, fields: dict[str, object]) -> None:
    """Write a document that says any text, in the escapes of JSON."""
    known = {
        "webUrl": f"https://paper.example/{number}",
        "publishedDateTime": "2026-10-01T08:00:00Z",
        "published": True,
    }
    lines = (f"{key}: {json.dumps(value)}" for key, value in (fields | known).items())
    file = workshop.corpus / f"{name}.md"
    file.write_text("\n".join(["---", *lines, "---", ""]), encoding="ascii")


def read(path: str, data: bytes) -> None:
    """Read a published file as those do for whom it is."""
    match Path(path).suffix:
        case ".atom" | ".rss":
            assert not feedparser.parse(data).bozo, path
            etree.fromstring(data)
        case ".opml":
            etree.fromstring(data)
        case ".json":
            json.loads(data)
        case ".html":
            assert html.document_fromstring(data.decode()).findtext(".//title")


@pytest.mark.case(166)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(FILES, DOCUMENTS, min_size=1, max_size=3))
def test_any_text_is_published_so_that_all_can_read_it(
    documents: dict[str, dict[str, object]],
) -> None:
    """A build never raises, all that it publishes can be parsed, and the next has nothing to do."""
    with TemporaryDirectory(prefix="feeds-any-") as folder:
        workshop = Workshop(Path(folder))
        for number, (name, fields) in enumerate(documents.items()):
            write(workshop, name, number, fields)
        report = workshop.build()
        for path, data in workshop.files().items():
            read(path, data)
        assert report.documents == len(documents)
        assert is_whole(workshop)
        assert not written(workshop.build())
