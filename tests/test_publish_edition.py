"""What an edition takes, writes and remembers."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import files_of, stamps_of

from feeds.model import Resource
from feeds.publish.directory import DirectoryDestination
from feeds.publish.edition import Edition, published_now
from feeds.publish.known import Known
from feeds.publish.manifest import dump_manifest, load_manifest

NOW = datetime(2026, 11, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
SECOND = timedelta(seconds=1)


def resource(path: str, body: str, media_type: str = "text/plain") -> Resource:
    """Make a resource."""
    return Resource(path, media_type, body.encode())


def publish(
    destination: DirectoryDestination,
    known: Known,
    now: datetime,
    *resources: Resource,
    kept: tuple[str, ...] = (),
) -> Edition:
    """Publish an edition of some resources."""
    with destination.publishing() as staging:
        edition = Edition(known, now, staging)
        for item in resources:
            edition.offer(item)
        edition.keep(kept)
        if edition.manifest() != destination.manifest():
            edition.stage_manifest()
            edition.publish(["index.html"])
    return edition


@pytest.fixture
def destination(tmp_path: Path) -> DirectoryDestination:
    """Give a destination with an edition: `a`, `b`, `c` and `index.html`."""
    destination = DirectoryDestination(tmp_path / "output")
    names = ("a", "b", "c", "index.html")
    publish(destination, Known(), NOW, *(resource(name, name) for name in names))
    return destination


@pytest.fixture
def known(destination: DirectoryDestination) -> Known:
    """Give what is published there."""
    return Known(load_manifest(destination.manifest() or b""))


def test_a_first_edition_is_all_new(destination: DirectoryDestination, known: Known) -> None:
    """Every resource is there with its validators, and the manifest lists them."""
    assert files_of(destination.root).keys() == {"a", "b", "c", "index.html", "manifest.json"}
    assert {item.last_modified for item in known.values()} == {NOW}
    assert known["a"].size == 1
    assert known["a"].etag == f'"{known["a"].sha256[:32]}"'


def test_only_what_has_other_bytes_is_written(
    destination: DirectoryDestination, known: Known
) -> None:
    """What is offered with the same bytes keeps its validators, what is kept too."""
    before = stamps_of(destination.root)
    same, other = resource("a", "a"), resource("b", "other")
    edition = publish(destination, known, LATER, same, other, kept=("c", "index.html", "absent"))
    assert (edition.written, edition.deleted(), edition.bytes_written) == (["b"], [], 5)
    assert edition.sizes() == {"b": (1, 5)}
    assert edition.unchanged_count() == 3
    after = stamps_of(destination.root)
    assert {path for path in after if after[path] != before[path]} == {"b", "manifest.json"}
    now = {item.path: item.last_modified for item in load_manifest(destination.manifest() or b"")}
    assert now == {"a": NOW, "b": LATER, "c": NOW, "index.html": NOW}
    assert edition.replaced() == {"b": known["b"]}
    assert edition.settle() == {item.path: item for item in load_manifest(edition.manifest())}


def test_another_media_type_is_news(destination: DirectoryDestination, known: Known) -> None:
    """The same bytes as something else are another resource."""
    html = resource("a", "a", "text/html")
    edition = publish(destination, known, LATER, html, kept=("b", "c", "index.html"))
    assert edition.written == ["a"]
    assert edition.replacements()["a"].last_modified == LATER


def test_what_is_neither_offered_nor_kept_is_deleted(
    destination: DirectoryDestination, known: Known
) -> None:
    """It is gone from the directory and from the manifest, and until then it lasts."""
    edition = publish(destination, known, LATER, kept=("a", "index.html"))
    assert edition.deleted() == ["b", "c"]
    assert edition.dropped().keys() == {"b", "c"}
    assert edition.sizes() == {"b": (1, 0), "c": (1, 0)}
    assert files_of(destination.root).keys() == {"a", "index.html", "manifest.json"}


def test_an_edition_like_the_last_is_no_news(
    destination: DirectoryDestination, known: Known
) -> None:
    """Where nothing differs not even the manifest is written."""
    before = stamps_of(destination.root)
    offered = [resource(name, name) for name in ("a", "b", "c", "index.html")]
    edition = publish(destination, known, LATER, *offered)
    assert not edition.has_changes
    assert stamps_of(destination.root) == before


def test_two_resources_may_not_claim_one_path() -> None:
    """The second of them is an error, whatever its bytes."""
    edition = Edition(Known(), NOW, None)
    edition.offer(resource("a", "a"))
    with pytest.raises(ValueError, match="two resources claim a"):
        edition.offer(resource("a", "a"))


def test_an_edition_without_staging_writes_nothing(
    destination: DirectoryDestination, known: Known
) -> None:
    """A rehearsal counts what would be written and leaves all as it is."""
    before = stamps_of(destination.root)
    edition = Edition(known, LATER, None)
    edition.offer(resource("a", "longer"))
    edition.stage_manifest()
    edition.publish([])
    assert (edition.written, edition.bytes_written) == (["a"], 6)
    assert stamps_of(destination.root) == before


def test_an_unchanged_edition_has_everything(known: Known) -> None:
    """A cycle in which nothing changed leaves all resources as they are."""
    edition = Edition.unchanged(known, LATER)
    assert (edition.written, edition.deleted(), edition.unchanged_count()) == ([], [], 4)


def test_where_all_lasts_only_what_is_reconsidered_is_deleted(known: Known) -> None:
    """What is reconsidered goes unless it is offered or kept, in whatever order; no other does."""
    edition = Edition(known, LATER, None, lasts=True)
    edition.offer(resource("a", "a"))
    edition.reconsider(["a", "b", "c", "absent"])
    edition.keep(["c"])
    assert (edition.deleted(), edition.unchanged_count()) == (["b"], 3)
    assert {item.path for item in load_manifest(edition.manifest())} == {"a", "c", "index.html"}
    assert edition.settle().keys() == {"a", "c", "index.html"}


# --- What is published now -----------------------------------------------------------


def test_what_is_remembered_and_there_is_intact(
    destination: DirectoryDestination, known: Known
) -> None:
    """Manifest and sizes as remembered are enough; no file is read."""
    assert published_now(known, destination) == (known, True)


def test_an_interrupted_edition_is_not_intact(
    destination: DirectoryDestination, known: Known
) -> None:
    """With leftovers of a publisher every file is compared by its bytes."""
    (destination.root / ".staging").mkdir()
    (destination.root / "a").write_bytes(b"x")
    found, is_intact = published_now(known, destination)
    assert (found.keys(), is_intact) == ({"b", "c", "index.html"}, False)


@pytest.mark.parametrize("manifest", [None, b"", b"{", b'{"version":9,"resources":[]}'])
def test_without_a_manifest_memory_counts(
    destination: DirectoryDestination, known: Known, manifest: bytes | None
) -> None:
    """Files that are as remembered keep their validators, whatever is in the manifest's place."""
    (destination.root / "manifest.json").unlink()
    if manifest is not None:
        (destination.root / "manifest.json").write_bytes(manifest)
    assert published_now(known, destination) == (known, False)


def test_without_memory_the_manifest_counts(
    destination: DirectoryDestination, known: Known
) -> None:
    """Files that are as the manifest says keep their validators; others are as good as gone."""
    assert published_now(Known(), destination) == (known, False)
    (destination.root / "a").unlink()
    (destination.root / "b").write_bytes(b"x")
    found, is_intact = published_now(Known(), destination)
    assert (found.keys(), is_intact) == ({"c", "index.html"}, False)


def test_memory_and_manifest_complete_each_other(
    destination: DirectoryDestination, known: Known
) -> None:
    """Each vouches for the files whose bytes are as it says."""
    other = Known(item for path, item in known.items() if path != "a")
    (destination.root / "manifest.json").write_bytes(dump_manifest([known["a"]]))
    assert published_now(other, destination) == (known, False)


@pytest.mark.case(34)
def test_bytes_that_no_record_speaks_of_are_older_than_what_replaces_them(
    destination: DirectoryDestination, known: Known
) -> None:
    """What a killed publisher left may have been sent, and so may what it has replaced."""
    (destination.root / ".staging").mkdir()
    for path, since in (("a", NOW), ("b", NOW + 9 * SECOND)):
        (destination.root / path).write_bytes(b"left")
        os.utime(destination.root / path, (since.timestamp(),) * 2)
    found, _ = published_now(known, destination)
    edition = publish(destination, found, NOW, resource("a", "new"), resource("b", "new"))
    dates = {path: item.last_modified for path, item in edition.settle().items()}
    assert (dates["a"], dates["b"]) == (NOW + SECOND, NOW + 10 * SECOND)


def test_nothing_is_published_where_there_is_nothing(tmp_path: Path) -> None:
    """A directory that is not there holds nothing, and is not intact."""
    assert published_now(Known(), DirectoryDestination(tmp_path / "none")) == ({}, False)


def test_other_bytes_are_a_second_later_at_least(
    destination: DirectoryDestination, known: Known
) -> None:
    """Who goes by time alone takes each change for one, also in one second or by a slow clock."""
    for now, expected in (
        (NOW, NOW + SECOND),
        (NOW, NOW + 2 * SECOND),
        (NOW - SECOND, NOW + 3 * SECOND),
        (LATER, LATER),
    ):
        edition = publish(destination, known, now, resource("a", f"{expected}"))
        known = edition.settle()
        assert known["a"].last_modified == expected
        assert (destination.root / "a").stat().st_mtime == expected.timestamp()
