"""Entries that were taken out of channels: what is kept of them, and how it is found."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event

from feeds.catalog import Catalog, DeletedEntry, open_catalog
from feeds.catalog.tombstones import Tombstones
from feeds.config.state import State
from feeds.model import Tombstone

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@pytest.fixture
def catalog(kept: State) -> Iterator[Catalog]:
    """Give a catalog with three channels, whose keys are 1, 2 and 3."""
    with open_catalog(kept) as catalog:
        keys = catalog.channels.ensure([("topic", name) for name in "abc"])
        assert sorted(keys.values()) == [1, 2, 3]
        yield catalog


@pytest.fixture
def tombstones(catalog: Catalog) -> Tombstones:
    """Give the tombstones of that catalog."""
    return catalog.tombstones


def gone(channel: int, name: str, published: datetime, deleted: datetime = NOON) -> DeletedEntry:
    """Make an entry that was taken out of a channel."""
    seconds = (int(moment.timestamp()) for moment in (published, deleted))
    return DeletedEntry(channel, f"urn:x:{name}", *seconds)


def of_month(tombstones: Tombstones, month: str) -> tuple[Tombstone, ...]:
    """Give what went of a month from the first channel."""
    return tombstones.of_month([1], month).get(1, ())


def names(found: tuple[Tombstone, ...]) -> str:
    """Give the names of entries in their order."""
    return "".join(tombstone.id.removeprefix("urn:x:") for tombstone in found)


def test_what_went_is_named_with_its_date(tombstones: Tombstones) -> None:
    """An entry is given by its id and when it went, in UTC, for its own channel only."""
    tombstones.add([gone(1, "a", NOON - DAY)])
    assert tombstones.recent(1, NOON) == (Tombstone("urn:x:a", NOON),)
    assert tombstones.recent(1, NOON)[0].deleted.tzinfo is UTC
    assert tombstones.recent(2, NOON) == ()


def test_nothing_went_from_a_channel_that_is_whole(tombstones: Tombstones) -> None:
    """To add or drop nothing does nothing, and a channel without tombstones has none."""
    tombstones.add([])
    assert tombstones.drop([]) == set()
    assert tombstones.recent(1, NOON) == of_month(tombstones, "2026-10") == ()
    assert tombstones.months(1) == set()
    assert not tombstones.has(1, "2026-10")
    assert tombstones.expiring(NOON - 99 * DAY, NOON + 99 * DAY) == set()


def test_what_went_last_is_first(tombstones: Tombstones) -> None:
    """Entries are ordered by when they went, the last first, then by id."""
    for name, hours in (("c", 1), ("a", 1), ("d", 2), ("b", 0), ("e", 1)):
        tombstones.add([gone(1, name, NOON - DAY, NOON + timedelta(hours=hours))])
    assert names(tombstones.recent(1, NOON)) == "daceb"
    assert names(of_month(tombstones, "2026-10")) == "daceb"


def test_what_went_at_the_instant_is_recent(tombstones: Tombstones) -> None:
    """An entry that went a second before is not."""
    tombstones.add([gone(1, "a", NOON, NOON), gone(1, "b", NOON, NOON - SECOND)])
    assert names(tombstones.recent(1, NOON)) == "a"
    assert names(tombstones.recent(1, NOON - SECOND)) == "ab"
    assert names(tombstones.recent(1, NOON + SECOND)) == ""


def test_an_entry_that_goes_again_has_its_last_date(tombstones: Tombstones) -> None:
    """It is there once, as it was when it last went."""
    tombstones.add([gone(1, "a", NOON - 40 * DAY)])
    tombstones.add([gone(1, "a", NOON - 9 * DAY, NOON + DAY)])
    assert tombstones.recent(1, NOON) == (Tombstone("urn:x:a", NOON + DAY),)
    assert tombstones.months(1) == {"2026-09"}


def test_an_entry_that_is_back_did_not_go(tombstones: Tombstones) -> None:
    """What is dropped is given as it was, and the same entry stays gone from other channels."""
    one, other, elsewhere = gone(1, "a", NOON), gone(1, "b", NOON), gone(2, "a", NOON)
    tombstones.add([one, other, elsewhere])
    assert tombstones.drop([(1, "urn:x:a"), (2, "urn:x:b"), (3, "urn:x:a")]) == {one}
    assert tombstones.drop([(1, "urn:x:a")]) == set()
    assert names(tombstones.recent(1, NOON)) == "b"
    assert names(tombstones.recent(2, NOON)) == "a"


def test_a_month_has_what_was_published_in_it(tombstones: Tombstones) -> None:
    """It is the month of the entry's own date in UTC, whenever the entry went."""
    first, end = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
    entries = [
        gone(1, name, published)
        for name, published in (
            *(("a", first - SECOND), ("b", first), ("c", end - SECOND), ("d", end)),
            ("e", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
        )
    ]
    tombstones.add(entries)
    assert [entry.month for entry in entries] == [
        *("2026-08", "2026-09", "2026-09", "2026-10", "1969-12")
    ]
    assert names(of_month(tombstones, "2026-09")) == "bc"
    assert tombstones.months(1) == {"1969-12", "2026-08", "2026-09", "2026-10"}
    for month in ("1969-12", "2026-08", "2026-09", "2026-10"):
        assert tombstones.has(1, month)
        assert not tombstones.has(2, month)
    for month in ("1970-01", "2026-07", "2026-11"):
        assert not tombstones.has(1, month)


def test_channels_expire_with_what_went_from_them(tombstones: Tombstones) -> None:
    """The first instant counts, the last does not, and each channel is given once."""
    tombstones.add(
        [
            gone(1, "a", NOON, NOON),
            gone(1, "b", NOON, NOON + SECOND),
            gone(2, "a", NOON, NOON + DAY),
            gone(3, "a", NOON, NOON - SECOND),
        ]
    )
    assert tombstones.expiring(NOON, NOON + DAY) == {1}
    assert tombstones.expiring(NOON - SECOND, NOON + DAY + SECOND) == {1, 2, 3}
    assert tombstones.expiring(NOON, NOON) == set()


def test_long_lists_are_kept_and_dropped(tombstones: Tombstones) -> None:
    """There may be more entries than a database takes in one statement."""
    many = [gone(1, f"{number:06}", NOON - number * DAY) for number in range(40_000)]
    tombstones.add(iter(many))
    assert len(of_month(tombstones, "2026-10")) > 0
    assert len(tombstones.recent(1, NOON)) == 500
    assert tombstones.drop((entry.channel, entry.id) for entry in many[1:]) == set(many[1:])
    assert names(tombstones.recent(1, NOON)) == "000000"


@pytest.mark.usefixtures("in_files")
def test_what_went_is_found_by_an_index(catalog: Catalog) -> None:
    """No query reads more than what it is asked for, however much went in the course of years."""
    seen: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, values: object, *_rest: object) -> None:
        seen.append((statement, values))

    catalog.tombstones.add([gone(1, "a", NOON)])
    event.listen(Engine, "before_cursor_execute", note)
    try:
        catalog.tombstones.recent(1, NOON)
        catalog.tombstones.of_month([1], "2026-10")
        catalog.tombstones.months(1)
        catalog.tombstones.has(1, "2026-10")
        catalog.tombstones.expiring(NOON, NOON + DAY)
        catalog.tombstones.drop([(1, "urn:x:a"), (2, "urn:x:a")])
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    searches = [
        "tombstones_latest (channel=? AND deleted>?)",
        "tombstones_published (channel=? AND published>? AND published<?)",
        "tombstones_published (channel=?)",
        "tombstones_published (channel=? AND published>? AND published<?)",
        "tombstones_deleted (deleted>? AND deleted<?)",
        "PRIMARY KEY (id=?)",
        "PRIMARY KEY (id=? AND channel=?)",
    ]
    for (statement, values), search in zip(seen, searches, strict=True):
        assert search in plan(catalog, statement, values), statement


def plan(catalog: Catalog, statement: str, values: object) -> str:
    """Ask the database how it would execute a statement."""
    connection = catalog._connection.connection  # noqa: SLF001
    cursor = connection.cursor()
    cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)
    return "\n".join(row[3] for row in cursor.fetchall())
