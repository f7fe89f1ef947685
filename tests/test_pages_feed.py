"""The page of a feed: what people see where a reader sees the feed."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from conftest import NOW, Workshop, is_whole

from feeds.catalog import open_catalog
from feeds.formats import feed_formats
from feeds.model import Published
from feeds.pages import Look, page_form
from feeds.refresh import Carried

PAGES = "html: {pages: true}\n"
VOID = {"meta", "link", "img", "input", "br", "hr"}
# The bar of the project for fifty stories.
MOST_BYTES = 50_000


class Page(HTMLParser):
    """The elements of a page, with their attributes, and its text; each one is closed."""

    def __init__(self, markup: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(markup.decode())
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that is closed at once, as those of drawings are."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """See that what is closed was opened last."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note what people read."""
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Give the attributes of all elements of a name."""
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def news(workshop: Workshop) -> Workshop:
    """Give a publication with pages, of three articles on two topics."""
    workshop.configure(PAGES)
    workshop.carried = Carried()
    for day, topics in ((1, ["Energy"]), (9, ["Energy", "C++"]), (20, ["Energy"])):
        date = f"2026-10-{day:02}T08:00:00Z"
        workshop.news(f"{day}.md", topics=topics, publishedDateTime=date)
    workshop.build()
    return workshop


def page(workshop: Workshop, folder: str = "topics/energy") -> Page:
    """Read a page that is published."""
    return Page((workshop.output / folder / "index.html").read_bytes())


def test_every_feed_has_a_page(news: Workshop) -> None:
    """It is at the feed's address with a slash for the suffix, and the feed leads to it."""
    stems = ["all", "topics/energy", "topics/c-plus-plus", "providers/paper.example"]
    for stem in stems:
        assert f"{stem}/index.html" in news.files()
        assert news.feed(stem)["home_page_url"] == f"https://feeds.example/{stem}/"


def test_the_directory_and_opml_lead_to_pages(news: Workshop) -> None:
    """Wherever a feed is named for people, its page is."""
    own = "topics/energy/"
    assert own in [link["href"] for link in page(news, "").all("a")]
    assert f'htmlUrl="https://feeds.example/{own}"' in (news.output / "feeds.opml").read_text()


def test_readers_discover_the_feed(news: Workshop) -> None:
    """Every format is an alternate, the preferred one first, called by site, topic and format."""
    links = [link for link in page(news).all("link") if link["rel"] == "alternate"]
    assert [(link["type"], link["title"], link["href"]) for link in links] == [
        (
            form.media_type.partition(";")[0],
            f"Example News: Energy ({form.title})",
            f"https://feeds.example/topics/energy{form.suffix}",
        )
        for form in feed_formats()
    ]


def test_the_address_can_be_copied_without_a_script(news: Workshop) -> None:
    """It stands in a field that can be selected; the button is there for scripts alone."""
    [field] = page(news).all("input")
    assert field["value"] == "https://feeds.example/topics/energy.atom"
    assert "readonly" in field
    [button] = page(news).all("button")
    assert "hidden" in button
    assert [label["for"] for label in page(news).all("label")] == [field["id"]]


def test_readers_on_the_web_take_the_address(news: Workshop) -> None:
    """Each link of the configuration has the feed's address where it goes, escaped."""
    news.configure("html: {readers: {Mine: 'https://reader.example/add?feed={url}&a=b'}}")
    news.build()
    own = "https://reader.example/add?feed=https%3A%2F%2Ffeeds.example%2Ftopics%2Fenergy.atom&a=b"
    assert own in [link["href"] for link in page(news).all("a")]
    assert "Feedly" not in page(news).text


def test_stories_are_cards_in_the_order_of_the_feed(news: Workshop) -> None:
    """Each has its title with a link, its provider, its day and its excerpt."""
    cards = page(news).all("article")
    assert [card["id"] for card in cards] == [i["id"] for i in news.feed("topics/energy")["items"]]
    for text in ("Title_of_20", "Excerpt_of_20.", "The Paper", "20 October 2026"):
        assert text in page(news).text


def test_cards_lead_to_their_topics(news: Workshop) -> None:
    """The first ones of a story, by paths that are right on whatever page its card is."""
    news.news("many.md", topics=["C++", "Rail", "Tides", "Energy"])
    news.configure(f"{PAGES}site: {{title: N, base_url: 'https://f.example/below'}}\n")
    news.build()
    for folder in ("all", "topics/energy", "providers/paper.example"):
        body = (news.output / folder / "index.html").read_text()
        [card] = re.findall('<article id="[^"]*many.md".*?</article>', body, re.DOTALL)
        links = [link["href"] for link in Page(card.encode()).all("a")]
        assert links[2:] == [f"/below/topics/{name}/" for name in ("c-plus-plus", "rail", "tides")]


def test_cards_lead_to_no_topic_that_ended(news: Workshop) -> None:
    """Those that were taken from pages are made anew where a topic's feed goes."""
    link = '<a href="/topics/c-plus-plus/">C++</a>'
    assert link in (news.output / "all/index.html").read_text()
    news.carried = Carried()
    with open_catalog(news.kept) as catalog:
        catalog.retirements.add("topics/c-plus-plus", NOW)
    news.build()
    assert link not in (news.output / "all/index.html").read_text()
    assert pages_of(news.files()).keys() >= {"all/index.html"}


def test_cards_call_topics_as_feeds_do(news: Workshop) -> None:
    """A topic's other label is on the cards of articles that did not change."""
    news.carried = Carried()
    news.configure(f"{PAGES}topics: {{c-plus-plus: {{label: The C++ language, aliases: [C++]}}}}\n")
    news.build()
    assert news.feed("all")["items"][1]["tags"] == ["Energy", "The C++ language"]
    body = (news.output / "all/index.html").read_text()
    assert '<a href="/topics/c-plus-plus/">The C++ language</a>' in body
    assert pages_of(news.files()) == pages_of(news.afresh())


def test_topics_have_the_room_that_an_excerpt_leaves(news: Workshop) -> None:
    """Three at most beside a short one, fewer beside a long one, or where one is long itself."""
    topics = ["Tides", "Rail", "Energy", "C++"]
    news.news("short.md", excerpt="An excerpt.", topics=topics)
    news.news("long.md", excerpt="An excerpt that goes on, word by word. " * 9, topics=topics)
    news.news("name.md", excerpt="An excerpt.", topics=["A Very Long Name of a Topic " * 5, "Rail"])
    news.build()
    found = {}
    for card in re.findall(
        "<article .*?</article>", (news.output / "all/index.html").read_text(), re.DOTALL
    ):
        found[re.findall(r"(\w+)\.md", card)[0]] = card.count('href="/topics/')
    assert (found["short"], found["long"], found["name"]) == (3, 1, 1)


def test_other_sources_unfold(news: Workshop) -> None:
    """Who else is on a story is there, and out of the way."""
    for name in ("one", "two"):
        title = "Turbine blade blocks harbour bridge"
        news.news(f"{name}.md", title=title, excerpt="", domain=f"{name}.example")
    news.build()
    found = page(news)
    assert len(found.all("details")) == 1
    assert "1 more source" in found.text
    assert {"href": "https://two.example/two"} in found.all("a")


def test_pictures_can_be_left_out(news: Workshop) -> None:
    """They are the only thing that a page has browsers fetch elsewhere."""
    news.edit("9.md", images=[{"url": "https://images.example/a.jpg"}])
    news.build()
    [image] = page(news, "all").all("img")
    assert (image["src"], image["loading"]) == ("https://images.example/a.jpg", "lazy")
    news.configure("html: {images: false}")
    news.build()
    assert not page(news, "all").all("img")
    assert len(page(news, "all").all("article")) == 3


def test_nothing_is_fetched_but_style_script_and_pictures(news: Workshop) -> None:
    """Both are our own, and where they are does not depend on where the site is."""
    for folder, depth in (("all", 1), ("topics/energy", 2)):
        found = page(news, folder)
        [style] = [link for link in found.all("link") if link["rel"] == "stylesheet"]
        assert style["href"] == "../" * depth + "style.css"
        assert [script["src"] for script in found.all("script")] == ["../" * depth + "copy.js"]
        assert not found.all("iframe")
    for name in ("style.css", "copy.js"):
        assert not re.search(rb"@import|url\(|https?:", (news.output / name).read_bytes())


def test_topics_that_stories_have_besides_are_named(news: Workshop) -> None:
    """They are those of the entries that are shown, the most frequent first, with their pages."""
    assert "../../topics/c-plus-plus/" in [link["href"] for link in page(news).all("a")]
    other = page(news, "topics/c-plus-plus")
    assert "../../topics/energy/" in [link["href"] for link in other.all("a")]
    assert "../../topics/c-plus-plus/" not in [link["href"] for link in other.all("a")]


def test_the_plot_says_in_words_what_it_shows(news: Workshop) -> None:
    """It has a title and a description, and a bar for each week that had stories."""
    found = page(news)
    [drawing] = found.all("svg")
    assert drawing["role"] == "img"
    assert len(found.all("rect")) == 3
    assert "3 stories; 1 in the week with most of them." in found.text


def test_a_feed_without_stories_has_a_page(news: Workshop) -> None:
    """A topic that was emptied says so, and can be followed all the same."""
    news.edit("9.md", topics=["Energy"])
    news.build()
    found = page(news, "topics/c-plus-plus")
    assert not found.all("article")
    assert not found.all("svg")
    assert "No stories yet" in found.text
    assert found.all("input")


def test_several_pages_lead_to_each_other(news: Workshop) -> None:
    """What has no room on the first page of a feed is on the second for people, too."""
    news.configure(f"{PAGES}limit: 2\npages: 2\n")
    news.build()
    first, second = page(news, "all"), page(news, "all/page/2")
    assert [link["href"] for link in first.all("a") if link.get("rel") == "next"] == [
        "https://feeds.example/all/page/2/"
    ]
    assert [link["href"] for link in second.all("a") if link.get("rel") == "prev"] == [
        "https://feeds.example/all/"
    ]
    assert (len(first.all("article")), len(second.all("article"))) == (2, 1)
    assert not second.all("svg")


def test_languages_and_their_directions_are_told(news: Workshop) -> None:
    """The page is in the language of its feed, and written the way that this is."""
    news.configure(f"{PAGES}site: {{title: N, base_url: 'https://f.example', language: ar}}\n")
    news.build()
    [root] = page(news).all("html")
    assert root == {"lang": "ar", "dir": "rtl"}


def test_the_best_of_the_week_has_a_page(news: Workshop) -> None:
    """The page of its topic leads to it, as its feed does, and it has the feed's entries."""
    news.configure(f"{PAGES}top: {{entries: 2}}\n")
    news.build(datetime(2026, 10, 21, tzinfo=UTC))
    found = page(news, "topics/energy/top")
    assert [card["id"] for card in found.all("article")] == [
        item["id"] for item in news.feed("topics/energy/top")["items"]
    ]
    assert "Energy \u2013 best of the week" in found.text
    assert {"../../topics/energy/top/", "../../topics/energy.atom"} & {
        link["href"] for link in page(news).all("a")
    }
    own = "https://feeds.example/topics/energy/top/"
    assert news.feed("topics/energy/top")["home_page_url"] == own


def test_digests_have_a_page(news: Workshop) -> None:
    """It has what they say, the channel's page leads to it, and OPML and entries do."""
    news.configure(f"{PAGES}digests: {{all: weekly}}\n")
    news.build(datetime(2026, 11, 2, tzinfo=UTC))
    found, feed = page(news, "all/weekly"), news.feed("all/weekly")
    assert [card["id"] for card in found.all("article")] == [item["id"] for item in feed["items"]]
    assert {"https://paper.example/9", "../../all/"} < {link["href"] for link in found.all("a")}
    own = "https://feeds.example/all/weekly/"
    assert {feed["home_page_url"], *(item["url"] for item in feed["items"])} == {own}
    assert f'htmlUrl="{own}"' in (news.output / "feeds.opml").read_text()
    assert "../all/weekly/" in [link["href"] for link in page(news, "all").all("a")]


def test_a_day_makes_no_page_that_stays_the_same(news: Workshop) -> None:
    """Pages of the best stay where their feeds do, and go with them."""
    news.configure(f"{PAGES}digests: {{all: weekly}}\n")
    day = datetime(2026, 11, 2, tzinfo=UTC)
    news.build(day)
    news.edit("1.md", excerpt="Another excerpt.")
    assert "all/weekly/index.html" not in news.build(day).changed
    news.configure(PAGES)
    assert "all/weekly/index.html" in news.build(day).deleted


def test_many_digests_leave_a_page_light(workshop: Workshop) -> None:
    """The newest are there; the others are in the feed alone."""
    workshop.configure(f"{PAGES}digests: {{all: daily}}\n")
    for number in range(150):
        date = f"2026-10-{number // 10 + 1:02}T08:00:00Z"
        excerpt = "An excerpt says in a sentence or two what an article is about. " * 5
        workshop.news(f"{number}.md", excerpt=excerpt, publishedDateTime=date)
    workshop.build(datetime(2026, 11, 2, tzinfo=UTC))
    assert len(workshop.feed("all/daily")["items"]) == 15
    body = (workshop.output / "all/daily/index.html").read_bytes()
    assert len(body) < MOST_BYTES
    assert 5 <= len(Page(body).all("article")) < 15


HOSTILE = "</article><script>alert(1)</script>\" onload='x' & {{ 7 * 7 }} <!-- end of cards -->"


def test_no_text_comes_alive(news: Workshop) -> None:
    """Markup and template syntax in an article is text on the page."""
    news.news("h.md", title=HOSTILE, excerpt=HOSTILE, topics=["Energy", HOSTILE])
    news.build()
    found = page(news)
    assert len(found.all("script")) == 1
    assert not [attributes for _, attributes in found.elements if "onload" in attributes]
    assert len(found.all("article")) == 4


@pytest.mark.parametrize("sentences", [0, 1, 2, 4])
def test_fifty_stories_weigh_little(workshop: Workshop, sentences: int) -> None:
    """Fifty with pictures, long titles, excerpts and topics stay below 50 kB, style and all."""
    workshop.configure(PAGES)
    for number in range(50):
        word = f"word{number} other{number} third{number}"
        workshop.news(
            f"2026/10/a-story-with-a-usual-name-{number}.md",
            title=f"A title of eleven words, as long as titles usually are, {word}",
            excerpt="An excerpt says in a sentence or two what the article is about. " * sentences,
            images=[{"url": f"https://images.example/2026/10/{number}/picture.jpg"}],
            domain="www.paper-of-the-harbour.example",
            topics=["Machine Learning", "Public Libraries", "Ocean Science", "Rail Travel"],
        )
    workshop.build()
    body = (workshop.output / "all/index.html").read_bytes()
    assert len(Page(body).all("article")) == 50
    assert body.count(b'<a href="/topics/') == 50 * (3, 3, 2, 0, 0)[sentences]
    beside = sum(len((workshop.output / name).read_bytes()) for name in ("style.css", "copy.js"))
    assert len(body) + beside < MOST_BYTES


# --- Pages as resources --------------------------------------------------------------------------


def test_a_page_comes_apart_as_it_was_put_together(news: Workshop) -> None:
    """So entries are taken from it: each is there with its id, and no more."""
    form = page_form(Look(), with_images=True)
    body = (news.output / "topics/energy/index.html").read_bytes()
    divided = form.divide(body)
    assert divided.with_entries(divided.entries) == body
    items = news.feed("topics/energy")["items"]
    assert [form.entry_id(card) for card in divided.entries] == [item["id"] for item in items]
    assert form.divide(b"something else").entries == ()
    assert form.entry_id(b"something else") == ""


@pytest.mark.parametrize("looks", [False, True])
def test_a_new_process_renders_what_changed(news: Workshop, *, looks: bool) -> None:
    """Cards are taken from pages as entries are from feeds."""
    news.carried = Carried()
    news.edit("9.md", title="Other")
    looks_at = frozenset([str(news.corpus / "9.md")]) if looks else None
    assert news.build(looks_at=looks_at).entries_rendered == 1
    assert is_whole(news)
    assert "Other" in page(news).text
    assert pages_of(news.files()) == pages_of(news.afresh())


def test_what_is_not_touched_is_left_alone(news: Workshop) -> None:
    """A second cycle writes nothing; an edit writes the pages of its channels alone."""
    assert news.build(NOW).bytes_written == 0
    news.edit("9.md", excerpt="Other.")
    changed = {path for path in news.build(NOW).changed if path.endswith("index.html")}
    folders = ("all", "topics/energy", "topics/c-plus-plus", "providers/paper.example")
    assert changed == {f"{folder}/index.html" for folder in folders}


def test_pages_go_where_they_are_not_wanted(news: Workshop) -> None:
    """Feeds then lead to the site, which lists them, and leads nowhere else."""
    news.configure("html: {pages: false}")
    news.build()
    assert not [path for path in news.files() if path.endswith("/index.html")]
    assert news.feed("topics/energy")["home_page_url"] == "https://feeds.example/"
    assert "copy.js" not in news.files()
    assert "https://feeds.example/topics/energy/" not in str(page(news, "").elements)


def test_no_page_leads_to_a_topic_that_ended(news: Workshop) -> None:
    """Nor to one that moved: pages that named it are made anew, though nothing else changed."""
    with open_catalog(news.kept) as catalog:
        catalog.retirements.add("topics/c-plus-plus", NOW)
    news.build()
    assert "c-plus-plus" not in str(page(news).elements)
    assert not [path for path in news.files() if "c-plus-plus" in path and path.endswith("html")]
    assert not [path for path, body in pages_of(news.files()).items() if b"c-plus-plus" in body]


def test_a_page_that_is_damaged_is_made_again(news: Workshop) -> None:
    """As any other resource is."""
    file = news.output / "all/index.html"
    before = file.read_bytes()
    file.write_bytes(b"<p>")
    news.build()
    assert file.read_bytes() == before


def pages_of(files: dict[str, bytes]) -> dict[str, bytes]:
    """Give the pages among files."""
    return {path: body for path, body in files.items() if path.endswith(".html")}


def listed(workshop: Workshop) -> dict[str, Published]:
    """Give what the manifest says of pages."""
    return {path: item for path, item in workshop.manifest().items() if path.endswith(".html")}


def test_the_manifest_lists_pages(news: Workshop) -> None:
    """They are pages, with validators like all else."""
    items = listed(news).values()
    assert listed(news).keys() == pages_of(news.files()).keys()
    assert {item["media_type"] for item in items} == {"text/html; charset=utf-8"}
