"""Disks that are full, processes that are killed, places that are taken: what is then published."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import DAY, NOW, Workshop, files_of, in_formats, is_whole, stamps_of

from feeds.catalog import open_catalog
from feeds.errors import CannotWrite, Locked
from feeds.refresh.lock import sole_publisher

TESTS = Path(__file__).parent

BUILD = """
import ctypes, os, resource, signal, sys
from pathlib import Path
from conftest import Workshop
from feeds.errors import FeedsError

root, limit, unprivileged = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
looks_at = frozenset(sys.argv[4:]) or None
if unprivileged and os.geteuid() == 0 and "PLAIN" not in os.environ:
    for capability in (1, 2):  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
        assert ctypes.CDLL(None).prctl(24, capability, 0, 0, 0) == 0
    os.execve(sys.executable, sys.orig_argv, os.environ | {"PLAIN": ""})
workshop = object.__new__(Workshop)
workshop.root, workshop.base_url, workshop.revision = root, None, "tests"
workshop.configure()
if limit:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
print("ready", flush=True)
try:
    report = workshop.build(looks_at=looks_at)
except FeedsError as error:
    print(error)
    sys.exit(error.exit_code)
print(report.visible)
"""


def start(
    workshop: Workshop, limit: int = 0, *looks_at: Path, unprivileged: bool = False
) -> subprocess.Popen:
    """Start a build in a process of its own, which may write files up to a size only."""
    arguments = [workshop.root, f"{limit}", f"{unprivileged:d}", *looks_at]
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", BUILD, *arguments],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def build_elsewhere(
    workshop: Workshop, limit: int = 0, *looks_at: Path, unprivileged: bool = False
) -> tuple[int, str]:
    """Build in a process of its own, and give its exit code and what it said."""
    process = start(workshop, limit, *looks_at, unprivileged=unprivileged)
    said, _ = process.communicate(timeout=60)
    return process.returncode, said


@pytest.fixture
def news(workshop: Workshop) -> Workshop:
    """Give a workshop whose feeds are published, in a publication that took two days."""
    for number in range(12):
        workshop.news(f"{number:02}.md", topics=["Energy", f"Topic {number % 4}"])
    workshop.build(NOW - 2 * DAY)
    workshop.edit("07.md", title="Better")
    workshop.build(NOW - DAY)
    return workshop


# --- What is in the way ---------------------------------------------------------------


@pytest.mark.case(36)
def test_what_is_in_the_way_stops_a_cycle_before_it_begins(news: Workshop) -> None:
    """A directory where a file is to be is an error, met before anything has changed."""
    news.edit("01.md", title="Other")
    (news.output / "topics/topic-1.rss").unlink()
    (news.output / "topics/topic-1.rss").mkdir()
    before = stamps_of(news.output)
    with pytest.raises(CannotWrite, match=r"topic-1\.rss: "):
        news.build()
    assert {k: v for k, v in stamps_of(news.output).items() if k} == before
    (news.output / "topics/topic-1.rss").rmdir()
    news.build()
    assert is_whole(news)


@pytest.mark.case(37)
def test_a_link_that_leads_out_is_not_followed(news: Workshop) -> None:
    """Where a directory of the output is a link to another place, nothing is written there."""
    outside = news.root / "outside"
    (news.output / "topics").rename(outside)
    (news.output / "topics").symlink_to(outside)
    before = stamps_of(outside)
    news.edit("01.md", title="Other")
    with pytest.raises(CannotWrite, match="leads out of"):
        news.build()
    assert stamps_of(outside) == before
    assert b"Other" not in (news.output / "all.atom").read_bytes()


@pytest.mark.case(37)
def test_a_deletion_that_is_not_allowed_is_made_up_for(news: Workshop) -> None:
    """A feed that could not be deleted is not forgotten: a later cycle deletes it."""
    news.configure("feeds: {best: {title: Best, where: {quality: {min: 1}}}}")
    news.build(NOW)
    folder = news.output / "feeds"
    folder.chmod(0o500)
    code, said = build_elsewhere(news, unprivileged=True)
    assert (code, "best." in said) == (4, True), said
    folder.chmod(0o700)
    news.configure()
    report = news.build(NOW)
    assert set(report.deleted) == in_formats("feeds/best")
    assert is_whole(news)


# --- Two at once, full disks, kills --------------------------------------------------


@pytest.mark.case(43)
def test_a_second_publisher_is_turned_away(news: Workshop) -> None:
    """While one is at work another ends at once, and touches nothing."""
    before = stamps_of(news.output)
    news.edit("01.md", title="Other")
    with sole_publisher(news.kept):
        with pytest.raises(Locked, match="another publisher"):
            news.build()
        code, said = build_elsewhere(news)
        assert (code, "another publisher" in said) == (75, True)
    assert stamps_of(news.output) == before
    news.build()
    assert "Other" in news.titles()


@pytest.mark.usefixtures("in_files")
@pytest.mark.case(37)
def test_a_state_that_cannot_be_made_is_told(news: Workshop) -> None:
    """Where there is a file in the state's place, its path is named."""
    shutil.rmtree(news.state)
    news.state.write_text("a file")
    with pytest.raises(CannotWrite, match="state"):
        news.build()


@pytest.mark.case(36)
@pytest.mark.parametrize(
    ("documents", "excerpt", "limit", "place"),
    [
        (40, "& " * 800, 1_000, "catalog.sqlite"),
        # In feeds an ampersand is five or nine characters long, in the catalog it is one.
        (40, "& " * 1_500, 750_000, "output/all."),
        (320, "A few words.", 750_000, "catalog.sqlite"),
    ],
    ids=["at once", "in a feed", "in the catalog"],
)
def test_a_full_disk_is_met_before_anything_changes(
    news: Workshop, documents: int, excerpt: str, limit: int, place: str
) -> None:
    """Wherever space ends the old publication stays, and nothing is left behind."""
    for number in range(12, documents):
        news.news(f"{number}.md", excerpt=excerpt)
    before, catalog = stamps_of(news.output), news.catalog.read_bytes()
    code, said = build_elsewhere(news, limit)
    assert (code, "cannot write" in said, place in said) == (4, True, True), said
    assert stamps_of(news.output) == before
    kept = {file.name for file in news.state.iterdir()}
    assert kept <= {"lock", "catalog.sqlite", "refresh.json"}
    assert news.catalog.read_bytes() == catalog
    assert build_elsewhere(news) == (0, f"ready\n{documents}\n")
    assert is_whole(news)


@pytest.mark.usefixtures("in_files")
@pytest.mark.case(36)
def test_a_first_build_on_a_full_disk_leaves_nothing(workshop: Workshop) -> None:
    """Where not even the catalog has room, nothing is published that would be half of it."""
    workshop.news("a.md")
    code, said = build_elsewhere(workshop, 40_000)
    assert (code, "cannot write" in said) == (4, True)
    assert files_of(workshop.output) == {} if workshop.output.exists() else True
    assert build_elsewhere(workshop) == (0, "ready\n1\n")


@pytest.mark.case(34)
@pytest.mark.parametrize("moment", [0.1, 0.6, 1.01, 1.2, 1.5, 1.9])
def test_a_kill_leaves_whole_files_and_the_next_cycle_goes_on(
    news: Workshop, moment: float
) -> None:
    """After kill -9 every file is the old or the new one, and another cycle makes all new."""
    for number in range(12, 72):
        news.news(f"{number}.md", topics=[f"Topic {number}"])
    news.build()
    old = news.files()
    for path in list(news.documents):
        news.edit(path, title=f"New {path}")
    process = start(news)
    kill_while_publishing(process, news.output / ".staging", moment * len(old))
    left = {path: body for path, body in news.files().items() if path[0] != "."}
    assert left.keys() == old.keys()
    news.build()
    assert is_whole(news)
    new = news.files()
    for path, body in left.items():
        assert body in {old[path], new[path]}
    assert {**news.afresh(), "manifest.json": b""} == {**new, "manifest.json": b""}
    report = news.build()
    assert (report.read, report.bytes_written) == (0, 0)


def kill_while_publishing(process: subprocess.Popen, staging: Path, after: float) -> None:
    """Kill a publisher after it has staged so many files, and, if that is all, moved the rest."""
    staged: set[str] = set()
    moved = 0
    while process.poll() is None and len(staged) + moved < after:
        there = {file.name for file in staging.glob("*")}
        staged |= there
        moved = len(staged - there)
    process.kill()
    process.communicate(timeout=60)


@pytest.mark.case(46)
def test_a_catalog_that_may_not_be_written_is_told_and_stays(news: Workshop) -> None:
    """Where there is something to keep, its path is named, and what is published stays."""
    news.build()
    news.edit("01.md", title="Other")
    before, catalog = stamps_of(news.output), news.catalog.read_bytes()
    news.catalog.chmod(0o400)
    code, said = build_elsewhere(news, unprivileged=True)
    assert (code, "catalog.sqlite: attempt to write a readonly database" in said) == (4, True), said
    assert (stamps_of(news.output), news.catalog.read_bytes()) == (before, catalog)
    news.catalog.chmod(0o600)
    assert build_elsewhere(news) == (0, "ready\n12\n")
    assert "Other" in news.titles()


# --- The corpus ----------------------------------------------------------------------


@pytest.mark.case(37)
@pytest.mark.parametrize("is_look", [False, True], ids=["scan", "look"])
@pytest.mark.parametrize("what", ["01.md", "sub", "sub without a name"])
def test_what_cannot_be_read_stays_what_it_was(news: Workshop, what: str, *, is_look: bool) -> None:
    """A document or directory that we may not look into keeps its entries, with an error."""
    news.news("sub/a.md", title="Below")
    news.build(NOW)
    news.edit("01.md", title="Other")
    news.edit("sub/a.md", title="Below, changed")
    place = news.corpus / what.partition(" ")[0]
    mode = place.stat().st_mode
    place.chmod(0o400 if "without" in what else 0)
    looks_at = [news.corpus / "01.md", news.corpus / "sub"] if is_look else []
    code, said = build_elsewhere(news, 0, *looks_at, unprivileged=True)
    place.chmod(mode)
    assert (code, said) == (0, "ready\n13\n")
    with open_catalog(news.kept) as catalog:
        (finding,) = catalog.hindrances()
    outcome = "its last good version stays" if what == "01.md" else "left out"
    assert (finding.code, finding.message.split("; ")[-1]) == ("file-unreadable", outcome)
    kept = {"01.md": "Title_of_01"}.get(what, "Below")
    assert kept in news.titles()
    news.build(NOW)
    assert {"Other", "Below, changed"} <= set(news.titles())


@pytest.mark.case(37)
def test_what_could_not_be_read_by_other_rules_is_read_later(news: Workshop) -> None:
    """A document that is unreadable while all are read anew is read when it can be."""
    place = news.corpus / "01.md"
    mode = place.stat().st_mode
    news.configure()
    connection = sqlite3.connect(news.catalog)
    connection.execute("UPDATE settings SET value = '' WHERE name = 'reading'")
    connection.commit()
    connection.close()
    place.chmod(0)
    assert build_elsewhere(news, unprivileged=True) == (0, "ready\n12\n")
    place.chmod(mode)
    assert news.build(NOW).read == 1
    assert news.build(NOW).read == 0
