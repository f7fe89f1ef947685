"""What a cycle refuses to publish: what looks like a slip, not like an edit."""

import shutil
from collections.abc import Callable

import pytest
from conftest import DAY, NOW, Workshop, stamps_of

from feeds.corpus.source import CorpusMissing
from feeds.errors import Refused, StrictRefused


@pytest.fixture
def news(workshop: Workshop) -> Workshop:
    """Give a workshop that has published fifty articles."""
    for number in range(50):
        workshop.news(f"{number:02}.md", topics=["Energy"])
    workshop.build()
    return workshop


def refused(workshop: Workshop, error: type[Refused] = Refused, **changes: object) -> Refused:
    """Run a cycle that is refused, and see that it left everything as it was."""
    before, catalog = stamps_of(workshop.output), workshop.catalog.read_bytes()
    with pytest.raises(error) as caught:
        workshop.build(**changes)
    assert stamps_of(workshop.output) == before
    assert workshop.catalog.read_bytes() == catalog
    return caught.value


def delete(news: Workshop, count: int) -> None:
    """Delete some documents."""
    for path in list(news.documents)[:count]:
        news.delete(path)


def withdraw(news: Workshop, count: int) -> None:
    """Withdraw some documents."""
    for path in list(news.documents)[:count]:
        news.edit(path, published=False)


def spoil(news: Workshop, count: int) -> None:
    """Make some documents unreadable."""
    for path in list(news.documents)[:count]:
        news.write(path, "---\ntitle: [\n---\n")


def rename(news: Workshop, count: int) -> None:
    """Give some documents other ids."""
    for path in list(news.documents)[:count]:
        news.edit(path, guid=f"urn:example:{path}")


@pytest.mark.case(38)
@pytest.mark.parametrize("slip", [delete, withdraw, spoil, rename])
def test_more_than_a_fifth_may_not_go_at_once(
    news: Workshop, slip: Callable[[Workshop, int], None]
) -> None:
    """Of fifty entries ten may go, or change their ids, but not eleven unless it is forced."""
    news.configure("keep_last_good: false")
    slip(news, 11)
    message = str(refused(news))
    assert message.startswith("11 of 50 published entries would go or change their ids")
    counts = f"(50 entries before, {50 if slip is rename else 39} after)"
    assert ("--force" in message, counts in message) == (True, True)
    assert [line.split()[0].strip('"') for line in message.splitlines()[1:]] == [
        *(f"{number:02}.md" for number in range(10)),
        "and",
    ]
    assert "tag:feeds.example,2026:00.md" in message
    assert ("00.md -> urn:example:00.md)" in message) == (slip is rename)
    report = news.build(force=True)
    assert len(report.entries_out) == 11
    assert report.visible == (50 if slip is rename else 39)
    assert report.entries_in == (11 if slip is rename else 0)


@pytest.mark.case(38)
def test_ids_that_change_places_count(news: Workshop) -> None:
    """Ids that are other articles' now are as bad as new ones: readers show the wrong entries."""
    ids = [f"tag:feeds.example,2026:{number:02}.md" for number in range(11)]
    for number in range(11):
        news.edit(f"{number:02}.md", guid=ids[number - 1])
    assert str(refused(news)).startswith("11 of 50 published entries would go or change")
    report = news.build(force=True)
    assert (report.entries_new, report.entries_out, len(report.ids_changed)) == ({}, {}, 11)


@pytest.mark.case(38)
def test_a_rehearsal_of_what_is_forced_tells_all(news: Workshop) -> None:
    """What is refused can be looked at whole before it is forced."""
    delete(news, 20)
    assert "--dry-run --force" in str(refused(news, rehearsal=True))
    assert len(news.build(force=True, rehearsal=True).entries_out) == 20
    refused(news)


@pytest.mark.case(38)
def test_a_fifth_may_go(news: Workshop) -> None:
    """Ten of fifty go without a word."""
    delete(news, 10)
    assert len(news.build().entries_out) == 10


@pytest.mark.case(38)
def test_a_few_may_go_however_many_they_are(workshop: Workshop) -> None:
    """Ten of twelve articles of a small corpus go without a word."""
    for number in range(12):
        workshop.news(f"{number}.md")
    workshop.build()
    delete(workshop, 10)
    assert workshop.build().visible == 2


@pytest.mark.case(38)
def test_a_move_of_everything_is_no_loss(news: Workshop) -> None:
    """A corpus that moves to other folders keeps its entries, so nothing is refused."""
    before = news.files()
    for path in list(news.documents):
        news.move(path, f"2026/{path}")
    report = news.build()
    assert (report.read, report.entries_in, report.entries_out) == (50, 0, {})
    assert news.files() == before


@pytest.mark.case(47)
def test_a_clock_far_back_is_refused(news: Workshop) -> None:
    """A clock that would take out most entries is a slip too."""
    refused(news, now=NOW - 300 * DAY)


@pytest.mark.case(38)
def test_an_empty_corpus_is_refused(news: Workshop) -> None:
    """A corpus without documents is one that is not mounted, unless it is forced."""
    shutil.rmtree(news.corpus)
    news.corpus.mkdir()
    (news.corpus / "notes.txt").write_text("no document")
    message = str(refused(news))
    assert (str(news.corpus) in message, "(50 entries before, 0 after)" in message) == (True, True)
    assert news.build(force=True).visible == 0


@pytest.mark.case(38)
def test_a_missing_corpus_is_refused_even_by_force(news: Workshop) -> None:
    """A corpus that is not there is never taken for an empty one."""
    shutil.rmtree(news.corpus)
    before = stamps_of(news.output)
    for force in (False, True):
        with pytest.raises(CorpusMissing, match="corpus") as caught:
            news.build(force=force)
        assert caught.value.exit_code == 3
    assert stamps_of(news.output) == before


@pytest.mark.case(38)
def test_a_first_build_of_nothing_is_refused(workshop: Workshop) -> None:
    """An empty corpus publishes nothing, not even an output directory."""
    with pytest.raises(Refused):
        workshop.build()
    assert not workshop.output.exists()


def test_a_strict_run_publishes_nothing_with_an_error(news: Workshop) -> None:
    """An error stops a strict run, whether the document's last good version could stay or not."""
    spoil(news, 1)
    error = refused(news, StrictRefused, strict=True)
    assert (error.exit_code, [finding.path for finding in error.findings]) == (1, ["00.md"])
    refused(news, StrictRefused, strict=True)
    report = news.build()
    assert (report.visible, report.states["kept"]) == (50, 1)
    refused(news, StrictRefused, strict=True)


def test_a_strict_run_lets_warnings_pass(news: Workshop) -> None:
    """A warning costs a field and stops nobody."""
    news.news("x.md", images=[{"url": "relative.jpg"}])
    report = news.build(strict=True)
    assert {finding.severity for finding in report.findings} == {"warning"}
    assert report.visible == 51
