"""Refreshes between scans: what is known falls due, and the corpus is not looked at."""

import re
from datetime import timedelta

import pytest
from conftest import DAY, NOW, Workshop, files_of, is_whole

from feeds.errors import StrictRefused
from feeds.refresh import Carried

SECOND = timedelta(seconds=1)


def iso(moment: object) -> str:
    return str(moment).replace(" ", "T")


def test_a_report_names_what_falls_due_next(workshop: Workshop) -> None:
    """It is the first date to come of an article, or of a change of one that is shown."""
    workshop.news("old.md", publishedDateTime=iso(NOW - DAY))
    assert workshop.build().due is None
    workshop.news("far.md", publishedDateTime=iso(NOW + 3 * DAY))
    assert workshop.build().due == NOW + 3 * DAY
    workshop.news(
        "changed.md", publishedDateTime=iso(NOW - DAY), modifiedDateTime=iso(NOW + 2 * DAY)
    )
    assert workshop.build().due == NOW + 2 * DAY
    workshop.news("near.md", publishedDateTime=iso(NOW + DAY))
    assert workshop.build().due == NOW + DAY
    assert workshop.build(NOW + DAY).due == NOW + 2 * DAY
    workshop.news("far.md", publishedDateTime=iso(NOW + 3 * DAY), published=False)
    assert workshop.build(NOW + 2 * DAY).due is None


def test_what_falls_due_is_shown_without_a_scan(workshop: Workshop) -> None:
    """The article appears at its second; what became of the corpus meanwhile is not read."""
    workshop.news("now.md", title="Now")
    workshop.news("soon.md", title="Soon", publishedDateTime=iso(NOW + DAY))
    workshop.build()
    workshop.edit("now.md", title="Edited")
    workshop.news("new.md", title="New")
    assert workshop.build(NOW + DAY - SECOND, looks_at=frozenset()).read == 0
    assert workshop.titles() == ["Now"]
    report = workshop.build(NOW + DAY, looks_at=frozenset())
    assert (report.read, report.documents, report.visible) == (0, 2, 2)
    assert workshop.titles() == ["Soon", "Now"]
    assert sorted(workshop.build(NOW + DAY).entries_new) != []
    assert sorted(workshop.titles()) == ["Edited", "New", "Soon"]


def test_it_gives_the_bytes_that_a_scan_gives(workshop: Workshop) -> None:
    """What is published without a scan is what a build of the same corpus publishes."""
    workshop.news("now.md")
    workshop.news("changed.md", publishedDateTime=iso(NOW - DAY), modifiedDateTime=iso(NOW + DAY))
    workshop.news("soon.md", publishedDateTime=iso(NOW + DAY))
    workshop.build()
    workshop.build(NOW + DAY, looks_at=frozenset())
    without = {path: data for path, data in files_of(workshop.output).items() if "json" not in path}
    expected = workshop.afresh(NOW + DAY)
    assert {path: data for path, data in expected.items() if "json" not in path} == without


def test_findings_are_those_of_the_last_scan(workshop: Workshop) -> None:
    """Neither those of documents nor those of the scan itself are lost, and strict stays strict."""
    workshop.news("now.md")
    workshop.news("soon.md", publishedDateTime=iso(NOW + DAY))
    workshop.news("bad.md", publishedDateTime="soon")
    (workshop.corpus / "loop.md").symlink_to("loop.md")
    found = workshop.build().findings
    assert len({finding.code for finding in found}) >= 2
    assert workshop.build(NOW + DAY, looks_at=frozenset()).findings == found
    with pytest.raises(StrictRefused):
        workshop.build(NOW + DAY, looks_at=frozenset(), strict=True)


def test_what_is_to_be_read_afresh_is_scanned(workshop: Workshop) -> None:
    """A catalog that knows nothing, or by other rules, is no reason to publish empty feeds."""
    workshop.news("now.md", title="Now")
    assert workshop.build(looks_at=frozenset()).read == 1
    workshop.news("new.md", title="New")
    workshop.revision = "another"
    assert workshop.build(looks_at=frozenset()).read == 2
    assert sorted(workshop.titles()) == ["New", "Now"]


DATE = re.compile(rb"(?<=[>\"])20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ(?=[<\"])")


@pytest.mark.case(47)
@pytest.mark.parametrize("goes_on", [False, True], ids=["another process", "one that goes on"])
def test_ten_years_ahead_and_back_leave_nothing_of_the_future(
    workshop: Workshop, *, goes_on: bool
) -> None:
    """What was edited, came and went by a clock ten years ahead is as if it were done today."""
    workshop.configure("digests: {all: daily}\ntop: {entries: 3}\ncompressed: true\n")
    workshop.carried = Carried() if goes_on else None
    for day in range(20, 30):
        workshop.news(f"{day}.md", publishedDateTime=f"2026-10-{day}T08:00:00Z")
    workshop.news("later.md", publishedDateTime="2031-01-01T08:00:00Z")
    workshop.build(NOW)
    workshop.edit("20.md", title="Edited")
    workshop.news("new.md", publishedDateTime="2026-10-30T08:00:00Z")
    workshop.delete("21.md")
    workshop.build(NOW + 3653 * DAY)
    workshop.edit("22.md", title="Edited again")
    workshop.build(NOW + DAY / 24)
    files = workshop.files()
    dates = {date.decode() for body in files.values() for date in DATE.findall(body)}
    manifest = {item["last_modified"] for item in workshop.manifest().values()}
    assert max(dates - manifest) <= f"{NOW + DAY / 24:%Y-%m-%dT%H:%M:%SZ}"
    assert "later.md" not in "".join(workshop.titles())
    assert is_whole(workshop)
