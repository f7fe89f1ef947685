"""A directory as the place where resources go."""

import ctypes
import errno
import hashlib
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_tools import eventually
from conftest import files_of, stamps_of

from feeds.errors import CannotWrite
from feeds.model import Resource
from feeds.publish import syncing
from feeds.publish.directory import DirectoryDestination
from feeds.publish.showing import publication_stamp
from feeds.publish.syncing import ONE_BY_ONE, can_sync_all

SINCE = datetime(2026, 10, 9, 8, 7, 6, tzinfo=UTC)


@pytest.fixture
def destination(tmp_path: Path) -> DirectoryDestination:
    """Give a destination that is not there yet."""
    return DirectoryDestination(tmp_path / "a" / "output")


def test_no_two_publications_have_one_stamp(tmp_path: Path) -> None:
    """Where the second has the inode, the size and the time of the first, it is told apart, too."""
    assert publication_stamp(tmp_path) is None
    manifest = tmp_path / "manifest.json"
    stamps = set()
    for body in (b"first", b"other"):
        time.sleep(0.02)
        with manifest.open("r+b" if manifest.exists() else "w+b") as file:
            file.write(body)
        os.utime(manifest, (1, 1))
        stamps.add(publication_stamp(tmp_path))
    assert len(stamps) == 2


def resource(path: str, body: str = "new") -> Resource:
    """Make a resource."""
    return Resource(path, "text/plain", body.encode())


def publish(
    destination: DirectoryDestination,
    *paths: str,
    last: tuple[str, ...] = (),
    deleted: tuple[str, ...] = (),
) -> None:
    """Publish resources whose bytes are their paths."""
    with destination.publishing() as staging:
        for path in paths:
            staging.stage(resource(path, path), SINCE)
        staging.publish(last, deleted)


def test_what_is_published_is_there_and_nothing_else(destination: DirectoryDestination) -> None:
    """Directories are made as needed, and no trace of the work is left."""
    publish(destination, "all.atom", "topics/a.atom", "deep/er/x.json", last=("all.atom",))
    assert files_of(destination.root) == {
        path: path.encode() for path in ("all.atom", "deep/er/x.json", "topics/a.atom")
    }
    assert not destination.was_interrupted()


def test_a_file_has_the_time_of_its_last_modification(destination: DirectoryDestination) -> None:
    """A web server that goes by the file says of it what the manifest says."""
    publish(destination, "all.atom")
    assert (destination.root / "all.atom").stat().st_mtime == SINCE.timestamp()


def test_what_is_not_staged_is_left_alone(destination: DirectoryDestination) -> None:
    """Another edition touches only its own files."""
    publish(destination, "a", "b")
    before = stamps_of(destination.root)
    publish(destination, "b")
    assert stamps_of(destination.root)["a"] == before["a"]
    assert stamps_of(destination.root)["b"][0] != before["b"][0]


@pytest.mark.case(34)
def test_nothing_is_in_its_place_before_all_is_staged(destination: DirectoryDestination) -> None:
    """Staging shows nothing to readers, and giving up leaves nothing."""
    publish(destination, "a")
    before = stamps_of(destination.root)
    with destination.publishing() as staging:
        staging.stage(resource("a"), SINCE)
        staging.stage(resource("b"), SINCE)
        staged = {"a", ".staging/0", ".staging/1"}
        eventually(lambda: files_of(destination.root).keys() == staged, "what is staged")
        assert destination.was_interrupted()
    after = stamps_of(destination.root)
    assert after.keys() == {"a"}
    assert after == before


def test_a_file_is_replaced_and_not_rewritten(destination: DirectoryDestination) -> None:
    """Who has the old file open goes on reading the old bytes."""
    publish(destination, "a")
    with (destination.root / "a").open("rb") as file:
        with destination.publishing() as staging:
            staging.stage(resource("a", "something new"), SINCE)
            staging.publish((), ())
        assert file.read() == b"a"
    assert (destination.root / "a").read_bytes() == b"something new"


class Watcher:
    """Sees the order in which things happen in a directory, through Python's audit hook."""

    def __init__(self) -> None:
        self.root: Path | None = None
        self.events: list[tuple[str, str]] = []

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        """Note renames and removals below the root."""
        if self.root is None or event not in {"os.rename", "os.remove"}:
            return
        target = Path(os.fsdecode(arguments[1 if event == "os.rename" else 0]))
        if target.is_relative_to(self.root) and ".staging" not in target.parts:
            self.events.append((event, target.relative_to(self.root).as_posix()))


WATCHER = Watcher()


@pytest.fixture
def events(destination: DirectoryDestination) -> Iterator[list[tuple[str, str]]]:
    """Give what will happen in the destination; a hook cannot be taken out again."""
    if WATCHER.root is None:
        sys.addaudithook(WATCHER)
    WATCHER.root, WATCHER.events = destination.root, []
    yield WATCHER.events
    WATCHER.root = Path("/nowhere")


@pytest.mark.case(34)
def test_what_others_refer_to_comes_first(
    destination: DirectoryDestination, events: list[tuple[str, str]]
) -> None:
    """Targets are there in their order before anything that leads to them."""
    with destination.publishing() as staging:
        for path in ("index.html", "b", "2", "a", "1"):
            staging.stage(resource(path), SINCE)
        staging.publish(("index.html",), (), ("1", "2", "absent"))
    assert [path for _, path in events] == ["1", "2", "b", "a", "index.html"]


@pytest.mark.case(34)
def test_referrers_come_last_and_deletions_after_them(
    destination: DirectoryDestination, events: list[tuple[str, str]]
) -> None:
    """Nothing that is published names what is not there yet, or no longer."""
    publish(destination, "old/1", "old/2")
    events.clear()
    publish(
        destination,
        "manifest.json",
        "index.html",
        "b",
        "feeds.opml",
        "a",
        last=("feeds.opml", "index.html", "absent", "manifest.json"),
        deleted=("old/1", "old/2"),
    )
    assert events == [
        ("os.rename", "b"),
        ("os.rename", "a"),
        ("os.rename", "feeds.opml"),
        ("os.rename", "index.html"),
        ("os.rename", "manifest.json"),
        ("os.remove", "old/1"),
        ("os.remove", "old/2"),
    ]


@pytest.mark.case(35)
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="names descriptors by /proc")
@pytest.mark.parametrize("before", [["x/1"], ["x/1", "manifest.json"]])
def test_bytes_are_on_the_disk_before_they_are_in_place(
    destination: DirectoryDestination,
    events: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
    before: list[str],
) -> None:
    """Each file is synced before any is renamed, and each directory after the renames in it.

    Files are staged side by side, in any order; so it is in a first publication, too.
    """
    sync = os.fsync

    def watched(descriptor: int) -> None:
        place = Path(f"/proc/self/fd/{descriptor}").readlink()
        events.append(("fsync", place.relative_to(destination.root.parent).as_posix()))
        sync(descriptor)

    publish(destination, *before)
    events.clear()
    monkeypatch.setattr(os, "fsync", watched)
    publish(destination, "x/1", "a", "new/1", "index.html", last=("index.html",))
    staged, placed = events[:4], events[4:]
    assert set(staged) == {("fsync", f"output/.staging/{number}") for number in range(4)}
    assert placed == [
        ("fsync", "output"),
        *(("os.rename", path) for path in ("x/1", "a", "new/1")),
        *(("fsync", place) for place in ("output/x", "output", "output/new")),
        ("os.rename", "index.html"),
        ("fsync", "output"),
    ]


@pytest.mark.case(35)
@pytest.mark.skipif(not can_sync_all(), reason="needs syncfs")
def test_many_files_are_on_the_disk_all_at_once(
    destination: DirectoryDestination,
    events: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The file system is synced before any is renamed, and each time that many directories were."""
    library = ctypes.CDLL(None)

    def watched(descriptor: int) -> int:
        events.append(("syncfs", str(descriptor > 0)))
        return int(library.syncfs(descriptor))

    monkeypatch.setattr(syncing.c_library(), "syncfs", watched)
    paths = [f"{number}/x" for number in range(ONE_BY_ONE + 1)]
    publish(destination, *paths, "index.html", last=("index.html",))
    synced = ("syncfs", "True")
    assert events == [
        *(synced, ("os.rename", "0/x")),
        *(("os.rename", path) for path in paths[1:]),
        *(synced, ("os.rename", "index.html")),
    ]
    assert files_of(destination.root).keys() == {*paths, "index.html"}


@pytest.mark.case(36)
def test_what_the_disk_refuses_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that cannot be synced is an error, as a file is."""

    def full(_: int) -> int:
        ctypes.set_errno(errno.ENOSPC)
        return -1

    monkeypatch.setattr(syncing.c_library(), "syncfs", full)
    with pytest.raises(OSError, match="No space left"):
        syncing.sync_all(str(tmp_path))


def test_directories_that_empty_go(destination: DirectoryDestination) -> None:
    """Deleting the last file of a directory deletes it, but never the root."""
    publish(destination, "x/y/1", "x/y/2", "x/3")
    publish(destination, deleted=("x/y/1", "x/y/2", "never/there"))
    assert files_of(destination.root).keys() == {"x/3"}
    assert not (destination.root / "x/y").exists()
    publish(destination, deleted=("x/3",))
    assert list(destination.root.iterdir()) == []


@pytest.mark.case(27)
@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "link/x"])
def test_a_path_that_leads_out_is_refused(destination: DirectoryDestination, path: str) -> None:
    """Neither dots, nor an absolute path, nor a link gets anything out of the directory."""
    publish(destination, "a")
    outside = destination.root.parent
    (destination.root / "link").symlink_to(outside)
    before = files_of(outside)
    for arguments in ({"paths": ("b", path)}, {"paths": ("b",), "deleted": (path,)}):
        with pytest.raises(CannotWrite, match="leads out of"):
            publish(destination, *arguments.pop("paths"), **arguments)
        assert files_of(outside) == before
        assert not Path("/etc/x").exists()


@pytest.mark.case(36)
def test_what_is_in_the_way_is_named_and_nothing_has_changed(
    destination: DirectoryDestination,
) -> None:
    """A directory in a file's place, or a file in a directory's, stops all before any change."""
    publish(destination, "a", "file")
    (destination.root / "b").mkdir()
    before = stamps_of(destination.root)
    for path, place in {"b": "b", "file/x": "file", "new/deep/x": None}.items():
        paths = ("new/y", "a", path) if place else ("new/y", "b", "a")
        with pytest.raises(CannotWrite, match=place or "b"):
            publish(destination, *paths)
        assert stamps_of(destination.root) == before


def test_a_root_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    """Where there is a file in the directory's place, the place is named."""
    (tmp_path / "output").write_text("a file")
    with pytest.raises(CannotWrite, match="output"):
        publish(DirectoryDestination(tmp_path / "output"), "a")


def test_it_tells_what_is_there(destination: DirectoryDestination) -> None:
    """Of what is not there, or no file, there is neither a digest nor a manifest."""
    assert (destination.manifest(), destination.digest("a")) == (None, None)
    assert destination.holds([])
    publish(destination, "a", "manifest.json", "folder/x")
    assert destination.manifest() == b"manifest.json"
    assert destination.digest("a") == hashlib.sha256(b"a").hexdigest()
    assert destination.digest("folder") is None
