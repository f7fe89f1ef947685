"""The corpus that is measured with is what it says, and its builds are compared truly."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from bench.alike import differences, feeds_of
from bench.corpus import Corpus, write
from bench.editing import edit, newest, told_in
from cli_tools import ENVIRONMENT, ROOT
from conftest import Workshop

DOCUMENTS = 300
BENCH = ROOT / "tests/bench"
LIKE_FOR_LIKE = """\
site: {title: Bench, base_url: https://feeds.example.org}
archives: {all: false, topics: false, providers: false}
stories: {all: false, topics: false, providers: false}
related: {limit: 0}
"""


def test_a_corpus_is_always_the_same() -> None:
    """Of one number of documents there is one corpus, with paths and instants of their own."""
    documents = dict(Corpus(DOCUMENTS).documents())
    assert documents == dict(Corpus(DOCUMENTS).documents())
    assert len(documents) == DOCUMENTS
    dates = re.findall(r"(?m)^(?:publishedDateTime|date): (.+)$", "\n".join(documents.values()))
    assert len(set(dates)) == DOCUMENTS


def test_a_corpus_for_hugo_has_the_same_documents() -> None:
    """For Hugo, as many are drafts as are unpublished for us, under the same paths."""
    ours = dict(Corpus(DOCUMENTS).documents())
    flat = dict(Corpus(DOCUMENTS, is_for_hugo=True).documents())
    drafts = {path for path, text in flat.items() if "\ndraft: true\n" in text}
    assert ours.keys() == flat.keys()
    assert drafts == {path for path, text in ours.items() if "\npublished: false\n" in text}
    assert 0.1 < len(drafts) / DOCUMENTS < 0.2


def test_topics_and_providers_grow_with_the_square_root() -> None:
    """A hundred times as many documents have ten times as many topics and providers."""
    some, many = Corpus(10_000), Corpus(1_000_000)
    assert (len(set(some.topics)), len(set(some.providers))) == (40, 300)
    assert (len(set(many.topics)), len(set(many.providers))) == (400, 3_000)


@pytest.fixture
def built(workshop: Workshop) -> Workshop:
    """Give a workshop with a corpus that was built like the peers build it."""
    workshop.configure(LIKE_FOR_LIKE)
    write(Corpus(DOCUMENTS), workshop.corpus)
    assert workshop.build().findings == ()
    return workshop


def alike(ours: Path, theirs: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, BENCH / "alike.py", ours, theirs],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_straight_script_makes_the_same_feeds(built: Workshop, tmp_path: Path) -> None:
    """Topics and providers have the same entries in the same order; one that moves is noticed."""
    script, straight = BENCH / "straight.py", tmp_path / "straight"
    subprocess.run(
        [sys.executable, script, built.corpus, straight], env=ENVIRONMENT, timeout=60, check=True
    )
    run = alike(built.output, straight)
    assert run.returncode == 0, run.stdout
    ours = feeds_of(straight)
    stem = max(ours, key=lambda stem: len(ours[stem]))
    assert differences(ours, ours | {stem: ours[stem][::-1]}) == [stem]
    assert differences(ours, {key: links for key, links in ours.items() if key != stem}) == [stem]
    (straight / f"{stem}.atom").unlink()
    assert alike(built.output, straight).returncode == 1


def test_an_edit_shows_in_the_feed_that_is_looked_at(built: Workshop) -> None:
    """What is edited tells so in its provider's feed, each time with the last mark only."""
    document = newest(built.corpus)
    for mark in ("W00001", "W00002"):
        edit(document, mark)
        built.build()
    feed = (built.output / told_in(document)).read_text(encoding="utf-8")
    assert "EditW00002" in feed
    assert "EditW00001" not in feed
