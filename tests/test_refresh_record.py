"""How the last refresh ended is kept, whoever made it, and read by whoever asks."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import NOW, Workshop
from filelock import FileLock

from feeds.config.state import State
from feeds.errors import CannotWrite, Locked, Refused, StrictRefused
from feeds.model import RefreshRecord
from feeds.refresh.record import RECORD_NAME, note_failure, read_record

LATER = NOW + timedelta(minutes=5)


def record_of(workshop: Workshop) -> RefreshRecord:
    """Read the record that there is."""
    record = read_record(workshop.kept)
    assert record is not None
    return record


def places(record: RefreshRecord) -> list[str]:
    """Give the documents of its findings."""
    return [finding.path for finding in record.findings]


def test_a_good_refresh_is_noted(workshop: Workshop) -> None:
    """When it was, how long it took by the clock of the plan, and that all was well."""
    workshop.news("a.md")
    ticks = iter((10.0, 12.5))
    workshop.build(clock=lambda: next(ticks))
    record = record_of(workshop)
    assert record == RefreshRecord(NOW, 2.5, "", NOW, 0, ())
    assert record.is_good
    assert not list(workshop.state.glob("*.part"))


def test_what_costs_documents_is_noted_with_its_place(workshop: Workshop) -> None:
    """A refresh that ends well names what costs documents, by file, line and column."""
    workshop.news("a.md")
    workshop.news("bad.md", publishedDateTime="soon")
    workshop.build()
    record = record_of(workshop)
    (finding,) = record.findings
    assert (finding.path, finding.line, finding.code) == ("bad.md", 4, "date-invalid")
    assert (record.failure, record.succeeded, record.costs) == ("", NOW, 1)
    assert not record.is_good
    workshop.edit("bad.md", publishedDateTime="2026-10-01")
    workshop.build(LATER)
    assert record_of(workshop).is_good


def test_what_came_last_is_first(workshop: Workshop) -> None:
    """Of several findings those that the refresh before did not know come first, and stay so."""
    workshop.news("a.md")
    for number, name in enumerate("mbz"):
        workshop.news(f"{name}.md", publishedDateTime="soon")
        workshop.build(NOW + timedelta(minutes=number))
    assert places(record_of(workshop)) == ["z.md", "b.md", "m.md"]
    workshop.build(LATER)
    assert places(record_of(workshop)) == ["z.md", "b.md", "m.md"]
    for number in range(30):
        workshop.news(f"n{number}.md", publishedDateTime="soon")
    workshop.build(LATER)
    record = record_of(workshop)
    assert (record.costs, len(record.findings)) == (33, 20)
    assert "m.md" not in places(record)


def test_a_refusal_is_noted_and_the_last_good_one_stays(workshop: Workshop) -> None:
    """What a guard or strictness refuses is noted with what was found; the next one clears it."""
    workshop.news("a.md")
    workshop.build()
    workshop.news("bad.md", publishedDateTime="soon")
    with pytest.raises(StrictRefused):
        workshop.build(LATER, strict=True)
    record = record_of(workshop)
    assert record.failure == "documents with errors: 1; nothing was published"
    assert (record.at, record.succeeded, places(record)) == (LATER, NOW, ["bad.md"])
    workshop.delete("bad.md")
    workshop.delete("a.md")
    with pytest.raises(Refused):
        workshop.build(LATER)
    assert record_of(workshop).failure.startswith("there are no documents in ")
    workshop.news("a.md")
    workshop.build(LATER)
    assert record_of(workshop) == RefreshRecord(LATER, 0.0, "", LATER, 0, ())


def test_what_the_disk_refuses_is_noted(workshop: Workshop) -> None:
    """A publication that cannot be written is a failure with its reason."""
    workshop.news("a.md")
    workshop.output.write_text("in the way")
    with pytest.raises((CannotWrite, OSError)):
        workshop.build()
    record = record_of(workshop)
    assert record.failure
    assert record.succeeded is None


@pytest.mark.usefixtures("in_files")
def test_another_publisher_is_no_failure(workshop: Workshop) -> None:
    """Who finds another publisher at work says nothing of how that one's refresh ended."""
    workshop.news("a.md")
    workshop.build()
    before = (workshop.state / RECORD_NAME).read_bytes()
    with FileLock(workshop.state / "lock"), pytest.raises(Locked):
        workshop.build(LATER)
    workshop.build(LATER, rehearsal=True)
    assert (workshop.state / RECORD_NAME).read_bytes() == before


def test_a_failure_is_one_line(tmp_path: Path) -> None:
    """Of an error with many lines the first is noted, of one without any its kind."""
    for error, line in (
        (ValueError("\n first\nsecond"), " first"),
        (KeyError(), "KeyError"),
        (OSError("x" * 10_000), "x" * 500),
    ):
        note_failure(State(tmp_path), NOW, error, 1.0)
        record = read_record(State(tmp_path))
        assert record is not None
        assert record.failure == line


def test_a_record_that_is_none_is_not_known(tmp_path: Path) -> None:
    """Where there is no record, or half of one, or another's, nothing is known and nothing ends."""
    assert read_record(State(tmp_path)) is None
    note_failure(State(tmp_path), NOW, ValueError("x"))
    whole = (tmp_path / RECORD_NAME).read_text()
    for text in (
        "",
        whole[:-9],
        "[]",
        "{}",
        "\udcff",
        json.dumps(json.loads(whole) | {"at": "soon"}),
        json.dumps(json.loads(whole) | {"findings": [1]}),
    ):
        (tmp_path / RECORD_NAME).write_text(text, errors="surrogateescape")
        assert read_record(State(tmp_path)) is None
    note_failure(State(tmp_path / "nowhere"), NOW, ValueError("x"))
