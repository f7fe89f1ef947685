"""How much there is in channels, week by week and beside each other."""

from datetime import datetime

import pytest
from conftest import Workshop

from feeds.catalog import open_catalog
from feeds.model import Activity


def activity(workshop: Workshop, stem: str, weeks: int) -> Activity | None:
    """Count what is in a channel."""
    with open_catalog(workshop.kept) as catalog:
        [row] = [row for row in catalog.channels.all() if row.stem == stem]
        return catalog.activities.of(row.key, weeks)


@pytest.mark.parametrize("year", ["1968", "2026"])
def test_weeks_begin_on_mondays_and_end_with_the_newest(workshop: Workshop, year: str) -> None:
    """Entries of Sunday and Monday are of two weeks, before 1970 as after it."""
    # Of both years, 7 October is the Monday or the Wednesday of a week.
    monday = {"1968": "1968-10-07", "2026": "2026-10-05"}[year]
    sunday = {"1968": "1968-10-06", "2026": "2026-10-04"}[year]
    for name, moment in (
        ("a", f"{sunday}T23:59:59Z"),
        ("b", f"{monday}T00:00:00Z"),
        ("c", f"{monday}T12:00:00Z"),
    ):
        workshop.news(f"{name}.md", publishedDateTime=moment)
    workshop.build()
    newest = datetime.fromisoformat(f"{monday}T12:00:00Z")
    assert activity(workshop, "all", 3) == Activity((0, 1, 2), newest)
    assert activity(workshop, "all", 1) == Activity((2,), newest)
    assert Activity((2,), newest).since == datetime.fromisoformat(f"{monday}T00:00:00Z")


def test_a_channel_without_entries_has_no_activity(workshop: Workshop) -> None:
    """There is no week to begin with."""
    workshop.news("a.md", topics=["Energy"])
    workshop.build()
    workshop.edit("a.md", topics=["Wind"])
    workshop.build()
    assert activity(workshop, "topics/energy", 2) is None


def test_articles_are_counted_in_each_channel(workshop: Workshop) -> None:
    """Only those that are asked for count."""
    workshop.news("a.md", topics=["Energy", "Wind"])
    workshop.news("b.md", topics=["Energy"])
    workshop.news("c.md", topics=["Energy"])
    workshop.build()
    with open_catalog(workshop.kept) as catalog:
        names = {row.key: row.stem for row in catalog.channels.all()}
        [energy] = [key for key, stem in names.items() if stem == "topics/energy"]
        found = catalog.newest.of([energy], 10)[energy]
        keys = [key for (key, _), leading in found.items() if not leading.id.endswith("c.md")]
        beside = catalog.activities.beside(keys)
    counts = {names[key]: number for key, number in beside.items()}
    assert counts == {
        "all": 2,
        "topics/energy": 2,
        "topics/wind": 1,
        "providers/paper.example": 2,
    }
