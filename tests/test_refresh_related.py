"""Related coverage: what entries say of it in every format, and what a change of it costs.

When coverage is meant to come out otherwise, `python tests/test_refresh_related.py` writes the
expected files of `data/related` anew; the difference is then to be read, not only committed.
"""

import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import pytest
from conftest import DAY, NOW, Workshop, in_formats, rewritten
from lxml import etree
from test_catalog_channels import statements

from feeds.selection.profiles import profile

CASES = Path(__file__).parent / "data" / "related"
ATOM = "{http://www.w3.org/2005/Atom}"
# Every article its own entry: what is on a story is another matter (test_refresh_stories.py).
APART = "stories: {all: false, topics: false}\n"

# --- What entries say ----------------------------------------------------------------


def built(case: Path, root: Path) -> Workshop:
    """Build the corpus of a case below a directory."""
    workshop = Workshop(root)
    shutil.copytree(case / "corpus", workshop.corpus, dirs_exist_ok=True)
    settings = case / "feeds.yaml"
    workshop.configure(APART + (settings.read_text(encoding="utf-8") if settings.exists() else ""))
    workshop.build(NOW)
    return workshop


def told(workshop: Workshop) -> str:
    """Write for people what every entry says of its coverage, format by format."""
    atom = etree.parse(workshop.output / "all.atom").getroot().findall(f"{ATOM}entry")
    rss = etree.parse(workshop.output / "all.rss").getroot().findall("channel/item")
    lines: list[str] = []
    for item, entry, element in zip(workshop.feed()["items"], atom, rss, strict=True):
        related = item.get("_related", {})
        said = {
            "atom": [line(link.attrib) for link in entry.findall(f"{ATOM}link")],
            "rss": [line(link.attrib) for link in element.findall(f"{ATOM}link")],
            "json": [line(link) for link in related.get("items", ())],
            "json's about": [related["about"]] if related else [],
            "content": list_of(item.get("content_html", "")),
        }
        lines += ["", f"{item['title']} <{item['url']}>"]
        for name, links in said.items():
            lines += [f"  {name}", *(f"    {link}" for link in links if link)]
    return "\n".join(lines[1:]) + "\n"


def line(link: Mapping[str, str]) -> str:
    """Write a link in one line, its attributes in their order; nothing where it is another."""
    if link.get("rel", "related") != "related":
        return ""
    return ", ".join(f"{name}: {value}" for name, value in link.items())


def list_of(content: str) -> Iterator[str]:
    """Give the items of the list of coverage in an entry's content, with their links."""
    _, _, coverage = content.partition("<h2>Related coverage</h2>")
    for item in re.findall(r"<li>(.*?)</li>", coverage):
        links: list[str] = []
        texts: list[str] = []
        reader = HTMLParser()
        reader.handle_starttag = lambda _, attributes, links=links: links.extend(
            value for name, value in attributes if name == "href"
        )
        reader.handle_data = texts.append
        reader.feed(item)
        reader.close()
        yield f"{''.join(texts)} <{' '.join(links)}>"


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_entries_say_what_is_expected(case: Path, tmp_path: Path) -> None:
    """Links in Atom and RSS, the extension of JSON Feed and the list in the content say it all."""
    expected = (case / "expected.txt").read_text(encoding="utf-8")
    assert told(built(case, tmp_path / "workshop")) == expected


# --- What a change writes ------------------------------------------------------------

STORY = "Turbine blade blocks harbour bridge"
LEAD = in_formats("all", "topics/harbour", "providers/lead.example")
SECOND = in_formats("all", "topics/harbour", "topics/shipping", "providers/second.example")
LISTED = in_formats("all", "topics/other", "providers/listed.example")
LISTS = {"feeds.opml", "index.html"}


@pytest.fixture
def news(workshop: Workshop) -> Workshop:
    """Give a workshop of four: a lead, one on its story, one that it lists, and one alone."""
    workshop.configure(APART)
    workshop.news(
        "lead.md",
        title=STORY,
        domain="lead.example",
        topics=["Harbour"],
        related=[{"title": "As_listed", "webUrl": "https://listed.example/listed"}],
    )
    workshop.news(
        "second.md",
        title=f"{STORY} again",
        domain="second.example",
        provider_name="The Second",
        topics=["Harbour", "Shipping"],
        publishedDateTime="2026-10-02T08:00:00Z",
    )
    workshop.news(
        "listed.md",
        domain="listed.example",
        provider_name="The Listed",
        topics=["Other"],
        publishedDateTime="2026-08-01T08:00:00Z",
        secured="aaaa",
    )
    workshop.news("alone.md", domain="alone.example", topics=["Alone"])
    workshop.build()
    assert related(workshop, "lead") == ["Title_of_listed", f"{STORY} again"]
    assert related(workshop, "second") == [STORY]
    assert related(workshop, "listed") == [STORY]
    assert related(workshop, "alone") == []
    return workshop


def related(workshop: Workshop, name: str) -> list[str]:
    """Give the titles of what the entry at an address that ends in a name refers to."""
    [item] = [one for one in workshop.feed()["items"] if one["url"].endswith(f"/{name}")]
    return [link["title"] for link in item.get("_related", {}).get("items", ())]


def is_as_from_scratch(workshop: Workshop, now: datetime = NOW) -> bool:
    """Tell whether a first build publishes the same, but for the dates of its manifest."""
    return {**workshop.files(), "manifest.json": b""} == {
        **workshop.afresh(now),
        "manifest.json": b"",
    }


def test_a_new_title_changes_the_entries_that_refer_to_it(news: Workshop) -> None:
    """What lists it shows the new title, and no other feed is written."""
    news.edit("listed.md", title="Better")
    assert rewritten(news.build()) == LISTED | LEAD
    assert related(news, "lead") == ["Better", f"{STORY} again"]
    assert is_as_from_scratch(news)


def test_a_new_title_changes_what_is_on_the_story(news: Workshop) -> None:
    """What was similar shows the new title while it is, and nothing when it is no longer."""
    news.edit("second.md", title=f"{STORY}, lorry stuck")
    assert rewritten(news.build()) == SECOND | LEAD
    assert related(news, "lead") == ["Title_of_listed", f"{STORY}, lorry stuck"]
    news.edit("second.md", title="Elsewhere altogether")
    assert rewritten(news.build()) == SECOND | LEAD
    assert (related(news, "lead"), related(news, "second")) == (["Title_of_listed"], [])
    assert is_as_from_scratch(news)


def test_a_new_address_is_that_of_what_lists_it_no_longer(news: Workshop) -> None:
    """An item of a list is told as it is listed once its address is none of ours."""
    news.edit("listed.md", webUrl="https://listed.example/moved")
    assert rewritten(news.build()) == LISTED | LEAD
    assert related(news, "lead") == ["As_listed", f"{STORY} again"]
    assert related(news, "moved") == []
    assert is_as_from_scratch(news)


def test_a_new_address_is_followed_where_articles_are_compared(news: Workshop) -> None:
    """What was found by comparison is found where it is now."""
    news.edit("second.md", webUrl="https://second.example/moved")
    assert rewritten(news.build()) == SECOND | LEAD
    assert b"second.example/second" not in b"".join(news.files().values())
    assert is_as_from_scratch(news)


@pytest.mark.parametrize("change", [{"published": False}, {"removed": True}])
def test_what_is_withdrawn_is_referred_to_by_none(
    news: Workshop, change: dict[str, object]
) -> None:
    """It leaves with the next cycle, and comes back as it was."""
    before = news.files()
    for path, own in (("second.md", SECOND), ("listed.md", LISTED)):
        news.edit(path, **change)
        assert rewritten(news.build(force=True)) == own | LEAD
    assert related(news, "lead") == ["As_listed"]
    for path, own in (("second.md", SECOND), ("listed.md", LISTED)):
        news.edit(path, published=True, removed=False)
        assert rewritten(news.build(force=True)) == own | LEAD
    assert {**news.files(), "manifest.json": b""} == {**before, "manifest.json": b""}


def test_what_is_deleted_is_referred_to_by_none(news: Workshop) -> None:
    """A file that is gone takes what refers to it along."""
    news.delete("second.md")
    assert rewritten(news.build(force=True)) == SECOND | LEAD
    assert related(news, "lead") == ["Title_of_listed"]
    news.delete("lead.md")
    assert rewritten(news.build(force=True)) == LISTED | LEAD
    assert related(news, "listed") == []


def test_a_date_in_another_week_ends_a_story(news: Workshop) -> None:
    """What moves out of the days of a story is not of it, and comes back with its date."""
    news.edit("second.md", publishedDateTime="2026-10-08T08:00:01Z")
    assert rewritten(news.build()) == SECOND | LEAD
    assert (related(news, "lead"), related(news, "second")) == (["Title_of_listed"], [])
    assert is_as_from_scratch(news)
    news.edit("second.md", publishedDateTime="2026-09-24T08:00:00Z")
    assert rewritten(news.build()) == SECOND | LEAD
    assert related(news, "second") == [STORY]
    assert is_as_from_scratch(news)


def test_a_new_topic_may_end_a_story(news: Workshop) -> None:
    """A topic more changes no entry but the article's own, the last one in common does."""
    news.edit("second.md", topics=["Harbour", "Shipping", "Wind"])
    assert rewritten(news.build()) == SECOND | in_formats("topics/wind") | LISTS
    news.edit("second.md", topics=["Shipping"])
    assert rewritten(news.build()) == SECOND | LEAD | in_formats("topics/wind")
    assert (related(news, "lead"), related(news, "second")) == (["Title_of_listed"], [])
    news.edit("lead.md", topics=["shipping"])
    news.build()
    assert related(news, "second") == [STORY]


def test_quality_orders_a_story_and_nothing_else(news: Workshop) -> None:
    """Of equals the better comes first, and a quality that changes no order writes nothing."""
    third = {"title": f"{STORY} again", "publishedDateTime": "2026-10-02T08:00:00Z"}
    news.news("third.md", **third, domain="third.example", topics=["Harbour"], quality=10)
    news.build()
    addresses = [
        link["url"] for link in news.feed("providers/lead.example")["items"][0]["_related"]["items"]
    ]
    assert addresses[1:] == ["https://third.example/third", "https://second.example/second"]
    news.edit("third.md", quality=9)
    assert rewritten(news.build()) == set()
    news.edit("second.md", quality=90)
    assert rewritten(news.build()) == LEAD | in_formats("topics/harbour")
    addresses = [
        link["url"] for link in news.feed("providers/lead.example")["items"][0]["_related"]["items"]
    ]
    assert addresses[1:] == ["https://second.example/second", "https://third.example/third"]


def test_a_provider_s_new_name_is_told_by_who_refers_to_it(news: Workshop) -> None:
    """Where an entry names the provider of an article of ours it has the name of today."""
    news.edit("listed.md", provider={"name": "Renamed", "domain": "listed.example"})
    assert rewritten(news.build()) == LISTED | LEAD | LISTS
    content = news.feed("providers/lead.example")["items"][0]["content_html"]
    assert "(Renamed, " in content
    assert "The Listed" not in content
    assert is_as_from_scratch(news)


@pytest.mark.parametrize("path", ["lead.md", "second.md", "listed.md"])
def test_what_is_never_emitted_changes_no_coverage(news: Workshop, path: str) -> None:
    """`heat` and `secured` write nothing, whoever refers to the article."""
    for change in ({"secured": "bbbb"}, {"heat": -1}, {"heat": 90, "secured": "cccc"}):
        news.edit(path, **change)
        report = news.build()
        assert (report.read, rewritten(report)) == (1, set())


def test_a_third_article_joins_the_story(news: Workshop) -> None:
    """All that are on the story name it, and what is on no story or another is left alone."""
    news.news("third.md", title=f"{STORY} still", domain="third.example", topics=["Harbour"])
    new = in_formats("providers/third.example")
    assert rewritten(news.build()) == LEAD | SECOND | new | LISTS
    assert f"{STORY} still" in related(news, "lead")
    assert f"{STORY} still" in related(news, "second")
    assert is_as_from_scratch(news)


def test_an_article_is_coverage_from_when_it_is_due(news: Workshop) -> None:
    """Until then it is told as it is listed and found by nobody, then as it says of itself."""
    due = datetime(2026, 11, 5, tzinfo=UTC)
    ahead = {"publishedDateTime": "2026-11-05T00:00:00Z", "topics": ["Harbour"]}
    news.news("ahead.md", title=f"{STORY} ahead", **ahead)
    news.edit("second.md", publishedDateTime="2026-10-31T00:00:00Z")
    listed = {"title": "Ahead_as_listed", "webUrl": "https://paper.example/ahead"}
    news.edit("alone.md", related=[listed])
    news.build()
    assert f"{STORY} ahead".encode() not in b"".join(news.files().values())
    assert related(news, "alone") == ["Ahead_as_listed"]
    assert related(news, "second") == []
    news.build(due)
    assert related(news, "alone") == related(news, "second") == [f"{STORY} ahead"]
    assert is_as_from_scratch(news, due)
    news.build(due - timedelta(seconds=1))
    assert related(news, "alone") == ["Ahead_as_listed"]
    assert related(news, "second") == []


def test_coverage_moves_no_date(news: Workshop) -> None:
    """An entry of which only the coverage changed, and its feeds, keep their `updated`."""

    def dates() -> list[str]:
        atom = news.files()["providers/lead.example.atom"].decode()
        return re.findall("<updated>.*?</updated>", atom)

    before = dates()
    news.edit("second.md", title=f"{STORY}, lorry stuck", modifiedDateTime="2026-10-20T00:00:00Z")
    assert "providers/lead.example.atom" in rewritten(news.build())
    news.edit("lead.md", related=None)
    assert "providers/lead.example.atom" in rewritten(news.build())
    assert dates() == before
    assert len(before) == 3


def test_settings_of_coverage_are_those_of_a_first_build(news: Workshop) -> None:
    """However often they are switched, what is published is what they say now."""
    news.news("held.md", title=f"{STORY} held", topics=["Harbour"], published=False)
    for settings in (
        "related: {limit: 1}\n",
        "related: {unpublished: true}\n",
        "related: {limit: 0, unpublished: true}\n",
        "related: {limit: 20}\n",
        "related: {limit: 20, unpublished: true}\n",
        "",
    ):
        news.configure(APART + settings)
        news.build()
        assert is_as_from_scratch(news), settings
        found = "held" in " ".join(related(news, "lead"))
        assert found == ("unpublished" in settings and "limit: 0" not in settings)


# --- What gets out -------------------------------------------------------------------


def test_what_is_held_is_told_only_as_a_published_list_tells_it(news: Workshop) -> None:
    """Nothing of a held document's own is published: title, excerpt, address, provider, date."""
    own = {
        "excerpt": "canary_excerpt",
        "provider": {"name": "canary_name", "domain": "canary.example"},
        "publishedDateTime": "2026-10-03T11:11:11Z",
        "related": [{"title": "canary_item", "webUrl": "https://lead.example/lead"}],
        "topics": ["Harbour", "canary_topic"],
        "published": False,
    }
    news.news("held.md", title=f"{STORY} canary_title", webUrl="https://canary.example/held", **own)
    assert rewritten(news.build()) == set()
    news.news("named.md", title="canary_other", webUrl="https://named.example/held", **own)
    news.edit(
        "lead.md", related=[{"title": "As_listed", "webUrl": "http://www.named.example/held/"}]
    )
    news.build()
    assert related(news, "lead") == ["As_listed", f"{STORY} again"]
    published = b"".join(news.files().values())
    assert b"canary" not in published
    assert b"2026-10-03" not in published
    assert b"https://named.example/held" not in published


def test_of_what_is_held_only_title_link_provider_and_date_are_told(news: Workshop) -> None:
    """Where held documents may be referred to, the rest of them stays in."""
    news.configure(APART + "related: {unpublished: true}\n")
    news.news(
        "held.md",
        title=f"{STORY} held",
        excerpt="canary_excerpt",
        topics=["Harbour", "canary_topic"],
        category="canary_category",
        author="canary_author",
        images=[{"url": "https://canary.example/1.jpg"}],
        related=[{"title": "canary_item", "webUrl": "https://canary.example/"}],
        published=False,
    )
    news.build()
    assert f"{STORY} held" in related(news, "lead")
    assert b"canary" not in b"".join(news.files().values())
    assert not [path for path in news.files() if "canary" in path]


def test_a_held_document_that_changes_is_told_anew(news: Workshop) -> None:
    """A new title, address or date of what is held changes what refers to it; its end, too."""
    news.configure(APART + "related: {unpublished: true}\n")
    news.news("held.md", title=f"{STORY} held", topics=["Harbour"], published=False)
    news.build()
    on_the_story = LEAD | SECOND
    for change in (
        {"title": f"{STORY}, held"},
        {"webUrl": "https://held.example/moved"},
        {"provider": {"name": "Held", "domain": "held.example"}},
        {"publishedDateTime": "2026-10-03T00:00:00Z"},
        {"topics": ["Nothing"]},
        {"topics": ["Harbour"]},
        {"removed": True},
        {"removed": None},
    ):
        news.edit("held.md", **change)
        assert rewritten(news.build()) == on_the_story, change
        assert is_as_from_scratch(news)
    news.edit("held.md", heat=9, secured="x", category="x")
    assert rewritten(news.build()) == set()
    news.delete("held.md")
    assert rewritten(news.build()) == on_the_story


def test_a_held_document_is_referred_to_from_its_date_on(news: Workshop) -> None:
    """Where held documents may be found, one of a day to come is not, until that has come."""
    due = datetime(2026, 11, 5, tzinfo=UTC)
    news.configure(APART + "related: {unpublished: true}\n")
    news.news(
        "held.md",
        title=f"{STORY} held",
        topics=["Harbour"],
        publishedDateTime="2026-11-05T00:00:00Z",
        related=[{"title": "Alone", "webUrl": "https://alone.example/alone"}],
        published=False,
    )
    news.edit("second.md", publishedDateTime="2026-10-31T00:00:00Z")
    listed = {"title": "Held_as_listed", "webUrl": "https://paper.example/held"}
    news.edit("listed.md", related=[listed])
    news.build()
    before = news.files()
    assert f"{STORY} held".encode() not in b"".join(before.values())
    assert rewritten(news.build(due - timedelta(seconds=1))) == set()
    news.build(due)
    for name in ("second", "alone", "listed"):
        assert f"{STORY} held" in related(news, name), name
    assert is_as_from_scratch(news, due)
    assert rewritten(news.build(due + DAY)) == set()
    news.build(NOW)
    assert {**news.files(), "manifest.json": b""} == {**before, "manifest.json": b""}


# --- Documents that stand for others -------------------------------------------------


@pytest.fixture
def doubles(workshop: Workshop) -> Workshop:
    """Give a workshop in which a list names a document that another one stands for."""
    lists = [{"title": "As_listed", "webUrl": "https://paper.example/old"}]
    workshop.news("lead.md", related=lists)
    workshop.news("old.md", guid="urn:x:1", publishedDateTime="2026-09-01T00:00:00Z")
    workshop.news("new.md", guid="urn:x:1")
    workshop.build()
    assert related(workshop, "lead") == ["Title_of_new"]
    return workshop


def test_who_stands_for_another_is_told_where_that_is_listed(doubles: Workshop) -> None:
    """A new title of the one, or its end, changes what lists the other."""
    doubles.edit("new.md", title="Newer")
    doubles.build()
    assert related(doubles, "lead") == ["Newer"]
    doubles.delete("new.md")
    doubles.build(force=True)
    assert related(doubles, "lead") == ["Title_of_old"]
    assert is_as_from_scratch(doubles)


@pytest.mark.parametrize(
    "change", [{"webUrl": "https://paper.example/other"}, {"published": False}, None]
)
def test_who_stood_for_a_document_that_is_gone_is_not_told(
    doubles: Workshop, change: dict[str, object] | None
) -> None:
    """Once no document is at the address that is listed it is told as it is listed."""
    if change is None:
        doubles.delete("old.md")
    else:
        doubles.edit("old.md", **change)
    doubles.build(force=True)
    assert related(doubles, "lead") == ["As_listed"]
    assert is_as_from_scratch(doubles)


# --- What it costs -------------------------------------------------------------------


@contextmanager
def calls(function: Callable[..., object]) -> Iterator[list[str]]:
    """Give a list that gets a name longer with every call of a function meanwhile."""
    seen: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code is function.__code__:
            seen.append(frame.f_code.co_name)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield seen
    finally:
        sys.setprofile(before)


def test_the_cost_of_an_edit_grows_with_its_weeks_and_not_with_the_corpus(
    workshop: Workshop,
) -> None:
    """In ten times as many years as many articles are compared, by as many statements."""
    workshop.configure(APART + "limit: 5\n")
    costs = []
    for size in (60, 600):
        for number in range(len(workshop.documents), size):
            date = (NOW - 2 * DAY - number * 6 * DAY).isoformat()
            title = f"Blade{number // 2} harbour{number // 2} bridge{number // 2} opens"
            workshop.news(f"{number}.md", title=title, publishedDateTime=date)
        workshop.build()
        for change in ({"title": f"Blade15 harbour15 bridge15 closes {size}"}, {"heat": size}):
            workshop.edit("30.md", **change)
            with statements() as seen, calls(profile) as compared:
                report = workshop.build()
            assert report.read == 1
            costs.append((len(seen), len(compared)))
    edits, heats = costs[::2], costs[1::2]
    assert edits[0] == edits[1]
    assert heats[0] == heats[1]
    assert edits[0][1] <= 8
    assert heats[0] < edits[0]


if __name__ == "__main__":
    for folder in sorted(CASES.iterdir()):
        with TemporaryDirectory() as place:
            outcome = told(built(folder, Path(place, "workshop")))
        (folder / "expected.txt").write_text(outcome, encoding="utf-8")
