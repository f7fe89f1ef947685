"""What is not for the public: it is in no published byte, and secrets are not even kept."""

import pytest
from canaries import traces
from conftest import DAY, NOW, Workshop, files_of

CANARY = "kanarienvogel-4711"


def leaks(files: dict[str, bytes], word: str = CANARY) -> list[str]:
    """Give the paths of files that hold a word in any dress."""
    return [path for path, body in files.items() if traces(word, body, path)]


@pytest.mark.case(32)
def test_secrets_are_neither_published_nor_kept(workshop: Workshop) -> None:
    """`secured` is in no published file, not in the catalog, and in nothing that is reported."""
    workshop.news("a.md", secured=CANARY)
    workshop.news("b.md", secured={"deep": [CANARY]}, publishedDateTime="no date")
    workshop.curated("c.md", secured=CANARY, published=False)
    workshop.write("d.md", f"---\nsecured: {CANARY}\ntitle: [\n---\n")
    workshop.write("e.md", f"---\nsecured: {CANARY}\nsecured: {CANARY}\ntitle: E\n---\n")
    for _ in range(2):
        report = workshop.build()
        assert leaks(workshop.files()) == []
        assert leaks(files_of(workshop.state)) == []
        assert CANARY not in repr(report)
        workshop.edit("a.md", secured=CANARY + CANARY)


@pytest.mark.case(32)
@pytest.mark.parametrize("held", ["published", "draft", "removed"])
def test_what_is_held_back_is_not_published(workshop: Workshop, held: str) -> None:
    """Neither an entry nor a topic, provider, image or link of such a document gets out."""
    value = held != "published"
    fields = {
        "title": CANARY,
        "excerpt": CANARY,
        "provider": {"name": CANARY, "domain": f"{CANARY}.example"},
        "webUrl": f"https://{CANARY}.example/",
        "related": [{"title": CANARY, "webUrl": f"https://{CANARY}.example/r"}],
    }
    workshop.news("other.md")
    if held == "draft":
        workshop.curated("a.md", title=CANARY, categoryLabel=[CANARY], draft=True)
    else:
        workshop.news("a.md", **fields, topics=[CANARY], **{held: value})
    workshop.build()
    assert leaks(workshop.files()) == []


@pytest.mark.case(32)
@pytest.mark.parametrize(
    "path",
    [".hidden.md", ".git/a.md", "drafts/a.md", "_drafts/a.md", "a.md~", "a.txt", "x/.b/c.md"],
)
def test_what_is_no_document_is_not_read(workshop: Workshop, path: str) -> None:
    """Hidden files, drafts and what is no Markdown stay where they are."""
    workshop.news("other.md")
    workshop.news(path, title=CANARY)
    report = workshop.build()
    assert (report.documents, leaks(workshop.files())) == (1, [])
    assert leaks(files_of(workshop.state)) == []


@pytest.mark.case(30, 32)
def test_what_is_outside_the_corpus_is_not_read(workshop: Workshop) -> None:
    """A link that leads out of the corpus, or to another document, is not followed."""
    outside = workshop.root / "outside.md"
    workshop.news("other.md")
    workshop.news("x.md", title=CANARY)
    (workshop.corpus / "x.md").rename(outside)
    (workshop.corpus / "link.md").symlink_to(outside)
    (workshop.corpus / "folder").symlink_to(workshop.root)
    report = workshop.build()
    assert {finding.code for finding in report.findings} <= {"file-not-regular"}
    assert (report.documents, leaks(workshop.files())) == (1, [])


@pytest.mark.case(7)
def test_what_is_not_due_is_not_published(workshop: Workshop) -> None:
    """Before its time an article is known to nobody, and its topic has no feed."""
    workshop.news("other.md")
    workshop.news("a.md", title=CANARY, topics=[CANARY], publishedDateTime="2026-11-02T00:00:00Z")
    workshop.build()
    assert leaks(workshop.files()) == []
    workshop.build(NOW + DAY)
    assert leaks(workshop.files()) != []


@pytest.mark.case(33)
def test_what_is_withdrawn_is_in_no_file(workshop: Workshop) -> None:
    """A title is gone from every feed and list once its document is withdrawn."""
    workshop.news("other.md")
    workshop.news("a.md", title=CANARY, excerpt=CANARY)
    workshop.build()
    assert leaks(workshop.files()) != []
    workshop.edit("a.md", published=False)
    workshop.build()
    assert leaks(workshop.files()) == []


def test_ranks_are_not_published(workshop: Workshop) -> None:
    """`quality` and `heat` choose articles and are told to nobody."""
    workshop.configure("feeds: {best: {title: Best, where: {quality: {min: 1}}}}")
    workshop.news("a.md", quality=987_654_321, heat=123_456_789, category="Innermost")
    workshop.build()
    for word in ("987654321", "123456789", "innermost"):
        assert leaks(workshop.files(), word) == []
