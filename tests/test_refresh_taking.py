"""Entries are taken from what is published where they are true, and from nowhere else."""

import pytest
from conftest import Workshop, is_whole

from feeds.refresh import Carried


@pytest.fixture
def news(workshop: Workshop) -> Workshop:
    """Give a publication of twelve articles, of which a process that begins has rendered none."""
    workshop.configure("formats: [atom, rss, json]\nlimit: 4\npages: 4\n")
    for number in range(12):
        workshop.news(f"{number:02}.md", publishedDateTime=f"2026-10-{number + 10}T08:00:00Z")
    workshop.build()
    workshop.carried = Carried()
    return workshop


@pytest.mark.parametrize("hurries", [False, True])
def test_of_all_pages_and_months_only_what_changed_is_rendered(
    news: Workshop, *, hurries: bool
) -> None:
    """An edit, an addition and a withdrawal each render what they change, and nothing else."""
    changes: list[tuple[str, dict[str, object], int]] = [
        ("05.md", {"title": "Other"}, 1),
        ("12.md", {"publishedDateTime": "2026-10-30T08:00:00Z"}, 1),
        ("07.md", {"published": False}, 0),
    ]
    for path, fields, rendered in changes:
        news.news(path, **{**news.documents.get(path, {}), **fields})
        news.carried = Carried()
        looks_at = frozenset([str(news.corpus / path)]) if hurries else None
        assert news.build(looks_at=looks_at).entries_rendered == rendered
        assert is_whole(news)
        # Only a publication that goes on names what was withdrawn.
        if "published" not in fields:
            assert all_but_manifest(news.files()) == all_but_manifest(news.afresh())


def all_but_manifest(files: dict[str, bytes]) -> dict[str, bytes]:
    """Give files without the one that says when each last changed."""
    return {path: body for path, body in files.items() if path != "manifest.json"}


def test_nothing_is_taken_from_bytes_that_are_not_what_was_published(news: Workshop) -> None:
    """What was changed in a published file since then gets into no other."""
    feed = news.output / "topics/energy.atom"
    harmed = feed.read_bytes().replace(b"Title_of_08", b"Title_of_XX")
    news.edit("09.md", title="Other")
    feed.write_bytes(harmed)
    report = news.build(looks_at=frozenset([str(news.corpus / "09.md")]))
    assert report.entries_rendered == 1
    assert not any(b"Title_of_XX" in body for body in news.files().values())
    assert is_whole(news)


def test_where_formats_are_not_of_one_edition_all_is_rendered(news: Workshop) -> None:
    """A feed of which one format is gone is rendered anew, and whole afterwards."""
    (news.output / "all.rss").unlink()
    news.edit("09.md", title="Other")
    assert news.build().entries_rendered == 12
    assert is_whole(news)
