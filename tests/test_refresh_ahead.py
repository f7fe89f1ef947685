"""Entries that other processes render are those that this one does."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from bench.corpus import Corpus, write
from cli_tools import build
from conftest import Workshop
from test_refresh_crashes import ENVIRONMENT

from feeds.catalog import open_catalog
from feeds.config.types import Configuration
from feeds.formats import feed_formats
from feeds.model import EntryKey
from feeds.processes import available, forked
from feeds.refresh.ahead import Ahead
from feeds.refresh.rendering import Renderer
from feeds.selection.entries import EntryMaker
from feeds.selection.taxonomy import Taxonomy

# So many that it pays to fork.
DOCUMENTS = 1500
# What takes long and is not rendering is left out; where a thread compresses nothing is forked.
SETTINGS = """
compressed: false
limit: 100
formats: [atom, rss]
related: {limit: 0}
stories: {all: false, topics: false, providers: false}
"""

KILLED = ENVIRONMENT | {"KILL_WORKERS": "1"}


@contextmanager
def one_processor() -> Iterator[None]:
    """Have this process, and those that it starts, use one processor."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@pytest.mark.case(94)
@pytest.mark.skipif(available() < 2, reason="needs two processors")
def test_all_processors_publish_what_one_does(tmp_path: Path) -> None:
    """However many processes render entries, and whoever ends them, all files are the same."""
    published = []
    for name in ("one", "all", "killed"):
        folder = tmp_path / name
        write(Corpus(DOCUMENTS), folder / "corpus")
        (folder / "feeds.yaml").write_text(SETTINGS, encoding="utf-8")
        with one_processor() if name == "one" else nullcontext():
            env = KILLED if name == "killed" else {}
            run = build(folder, "--config", folder, env=env)
        assert run.returncode == 0, run.stderr
        is_told = "a process that shared the work was ended by SIGVTALRM" in run.stderr
        assert is_told == (name == "killed")
        files = (file for file in (folder / "output").rglob("*") if file.is_file())
        published.append({file.relative_to(folder): file.read_bytes() for file in files})
    assert published[0] == published[1] == published[2]
    assert len(published[0]) > 500


def test_an_entry_is_rendered_ahead_once(workshop: Workshop) -> None:
    """Whichever batches it is in, it is read and rendered with the first of them."""
    for number in range(6):
        workshop.news(f"{number}.md")
    workshop.build()
    maker = EntryMaker(Taxonomy(Configuration()), {}, {}, {}, "https://x.example/")
    renderer = Renderer(feed_formats(), maker.entry, maker.brief_entry)
    keys: list[EntryKey] = [(number, None) for number in range(1, 7)]
    batches = [("first", keys[:4]), ("none", []), ("second", keys[2:])]
    with (
        open_catalog(workshop.kept) as catalog,
        Ahead(renderer, catalog.archives.told, 0) as ahead,
    ):
        seen = [(name, renderer.rendered) for name in ahead.each(batches)]
        assert seen == [("first", 4), ("none", 4), ("second", 6)]
        assert [*ahead.each(batches, for_archives=True)] == ["first", "none", "second"]
    assert renderer.rendered == 6


def test_nothing_is_forked_without_workers() -> None:
    """Who may have none is told so, and does the work alone."""
    with forked(str, 0) as submit:
        assert submit is None
