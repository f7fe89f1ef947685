"""A rehearsal tells what a cycle would do, and does nothing."""

from conftest import Workshop, in_formats, stamps_of, written

LISTS = {"feeds.opml", "index.html"}


def test_a_first_rehearsal_makes_no_directory(workshop: Workshop) -> None:
    """Before there is anything neither output nor state comes into being."""
    workshop.news("a.md")
    report = workshop.build(rehearsal=True)
    feeds = in_formats("all", "topics/energy", "providers/paper.example")
    assert set(report.added) == feeds | LISTS
    assert (report.changed, report.deleted, report.visible) == ((), (), 1)
    assert report.bytes_written > 0
    assert not workshop.output.exists()
    assert not workshop.state.exists()


def test_a_rehearsal_writes_no_byte_and_tells_what_would_change(workshop: Workshop) -> None:
    """Output and state stay as they are, lock and all, and the cycle does what was foretold."""
    workshop.configure("feeds: {best: {title: Best, where: {quality: {min: 50}}}}")
    for name in "abc":
        workshop.news(f"{name}.md", topics=[name])
    workshop.build()
    workshop.configure()
    workshop.edit("a.md", title="Better")
    workshop.delete("b.md")
    workshop.news("d.md")
    before = stamps_of(workshop.root)
    foretold = workshop.build(rehearsal=True)
    assert stamps_of(workshop.root) == before
    assert workshop.build(rehearsal=True) == foretold
    assert set(foretold.deleted) == in_formats("feeds/best")
    assert (foretold.read, foretold.entries_in) == (2, 1)
    assert list(foretold.entries_out.values()) == ["b.md"]
    assert workshop.build() == foretold
    assert written(foretold) == LISTS | in_formats(
        "all", "topics/a", "topics/b", "topics/energy", "providers/paper.example"
    )


def test_a_rehearsal_with_nothing_to_do_says_so(workshop: Workshop) -> None:
    """Where nothing changed nothing would be written."""
    workshop.news("a.md")
    workshop.build()
    report = workshop.build(rehearsal=True)
    assert (report.read, written(report), report.bytes_written) == (0, set(), 0)
    assert report.unchanged == len(workshop.files()) - 1


def test_a_rehearsal_finds_what_is_missing(workshop: Workshop) -> None:
    """A file that somebody deleted would be written, and is not."""
    workshop.news("a.md")
    workshop.build()
    (workshop.output / "all.atom").unlink()
    assert workshop.build(rehearsal=True).added == ("all.atom",)
    assert not (workshop.output / "all.atom").exists()
