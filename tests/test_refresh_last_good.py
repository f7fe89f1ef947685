"""A document that gets an error stays as it was, unless it is to be published no more."""

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from casebook import Attempts
from conftest import DAY, NOW, Workshop, files_of, front_matter
from hypothesis import given, strategies as st
from test_refresh_history import HISTORIES, items, new_workshop
from test_refresh_privacy import CANARY, leaks

from feeds.corpus.sources.directory import DirectorySource
from feeds.errors import Refused, StrictRefused
from feeds.publish.directory import DirectoryDestination

# What a good document becomes, with the code that it is told with. None says anything of whether
# it is to be published.
ERRORS: list[tuple[str, bytes]] = [
    ("yaml-syntax", b"---\ntitle: [\n---\n"),
    ("yaml-syntax", b"---\npublished: true # and nothing but true\ntitle: [\n---\n"),
    ("yaml-syntax", b"---\nrelated:\n  - published: false\ntitle: [\n---\npublished: false\n"),
    ("yaml-syntax", b"---\n# published: false\ntitle: published: false\n---\n"),
    ("yaml-duplicate-key", b"---\ntitle: A\ntitle: B\n---\n"),
    ("yaml-alias", b"---\ntitle: &a A\n---\n"),
    ("toml-syntax", b"+++\ntitle = A\n+++\n"),
    ("front-matter-missing", b"title: A\n"),
    ("front-matter-unclosed", b"---\ntitle: A\npublished: f"),
    ("front-matter-empty", b"---\n---\n"),
    ("front-matter-not-mapping", b"---\n- published\n---\n"),
    ("document-empty", b""),
    ("not-utf8", b"---\ntitle: caf\xe9\n---\n"),
    ("file-too-large", b"---\ntitle: A\n---\n" + b"a" * 2**20),
    ("dialect-unknown", b"---\ntitle: A\n---\n"),
    (
        "title-missing",
        b"---\nwebUrl: https://paper.example/a\npublishedDateTime: 2026-10-01\n---\n",
    ),
    ("date-invalid", b"---\ntitle: A\nwebUrl: https://x.example/\npublishedDateTime: soon\n---\n"),
    ("url-scheme", b"---\ntitle: A\nwebUrl: data:x\npublishedDateTime: 2026-10-01\n---\n"),
]

# What a good document becomes that has an error and holds itself back, or may mean to.
WITHHELD: dict[str, bytes] = {
    "published: false": b"---\npublished: false\ntitle: [\n---\n",
    "draft: true": b"---\ntitle: [\ndraft: true # for now\n---\n",
    "Draft: TRUE": b"---\ntitle: [\nDraft: TRUE\n---\n",
    "removed: true": b"---\ntitle: [\nremoved:   true\n---\n",
    "in quotes": b"---\ntitle: [\n'published' : false\n---\n",
    "without a space": b"---\ntitle: [\npublished:false\n---\n",
    "neither true nor false": b"---\ntitle: [\npublished: no\n---\n",
    "with nothing": b"---\ntitle: [\npublished:\n---\n",
    "twice": b"---\npublished: false\npublished: true\n---\n",
    "indented": b"---\n  title: [\n  published: false\n---\n",
    "in braces": b'---\n{"title": "A", "published": false, oops}\n---\n',
    "in braces, line by line": b'---\n{\n  "title": "A",,\n  "draft": true\n}\n---\n',
    "in TOML": b"+++\ntitle = A\ndraft = true\n+++\n",
    "with returns": b"---\r\ntitle: [\r\npublished: false\r\n---\r\n",
    "with returns only": b"---\rtitle: [\rpublished: false\r---\r",
    "after a mark": b"\xef\xbb\xbfpublished: false\n---\n",
    "in UTF-16": "---\ntitle: A\npublished: false\n---\n".encode("utf-16"),
    "in Latin-1": b"---\ntitle: caf\xe9\npublished: false\n---\n",
    "unclosed": b"---\ntitle: A\npublished: false\n",
    "unclosed, without an end": b"---\ntitle: A\npublished: false",
    "too large": b"---\npublished: false\n---\n" + b"a" * 2**20,
    "beside no title": b"---\nwebUrl: https://x.example/\npublishedDateTime: 2026-10-01\n"
    b"published: false\n---\n",
    "beside no dialect": b"---\ntitle: A\ndraft: true\n---\n",
    "not a boolean beside no dialect": b"---\ntitle: A\npublished: 0\n---\n",
    "not a boolean": b"---\ntitle: A\nwebUrl: https://x.example/\n"
    b"publishedDateTime: 2026-10-01\npublished: 'true'\n---\n",
}


@pytest.fixture
def news(workshop: Workshop) -> Workshop:
    """Give a workshop that has published an article, what lists it, and what it lists."""
    workshop.news("a.md", title=CANARY, related=[{"title": "B", "webUrl": "https://b.example/b"}])
    workshop.news("b.md", domain="b.example", publishedDateTime="2026-10-02T08:00:00Z")
    workshop.news("c.md", related=[{"title": "A", "webUrl": "https://paper.example/a"}])
    workshop.build()
    return workshop


def spoil(workshop: Workshop, path: str = "a.md", data: bytes = b"---\ntitle: [\n---\n") -> None:
    """Put something else in the place of a document, a while ago."""
    (workshop.corpus / path).write_bytes(data)
    workshop.touch(path)


# --- What stays ----------------------------------------------------------------------


@pytest.mark.case(41)
def test_bad_documents_stay_as_they_were(workshop: Workshop, attempts: Attempts) -> None:
    """Whatever is wrong with them, no byte of a feed changes; each build tells it, until mended."""
    bad = [f"{number:02}.md" for number in range(len(ERRORS))]
    for path in bad:
        workshop.news(path, related=[{"title": "X", "webUrl": "https://paper.example/00"}])
    workshop.build()
    before = workshop.stamps()
    for path, (_, data) in zip(bad, ERRORS, strict=True):
        spoil(workshop, path, data)
        attempts.count()
    for read in (len(ERRORS), 0):
        report = workshop.build()
        assert [(item.path, item.code) for item in report.findings] == [
            (path, code) for path, (code, _) in zip(bad, ERRORS, strict=True)
        ]
        for finding in report.findings:
            if not finding.message.endswith("; its last good version stays"):
                attempts.lose(f"{finding}")
        assert (report.read, report.states) == (read, {"kept": len(ERRORS)})
        assert workshop.stamps() == before
    for path in bad:
        workshop.news(path, title=f"Mended_{path}")
    report = workshop.build()
    assert (report.findings, report.entries_new, report.entries_out) == ((), {}, {})
    assert sorted(workshop.titles()) == [f"Mended_{path}" for path in bad]


@pytest.mark.case(41)
def test_a_look_at_one_document_keeps_it_too(news: Workshop) -> None:
    """A cycle that is told where to look keeps what it finds spoiled, and tells it again later."""
    before = news.files()
    spoil(news)
    for place in ("a.md", "b.md"):
        report = news.build(looks_at=frozenset([str(news.corpus / place)]))
        assert [finding.is_of_kept for finding in report.findings] == [True]
        assert news.files() == before


@pytest.mark.case(88)
def test_any_number_of_bad_documents_stays(workshop: Workshop) -> None:
    """Where all become bad at once, nothing goes, and each is told."""
    for number in range(20):
        workshop.news(f"{number}.md")
    workshop.build()
    before = workshop.files()
    for number in range(20):
        spoil(workshop, f"{number}.md")
    report = workshop.build()
    assert (len(report.findings), report.states["kept"], report.visible) == (20, 20, 20)
    assert workshop.files() == before


@pytest.mark.case(84)
def test_other_rules_and_another_program_leave_it(news: Workshop) -> None:
    """Where all is read afresh, one with an error stays, and one that gets it by that, too."""
    spoil(news)
    news.build()
    news.revision = "another"
    assert (news.build().read, news.titles()) == (3, news.titles())
    before = news.titles()
    news.configure("limits: {title_characters: 9}")
    report = news.build()
    assert report.states == {"kept": 3}
    assert news.titles() == before


@pytest.mark.case(41)
def test_a_new_bad_document_is_skipped(news: Workshop) -> None:
    """What was never good has no last good version, and is not there until it is mended."""
    spoil(news, "new.md")
    report = news.build()
    assert [finding.message.rpartition("; ")[2] for finding in report.findings] == [
        "document skipped"
    ]
    assert (report.states["skipped"], report.visible) == (1, 3)


@pytest.mark.case(41)
def test_it_falls_due_as_it_was(workshop: Workshop) -> None:
    """An article that waits for its day appears on it, though its document is bad by then."""
    workshop.news("a.md", publishedDateTime="2026-11-01T12:00:00Z")
    workshop.news("b.md")
    workshop.build()
    spoil(workshop)
    workshop.build()
    assert workshop.titles() == ["Title_of_b"]
    workshop.build(NOW + DAY)
    assert workshop.titles() == ["Title_of_a", "Title_of_b"]


@pytest.mark.case(41)
def test_it_stands_for_duplicates_as_before(news: Workshop) -> None:
    """Which document stands for several is what it would be were nothing wrong with any."""
    news.news("z.md", webUrl="https://paper.example/a")
    news.build()
    before = news.titles()
    spoil(news)
    report = news.build()
    assert {finding.code for finding in report.findings} == {"yaml-syntax", "article-duplicate"}
    assert news.titles() == before
    news.delete("a.md")
    news.build()
    assert "Title_of_z" in news.titles()


# --- What does not -------------------------------------------------------------------


@pytest.mark.case(80)
@pytest.mark.parametrize("is_kept", [False, True], ids=["good", "kept"])
def test_what_holds_itself_back_leaves(
    workshop: Workshop, attempts: Attempts, *, is_kept: bool
) -> None:
    """A document that says, or may say, that it is not to be published is in no byte any more."""
    bad = {f"{number:02}.md": what for number, what in enumerate(WITHHELD)}
    for path in bad:
        workshop.news(path)
    workshop.news("other.md")
    workshop.build()
    if is_kept:
        for path in bad:
            spoil(workshop, path)
        assert workshop.build().visible == len(bad) + 1
    for path, what in bad.items():
        spoil(workshop, path, WITHHELD[what])
        attempts.count()
    report = workshop.build(force=True)
    files = workshop.files()
    for path, what in bad.items():
        if leaks(files, f"title_of_{path[:-3]}"):
            attempts.lose(what)
    assert {finding.path for finding in report.findings} == bad.keys()
    assert {finding.message.rpartition("; ")[2] for finding in report.findings} == {
        "document skipped"
    }
    assert (report.states["skipped"], report.states["kept"]) == (len(bad), 0)
    assert set(report.entries_out.values()) == bad.keys()
    # Readers are told to drop nothing: half of this may be a slip of the keyboard.
    assert b"deleted-entry" not in files["all.atom"]


def delete(file: Path) -> None:
    file.unlink()


def hide(file: Path) -> None:
    file.rename(file.with_name(".a.md"))


def draft(file: Path) -> None:
    (file.parent / "drafts").mkdir()
    file.rename(file.parent / "drafts" / file.name)


def link(file: Path) -> None:
    file.rename(file.with_name("a.txt"))
    file.symlink_to("a.txt")


def hold(file: Path) -> None:
    file.write_text(front_matter({"title": "A", "published": False}), encoding="utf-8")


@pytest.mark.case(82)
@pytest.mark.parametrize("leave", [delete, hide, draft, link, hold])
def test_a_bad_document_that_is_taken_away_leaves(
    news: Workshop, leave: Callable[[Path], None]
) -> None:
    """A last good version is in no byte once its document is no document any more."""
    spoil(news)
    news.build()
    leave(news.corpus / "a.md")
    news.build()
    assert leaks(news.files()) == []


@pytest.mark.case(83)
def test_a_lost_catalog_loses_last_good_versions(news: Workshop) -> None:
    """Nothing but the catalog has it: without it the document is skipped, until it is mended."""
    entry = news.ids()[CANARY]
    spoil(news)
    news.build()
    news.catalog.unlink()
    report = news.build()
    assert [finding.message.rpartition("; ")[2] for finding in report.findings] == [
        "document skipped"
    ]
    assert leaks(news.files()) == []
    news.news("a.md", title=CANARY)
    news.build()
    assert news.ids()[CANARY] == entry


@pytest.mark.case(85)
def test_last_good_versions_can_be_done_without(news: Workshop) -> None:
    """Where it is configured so, a bad document leaves, and so does one kept until then."""
    spoil(news)
    news.build()
    news.configure("keep_last_good: false")
    report = news.build()
    assert (report.states["skipped"], leaks(news.files())) == (1, [])
    spoil(news, "b.md")
    assert news.build().visible == 1
    news.configure()
    assert news.build().visible == 1


@pytest.mark.case(85)
def test_without_last_good_versions_the_guard_counts_them(workshop: Workshop) -> None:
    """Too many that would go at once are refused, whether bad since long or just now."""
    for number in range(20):
        workshop.news(f"{number}.md")
    workshop.build()
    for number in range(11):
        spoil(workshop, f"{number}.md")
    workshop.build()
    before = workshop.files()
    workshop.configure("keep_last_good: false")
    with pytest.raises(Refused, match="11 of 20 published entries would go") as caught:
        workshop.build()
    assert (caught.value.exit_code, workshop.files()) == (3, before)
    assert workshop.build(force=True).visible == 9


@pytest.mark.case(86)
def test_a_strict_run_refuses_what_stays_as_it_was(news: Workshop) -> None:
    """Who wants no errors gets none: nothing is published, though nothing would go."""
    before = news.stamps()
    spoil(news)
    news.edit("b.md", title="Not yet")
    for _ in range(2):
        with pytest.raises(StrictRefused, match="documents with errors: 1; nothing") as caught:
            news.build(strict=True)
        assert caught.value.exit_code == 1
        assert news.stamps() == before


@pytest.mark.case(82)
def test_a_bad_document_that_moves_comes_back_mended(news: Workshop) -> None:
    """Nobody knows what moved while it is bad, so that it goes; mended, it has the id it had."""
    news.news("d.md")
    news.build()
    entry = news.ids()["Title_of_d"]
    spoil(news, "d.md")
    news.build()
    news.move("d.md", "2026/d.md")
    report = news.build()
    assert (report.states["skipped"], [*report.entries_out]) == (1, [entry])
    news.news("2026/d.md", title="Title_of_d", webUrl="https://paper.example/d")
    news.build()
    assert news.ids()["Title_of_d"] == entry


def test_nothing_is_kept_of_what_is_withheld(news: Workshop) -> None:
    """The catalog forgets the last good version of a document that holds itself back."""
    spoil(news, data=WITHHELD["published: false"])
    news.build()
    with sqlite3.connect(news.catalog) as connection:
        rows = connection.execute("SELECT record FROM records").fetchall()
    connection.close()
    assert len(rows) == 2
    assert CANARY not in repr(rows)


# --- Any history ---------------------------------------------------------------------

BAD = "---\ntitle: [\n---\n"
BAD_AND_HELD = "---\ntitle: [\npublished: false\n---\n"


class Put(NamedTuple):
    """Something happens to one of a few documents, two of which have one address."""

    number: int
    what: str

    def do(self, workshop: Workshop, noise: int) -> None:
        """Let it happen."""
        path = f"{self.number}.md"
        file = workshop.corpus / path
        if self.what == "delete":
            file.unlink(missing_ok=True)
        elif self.what in {BAD, BAD_AND_HELD}:
            workshop.write(path, self.what)
        else:
            workshop.news(
                path,
                title=f"Title_{self.number}_{noise % 3}",
                webUrl=f"https://paper.example/{self.number // 2}",
                guid=f"urn:example:{self.number}",
                related=[{"title": "X", "webUrl": "https://paper.example/1"}],
                published=self.what == "good",
            )


WHATS = ["good"] * 4 + [BAD] * 4 + [BAD_AND_HELD, "held", "delete"]
PUT = st.builds(Put, st.integers(0, 3), st.sampled_from(WHATS))


def with_last_good(workshop: Workshop, good: Mapping[str, str]) -> list[object]:
    """Give the entries of what is published where bad documents are what they were."""
    corpus = workshop.corpus
    with TemporaryDirectory() as folder:
        shutil.copytree(corpus, folder, dirs_exist_ok=True)
        for path, text in good.items():
            Path(folder, path).write_text(text, encoding="utf-8")
        (usual,) = workshop.plan().corpora
        output = Path(folder, ".output")
        workshop.build(
            corpora=(replace(usual, source=DirectorySource(Path(folder))),),
            destination=DirectoryDestination(output),
            state=Path(folder, ".state"),
            force=True,
        )
        return items(files_of(output))


@HISTORIES
@given(st.lists(st.lists(PUT, min_size=1, max_size=4), min_size=1, max_size=6))
def test_a_history_ends_where_good_documents_would(cycles: list[list[Put]]) -> None:
    """Entries are those of a first build where each bad document is its last good version."""
    with new_workshop() as workshop:
        good: dict[str, str] = {}
        workshop.news("other.md")
        for noise, changes in enumerate(cycles):
            for change in changes:
                change.do(workshop, noise)
            workshop.build(force=True)
            there = {file.name: file.read_text("utf-8") for file in workshop.corpus.glob("*.md")}
            good = {
                path: good[path] if text == BAD else text
                for path, text in there.items()
                if text != BAD_AND_HELD and "published: false" not in text
                if text != BAD or path in good
            }
            assert items(workshop.files()) == with_last_good(workshop, good)
