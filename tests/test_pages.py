"""The pages on which people find a feed: all of them, and those of a kind in some order."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from conftest import Workshop

from feeds.config.html import Html
from feeds.formats import feed_formats, feed_suffixes
from feeds.model import Address, Headline, Line, Source, replace
from feeds.pages import Look, directory_page
from feeds.refresh import Carried
from feeds.selection.directory import DirectoryNaming
from feeds.selection.twins import TwinNaming

SITE = Source("https://feeds.example/", "News")
PAGES = "html: {pages: true}\n"
MOST_BYTES = 50_000


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


def line(kind: str, title: str, stem: str, **more: object) -> Line:
    """Make a line of a directory."""
    addresses = tuple(
        Address(form.title, form.media_type, f"{SITE.url}{stem}{form.suffix}")
        for form in feed_formats()
    )
    return Line(kind, stem, title, "", f"{stem}/", addresses, **{"counts": (0, 1), **more})


ALL = line("all", "News", "all")
TOPIC = line("topic", "Energy", "topics/energy")
PROVIDER = line("provider", "The Paper", "providers/paper.example")
RULE = line("rule", "Best", "feeds/best")
EACH = (ALL, RULE, TOPIC, PROVIDER)


def pages_of(
    *lines: Line, site: Source = SITE, description: str = "", pages: bool = True
) -> dict[str, str]:
    """Write all pages of some lines, by their paths."""
    html = Html(pages=pages)
    twins = TwinNaming(html, site, feed_formats(), feed_suffixes()) if html.pages else None
    naming = DirectoryNaming(site, description, "en", feed_formats(), twins)
    made = [directory_page(Look(), contents) for contents in naming.pages(lines)]
    assert {page.media_type for page in made} == {"text/html; charset=utf-8"}
    return {page.path: page.body.decode() for page in made}


def front(*lines: Line, **more: object) -> Page:
    """Read the page of all feeds."""
    return Page(pages_of(*lines, **more)["index.html"])


def names(page: str) -> list[str]:
    """Give the titles of the lines of a page, in order."""
    return re.findall(r'class="plain name"><a [^>]*>([^<]*)</a>', page)


def test_every_feed_is_linked() -> None:
    """Its page and its preferred format are, and so are all of them, and each kind, as OPML."""
    links = front(*EACH).links
    for item in EACH:
        assert item.page in links
        assert item.addresses[0].url in links
    assert [link for link in links if link.endswith(".opml")] == [
        "feeds.opml",
        *(f"{folder}/feeds.opml" for folder in ("feeds", "topics", "providers")),
    ]


def test_without_pages_there_is_a_list() -> None:
    """Feeds that have no pages are listed with all their formats, on one page."""
    made = pages_of(*EACH, pages=False)
    assert [*made] == ["index.html"]
    links = [link for link in Page(made["index.html"]).links if not link.startswith("#")]
    assert links == ["feeds.opml", *(each.url for item in EACH for each in item.addresses)]
    assert "<form" not in made["index.html"]


def test_the_page_leads_to_its_parts() -> None:
    """A page with several headings links to each of them, and one with one does not."""
    page = front(*EACH)
    parts = [link for link in page.links if link.startswith("#") and link != "#feeds"]
    assert parts == ["#everything", "#selections", "#topics", "#providers"]
    assert {*parts} < {*page.places}
    assert [link for link in front(ALL).links if link.startswith("#")] == ["#feeds"]


def test_feeds_are_under_headings_by_kind() -> None:
    """What there is of a kind has a heading, and a kind of which there is nothing has none."""
    assert front(*EACH).headings == ["Everything", "Selections", "Topics", "Providers"]
    assert front(ALL, PROVIDER).headings == ["Everything", "Providers"]


def test_readers_discover_feeds() -> None:
    """All in every format and each topic and selection in one are alternates with a type."""
    alternates = [item for item in front(*EACH).alternates if item["rel"] == "alternate"]
    assert [item["href"] for item in alternates] == [
        *(address.url for address in ALL.addresses),
        RULE.addresses[0].url,
        TOPIC.addresses[0].url,
    ]
    assert alternates[0]["title"] == "News (Atom)"
    assert alternates[-1]["title"] == "News: Energy (Atom)"


def test_the_front_has_the_most_active() -> None:
    """Of many topics ten are at the front, those with most entries, and a link leads to all."""
    topics = [line("topic", f"T{n}", f"topics/t{n}", counts=(0, n)) for n in range(45)]
    made = pages_of(ALL, *topics)
    assert names(made["index.html"]) == ["News", *(f"T{n}" for n in range(44, 34, -1))]
    assert "All 45 topics" in made["index.html"]
    assert [path for path in made if "name" in path] == [
        *(f"topics/by/name-{number}/index.html" for number in (2, 3))
    ]


def test_kinds_are_in_three_orders() -> None:
    """By name, by entries of the weeks and by the newest entry; links lead from one to another."""
    old, new = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 9))
    made = pages_of(
        line("topic", "b", "topics/b", counts=(3, 0), newest=old),
        line("topic", "A", "topics/a", counts=(0, 0), newest=None),
        line("topic", "c", "topics/c", counts=(0, 1), newest=new),
    )
    orders = {
        "topics/": ["A", "b", "c"],
        "topics/by/activity/": ["b", "c", "A"],
        "topics/by/date/": ["c", "b", "A"],
    }
    for path, expected in orders.items():
        page = made[f"{path}index.html"]
        assert names(page) == expected
        root = "../" * path.count("/")
        assert {f"{root}{other}" for other in orders} <= {*Page(page).links}
        assert page.count("aria-current") == 1


def test_pages_of_a_kind_lead_to_each_other() -> None:
    """Nothing is on two of them, and nothing is missing."""
    topics = [line("topic", f"T{n:02}", f"topics/t{n}") for n in range(45)]
    made = pages_of(*topics)
    paths = ["topics/", "topics/by/name-2/", "topics/by/name-3/"]
    assert [name for path in paths for name in names(made[f"{path}index.html"])] == [
        item.title for item in topics
    ]
    middle = made["topics/by/name-2/index.html"]
    assert '<a href="../../../topics/" rel="prev">' in middle
    assert '<a href="../../../topics/by/name-3/" rel="next">' in middle


def test_what_is_dormant_is_marked() -> None:
    """A feed without entries in all weeks says so, and one with some says how many a week."""
    dormant, active = line("topic", "D", "topics/d", counts=(0,) * 26), TOPIC
    assert "dormant" in front(dormant).text
    assert "dormant" not in front(active).text
    assert "1 a week" in front(active).text


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((0, 0, 3, 1), "2 a week"),
        ((30, 31), "30 a week"),
        ((1, 0, 0), "0.3 a week"),
        ((1, *(0,) * 25), "less than one in ten weeks"),
    ],
)
def test_items_a_week_are_told(counts: tuple[int, ...], said: str) -> None:
    """They are counted from the first week with any, to a tenth where they are few."""
    assert said in front(line("topic", "T", "topics/t", counts=counts)).text


def test_headlines_lead_to_articles() -> None:
    """Each has its title, shortened where it is long."""
    headlines = (Headline("x " * 80, "https://paper.example/x"),)
    page = front(line("topic", "T", "topics/t", headlines=headlines))
    assert "https://paper.example/x" in page.links
    assert "x x\u2026" in page.text


def test_plots_say_in_words_what_they_show() -> None:
    """Each has a title and a description of its own."""
    page = pages_of(ALL, TOPIC, line("topic", "D", "topics/d", counts=(0, 0)))["index.html"]
    assert page.count("<svg") == page.count("<desc") == 2
    named = re.findall(r'aria-labelledby="([^ "]+) ([^"]+)"', page)
    assert len({place for pair in named for place in pair}) == 4
    assert all(f'id="{place}"' in page for pair in named for place in pair)
    assert "1 story in 2 weeks, at most 1 in one." in page


HOSTILE = "</title><script>alert(1)</script>\" onload='x' & {{ 7 * 7 }} {% raw %}"


@pytest.mark.parametrize("place", ["site", "description", "topic", "headline"])
def test_no_text_comes_alive(place: str) -> None:
    """Markup and template syntax in a title or description are text on the page."""
    site = replace(SITE, title=HOSTILE) if place == "site" else SITE
    topic = replace(TOPIC, title=HOSTILE) if place == "topic" else TOPIC
    if place == "headline":
        topic = replace(topic, headlines=(Headline(HOSTILE, "https://paper.example/"),))
    page = front(ALL, topic, site=site, description=HOSTILE if place == "description" else "D")
    assert page.tags.count("script") == 1
    assert HOSTILE in page.text


def test_the_page_asks_nobody_for_anything() -> None:
    """Nothing is loaded but our own style and script."""
    for path, markup in pages_of(*EACH).items():
        root = "../" * path.count("/")
        assert not {"img", "iframe", "style"} & set(Page(markup).tags)
        assert re.findall(r'rel="stylesheet" href="([^"]*)"', markup) == [
            f"{root}style.css",
            f"{root}lists.css",
        ]
        assert re.findall(r'<script src="([^"]*)"', markup) == [f"{root}choose.js"]


def test_pages_weigh_little() -> None:
    """With titles, headlines and addresses of usual length, each page stays below 50 kB."""
    headlines = tuple(
        Headline(
            "A headline of eleven words as long as they usually are",
            f"https://p.example/{'x' * 60}",
        )
        for _ in range(3)
    )
    more = {
        "counts": (12, 7) * 13,
        "headlines": headlines,
        "newest": datetime(2026, 9, 1, tzinfo=UTC),
    }
    lines = [
        line(kind, f"A usual title {n}", f"{folder}/a-usual-title-{n}", **more)
        for kind, folder in (("rule", "feeds"), ("topic", "topics"), ("provider", "providers"))
        for n in range(60)
    ]
    for path, page in pages_of(ALL, *lines).items():
        assert len(page.encode()) < MOST_BYTES, path


# --- As they are published ------------------------------------------------------------------------


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


def read(workshop: Workshop, path: str = "") -> str:
    """Read a page that is published."""
    return (workshop.output / path / "index.html").read_text(encoding="utf-8")


def test_the_published_page_lists_the_published_feeds(workshop: Workshop) -> None:
    """Every link of the page that a cycle publishes leads to a file that is there."""
    workshop.configure(
        "site: {title: 'A & B', base_url: https://feeds.example/below/, language: de}\n"
        "html: {pages: true}\n"
        "top: {entries: 5}\n"
        "feeds: {best: {title: Best <1>, where: {quality: {min: 1}}, digest: weekly}}"
    )
    workshop.news("a.md", topics=["C++", "\u00dcber & unter"])
    workshop.build()
    base, files = "https://feeds.example/below/", workshop.files()
    for path in [path for path in files if path.endswith("index.html")]:
        page = Page(files[path].decode())
        folder = path.removesuffix("index.html")
        for link in page.links:
            if link.startswith("#") or (":" in link and not link.startswith(base)):
                continue
            target = link.removeprefix(base).removeprefix("/below/")
            if target == link:
                target = "/".join(_resolve(folder, link))
            assert f"{target}index.html" in files or target in files or not target, (path, link)
    assert '<html lang="de" dir="ltr">' in files["index.html"].decode()


def _resolve(folder: str, link: str) -> list[str]:
    """Give the parts of where a relative link leads."""
    parts = folder.split("/")[:-1]
    for part in link.split("/"):
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return parts


def test_an_edit_is_seen_wherever_it_is_told(news: Workshop) -> None:
    """The headline of an edited article is another on the front and in every order of its kind."""
    news.edit("20.md", title="Quite another title")
    news.build()
    for path in ("", "topics", "topics/by/activity", "topics/by/date", "providers"):
        assert "Quite another title" in read(news, path), path
        assert "Title_of_20" not in read(news, path), path


def test_what_was_published_goes_with_its_line(news: Workshop) -> None:
    """A page of a kind that has no lines for it any more is gone."""
    for number in range(30):
        news.news(f"t{number}.md", topics=[f"Topic {number}"])
    news.build()
    assert (news.output / "topics/by/date-2/index.html").exists()
    aliases = ", ".join(f"Topic {number}" for number in range(30))
    news.configure(f"{PAGES}topics: {{energy: {{label: Energy, aliases: [{aliases}]}}}}")
    news.build()
    assert not (news.output / "topics/by/date-2").exists()
    assert names(read(news, "topics")) == ["C++", "Energy"]


def test_an_edit_that_no_page_tells_writes_none(news: Workshop) -> None:
    """Where neither headlines nor dates change, pages that list feeds stay as they are."""
    before = {path: body for path, body in news.files().items() if path.endswith("index.html")}
    news.edit("1.md", excerpt="Another excerpt.")
    report = news.build()
    changed = {path for path in report.changed if path.endswith("index.html")}
    assert changed == {
        *(f"{stem}/index.html" for stem in ("all", "topics/energy", "providers/paper.example"))
    }
    assert before["index.html"] == news.files()["index.html"]


def test_another_process_tells_the_same(news: Workshop) -> None:
    """What is kept of channels is enough: nothing that was not touched is read again."""
    news.edit("1.md", title="Another title")
    before = read(news)
    news.carried = None
    news.build()
    assert read(news) == before.replace("Title_of_1<", "Another title<")


def test_a_channel_that_is_emptied_is_dormant(news: Workshop) -> None:
    """It has no headline and no date any more, and its feed can be followed all the same."""
    news.edit("9.md", topics=["Energy"])
    news.build()
    listed = read(news, "topics")
    own = listed[listed.index("C++") : listed.index(">Energy<")]
    assert "dormant" in own
    assert "last on" not in own


@pytest.mark.case(130)
@pytest.mark.parametrize("how", ["held", "deleted"])
def test_what_is_withdrawn_is_on_no_page(workshop: Workshop, how: str) -> None:
    """Headlines, months, the best of the week and digests lose it with the next build."""
    workshop.configure(f"{PAGES}top: {{entries: 5}}\ndigests: {{all: daily}}\npages: 2\n")
    workshop.carried = Carried()
    now = datetime(2026, 10, 21, 9, tzinfo=UTC)
    for day in (19, 20):
        date = f"2026-10-{day}T08:00:00Z"
        workshop.news(f"{day}.md", publishedDateTime=date, topics=["Energy", f"Of {day}"])
    workshop.build(now)
    told = {path for path, body in workshop.files().items() if b"Title_of_20" in body}
    for page in ("", "topics/", "all/archive/2026-10/", "all/daily/", "topics/energy/top/"):
        assert f"{page}index.html" in told
    if how == "held":
        workshop.edit("20.md", published=False)
    else:
        workshop.delete("20.md")
    workshop.build(now, force=True)
    for path, body in workshop.files().items():
        assert b"Title_of_20" not in body, path
        assert b"paper.example/20" not in body, path
