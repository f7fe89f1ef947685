"""What a process carries from one cycle to the next saves work and changes nothing."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from conftest import DAY, NOW, Workshop, is_whole
from hypothesis import given, strategies as st
from test_refresh_history import BEGINNING, CLOCKS, CYCLE, HISTORIES, Do, Put, check, new_workshop

from feeds.errors import CannotWrite, Refused
from feeds.refresh import Carried


@pytest.fixture
def news(workshop: Workshop) -> Workshop:
    """Give a publication of a process that goes on."""
    workshop.carried = Carried()
    for name in ("first", "second", "third"):
        workshop.news(f"{name}.md", title=name)
    workshop.build()
    return workshop


def looked(workshop: Workshop, *paths: str) -> frozenset[str]:
    """Give some paths as a cycle is told of them."""
    return frozenset(str(workshop.corpus / path) for path in paths)


def stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    """Give what tells one state of a directory from another, by path."""
    return {
        place / name: ((status := os.lstat(place / name)).st_ino, status.st_mtime_ns)
        for place, folders, files in os.walk(folder)
        for name in files
        for place in [Path(place)]
    }


def changed(before: dict[Path, object], after: dict[Path, object]) -> frozenset[str]:
    """Give the paths at which something is another than before."""
    return frozenset(path for path in before.keys() | after if before.get(path) != after.get(path))


@HISTORIES
@given(BEGINNING, st.lists(CYCLE, min_size=1, max_size=4))
def test_a_process_that_goes_on_publishes_what_a_first_build_does(
    beginning: list[Put], cycles: list[tuple[datetime, list[Put | Do]]]
) -> None:
    """Cycles that are told where something changed end where a first build does, byte by byte."""
    with new_workshop() as workshop:
        workshop.carried = Carried()
        for change in beginning:
            change.do(workshop)
        workshop.build(CLOCKS[1], force=True)
        for now, changes in cycles:
            before = stamps(workshop.corpus)
            for change in changes:
                change.do(workshop)
            told = changed(dict(before), dict(stamps(workshop.corpus)))
            workshop.build(now, force=True, looks_at=told)
            check(workshop, now)


def test_only_what_changed_is_rendered(news: Workshop) -> None:
    """An edit has one entry rendered, in a process that goes on and in a new one."""
    news.edit("second.md", title="Other")
    assert news.build(looks_at=looked(news, "second.md")).entries_rendered == 1
    news.edit("second.md", title="Another")
    news.carried = Carried()
    assert news.build().entries_rendered == 1
    assert is_whole(news)


def test_what_nobody_told_of_is_found_by_the_next_scan(news: Workshop) -> None:
    """Where a cycle is told where to look, it looks nowhere else, and forgets nothing."""
    news.edit("first.md", title="Seen")
    news.edit("second.md", title="Unseen")
    news.delete("third.md")
    report = news.build(looks_at=looked(news, "first.md", "none.md", "../elsewhere.md"))
    assert (report.read, report.documents, report.visible) == (1, 3, 3)
    assert sorted(news.titles()) == ["Seen", "second", "third"]
    news.build()
    assert sorted(news.titles()) == ["Seen", "Unseen"]


def test_a_directory_that_comes_or_goes_has_all_that_is_below(news: Workshop) -> None:
    """Told of a directory alone, a cycle finds the documents below it, or that they are gone."""
    for name in ("in/a.md", "in/deep/b.md", "inner.md"):
        news.news(name, title=name)
    report = news.build(looks_at=looked(news, "in", "in/a.md", "inner.md"))
    assert (report.read, report.documents) == (3, 6)
    (news.corpus / "in").rename(news.root / "away")
    report = news.build(looks_at=looked(news, "in"))
    assert (report.documents, report.visible) == (4, 4)
    (news.root / "away").rename(news.corpus / "out")
    assert news.build(looks_at=looked(news, "out")).read == 2
    assert is_whole(news)


def test_what_hinders_is_told_until_it_does_not(news: Workshop) -> None:
    """A finding of the last scan stays while nobody looks there, and goes once somebody does."""
    (news.corpus / "link.md").symlink_to("first.md")
    (news.corpus / "other.md").symlink_to("first.md")
    assert len(news.build().findings) == 2
    (news.corpus / "link.md").unlink()
    assert len(news.build(looks_at=frozenset()).findings) == 2
    [finding] = news.build(looks_at=looked(news, "link.md")).findings
    assert finding.path == "other.md"


def test_another_publisher_is_noticed(news: Workshop) -> None:
    """What another process published meanwhile is what the next cycle begins with."""
    carried, news.carried = news.carried, Carried()
    news.edit("first.md", title="Elsewhere")
    news.build(NOW + DAY)
    news.carried = carried
    news.edit("second.md", title="Here")
    news.build(NOW + 2 * DAY, looks_at=looked(news, "second.md"))
    assert sorted(news.titles()) == ["Elsewhere", "Here", "third"]
    assert is_whole(news)


@pytest.fixture
def hindered(news: Workshop) -> Iterator[Workshop]:
    """Give a publication of which the last cycle failed, after it had rendered an edit."""
    place = news.output / "all.atom"
    body = place.read_bytes()
    place.unlink()
    place.mkdir()
    news.edit("first.md", title="Lost")
    with pytest.raises(CannotWrite):
        news.build(looks_at=looked(news, "first.md"))
    place.rmdir()
    place.write_bytes(body)
    return news


def test_a_cycle_that_fails_leaves_nothing_to_carry(hindered: Workshop) -> None:
    """What it had rendered of documents that are others now is never published."""
    hindered.edit("first.md", title="Kept")
    hindered.build(looks_at=looked(hindered, "first.md"))
    assert sorted(hindered.titles()) == ["Kept", "second", "third"]
    assert is_whole(hindered)
    assert b"Lost" not in b"".join(hindered.files().values())


def test_what_a_refused_cycle_compared_counts_for_nothing(workshop: Workshop) -> None:
    """Articles that were to go, and stay, are related to others as if nobody had tried."""
    workshop.carried = Carried()
    for number in range(24):
        story = "Turbine blade blocks harbour bridge" if number % 2 else "Lorry fined in a village"
        workshop.news(f"{number}.md", title=f"{story} {number // 2}", topics=["Energy"])
    workshop.build()
    workshop.edit("1.md", excerpt="A lorry had a blade.")
    workshop.build(looks_at=looked(workshop, "1.md"))
    gone = [f"{number}.md" for number in range(2, 14)]
    texts = {path: (workshop.corpus / path).read_text(encoding="utf-8") for path in gone}
    for path in gone:
        (workshop.corpus / path).unlink()
    with pytest.raises(Refused):
        workshop.build(looks_at=looked(workshop, *gone))
    for path, text in texts.items():
        workshop.write(path, text)
    workshop.edit("1.md", excerpt="A lorry had a turbine.")
    workshop.build(looks_at=looked(workshop, "1.md", *gone))
    assert is_whole(workshop)
    workshop.carried = None
    assert workshop.files() | {"manifest.json": b""} == workshop.afresh() | {"manifest.json": b""}


def test_a_file_that_was_lost_is_missed_by_the_next_scan(news: Workshop) -> None:
    """Only a scan looks whether all that was published is still there, and makes it again."""
    (news.output / "all.rss").unlink()
    assert news.build(looks_at=frozenset()).added == ()
    assert news.build().added == ("all.rss",)
    assert is_whole(news)
