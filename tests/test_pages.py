"""The page that lists all feeds."""

import re
from html.parser import HTMLParser

import pytest
from conftest import Workshop

from feeds.formats import feed_formats
from feeds.model import Directory, Outline
from feeds.pages import Look, directory_page


class Page(HTMLParser):
    """What a browser sees: links, alternates, headings and the text of the body."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.places: list[str] = []
        self.alternates: list[dict[str, str | None]] = []
        self.headings: list[str] = []
        self.text = ""
        self._inside = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag stands for."""
        attributes = dict(attrs)
        self.tags.append(tag)
        self._inside = tag
        if "id" in attributes:
            self.places.append(f"#{attributes['id']}")
        if tag == "a":
            self.links.append(attributes["href"] or "")
        if tag == "link":
            self.alternates.append(attributes)

    def handle_data(self, data: str) -> None:
        """Note what people read."""
        if self._inside == "h2" and data.strip():
            self.headings.append(data.strip())
        if self._inside != "style":
            self.text += data


def outline(kind: str, title: str, stem: str) -> Outline:
    """Make a line of the directory."""
    addresses = tuple(
        (form.name, f"https://feeds.example/{stem}{form.suffix}") for form in feed_formats()
    )
    return Outline(kind, title, "", addresses, f"https://feeds.example/{stem}/")


def page_of(*outlines: Outline, title: str = "News", description: str = "") -> str:
    """Write the page of some feeds."""
    directory = Directory(title, description, "https://feeds.example/", "en", outlines)
    resource = directory_page(Look(), directory, feed_formats())
    assert (resource.path, resource.media_type) == ("index.html", "text/html; charset=utf-8")
    return resource.body.decode()


ALL = outline("all", "News", "all")
TOPIC = outline("topic", "Energy", "topics/energy")
PROVIDER = outline("provider", "The Paper", "providers/paper.example")
RULE = outline("rule", "Best", "feeds/best")


def test_every_feed_is_linked_in_every_format() -> None:
    """The page has a link to each page and each format of each feed, and to all of them as OPML."""
    page = Page(page_of(ALL, RULE, TOPIC, PROVIDER))
    expected = [url for item in (ALL, RULE, TOPIC, PROVIDER) for _, url in item.addresses]
    links = [link for link in page.links if not link.startswith("#")]
    pages = [item.page for item in (ALL, RULE, TOPIC, PROVIDER)]
    others = ["https://feeds.example/feeds.opml", "help/"]
    assert [link for link in links if link not in pages] == [*others, *expected]
    assert [link for link in links if link in pages] == pages


def test_the_page_leads_to_its_parts() -> None:
    """A page with several headings links to each of them, and one with one does not."""
    page = Page(page_of(ALL, RULE, TOPIC, PROVIDER))
    assert [link for link in page.links if link.startswith("#")] == page.places
    assert len(page.places) == 4
    assert not [link for link in Page(page_of(ALL)).links if link.startswith("#")]


def test_feeds_are_under_headings_by_kind() -> None:
    """What there is of a kind has a heading, and a kind of which there is nothing has none."""
    assert Page(page_of(ALL, RULE, TOPIC, PROVIDER)).headings == [
        "Everything",
        "Selections",
        "Topics",
        "Providers",
    ]
    assert Page(page_of(ALL, PROVIDER)).headings == ["Everything", "Providers"]


def test_readers_discover_feeds() -> None:
    """All in every format and each topic and selection in one are alternates with a type."""
    page = Page(page_of(ALL, RULE, TOPIC, PROVIDER))
    page.alternates = [item for item in page.alternates if item["rel"] != "stylesheet"]
    assert [item["href"] for item in page.alternates] == [
        *(url for _, url in ALL.addresses),
        RULE.addresses[0][1],
        TOPIC.addresses[0][1],
    ]
    assert {item["rel"] for item in page.alternates} == {"alternate"}
    assert {item["type"] for item in page.alternates} == {
        "application/atom+xml",
        "application/rss+xml",
        "application/feed+json",
    }
    assert page.alternates[0]["title"] == "News (Atom)"
    assert page.alternates[-1]["title"] == "News: Energy (Atom)"


HOSTILE = "</title><script>alert(1)</script>\" onload='x' & {{ 7 * 7 }} {% raw %}"


@pytest.mark.parametrize("place", ["site", "description", "topic"])
def test_no_text_comes_alive(place: str) -> None:
    """Markup and template syntax in a title or description are text on the page."""
    title = HOSTILE if place == "site" else "News"
    description = HOSTILE if place == "description" else "D"
    topic = outline("topic", HOSTILE if place == "topic" else "T", "topics/t")
    page = Page(page_of(ALL, topic, title=title, description=description))
    assert "script" not in page.tags
    assert HOSTILE in page.text


def test_the_page_asks_nobody_for_anything() -> None:
    """There is no script, and nothing but our own style is loaded."""
    markup = page_of(ALL, RULE, TOPIC, PROVIDER)
    assert not {"script", "img", "iframe", "style"} & set(Page(markup).tags)
    assert re.findall(r'rel="stylesheet" href="([^"]*)"', markup) == ["style.css"]


def test_the_published_page_lists_the_published_feeds(workshop: Workshop) -> None:
    """Every link of the page that a cycle publishes leads to a file that is there."""
    workshop.configure(
        "site: {title: 'A & B', base_url: https://feeds.example/below/, language: de}\n"
        "feeds: {best: {title: Best <1>, where: {quality: {min: 1}}}}"
    )
    workshop.news("a.md", topics=["C++", "\u00dcber & unter"])
    workshop.build()
    markup = (workshop.output / "index.html").read_text(encoding="utf-8")
    base = "https://feeds.example/below/"
    links = {link for link in Page(markup).links if not link.startswith("#")}
    feeds = {path for path in workshop.files() if "/archive/" not in path}
    others = {"index.html", "manifest.json", "style.css"}
    assert {link.removeprefix(base) for link in links} == feeds - others
    assert '<html lang="de" dir="ltr">' in markup
