"""What each kind of change costs, in counts that are the same on every machine."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest
from bench.corpus import Corpus, write
from bench.editing import newest
from conftest import Workshop
from sqlalchemy import Engine, event

from feeds.refresh import Carried

DOCUMENTS = 200


class Counts(NamedTuple):
    """What a build cost: documents, entries, statements, files and bytes."""

    read: int
    rendered: int
    statements: int
    written: int
    bytes_written: int


def retitled(text: str) -> str:
    """Give a document with another title."""
    return re.sub(r'(?m)^title: "', 'title: "Another ', text)


def with_another_topic(text: str) -> str:
    """Give a document with one more topic, which others have, too."""
    another = next(label for label in Corpus(DOCUMENTS).topics if label not in text)
    return text.replace("\ntopics:\n", f"\ntopics:\n  - {another}\n")


def without_a_list(text: str) -> str:
    """Give a document that names nothing related."""
    return re.sub(r"(?m)^related:\n(?: .*\n)+", "related: []\n", text)


def with_another_secret(text: str) -> str:
    """Give a document that differs only in what is never shown."""
    return re.sub(r'(?m)^secured: "', 'secured: "AAAA', text)


def unpublished(text: str) -> str:
    """Give a document that is no longer published."""
    return text.replace("\npublished: true\n", "\npublished: false\n")


CHANGES: dict[str, Callable[[str], str]] = {
    "a title": retitled,
    "a topic": with_another_topic,
    "a list of related articles": without_a_list,
    "a secret": with_another_secret,
    "no longer published": unpublished,
}
# What is known to do; whoever makes a change cheaper lowers them.
MOST = {
    "cold": Counts(200, 170, 310, 665, 8_900_000),
    "nothing": Counts(0, 0, 25, 0, 0),
    "a title": Counts(1, 142, 110, 50, 3_300_000),
    "a topic": Counts(1, 118, 98, 20, 2_400_000),
    "a list of related articles": Counts(1, 132, 99, 34, 2_800_000),
    "a secret": Counts(1, 0, 31, 0, 0),
    "no longer published": Counts(1, 132, 122, 37, 2_800_000),
}
MOST_GOING_ON = {
    "a title": Counts(1, 4, 101, 50, 3_300_000),
    "a topic": Counts(1, 1, 88, 20, 2_400_000),
    "a list of related articles": Counts(1, 2, 89, 34, 2_800_000),
    "a secret": Counts(1, 0, 29, 0, 0),
    "no longer published": Counts(1, 2, 109, 37, 2_800_000),
}


@contextmanager
def statements() -> Iterator[list[str]]:
    """Give the statements that are issued until this is left."""
    issued: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        issued.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield issued
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def cost(workshop: Workshop, looks_at: frozenset[str] | None = None) -> Counts:
    """Build, and give what it cost."""
    with statements() as issued:
        report = workshop.build(looks_at=looks_at)
    files = len(report.added) + len(report.changed)
    return Counts(report.read, report.entries_rendered, len(issued), files, report.bytes_written)


def costs(workshop: Workshop, documents: int) -> dict[str, Counts]:
    """Build a corpus, make one change after the other, and give what each cost.

    A process that goes on is told where the change was.
    """
    write(Corpus(documents), workshop.corpus)
    found = {"cold": cost(workshop), "nothing": cost(workshop)}
    file = newest(workshop.corpus)
    for number, (name, change) in enumerate(CHANGES.items(), start=1):
        text = change(before := file.read_text(encoding="utf-8"))
        assert text != before, name
        file.write_text(text, encoding="utf-8")
        os.utime(file, (number, number))
        found[name] = cost(workshop, frozenset([str(file)]) if workshop.carried else None)
    return found


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Counts]:
    """Give what each change costs in a corpus."""
    return costs(Workshop(tmp_path_factory.mktemp("counts") / "whole"), DOCUMENTS)


@pytest.fixture(scope="module")
def counted_going_on(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Counts]:
    """Give what each change costs in a process that goes on."""
    folder = tmp_path_factory.mktemp("counts") / "going-on"
    return costs(Workshop(folder, carried=Carried()), DOCUMENTS)


@pytest.fixture(scope="module")
def counted_in_half(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Counts]:
    """Give what each change costs in a corpus half as large."""
    return costs(Workshop(tmp_path_factory.mktemp("counts") / "half"), DOCUMENTS // 2)


@pytest.mark.parametrize("change", MOST)
def test_a_change_costs_no_more_than_before(counted: dict[str, Counts], change: str) -> None:
    """Each change is met with as few documents, entries, statements and bytes as are known."""
    check(counted[change], MOST[change])


@pytest.mark.parametrize("change", MOST_GOING_ON)
def test_a_process_that_goes_on_does_less(counted_going_on: dict[str, Counts], change: str) -> None:
    """It has rendered nearly all entries before, and need not find out what is published."""
    check(counted_going_on[change], MOST_GOING_ON[change])


def check(found: Counts, most: Counts) -> None:
    """See that no count is higher than another."""
    assert found.read == most.read
    assert all(a <= b for a, b in zip(found, most, strict=True)), found


@pytest.mark.parametrize("change", ["nothing", "a secret"])
def test_what_is_not_shown_costs_the_same_in_any_corpus(
    counted: dict[str, Counts], counted_in_half: dict[str, Counts], change: str
) -> None:
    """Where nothing is to be published, twice the documents need no more statements."""
    assert counted[change] == counted_in_half[change]
