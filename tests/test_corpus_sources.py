"""What is true of every source of documents, as it is of a directory.

`tests/servers/sources.py` has the same of buckets.
"""

import pickle
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import pytest

from feeds.corpus.source import CorpusMissing, Gone, Source
from feeds.corpus.sources import source_at
from feeds.model import FileStamp

NAMES = (
    *("a.md", "b/c.md", "b/d/e.markdown", "n.md/o.md", "drafts.md", "b!.md", "é/ü 1.md"),
    *("b/f.txt", ".g/h.md", "b/.i.md", "drafts/j.md", "k/_drafts/l/m.md", "md", "p.md.bak"),
)
DOCUMENTS = set(NAMES[:7])


class Room(Protocol):
    """Where a test may put documents, as one source that looks at them and another of nothing."""

    source: Source
    missing: Source

    def put(self, path: str, body: bytes) -> None:
        """Write a document over what is there."""

    def remove(self, path: str) -> None:
        """Delete a document."""


class Directory:
    """A directory as a room."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.source = source_at(root)
        self.missing = source_at(root / "none")

    def put(self, path: str, body: bytes) -> None:
        """Write a file beside, and put it in the place."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        staged = self.root / ".staged"
        staged.write_bytes(body)
        staged.rename(self.root / path)

    def remove(self, path: str) -> None:
        """Delete a file."""
        (self.root / path).unlink()


def fill(room: Room, names: Iterable[str] = NAMES) -> None:
    """Put documents, and what are none, each of which has its name in it."""
    for name in names:
        room.put(name, name.encode())


def stamps(source: Source) -> dict[str, FileStamp]:
    """Scan a source in which nothing hinders."""
    found = list(source.scan("x/"))
    assert all(isinstance(each, FileStamp) for each in found)
    return {each.path.removeprefix("x/"): each for each in found if isinstance(each, FileStamp)}


class Contract:
    """What is true of all sources; whoever has a room inherits it."""

    def test_documents_are_told_by_their_names(self, room: Room) -> None:
        """What ends as documents do is one, unless it is hidden or a draft, in a fixed order."""
        fill(room)
        found = list(room.source.scan("x/"))
        assert {each.path for each in found} == {f"x/{name}" for name in DOCUMENTS}
        assert found == list(room.source.scan("x/"))
        assert {name: each.size for name, each in stamps(room.source).items()} == {
            name: len(name.encode()) for name in DOCUMENTS
        }

    def test_a_stamp_changes_with_its_document(self, room: Room) -> None:
        """Other bytes have another stamp, be they as many; all else keeps its own."""
        fill(room)
        before = stamps(room.source)
        room.put("b/c.md", b"B/C.md")
        room.remove("a.md")
        room.put("new.md", b"")
        after = stamps(room.source)
        assert after.keys() == (before.keys() - {"a.md"}) | {"new.md"}
        changed = {name for name, stamp in after.items() if before.get(name) != stamp}
        assert changed == {"b/c.md", "new.md"}
        assert all(0 <= stamp.inode < 2**63 for stamp in after.values())

    def test_a_look_finds_what_a_scan_finds_there(self, room: Room) -> None:
        """At each path, and below it, both find the same documents."""
        fill(room)
        everything = list(room.source.scan("x/"))
        folders = {name.rpartition("/")[0] for name in NAMES} - {""}
        for path in (*NAMES, *folders, "none", "none.md", "drafts", "a.md/b.md"):
            there = [each for each in everything if f"{each.path}/".startswith(f"x/{path}/")]
            assert list(room.source.look([path], "x/")) == there, path
        assert len(list(room.source.look(["a.md", "b"], "x/"))) == 3

    def test_what_is_read_is_what_was_seen(self, room: Room) -> None:
        """Each document has its bytes up to the limit, and the stamp of a scan."""
        room.put("empty.md", b"")
        room.put("small.md", b"0123")
        room.put("large.md", b"0123456789" * 100_000)
        seen = stamps(room.source)
        with room.source.open("x/", 5) as files:
            read = {name: files.read(f"x/{name}") for name in seen}
        assert {name: body for name, (body, _) in read.items()} == {
            "empty.md": b"",
            "small.md": b"0123",
            "large.md": b"01234",
        }
        assert {name: stamp for name, (_, stamp) in read.items()} == {
            name: stamp._replace(path=f"x/{name}") for name, stamp in seen.items()
        }

    def test_what_is_coming_is_read_as_it_is_asked_for(self, room: Room) -> None:
        """It does not matter how many are coming, whether they come, or in which order."""
        names = [f"{number % 3}/{number}.md" for number in range(100)]
        fill(room, names)
        coming = [f"x/{name}" for name in names[:90]]
        with room.source.open("x/", 100, coming) as files:
            for name in (*names[:50:-1], *names[:50]):
                assert files.read(f"x/{name}")[0] == name.encode()

    def test_what_has_gone_is_gone(self, room: Room) -> None:
        """A document that is deleted before it is read is told from one that cannot be read."""
        fill(room)
        with room.source.open("", 100) as files:
            room.remove("b/c.md")
            for path in ("b/c.md", "b/none.md", "none/a.md"):
                with pytest.raises(Gone):
                    files.read(path)
        with room.source.open("", 100, ["a.md", "none.md", "b!.md"]) as files:
            assert files.read("a.md")[0] == b"a.md"
            with pytest.raises(Gone):
                files.read("none.md")
            assert files.read("b!.md")[0] == b"b!.md"

    def test_places_lead_back_to_paths(self, room: Room) -> None:
        """What a document is called by people names its source, and no other document."""
        source = room.source
        for path in ("a.md", "b/c.md", ""):
            assert source.below(source.place(path)) == path
        assert source.place("a.md").startswith(f"{source}/")
        for other in (f"{source}x/a.md", str(source)[:-1], "a.md", ""):
            assert source.below(other) is None

    def test_a_source_is_a_value(self, room: Room) -> None:
        """It can be sent to another process, is equal there, and is a key."""
        sent = pickle.loads(pickle.dumps(room.source))  # noqa: S301 - our own
        assert sent == room.source
        assert len({sent, room.source, room.missing}) == 2

    def test_what_is_not_there_is_told(self, room: Room) -> None:
        """That nothing can be listed is never taken for a corpus without documents."""
        for attempt in (room.missing.scan(), room.missing.look(["a.md"])):
            with pytest.raises(CorpusMissing, match="cannot read the corpus ") as caught:
                list(attempt)
            assert caught.value.exit_code == 3


class TestDirectory(Contract):
    """A directory is a source."""

    @pytest.fixture
    def room(self, tmp_path: Path) -> Directory:
        """Give an empty directory."""
        return Directory(tmp_path)
