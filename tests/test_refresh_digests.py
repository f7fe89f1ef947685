"""Each day or week that ended gets one entry in a digest, which then never changes."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from conftest import DAY, SITE, Workshop, in_formats, is_whole, written
from feed_rules import complaints
from lxml import etree

from feeds.catalog.in_file import set_aside
from feeds.model import Frequency
from feeds.selection.periods import period_of

ATOM = "{http://www.w3.org/2005/Atom}"
NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
TOPIC = "topics/energy"
DAILY = "topics: {energy: {label: Energy, digest: daily}}\n"
WEEKLY = DAILY.replace("daily", "weekly")


def entries(workshop: Workshop, stem: str = f"{TOPIC}/daily") -> dict[str, str]:
    """Give the bytes of a digest's entries by the names of their periods, in order."""
    root = etree.fromstring((workshop.output / f"{stem}.atom").read_bytes())
    return {
        entry.findtext(f"{ATOM}id").rpartition("/")[2]: etree.tostring(entry).decode()
        for entry in root.iterfind(f"{ATOM}entry")
    }


def items(workshop: Workshop, stem: str = f"{TOPIC}/daily") -> list[dict[str, Any]]:
    """Give a digest's entries."""
    found: list[dict[str, Any]] = workshop.feed(stem)["items"]
    return found


def summaries(workshop: Workshop, stem: str = f"{TOPIC}/daily") -> dict[str, str]:
    """Give which articles a digest's entries name, by period."""
    return {
        item["id"].rpartition("/")[2]: item["summary"].replace("Title_of_", "")
        for item in items(workshop, stem)
    }


def digests(workshop: Workshop) -> set[str]:
    """Give the paths of all digests."""
    return {path for path in workshop.files() if "/daily." in path or "/weekly." in path}


def ended_with_articles(
    workshop: Workshop, frequency: Frequency, before: datetime, now: datetime
) -> set[str]:
    """Give the names of the periods that ended after an instant, and by now, and had articles."""
    dates = (fields["publishedDateTime"] for fields in workshop.documents.values())
    periods = {period_of(frequency, datetime.fromisoformat(date)) for date in dates}
    return {period.name for period in periods if before < period.end <= now}


@pytest.fixture
def days(workshop: Workshop) -> Workshop:
    """Give a workshop with articles of three days and of today, published on the 20th."""
    workshop.configure(DAILY)
    for name, date, quality in (
        ("old", "10-05T08", 0),
        ("fair", "11-18T08", 40),
        ("good", "11-18T07", 50),
        ("lone", "11-19T23", 0),
        ("today", "11-20T09", 0),
    ):
        workshop.news(f"{name}.md", publishedDateTime=f"2026-{date}:00:00Z", quality=quality)
    workshop.build(NOW)
    return workshop


# --- What is in it -------------------------------------------------------------------------


def test_each_day_that_ended_and_had_articles_has_an_entry(days: Workshop) -> None:
    """The newest is first, a day without articles has none, and nor has today."""
    assert list(summaries(days).items()) == [
        ("2026-11-19", "lone"),
        ("2026-11-18", "good; fair"),
        ("2026-10-05", "old"),
    ]
    assert digests(days) == in_formats(f"{TOPIC}/daily")


def test_an_entry_says_what_the_day_brought(days: Workshop) -> None:
    """It has the day's id and name, is dated when the day ended, and lists the best in order."""
    entry = items(days)[1]
    assert entry["id"] == "tag:feeds.example,2026:/topics/energy/daily/2026-11-18"
    assert entry["title"] == "Energy, 18 November 2026"
    assert entry["url"] == "https://feeds.example/"
    assert entry["date_published"] == "2026-11-19T00:00:00Z"
    assert "date_modified" not in entry
    assert entry["authors"] == [{"name": "Example News", "url": "https://feeds.example/"}]
    assert entry["content_html"] == (
        '<ol><li><a href="https://paper.example/good">Title_of_good</a> (The Paper,'
        ' <time datetime="2026-11-18T07:00:00Z">2026-11-18</time>)<p>Excerpt_of_good.</p></li>'
        '<li><a href="https://paper.example/fair">Title_of_fair</a> (The Paper,'
        ' <time datetime="2026-11-18T08:00:00Z">2026-11-18</time>)<p>Excerpt_of_fair.</p></li></ol>'
    )


def test_the_feed_says_what_it_is(days: Workshop) -> None:
    """It has its own id, title and address, and keeps the rules of feeds."""
    body = days.files()[f"{TOPIC}/daily.atom"]
    assert b"<id>tag:feeds.example,2026:/topics/energy/daily</id>" in body
    assert b"<updated>2026-11-20T00:00:00Z</updated>" in body.partition(b"<entry>")[0]
    feed = days.feed(f"{TOPIC}/daily")
    assert feed["title"] == "Example News: Energy – daily digest"  # noqa: RUF001
    assert feed["feed_url"] == "https://feeds.example/topics/energy/daily.json"
    for path in digests(days) | {"feeds.opml"}:
        assert complaints(days.files()[path], f"https://feeds.example/{path}") == []


def test_what_has_digests_is_configured(workshop: Workshop) -> None:
    """All articles, topics and feeds by rule can have one each, of either kind."""
    workshop.configure(
        "digests: {all: weekly, entries: 1}\n"
        "topics: {energy: {label: Energy, digest: daily}, wind: {label: Wind}}\n"
        "feeds: {best: {title: Best, digest: daily, where: {quality: {min: 50}}}}\n"
    )
    for name, quality in (("a", 10), ("b", 60)):
        date = "2026-11-11T08:00:00Z"
        topics = ["Energy", "Wind"]
        workshop.news(f"{name}.md", publishedDateTime=date, quality=quality, topics=topics)
    workshop.build(NOW)
    assert digests(workshop) == in_formats("all/weekly", f"{TOPIC}/daily", "feeds/best/daily")
    assert summaries(workshop, "all/weekly") == {"2026-W46": "b"}
    assert summaries(workshop) == summaries(workshop, "feeds/best/daily") == {"2026-11-11": "b"}
    title = "Example News, week 46 of 2026 (9–15 November)"  # noqa: RUF001
    assert workshop.titles("all/weekly") == [title]
    assert workshop.titles("feeds/best/daily") == ["Best, 11 November 2026"]


def test_digests_are_listed_after_their_channels(workshop: Workshop) -> None:
    """OPML and the page for people name them; the week's best is on the page alone."""
    workshop.configure("digests: {all: daily}\ntop: {entries: 1}\n" + WEEKLY)
    workshop.news("a.md", publishedDateTime="2026-11-11T08:00:00Z")
    workshop.build(NOW)
    outlines = etree.fromstring(workshop.files()["feeds.opml"]).iterfind(".//outline[@type]")
    assert [
        outline.get("xmlUrl").removeprefix("https://feeds.example/") for outline in outlines
    ] == [
        *("all.atom", "all/daily.atom", "topics/energy.atom", "topics/energy/weekly.atom"),
        "providers/paper.example.atom",
    ]
    page = workshop.files()["index.html"].decode()
    assert '<a href="all/daily.atom">Daily digest</a>' in page
    assert '<a href="topics/energy/weekly.atom">Weekly digest</a>' in page
    assert '<a href="topics/energy/top.atom">Best of the week</a>' in page


def test_a_week_begins_on_monday_and_may_end_in_the_next_year(workshop: Workshop) -> None:
    """Weeks are those of ISO 8601: the 53rd of 2026 has three days of 2027."""
    workshop.configure(WEEKLY)
    for name, date in (
        ("last-sunday", "2026-12-27T23:59:59Z"),
        ("monday", "2026-12-28T00:00:00Z"),
        ("new-year", "2027-01-01T08:00:00Z"),
        ("sunday", "2027-01-03T23:59:59Z"),
        ("first", "2027-01-04T00:00:00Z"),
    ):
        workshop.news(f"{name}.md", publishedDateTime=date)
    stem = f"{TOPIC}/weekly"
    workshop.build(datetime(2027, 1, 3, 23, 59, 59, tzinfo=UTC))
    assert summaries(workshop, stem) == {"2026-W52": "last-sunday"}
    workshop.build(datetime(2027, 1, 4, tzinfo=UTC))
    assert list(summaries(workshop, stem).items()) == [
        ("2026-W53", "sunday; new-year; monday"),
        ("2026-W52", "last-sunday"),
    ]
    workshop.build(datetime(2027, 1, 11, tzinfo=UTC))
    assert list(summaries(workshop, stem)) == ["2027-W01", "2026-W53", "2026-W52"]


def test_there_are_as_many_as_the_channel_has_entries(days: Workshop) -> None:
    """The limit of a feed is that of its digest, too, and older ones come back with it."""
    before = entries(days)
    days.configure("limit: 2\n" + DAILY)
    days.build(NOW)
    assert list(entries(days)) == ["2026-11-19", "2026-11-18"]
    days.configure(DAILY)
    days.build(NOW)
    assert entries(days) == before


def test_a_first_digest_begins_with_the_last_days(workshop: Workshop) -> None:
    """An old corpus has entries for the last periods that had articles, up to the limit."""
    workshop.configure("limit: 3\n")
    for number in range(1, 9):
        workshop.news(f"{number}.md", publishedDateTime=f"2026-0{number}-15T08:00:00Z")
    workshop.build(NOW)
    workshop.configure("limit: 3\n" + DAILY)
    report = workshop.build(NOW)
    assert summaries(workshop) == {"2026-08-15": "8", "2026-07-15": "7", "2026-06-15": "6"}
    lists = {"feeds.opml", "index.html"}
    assert written(report) == in_formats(f"{TOPIC}/daily") | lists


def test_a_digest_of_nothing_is_empty(workshop: Workshop) -> None:
    """Before the first day that had articles has ended the feed is there, without an entry."""
    workshop.configure("digests: {all: daily}\n")
    workshop.news("a.md", publishedDateTime="2026-11-20T08:00:00Z")
    workshop.build(NOW)
    assert entries(workshop, "all/daily") == {}
    body = workshop.files()["all/daily.atom"]
    assert complaints(body, "https://feeds.example/all/daily.atom") == []
    workshop.build(NOW + DAY)
    assert list(entries(workshop, "all/daily")) == ["2026-11-20"]


def test_what_a_document_says_cannot_break_out(workshop: Workshop) -> None:
    """Titles and excerpts are text, whatever they look like."""
    workshop.configure(DAILY)
    workshop.news(
        "a.md",
        title="<script>alert(1)</script> & ]]>",
        excerpt="A < B & </li>",
        publishedDateTime="2026-11-19T08:00:00Z",
    )
    workshop.build(NOW)
    assert "&lt;script&gt;" in items(workshop)[0]["content_html"]
    assert "<p>A &lt; B &amp;</p></li></ol>" in items(workshop)[0]["content_html"]
    for path in digests(workshop):
        assert complaints(workshop.files()[path], f"https://feeds.example/{path}") == []


# --- What does not change it ---------------------------------------------------------------


def test_nothing_changes_a_day_that_ended(days: Workshop) -> None:
    """Not edits, heat, quality, another topic, another date, late articles or other names."""
    before = days.files()
    days.edit("fair.md", title="Edited", excerpt="Edited.", quality=100, heat=100)
    days.edit("good.md", webUrl="https://paper.example/moved", topics=["Wind"])
    days.edit(
        "lone.md",
        publishedDateTime="2026-11-17T08:00:00Z",
        provider={"name": "New", "domain": "paper.example"},
    )
    days.edit("old.md", provider={"name": "New", "domain": "paper.example"})
    days.news("late.md", publishedDateTime="2026-11-18T12:00:00Z", quality=100)
    days.news("later.md", publishedDateTime="2026-11-16T12:00:00Z", provider_name="New")
    days.move("fair.md", "sub/fair.md")
    days.build(NOW + HOUR)
    after = days.files()
    assert {path: after[path] for path in digests(days)} == {
        path: before[path] for path in digests(days)
    }
    kept = entries(days)
    days.configure(DAILY.replace("label: Energy", "label: Power, aliases: [Energy]"))
    days.build(NOW + DAY)
    assert days.titles(f"{TOPIC}/daily")[:2] == [
        "Power, 20 November 2026",
        "Energy, 19 November 2026",
    ]
    assert {name: entries(days)[name] for name in kept} == kept


def test_a_second_refresh_has_nothing_to_do(days: Workshop) -> None:
    """On the same day no entry is rendered, no file written, and the catalog not either."""
    before, catalog = days.stamps(), days.catalog.read_bytes()
    report = days.build(NOW + HOUR)
    assert (report.entries_rendered, written(report)) == (0, set())
    assert (days.stamps(), days.catalog.read_bytes()) == (before, catalog)


def test_a_day_that_ends_brings_one_entry(days: Workshop) -> None:
    """It comes with the first refresh of the next day, though no document has changed."""
    before = entries(days)
    days.build(datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC))
    assert entries(days) == before
    report = days.build(datetime(2026, 11, 21, tzinfo=UTC))
    assert written(report) == in_formats(f"{TOPIC}/daily")
    assert summaries(days)["2026-11-20"] == "today"
    assert {name: entries(days)[name] for name in before} == before
    assert is_whole(days)


def test_a_day_without_articles_brings_nothing(days: Workshop) -> None:
    """Nothing is rendered when it has ended, and who comes late to it does not make one."""
    days.build(NOW + DAY)
    report = days.build(NOW + 2 * DAY)
    assert (report.entries_rendered, written(report)) == (0, set())
    days.news("late.md", publishedDateTime="2026-11-21T08:00:00Z")
    for hours in range(0, 72, 24):
        days.build(NOW + 2 * DAY + hours * HOUR)
        assert "2026-11-21" not in entries(days)


def test_days_that_were_missed_have_entries_of_their_own(days: Workshop) -> None:
    """After a pause, each day that ended meanwhile gets the entry that it would have had."""
    for day in (21, 22):
        days.news(f"{day}.md", publishedDateTime=f"2026-11-{day}T08:00:00Z")
    before = entries(days)
    days.build(NOW + 3 * DAY)
    assert list(summaries(days).items())[:3] == [
        *(("2026-11-22", "22"), ("2026-11-21", "21"), ("2026-11-20", "today")),
    ]
    assert {name: entries(days)[name] for name in before} == before


@pytest.mark.parametrize("seed", range(12))
def test_whenever_it_is_built_a_past_day_stays_as_it_is(seed: int, tmp_path: Path) -> None:
    """At any hour, any number of times, with late articles: one entry a period, and for good."""
    random = Random(seed)  # noqa: S311 - the same on each run
    frequency = random.choice(["daily", "weekly"])
    workshop = Workshop(tmp_path / "workshop")
    workshop.configure(DAILY.replace("daily", frequency) + f"digests: {{all: {frequency}}}\n")
    workshop.news("first.md", publishedDateTime="2026-10-01T08:00:00Z")
    now, known = NOW, {}
    stems = f"{TOPIC}/{frequency}", f"all/{frequency}"
    workshop.build(now)
    for step in range(25):
        before = now
        now += random.choice([1, 300, 3_600, 7 * 3_600, 86_400, 3 * 86_400]) * SECOND
        for number in range(random.randrange(3)):
            age = random.choice([0, 0, 1, 5, 20]) * DAY + random.randrange(86_400) * SECOND
            date, quality = (now - age).isoformat(), random.randrange(100)
            path = f"{step}-{number}.md"
            workshop.news(path, publishedDateTime=date, quality=quality)
        for path in random.sample(sorted(workshop.documents), 1):
            workshop.edit(path, heat=random.randrange(500), title=f"T{step}")
        due = ended_with_articles(workshop, frequency, before, now) if step else set()
        for _ in range(random.randrange(1, 3)):
            workshop.build(now)
            for stem in stems:
                found = entries(workshop, stem)
                kept = known.setdefault(stem, found)
                assert {name: found[name] for name in kept} == kept
                assert not step or found.keys() - kept.keys() == due
                assert list(found) == sorted(found, reverse=True)
                known[stem] = found
            due = set()


# --- What changes it after all -------------------------------------------------------------


@pytest.mark.parametrize("how", ["held", "deleted", "not due", "broken"])
def test_what_is_taken_back_leaves_at_once(days: Workshop, how: str) -> None:
    """The entry goes on without it, and one with nothing left in it goes."""
    before = entries(days)
    for path in ("good.md", "lone.md"):
        if how == "held":
            days.edit(path, published=False)
        elif how == "deleted":
            days.delete(path)
        elif how == "broken":
            days.write(path, "---\ntitle: [\npublished: false\n---\n")
        else:
            days.edit(path, publishedDateTime="2027-11-18T08:00:00Z")
    days.build(NOW + HOUR)
    assert summaries(days) == {"2026-11-18": "fair", "2026-10-05": "old"}
    assert entries(days)["2026-10-05"] == before["2026-10-05"]
    assert all(b"Title_of_good" not in body for body in days.files().values())
    assert days.build(NOW + HOUR).entries_rendered == 0
    days.build(NOW + DAY)
    assert list(summaries(days)) == ["2026-11-20", "2026-11-18", "2026-10-05"]


def test_what_left_a_topic_can_still_be_taken_back(days: Workshop) -> None:
    """An article that is in the channel no longer is in its digest until it is withdrawn."""
    days.edit("good.md", topics=["Wind"])
    days.build(NOW + HOUR)
    assert summaries(days)["2026-11-18"] == "good; fair"
    days.edit("good.md", published=False)
    days.build(NOW + 2 * HOUR)
    assert summaries(days)["2026-11-18"] == "fair"


def test_what_another_document_stands_for_stays(days: Workshop) -> None:
    """A newer document at the same address takes nothing back; the end of its own does."""
    before = entries(days)
    days.edit("today.md", webUrl="https://paper.example/good")
    report = days.build(NOW + HOUR)
    assert [(finding.code, finding.path) for finding in report.findings] == [
        ("article-duplicate", "good.md")
    ]
    assert entries(days) == before
    days.delete("good.md")
    days.build(NOW + 2 * HOUR)
    assert summaries(days)["2026-11-18"] == "fair"


def test_an_entry_that_goes_on_in_another_document_stays(days: Workshop) -> None:
    """Where a new document has taken over its id, an article was not taken back."""
    before = entries(days)
    days.news("again.md", webUrl="https://paper.example/good")
    days.delete("good.md")
    days.build(NOW + HOUR)
    assert entries(days) == before
    days.delete("again.md")
    days.build(NOW + 2 * HOUR)
    assert summaries(days)["2026-11-18"] == "fair"


@pytest.mark.case(33)
@pytest.mark.parametrize("is_first", [True, False])
def test_what_is_held_back_leaves_though_another_document_has_its_id(
    days: Workshop, *, is_first: bool
) -> None:
    """What a document said goes with it, whoever stands at its address meanwhile or later."""
    if is_first:
        days.news("again.md", webUrl="https://paper.example/good")
        days.build(NOW)
    days.edit("good.md", published=False)
    if not is_first:
        days.news("again.md", webUrl="https://paper.example/good")
    days.build(NOW + HOUR)
    assert summaries(days)["2026-11-18"] == "fair"
    assert all(b"Title_of_good" not in body for body in days.files().values())


def test_what_was_withdrawn_while_a_digest_was_off_is_gone(days: Workshop) -> None:
    """Digests that are wanted again are those that were, without what was taken back."""
    before = entries(days)
    days.configure()
    days.build(NOW)
    assert digests(days) == set()
    days.delete("good.md")
    days.build(NOW + HOUR)
    days.configure(DAILY)
    days.edit("old.md", title="Edited")
    days.build(NOW + DAY)
    assert summaries(days) == {
        "2026-11-20": "today",
        "2026-11-19": "lone",
        "2026-11-18": "fair",
        "2026-10-05": "old",
    }
    assert entries(days)["2026-10-05"] == before["2026-10-05"]


# --- Configuration, repair -----------------------------------------------------------------


def test_a_weekly_digest_is_another_feed(days: Workshop) -> None:
    """The files of the daily one go, and come back as they were."""
    before = entries(days)
    days.configure(WEEKLY)
    report = days.build(NOW)
    assert set(report.deleted) == in_formats(f"{TOPIC}/daily")
    assert summaries(days, f"{TOPIC}/weekly") == {"2026-W41": "old"}
    assert is_whole(days)
    days.configure(DAILY)
    days.build(NOW)
    assert digests(days) == in_formats(f"{TOPIC}/daily")
    assert entries(days) == before


def test_what_a_feed_says_of_itself_may_change(days: Workshop) -> None:
    """With a site's other title the feed has it, and what an entry lists is what it was."""
    before = [(item["id"], item["title"], item["content_html"]) for item in items(days)]
    days.edit("good.md", title="Edited")
    days.configure(SITE.replace("Example News", "Better") + DAILY)
    days.build(NOW)
    assert days.feed(f"{TOPIC}/daily")["title"].startswith("Better: ")
    assert [(item["id"], item["title"], item["content_html"]) for item in items(days)] == before


def test_an_id_survives_another_authority(days: Workshop) -> None:
    """What was published under an id keeps it, and only new entries get others."""
    before = days.ids(f"{TOPIC}/daily")
    days.configure(SITE.replace("'feeds.example'", "'other.example'") + DAILY)
    days.build(NOW + DAY)
    after = days.ids(f"{TOPIC}/daily")
    assert {title: after[title] for title in before} == before
    assert after["Energy, 20 November 2026"].startswith("tag:other.example,2026:/")


def test_a_lost_catalog_gives_the_same_ids(days: Workshop) -> None:
    """Entries are made for the last days that ended, as for a digest that is new."""
    days.edit("good.md", title="Edited")
    days.build(NOW)
    before = days.ids(f"{TOPIC}/daily")
    days.catalog.unlink()
    days.build(NOW + HOUR)
    assert days.ids(f"{TOPIC}/daily") == before
    assert "Edited; Title_of_fair" in [item["summary"] for item in items(days)]


@pytest.mark.usefixtures("in_files")
def test_a_catalog_of_another_version_keeps_its_promises(days: Workshop) -> None:
    """What was published of past days is taken over, but for what was withdrawn meanwhile."""
    before = entries(days)
    days.edit("old.md", title="Edited")
    days.delete("good.md")
    set_aside(days.state)
    days.build(NOW + DAY)
    assert summaries(days) == {
        "2026-11-20": "today",
        "2026-11-19": "lone",
        "2026-11-18": "fair",
        "2026-10-05": "old",
    }
    for name in ("2026-11-19", "2026-10-05"):
        assert entries(days)[name] == before[name]


def test_a_damaged_publication_is_repaired_with_the_same_bytes(days: Workshop) -> None:
    """What is missing is made again from what was kept."""
    before = days.files()
    days.edit("good.md", title="Edited")
    (days.output / f"{TOPIC}/daily.atom").unlink()
    days.build(NOW + HOUR)
    for path in digests(days):
        assert days.files()[path] == before[path]
    assert digests(days) == in_formats(f"{TOPIC}/daily")


def test_a_rehearsal_makes_nothing_for_good(days: Workshop) -> None:
    """It tells what the first refresh of the day would do, which then does it."""
    catalog = days.catalog.read_bytes()
    foretold = days.build(NOW + DAY, rehearsal=True)
    assert written(foretold) == in_formats(f"{TOPIC}/daily")
    assert days.catalog.read_bytes() == catalog
    assert days.build(NOW + DAY) == foretold


@pytest.mark.case(47)
def test_a_clock_set_back_hides_what_is_to_come(days: Workshop) -> None:
    """Entries of days that have not ended are not published, and come back as they were."""
    before = entries(days)
    days.build(NOW + DAY)
    ahead = entries(days)
    days.news("late.md", publishedDateTime="2026-11-20T10:00:00Z")
    days.build(NOW)
    assert entries(days) == before
    days.build(NOW + DAY)
    assert entries(days) == ahead


def test_a_topic_that_leads_to_another_keeps_its_digest(days: Workshop) -> None:
    """Whoever follows the one gets what the other gets, from its own address."""
    days.configure(
        "topics: {power: {label: Power, aliases: [Energy], digest: daily}}\n",
    )
    days.build(NOW + DAY)
    assert {f"{TOPIC}/daily.json", "topics/power/daily.json"} <= digests(days)
    assert summaries(days)["2026-11-20"] == summaries(days, "topics/power/daily")["2026-11-20"]
    opml = days.files()["feeds.opml"].decode()
    assert "topics/power/daily.atom" in opml
    assert f"{TOPIC}/daily.atom" not in opml


def test_a_digest_has_a_mebibyte_at_the_most(workshop: Workshop) -> None:
    """Of many long entries, the newest that one document takes are published."""
    workshop.configure("limit: 100\ndigests: {all: daily, entries: 100}\n")
    for day in range(1, 21):
        for number in range(60):
            path = f"{day}-{number}"
            workshop.news(
                f"{path}.md",
                title=f"{path} {'<' * 500}",
                excerpt=f"{path} {'& ' * 140}",
                publishedDateTime=f"2026-10-{day:02}T08:00:00Z",
            )
    workshop.build(NOW)
    found = list(entries(workshop, "all/daily"))
    assert 1 < len(found) < 20
    assert found[0] == "2026-10-20"
    for path in digests(workshop):
        assert len(workshop.files()[path]) <= 1024 * 1024
        stem = json.loads((workshop.output / "all/daily.json").read_bytes())
        assert len(stem["items"]) == len(found)
