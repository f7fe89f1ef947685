"""What feeds say of an article."""

from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from feeds.config.types import Configuration, ProviderSettings
from feeds.model import (
    Article,
    Category,
    Entry,
    Image,
    Link,
    Provider,
    RelatedItem,
    Source,
    StoredArticle,
)
from feeds.selection.entries import EntryMaker
from feeds.selection.taxonomy import Taxonomy

MOMENT = datetime(2026, 10, 1, 8, tzinfo=UTC)
ARTICLE = Article(
    path="secret/path.md",
    title="Title",
    url="https://paper.example/a",
    published=MOMENT,
    provider=Provider("paper.example", "Own name"),
    summary="A < B & C",
    topics=("AI", "ai", "Unknown"),
    images=(
        Image("https://i.example/1.jpg?a=1&b=2", 10, None, 'An "image" <1>'),
        Image("https://i.example/2"),
    ),
    related=(
        RelatedItem("https://r.example/?a&b", "R <1>", MOMENT, Provider("r.example", "R & Co")),
        RelatedItem("https://s.example/", "S"),
    ),
    original_url="https://paper.example/original",
    category="category",
    kind="kind",
    quality=4711,
    heat=4712,
)
MAKER = EntryMaker(
    taxonomy=Taxonomy(Configuration()),
    provider_names={"paper.example": "The Paper"},
    topic_labels={"ai": "A.I."},
    providers={"paper.example": ProviderSettings(language="de")},
    scheme="https://feeds.example/topics/",
)


def entry(maker: EntryMaker = MAKER, **changes: object) -> Entry:
    """Make the entry of an article."""
    return maker.entry(StoredArticle(1, "urn:x:a", MOMENT, "", replace(ARTICLE, **changes)))


def test_an_entry_says_what_the_article_says() -> None:
    """Id, title, address, dates, summary and images are the article's."""
    made = entry()
    assert (made.id, made.title, made.url) == ("urn:x:a", "Title", "https://paper.example/a")
    assert (made.published, made.updated) == (MOMENT, MOMENT)
    assert (made.summary, made.images) == ("A < B & C", ARTICLE.images)


def test_the_provider_is_source_and_author() -> None:
    """It is called what it is called everywhere; authors of the article's own come instead."""
    assert entry().source == Source("https://paper.example/", "The Paper")
    assert entry().authors == ("The Paper",)
    assert entry(authors=("Ada", "Bob")).authors == ("Ada", "Bob")
    assert entry(provider=Provider("x.example", "X")).authors == ("X",)


def test_topics_are_categories_with_a_scheme() -> None:
    """Each topic once, by the label that is used everywhere."""
    scheme = "https://feeds.example/topics/"
    assert entry().categories == (Category("A.I.", scheme), Category("unknown", scheme))


def test_coverage_and_original_are_links() -> None:
    """Every related item is a link with its title, and the place it came from another."""
    assert entry().links == (
        Link("related", "https://r.example/?a&b", "R <1>", "text/html"),
        Link("related", "https://s.example/", "S", "text/html"),
        Link("via", "https://paper.example/original", "", "text/html"),
    )


def test_the_language_is_the_article_s_or_the_provider_s() -> None:
    """What the document says comes first, then the configuration."""
    assert entry(language="fr").language == "fr"
    assert entry().language == "de"
    assert entry(provider=Provider("x.example", "X")).language is None


def test_an_article_without_a_body_shows_image_excerpt_and_coverage() -> None:
    """The content is composed, with everything escaped and nothing that a cleaner would change."""
    assert entry().content.split("\n") == [
        (
            '<p><img src="https://i.example/1.jpg?a=1&amp;b=2"'
            ' alt="An &quot;image&quot; &lt;1&gt;" width="10"></p>'
        ),
        "<p>A &lt; B &amp; C</p>",
        "<h2>Related coverage</h2>",
        (
            '<ul><li><a href="https://r.example/?a&amp;b">R &lt;1&gt;</a> (R &amp; Co, '
            '<time datetime="2026-10-01T08:00:00Z">2026-10-01</time>)</li>'
            '<li><a href="https://s.example/">S</a></li></ul>'
        ),
    ]


def test_an_article_with_a_body_shows_the_body_and_coverage() -> None:
    """The body stands for image and excerpt."""
    made = entry(content="<p>Body</p>", related=ARTICLE.related[1:])
    assert made.content == (
        "<p>Body</p>\n<h2>Related coverage</h2>\n"
        '<ul><li><a href="https://s.example/">S</a></li></ul>'
    )
    assert entry(content="<p>Body</p>", related=()).content == "<p>Body</p>"


def test_an_article_with_nothing_to_show_shows_nothing() -> None:
    """Without body, image, excerpt and coverage the content is empty."""
    assert entry(summary="", images=(), related=()).content == ""


@pytest.mark.parametrize(
    "text", ["<script>x</script>", "\" onload='x'", "]]>", "&lt;b&gt;", "<!--"]
)
def test_no_text_comes_alive_in_the_content(text: str) -> None:
    """Markup in a title, excerpt, name or alternative text is text."""
    made = entry(
        summary=text,
        images=(Image("https://i.example/", alternative=text),),
        related=(RelatedItem("https://r.example/", text, None, Provider("r.example", text)),),
    )
    tags: list[tuple[str, dict[str, str | None]]] = []
    texts: list[str] = []
    reader = HTMLParser()
    reader.handle_starttag = lambda tag, attributes: tags.append((tag, dict(attributes)))
    reader.handle_data = texts.append
    reader.feed(made.content)
    reader.close()
    assert tags == [
        ("p", {}),
        ("img", {"src": "https://i.example/", "alt": text}),
        *((tag, {}) for tag in ("p", "h2", "ul", "li")),
        ("a", {"href": "https://r.example/"}),
    ]
    shown = [line for line in texts if line.strip()]
    assert shown == [text, "Related coverage", text, f" ({text})"]


def test_coverage_is_named_by_configuration_or_document() -> None:
    """A configured name stands in coverage too, what most documents say does not."""
    related = (RelatedItem("https://r.example/", "R", None, Provider("r.example", "Own")),)
    maker = replace(MAKER, provider_names={"r.example": "Most say so"})
    assert "(Own)" in entry(maker, related=related).content
    maker = replace(maker, providers={"r.example": ProviderSettings(name="Configured")})
    assert "(Configured)" in entry(maker, related=related).content


def test_nothing_else_gets_out() -> None:
    """Path, category, kind, quality and heat are nowhere in an entry."""
    said = repr(entry())
    for unsaid in ("secret", "category'", "kind", "4711", "4712"):
        assert unsaid not in said
