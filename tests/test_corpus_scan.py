"""What a scan finds in a directory, and what can be read of it."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from feeds.corpus.source import CorpusMissing, Gone
from feeds.corpus.sources.directory import DirectorySource
from feeds.model import FileStamp, Finding

AS_ROOT = os.geteuid() == 0


def read_file(root: Path, path: str, prefix: str, limit: int) -> bytes:
    """Read one document alone."""
    with DirectorySource(root).open(prefix, limit) as files:
        return files.read(path)[0]


def put(root: Path, *paths: str) -> None:
    """Write small files, with the directories that they are in."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)


def paths(root: Path, prefix: str = "") -> list[str]:
    """Give the paths of the documents, and no findings; there must be none."""
    found = list(DirectorySource(root).scan(prefix))
    assert not [item for item in found if isinstance(item, Finding)]
    return [item.path for item in found]


def findings(root: Path) -> list[tuple[str, str, str]]:
    """Give path, severity and code of each finding, and nothing of documents."""
    found = [item for item in DirectorySource(root).scan() if isinstance(item, Finding)]
    assert {(item.line, item.column, item.key) for item in found} <= {(0, 0, "")}
    return [(item.path, item.severity, item.code) for item in found]


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


# --- What is a document --------------------------------------------------------------


def test_documents_are_markdown_at_any_depth(tmp_path: Path) -> None:
    """Files whose names end in .md or .markdown are documents, in all directories."""
    put(tmp_path, "a.md", "b.markdown", "c.txt", "md", "d.md.bak", "2026/03/e.md", "x.md/f.md")
    assert paths(tmp_path) == ["2026/03/e.md", "a.md", "b.markdown", "x.md/f.md"]


@pytest.mark.case(32)
def test_what_is_hidden_is_left_out(tmp_path: Path) -> None:
    """Files and directories whose names begin with a dot are none of ours, and no finding."""
    put(tmp_path, ".a.md", ".git/b.md", "c/.d/e.md", "c/.f.md", "g.md")
    assert paths(tmp_path) == ["g.md"]


@pytest.mark.case(32)
def test_drafts_are_left_out(tmp_path: Path) -> None:
    """What lies in a directory of drafts is left out wherever that directory is."""
    put(
        tmp_path,
        "_drafts/a.md",
        "drafts/b.md",
        "c/_drafts/d/e.md",
        "c/drafts.md",
        "c/my-drafts/f.md",
    )
    assert paths(tmp_path) == ["c/drafts.md", "c/my-drafts/f.md"]


def test_a_stamp_tells_what_would_change(tmp_path: Path) -> None:
    """A stamp has the path, size, time of change and inode, without a look into the file."""
    put(tmp_path, "a.md")
    status = (tmp_path / "a.md").stat()
    stamp = FileStamp("a.md", status.st_size, status.st_mtime_ns, status.st_ino)
    assert list(DirectorySource(tmp_path).scan()) == [stamp]


def test_the_order_is_that_of_names(tmp_path: Path) -> None:
    """Within each directory names are in order, however the file system lists them."""
    names = [f"{number}.md" for number in range(40)]
    put(tmp_path, *reversed(names))
    put(tmp_path, "10/b.md", "10/a.md")
    names += ["10/a.md", "10/b.md"]
    assert paths(tmp_path) == sorted(names, key=lambda name: name.split("/"))


def test_a_prefix_comes_before_every_path(tmp_path: Path) -> None:
    """The paths of a corpus that has a name begin with it, those of findings too."""
    put(tmp_path, "a.md", "b/c.md")
    assert paths(tmp_path, "news/") == ["news/a.md", "news/b/c.md"]
    assert read_file(tmp_path, "news/b/c.md", "news/", 100) == b"b/c.md"
    (tmp_path / "link.md").symlink_to("a.md")
    found = DirectorySource(tmp_path).scan("news/")
    assert [item.path for item in found if isinstance(item, Finding)] == ["news/link.md"]


def test_a_corpus_may_be_empty(tmp_path: Path) -> None:
    """A directory without documents has none, and nothing is wrong with it."""
    (tmp_path / "empty").mkdir()
    assert paths(tmp_path) == []


@pytest.mark.parametrize("name", ["gone", "file"])
def test_a_corpus_that_cannot_be_listed_ends_the_run(tmp_path: Path, name: str) -> None:
    """A root that is not there or is a file is refused, so that nothing is taken for gone."""
    put(tmp_path, "file")
    with pytest.raises(
        CorpusMissing, match=f"cannot read the corpus {tmp_path / name}: "
    ) as caught:
        list(DirectorySource(tmp_path / name).scan())
    assert caught.value.exit_code == 3


def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    """Whoever configures a corpus may reach it by a link; what is in it is read."""
    put(tmp_path, "real/a.md")
    (tmp_path / "corpus").symlink_to("real")
    assert paths(tmp_path / "corpus") == ["a.md"]
    assert read_file(tmp_path / "corpus", "a.md", "", 100) == b"real/a.md"


@pytest.mark.case(30)
@pytest.mark.parametrize(
    "name", ["two\nlines.md", "esc\x1b[2J.md", "ünïcode 😀.md", "-rf.md", "a:b.md"]
)
def test_a_name_may_be_any_text(tmp_path: Path, name: str) -> None:
    """Names with line ends, controls and other scripts are names, and can be read."""
    put(tmp_path, name)
    assert paths(tmp_path) == [name]
    assert read_file(tmp_path, name, "", 100) == name.encode()


@pytest.mark.case(30)
def test_directories_may_nest_deeper_than_calls_may(tmp_path: Path) -> None:
    """A corpus that is 1,200 directories deep is walked to its end."""
    folder = tmp_path
    for _ in range(1_200):
        folder = folder / "d"
        folder.mkdir()
    put(folder, "deep.md")
    try:
        (path,) = paths(tmp_path)
        assert path == "d/" * 1_200 + "deep.md"
        assert read_file(tmp_path, path, "", 100) == b"deep.md"
    finally:
        # What pytest removes its directories with would not come as far down.
        (folder / "deep.md").unlink()
        while folder != tmp_path:
            folder.rmdir()
            folder = folder.parent


# --- What is none --------------------------------------------------------------------


@pytest.mark.case(30)
def test_links_are_findings_and_never_followed(tmp_path: Path) -> None:
    """A link is left out with a warning: outwards, within the corpus, in a loop, to nothing."""
    put(tmp_path, "corpus/real.md", "outside/secret.md")
    corpus = tmp_path / "corpus"
    for name, target in {
        "dangling.md": "nowhere",
        "folder-inside": ".",
        "folder-outside": "../outside",
        "inside.md": "real.md",
        "loop.md": "loop.md",
        "outside.md": "/etc/passwd",
    }.items():
        (corpus / name).symlink_to(target)
    links = [item for item in DirectorySource(corpus).scan() if isinstance(item, Finding)]
    assert [item.path for item in links] == [
        *("dangling.md", "folder-inside", "folder-outside"),
        *("inside.md", "loop.md", "outside.md"),
    ]
    assert {(item.code, item.severity) for item in links} == {("file-not-regular", "warning")}
    assert [
        item.path for item in DirectorySource(corpus).scan() if isinstance(item, FileStamp)
    ] == ["real.md"]


@pytest.mark.case(30)
def test_links_that_are_no_documents_are_no_findings(tmp_path: Path) -> None:
    """A link to a picture, to nothing or to itself is as little ours as a picture is."""
    put(tmp_path, "picture.png")
    (tmp_path / "link.png").symlink_to("picture.png")
    (tmp_path / "nothing").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / ".hidden.md").symlink_to("picture.png")
    assert paths(tmp_path) == []


@pytest.mark.case(30)
def test_pipes_and_sockets_are_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is called a document but is no file is left out with a warning, without waiting."""
    os.mkfifo(tmp_path / "pipe.md")
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)  # since the address of a socket must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.md")
    assert findings(tmp_path) == [
        ("pipe.md", "warning", "file-not-regular"),
        ("socket.md", "warning", "file-not-regular"),
    ]


@pytest.mark.case(30)
def test_names_that_are_not_utf8_are_findings(tmp_path: Path) -> None:
    """A name that is no text costs the file, and the name of a directory all that is in it."""
    odd = tmp_path / os.fsdecode(b"caf\xe9")
    put(odd, "a.md", "b.md")
    (tmp_path / os.fsdecode(b"\xff.md")).write_text("")
    put(tmp_path, "good.md")
    assert findings(tmp_path) == [
        ("caf\udce9/a.md", "error", "file-name"),
        ("caf\udce9/b.md", "error", "file-name"),
        ("\udcff.md", "error", "file-name"),
    ]


@pytest.mark.case(30)
def test_a_directory_that_may_not_be_entered_is_a_finding(tmp_path: Path) -> None:
    """A directory that cannot be listed costs what is in it, and nothing else."""
    put(tmp_path, "closed/a.md", "open/b.md")
    (tmp_path / "closed").chmod(0)
    if os.access(tmp_path / "closed", os.R_OK):
        pytest.skip("who runs this may enter every directory, as root does")
    try:
        assert findings(tmp_path) == [("closed", "error", "file-unreadable")]
    finally:
        (tmp_path / "closed").chmod(0o700)


@pytest.mark.case(30)
def test_a_directory_that_cannot_be_listed_is_a_finding(tmp_path: Path) -> None:
    """A directory whose path is too long for the system costs what is in it, and nothing else."""
    put(tmp_path, "z.md")
    here = os.open(tmp_path, os.O_RDONLY)
    name = "d" * 250
    made: list[int] = []
    try:
        for _ in range(20):
            os.mkdir(name, dir_fd=made[-1] if made else here)
            made.append(os.open(name, os.O_RDONLY, dir_fd=made[-1] if made else here))
        found = list(DirectorySource(tmp_path).scan())
        (finding,) = (item for item in found if isinstance(item, Finding))
        assert (finding.code, finding.severity) == ("file-unreadable", "error")
        assert finding.message == "File name too long; left out"
        assert [item.path for item in found if isinstance(item, FileStamp)] == ["z.md"]
    finally:
        for parent in reversed([here, *made[:-1]]):
            os.rmdir(name, dir_fd=parent)
        for descriptor in [here, *made]:
            os.close(descriptor)


def test_what_goes_during_the_walk_is_gone(tmp_path: Path) -> None:
    """A directory that is removed after its parent was listed stops nothing, and is no error."""
    put(tmp_path, "a.md", "b/c.md", "d.md")

    def walk() -> Iterator[FileStamp | Finding]:
        for item in DirectorySource(tmp_path).scan():
            if item.path == "a.md":
                (tmp_path / "b" / "c.md").unlink()
                (tmp_path / "b").rmdir()
            yield item

    assert [(item.path, isinstance(item, Finding)) for item in walk()] == [
        ("a.md", False),
        ("d.md", False),
    ]


# --- Reading -------------------------------------------------------------------------


def test_no_more_is_read_than_the_limit(tmp_path: Path) -> None:
    """Of a large file as many bytes are read as were asked for, of a small one all."""
    (tmp_path / "a.md").write_bytes(b"0123456789")
    assert read_file(tmp_path, "a.md", "", 4) == b"0123"
    assert read_file(tmp_path, "a.md", "", 100) == b"0123456789"


def test_a_directory_is_opened_once_for_its_files(tmp_path: Path) -> None:
    """What lies in one directory is read from that one, whatever takes its name meanwhile."""
    put(tmp_path, "a/x.md", "a/y.md", "b/x.md", "c.md")
    before = open_files()
    with DirectorySource(tmp_path).open("n/", 100) as files:
        assert files.read("n/a/x.md")[0] == b"a/x.md"
        (tmp_path / "a").rename(tmp_path / "d")
        assert files.read("n/a/y.md")[0] == b"a/y.md"
        assert files.read("n/b/x.md")[0] == b"b/x.md"
        for _ in range(2):
            with pytest.raises(Gone, match="No such file"):
                files.read("n/a/y.md")
        assert files.read("n/c.md")[0] == b"c.md"
    assert open_files() == before


def not_there(corpus: Path) -> None:
    """Leave the corpus as it is."""


def a_link(corpus: Path) -> None:
    (corpus / "a" / "x.md").symlink_to("../../outside/x.md")


def a_link_on_the_way(corpus: Path) -> None:
    (corpus / "a").rmdir()
    (corpus / "a").symlink_to("../outside")


def a_pipe(corpus: Path) -> None:
    os.mkfifo(corpus / "a" / "x.md")


def a_directory(corpus: Path) -> None:
    (corpus / "a" / "x.md").mkdir()


def a_file_on_the_way(corpus: Path) -> None:
    (corpus / "a").rmdir()
    (corpus / "a").write_text("")


@pytest.mark.case(30)
@pytest.mark.parametrize(
    ("replace", "reason"),
    [
        (not_there, "No such file or directory"),
        (a_link, "is a symbolic link"),
        (a_link_on_the_way, "Not a directory"),
        (a_pipe, "is not a regular file"),
        (a_directory, "is not a regular file"),
        (a_file_on_the_way, "Not a directory"),
    ],
)
def test_what_is_no_file_below_the_corpus_is_not_read(
    tmp_path: Path, replace: Callable[[Path], None], reason: str
) -> None:
    """Whatever took a document's place since the scan is neither read nor waited for."""
    put(tmp_path, "outside/x.md")
    (tmp_path / "corpus" / "a").mkdir(parents=True)
    replace(tmp_path / "corpus")
    before = open_files()
    with pytest.raises(Gone, match=reason):
        read_file(tmp_path / "corpus", "a/x.md", "", 100)
    assert open_files() == before


@pytest.mark.case(30)
def test_a_device_is_not_read(tmp_path: Path) -> None:
    """A device that took a document's place is no regular file."""
    if not AS_ROOT:
        pytest.skip("only root may make devices")
    try:
        os.mknod(tmp_path / "null.md", 0o20666, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("this container may not make devices")
    with pytest.raises(Gone, match="is not a regular file"):
        read_file(tmp_path, "null.md", "", 100)
    assert findings(tmp_path) == [("null.md", "warning", "file-not-regular")]


# --- Looking at some paths -----------------------------------------------------------


def test_a_look_finds_what_a_scan_finds_there(tmp_path: Path) -> None:
    """At each path there is, and below it, both find the same documents and hindrances."""
    put(tmp_path, "a.md", "b/c.md", "b/d/e.markdown", "b/f.txt", ".g/h.md", "b/.i.md")
    put(tmp_path, "drafts/j.md", "k/_drafts/l/m.md", "n.md/o.md", "drafts.md", "b!.md")
    (tmp_path / "\udcff").mkdir()
    for name in ("b/\udcff.md", "\udcff/p.md"):
        (tmp_path / name).touch()
    (tmp_path / "q.md").symlink_to("a.md")
    (tmp_path / "r").symlink_to("b")
    os.mkfifo(tmp_path / "b/s.md")
    everything = list(DirectorySource(tmp_path).scan("x/"))
    for place in [*tmp_path.rglob("*"), tmp_path / "none.md", tmp_path / "r/c.md"]:
        path = place.relative_to(tmp_path).as_posix()
        at_or_below = [item for item in everything if f"{item.path}/".startswith(f"x/{path}/")]
        assert list(DirectorySource(tmp_path).look([path], "x/")) == at_or_below, path
    outer = [place.name for place in sorted(tmp_path.iterdir())]
    assert list(DirectorySource(tmp_path).look(outer, "x/")) == everything


def test_a_look_into_a_corpus_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """That no document is there would be taken for its deletion."""
    with pytest.raises(CorpusMissing, match="cannot read the corpus"):
        list(DirectorySource(tmp_path / "none").look(["a.md"]))
