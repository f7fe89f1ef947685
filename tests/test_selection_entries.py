"""What feeds say of an article."""

import dataclasses
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from feeds.config.types import Configuration, ProviderSettings
from feeds.model import (
    Article,
    Category,
    Enclosure,
    Entry,
    Image,
    Link,
    Person,
    Provider,
    Reference,
    RelatedItem,
    Source,
    StoredArticle,
    replace,
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
    related=(RelatedItem("https://unchosen.example/", "Listed but not chosen"),),
    original_url="https://paper.example/original",
    category="category",
    kind="kind",
    quality=4711,
    heat=4712,
)
ELSEWHERE = Reference(
    RelatedItem("https://r.example/?a&b", "R <1>", MOMENT, Provider("r.example", "R & Co"))
)
OURS = Reference(
    RelatedItem("https://paper.example/s", "S", None, Provider("paper.example", "Own"), "fr"),
    "secret/s.md",
    is_published=True,
)
BARE = Reference(RelatedItem("https://s.example/", "S"))
COVERAGE = (ELSEWHERE, OURS, BARE)
PLAYER = "https://video.example/?v=1&t=2"
MAKER = EntryMaker(
    taxonomy=Taxonomy(Configuration()),
    provider_names={"paper.example": "The Paper"},
    topic_labels={"ai": "A.I."},
    providers={"paper.example": ProviderSettings(language="de", rights="\u00a9 Paper")},
    scheme="https://feeds.example/topics/",
)


def entry(
    maker: EntryMaker = MAKER, coverage: tuple[Reference, ...] = COVERAGE, **changes: object
) -> Entry:
    """Make the entry of an article."""
    article = replace(ARTICLE, **changes)
    return maker.entry(StoredArticle(1, "urn:x:a", MOMENT, "", article, coverage))


def test_an_entry_says_what_the_article_says() -> None:
    """Id, title, address, dates, summary and images are the article's."""
    made = entry()
    assert (made.id, made.title, made.url) == ("urn:x:a", "Title", "https://paper.example/a")
    assert (made.published, made.updated) == (MOMENT, MOMENT)
    assert (made.summary, made.images) == ("A < B & C", ARTICLE.images)


def test_an_entry_never_changed_before_it_was_published() -> None:
    """`updated` is when the article changed, or when it came if that is later."""
    for days, updated in ((1, MOMENT + timedelta(1)), (-1, MOMENT)):
        stored = StoredArticle(1, "urn:x:a", MOMENT + timedelta(days), "", ARTICLE)
        assert MAKER.entry(stored).updated == updated


def test_the_provider_is_source_and_author() -> None:
    """It is called what it is called everywhere; authors of the article's own come instead."""
    assert entry().source == Source("https://paper.example/", "The Paper")
    assert entry().authors == (Person("The Paper"),)
    own = (Person("Ada", "ada@a.example", "https://a.example/"), Person("Bob"))
    assert entry(authors=own).authors == own
    assert entry(provider=Provider("x.example", "X")).authors == (Person("X"),)


def test_topics_are_categories_with_a_scheme() -> None:
    """Each topic once, by the label that is used everywhere."""
    scheme = "https://feeds.example/topics/"
    assert entry().categories == (Category("A.I.", scheme), Category("unknown", scheme))


def test_coverage_and_original_are_links() -> None:
    """What covers the same is a link with title and language, where it came from another."""
    assert entry().links == (
        Link("related", "https://r.example/?a&b", "R <1>", "text/html"),
        Link("related", "https://paper.example/s", "S", "text/html", "fr"),
        Link("related", "https://s.example/", "S", "text/html"),
        Link("via", "https://paper.example/original", "", "text/html"),
    )
    assert entry(coverage=(), original_url=None).links == ()


def test_what_is_listed_but_not_chosen_is_nowhere() -> None:
    """What an entry refers to was chosen for it; the article's own list says nothing here."""
    assert "Listed but not chosen" not in repr(entry())
    assert "unchosen" not in repr(entry())


def test_the_language_of_coverage_is_its_own_or_its_provider_s() -> None:
    """A configured language of a provider is that of what it is said to have published."""
    settings = {"r.example": ProviderSettings(language="it")}
    made = entry(dataclasses.replace(MAKER, providers=settings), (ELSEWHERE, OURS, BARE))
    assert [link.language for link in made.links] == ["it", "fr", None, None]


def test_the_language_is_the_article_s_or_the_provider_s() -> None:
    """What the document says comes first, then the configuration."""
    assert entry(language="fr").language == "fr"
    assert entry().language == "de"
    assert entry(provider=Provider("x.example", "X")).language is None


def test_the_rights_are_the_article_s_or_the_provider_s() -> None:
    """What the document says comes first, then the configuration."""
    assert entry(rights="CC BY 4.0").rights == "CC BY 4.0"
    assert entry().rights == "\u00a9 Paper"
    assert entry(provider=Provider("x.example", "X")).rights == ""


def test_files_and_player_are_the_article_s() -> None:
    """An entry has the files of its article, and the page that plays its video."""
    files = (Enclosure("https://e.example/1.mp3", "audio/mpeg", 1, 2, "E"),)
    made = entry(enclosures=files, player=PLAYER)
    assert (made.enclosures, made.player) == (files, PLAYER)
    assert (entry().enclosures, entry().player) == ((), None)


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
            '<li><a href="https://paper.example/s">S</a> (The Paper)</li>'
            '<li><a href="https://s.example/">S</a></li></ul>'
        ),
    ]


def test_an_article_with_a_body_shows_the_body_and_coverage() -> None:
    """The body stands for image and excerpt."""
    made = entry(content="<p>Body</p>", coverage=(BARE,))
    assert made.content == (
        "<p>Body</p>\n<h2>Related coverage</h2>\n"
        '<ul><li><a href="https://s.example/">S</a></li></ul>'
    )
    assert entry(content="<p>Body</p>", coverage=()).content == "<p>Body</p>"


def test_an_article_with_nothing_to_show_shows_nothing() -> None:
    """Without body, image, excerpt and coverage the content is empty."""
    assert entry(summary="", images=(), coverage=()).content == ""


def test_a_picture_leads_to_the_video() -> None:
    """Where a page plays the video its still is a link there, or else the title is."""
    still = Image("https://i.example/1")
    escaped = PLAYER.replace("&", "&amp;")
    assert entry(summary="", images=(still,), player=PLAYER, coverage=()).content == (
        f'<p><a href="{escaped}"><img src="https://i.example/1" alt=""></a></p>'
    )
    assert entry(summary="", images=(), player=PLAYER, coverage=()).content == (
        f'<p><a href="{escaped}">Title</a></p>'
    )


def test_a_video_stands_above_the_body_unless_it_is_in_it() -> None:
    """A body that leads to the player itself is shown as it is, any other below a picture."""
    escaped = PLAYER.replace("&", "&amp;")
    body = f'<p><a href="{escaped}">Watch</a></p>'
    assert entry(content=body, player=PLAYER, coverage=()).content == body
    made = entry(content="<p>Body</p>", images=(), player=PLAYER, coverage=())
    assert made.content == f'<p><a href="{escaped}">Title</a></p>\n<p>Body</p>'


def test_a_brief_entry_has_no_body() -> None:
    """What is too long for a feed shows image and excerpt instead, and all else the same."""
    article = replace(ARTICLE, content="<p>Body</p>")
    stored = StoredArticle(1, "urn:x:a", MOMENT, "", article, COVERAGE)
    brief, whole = MAKER.brief_entry(stored), MAKER.entry(stored)
    assert brief.content == entry().content
    assert replace(brief, content=whole.content) == whole


@pytest.mark.parametrize(
    "text", ["<script>x</script>", "\" onload='x'", "]]>", "&lt;b&gt;", "<!--"]
)
def test_no_text_comes_alive_in_the_content(text: str) -> None:
    """Markup in a title, excerpt, name or alternative text is text."""
    made = entry(
        summary=text,
        images=(Image("https://i.example/", alternative=text),),
        coverage=(
            Reference(RelatedItem("https://r.example/", text, None, Provider("r.example", text))),
        ),
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


def named(maker: EntryMaker, *, path: str | None, is_published: bool) -> str:
    """Give what the content calls the provider of a related item."""
    item = RelatedItem("https://r.example/", "R", None, Provider("r.example", "Own"))
    content = entry(maker, (Reference(item, path, is_published),)).content
    return content.rpartition(" (")[2].partition(")")[0]


def test_coverage_of_ours_is_named_as_its_provider_is_everywhere() -> None:
    """The catalog names the provider of an article of ours, else configuration or document."""
    maker = dataclasses.replace(MAKER, provider_names={"r.example": "Everywhere"})
    assert named(maker, path="r.md", is_published=True) == "Everywhere"
    maker = dataclasses.replace(MAKER, providers={"r.example": ProviderSettings(name="Configured")})
    assert named(maker, path="r.md", is_published=True) == "Configured"
    assert named(MAKER, path="r.md", is_published=True) == "Own"


@pytest.mark.parametrize("path", [None, "held.md"])
def test_other_coverage_is_named_by_configuration_or_list(path: str | None) -> None:
    """A configured name stands in coverage too, what most documents say does not."""
    maker = dataclasses.replace(MAKER, provider_names={"r.example": "Most say so"})
    assert named(maker, path=path, is_published=False) == "Own"
    maker = dataclasses.replace(maker, providers={"r.example": ProviderSettings(name="Configured")})
    assert named(maker, path=path, is_published=False) == "Configured"


def test_nothing_else_gets_out() -> None:
    """Paths, category, kind, quality and heat are nowhere in an entry."""
    said = repr(entry())
    for unsaid in ("secret", "category'", "kind", "4711", "4712"):
        assert unsaid not in said
