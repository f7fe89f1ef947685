"""Feeds in several pages, feeds of limited size, and topics under qualified labels."""

import os

import pytest
from conftest import Workshop, in_archives, in_formats, is_whole, written
from lxml import etree

from feeds.refresh.rendering import MOST_BYTES

ATOM = "{http://www.w3.org/2005/Atom}"


def many(workshop: Workshop, count: int, **fields: object) -> None:
    """Write articles of which each is a day older than the one before."""
    for number in range(count):
        moment = f"2026-{10 - number // 28:02}-{28 - number % 28:02}T00:00:00Z"
        workshop.news(f"{number:02}.md", publishedDateTime=moment, **fields)


def pages_of(workshop: Workshop, stem: str = "all") -> list[str]:
    """Follow a feed from its first page to its last, as a reader does."""
    stems = [stem]
    while following := relations(workshop, stems[-1]).get("next"):
        stems.append(following.removeprefix("https://feeds.example/").removesuffix(".atom"))
    return stems


def relations(workshop: Workshop, stem: str) -> dict[str, str]:
    """Give the links of a feed in Atom by their relations."""
    root = etree.fromstring((workshop.output / f"{stem}.atom").read_bytes())
    return {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}


def largest(workshop: Workshop) -> int:
    """Give the bytes of the largest document that is not one of an archive."""
    return max(len(body) for path, body in workshop.files().items() if "/archive/" not in path)


def on_pages(workshop: Workshop, stem: str = "all") -> list[list[str]]:
    """Give the titles on each page of a feed."""
    return [workshop.titles(page) for page in pages_of(workshop, stem)]


# --- Pages ---------------------------------------------------------------------------


def test_a_feed_goes_on_page_by_page(workshop: Workshop) -> None:
    """Pages are linked both ways, are one feed with one id, and lose and repeat nothing."""
    workshop.configure("limit: 3\npages: 5\n")
    many(workshop, 8)
    workshop.build()
    assert on_pages(workshop) == [
        [f"Title_of_{number:02}" for number in numbers]
        for numbers in (range(3), range(3, 6), range(6, 8))
    ]
    base = "https://feeds.example/all"
    ends = {"first": f"{base}.atom", "last": f"{base}/page/3.atom"}
    second = relations(workshop, "all/page/2")
    assert second.items() >= (ends | {"previous": ends["first"], "next": ends["last"]}).items()
    assert second["self"] == f"{base}/page/2.atom"
    third = relations(workshop, "all/page/3")
    assert third.items() >= (ends | {"previous": f"{base}/page/2.atom"}).items()
    assert "next" not in third
    assert workshop.feed("all/page/2")["feed_url"] == f"{base}/page/2.json"
    ids = {
        etree.parse(workshop.output / f"{stem}.atom").findtext(f"{ATOM}id")
        for stem in pages_of(workshop)
    }
    assert len(ids) == 1
    assert is_whole(workshop)


def test_a_page_is_as_new_as_its_own_entries(workshop: Workshop) -> None:
    """The second page is older than the first, and says so."""
    workshop.configure("limit: 1\npages: 2\n")
    many(workshop, 2)
    workshop.build()
    updated = [
        etree.parse(workshop.output / f"{stem}.atom").findtext(f"{ATOM}updated")
        for stem in pages_of(workshop)
    ]
    assert updated == ["2026-10-28T00:00:00Z", "2026-10-27T00:00:00Z"]


@pytest.mark.parametrize(("count", "expected"), [(0, 1), (2, 1), (3, 2), (4, 2), (9, 3)])
def test_there_are_as_many_pages_as_it_takes(workshop: Workshop, count: int, expected: int) -> None:
    """No page is empty but that of an empty feed, and there are no more than configured."""
    workshop.configure("limit: 2\npages: 3\n")
    many(workshop, count)
    workshop.build(force=True)
    assert len(pages_of(workshop)) == expected
    assert (relations(workshop, "all").get("last") is None) == (expected == 1)
    pages = {path for path in workshop.files() if path.startswith("all/page/")}
    assert pages == in_formats(*pages_of(workshop)[1:])


def test_one_page_is_the_default(workshop: Workshop) -> None:
    """Nobody gets more documents, or links to them, without asking."""
    many(workshop, 60)
    workshop.build()
    assert not [path for path in workshop.files() if "/page/" in path]
    assert relations(workshop, "all").keys() == {"self", "alternate", "prev-archive"}


def test_pages_are_not_listed(workshop: Workshop) -> None:
    """Whoever chooses a feed gets its first page."""
    workshop.configure("limit: 1\npages: 9\n")
    many(workshop, 3)
    workshop.build()
    files = workshop.files()
    assert "topics/energy/page/3.rss" in files
    assert b"/page/" not in files["feeds.opml"] + files["index.html"]


def test_pages_come_and_go_with_articles(workshop: Workshop) -> None:
    """A page that is no longer needed is deleted, and the others name another last one."""
    workshop.configure("limit: 2\npages: 9\n")
    many(workshop, 5)
    workshop.build()
    before = workshop.files()
    workshop.delete("00.md")
    report = workshop.build()
    assert {path for path in report.deleted if path.startswith("all")} == in_formats("all/page/3")
    assert relations(workshop, "all")["last"].endswith("/all/page/2.atom")
    many(workshop, 5)
    workshop.build()
    assert workshop.files() == before | {"manifest.json": workshop.files()["manifest.json"]}
    assert workshop.build().unchanged == len(before) - 1


def test_an_edit_on_a_later_page_changes_that_page(workshop: Workshop) -> None:
    """Pages before and after stay as they are, and so do the pages of feeds it is not in."""
    workshop.configure("limit: 2\npages: 9\nrelated: {limit: 0}\n")
    many(workshop, 6)
    workshop.news("x.md", topics=["Wind"], domain="post.example")
    workshop.build()
    workshop.edit("03.md", title="Better")
    report = workshop.build()
    stems = ("all", "topics/energy", "providers/paper.example")
    pages = in_formats(*(f"{stem}/page/2" for stem in stems))
    assert written(report) == pages | in_archives(*stems)
    assert report.deleted == ()
    assert workshop.files() == workshop.afresh() | {
        "manifest.json": workshop.files()["manifest.json"]
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [("pages: 3", "pages: 1"), ("pages: 1", "pages: 3"), ("limit: 3", "limit: 1")],
)
def test_another_number_of_pages_is_done_at_once(
    workshop: Workshop, before: str, after: str
) -> None:
    """More or fewer pages than before need no document to be read, and leave nothing behind."""
    rest = "pages: 2\n" if "limit" in before else "limit: 2\n"
    workshop.configure(f"{rest}{before}\n")
    many(workshop, 6)
    workshop.build()
    workshop.configure(f"{rest}{after}\n")
    assert workshop.build().read == 0
    assert is_whole(workshop)
    fresh = workshop.afresh()
    assert {**workshop.files(), "manifest.json": b""} == {**fresh, "manifest.json": b""}


def test_no_page_is_in_the_way_of_a_feed(workshop: Workshop) -> None:
    """A provider that is called as another one's feed is called has its pages elsewhere."""
    workshop.configure("limit: 1\npages: 2\n")
    for number in range(2):
        workshop.news(f"a{number}.md", domain="x.example")
        workshop.news(f"b{number}.md", domain="x.example.atom")
    workshop.build()
    assert len(on_pages(workshop, "providers/x.example")) == 2
    assert pages_of(workshop, "providers/x.example.atom") == [
        *("providers/x.example.atom", "providers/x.example.atom_/page/2")
    ]
    assert is_whole(workshop)


# --- Size ----------------------------------------------------------------------------


def words(count: int) -> str:
    """Give a body of about so many bytes, in XML a half more."""
    return "<p>a &amp; b</p>\n" * (count // 16)


def test_a_feed_is_no_larger_than_a_mebibyte(workshop: Workshop) -> None:
    """What does not fit goes on the next page, and is the same in all formats."""
    workshop.configure("limit: 50\npages: 9\n")
    for number in range(9):
        moment = f"2026-10-{28 - number:02}T00:00:00Z"
        workshop.curated(f"{number}.md", words(200_000), date=moment)
    workshop.build()
    files = workshop.files()
    assert largest(workshop) <= MOST_BYTES
    pages = pages_of(workshop)
    assert len(pages) > 2
    titles = [workshop.titles(page) for page in pages]
    assert [title for page in titles for title in page] == [f"Title_of_{n}" for n in range(9)]
    for page, expected in zip(pages, titles, strict=True):
        for suffix in ("atom", "rss"):
            root = etree.fromstring(files[f"{page}.{suffix}"])
            found = root.findall(f"{ATOM}entry") or root.findall("channel/item")
            assert [item.findtext(f"{ATOM}title") or item.findtext("title") for item in found] == (
                expected
            )


def test_a_feed_of_one_page_is_cut(workshop: Workshop) -> None:
    """Without further pages the oldest entries that do not fit are left out."""
    for number in range(9):
        workshop.curated(f"{number}.md", words(200_000), date=f"2026-10-{28 - number:02}T00:00:00Z")
    workshop.build()
    assert largest(workshop) <= MOST_BYTES
    titles = workshop.titles()
    assert titles == [f"Title_of_{number}" for number in range(len(titles))]
    assert 1 < len(titles) < 9


def test_an_article_too_large_for_a_feed_is_brief(workshop: Workshop) -> None:
    """It is published with what an article without a body has, and costs no other its place."""
    workshop.configure("limits: {file_bytes: 9000000}\n")
    image = [{"url": "https://review.example/i.jpg"}]
    workshop.curated("large.md", words(2_000_000), images=image, date="2026-10-02T00:00:00Z")
    workshop.curated("small.md")
    workshop.build()
    large, small = workshop.feed()["items"]
    assert (large["title"], small["title"]) == ("Title_of_large", "Title_of_small")
    assert "Excerpt_of_large." in large["content_html"]
    assert "Body." in small["content_html"]
    assert b"a &amp; b" not in b"".join(workshop.files().values())
    assert max(map(len, workshop.files().values())) < 100_000
    workshop.edit("large.md", _body="<p>Short.</p>")
    workshop.build()
    assert "Short." in workshop.feed()["items"][0]["content_html"]


# --- Qualified labels ----------------------------------------------------------------


def test_a_qualifier_is_no_part_of_a_topic(workshop: Workshop) -> None:
    """Articles with it and without are in one topic, and are labelled without."""
    workshop.configure("qualifiers: [Healthcare IT News]\n")
    workshop.topics("Healthcare IT News: Machine Learning")
    workshop.topics("healthcare it news : machine learning", "Healthcare IT News")
    workshop.topics("Machine Learning")
    workshop.build()
    assert workshop.stems("topics") == {"topics/machine-learning", "topics/healthcare-it-news"}
    assert workshop.feed("topics/machine-learning")["title"] == "Example News: Machine Learning"
    assert len(workshop.titles("topics/machine-learning")) == 3
    tags = {tuple(item["tags"]) for item in workshop.feed()["items"]}
    assert tags == {("Machine Learning",), ("Machine Learning", "Healthcare IT News")}


def test_who_follows_a_qualified_topic_misses_nothing(workshop: Workshop) -> None:
    """The feed that a qualified label had goes on with the topic's articles, unlisted."""
    workshop.topics("Exclusive: Genomics")
    workshop.topics("Genomics")
    workshop.build()
    before = workshop.files()
    workshop.configure(
        "qualifiers: Exclusive\nfeeds: {g: {title: G, where: {topic: 'Exclusive: Genomics'}}}\n"
    )
    report = workshop.build()
    assert (report.read, report.deleted, report.ids_changed) == (0, (), {})
    workshop.topics("Exclusive: Genomics")
    workshop.build()
    expected = workshop.titles("topics/genomics")
    assert len(expected) == 3
    assert workshop.titles("topics/exclusive-genomics") == expected
    assert workshop.titles("feeds/g") == expected
    assert workshop.feed("topics/exclusive-genomics")["title"] == "Example News: Genomics"
    files = workshop.files()
    assert b"exclusive-genomics" not in files["feeds.opml"] + files["index.html"]
    workshop.edit("2.md", publishedDateTime="2027-01-01")
    workshop.configure()
    workshop.build()
    assert {**workshop.files(), "manifest.json": b""} == {**before, "manifest.json": b""}


# --- What the site says --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("reload: {every: 7200}\n", b"<ttl>120</ttl>"),
        ("server: {max_age: 7200}\n", b"<ttl>120</ttl>"),
        ("site: {base_url: https://feeds.example, rights: CC BY}\n", b"CC BY"),
        ("site: {base_url: https://feeds.example, icon: https://x.example/i}\n", b"x.example/i"),
        ("site: {base_url: https://feeds.example, hubs: https://hub.example/}\n", b"hub.example"),
        ("providers: {paper.example: {rights: The Paper's}}\n", b"The Paper"),
    ],
)
def test_what_feeds_say_of_themselves_is_published_at_once(
    workshop: Workshop, text: str, said: bytes
) -> None:
    """Rights, pictures, hubs and the interval reach feeds without a document being read."""
    workshop.news("a.md")
    workshop.build()
    workshop.configure(text)
    report = workshop.build()
    assert (report.read, report.added, report.deleted) == (0, (), ())
    assert said in b"".join(workshop.files()[path] for path in report.changed)
    assert {**workshop.afresh(), "manifest.json": b""} == {
        **workshop.files(),
        "manifest.json": b"",
    }


def test_a_shorter_interval_that_says_nothing_new_costs_nothing(workshop: Workshop) -> None:
    """While caches keep feeds longer than that, how often the corpus is read changes none."""
    workshop.news("a.md")
    workshop.build()
    workshop.configure("reload: {every: 10}\n")
    assert workshop.build().entries_rendered == 0


def test_a_new_page_is_there_before_a_feed_leads_to_it(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a feed that grows beyond a page, the second page is moved into place first."""
    workshop.configure("limit: 2\npages: 2\n")
    for number in range(2):
        workshop.news(f"{number}.md")
    workshop.build()
    moved: list[str] = []
    replace = os.replace

    def noted(source: str, target: str) -> None:
        moved.append(os.path.relpath(target, workshop.output))
        replace(source, target)

    monkeypatch.setattr(os, "replace", noted)
    workshop.news("2.md")
    workshop.build()
    for suffix in ("atom", "rss", "json"):
        assert moved.index(f"all/page/2.{suffix}") < moved.index(f"all.{suffix}")
