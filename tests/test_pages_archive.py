"""The pages of archives: all months of a feed, and what was in each of them."""

import re
from datetime import UTC, datetime

import pytest
from conftest import Workshop
from test_pages_feed import Page

from feeds.refresh import Carried

PAGES = "html: {pages: true}\n"
MOST_BYTES = 50_000


@pytest.fixture
def news(workshop: Workshop) -> Workshop:
    """Give a publication with pages, of four articles in three months."""
    workshop.configure(PAGES)
    workshop.carried = Carried()
    for name, date in (
        ("a", "2025-12-31T08:00:00Z"),
        ("b", "2026-09-01T08:00:00Z"),
        ("c", "2026-10-01T08:00:00Z"),
        ("d", "2026-10-02T08:00:00Z"),
    ):
        workshop.news(f"{name}.md", publishedDateTime=date)
    workshop.build()
    return workshop


def page(workshop: Workshop, path: str) -> Page:
    """Read a page that is published."""
    return Page((workshop.output / path / "index.html").read_bytes())


def links(workshop: Workshop, path: str) -> list[str]:
    """Give the targets of the links of a page."""
    return [str(link["href"]) for link in page(workshop, path).all("a")]


def archived(workshop: Workshop) -> set[str]:
    """Give the directories of all pages of archives."""
    files = [path for path in workshop.files() if path.endswith("/index.html")]
    return {path.removesuffix("/index.html") for path in files if "/archive/" in path}


def test_every_month_has_a_page(news: Workshop) -> None:
    """All and topics have them, providers do not, unless they are asked for."""
    months = ("archive", "archive/2025-12", "archive/2026-09", "archive/2026-10")
    expected = {f"{stem}/{month}" for stem in ("all", "topics/energy") for month in months}
    assert archived(news) == expected
    news.configure("html: {pages: true, months: {all: false, topics: false, providers: true}}\n")
    news.build()
    assert archived(news) == {f"providers/paper.example/{month}" for month in months}


def test_the_page_of_a_feed_leads_to_its_months(news: Workshop) -> None:
    """From there one comes to each month, from each to those beside it, and back."""
    root = "../../"
    assert f"{root}topics/energy/archive/" in links(news, "topics/energy")
    assert not [link for link in links(news, "providers/paper.example") if "archive" in link]
    root = "../../../"
    assert [link for link in links(news, "topics/energy/archive") if re.search(r"\d/$", link)] == [
        f"{root}topics/energy/archive/{month}/" for month in ("2026-10", "2026-09", "2025-12")
    ]
    root = "../../../../"
    middle = links(news, "topics/energy/archive/2026-09")
    assert [link for link in middle if re.search(r"\d/$", link)] == [
        f"{root}topics/energy/archive/{month}/" for month in ("2026-10", "2025-12")
    ]
    assert {f"{root}topics/energy/", f"{root}topics/energy/archive/", root} <= {*middle}


def test_a_month_has_its_entries_in_order(news: Workshop) -> None:
    """Each line has a title with a link, a provider and a day, the newest first."""
    found = links(news, "all/archive/2026-10")
    assert [link for link in found if "paper.example" in link] == [
        "https://paper.example/d",
        "https://paper.example/c",
    ]
    text = page(news, "all/archive/2026-10").text
    assert "October 2026" in text
    for part in ("Title_of_d", "The Paper", "2 October 2026"):
        assert part in text


def test_stories_say_how_many_more_tell_them(workshop: Workshop) -> None:
    """A story is one line, as it is one entry."""
    workshop.configure(PAGES)
    for name in ("one", "two", "three"):
        title = "Turbine blade blocks harbour bridge"
        workshop.news(f"{name}.md", title=title, excerpt="", domain=f"{name}.example")
    workshop.build()
    assert page(workshop, "all/archive/2026-10").text.count("Turbine blade") == 1
    assert "2 more" in page(workshop, "all/archive/2026-10").text


def test_many_entries_are_on_several_pages(workshop: Workshop) -> None:
    """Each stays below 50 kB, they lead to each other, and a page that is needed no more goes."""
    workshop.configure(PAGES)
    for number in range(151):
        title = f"A title of eleven words, as long as titles usually are, number{number}"
        workshop.news(f"2026/10/a-story-with-a-usual-name-{number}.md", title=title)
    workshop.build()
    first, second = "all/archive/2026-10", "all/archive/2026-10/2"
    assert {first, second} <= archived(workshop)
    assert "../../../all/archive/2026-10/2/" in links(workshop, first)
    assert "../../../../all/archive/2026-10/" in links(workshop, second)
    told = [link for path in (first, second) for link in links(workshop, path) if "paper" in link]
    assert len({*told}) == len(told) == 151
    assert len((workshop.output / first / "index.html").read_bytes()) < MOST_BYTES
    workshop.delete("2026/10/a-story-with-a-usual-name-0.md")
    workshop.build()
    assert second not in archived(workshop)


def test_an_edit_writes_the_pages_of_its_month(news: Workshop) -> None:
    """Other months stay as they are, and an edit of a text alone writes none."""
    news.edit("c.md", title="Another title")
    changed = {path for path in news.build().changed if "/archive/" in path and "html" in path}
    assert changed == {f"{s}/archive/2026-10/index.html" for s in ("all", "topics/energy")}
    assert "Another title" in page(news, "all/archive/2026-10").text
    news.edit("c.md", excerpt="Another excerpt.")
    assert not [path for path in news.build().changed if "/archive/" in path and "html" in path]


def test_a_month_comes_and_goes_with_its_entries(news: Workshop) -> None:
    """Those beside it lead to each other then, and all is as a first build makes it."""
    news.edit("b.md", publishedDateTime="2026-08-01T08:00:00Z")
    report = news.build()
    assert "all/archive/2026-08/index.html" in report.added
    assert "all/archive/2026-09/index.html" in report.deleted
    assert "../../all/archive/2026-08/" in links(news, "all/archive")
    assert "../../../all/archive/2026-08/" in links(news, "all/archive/2026-10")
    own = {path: body for path, body in news.files().items() if "/archive/" in path}
    assert own == {path: body for path, body in news.afresh().items() if "/archive/" in path}


def test_a_month_of_which_all_was_taken_back_says_so(news: Workshop) -> None:
    """Its document names what went, and its page that something did."""
    news.delete("b.md")
    news.build(force=True)
    assert "What was here was taken back." in page(news, "all/archive/2026-09").text


def test_without_archives_there_are_no_months(news: Workshop) -> None:
    """Nor does any page lead to them."""
    news.configure(f"{PAGES}archives: {{all: false, topics: false, providers: false}}\n")
    news.build(datetime(2026, 11, 1, tzinfo=UTC))
    assert not archived(news)
    assert not [link for link in links(news, "all") if "archive" in link]


def test_another_process_makes_the_same(news: Workshop) -> None:
    """Lines are read from what archives have, whoever made that."""
    news.carried = Carried()
    news.edit("d.md", title="Another title")
    looks_at = frozenset([str(news.corpus / "d.md")])
    news.build(looks_at=looks_at)
    own = {path: body for path, body in news.files().items() if "/archive/" in path}
    assert own == {path: body for path, body in news.afresh().items() if "/archive/" in path}


HOSTILE = "</ul><script>alert(1)</script>\" onload='x' & {{ 7 * 7 }}"


def test_no_text_comes_alive(news: Workshop) -> None:
    """Markup and template syntax in an article are text on the page."""
    news.edit("d.md", title=HOSTILE)
    news.build()
    found = page(news, "all/archive/2026-10")
    assert not found.all("script")
    assert HOSTILE in found.text
