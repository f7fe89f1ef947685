"""The best of the week of each topic is chosen once a day, and stays what was chosen."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from conftest import DAY, SITE, Workshop, files_of, in_formats, is_whole, written
from feed_rules import complaints

from feeds.publish.directory import DirectoryDestination

NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
TOP = "topics/energy/top"
MANIFEST = {"manifest.json"}


def tops(workshop: Workshop) -> dict[str, bytes]:
    """Give the feeds of the week's best."""
    return {path: body for path, body in workshop.files().items() if "/top." in path}


def best(workshop: Workshop, stem: str = TOP) -> list[str]:
    """Give the names of the articles in a feed, in order."""
    return [title.removeprefix("Title_of_") for title in workshop.titles(stem)]


@pytest.fixture
def week(workshop: Workshop) -> Workshop:
    """Give a workshop with four articles of the last week, published on the 20th."""
    workshop.configure("top: {entries: 3}\n")
    for name, day, quality, heat in (
        ("fair", 19, 40, 5),
        ("good", 14, 50, None),
        ("best", 13, 50, 40),
        ("poor", 18, None, 3),
    ):
        date = f"2026-11-{day}T08:00:00Z"
        workshop.news(f"{name}.md", publishedDateTime=date, quality=quality, heat=heat)
    workshop.build(NOW)
    return workshop


# --- What is in it -------------------------------------------------------------------------


def test_it_has_the_best_by_quality_and_heat(week: Workshop) -> None:
    """The highest score is first, as many as are configured, in every format."""
    assert best(week) == ["best", "good", "fair"]
    assert tops(week).keys() == in_formats(TOP)
    for path, body in tops(week).items():
        assert complaints(body, f"https://feeds.example/{path}") == []


def test_it_is_a_feed_of_its_own(week: Workshop) -> None:
    """It has its own id, address and title, and entries as they are in the topic's feed."""
    feed, topic = week.feed(TOP), week.feed("topics/energy")
    assert feed["feed_url"] == f"https://feeds.example/{TOP}.json"
    assert feed["title"] == "Example News: Energy – best of the week"  # noqa: RUF001
    assert b"<id>tag:feeds.example,2026:/topics/energy/top</id>" in tops(week)[f"{TOP}.atom"]
    assert all(item in topic["items"] for item in feed["items"])
    lines = week.files()["topics/energy.atom"].splitlines()
    entries = [x for x in tops(week)[f"{TOP}.atom"].splitlines() if x.startswith(b"<entry>")]
    assert set(entries) <= set(lines)
    assert b"archive" not in tops(week)[f"{TOP}.atom"]


def test_the_week_is_seven_whole_days(workshop: Workshop) -> None:
    """It begins at midnight seven days ago, and ends with the last midnight."""
    workshop.configure("top: {entries: 100}\n")
    for name, date in (
        ("before", "2026-11-12T23:59:59Z"),
        ("first", "2026-11-13T00:00:00Z"),
        ("last", "2026-11-19T23:59:59Z"),
        ("today", "2026-11-20T00:00:00Z"),
    ):
        workshop.news(f"{name}.md", publishedDateTime=date)
    workshop.build(NOW)
    assert best(workshop) == ["last", "first"]
    workshop.build(NOW.replace(hour=0, minute=0) + DAY)
    assert best(workshop) == ["today", "last"]


def test_equals_are_ordered_by_date_and_id(workshop: Workshop) -> None:
    """The newer is before the older, and of one moment the one whose id sorts first."""
    workshop.configure("top: {entries: 4}\n")
    for name, hour in (("c", 8), ("b", 9), ("a", 8), ("d", 7), ("e", 6)):
        date = f"2026-11-19T0{hour}:00:00Z"
        workshop.news(f"{name}.md", publishedDateTime=date, quality=-1, heat=7)
    workshop.build(NOW)
    assert best(workshop) == ["b", "a", "c", "d"]


def test_only_topics_have_one(week: Workshop) -> None:
    """A topic without an article of the week has an empty one; nothing else has any."""
    week.news("old.md", publishedDateTime="2026-10-01T08:00:00Z", topics=["Wind"])
    week.build(NOW)
    assert tops(week).keys() == in_formats(TOP, "topics/wind/top")
    assert best(week, "topics/wind/top") == []
    body = tops(week)["topics/wind/top.atom"]
    assert complaints(body, "https://feeds.example/topics/wind/top.atom") == []


def test_what_has_no_room_is_not_in_it(workshop: Workshop) -> None:
    """A feed has a mebibyte at the most, and what follows does not move up later."""
    workshop.configure("top: {entries: 3}\nlimits: {file_bytes: 4000000}\n")
    for number in range(3):
        body = f"<p>{'word ' * 90_000}</p>"
        date = f"2026-11-19T0{9 - number}:00:00Z"
        workshop.curated(f"{number}.md", body=body, date=date)
    workshop.build(NOW)
    assert best(workshop) == ["0", "1"]
    workshop.edit("1.md", published=False)
    workshop.build(NOW + HOUR)
    assert best(workshop) == ["0"]


# --- What changes it during a day ----------------------------------------------------------


def test_it_stays_all_day(week: Workshop) -> None:
    """Edits, heat, quality, and articles that come late change it only when the day is over."""
    before = tops(week)
    week.edit("best.md", title="Edited", heat=0, quality=1)
    week.build(NOW + HOUR)
    week.edit("poor.md", heat=999)
    week.news("late.md", publishedDateTime="2026-11-15T08:00:00Z", quality=100)
    week.news("today.md", publishedDateTime="2026-11-20T11:00:00Z", quality=100)
    week.build(NOW + 2 * HOUR)
    week.build(datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC))
    assert tops(week) == before
    week.build(datetime(2026, 11, 21, tzinfo=UTC))
    assert best(week) == ["poor", "today", "late"]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_comes_it_changes_once_a_day(seed: int, week: Workshop) -> None:
    """While nothing is taken back, all refreshes of a day leave what the first one published."""
    random = Random(seed)  # noqa: S311 - the same on each run
    now, of_day = NOW, {NOW.date(): tops(week)}
    for step in range(30):
        now += random.choice([60, 3_600, 5 * 3_600, 30 * 3_600]) * SECOND
        for path in random.sample(sorted(week.documents), 2):
            week.edit(path, heat=random.randrange(200), excerpt=f"E{step}")
        age = random.randrange(9 * 86_400) * SECOND
        week.news(f"{step}.md", publishedDateTime=(now - age).isoformat(), quality=step)
        week.build(now)
        assert tops(week) == of_day.setdefault(now.date(), tops(week))
    assert len(set(map(repr, of_day.values()))) > 3


def test_a_second_refresh_has_nothing_to_do(week: Workshop) -> None:
    """On the same day no entry is rendered, no file written, and the catalog not either."""
    before, catalog = week.stamps(), week.catalog.read_bytes()
    report = week.build(NOW + HOUR)
    assert (report.entries_rendered, written(report), report.deleted) == (0, set(), ())
    assert (week.stamps(), week.catalog.read_bytes()) == (before, catalog)


def test_a_new_day_brings_a_new_choice(week: Workshop) -> None:
    """No document has changed, and only what the day changes is rendered."""
    report = week.build(NOW + DAY)
    assert best(week) == ["good", "fair", "poor"]
    assert (report.read, report.entries_rendered) == (0, 3)
    assert written(report) == in_formats(TOP)
    assert is_whole(week)


def test_a_topic_without_a_week_costs_nothing(week: Workshop) -> None:
    """When the day turns, a feed that was empty and stays so is not rendered."""
    week.news("old.md", publishedDateTime="2026-10-01T08:00:00Z", topics=["Wind"])
    week.build(NOW)
    week.build(NOW + 10 * DAY)
    assert best(week) == best(week, "topics/wind/top") == []
    report = week.build(NOW + 11 * DAY)
    assert (report.entries_rendered, written(report)) == (0, set())
    week.news("new.md", publishedDateTime="2026-11-30T08:00:00Z", topics=["Wind"])
    week.build(NOW + 11 * DAY)
    assert best(week, "topics/wind/top") == []
    week.build(NOW + 12 * DAY)
    assert best(week, "topics/wind/top") == ["new"]


def test_an_emptied_one_keeps_its_date(week: Workshop) -> None:
    """When nothing is left in it, it was still last changed when it was."""
    week.build(NOW + 4 * DAY)
    assert best(week) == ["fair", "poor"]
    week.build(NOW + 10 * DAY)
    assert b"<updated>2026-11-19T08:00:00Z</updated>" in tops(week)[f"{TOP}.atom"]


def test_a_new_topic_has_one_at_once(week: Workshop) -> None:
    """It need not wait for the next day, and the others do not move."""
    before = tops(week)
    week.news("new.md", publishedDateTime="2026-11-19T08:00:00Z", topics=["Wind", "Energy"])
    week.build(NOW + HOUR)
    assert best(week, "topics/wind/top") == ["new"]
    assert {path: tops(week)[path] for path in before} == before


@pytest.mark.parametrize("how", ["held", "deleted", "moved to another topic", "not due"])
def test_what_is_taken_back_leaves_at_once(week: Workshop, how: str) -> None:
    """The others stay in their order, and none moves up."""
    if how == "held":
        week.edit("good.md", published=False)
    elif how == "deleted":
        week.delete("good.md")
    elif how == "not due":
        week.edit("good.md", publishedDateTime="2026-12-14T08:00:00Z")
    else:
        week.edit("good.md", topics=["Wind"])
    report = week.build(NOW + HOUR)
    assert best(week) == ["best", "fair"]
    assert in_formats(TOP) <= written(report)
    assert week.build(NOW + HOUR).entries_rendered == 0
    week.build(NOW + 2 * HOUR)
    assert best(week) == ["best", "fair"]


def test_what_moves_in_the_corpus_stays(week: Workshop) -> None:
    """A document at another path is the same entry, and one with another date is still chosen."""
    before = tops(week)
    week.move("good.md", "sub/good.md")
    week.edit("fair.md", publishedDateTime="2026-11-01T08:00:00Z")
    week.build(NOW + HOUR)
    assert tops(week) == before


def test_what_leaves_and_comes_back_is_chosen_the_next_day(week: Workshop) -> None:
    """On its day it is gone for good."""
    week.edit("best.md", published=False)
    week.build(NOW + HOUR)
    week.edit("best.md", published=True)
    week.build(NOW + 2 * HOUR)
    assert best(week) == ["good", "fair"]


# --- Configuration, repair -----------------------------------------------------------------


def test_configuration_renders_the_same_choice_again(week: Workshop) -> None:
    """What is said otherwise is, of the articles that were chosen in the morning."""
    week.edit("poor.md", heat=999)
    week.configure(SITE.replace("Example News", "Better") + "top: {entries: 3}\n")
    week.build(NOW + HOUR)
    assert best(week) == ["best", "good", "fair"]
    assert week.feed(TOP)["title"].startswith("Better: ")
    before = tops(week)
    week.build(NOW + HOUR, revision="another")
    assert tops(week) == before


def test_a_change_of_the_number_chooses_anew(week: Workshop) -> None:
    """More or fewer entries are chosen from what there is now."""
    week.edit("poor.md", heat=999)
    week.configure("top: {entries: 2}\n")
    week.build(NOW + HOUR)
    assert best(week) == ["poor", "best"]
    week.configure("top: {entries: 4}\n")
    week.build(NOW + HOUR)
    assert best(week) == ["poor", "best", "good", "fair"]


def test_switched_off_there_are_none(week: Workshop) -> None:
    """Their files go, and come back when they are wanted again."""
    week.configure("top: {entries: 0}\n")
    report = week.build(NOW + HOUR)
    assert set(report.deleted) == in_formats(TOP)
    assert tops(week) == {}
    assert is_whole(week)
    assert written(week.build(NOW + DAY)) == set()
    week.configure("top: {entries: 3}\n")
    week.build(NOW + DAY)
    assert best(week) == ["good", "fair", "poor"]


def test_a_damaged_publication_is_repaired_with_the_same_choice(week: Workshop) -> None:
    """What is missing is made again from what was chosen in the morning."""
    before = week.files()
    week.edit("poor.md", heat=999)
    (week.output / f"{TOP}.atom").unlink()
    week.build(NOW + HOUR)
    assert {**week.files(), **dict.fromkeys(MANIFEST)} == {**before, **dict.fromkeys(MANIFEST)}


def test_a_lost_catalog_chooses_the_same_of_the_same(week: Workshop) -> None:
    """With an empty catalog, the same articles on the same day give the same bytes."""
    before = tops(week)
    week.catalog.unlink()
    week.build(NOW + HOUR)
    assert tops(week) == before
    fresh = week.root / "fresh"
    week.build(NOW, destination=DirectoryDestination(fresh), state=week.root / "fresh.state")
    assert {path: files_of(fresh)[path] for path in before} == before


def test_a_rehearsal_chooses_nothing_for_good(week: Workshop) -> None:
    """It tells what the first refresh of the day would do, which then does it."""
    catalog = week.catalog.read_bytes()
    foretold = week.build(NOW + DAY, rehearsal=True)
    assert written(foretold) == in_formats(TOP)
    assert week.catalog.read_bytes() == catalog
    assert week.build(NOW + DAY) == foretold


@pytest.mark.case(47)
def test_a_clock_set_back_is_another_day(week: Workshop) -> None:
    """The choice is that of the day which the clock tells."""
    before = tops(week)
    week.build(NOW + 3 * DAY)
    assert tops(week) != before
    week.build(NOW)
    assert tops(week) == before


def test_an_empty_site_has_none(workshop: Workshop) -> None:
    """Without a topic there is no such feed."""
    workshop.configure("top: {entries: 3}\n")
    workshop.news("a.md", topics=[])
    workshop.build(NOW)
    assert tops(workshop) == {}
