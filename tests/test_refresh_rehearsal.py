"""A rehearsal tells what a cycle would do, and does nothing."""

from conftest import Workshop, in_archives, in_formats, stamps_of, written

LISTS = {"feeds.opml", "index.html"}


def test_a_first_rehearsal_makes_no_directory(workshop: Workshop) -> None:
    """Before there is anything neither output nor state comes into being."""
    workshop.news("a.md")
    report = workshop.build(rehearsal=True)
    stems = ("all", "topics/energy", "providers/paper.example")
    lists = LISTS | {"lists.css", "style.css"}
    assert set(report.added) == in_formats(*stems) | in_archives(*stems) | lists
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
    assert list(foretold.entries_new.values()) == ["d.md"]
    assert list(foretold.entries_out.values()) == ["b.md"]
    assert foretold.ids_changed == {}
    assert workshop.build() == foretold
    stems = ("all", "topics/a", "topics/energy", "providers/paper.example")
    assert written(foretold) == LISTS | in_formats("topics/b", *stems) | in_archives(
        "topics/b", *stems
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


def test_a_rehearsal_tells_which_ids_would_change(workshop: Workshop) -> None:
    """An article that gets another id is named with both; readers lose one and get the other."""
    workshop.news("a.md")
    workshop.news("b.md")
    workshop.build()
    before = workshop.ids()["Title_of_a"]
    workshop.edit("a.md", guid="urn:example:a")
    foretold = workshop.build(rehearsal=True)
    assert foretold.ids_changed == {"a.md": (before, "urn:example:a")}
    assert foretold.entries_out == {before: "a.md"}
    assert foretold.entries_new == {"urn:example:a": "a.md"}
    assert workshop.build() == foretold
    assert workshop.ids()["Title_of_a"] == "urn:example:a"


def test_a_rehearsal_tells_the_bytes_before_and_after(workshop: Workshop) -> None:
    """They are those of every document that would be written or deleted, and of no other."""
    workshop.configure("limit: 1\npages: 2\n")
    workshop.news("a.md", publishedDateTime="2026-10-02T00:00:00Z")
    workshop.news("b.md")
    workshop.build()
    before = {path: len(body) for path, body in workshop.files().items()}
    workshop.delete("b.md")
    workshop.edit("a.md", title="A longer title than before")
    workshop.news("c.md", topics=["Wind"])
    foretold = workshop.build(rehearsal=True)
    workshop.build()
    after = {path: len(body) for path, body in workshop.files().items()}
    assert foretold.sizes.keys() == {*written(foretold), *foretold.deleted}
    assert {"topics/wind.atom", "all.rss", "topics/energy/page/2.json"} <= foretold.sizes.keys()
    assert foretold.sizes == {
        path: (before.get(path, 0), after.get(path, 0)) for path in foretold.sizes
    }
    assert foretold.bytes_written == sum(after[path] for path in written(foretold))
