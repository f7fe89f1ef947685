"""Documents that are read while the rest of the program is loaded."""

import subprocess
import sys
from dataclasses import replace
from itertools import islice
from multiprocessing import active_children
from pathlib import Path

import pytest
from cli_tools import ENVIRONMENT
from conftest import read_one
from test_corpus_reading import fill

from feeds.corpus.packing import pack_reading
from feeds.corpus.scanned import ReadersHere, reading_ahead, scan_corpus
from feeds.corpus.source import CorpusMissing
from feeds.corpus.sources.directory import DirectorySource
from feeds.processes import Crew


@pytest.mark.parametrize("count", [11, 1_001])
def test_what_is_read_ahead_is_what_was_scanned(tmp_path: Path, count: int) -> None:
    """Each document of the first corpus has its reading, in order, however many there are."""
    first = fill(tmp_path, count)
    second = replace(first, prefix="second/")
    with Crew(2) as crew, reading_ahead([first, second], ReadersHere(crew)) as (ahead, other):
        assert ahead.stamps == scan_corpus(first).stamps
        assert ahead.readings is not None
        readings = list(ahead.readings)
    assert other == scan_corpus(second)
    assert readings == [pack_reading(read_one(first, stamp.path)) for stamp in ahead.stamps]


def test_nobody_reads_when_nobody_wants_more(tmp_path: Path) -> None:
    """Who leaves before all is read, or any of it, leaves no process behind."""
    corpus = fill(tmp_path, 1_001)
    for wanted in (0, 3):
        with Crew(2) as crew, reading_ahead([corpus], ReadersHere(crew)) as (ahead,):
            assert len(active_children()) == 2
            assert len(list(islice(ahead.readings or (), wanted))) == wanted
        assert not active_children()


def test_a_corpus_must_be_there(tmp_path: Path) -> None:
    """Nothing is begun where a corpus is missing."""
    corpus = fill(tmp_path, 1)
    with (
        pytest.raises(CorpusMissing),
        Crew(2) as crew,
        reading_ahead(
            [corpus, replace(corpus, source=DirectorySource(tmp_path / "none"))], ReadersHere(crew)
        ),
    ):
        pass


def loaded_by(command: str) -> list[str]:
    """Give which of some vendors' packages a program has loaded at its end."""
    show = "print(*{name.partition('.')[0] for name in sys.modules})"
    run = subprocess.run(
        [sys.executable, "-c", f"import sys; {command}; {show}"],
        env=ENVIRONMENT,
        capture_output=True,
        check=True,
        text=True,
    )
    vendors = {"feedgen", "filelock", "jinja2", "lxml", "pydantic", "sqlalchemy"}
    return sorted(vendors.intersection(run.stdout.split()))


def test_documents_are_read_before_the_catalog_is_loaded() -> None:
    """What begins a build loads nothing that keeps, writes or describes."""
    assert loaded_by("import feeds.cli.build") == []


def test_what_writes_is_loaded_when_it_is_asked_for() -> None:
    """Feeds and pages need not wait for what they are written with, nor does anybody else."""
    begin = "from feeds import formats, pages"
    assert loaded_by(begin) == []
    assert loaded_by(f"{begin}; formats.load(); pages.load()") == ["feedgen", "jinja2", "lxml"]
