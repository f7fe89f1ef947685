"""What is answered to queries: feeds by their names, and the list of those that were chosen."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Workshop
from lxml import etree
from test_serve_app import NOW, Answer, ask
from test_serve_wire import serving

from feeds.formats import feed_formats
from feeds.publish.policy import Policy
from feeds.selection.finding import MOST_WORDS, Index
from feeds.serve.publication import Publication, Terms
from feeds.serve.served import Served

TOPICS = ("\u00c9nergie & eau", "Machine Learning", "Learned Societies", "<b>Markup</b>")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """Publish a few topics, with pages."""
    workshop = Workshop(tmp_path_factory.mktemp("asking"))
    workshop.configure("html: {pages: true}\n")
    workshop.news("a.md", topics=list(TOPICS))
    workshop.build()
    return workshop


@pytest.fixture(scope="module")
def url(published: Workshop) -> Iterator[str]:
    """Serve it."""
    terms = Terms(Policy(published.configuration, feed_formats()), NOW)
    with serving(Served(Publication.load(published.output, terms))) as address:
        yield address


def found(answer: Answer) -> list[str]:
    """Give the paths of the pages that an answer leads to."""
    listed = answer.body.partition(b'<ol id="found"')[2].partition(b"</ol>")[0].decode()
    return [part.partition('"')[0] for part in listed.split('href="')[1:]]


@pytest.mark.parametrize(
    ("query", "stems"),
    [
        ("q=learn", ["learned-societies", "machine-learning"]),
        ("q=MACHINE+learn", ["machine-learning"]),
        ("q=energie", ["energie-and-eau"]),
        ("q=%C3%89NERGIE", ["energie-and-eau"]),
        ("q=arning", []),
        ("q=nothing", []),
        ("x=1&q=societies&q=machine", ["learned-societies"]),
    ],
)
def test_feeds_are_found_by_how_their_words_begin(url: str, query: str, stems: list[str]) -> None:
    """Case, accents and order do not matter; those whose titles begin so come first."""
    answer = ask(url, f"/search/?{query}")
    assert answer.status == 200
    assert found(answer) == [f"../topics/{stem}/" for stem in stems]
    assert f"{len(stems)} found." in answer.body.decode()


def test_providers_are_found_by_domain(url: str) -> None:
    """People know them by where they are."""
    assert found(ask(url, "/search/?q=paper.exa")) == ["../providers/paper.example/"]


@pytest.mark.parametrize("query", ["q=", "q=%20", "other=1", "q", "%FF=%FF", "q=" + "%00"])
def test_who_asks_for_nothing_gets_the_page(published: Workshop, url: str, query: str) -> None:
    """The answer is the page as it is published, byte for byte, with its validators."""
    plain = (published.output / "search/index.html").read_bytes()
    answer = ask(url, f"/search/?{query}")
    assert answer.status == 200
    if query != "q=%00":
        assert answer.body == plain
        assert "etag" in answer.headers


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", '"onfocus=alert(1) x="', "{{7*7}}"])
def test_what_is_asked_for_is_text(url: str, words: str) -> None:
    """Nothing of a query comes alive on the page."""
    quoted = "".join(f"%{byte:02X}" for byte in words.encode())
    body = ask(url, f"/search/?q={quoted}").body.decode()
    assert ("49" if "*" in words else words) not in body
    assert body.count("<script") == 1


def test_long_queries_are_cut(url: str) -> None:
    """No more is looked for than a name can have."""
    assert found(ask(url, f"/search/?q=machine{'+' * MOST_WORDS}nothing")) == [
        "../topics/machine-learning/"
    ]


def test_an_answer_to_a_query_may_be_shown_as_a_page(published: Workshop, url: str) -> None:
    """It has the policy of pages, and no cache may give it to who asks without the query."""
    page, answer = ask(url, "/search/"), ask(url, "/search/?q=learn")
    for name in ("content-security-policy", "content-type", "vary"):
        assert answer.headers[name] == page.headers[name]
    assert answer.headers["cache-control"] == "no-store"
    assert not {"etag", "last-modified"} & answer.headers.keys()
    headed = ask(url, "/search/?q=learn", method="HEAD")
    assert (headed.body, headed.headers["content-length"]) == (b"", str(len(answer.body)))
    assert published.output.exists()


def test_chosen_feeds_are_a_list_of_their_own(published: Workshop, url: str) -> None:
    """It has these and no others, as the list of all has them."""
    answer = ask(url, "/feeds.opml?feed=topics%2Fmachine-learning&feed=all&feed=topics/none")
    assert answer.headers["content-type"] == "text/x-opml; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="feeds.opml"'
    chosen, every = (
        {item.get("xmlUrl"): dict(item.attrib) for item in etree.fromstring(body).iter("outline")}
        for body in (answer.body, (published.output / "feeds.opml").read_bytes())
    )
    own = [f"https://feeds.example/{stem}.atom" for stem in ("all", "topics/machine-learning")]
    assert [url for url in chosen if url] == own
    assert all(chosen[url] == every[url] for url in own)


def test_without_a_choice_all_feeds_are_listed(published: Workshop, url: str) -> None:
    """As they are to whoever asks for something else."""
    every = (published.output / "feeds.opml").read_bytes()
    for query in ("", "?", "?x=1", "?feed", "?" + "a&" * 3_000):
        assert ask(url, f"/feeds.opml{query}").body == every


def test_a_query_changes_nothing_elsewhere(published: Workshop, url: str) -> None:
    """Feeds and other pages are what they are."""
    for path in ("all.atom", "index.html", "topics/machine-learning/index.html"):
        plain = (published.output / path).read_bytes()
        assert ask(url, f"/{path.removesuffix('index.html')}?q=learn&feed=all").body == plain


def test_a_publication_without_an_index_answers_no_query(tmp_path: Path) -> None:
    """Where feeds have no pages there is nothing to search, and no choice."""
    workshop = Workshop(tmp_path)
    workshop.news("a.md")
    workshop.build()
    terms = Terms(Policy(workshop.configuration, feed_formats()), NOW)
    with serving(Served(Publication.load(workshop.output, terms))) as url:
        assert ask(url, "/search/?q=energy").status == 404
        every = (workshop.output / "feeds.opml").read_bytes()
        assert ask(url, "/feeds.opml?feed=all").body == every


def test_the_index_is_for_scripts_too(published: Workshop) -> None:
    """It names every feed with its page and its address, from the root."""
    index = json.loads((published.output / "search/feeds.data").read_bytes())
    [energy] = [feed for feed in index["feeds"] if feed["title"] == TOPICS[0]]
    assert energy == {
        "stem": "topics/energie-and-eau",
        "kind": "topic",
        "title": TOPICS[0],
        "description": f"Articles about {TOPICS[0]}",
        "page": "topics/energie-and-eau/",
        "feed": "topics/energie-and-eau.atom",
    }
    assert len(index["feeds"]) == len(TOPICS) + 2


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"url": 1, "title": "", "feeds": [1]}'])
def test_what_is_no_index_is_refused(body: bytes) -> None:
    """Whoever reads one knows what is wrong."""
    with pytest.raises(ValueError, match=r"no index|Expecting"):
        Index(body)
