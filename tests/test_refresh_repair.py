"""Files that are gone or not what they were, in the output or the catalog: all is made whole."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from hashlib import shake_256
from pathlib import Path
from random import Random

import pytest
from casebook import Attempts
from conftest import DAY, NOW, Workshop, is_whole, written


@pytest.fixture
def news(workshop: Workshop) -> Workshop:
    """Give a workshop whose feeds are published, in a publication that took two days."""
    for number in range(12):
        workshop.news(f"{number:02}.md", topics=["Energy", f"Topic {number % 4}"])
    workshop.build(NOW - 2 * DAY)
    workshop.edit("07.md", title="Better")
    workshop.build(NOW - DAY)
    return workshop


# --- The output ----------------------------------------------------------------------


def delete_all(output: Path) -> set[str]:
    """Delete the whole publication."""
    shutil.rmtree(output)
    return {"*"}


def delete_one(output: Path) -> set[str]:
    """Delete one file."""
    (output / "topics/topic-1.atom").unlink()
    return {"topics/topic-1.atom"}


def tamper(output: Path) -> set[str]:
    """Add to one file."""
    with (output / "all.rss").open("ab") as file:
        file.write(b"<!-- -->")
    return {"all.rss"}


def delete_manifest(output: Path) -> set[str]:
    """Delete the manifest."""
    (output / "manifest.json").unlink()
    return set()


def spoil_manifest(output: Path) -> set[str]:
    """Write something else in the manifest's place."""
    (output / "manifest.json").write_bytes(b'{"version":1,"resources":[{"path":"../x"}]}')
    return set()


def take_a_folder_for_a_file(output: Path) -> set[str]:
    """Put an older publication's file where a feed is."""
    (output / "all.json").write_bytes((output / "topics/energy.json").read_bytes())
    return {"all.json"}


@pytest.mark.parametrize(
    "harm",
    [
        delete_all,
        delete_one,
        tamper,
        delete_manifest,
        spoil_manifest,
        take_a_folder_for_a_file,
    ],
)
def test_a_publication_is_made_whole_again(
    news: Workshop, harm: Callable[[Path], set[str]]
) -> None:
    """What was harmed is written, what was not is left, and keeps when it last changed."""
    before, manifest, stamps = news.files(), news.manifest(), news.stamps()
    harmed = harm(news.output)
    report = news.build()
    assert report.read == 0
    assert news.files() | {"manifest.json": b""} == before | {"manifest.json": b""}
    assert is_whole(news)
    if harmed == {"*"}:
        return
    assert written(report) == harmed
    for path, item in news.manifest().items():
        if path not in harmed:
            assert item == manifest[path]
            assert news.stamps()[path] == stamps[path]
    again = news.stamps()
    assert written(news.build()) == set()
    assert news.stamps() == again


def test_what_somebody_else_put_there_is_left_alone(news: Workshop) -> None:
    """A file that we did not publish is not ours to delete."""
    (news.output / "robots.txt").write_text("User-agent: *")
    news.edit("01.md", title="Other")
    news.build()
    assert (news.output / "robots.txt").exists()


@pytest.mark.case(34)
def test_leftovers_are_removed(news: Workshop) -> None:
    """What a publisher that was killed had staged is gone after the next cycle."""
    (news.output / ".staging").mkdir()
    (news.output / ".staging" / "0").write_bytes(b"half")
    before = news.files().keys() - {".staging/0"}
    news.build()
    assert news.files().keys() == before


@pytest.mark.case(34)
def test_a_publisher_killed_between_two_files_is_found_out(news: Workshop) -> None:
    """A file of an edition that never came to be is replaced, even if nothing else tells."""
    before = news.files()
    body = before["all.atom"].replace(b"Better", b"BETTER")
    (news.output / "all.atom").write_bytes(body)
    (news.output / ".staging").mkdir()
    assert written(news.build()) == {"all.atom"}
    assert news.files() | {"manifest.json": b""} == before | {"manifest.json": b""}


def test_another_output_is_filled(news: Workshop) -> None:
    """With the same catalog but another place, everything is published there."""
    before = news.files()
    news.output.rename(news.root / "elsewhere")
    news.build()
    assert news.files().keys() == before.keys()
    assert is_whole(news)


# --- The catalog ---------------------------------------------------------------------


@pytest.mark.case(46)
def test_a_lost_catalog_changes_nothing(news: Workshop) -> None:
    """Without its catalog a cycle reads everything and writes nothing, not even other dates."""
    before, manifest = news.stamps(), news.manifest()
    shutil.rmtree(news.state)
    report = news.build()
    assert (report.read, written(report)) == (12, set())
    assert news.stamps() == before
    assert news.manifest() == manifest
    assert news.build().read == 0


def statement(*statements: str) -> Callable[[Path], None]:
    """Give what does something to a catalog by its own means."""

    def harm(file: Path) -> None:
        connection = sqlite3.connect(file)
        for sql in statements:
            connection.execute(sql)
        connection.commit()
        connection.close()

    return harm


def cut(share: float) -> Callable[[Path], None]:
    """Give what truncates a file to a share of its size."""
    return lambda file: os.truncate(file, int(file.stat().st_size * share))


def noise(file: Path) -> None:
    """Write bytes without meaning over a whole file."""
    file.write_bytes(meaningless(file.stat().st_size))


def meaningless(size: int, seed: int = 0) -> bytes:
    """Make bytes without meaning, the same each time."""
    return shake_256(f"{seed}".encode()).digest(size)


def leave_a_journal(file: Path) -> None:
    """Spoil a file and leave the journal of another one beside it."""
    other = file.with_name("other.sqlite")
    other.write_bytes(file.read_bytes())
    code = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('PRAGMA cache_size=1'); c.execute('BEGIN'); c.execute('DELETE FROM articles');"
        "c.execute('UPDATE ids SET id = 1'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, other], check=False)
    journal = other.with_name("other.sqlite-journal")
    assert journal.stat().st_size
    journal.rename(file.with_name(f"{file.name}-journal"))
    other.unlink()
    noise(file)


_STALE = "UPDATE articles SET stale = 1"
DAMAGE = {
    "empty": cut(0),
    "half a page": cut(0.02),
    "a part": cut(0.3),
    "most": cut(0.8),
    "random": noise,
    "text": lambda file: file.write_text("no catalog"),
    "a journal of another": leave_a_journal,
    "older": statement("PRAGMA user_version = 0"),
    "a table less": statement("DROP TABLE memberships"),
    "another table": statement("ALTER TABLE records RENAME COLUMN record TO other"),
    "no article": statement("UPDATE records SET record = '{'", _STALE),
    "half an article": statement("UPDATE records SET record = '{\"published\": 1}'", _STALE),
    "no text": statement("UPDATE records SET record = CAST(x'ff' AS TEXT)", _STALE),
    "no finding": statement("UPDATE files SET findings = '[1]'"),
}
LEDGER_LOST = {"empty", "half a page", "a part", "most", "random", "text", "a journal of another"}


@pytest.mark.case(46)
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_catalog_is_made_anew(news: Workshop, damage: str) -> None:
    """Whatever is in the catalog's place, the same is published, and ids go on where they can."""
    news.move("03.md", "moved.md")
    news.edit("05.md", modifiedDateTime="2026-10-20T00:00:00Z")
    news.build(NOW - DAY)
    ids, before = news.ids(), news.stamps()
    DAMAGE[damage](news.catalog)
    report = news.build()
    assert report.visible == 12
    if damage not in LEDGER_LOST:
        assert news.ids() == ids
        assert written(report) == set()
        assert news.stamps() == before
    assert is_whole(news)
    report = news.build()
    assert (report.read, report.bytes_written) == (0, 0)


@pytest.mark.case(46)
def test_a_catalog_that_is_cut_at_any_byte_ends_no_cycle(
    news: Workshop, attempts: Attempts
) -> None:
    """Wherever the file ends, what is published is whole and says what it said before."""
    news.build()
    image, files = news.catalog.read_bytes(), news.files()
    random = Random(1)  # noqa: S311 - the same in every run
    for size in (1, 99, 100, 8_191, 8_192, 8_193, *random.sample(range(len(image)), 6)):
        shutil.rmtree(news.state)
        news.state.mkdir()
        news.catalog.write_bytes(image[:size])
        news.build(force=True)
        attempts.count()
        if not is_whole(news) or news.files().keys() != files.keys():
            attempts.lose(f"cut at {size}")


@pytest.mark.case(46)
def test_a_catalog_with_any_page_spoiled_ends_no_cycle(news: Workshop) -> None:
    """Wherever a file system has lost a page, cycles go on and end with a whole publication."""
    news.build()
    image, files = news.catalog.read_bytes(), news.files()
    for start_of_page in range(0, len(image), 4096):
        spoiled = bytearray(image)
        spoiled[start_of_page : start_of_page + 4096] = meaningless(4096, start_of_page)
        for file in news.state.iterdir():
            file.unlink()
        news.catalog.write_bytes(spoiled)
        news.touch("01.md")
        news.build(force=True)
        news.revision = f"{start_of_page}"
        news.build(force=True)
        assert news.files().keys() >= files.keys()
        assert is_whole(news)
