"""Which past states of feeds the catalog knows, so that readers can be sent what is new alone."""

import sqlite3
import time

import pytest
from conftest import Workshop

from feeds.catalog import histories_in, open_catalog
from feeds.formats import feed_formats
from feeds.model import History
from feeds.publish.history import fresh_entries
from feeds.publish.manifest import load_manifest

PATHS = [f"all{form.suffix}" for form in feed_formats()]


def etag(workshop: Workshop, path: str) -> str:
    """Give the entity tag of what is published."""
    published = load_manifest((workshop.output / "manifest.json").read_bytes())
    return next(item.etag for item in published if item.path == path)


def history(workshop: Workshop, path: str) -> History | None:
    """Give the history of a feed as a server reads it."""
    return histories_in(workshop.kept, [path]).get(path)


@pytest.fixture
def begun(workshop: Workshop) -> Workshop:
    """Give a workshop with two articles that are published."""
    workshop.news("wind.md", publishedDateTime="2026-10-01T00:00:00Z")
    workshop.news("tide.md", publishedDateTime="2026-10-02T00:00:00Z")
    workshop.build()
    return workshop


@pytest.mark.parametrize("path", PATHS)
def test_a_first_build_has_no_past(begun: Workshop, path: str) -> None:
    """Of what was never anything else nothing is known."""
    assert history(begun, path) is None


@pytest.mark.parametrize("path", PATHS)
def test_what_is_new_is_known_since_each_past_state(begun: Workshop, path: str) -> None:
    """After two changes, the first state lacks both, the second one the last."""
    first = etag(begun, path)
    begun.news("moon.md", publishedDateTime="2026-10-03T00:00:00Z")
    begun.build()
    second = etag(begun, path)
    begun.edit("wind.md", title="Winds turn")
    begun.build()
    assert history(begun, path) == History(etag(begun, path), {first: 0b101, second: 0b100})


@pytest.mark.parametrize("path", PATHS)
def test_what_is_new_is_the_entries_that_changed(begun: Workshop, path: str) -> None:
    """The bits are those of the entries as the document has them."""
    before = etag(begun, path)
    begun.edit("wind.md", title="Winds turn")
    begun.build()
    known = history(begun, path)
    assert known is not None
    (form,) = (form for form in feed_formats() if path.endswith(form.suffix))
    document = form.divide((begun.output / path).read_bytes())
    (fresh,) = fresh_entries(document.entries, known.since[before])
    assert b"Winds turn" in fresh


def test_a_refresh_with_nothing_new_leaves_the_past_as_it_was(begun: Workshop) -> None:
    """States are counted by changes, not by refreshes."""
    begun.news("moon.md")
    begun.build()
    before = history(begun, "all.atom")
    begun.build()
    assert before is not None
    assert history(begun, "all.atom") == before


def test_a_rehearsal_leaves_the_past_as_it_was(begun: Workshop) -> None:
    """What is not published is nobody's past."""
    begun.news("moon.md")
    begun.build(rehearsal=True)
    assert history(begun, "all.atom") is None


def test_where_another_file_lies_nothing_is_said_of_it(begun: Workshop) -> None:
    """A state that is not what the catalog says is not compared with."""
    (begun.output / "all.atom").write_bytes(b"<feed/>")
    begun.news("moon.md")
    begun.build()
    assert history(begun, "all.atom") is None
    assert history(begun, "all.json") is not None


def test_a_feed_that_is_gone_has_no_history(begun: Workshop) -> None:
    """What is published no longer leaves nothing behind."""
    begun.news("moon.md")
    begun.build()
    assert history(begun, "topics/energy.atom") is not None
    begun.configure("moved: {topics/energy: https://other.example/energy}")
    begun.build()
    assert history(begun, "topics/energy.atom") is None
    assert history(begun, "all.atom") is not None


def test_a_catalog_that_cannot_be_read_has_none(begun: Workshop) -> None:
    """Whoever serves neither mends nor makes a catalog, and does without."""
    begun.news("moon.md")
    begun.build()
    begun.catalog.write_bytes(b"noise" * 1_000)
    assert histories_in(begun.kept, ["all.atom"]) == {}
    assert begun.catalog.read_bytes() == b"noise" * 1_000
    begun.catalog.unlink()
    assert histories_in(begun.kept, ["all.atom"]) == {}
    assert not begun.catalog.exists()


def test_a_row_that_is_none_counts_for_nothing(begun: Workshop) -> None:
    """A damaged history is no reason not to serve."""
    begun.news("moon.md")
    begun.build()
    with open_catalog(begun.kept) as catalog:
        catalog.histories.keep({"all.atom": History('"x"', {'"y"': "noise"})})  # type: ignore[dict-item]
    assert histories_in(begun.kept, ["all.atom"]) == {}


def test_a_catalog_that_somebody_has_for_himself_is_not_waited_for(begun: Workshop) -> None:
    """While a large cycle writes, feeds are sent whole, and nobody waits for its end."""
    begun.news("moon.md")
    begun.build()
    assert histories_in(begun.kept, ["all.atom"])
    writing = sqlite3.connect(begun.catalog, isolation_level=None)
    writing.execute("BEGIN EXCLUSIVE")
    started = time.monotonic()
    assert histories_in(begun.kept, ["all.atom"]) == {}
    assert time.monotonic() - started < 1
    writing.close()
    assert histories_in(begun.kept, ["all.atom"])
