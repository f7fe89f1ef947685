"""What a cycle does after a change, and above all what it leaves alone."""

from datetime import UTC, datetime

import pytest
from conftest import DAY, NOW, Workshop, in_archives, in_formats, written

from feeds.corpus.scanned import ReadersHere, reading_ahead
from feeds.processes import Crew
from feeds.publish.directory import DirectoryDestination

LISTS = {"feeds.opml", "index.html"}


@pytest.fixture
def news(workshop: Workshop) -> Workshop:
    """Give a workshop whose feeds are published: four articles, three topics, two providers."""
    workshop.news("wind.md", topics=["Energy", "Wind"], heat=5, secured="aaaa")
    workshop.news("sun.md", topics=["Energy"], publishedDateTime="2026-10-02T08:00:00Z")
    workshop.news("rail.md", topics=["Transport"], domain="post.example", provider_name="The Post")
    workshop.curated("essay.md", categoryLabel=["Wind"], lastMod="2026-10-05T00:00:00Z")
    workshop.build()
    return workshop


# --- Nothing changed -----------------------------------------------------------------


@pytest.mark.case(42)
def test_a_second_cycle_reads_nothing_and_writes_nothing(news: Workshop) -> None:
    """Where nothing changed no document is read, and neither output nor catalog is written."""
    before, catalog = news.stamps(), news.catalog.read_bytes()
    report = news.build(NOW + DAY)
    assert (report.read, report.entries_rendered, report.bytes_written) == (0, 0, 0)
    assert written(report) == set()
    assert report.unchanged == len(news.files()) - 1
    assert news.stamps() == before
    assert news.catalog.read_bytes() == catalog


def test_what_was_read_ahead_counts_only_while_nothing_is_known(workshop: Workshop) -> None:
    """Where another publisher was quicker, what it has published since is left as it is."""
    workshop.news("wind.md")
    with Crew(2) as crew, reading_ahead(workshop.plan().corpora, ReadersHere(crew)) as begun:
        workshop.news("sun.md")
        assert workshop.build().read == 2
        report = workshop.build(begun=begun)
        assert (report.documents, report.read, written(report)) == (2, 0, set())
        destination = DirectoryDestination(workshop.root / "fresh")
        state = workshop.root / "fresh.state"
        report = workshop.build(begun=begun, state=state, destination=destination)
        assert (report.documents, report.read) == (1, 1)


@pytest.mark.case(42)
def test_a_file_that_was_only_touched_is_read_and_nothing_more(news: Workshop) -> None:
    """A new time of modification costs one look at the bytes, and no second one."""
    before = news.stamps()
    news.touch("wind.md")
    report = news.build()
    assert (report.read, report.entries_rendered, written(report)) == (1, 0, set())
    assert news.build().read == 0
    assert news.stamps() == before


@pytest.mark.case(42)
def test_a_file_that_was_replaced_by_its_copy_is_read_and_nothing_more(news: Workshop) -> None:
    """A checkout that writes every file anew makes no reader fetch anything."""
    before = news.stamps()
    for path in list(news.documents):
        (news.corpus / path).unlink()
        news.edit(path)
    report = news.build()
    assert (report.read, report.entries_rendered, written(report)) == (4, 0, set())
    assert news.stamps() == before


@pytest.mark.case(42)
@pytest.mark.parametrize("change", [{"secured": "bbbb"}, {"heat": -1}, {"quality": 3}])
def test_what_is_never_emitted_rewrites_nothing(news: Workshop, change: dict[str, object]) -> None:
    """An edit of `secured`, `heat` or `quality` alone writes no byte."""
    before = news.stamps()
    news.edit("wind.md", **change)
    report = news.build()
    assert (report.read, written(report)) == (1, set())
    assert news.stamps() == before


def test_a_date_of_modification_that_moves_alone_rewrites_nothing(news: Workshop) -> None:
    """A `lastMod` without anything new to say moves no `updated`."""
    before = news.stamps()
    news.edit("essay.md", lastMod="2026-10-20T00:00:00Z")
    report = news.build()
    assert (report.read, written(report)) == (1, set())
    assert news.stamps() == before


def test_a_date_of_modification_says_nothing_new_of_a_document_that_moved(news: Workshop) -> None:
    """Another path, a time out of sight and a later `lastMod` move no `updated`."""
    news.move("essay.md", "2026/essay.md")
    news.edit("2026/essay.md", lastMod="2026-10-20T00:00:00Z")
    assert written(news.build()) == set()
    news.edit("2026/essay.md", published=False)
    news.build()
    news.edit("2026/essay.md", published=True, lastMod="2026-10-25T00:00:00Z")
    news.build()
    assert b"<updated>2026-10-05T00:00:00Z</updated>" in news.files()["topics/wind.atom"]
    assert b"2026-10-2" not in b"".join(news.files().values())


def test_a_date_of_modification_counts_with_what_it_is_about(news: Workshop) -> None:
    """A title that changes together with `lastMod` moves `updated` to that date."""
    news.edit("essay.md", title="Better", lastMod="2026-10-20T00:00:00Z")
    news.build()
    [item] = [item for item in news.feed()["items"] if item["title"] == "Better"]
    assert item["date_modified"] == "2026-10-20T00:00:00Z"
    assert item["date_published"] == "2026-10-01T08:00:00Z"


# --- Documents -----------------------------------------------------------------------


def test_a_new_title_rewrites_the_feeds_that_carry_it(news: Workshop) -> None:
    """One edit writes all, the article's topics and its provider, in each format, and no more."""
    before = news.stamps()
    news.edit("wind.md", title="Better")
    report = news.build()
    stems = ("all", "topics/energy", "topics/wind", "providers/paper.example")
    carrying = in_formats(*stems) | in_archives(*stems)
    assert written(report) == carrying
    after = news.stamps()
    files = {path for path in news.files() if before[path] != after[path]}
    assert files == carrying | {"manifest.json"}


def test_a_title_older_than_a_feed_reaches_rewrites_not_that_feed(workshop: Workshop) -> None:
    """A feed of the newest three is left alone by a change of the fourth, its archive is not."""
    workshop.configure("limit: 3\n")
    for day in range(1, 6):
        date = f"2026-10-0{day}T00:00:00Z"
        topic = "Odd" if day % 2 else "Even"
        workshop.news(f"{day}.md", publishedDateTime=date, topics=["Energy", topic])
    workshop.build()
    before = workshop.stamps()
    workshop.edit("2.md", title="Better")
    archives = in_archives("all", "topics/energy", "topics/even", "providers/paper.example")
    assert written(workshop.build()) == in_formats("topics/even") | archives
    after = workshop.stamps()
    assert {path for path in before if before[path] != after[path]} >= {"manifest.json"}


def test_an_edit_that_no_feed_shows_leaves_even_the_manifest_alone(workshop: Workshop) -> None:
    """Where every feed ends before the article and has no archive, not one file is written."""
    workshop.configure("limit: 1\narchives: {all: false, topics: false, providers: false}\n")
    workshop.news("old.md", publishedDateTime="2026-01-01T00:00:00Z")
    workshop.news("new.md")
    workshop.build()
    before = workshop.stamps()
    workshop.edit("old.md", title="Better")
    report = workshop.build()
    assert (report.read, written(report)) == (1, set())
    assert workshop.stamps() == before


def test_a_topic_added_and_removed(news: Workshop) -> None:
    """A topic that an article gains gets it, and loses it when the article loses the topic."""
    report = news.edit("sun.md", topics=["Energy", "Wind"]) or news.build()
    stems = ("all", "topics/energy", "topics/wind", "providers/paper.example")
    carrying = in_formats(*stems) | in_archives(*stems)
    assert written(report) == carrying
    assert "Title_of_sun" in news.titles("topics/wind")
    report = news.edit("sun.md", topics=["Energy"]) or news.build()
    assert written(report) == carrying
    assert "Title_of_sun" not in news.titles("topics/wind")


def test_a_first_article_makes_the_feeds_of_its_topic_and_provider(news: Workshop) -> None:
    """New feeds are added, and with them the lists of feeds change."""
    news.news("tide.md", topics=["Tides"], domain="sea.example")
    report = news.build()
    stems = ("topics/tides", "providers/sea.example")
    assert set(report.added) == in_formats(*stems) | in_archives(*stems)
    assert set(report.changed) == in_formats("all") | in_archives("all") | LISTS


def test_an_article_withdrawn_is_in_no_feed(news: Workshop) -> None:
    """`published` from true to false takes an article out of all feeds; the files stay."""
    before = set(news.files())
    news.edit("wind.md", published=False)
    news.build()
    assert set(news.files()) == before
    assert not [path for path, body in news.files().items() if b"Title_of_wind" in body]


def test_an_article_listed_again_has_its_old_id(news: Workshop) -> None:
    """What comes back is what it was, so that no reader sees it as new."""
    before = news.files()
    news.edit("wind.md", published=False)
    news.build()
    news.edit("wind.md", published=True)
    news.build()
    assert news.files() | {"manifest.json": b""} == before | {"manifest.json": b""}


def test_a_document_deleted_is_in_no_feed(news: Workshop) -> None:
    """A file that is gone takes its entry along."""
    news.delete("rail.md")
    report = news.build()
    stems = ("topics/transport", "providers/post.example")
    assert written(report) == in_formats("all", *stems) | in_archives("all", *stems)
    assert set(report.deleted) == set()
    assert "Title_of_rail" not in news.titles()
    assert news.titles("topics/transport") == []


def test_a_document_moved_rewrites_nothing(news: Workshop) -> None:
    """A move keeps id and entry, so that no feed changes."""
    before = news.stamps()
    news.move("wind.md", "2026/wind-power.md")
    report = news.build()
    assert (report.read, written(report), report.entries_out) == (1, set(), {})
    assert news.stamps() == before


# --- The clock -----------------------------------------------------------------------


def test_an_article_appears_when_it_is_due(news: Workshop) -> None:
    """What is dated ahead appears with no file changed, once its time has come."""
    news.news("later.md", publishedDateTime="2026-11-05T00:00:00Z", topics=["Wind"])
    report = news.build()
    assert (report.waiting, written(report)) == (1, set())
    assert written(news.build(datetime(2026, 11, 4, 23, 59, 59, tzinfo=UTC))) == set()
    report = news.build(datetime(2026, 11, 5, tzinfo=UTC))
    assert report.read == 0
    stems = ("all", "topics/wind", "providers/paper.example")
    archives = in_archives(*stems) | in_archives(*stems, month="2026-11")
    assert written(report) == in_formats(*stems) | archives
    assert news.titles()[0] == "Title_of_later"


@pytest.mark.case(47)
def test_an_article_goes_when_the_clock_goes_back(news: Workshop) -> None:
    """A clock set back takes out what is not due, and the bytes are those from before."""
    news.news("later.md", publishedDateTime="2026-11-05T00:00:00Z", topics=["Wind"])
    news.build()
    before = news.files()
    news.build(NOW + 5 * DAY)
    report = news.build(NOW)
    assert list(report.entries_out.values()) == ["later.md"]
    assert {**news.files(), "manifest.json": b""} == {**before, "manifest.json": b""}


@pytest.mark.case(47)
def test_no_entry_has_changed_in_days_to_come(news: Workshop) -> None:
    """A date of modification counts from that date on, and as if it were not there before."""
    news.edit("essay.md", title="Better", lastMod="2026-11-20T00:00:00Z")
    news.build()
    assert news.feed()["items"][0]["title"] == "Title_of_sun"
    [item] = [item for item in news.feed()["items"] if item["title"] == "Better"]
    assert item.get("date_modified", item["date_published"]) == "2026-10-01T08:00:00Z"
    assert b"2026-11-20" not in b"".join(news.files().values())
    before = news.files()
    report = news.build(NOW + 20 * DAY)
    assert report.read == 0
    stems = ("all", "topics/wind", "providers/review.example")
    assert written(report) == in_formats(*stems) | in_archives(*stems)
    assert b"<updated>2026-11-20T00:00:00Z</updated>" in news.files()["all.atom"]
    news.build(NOW)
    assert {**news.files(), "manifest.json": b""} == {**before, "manifest.json": b""}


# --- Work ----------------------------------------------------------------------------


def test_an_entry_is_rendered_once_in_a_cycle(workshop: Workshop) -> None:
    """However many feeds carry an entry, it is rendered once, and only if it changed."""
    for number in range(20):
        workshop.news(f"{number}.md", topics=["Energy", f"Topic {number % 4}"])
    assert workshop.build().entries_rendered == 20
    workshop.edit("7.md", topics=["Topic 3"])
    assert workshop.build().entries_rendered == 1
    workshop.news("alone.md", topics=["Other"], domain="other.example")
    assert workshop.build().entries_rendered == 21
    workshop.delete("alone.md")
    assert workshop.build().entries_rendered == 0
