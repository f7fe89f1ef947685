"""All that was ever published stays within reach: archives by month (RFC 5005, section 4)."""

import re
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin

import pytest
from conftest import DAY, NOW, Workshop, in_archives, in_formats, is_whole, written
from feed_rules import complaints
from hypothesis import HealthCheck, given, settings, strategies as st
from lxml import etree
from reader import make_reader
from test_refresh_replay import environment

from feeds.refresh import Carried

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
SITE = "https://feeds.example/"
EVERYWHERE = ("all", "topics/energy", "providers/paper.example")
LISTS = {"feeds.opml", "index.html"}

__all__ = ["environment"]

Read = Callable[[str], bytes]


def links(document: bytes) -> dict[str, str]:
    """Give the links of a feed by relation, RSS's Atom links among them."""
    root = etree.fromstring(document)
    head = root if root.find("channel") is None else root.find("channel")
    return {link.get("rel"): link.get("href") for link in head.findall(f"{ATOM}link")}


def ids(document: bytes) -> list[str]:
    """Give the ids of a feed's entries, in their order."""
    return [text.text for text in etree.fromstring(document).iterfind(f"{ATOM}entry/{ATOM}id")]


def titles(document: bytes) -> list[str]:
    """Give the titles of a feed's entries, in their order."""
    entries = etree.fromstring(document).iterfind(f"{ATOM}entry/{ATOM}title")
    return [title.text.removeprefix("Title_of_") for title in entries]


def follow(read: Read, address: str) -> dict[str, bytes]:
    """Give the documents of a feed's archive by address, found as RFC 5005 says (section 4.2)."""
    found: dict[str, bytes] = {}
    following = links(read(address)).get("prev-archive")
    while following and following not in found:
        found[following] = read(following)
        following = links(found[following]).get("prev-archive")
    return found


def read_of(workshop: Workshop) -> Read:
    """Read what is published as files."""
    return lambda address: (workshop.output / address.removeprefix(SITE)).read_bytes()


def archive(workshop: Workshop, stem: str = "all") -> dict[str, list[str]]:
    """Give the titles in each month of an archive, the latest month first."""
    found = follow(read_of(workshop), f"{SITE}{stem}.atom")
    months = (address.rpartition("/")[2].removesuffix(".atom") for address in found)
    return dict(zip(months, map(titles, found.values()), strict=True))


def documents(workshop: Workshop) -> set[str]:
    """Give the paths of all documents of archives."""
    return {path for path in workshop.files() if "/archive/" in path}


@pytest.fixture
def history(workshop: Workshop) -> Workshop:
    """Give a workshop with six articles in four months of one topic and provider."""
    for name, date in (
        ("old", "2024-02-29T12:00:00Z"),
        ("spring", "2026-05-01T00:00:00Z"),
        ("late-spring", "2026-05-31T23:59:59Z"),
        ("summer", "2026-06-01T00:00:00Z"),
        ("autumn", "2026-10-01T08:00:00Z"),
        ("late-autumn", "2026-10-31T08:00:00Z"),
    ):
        workshop.news(f"{name}.md", publishedDateTime=date)
    workshop.build()
    return workshop


# --- What is in an archive -----------------------------------------------------------------


def test_each_month_that_has_articles_has_a_document(history: Workshop) -> None:
    """Months are those of UTC, none is empty, and a document has all of its month."""
    assert documents(history) == {
        path
        for month in ("2024-02", "2026-05", "2026-06", "2026-10")
        for path in in_archives(*EVERYWHERE, month=month)
    }
    for stem in EVERYWHERE:
        assert list(archive(history, stem).items()) == [
            ("2026-10", ["late-autumn", "autumn"]),
            ("2026-06", ["summer"]),
            ("2026-05", ["late-spring", "spring"]),
            ("2024-02", ["old"]),
        ]


def test_a_document_leads_to_its_neighbours_and_to_the_feed(history: Workshop) -> None:
    """Previous, next, current and self are there where there is such a document."""
    files, folder = history.files(), f"{SITE}all/archive"
    of_all = {"alternate": SITE, "current": f"{SITE}all.atom"}
    assert links(files["all/archive/2026-06.atom"]) == of_all | {
        "self": f"{folder}/2026-06.atom",
        "prev-archive": f"{folder}/2026-05.atom",
        "next-archive": f"{folder}/2026-10.atom",
    }
    assert "next-archive" not in links(files["all/archive/2026-10.atom"])
    assert "prev-archive" not in links(files["all/archive/2024-02.atom"])


def test_the_feed_leads_to_the_newest_document(history: Workshop) -> None:
    """Atom and RSS do, and JSON Feed has no name for it."""
    newest = f"{SITE}all/archive/2026-10.atom"
    for suffix in ("atom", "rss"):
        found = links(history.files()[f"all.{suffix}"])
        assert found["prev-archive"] == newest
        assert {"current", "next-archive"}.isdisjoint(found)
    assert b"archive" not in history.files()["all.json"]


def test_a_document_is_of_the_same_feed(history: Workshop) -> None:
    """It has the feed's id and title, the date of its own newest entry, and says what it is."""
    feed = etree.fromstring(history.files()["topics/energy.atom"])
    month = etree.fromstring(history.files()["topics/energy/archive/2026-05.atom"])
    for name in ("id", "title", "subtitle"):
        assert month.findtext(f"{ATOM}{name}") == feed.findtext(f"{ATOM}{name}")
    assert month.findtext(f"{ATOM}updated") == "2026-05-31T23:59:59Z"
    assert month.find(f"{HISTORY}archive") is not None
    assert feed.find(f"{HISTORY}archive") is None


def test_an_entry_has_the_bytes_that_it_has_in_the_feed(history: Workshop) -> None:
    """No reader takes what it finds in an archive for something else."""
    lines = history.files()["all.atom"].splitlines()
    for path in in_archives("all") | in_archives("all", month="2026-05"):
        entries = [x for x in history.files()[path].splitlines() if x.startswith(b"<entry>")]
        assert entries
        assert set(entries) <= set(lines)


def test_a_large_entry_is_the_same_in_feed_and_archive(workshop: Workshop) -> None:
    """What is too large for a feed in one format is cut in the archive, too."""
    for name, size in (("large", 700_000), ("huge", 1_200_000)):
        workshop.curated(f"{name}.md", body=f"<p>{'word ' * (size // 5)}</p>")
    workshop.configure("limits: {file_bytes: 4000000}\nlimit: 1\npages: 2\n")
    workshop.build()
    [document] = follow(read_of(workshop), f"{SITE}all.atom").values()
    entries = [line for line in document.splitlines() if line.startswith(b"<entry>")]
    files = workshop.files()
    heads = files["all.atom"].splitlines() + files["all/page/2.atom"].splitlines()
    assert len(entries) == 2
    assert set(entries) <= set(heads)


def test_an_archive_has_more_than_the_feed(workshop: Workshop) -> None:
    """The limit of feeds is none of archives, and only the first page leads to them."""
    workshop.configure("limit: 2\npages: 2\n")
    for number in range(9):
        workshop.news(f"{number}.md", publishedDateTime=f"2026-10-0{9 - number}T08:00:00Z")
    workshop.build()
    assert archive(workshop) == {"2026-10": [str(number) for number in range(9)]}
    assert "prev-archive" in links(workshop.files()["all.atom"])
    assert "prev-archive" not in links(workshop.files()["all/page/2.atom"])


def test_archives_keep_the_rules_of_feeds(history: Workshop) -> None:
    """No document breaks a rule, and each is published as Atom."""
    for path in documents(history):
        assert complaints(history.files()[path], f"{SITE}{path}") == []
        assert history.manifest()[path]["media_type"] == "application/atom+xml; charset=utf-8"


def test_hubs_tell_of_feeds_only(history: Workshop) -> None:
    """Whoever follows an archive subscribes to the feed, not to a month."""
    history.configure(
        "site: {title: Example, base_url: https://feeds.example, hubs: https://hub.example/}\n"
    )
    history.build(force=True)
    assert "hub" in links(history.files()["all.atom"])
    assert "hub" not in links(history.files()["all/archive/2026-10.atom"])


def test_which_feeds_have_archives_is_configured(history: Workshop) -> None:
    """Each kind can do without, feeds by rule have none, and documents come and go with that."""
    rule = "feeds: {best: {title: Best, where: {quality: {min: 0}}}}\n"
    for name, stem in zip(("all", "topics", "providers"), EVERYWHERE, strict=True):
        history.configure(f"archives: {{{name}: false}}\n{rule}")
        history.build()
        others = set(EVERYWHERE) - {stem}
        assert {path.partition("/archive/")[0] for path in documents(history)} == others
        assert follow(read_of(history), f"{SITE}{stem}.atom") == {}
    history.configure()
    history.build()
    assert history.files() == history.afresh() | {"manifest.json": history.files()["manifest.json"]}


def test_an_archive_is_not_where_another_feed_is(workshop: Workshop) -> None:
    """The provider `x.atom` has its archive beside the feed of the provider `x`."""
    workshop.news("a.md", domain="paper.example")
    workshop.news("b.md", domain="paper.example.atom")
    workshop.build()
    assert archive(workshop, "providers/paper.example") == {"2026-10": ["a"]}
    assert archive(workshop, "providers/paper.example.atom") == {"2026-10": ["b"]}


# --- What changes it -----------------------------------------------------------------------


def test_an_article_of_today_rewrites_the_feeds_and_this_month(history: Workshop) -> None:
    """Nothing else is written, whatever the length of the history."""
    history.news("new.md", publishedDateTime="2026-10-31T12:00:00Z")
    report = history.build()
    assert written(report) == in_formats(*EVERYWHERE) | in_archives(*EVERYWHERE)


def test_an_article_of_another_month_leaves_the_feed_alone(history: Workshop) -> None:
    """Only that month is written when what is late is too old for the feed."""
    history.configure("limit: 1\n")
    history.build()
    history.news("late.md", publishedDateTime="2026-05-15T00:00:00Z")
    assert written(history.build()) == in_archives(*EVERYWHERE, month="2026-05")
    assert archive(history)["2026-05"] == ["late-spring", "late", "spring"]


@pytest.mark.parametrize(
    ("month", "beside"),
    [
        ("2023-12", ["2024-02"]),
        ("2025-01", ["2024-02", "2026-05"]),
        ("2026-11", ["2026-10"]),
    ],
)
def test_a_month_that_comes_or_goes_changes_those_beside_it(
    history: Workshop, month: str, beside: list[str]
) -> None:
    """A new month is linked from both sides, and goes when its article is ahead of its time."""
    now, before = NOW + DAY, history.files()
    history.news("new.md", publishedDateTime=f"{month}-01T00:00:00Z")
    for change in (lambda: None, lambda: history.edit("new.md", publishedDateTime="2027-01-01")):
        change()
        report = history.build(now)
        months = {*beside} if report.deleted else {month, *beside}
        expected = {path for one in months for path in in_archives(*EVERYWHERE, month=one)}
        assert written(report) == in_formats(*EVERYWHERE) | expected
        assert set(report.deleted) <= in_archives(*EVERYWHERE, month=month)
        assert is_whole(history)
        assert [*archive(history)] == sorted(archive(history), reverse=True)
    assert month not in archive(history)
    assert history.files() | {"manifest.json": b""} == before | {"manifest.json": b""}


@pytest.mark.parametrize("field", [{"published": False}, {"publishedDateTime": "2027-01-01"}])
def test_an_article_that_is_withdrawn_leaves_its_month(
    history: Workshop, field: dict[str, object]
) -> None:
    """What feeds no longer carry, archives do not, either."""
    history.edit("spring.md", **field)
    assert in_archives(*EVERYWHERE, month="2026-05") <= written(history.build())
    assert archive(history)["2026-05"] == ["late-spring"]


def test_a_new_date_takes_an_article_from_one_month_to_another(history: Workshop) -> None:
    """Both are written; the other months and their articles stay as they are."""
    before = history.stamps()
    history.edit("spring.md", publishedDateTime="2026-06-15T00:00:00Z")
    history.build()
    months = archive(history)
    assert months["2026-05"] == ["late-spring"]
    assert months["2026-06"] == ["spring", "summer"]
    for month in ("2024-02", "2026-10"):
        for path in in_archives(*EVERYWHERE, month=month):
            assert history.stamps()[path] == before[path]


def test_a_new_topic_changes_the_months_of_the_article_only(history: Workshop) -> None:
    """The old topic's and the new one's archives change in the one month, and the others' do."""
    history.edit("spring.md", topics=["Wind"])
    report = history.build()
    archives = {path for path in written(report) if "/archive/" in path}
    assert archives == in_archives(*EVERYWHERE, "topics/wind", month="2026-05")
    assert archive(history, "topics/energy")["2026-05"] == ["late-spring"]


def test_a_new_name_of_a_provider_changes_the_months_of_its_articles(history: Workshop) -> None:
    """Its own archive changes all, that of others where they carry its articles."""
    history.news(
        "post.md",
        domain="post.example",
        provider_name="The Post",
        publishedDateTime="2026-06-02T00:00:00Z",
    )
    history.build()
    history.edit("post.md", provider={"name": "The Daily Post", "domain": "post.example"})
    archives = {path for path in written(history.build()) if "/archive/" in path}
    stems = ("all", "topics/energy", "providers/post.example")
    assert archives == in_archives(*stems, month="2026-06")
    assert b"The Daily Post" in history.files()["all/archive/2026-06.atom"]


def test_new_coverage_changes_the_months_of_those_that_show_it(history: Workshop) -> None:
    """An old entry that refers to a new article does so in its archive."""
    history.edit("old.md", related=[{"title": "New", "webUrl": "https://post.example/new"}])
    history.build()
    history.news("new.md", domain="post.example", title="What is new")
    report = history.build()
    assert in_archives(*EVERYWHERE, month="2024-02") <= written(report)
    assert b"What is new" in history.files()["all/archive/2024-02.atom"]


def test_an_entry_is_rendered_once_for_feeds_and_archives(history: Workshop) -> None:
    """What both carry counts once, and months that are left alone cost nothing."""
    history.configure("limit: 1\n")
    assert history.build(revision="another").entries_rendered == 6
    history.news("new.md", publishedDateTime="2026-10-31T12:00:00Z")
    assert history.build().entries_rendered == 6 + 1
    history.edit("new.md", title="Better")
    assert history.build().entries_rendered == 1


def test_a_document_that_was_lost_is_made_again(history: Workshop) -> None:
    """An archive that somebody deleted is there again after the next cycle."""
    before = history.files()
    (history.output / "all/archive/2026-05.atom").unlink()
    history.build()
    assert history.files() == before


MOMENTS = st.sampled_from(["2025-12-31T23:59:59Z", "2026-01-01", "2026-03-09", "2026-10-30"])


class Steps:
    """What may happen to a corpus, as steps of one kind each."""

    put = st.tuples(
        st.integers(0, 5), MOMENTS, st.lists(st.sampled_from(["Energy", "energy", "Wind"]))
    )
    hide = st.integers(0, 5)
    build = st.none()


@given(st.lists(st.one_of(Steps.put, Steps.hide, Steps.build), max_size=14))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_archives_are_those_of_a_first_build(steps: list[object]) -> None:
    """Whatever came, moved and went, archives are what an empty catalog would publish."""
    with TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder, "workshop"), carried=Carried())
        for step in [*steps, None]:
            path = f"{step[0] if isinstance(step, tuple) else step}.md"
            if isinstance(step, tuple):
                workshop.news(path, publishedDateTime=step[1], topics=step[2])
            elif step is None:
                workshop.build(force=True)
                assert is_whole(workshop)
            elif path in workshop.documents:
                # What is withdrawn would leave a tombstone (test_refresh_leaving.py).
                workshop.edit(path, publishedDateTime="2027-01-01")
        expected = {path for path in workshop.afresh() if "/archive/" in path}
        assert documents(workshop) == expected
        fresh = workshop.afresh()
        assert {path: workshop.files()[path] for path in expected} == {
            path: fresh[path] for path in expected
        }


# --- Following it --------------------------------------------------------------------------


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


@contextmanager
def hosted(folder: Path) -> Iterator[str]:
    """Serve a directory as a static host does, and give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fetch(base: str, address: str) -> bytes:
    """Get what is published at one of our addresses from the host that has it."""
    with urllib.request.urlopen(urljoin(base, address.removeprefix(SITE)), timeout=10) as reply:
        body: bytes = reply.read()
    return body


def test_who_follows_the_archive_of_any_feed_gets_every_article_once(workshop: Workshop) -> None:
    """From each feed the chain has each article that was ever in it, and none twice."""
    expected: dict[str, set[str]] = {}
    workshop.configure("limit: 2\n")
    for number in range(60):
        stems = ("all", f"topics/t-{number % 3}", f"providers/p{number % 4}.example")
        workshop.news(
            f"{number}.md",
            publishedDateTime=f"2026-{number % 9 + 1:02}-{number % 28 + 1:02}T00:00:00Z",
            topics=[f"T {number % 3}"],
            domain=f"p{number % 4}.example",
        )
        for stem in stems:
            expected.setdefault(stem, set()).add(str(number))
    workshop.build()
    with hosted(workshop.output) as base:
        for stem, names in expected.items():
            found = follow(partial(fetch, base), f"{SITE}{stem}.atom").values()
            carried = [title for document in found for title in titles(document)]
            assert len(carried) == len(set(carried))
            assert set(carried) == names


def test_a_feed_reader_that_follows_the_archive_has_every_story_once(workshop: Workshop) -> None:
    """A reader that people use shows each story of the chain once, with all its articles.

    A story that began in one month and went on in the next is in the first one's document.
    """
    workshop.configure("limit: 3\n")
    names: set[str] = set()
    for month in range(3, 12, 2):
        for number, day in enumerate([f"{month:02}-30", f"{month + 1:02}-01", f"{month:02}-15"]):
            name, title = f"m{month}n{number}", f"Turbine blade blocks bridge in month m{month}"
            names.add(name)
            workshop.news(
                f"{name}.md",
                title=title if number < 2 else f"Nothing else in {name}",
                publishedDateTime=f"2025-{day}T00:00:00Z",
                domain=f"{name}.example",
                excerpt="",
            )
    workshop.build()
    for stem in ("all", "topics/energy"):
        with (
            hosted(workshop.output) as base,
            closing(make_reader(":memory:", plugins=())) as reader,
        ):
            chain = follow(partial(fetch, base), f"{SITE}{stem}.atom")
            addresses = [urljoin(base, address.removeprefix(SITE)) for address in chain]
            for address in addresses:
                reader.add_feed(address)
            for _ in reader.update_feeds_iter():
                pass
            shown = [entry for entry in reader.get_entries() if "/archive/" in entry.feed_url]
        assert len({entry.id for entry in shown}) == len(shown) == 10
        told = [
            name
            for entry in shown
            for name in (
                *re.findall(r"//(m\d+n\d)[.]", entry.link),
                *re.findall(
                    r"//(m\d+n\d)[.]", sources_of("".join(one.value for one in entry.content))
                ),
            )
        ]
        assert len(told) == len(set(told))
        assert set(told) == names


def sources_of(content: str) -> str:
    """Give the list of further sources in an entry's content."""
    _, _, after = content.partition("more source")
    return after.partition("</ul>")[0]


def test_an_archive_can_be_followed_while_builds_run(workshop: Workshop) -> None:
    """No link leads nowhere, and nothing that a feed had before is missing in it or there twice.

    Meanwhile articles come to this month, to new ones, to past ones and between them. Files
    come to their places one by one, so that one feed may have an article before another has.
    """
    workshop.configure("limit: 2\n")
    dates = [f"20{year}-{month:02}-07" for month in (6, 2, 9, 11, 4, 1) for year in (24, 22, 25)]
    workshop.news("first.md", publishedDateTime="2023-05-05")
    workshop.build()
    done = threading.Event()
    failures: list[BaseException] = []

    def publish() -> None:
        try:
            for number, date in enumerate(dates * 2):
                workshop.news(f"{number}.md", publishedDateTime=date)
                workshop.build()
        except BaseException as error:  # noqa: BLE001 - it is raised in the test's own thread
            failures.append(error)
        finally:
            done.set()

    publisher = threading.Thread(target=publish)
    walks, known = 0, {stem: {"first"} for stem in EVERYWHERE}
    with hosted(workshop.output) as base:
        publisher.start()
        while walks == 0 or not done.is_set():
            for stem in EVERYWHERE:
                found = follow(partial(fetch, base), f"{SITE}{stem}.atom").values()
                carried = [title for document in found for title in titles(document)]
                assert len(carried) == len(set(carried))
                assert set(carried) >= known[stem]
                known[stem] = set(carried)
            walks += 1
        publisher.join()
        assert not failures
        final = follow(partial(fetch, base), f"{SITE}all.atom").values()
    assert {title for document in final for title in titles(document)} == {
        "first",
        *map(str, range(len(dates) * 2)),
    }
    assert walks > 1


def test_the_instant_of_a_build_is_in_no_archive(history: Workshop) -> None:
    """Built years later, a history has the same bytes."""
    later = datetime(2031, 1, 1, tzinfo=UTC)
    archives = {path: history.files()[path] for path in documents(history)}
    fresh = history.afresh(later)
    assert {path: fresh[path] for path in archives} == archives
