"""`feeds backup` copies the catalog, whoever is at work on it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest
from cli_tools import BASE_URL, NOW, Run, document, feeds_command
from conftest import files_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder of which feeds are built that another catalog would give other ids."""
    for name in ("ebb.md", "flow.md"):
        document(tmp_path / "corpus", name)
    assert build(tmp_path, "state").returncode == 0
    (tmp_path / "corpus/ebb.md").rename(tmp_path / "corpus/moved.md")
    assert build(tmp_path, "state").returncode == 0
    return tmp_path


def build(folder: Path, state: str, output: str = "output") -> Run:
    """Build by a state, at an instant that never changes."""
    places = ("--corpus", "corpus", "--output", output, "--state", state)
    return feeds_command("build", *places, "--base-url", BASE_URL, "--now", NOW, cwd=folder)


def backup(folder: Path, *arguments: str) -> Run:
    """Copy the catalog of a state."""
    return feeds_command("backup", "--output", "output", *arguments, cwd=folder)


def dump(file: Path) -> list[str]:
    """Give all that is in a file, as statements that make it."""
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


def test_a_copy_is_gone_on_with(folder: Path) -> None:
    """A build by it reads no document, and publishes what one by the catalog does."""
    done = backup(folder, "--state", "state", "kept/today")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"kept/today/catalog.sqlite has what {folder / 'state'} knows\n"
    assert (folder / "kept/today").stat().st_mode & 0o777 == 0o700
    assert [file.name for file in (folder / "kept/today").iterdir()] == ["catalog.sqlite"]
    before = files_of(folder / "output")
    again = build(folder, "kept/today")
    assert "2 documents (0 read" in again.stderr
    assert files_of(folder / "output") == before
    build(folder, "none", "other")
    assert files_of(folder / "other") != before


def test_a_catalog_that_is_locked_is_waited_for(folder: Path) -> None:
    """A publisher that has it for itself is not disturbed."""
    file = folder / "state/catalog.sqlite"
    publisher = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    with closing(publisher):
        publisher.execute("BEGIN EXCLUSIVE")
        publisher.execute("UPDATE settings SET value = 'half of a cycle'")
        ending = Timer(2, lambda: publisher.execute("ROLLBACK"))
        ending.start()
        done = backup(folder, "--state", "state", "kept")
        ending.join()
    assert done.returncode == 0, done.stderr
    assert dump(folder / "kept/catalog.sqlite") == dump(file)


def test_nothing_is_written_over(folder: Path) -> None:
    """Where there is a catalog in the directory, it stays."""
    before = (folder / "state/catalog.sqlite").read_bytes()
    done = backup(folder, "--state", "state", "state")
    assert done.returncode == 2
    assert done.stderr == "state/catalog.sqlite: there is a catalog already, which stays\n"
    assert (folder / "state/catalog.sqlite").read_bytes() == before


def test_where_there_is_nothing_nothing_is_made(folder: Path) -> None:
    """That is one line, and no directory."""
    done = backup(folder, "--state", "none", "kept")
    assert done.returncode == 2
    assert done.stderr == f"{folder}/none: nothing was published from here yet\n"
    assert not (folder / "kept").exists()


def test_what_cannot_be_written_leaves_nothing(folder: Path) -> None:
    """A file where a directory should be ends it with 4 and one line."""
    (folder / "kept").write_bytes(b"")
    done = backup(folder, "--state", "state", "kept/today")
    assert (done.returncode, len(done.stderr.splitlines())) == (4, 1), done.stderr
    assert done.stderr.startswith("feeds: cannot write kept/today/catalog.sqlite: ")


def test_what_cannot_be_read_is_told(folder: Path) -> None:
    """Of a file that is no catalog there is one line, and no copy."""
    (folder / "state/catalog.sqlite").write_bytes(b"no catalog" * 1_000)
    done = backup(folder, "--state", "state", "kept")
    told = f"{folder}/state/catalog.sqlite cannot be read: file is not a database\n"
    assert (done.returncode, done.stderr) == (2, told)
    assert not [*folder.glob("kept/*")]
