"""Ids: what a subscriber's reader knows an entry by, through all that happens to documents."""

from collections.abc import Callable

import pytest
from conftest import DAY, NOW, Workshop

TAG = "tag:feeds.example,2026:"


def find(workshop: Workshop, title: str) -> str:
    """Give the id of the entry with a title."""
    return workshop.ids()[title]


# --- Where ids come from -------------------------------------------------------------


def test_a_new_id_is_made_of_authority_and_path(workshop: Workshop) -> None:
    """An id is a tag URI, with what a URI may not hold percent-encoded."""
    workshop.news("2026/über uns.md", title="A")
    workshop.build()
    assert find(workshop, "A") == f"{TAG}2026/%C3%BCber%20uns.md"


def test_an_id_of_the_document_s_own_wins(workshop: Workshop) -> None:
    """An IRI in the document is its id, even where another was given before."""
    workshop.news("a.md", title="A", guid="urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a")
    workshop.news("b.md", title="B")
    workshop.build()
    assert find(workshop, "A") == "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a"
    workshop.edit("b.md", guid="https://ids.example/b")
    workshop.build()
    assert find(workshop, "B") == "https://ids.example/b"


def test_an_id_once_given_stays_when_the_document_no_longer_names_it(workshop: Workshop) -> None:
    """A `guid` that is taken out again goes on as what was given."""
    workshop.news("a.md", title="A", guid="urn:example:a")
    workshop.build()
    workshop.edit("a.md", guid=None)
    workshop.build()
    assert find(workshop, "A") == "urn:example:a"


@pytest.mark.parametrize(
    "change",
    [
        {"webUrl": "https://paper.example/__trashed-2"},
        {"webUrl": "http://paper.example/a"},
        {"webUrl": "https://www.paper.example/a/?utm_source=feed"},
        {"title": "Another title"},
        {"publishedDateTime": "2026-10-09T00:00:00Z"},
        {"provider": {"name": "P", "domain": "moved.example"}},
    ],
    ids=lambda change: str(*change),
)
def test_an_id_survives_edits(workshop: Workshop, change: dict[str, object]) -> None:
    """Another URL, scheme, title, date or provider is the same entry."""
    workshop.news("a.md")
    workshop.build()
    workshop.edit("a.md", **change)
    report = workshop.build()
    assert list(workshop.ids().values()) == [f"{TAG}a.md"]
    assert (report.entries_in, report.entries_out) == (0, {})


def test_an_id_survives_a_move(workshop: Workshop) -> None:
    """A document at another path with the same URL, or its http form, is the same entry."""
    workshop.news("a.md", title="A", webUrl="https://paper.example/a")
    workshop.build()
    workshop.move("a.md", "2026/a.md")
    workshop.build()
    workshop.move("2026/a.md", "b.md")
    workshop.edit("b.md", webUrl="http://paper.example/a/")
    workshop.build()
    assert find(workshop, "A") == f"{TAG}a.md"


def test_ids_survive_another_host_and_authority(workshop: Workshop) -> None:
    """Ids that were given are kept when the site moves; a new article gets the new name."""
    workshop.news("a.md", title="A")
    workshop.build()
    workshop.configure("site: {title: T, base_url: https://other.example}\n")
    workshop.news("b.md", title="B")
    workshop.build()
    assert workshop.ids() == {"A": f"{TAG}a.md", "B": "tag:other.example,2026:b.md"}


# --- Moves and new documents at old paths --------------------------------------------


@pytest.mark.parametrize("at_once", [True, False], ids=["in one cycle", "in two cycles"])
def test_a_new_document_at_a_path_that_was_left_is_a_new_entry(
    workshop: Workshop, *, at_once: bool
) -> None:
    """The article that moved took its id along, so the new one gets another of its own."""
    workshop.news("latest.md", title="First", webUrl="https://paper.example/1")
    workshop.build()
    workshop.move("latest.md", "archive/1.md")
    if not at_once:
        workshop.build()
    workshop.news("latest.md", title="Second", webUrl="https://paper.example/2")
    workshop.build()
    assert sorted(workshop.titles()) == ["First", "Second"]
    assert find(workshop, "First") == f"{TAG}latest.md"
    second = find(workshop, "Second")
    assert second.startswith(f"{TAG}latest.md;")
    workshop.move("latest.md", "archive/2.md")
    workshop.news("latest.md", title="Third", webUrl="https://paper.example/3")
    workshop.build()
    assert len(set(workshop.ids().values())) == 3
    assert find(workshop, "Second") == second


def test_documents_that_change_places_keep_their_ids(workshop: Workshop) -> None:
    """Two articles whose files swap names stay the entries they were."""
    workshop.news("a.md", title="A")
    workshop.news("b.md", title="B")
    workshop.build()
    before = workshop.files()
    workshop.move("a.md", "c.md")
    workshop.move("b.md", "a.md")
    workshop.move("c.md", "b.md")
    report = workshop.build()
    assert report.read == 2
    assert workshop.files() == before


def test_renumbered_files_keep_their_ids(workshop: Workshop) -> None:
    """A new file before 600 numbered ones moves them all and makes one new entry."""
    for number in range(600):
        workshop.news(f"{number:04}.md", title=f"T{number}", webUrl=f"https://p.example/{number}")
    workshop.configure("limit: 100\n")
    workshop.build()
    before = workshop.ids()
    for number in reversed(range(600)):
        workshop.move(f"{number:04}.md", f"{number + 1:04}.md")
    workshop.news("0000.md", title="New", webUrl="https://p.example/new")
    report = workshop.build()
    assert (report.entries_in, report.entries_out) == (1, {})
    after = workshop.ids()
    assert len({*after.values()}) == 100
    assert all(after[title] == before[title] for title in after if title in before)


# --- Duplicates ----------------------------------------------------------------------


def duplicates(workshop: Workshop, **changes: object) -> list[tuple[str, str]]:
    """Run a cycle and give its findings about duplicates: the path and the message."""
    findings = workshop.build(**changes).findings
    return [(item.path, item.message) for item in findings if item.code == "article-duplicate"]


@pytest.mark.case(31)
@pytest.mark.parametrize("first", ["old.md", "new.md", None])
def test_one_url_in_two_documents_is_one_entry(workshop: Workshop, first: str | None) -> None:
    """The newest stands for both, whichever came first, and the finding names both.

    A URL is the same with another order of its query, and with a slash at its end.
    """
    new = {"title": "New", "publishedDateTime": "2026-10-02T00:00:00Z"}
    old = {"title": "Old", "publishedDateTime": "2026-10-01T00:00:00Z"}
    documents = {
        "new.md": {**new, "webUrl": "https://paper.example/same?a=1&b=2"},
        "old.md": {**old, "webUrl": "http://www.paper.example/same/?b=2&a=1"},
    }
    for path, fields in documents.items():
        if first in {path, None}:
            workshop.news(path, **fields)
    workshop.build()
    for path, fields in documents.items():
        workshop.news(path, **fields)
    [(path, message)] = duplicates(workshop)
    assert path == "old.md"
    assert "new.md" in message
    assert workshop.titles() == ["New"]
    assert duplicates(workshop) == [(path, message)]


@pytest.mark.case(31)
def test_of_equally_new_documents_the_path_decides(workshop: Workshop) -> None:
    """Between duplicates of one date the first path stands for both."""
    for path in ("b.md", "a.md", "c.md"):
        workshop.news(path, title=path, webUrl="https://paper.example/same")
        workshop.build()
    assert workshop.titles() == ["a.md"]


@pytest.mark.case(31)
def test_an_id_that_two_documents_name_is_one_entry(workshop: Workshop) -> None:
    """The same `guid` in two documents is one entry, the newest."""
    workshop.news("a.md", title="A", guid="urn:example:1")
    workshop.build()
    workshop.news("b.md", title="B", guid="urn:example:1", publishedDateTime="2026-10-03T00:00:00Z")
    [(path, message)] = duplicates(workshop)
    assert (path, "b.md" in message) == ("a.md", True)
    assert workshop.ids() == {"B": "urn:example:1"}


@pytest.mark.case(31)
def test_a_copied_id_that_is_taken_out_gives_the_copy_one_of_its_own(workshop: Workshop) -> None:
    """Who copies a document, and sees only later that its `guid` went along, loses nothing."""
    workshop.news("a.md", title="A", guid="urn:example:1")
    workshop.news("b.md", title="B", guid="urn:example:1")
    workshop.build()
    assert workshop.titles() == ["A"]
    workshop.edit("b.md", guid=None)
    workshop.build()
    assert workshop.ids() == {"A": "urn:example:1", "B": f"{TAG}b.md"}


@pytest.mark.case(31)
@pytest.mark.parametrize(
    "leave",
    [
        lambda workshop: workshop.edit("a.md", published=False),
        lambda workshop: workshop.delete("a.md"),
        lambda workshop: workshop.write("a.md", "---\ntitle: [\ndraft: true\n---\n"),
        lambda workshop: workshop.edit("a.md", webUrl="https://paper.example/another"),
        lambda workshop: workshop.edit("a.md", publishedDateTime="2027-01-01T00:00:00Z"),
        lambda workshop: workshop.edit("a.md", publishedDateTime="2020-01-01T00:00:00Z"),
    ],
    ids=["withdrawn", "deleted", "broken", "elsewhere", "later", "older"],
)
def test_the_other_document_appears_when_the_winner_leaves(
    workshop: Workshop, leave: Callable[[Workshop], None]
) -> None:
    """Of two documents with one URL the second takes over the entry, id and all."""
    url = {"webUrl": "https://paper.example/same"}
    workshop.news("a.md", title="A", publishedDateTime="2026-10-03T00:00:00Z", **url)
    workshop.news("b.md", title="B", **url)
    workshop.build()
    assert workshop.ids() == {"A": f"{TAG}a.md"}
    leave(workshop)
    report = workshop.build()
    assert workshop.ids()["B"] == f"{TAG}a.md"
    assert report.entries_out == {}
    assert len(set(workshop.ids().values())) == len(workshop.ids())


@pytest.mark.case(31)
@pytest.mark.parametrize("shared", ["guid", "webUrl"])
def test_what_only_one_thing_made_the_same_is_two_entries_without_it(
    workshop: Workshop, shared: str
) -> None:
    """Duplicates by id alone, or by address alone, part when that changes in one of them."""
    for name in ("a", "b"):
        own = {"guid": f"urn:example:{name}", "webUrl": f"https://paper.example/{name}"}
        common = {"guid": "urn:example:same", "webUrl": "https://paper.example/same"}
        workshop.news(f"{name}.md", title=name, **(own | {shared: common[shared]}))
    workshop.build()
    assert workshop.titles() == ["a"]
    workshop.edit("a.md", guid="urn:example:a", webUrl="https://paper.example/a")
    workshop.build()
    assert sorted(workshop.titles()) == ["a", "b"]


@pytest.mark.case(31)
def test_duplicates_that_part_are_two_entries(workshop: Workshop) -> None:
    """A document whose URL is corrected, so that it is no duplicate any more, is shown."""
    url = {"webUrl": "https://paper.example/same"}
    workshop.news("a.md", title="A", **url)
    workshop.news("b.md", title="B", **url)
    workshop.build()
    workshop.edit("a.md", webUrl="https://paper.example/its-own")
    workshop.build()
    assert sorted(workshop.ids()) == ["A", "B"]
    assert len(set(workshop.ids().values())) == 2


@pytest.mark.case(31)
def test_a_duplicate_dated_ahead_hides_nothing_until_it_is_due(workshop: Workshop) -> None:
    """The entry stays while its newer twin waits, and is its twin when that is due."""
    url = {"webUrl": "https://paper.example/same"}
    workshop.news("a.md", title="A", **url)
    workshop.build()
    workshop.news("b.md", title="B", publishedDateTime="2026-11-03T00:00:00Z", **url)
    assert duplicates(workshop) == []
    assert workshop.titles() == ["A"]
    assert duplicates(workshop, now=NOW + 2 * DAY) == [
        ("a.md", "is the same article as b.md, which stands for both")
    ]
    assert workshop.ids() == {"B": f"{TAG}a.md"}
    workshop.build(NOW + DAY)
    assert workshop.ids() == {"A": f"{TAG}a.md"}
