"""What can be searched is what is published, after any change and whatever happens to the index."""

import logging
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from conftest import NOW, Workshop, quiet
from hypothesis import HealthCheck, given, settings, strategies as st

from feeds.catalog import Unsearchable, edition_of, has_index, new_index, search
from feeds.config.state import State
from feeds.refresh import Carried
from feeds.refresh.indexing import index_if_missing
from feeds.selection.queries import read_query

BLADE = "Turbine blade blocks harbour bridge"


def tell(workshop: Workshop, name: str, **fields: Any) -> None:  # noqa: ANN401 - as documents have
    """Write an article on the blade by a provider of the same name."""
    title, domain = f"{BLADE} ({name})", f"{name}.example"
    workshop.news(f"{name}.md", **{"title": title, "excerpt": "", "domain": domain, **fields})


def titles(state: State, query_string: str, stem: str = "search", limit: int = 50) -> list[str]:
    """Give the titles of the entries that a query finds, in their order."""
    query = read_query(stem, parse_qsl(query_string))
    return [entry.title for entry in search(state, query, limit).entries]


def contents(state: State) -> Mapping[str, tuple[int, bytes, Sequence[str]]]:
    """Give what an index has of each entry by its id: its place, what it says, its channels."""
    query = read_query("search", [("min_quality", "0")])
    entries = search(state, query, 10_000).entries
    with sqlite3.connect(state.folder / "search.sqlite") as index:
        stems = [stem for (stem,) in index.execute("SELECT stem FROM channels ORDER BY stem")]
        assert index.execute("SELECT count(*) FROM entries").fetchone() == (len(entries),)
    index.close()
    found: dict[str, Any] = {}
    for stem in stems:
        kind, _, name = stem.partition("/")
        named = {"topics": "topic", "providers": "provider"}.get(kind)
        if named:
            asked = read_query("search", [(named, name), ("min_quality", "0")])
            for entry in search(state, asked, 10_000).entries:
                found.setdefault(entry.id, []).append(stem)
    return {entry.id: (number, entry, found[entry.id]) for number, entry in enumerate(entries)}


@pytest.fixture
def searched(workshop: Workshop) -> Workshop:
    """Give a workshop of a few articles that are searched."""
    workshop.news(
        "a.md", title="Solar power in T\u014dky\u014d", quality=80, topics=["Energy", "Sun"]
    )
    workshop.news("b.md", title="Wind power", quality=60, publishedDateTime="2026-10-02T08:00:00Z")
    workshop.news("c.md", title="\u6771\u4eac\u306e\u98a8", domain="other.example", topics=["Sun"])
    workshop.curated("d.md", body="<p>The <b>long</b> body of a <i>tide</i>.</p>")
    workshop.build(indexes=True)
    return workshop


@pytest.mark.parametrize(
    ("query_string", "found"),
    [
        ("q=power", ["Wind power", "Solar power in T\u014dky\u014d"]),
        ("q=POWER+solar", ["Solar power in T\u014dky\u014d"]),
        ("q=tokyo", ["Solar power in T\u014dky\u014d"]),
        ("q=T%C5%8Dky%C5%8D", ["Solar power in T\u014dky\u014d"]),
        ("q=%22power+in%22", ["Solar power in T\u014dky\u014d"]),
        ("q=%22power+solar%22", []),
        ("q=power+-solar", ["Wind power"]),
        ("q=pow*", ["Wind power", "Solar power in T\u014dky\u014d"]),
        ("q=pow", []),
        ("q=%E6%9D%B1%E4%BA%AC", ["\u6771\u4eac\u306e\u98a8"]),
        ("q=%E4%BA%AC", ["\u6771\u4eac\u306e\u98a8"]),
        ("q=%E9%A2%A8", ["\u6771\u4eac\u306e\u98a8"]),
        ("q=%E3%81%AE%E9%A2%A8", ["\u6771\u4eac\u306e\u98a8"]),
        ("q=%22long+body%22", ["Title_of_d"]),
        ("q=excerpt_of_a", ["Solar power in T\u014dky\u014d"]),
        ("q=%22OR%22+AND+NOT+NEAR(power)", []),
        ("q=power&min_quality=61", ["Solar power in T\u014dky\u014d"]),
        ("q=power&min_quality=60", ["Wind power", "Solar power in T\u014dky\u014d"]),
        ("q=power&topic=sun", ["Solar power in T\u014dky\u014d"]),
        ("topic=energy&q=-power", ["Title_of_d"]),
        ("topic=energy+sun", ["Solar power in T\u014dky\u014d"]),
        ("provider=other.example&q=-x", ["\u6771\u4eac\u306e\u98a8"]),
        ("q=c1", []),
        ("q=e", []),
    ],
)
def test_entries_are_found_by_what_they_say(
    searched: Workshop, query_string: str, found: list[str]
) -> None:
    """Title, excerpt and body are looked at, the newest come first, and no sign is an operator."""
    assert titles(searched.kept, query_string) == found


def test_what_is_found_is_what_feeds_say(searched: Workshop) -> None:
    """Ids and dates of what is found are those of the feed of all articles."""
    query = read_query("search", [("q", "power")])
    found = {entry.id for entry in search(searched.kept, query, 9).entries}
    assert found == {key for title, key in searched.ids().items() if "power" in title}


def test_there_are_as_many_as_asked_for(searched: Workshop) -> None:
    """The first ones are given, the newest of all."""
    assert titles(searched.kept, "q=power", limit=1) == ["Wind power"]


def test_what_is_withdrawn_is_found_no_more(searched: Workshop) -> None:
    """A document that is gone, not to be published, or says something else is not found by it."""
    searched.edit("a.md", title="Moon power")
    searched.edit("b.md", published=False)
    searched.delete("c.md")
    searched.build(force=True)
    assert titles(searched.kept, "q=power") == ["Moon power"]
    assert titles(searched.kept, "q=solar") == titles(searched.kept, "q=%E6%9D%B1%E4%BA%AC") == []


def test_what_is_not_due_is_not_found_before(searched: Workshop) -> None:
    """An article is found from the moment on at which feeds have it."""
    searched.news("e.md", title="Power to come", publishedDateTime="2026-11-02T00:00:00Z")
    searched.build()
    assert "Power to come" not in titles(searched.kept, "q=power")
    searched.build(NOW + timedelta(days=1))
    assert titles(searched.kept, "q=power")[0] == "Power to come"


def test_a_story_is_one_entry_of_all_its_topics(workshop: Workshop) -> None:
    """It is found by the titles of all its articles, and among the topics of any of them."""
    tell(workshop, "one", topics=["Energy", "Roads"], quality=70)
    tell(workshop, "two", topics=["Energy", "Ports"], quality=50)
    workshop.build(indexes=True)
    assert len(workshop.titles()) == 1
    assert len(titles(workshop.kept, "topic=roads+ports&q=turbine")) == 1
    assert titles(workshop.kept, "q=two+turbine") == [f"{BLADE} (one)"]
    workshop.delete("two.md")
    workshop.build(force=True)
    assert titles(workshop.kept, "q=two+turbine") == []
    assert titles(workshop.kept, "topic=roads&q=turbine") == [f"{BLADE} (one)"]
    assert titles(workshop.kept, "topic=ports&q=turbine") == []


CHANGES = ("news", "story", "other topic", "held", "gone")


def change(workshop: Workshop, name: str, kind: str, cycle: int) -> None:
    """Change a document in one of these ways."""
    path = f"{name}.md"
    if kind == "story":
        tell(workshop, name, quality=cycle)
    elif kind != "gone":
        fields = {
            "news": {"title": f"Title {name} {cycle}"},
            "other topic": {"topics": [f"Topic {cycle}"]},
            "held": {"published": False},
        }
        workshop.news(path, quality=50, **fields[kind])
    elif path in workshop.documents:
        workshop.delete(path)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_after_any_changes_it_is_as_if_made_anew(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Documents come, change, move and go; what can be searched is what a first build has."""
    workshop = Workshop(tmp_path_factory.mktemp("any"), carried=Carried())
    names = "abcd"
    for cycle in range(data.draw(st.integers(2, 4))):
        for name in data.draw(st.lists(st.sampled_from(names), max_size=3)):
            change(workshop, name, data.draw(st.sampled_from(CHANGES)), cycle)
        workshop.build(indexes=True, force=True)
    anew = workshop.root / "anew"
    anew.mkdir()
    assert edition_of(workshop.kept)
    index_of_copy(workshop, anew)
    assert contents(workshop.kept) == contents(State(anew))


def index_of_copy(workshop: Workshop, folder: Path) -> None:
    """Make the index anew of a copy of the catalog."""
    (folder / "catalog.sqlite").write_bytes(workshop.catalog.read_bytes())
    index_if_missing(workshop.configuration, State(folder), NOW, quiet)


@pytest.mark.usefixtures("in_files")
def test_an_edit_changes_no_other_entry(searched: Workshop) -> None:
    """What is not touched stays as it is in the index, row by row."""

    def rows() -> dict[int, bytes]:
        with sqlite3.connect(searched.state / "search.sqlite") as index:
            found = dict(index.execute("SELECT article, entry FROM entries").fetchall())
        index.close()
        return found

    inode = (searched.state / "search.sqlite").stat().st_ino
    before = rows()
    searched.edit("a.md", title="Moon power")
    searched.build()
    after = rows()
    assert len([key for key in before if before[key] != after[key]]) == 1
    assert (searched.state / "search.sqlite").stat().st_ino == inode


def test_a_build_keeps_an_index_current_and_makes_none(workshop: Workshop) -> None:
    """Only who serves needs one, so that a build makes none where there is none."""
    workshop.news("a.md", title="Solar power")
    workshop.build()
    assert not has_index(workshop.kept)
    with pytest.raises(Unsearchable):
        titles(workshop.kept, "q=solar")


def test_without_queries_there_is_no_index(searched: Workshop) -> None:
    """Where they are switched off, what there is of an index goes."""
    searched.configure("server: {queries: false}\n")
    searched.build(indexes=True)
    assert not has_index(searched.kept)


def test_a_rehearsal_leaves_the_index_alone(searched: Workshop) -> None:
    """What is not published is not found either."""
    searched.edit("a.md", title="Moon power")
    searched.build(rehearsal=True, indexes=True)
    assert titles(searched.kept, "q=moon") == []


@pytest.mark.usefixtures("in_files")
@pytest.mark.parametrize("harm", ["cut", "emptied", "no database", "other tables", "gone"])
def test_a_damaged_index_is_made_anew(searched: Workshop, harm: str) -> None:
    """What is wrong with the index costs no publication, and is over after the next refresh."""
    file = searched.state / "search.sqlite"
    harmed = {"cut": file.read_bytes()[:5000], "emptied": b"", "no database": b"x" * 9000}
    if harm in harmed:
        file.write_bytes(harmed[harm])
    elif harm == "gone":
        file.unlink()
    else:
        with sqlite3.connect(file) as index:
            index.execute("DROP TABLE words")
        index.close()
    searched.edit("a.md", title="Moon power")
    report = searched.build(indexes=True)
    assert report.changed
    assert titles(searched.kept, "q=power") == ["Wind power", "Moon power"]


@pytest.mark.usefixtures("in_files")
def test_an_index_of_another_catalog_is_made_anew(searched: Workshop) -> None:
    """Where a catalog is lost, or a publisher was killed before it, nothing old is found."""
    searched.edit("a.md", title="Moon power")
    before = (searched.state / "search.sqlite").read_bytes()
    searched.build()
    (searched.state / "search.sqlite").write_bytes(before)
    searched.edit("b.md", title="Tide power")
    searched.build()
    assert titles(searched.kept, "q=power") == ["Tide power", "Moon power"]


@pytest.mark.usefixtures("in_files")
def test_an_index_that_cannot_be_written_costs_nothing_else(
    searched: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told, and what is published is what it would have been."""
    (searched.state / "search.sqlite").unlink()
    (searched.state / "search.sqlite.part").mkdir()
    searched.edit("a.md", title="Moon power")
    with caplog.at_level(logging.WARNING):
        searched.build(indexes=True)
    assert "Moon power" in searched.titles()
    assert "nothing can be searched until the next refresh" in caplog.text


def test_an_index_that_is_made_is_seen_when_it_is_whole(searched: Workshop) -> None:
    """Until then the one before answers; one that is given up leaves nothing."""
    with ExitStack() as stack:
        stack.enter_context(suppress(KeyError))
        index = stack.enter_context(new_index(searched.kept))
        index.note({"edition": "x", "changed": "y"})
        assert titles(searched.kept, "q=wind") == ["Wind power"]
        raise KeyError
    assert titles(searched.kept, "q=wind") == ["Wind power"]


def test_who_never_builds_has_an_index_made_of_what_is_there(searched: Workshop) -> None:
    """It takes a catalog, changes nothing in it, and waits for no publisher."""
    before = searched.catalog.read_bytes()
    (searched.state / "search.sqlite").unlink()
    index_if_missing(searched.configuration, searched.kept, NOW, quiet)
    assert titles(searched.kept, "q=wind") == ["Wind power"]
    assert searched.catalog.read_bytes() == before
    nowhere = State(searched.root / "nowhere")
    index_if_missing(searched.configuration, nowhere, NOW, quiet)
    assert not has_index(nowhere)
