"""Where somebody waits, feeds are published first, and what follows from them at once after."""

import gzip
import re
import shutil
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from conftest import DAY, NOW, Workshop, is_whole, quiet, written
from hypothesis import given, strategies as st
from test_refresh_carried import changed, looked, stamps
from test_refresh_faults import TESTS
from test_refresh_history import BEGINNING, CLOCKS, CYCLE, HISTORIES, Do, Put, new_workshop

from feeds.errors import CannotWrite
from feeds.refresh import Carried, Report, refresh
from feeds.text.dates import rfc3339

LONG = "Again and again. " * 60
EVERYTHING = "compressed: true\npages: 2\nlimit: 2\ntop: {entries: 2}\ndigests: {all: daily}\n"
SECOND = timedelta(seconds=1)
# What has everything made anew, by whomever.
ACCIDENTS = {"configure", "program", "lose", "truncate"}

# The process ends by a signal after feeds are published, and before the rest is.
EDIT = """
import os, signal, sys
from datetime import timedelta
from pathlib import Path
from conftest import NOW, Workshop
from feeds.refresh import refresh

def killed(stage, done, total):
    if stage == "publishing":
        os.kill(os.getpid(), signal.SIGKILL)

root, configuration, days, file = sys.argv[1:]
workshop = object.__new__(Workshop)
workshop.root, workshop.base_url, workshop.revision = Path(root), None, "tests"
workshop.carried = None
workshop.configure(configuration)
now = NOW + timedelta(days=int(days))
refresh(workshop.plan(now, looks_at=frozenset([file])), now, killed)
"""


@pytest.fixture
def news(workshop: Workshop) -> Workshop:
    """Give a publication, with compressed files, of a process that goes on."""
    workshop.configure("compressed: true\n")
    workshop.carried = Carried()
    for name in ("first", "second", "third"):
        workshop.news(f"{name}.md", title=name, excerpt=LONG, topics=["Energy", name])
    workshop.build()
    return workshop


def published(workshop: Workshop) -> dict[str, bytes]:
    """Give what is published, by path, in the midst of a cycle."""
    return {path: body for path, body in workshop.files().items() if not path.startswith(".")}


def assert_is_consistent(workshop: Workshop) -> None:
    """Every file is listed and as it is listed, and each compressed one is its feed's."""
    files, manifest = published(workshop), workshop.manifest()
    assert files.keys() == manifest.keys() | {"manifest.json"}
    for path, item in manifest.items():
        assert sha256(files[path]).hexdigest() == item["sha256"]
        if path.endswith(".gz"):
            assert gzip.decompress(files[path]) == files[path.removesuffix(".gz")]
    for path, body in files.items():
        if path.endswith(".atom"):
            links = re.findall(rb'rel="prev-archive" href="https://[^/]*/([^"]*)"', body)
            assert {link.decode() for link in links} <= files.keys()


def edited(workshop: Workshop, *paths: str, now: datetime = NOW) -> tuple[Report, dict[str, bytes]]:
    """Run a cycle that is told where to look, and give what was published in its midst."""
    between: list[dict[str, bytes]] = []

    def look(stage: str, _done: int, _total: int) -> None:
        if stage == "publishing":
            assert_is_consistent(workshop)
            between.append(published(workshop))

    report = refresh(workshop.plan(now, looks_at=looked(workshop, *paths)), now, look)
    assert is_whole(workshop)
    return report, between[0]


@pytest.mark.case(34)
def test_a_further_page_of_a_feed_comes_with_what_people_see_of_it(workshop: Workshop) -> None:
    """No feed that is published first leads to a page that is not there yet."""
    workshop.configure("html: {pages: true}\nlimit: 2\npages: 2\n")
    workshop.carried = Carried()
    for name in ("first", "second"):
        workshop.news(f"{name}.md", excerpt=LONG)
    workshop.build()
    workshop.news("third.md", excerpt=LONG)
    report, between = edited(workshop, "third.md")
    new = {path for path in report.added if path.endswith(".json")}
    stems = ("all", "topics/energy", "providers/paper.example")
    assert new == {f"{stem}/page/2.json" for stem in stems}
    pages = {f"{path.removesuffix('.json')}/index.html" for path in new}
    assert pages <= between.keys()


@pytest.mark.case(34)
def test_feeds_come_first_and_the_rest_at_once_after(news: Workshop) -> None:
    """Archives say the old for a moment, and files beside feeds that are new are not there."""
    old = news.files()
    news.edit("second.md", title="Other")
    report, between = edited(news, "second.md")
    new = news.files()
    heads = {"all.atom", "all.rss", "all.json", "topics/second.atom", "topics/energy.json"}
    assert heads <= written(report)
    assert all(between[path] == new[path] != old[path] for path in heads)
    assert not {f"{path}{suffix}" for path in heads for suffix in (".gz", ".br")} & between.keys()
    assert between["all/archive/2026-10.atom"] == old["all/archive/2026-10.atom"]
    assert new["all/archive/2026-10.atom"] != old["all/archive/2026-10.atom"]
    assert between["topics/first.atom.gz"] == old["topics/first.atom.gz"]


@pytest.mark.case(34)
def test_pages_that_are_there_wait_for_feeds(news: Workshop) -> None:
    """They say the old for a moment, and then what a first build makes them say."""
    news.configure("compressed: true\nhtml: {pages: true}\n")
    news.build()
    old = news.files()
    news.edit("second.md", title="Other")
    _, between = edited(news, "second.md")
    new = news.files()
    for stem in ("all", "topics/energy", "topics/second"):
        assert between[f"{stem}.atom"] == new[f"{stem}.atom"] != old[f"{stem}.atom"]
        assert between[f"{stem}/index.html"] == old[f"{stem}/index.html"]
        assert b"Other" in new[f"{stem}/index.html"]
    assert new == news.afresh() | {"manifest.json": new["manifest.json"]}


@pytest.mark.case(34)
def test_a_feed_leads_to_no_archive_that_is_not_there(news: Workshop) -> None:
    """A document that a month has for the first time comes with the feeds, not after them."""
    news.edit("first.md", publishedDateTime="2026-09-01T08:00:00Z", modifiedDateTime=None)
    report, between = edited(news, "first.md")
    assert "topics/first/archive/2026-09.atom" in between
    assert "topics/first/archive/2026-10.atom" in report.deleted


def test_a_cycle_tells_of_all_that_it_did(news: Workshop) -> None:
    """It tells of one publication: what went for a moment and came back is changed."""
    news.edit("second.md", title="Other")
    report, between = edited(news, "second.md")
    assert "all.atom.gz" not in between
    assert "all.atom.gz" in report.changed
    assert (report.added, report.deleted) == ((), ())
    assert report.unchanged + len(report.changed) == len(news.manifest())


def test_who_scans_publishes_all_at_once(news: Workshop) -> None:
    """Where nobody waits there is one publication, and one manifest to write."""
    seen = news.files()["manifest.json"]
    news.edit("second.md", title="Other")

    def look(stage: str, _done: int, _total: int) -> None:
        if stage == "publishing":
            assert published(news)["manifest.json"] == seen

    refresh(news.plan(), NOW, look)
    assert "Other" in news.titles()


@pytest.mark.case(36)
def test_a_cycle_that_fails_between_is_finished_by_the_next(news: Workshop) -> None:
    """What a full disk has kept back is published as soon as there is room, with later edits."""
    news.edit("second.md", title="Other")

    def fail(stage: str, _done: int, _total: int) -> None:
        if stage == "publishing":
            raise CannotWrite(news.output, "no space left on device")

    paths = looked(news, "second.md")
    with pytest.raises(CannotWrite):
        refresh(news.plan(looks_at=paths), NOW, fail)
    assert_is_consistent(news)
    assert "Other" in news.titles()
    news.edit("third.md", title="Later")
    news.build(NOW, looks_at=paths | looked(news, "third.md"))
    assert is_whole(news)
    news.carried = None
    assert news.files() | {"manifest.json": b""} == news.afresh() | {"manifest.json": b""}


@pytest.mark.case(34)
@pytest.mark.parametrize("looks_at", [frozenset(), None])
def test_a_process_that_is_killed_between_loses_nothing(
    news: Workshop, looks_at: frozenset[str] | None
) -> None:
    """The next cycle, of whatever kind, makes what was owed, though nothing else has changed."""
    news.edit("second.md", title="Other")
    killed(EDIT, news.root, "compressed: true", "0", looked(news, "second.md"))
    assert_is_consistent(news)
    assert "Other" in news.titles()
    news.carried = None
    news.build(NOW + DAY / 24, looks_at=looks_at)
    assert_is_consistent(news)
    assert is_whole(news)
    assert news.files() | {"manifest.json": b""} == news.afresh(NOW + DAY / 24) | {
        "manifest.json": b""
    }


# The process ends by a signal before the first file of a publication is moved.
BEGINNING_OF_MOVES = """
import os, signal, sys
from pathlib import Path
from conftest import NOW, Workshop, quiet
from feeds.refresh import refresh

def killed(event, arguments):
    if event == "os.rename":
        os.kill(os.getpid(), signal.SIGKILL)

workshop = object.__new__(Workshop)
workshop.root, workshop.base_url, workshop.revision = Path(sys.argv[1]), None, "tests"
workshop.carried = None
workshop.configure("limit: 1")
sys.addaudithook(killed)
refresh(workshop.plan(NOW, looks_at=frozenset(sys.argv[2:])), NOW, quiet)
"""


@pytest.mark.case(34)
def test_what_is_only_new_is_owed_until_it_is_published(workshop: Workshop) -> None:
    """Of a publisher that was killed before it replaced anything, nothing need be left on the disk.

    One that came after it and was killed, too, may have tidied up, and done nothing else.
    """
    workshop.configure("limit: 1")
    workshop.news("newest.md", publishedDateTime="2026-10-05T08:00:00Z")
    workshop.build()
    workshop.news("older.md", publishedDateTime="2026-08-05T08:00:00Z")
    killed(BEGINNING_OF_MOVES, workshop.root, looked(workshop, "older.md"))
    shutil.rmtree(workshop.output / ".staging")
    workshop.build()
    assert is_whole(workshop)
    assert workshop.files() | {"manifest.json": b""} == workshop.afresh() | {"manifest.json": b""}


@pytest.mark.case(34)
def test_what_is_chosen_once_a_day_is_owed_until_it_is_published(workshop: Workshop) -> None:
    """The first cycle of a day was killed after it had published feeds: the day's choice is due."""
    top = "top: {entries: 1}"
    workshop.configure(top)
    workshop.news("before.md", publishedDateTime=rfc3339(NOW - DAY), quality=1)
    workshop.news("today.md", publishedDateTime=rfc3339(NOW), quality=9)
    workshop.build()
    workshop.edit("before.md", title="Other")
    killed(EDIT, workshop.root, top, "1", looked(workshop, "before.md"))
    workshop.build(NOW + DAY)
    assert workshop.titles("topics/energy/top") == ["Title_of_today"]


def killed(program: str, root: Path, *arguments: str | frozenset[str]) -> None:
    """Run a program that ends by a signal."""
    words = [item if isinstance(item, str) else next(iter(item)) for item in arguments]
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, root, *words],
        env={"PYTHONPATH": str(TESTS)},
        check=False,
    )
    assert run.returncode == -signal.SIGKILL


@HISTORIES
@given(BEGINNING, st.lists(CYCLE, min_size=1, max_size=4))
def test_two_steps_end_where_one_does(
    beginning: list[Put], cycles: list[tuple[datetime, list[Put | Do]]]
) -> None:
    """After any edits, output and report are those of cycles that publish all at once."""
    with new_workshop() as in_two, new_workshop() as in_one:
        for workshop in (in_two, in_one):
            workshop.configure(EVERYTHING)
            for change in beginning:
                change.do(workshop)
            workshop.build(CLOCKS[1], force=True)
        in_two.carried = Carried()
        in_two.build(CLOCKS[1], force=True)
        for number, (_, changes) in enumerate(cycles):
            # Edits of one second, and of others.
            now = CLOCKS[1] + number // 2 * SECOND
            before = stamps(in_two.corpus)
            for workshop in (in_two, in_one):
                for edit in changes:
                    if not (isinstance(edit, Do) and edit.what in ACCIDENTS):
                        edit.do(workshop)
            told = changed(dict(before), dict(stamps(in_two.corpus)))
            assert_same(in_two, in_one, now, told)


def assert_same(in_two: Workshop, in_one: Workshop, now: datetime, told: frozenset[str]) -> None:
    """See that a cycle that is told where to look ends with the same files, and tells of them."""

    def look(stage: str, _done: int, _total: int) -> None:
        if stage == "publishing":
            assert_is_consistent(in_two)

    first = refresh(in_two.plan(now, looks_at=told, force=True), now, look)
    second = refresh(in_one.plan(now, force=True), now, quiet)
    assert in_two.files() == in_one.files()
    for name in ("deleted", "sizes", "unchanged", "bytes_written", "entries_new"):
        assert getattr(first, name) == getattr(second, name)
    assert written(first) == written(second)
