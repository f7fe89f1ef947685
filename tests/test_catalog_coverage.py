"""Coverage in the catalog: who may be referred to, what is told of them, and how it is found."""

from datetime import UTC, datetime, timedelta

import pytest
from conftest import NOW, Workshop
from sqlalchemy import text
from test_catalog_channels import plan_of, statements

from feeds.catalog import Catalog, open_catalog
from feeds.model import Provider, Reference, RelatedItem
from feeds.text.dates import WEEK, week_of

HELD = "related: {unpublished: true}\n"
MOMENT = datetime(2026, 10, 1, 8, tzinfo=UTC)


def listing(*addresses: str) -> list[dict[str, str]]:
    """Make a list of related items."""
    return [{"title": "As_listed", "webUrl": address} for address in addresses]


def coverage(workshop: Workshop, path: str) -> list[Reference]:
    """Give what is kept of the coverage of an article."""
    with open_catalog(workshop.kept) as catalog:
        [row] = rows(catalog, "SELECT key FROM articles WHERE path = :path", path=path)
        [stored] = catalog.archives.articles([(row[0], None)])
        return list(stored.coverage)


def rows(catalog: Catalog, statement: str, **values: object) -> list[tuple[object, ...]]:
    """Give what a statement finds."""
    connection = catalog._connection  # noqa: SLF001 - what is kept is nobody's business but ours
    return [tuple(row) for row in connection.execute(text(statement), values)]


def kept(workshop: Workshop, statement: str) -> list[tuple[object, ...]]:
    """Give what a statement finds in a workshop's catalog."""
    with open_catalog(workshop.kept) as catalog:
        return rows(catalog, statement)


# --- What is told --------------------------------------------------------------------


@pytest.mark.parametrize(
    "title", ["12", "1.0", "null", "true", '"quoted"', "[1]", "\\u0041", "\U0001f4a8 \u2028 x", "é"]
)
@pytest.mark.parametrize("published", [True, False])
def test_what_a_document_says_of_itself_is_told_as_it_says_it(
    workshop: Workshop, title: str, *, published: bool
) -> None:
    """Whatever a title or a name looks like, it is text, of articles and of what is held."""
    workshop.configure(HELD)
    own = {"provider_name": title, "language": "en-GB", "published": published}
    workshop.news("a.md", title=title, **own)
    workshop.news("lead.md", related=listing("https://paper.example/a"))
    workshop.build()
    shown = title.replace(" \u2028 ", " ")
    provider = Provider("paper.example", shown)
    item = RelatedItem("https://paper.example/a", shown, MOMENT, provider, "en-GB")
    assert coverage(workshop, "lead.md") == [Reference(item, "a.md", published)]


def test_what_is_listed_is_kept_as_it_is_listed(workshop: Workshop) -> None:
    """What is no document of ours has no path, and a date and a provider only where listed."""
    whole = {
        "title": "T",
        "webUrl": "http://www.x.example/?utm_source=1",
        "publishedDateTime": "1969-12-31T23:59:59Z",
        "provider": {"name": "X", "domain": "other.example"},
    }
    workshop.news("lead.md", related=[whole, "https://y.example/"])
    workshop.build()
    before = datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert coverage(workshop, "lead.md") == [
        Reference(RelatedItem(whole["webUrl"], "T", before, Provider("other.example", "X"))),
        Reference(
            RelatedItem(
                "https://y.example/", "https://y.example/", None, Provider("y.example", "y.example")
            )
        ),
    ]


def test_those_that_list_an_article_come_newest_first(workshop: Workshop) -> None:
    """Of one date they are in the order of their paths, held ones among them."""
    workshop.configure(HELD + "limit: 3\n")
    workshop.news("lead.md")
    for name, day, published in (("c", 2, True), ("b", 2, False), ("a", 2, True), ("d", 3, False)):
        workshop.news(
            f"{name}.md",
            related=listing("https://paper.example/lead"),
            publishedDateTime=f"2026-10-0{day}",
            published=published,
        )
    workshop.build()
    assert [one.path for one in coverage(workshop, "lead.md")] == ["d.md", "a.md", "b.md", "c.md"]


def test_more_articles_than_a_batch_have_their_coverage(workshop: Workshop) -> None:
    """Where all coverage is found anew none is left out, however many there are."""
    for number in range(520):
        related = listing(f"https://paper.example/{(number + 1) % 520}")
        workshop.news(f"{number}.md", related=related)
    workshop.build()
    all_true = "min(CAST(is_published AS integer))"
    count = f"SELECT count(*), count(DISTINCT article), {all_true} FROM coverage"  # noqa: S608
    assert kept(workshop, count) == [(2 * 520, 520, 1)]
    workshop.configure("related: {limit: 1}\n")
    workshop.build()
    assert kept(workshop, count) == [(520, 520, 1)]


def test_of_several_held_at_one_address_it_is_always_the_same(workshop: Workshop) -> None:
    """Which held document stands at an address does not depend on the order of arrival."""
    workshop.configure(HELD)
    workshop.news("lead.md", related=listing("https://paper.example/x"))
    for name in ("b", "a"):
        workshop.news(f"{name}.md", published=False, webUrl="https://paper.example/x")
        workshop.build()
    found = coverage(workshop, "lead.md")
    workshop.catalog.unlink()
    workshop.build()
    assert coverage(workshop, "lead.md") == found


def test_of_several_that_stand_for_an_address_it_is_always_the_same(workshop: Workshop) -> None:
    """Two documents at one address that others stand for lead to one of these, always the same."""
    workshop.news("lead.md", related=listing("https://paper.example/x"))
    for name in ("b", "a"):
        guid = f"urn:x:{name}"
        workshop.news(
            f"{name}.md",
            guid=guid,
            webUrl="https://paper.example/x",
            publishedDateTime="2026-09-01",
        )
        workshop.news(f"new-{name}.md", guid=guid)
        workshop.build()
    found = coverage(workshop, "lead.md")
    workshop.catalog.unlink()
    workshop.build()
    assert coverage(workshop, "lead.md") == found


# --- What is kept --------------------------------------------------------------------


def test_what_documents_list_is_forgotten_with_them(workshop: Workshop) -> None:
    """Of what is withdrawn, broken or deleted nothing is kept, of what is held its list is."""
    query = "SELECT path, address FROM mentions ORDER BY path"
    names = ("broken", "deleted", "held", "published", "withdrawn")
    for name in names:
        workshop.news(f"{name}.md", related=listing("http://www.x.example/1?utm_source=x"))
    workshop.build()
    assert kept(workshop, query) == [(f"{name}.md", "x.example/1") for name in names]
    workshop.write("broken.md", "---\ntitle: [\nremoved: true\n---\n")
    workshop.delete("deleted.md")
    workshop.edit("held.md", published=False)
    workshop.edit("withdrawn.md", removed=True)
    workshop.build(force=True)
    assert kept(workshop, query) == [("held.md", "x.example/1"), ("published.md", "x.example/1")]
    assert kept(workshop, "SELECT path FROM held") == [("held.md",)]


@pytest.mark.parametrize("settings", ["", HELD])
def test_nothing_is_kept_of_what_is_not_shown(workshop: Workshop, settings: str) -> None:
    """What is not due, held or shadowed has no coverage."""
    workshop.configure(settings)
    elsewhere = listing("https://x.example/1")
    workshop.news("ahead.md", related=elsewhere, publishedDateTime="2027-01-01T00:00:00Z")
    workshop.news("held.md", related=elsewhere, published=False)
    workshop.news("old.md", related=elsewhere, guid="urn:x", publishedDateTime="2026-01-01")
    workshop.news("new.md", related=elsewhere, guid="urn:x")
    workshop.build()
    shown = "SELECT path FROM articles WHERE key IN (SELECT article FROM coverage)"
    assert kept(workshop, shown) == [("new.md",)]
    workshop.delete("new.md")
    workshop.build(force=True)
    assert kept(workshop, shown) == [("old.md",)]


def test_what_happened_to_held_documents_is_seen_once(workshop: Workshop) -> None:
    """Where they may be referred to, nothing of it is left for the next cycle."""
    query = "SELECT path FROM held_news"
    workshop.news("held.md", published=False)
    workshop.news("a.md")
    workshop.build()
    workshop.configure(HELD)
    workshop.build()
    assert kept(workshop, query) == []
    workshop.edit("held.md", title="Better")
    workshop.build()
    workshop.delete("held.md")
    workshop.build()
    assert kept(workshop, query) == []


@pytest.mark.parametrize(("settings", "held"), [("", []), (HELD, ["e.md"])])
def test_weeks_are_those_in_which_there_is_something(
    workshop: Workshop, settings: str, held: list[str]
) -> None:
    """Weeks are counted from 1970 in both directions, and come in order, without empty ones."""
    assert (week_of(0), week_of(WEEK - 1), week_of(WEEK), week_of(-1)) == (0, 0, 1, -1)
    workshop.configure(settings)
    for name, date, published in (
        ("a", "1969-12-31T23:59:59Z", True),
        ("b", "1970-01-01", True),
        ("c", "2026-10-01", True),
        ("d", "2026-10-07T23:59:59Z", True),
        ("e", "2026-10-08", False),
        ("f", "2026-11-19", True),
    ):
        workshop.news(f"{name}.md", publishedDateTime=date, published=published)
    workshop.build(NOW)
    week = week_of(int(MOMENT.timestamp()))
    with open_catalog(workshop.kept) as catalog:
        compared = catalog.comparisons(int(NOW.timestamp()))
        weeks = [-1, 0, week, *([week + 1] if held else [])]
        by_week = dict(compared.by_week())
        assert list(by_week) == weeks
        assert {number: compared.of_week(number) for number in weeks} == by_week
        assert sorted(one.path for one in compared.of_week(week)) == ["c.md", "d.md"]
        assert [one.path for one in compared.of_week(week + 1)] == held
        assert all(one.article is None for one in compared.of_week(week + 1))


def test_a_story_across_the_end_of_a_week_is_one(workshop: Workshop) -> None:
    """Weeks are how articles are found; how near they are is counted in seconds."""
    end = datetime(2026, 10, 8, tzinfo=UTC)
    for name, moment in (("a", end - timedelta(seconds=1)), ("b", end)):
        workshop.news(
            f"{name}.md", title="Turbine blade blocks bridge", publishedDateTime=moment.isoformat()
        )
    workshop.build()
    assert [one.path for one in coverage(workshop, "a.md")] == ["b.md"]
    assert [one.path for one in coverage(workshop, "b.md")] == ["a.md"]
    assert week_of(int(end.timestamp())) == week_of(int(end.timestamp()) - 1) + 1


# --- How it is found -----------------------------------------------------------------


@pytest.mark.usefixtures("in_files")
@pytest.mark.parametrize("settings", ["", HELD])
def test_coverage_is_found_by_indexes(workshop: Workshop, settings: str) -> None:
    """No statement of an edit reads all that is kept of articles, lists or coverage."""
    workshop.configure(settings)
    for number in range(40):
        workshop.news(
            f"{number}.md",
            related=listing(f"https://paper.example/{number + 1}"),
            published=number % 4 > 0,
        )
    workshop.build()
    workshop.edit("5.md", title="Better")
    with statements() as seen:
        workshop.build()
    tables = ("coverage", "mentions", "held", "profiles", "similar")
    asked = [text for text in dict.fromkeys(seen) if any(table in text for table in tables)]
    assert len(asked) > len(tables)
    for statement in asked:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            plan = plan_of(workshop, statement).splitlines()
            scans = [line for line in plan if line.startswith("SCAN")]
            assert all(is_small(line) for line in scans), "\n".join([statement, *plan])


def is_small(scan: str) -> bool:
    """Tell whether what is read is known to be little: news, or a list in the statement."""
    return "held_news" in scan or "INDEX articles_hidden" in scan or "(" in scan
