"""Opening a catalog: what lasts, what is undone, what is taken over."""

import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.catalog import Damaged, DeletedEntry, Digested, open_catalog, schema
from feeds.catalog.in_file import set_aside
from feeds.catalog.ledger import Claim
from feeds.config.state import State
from feeds.errors import CannotWrite, NewerCatalog
from feeds.model import Digest, DigestItem

FILE = "catalog.sqlite"


def give(folder: Path, *paths: str) -> dict[str, str]:
    """Give ids to some paths."""
    with open_catalog(State(folder)) as catalog:
        ledger = catalog.ledger("news.example,2026")
        claims = [Claim(path, f"new/{path}", None, "", 1) for path in paths]
        return {item.path: item.id for item in ledger.give(claims)}


def run(file: Path, sql: str) -> list[tuple[object, ...]]:
    """Do something to a catalog by its own means."""
    connection = sqlite3.connect(file)
    try:
        rows = connection.execute(sql).fetchall()
        connection.commit()
    finally:
        connection.close()
    return rows


def test_what_is_done_lasts(tmp_path: Path) -> None:
    """A setting is remembered after the catalog is closed, in a directory made for it."""
    folder = tmp_path / "a" / "state"
    with open_catalog(State(folder)) as catalog:
        assert catalog.setting("x") is None
        catalog.remember("x", "1")
        catalog.remember("x", "2")
    with open_catalog(State(folder)) as catalog:
        assert catalog.setting("x") == "2"


def test_an_exception_undoes_what_was_not_committed(tmp_path: Path) -> None:
    """All of a first cycle is undone, tables too, and of a later one what came after a commit."""

    def fail(*, commit: bool) -> None:
        with open_catalog(State(tmp_path)) as catalog:
            catalog.remember("x", "1")
            if commit:
                catalog.commit()
            catalog.remember("x", "2")
            raise KeyError

    for commit, left in ((False, None), (True, "1")):
        with pytest.raises(KeyError):
            fail(commit=commit)
        with open_catalog(State(tmp_path)) as catalog:
            assert catalog.setting("x") == left


@pytest.mark.parametrize("name", ["a?b#c", "100%", "a b", "\u00fc:x", "@host"])
def test_a_directory_may_be_called_anything(tmp_path: Path, name: str) -> None:
    """A name that means something in a URL is but a name."""
    give(tmp_path / name, "a.md")
    assert [file.name for file in (tmp_path / name).iterdir()] == [FILE]


def test_nothing_is_left_besides_the_catalog(tmp_path: Path) -> None:
    """There is neither a journal nor a log beside a catalog that is closed."""
    give(tmp_path, "a.md")
    assert [file.name for file in tmp_path.iterdir()] == [FILE]


@pytest.mark.case(46)
@pytest.mark.parametrize("version", [0, 1, schema.VERSION - 1])
def test_an_older_version_hands_over_its_ledgers(tmp_path: Path, version: int) -> None:
    """Ids and the URLs of channels go on; everything else is forgotten."""
    give(tmp_path, "a.md")
    with open_catalog(State(tmp_path)) as catalog:
        [key] = catalog.channels.ensure([("topic", "ai")]).values()
        catalog.channels.give_stems({key: "topics/ai"})
        catalog.remember("x", "1")
    run(tmp_path / FILE, "UPDATE ids SET id = 'urn:old:id'")
    run(tmp_path / FILE, f"PRAGMA user_version = {version}")
    assert give(tmp_path, "a.md") == {"a.md": "urn:old:id"}
    with open_catalog(State(tmp_path)) as catalog:
        assert [(row.name, row.stem) for row in catalog.channels.all()] == [("ai", "topics/ai")]
        assert catalog.setting("x") is None
    assert (tmp_path / "catalog.unusable.sqlite").exists()


@pytest.mark.case(46)
@pytest.mark.parametrize("change", ["", "DROP TABLE tombstones"])
def test_a_newer_catalog_is_left_as_it_is(tmp_path: Path, change: str) -> None:
    """An older program may not know what a newer one has promised: it touches nothing."""
    give(tmp_path, "a.md")
    run(tmp_path / FILE, change)
    run(tmp_path / FILE, f"PRAGMA user_version = {schema.VERSION + 1}")
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(NewerCatalog, match=r"catalog\.sqlite is of version \d+, and this program"):
        give(tmp_path, "a.md")
    assert [file.name for file in tmp_path.iterdir()] == [FILE]
    assert (tmp_path / FILE).read_bytes() == before


def bury(folder: Path, *topics: str) -> dict[str, int]:
    """Let an entry go from each of some topics, and give the keys of their channels."""
    with open_catalog(State(folder)) as catalog:
        made = catalog.channels.ensure([("topic", topic) for topic in topics])
        catalog.tombstones.add(
            DeletedEntry(key, f"urn:x:{name}", 0, 1) for (_, name), key in made.items()
        )
        return {name: key for (_, name), key in made.items()}


def buried(folder: Path) -> list[tuple[str, str]]:
    """Give which entry went from which topic."""
    since = datetime(1970, 1, 1, tzinfo=UTC)
    with open_catalog(State(folder)) as catalog:
        return [
            (row.name, tombstone.id)
            for row in catalog.channels.all()
            for tombstone in catalog.tombstones.recent(row.key, since)
        ]


@pytest.mark.case(46)
def test_an_older_version_hands_over_what_went(tmp_path: Path) -> None:
    """What was taken out of channels stays so, of the same channels."""
    bury(tmp_path, "b")
    bury(tmp_path, "a", "c")
    there = [("a", "urn:x:a"), ("b", "urn:x:b"), ("c", "urn:x:c")]
    assert buried(tmp_path) == there
    run(tmp_path / FILE, "PRAGMA user_version = 0")
    assert buried(tmp_path) == there
    assert run(tmp_path / FILE, "SELECT published, deleted FROM tombstones") == [(0, 1)] * 3


@pytest.mark.case(46)
def test_what_went_from_a_channel_that_is_lost_is_forgotten(tmp_path: Path) -> None:
    """A new channel, to which the key of the lost one falls, has nothing of it."""
    keys = bury(tmp_path, "a", "b")
    run(tmp_path / FILE, "DELETE FROM channels WHERE name = 'b'")
    run(tmp_path / FILE, "PRAGMA user_version = 0")
    with open_catalog(State(tmp_path)) as catalog:
        assert list(catalog.channels.ensure([("topic", "c")]).values()) == [keys["b"]]
    assert buried(tmp_path) == [("a", "urn:x:a")]


@pytest.mark.case(46)
def test_an_old_catalog_that_knew_less_is_not_called_damaged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A table that was not there yet is nothing that could not be read."""
    give(tmp_path, "a.md")
    run(tmp_path / FILE, "DROP TABLE tombstones")
    assert give(tmp_path, "a.md")
    assert "cannot be used" in caplog.text
    assert "end early" not in caplog.text


@pytest.mark.case(46)
def test_a_ledger_of_fewer_columns_is_taken_over_as_far_as_it_goes(tmp_path: Path) -> None:
    """An old table that lacks a column hands over the others, and one that is not there none."""
    give(tmp_path, "a.md")
    run(tmp_path / FILE, "UPDATE ids SET id = 'urn:old:id'")
    run(tmp_path / FILE, "ALTER TABLE ids DROP COLUMN emitted")
    run(tmp_path / FILE, "DROP TABLE channels")
    run(tmp_path / FILE, "PRAGMA user_version = 0")
    assert give(tmp_path, "a.md") == {"a.md": "urn:old:id"}


@pytest.mark.case(46)
def test_the_rows_before_a_damage_are_taken_over(tmp_path: Path) -> None:
    """Of a ledger whose last pages are lost, what comes before them is kept."""
    give(tmp_path, *(f"{number:05}.md" for number in range(5_000)))
    run(tmp_path / FILE, "UPDATE ids SET id = 'urn:old:' || path")
    image = bytearray((tmp_path / FILE).read_bytes())
    lost = image.rindex(b"urn:old:04999.md") // 4096 * 4096
    image[lost : lost + 4096] = os.urandom(4096)
    (tmp_path / FILE).write_bytes(image)
    run(tmp_path / FILE, "PRAGMA user_version = 0")
    paths = [f"{number:05}.md" for number in range(5_000)]
    kept = [identifier for identifier in give(tmp_path, *paths).values() if "old" in identifier]
    assert len(kept) > 1_000


@pytest.mark.case(46)
def test_what_is_no_catalog_is_set_aside(tmp_path: Path) -> None:
    """The first attempt says that it is damaged, the next finds a new one."""
    (tmp_path / FILE).write_bytes(b"no catalog" * 1_000)
    with pytest.raises(Damaged):
        give(tmp_path, "a.md")
    assert (tmp_path / "catalog.unusable.sqlite").read_bytes() == b"no catalog" * 1_000
    assert give(tmp_path, "a.md") == {"a.md": "tag:news.example,2026:a.md"}


@pytest.mark.case(46)
def test_a_catalog_that_another_program_holds_is_an_error(tmp_path: Path) -> None:
    """What is locked is not damaged: it stays where it is, and its path is named."""
    give(tmp_path, "a.md")
    holder = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(CannotWrite, match=r"catalog\.sqlite: database is locked"):
            give(tmp_path, "a.md")
    finally:
        holder.close()
    assert give(tmp_path, "a.md") == {"a.md": "tag:news.example,2026:a.md"}


@pytest.mark.case(46)
def test_a_place_where_no_catalog_can_be_is_an_error(tmp_path: Path) -> None:
    """A directory in the catalog's place, or a file in its directory's, is named."""
    (tmp_path / "one" / FILE).mkdir(parents=True)
    (tmp_path / "two").write_text("a file")
    with pytest.raises(CannotWrite, match="unable to open"):
        give(tmp_path / "one", "a.md")
    with pytest.raises(CannotWrite, match="two"):
        give(tmp_path / "two", "a.md")


def test_an_error_of_the_disk_that_is_not_the_catalog_s_names_its_own_path(tmp_path: Path) -> None:
    """What goes wrong with another file is not laid on the catalog."""
    with pytest.raises(CannotWrite, match="elsewhere"), open_catalog(State(tmp_path)):
        (tmp_path / "elsewhere").read_bytes()


def test_digests_of_a_channel_that_was_lost_are_given_to_no_other(tmp_path: Path) -> None:
    """Where a channel cannot be taken over, what was kept of it is not either."""
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    item = DigestItem("urn:x:1", "1.md", "T", "https://paper.example/1", "P", moment)
    with open_catalog(State(tmp_path)) as catalog:
        found = catalog.channels.ensure([("topic", "a"), ("topic", "b")])
        for name in "ab":
            key = found["topic", name]
            catalog.digests.keep_state(key, "daily", Digested(moment, None))
            catalog.digests.add(key, "daily", Digest(f"urn:x:{name}", "T", moment, (item,)))
    run(tmp_path / FILE, "DELETE FROM channels WHERE name = 'a'")
    set_aside(tmp_path)
    with open_catalog(State(tmp_path)) as catalog:
        assert catalog.digests.state(found["topic", "a"], "daily") is None
        assert catalog.digests.newest(found["topic", "a"], "daily", moment, 9) == []
        assert catalog.digests.state(found["topic", "b"], "daily") == Digested(moment, None)
        catalog.digests.add(99, "daily", Digest("urn:x:a", "T", moment, (item,)))
        [kept] = catalog.digests.newest(found["topic", "b"], "daily", moment, 9)
        assert kept == Digest("urn:x:b", "T", moment, (item,))
