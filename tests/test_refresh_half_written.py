"""Documents that change, come or go while a cycle looks at them."""

import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Event, Thread

import pytest
from casebook import Attempts
from conftest import NOW, Workshop, front_matter

from feeds.errors import StrictRefused
from feeds.refresh import Report, refresh

# More for a night: PIECES=1000 pytest tests/test_refresh_half_written.py
ROUNDS = int(os.environ.get("PIECES", "15"))
HALF = "---\ntitle: Half of it\n"
BEGUN = ["", " \n", "---\n", HALF, "+++\ntitle = 'Half", "---"]
Leave = Callable[[Path], None]


@pytest.fixture
def news(workshop: Workshop) -> Workshop:
    """Give a workshop that has published two articles."""
    workshop.news("a.md")
    workshop.news("folder/b.md")
    workshop.build()
    return workshop


def build_while(workshop: Workshop, meddle: Callable[[], object], **changes: object) -> Report:
    """Run a cycle, and let something happen after it has looked at all files and before it reads.

    Each file that something happened to has changed before, so that it is read.
    """

    def happen(stage: str, done: int, _total: int) -> None:
        if (stage, done) == ("reading", 0):
            meddle()

    return refresh(workshop.plan(**changes), NOW, happen)


def written_at(file: Path, text: str, age: float) -> None:
    """Write a file so many seconds before the cycle, in one go."""
    file.write_text(text, encoding="utf-8")
    moment = NOW.timestamp() - age
    os.utime(file, (moment, moment))


# --- What is being written -----------------------------------------------------------


@pytest.mark.case(39)
@pytest.mark.parametrize("age", [0.0, 1.5, -30.0])
def test_what_has_only_just_been_begun_stays_as_it_was(
    workshop: Workshop, attempts: Attempts, age: float
) -> None:
    """An empty or unclosed file of this moment is looked at again, and no error until then."""
    known = [f"{number}.md" for number in range(len(BEGUN))]
    for path in known:
        workshop.news(path)
    workshop.build()
    before = workshop.stamps()
    for path, text in zip(known, BEGUN, strict=True):
        for name in (path, f"new-{path}"):
            written_at(workshop.corpus / name, text, age)
            attempts.count()
    report = workshop.build()
    assert (report.findings, report.states) == ((), {"listed": len(BEGUN)})
    assert len(report.unsettled) == 2 * len(BEGUN)
    assert workshop.stamps() == before
    for path in known:
        workshop.news(path, title=f"Whole_{path}")
        workshop.news(f"new-{path}")
    report = workshop.build()
    assert (report.read, report.findings, report.unsettled) == (2 * len(BEGUN), (), ())
    assert {f"Whole_{path}" for path in known} < set(workshop.titles())


@pytest.mark.case(39)
@pytest.mark.parametrize("age", [3.0, 86_400.0, -600.0])
def test_what_stays_unfinished_is_an_error(news: Workshop, age: float) -> None:
    """A file that nobody goes on with is told, and so is one with a time that is no time."""
    written_at(news.corpus / "a.md", HALF, age)
    report = news.build()
    assert [finding.code for finding in report.findings] == ["front-matter-unclosed"]
    assert (report.states["kept"], report.unsettled) == (1, ())


@pytest.mark.case(39)
def test_an_unfinished_file_becomes_an_error_by_itself(news: Workshop) -> None:
    """Looked at again without having changed, it is told, whoever looks."""
    written_at(news.corpus / "a.md", HALF, 0)
    (place,) = news.build().unsettled
    now = NOW.replace(second=3)
    assert [item.code for item in news.build(now, looks_at=frozenset([place])).findings] == [
        "front-matter-unclosed"
    ]


@pytest.mark.case(39)
def test_who_is_strict_does_not_wait(news: Workshop) -> None:
    """A strict run refuses what is unfinished now: nobody may come to look again."""
    written_at(news.corpus / "a.md", HALF, 0)
    with pytest.raises(StrictRefused):
        news.build(strict=True)


@pytest.mark.case(39)
@pytest.mark.parametrize("is_look", [False, True])
@pytest.mark.parametrize("change", ["grows", "is of another time", "is another"])
def test_what_changes_before_it_is_read_stays_as_it_was(
    news: Workshop, change: str, *, is_look: bool
) -> None:
    """A file that is not what was looked at when it has been read is looked at again."""
    file, new = news.corpus / "a.md", news.corpus / "new.md"
    before = news.stamps()
    news.edit("a.md", title="Half of it")
    news.news("new.md", title="Half of it, too")

    def happen() -> None:
        for each in (file, new):
            if change == "grows":
                with each.open("a") as more:
                    more.write("More.")
            elif change == "is of another time":
                os.utime(each)
            else:
                each.with_suffix(".tmp").write_bytes(each.read_bytes())
                each.with_suffix(".tmp").rename(each)

    places = frozenset([str(file), str(new)])
    changes = {"looks_at": places} if is_look else {}
    report = build_while(news, happen, **changes)
    assert (set(report.unsettled), report.findings) == (places, ())
    assert news.stamps() == before
    report = news.build(**changes)
    assert report.unsettled == ()
    assert {"Half of it", "Half of it, too"} < set(news.titles())


@pytest.mark.case(39)
def test_what_is_written_in_pieces_is_published_whole(news: Workshop, attempts: Attempts) -> None:
    """While somebody writes a document in place again and again, no half and no error is told."""
    fields, file = news.documents["a.md"], news.corpus / "a.md"
    stop = Event()

    def write() -> None:
        for number in count():
            text = {"title": f"Whole_{number}", "excerpt": f"Excerpt_{number}"}
            whole = front_matter(fields | text).encode()
            with file.open("wb", buffering=0) as piece:
                for begin, end in ((0, 20), (20, 60), (60, None)):
                    piece.write(whole[begin:end])
                    stop.wait(0.01)
            if stop.is_set():
                return

    writing = Thread(target=write)
    writing.start()
    try:
        for _ in range(ROUNDS):
            report = news.build(datetime.now(UTC))
            (item,) = (item for item in news.feed()["items"] if item["id"].endswith(":a.md"))
            of_title, of_excerpt = item["title"].split("_")[-1], item["summary"].split("_")[-1]
            if report.findings or of_title != of_excerpt.rstrip("."):
                attempts.lose(f"{item['title']}, {item['summary']}: {report.findings}")
            attempts.count()
    finally:
        stop.set()
        writing.join()
    assert news.build(datetime.now(UTC)).findings == ()
    assert any(title.startswith("Whole_") for title in news.titles())


@pytest.mark.case(87)
def test_what_is_being_written_and_holds_itself_back_leaves(news: Workshop) -> None:
    """Where the half that is there says that it is not to be published, nobody waits."""
    written_at(news.corpus / "a.md", f"{HALF}published: false\nexc", 0)
    news.edit("folder/b.md", published=False)
    report = build_while(news, lambda: os.utime(news.corpus / "folder/b.md"))
    assert (news.titles(), report.findings, len(report.unsettled)) == ([], (), 2)
    news.news("a.md")
    assert news.build().unsettled == ()
    assert news.titles() == ["Title_of_a"]


# --- What goes before it is read -----------------------------------------------------


def delete(file: Path) -> None:
    file.unlink()


def rename(file: Path) -> None:
    file.rename(file.with_name("z.md"))


def make_directory(file: Path) -> None:
    file.unlink()
    file.mkdir()


def make_link(file: Path) -> None:
    file.rename(file.with_suffix(".txt"))
    file.symlink_to(file.with_suffix(".txt"))


def make_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def make_socket(file: Path) -> None:
    file.unlink()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(file))


def move_directory(file: Path) -> None:
    file.parent.rename(file.parent.with_name(f"moved {file.parent.name}"))


def replace_directory(file: Path) -> None:
    file.unlink()
    file.parent.rmdir()
    file.parent.write_text("a file")


def link_directory(file: Path) -> None:
    file.parent.rename(file.parent.with_name(f".{file.parent.name}"))
    file.parent.symlink_to(f".{file.parent.name}")


LEAVING: list[Leave] = [
    *(delete, rename, make_directory, make_link, make_pipe, make_socket),
    *(move_directory, replace_directory, link_directory),
]


@pytest.mark.case(40)
@pytest.mark.parametrize("leave", LEAVING)
@pytest.mark.parametrize("is_look", [False, True], ids=["scan", "look"])
def test_what_is_gone_when_it_is_read_is_gone(
    news: Workshop, leave: Leave, *, is_look: bool
) -> None:
    """It is no error: known before or new, a document has gone that is not there to be read."""
    entry = news.ids()["Title_of_folder_b"]
    places = [news.corpus / "folder/b.md", news.corpus / "other/new.md"]
    news.edit("folder/b.md", title="Other")
    news.news("other/new.md")
    changes = {"looks_at": frozenset(map(str, places))} if is_look else {}
    report = build_while(news, lambda: [leave(place) for place in places], **changes)
    assert (report.findings, report.unsettled, report.documents) == ((), (), 1)
    assert news.titles() == ["Title_of_a"]
    report = news.build()
    assert [item for item in report.findings if item.severity == "error"] == []
    # What went elsewhere is found there, and is the article that it was.
    assert news.ids().get("Other", entry) == entry
    assert ("Other" in news.titles()) == (leave in (rename, move_directory))
