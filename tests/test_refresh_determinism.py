"""The same corpus gives the same bytes, wherever, whenever and by how many it is built."""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from conftest import NOW, Workshop, files_of

from feeds.corpus.packing import pack_reading
from feeds.corpus.reading import read_all
from feeds.processes import Crew

TESTS = Path(__file__).parent

BUILD = """
import sys
from pathlib import Path
from conftest import Workshop

workshop = object.__new__(Workshop)
workshop.root, workshop.base_url, workshop.revision = Path(sys.argv[1]), None, "tests"
workshop.configure(Path(sys.argv[1], "feeds.yaml").read_text())
workshop.build()
"""
CONFIGURATION = """
topics:
  renewables: {label: Renewables, aliases: [Wind, Sun]}
  energy: {label: Energy, parent: renewables}
feeds:
  hot: {title: Hot, where: {heat: {min: 3}, language: [en, de]}}
"""


def documents(workshop: Workshop) -> None:
    """Write documents that leave much to be decided: ties, duplicates, majorities, likenesses."""
    for number in range(30):
        workshop.news(
            f"{number % 3}/{number:02}.md",
            title=f"{number} \u00fcber K\u00f6ln \U0001f4a8",
            topics=["Wind", "C++", "wind", "AI", "Sun", "C#", "C", "SUN"][number % 6 :][:3],
            provider_name=f"Name {number % 4}",
            domain=f"{number % 5}.example",
            heat=number % 7,
            language=["en", "de", "fr"][number % 3],
            webUrl=f"https://paper.example/{number % 25}",
        )
    workshop.curated("essay.md", topics=None, categoryLabel=["\u00c9nergie", "energy", "ENERGY"])


def build_elsewhere(root: Path, **environment: str) -> dict[str, bytes]:
    """Build in a process of its own, and give what it published."""
    subprocess.run(
        [sys.executable, "-W", "error", "-c", BUILD, root],
        env={**os.environ, "PYTHONPATH": str(TESTS), **environment},
        check=True,
    )
    return files_of(root / "output")


@pytest.mark.case(42)
def test_processes_agree_byte_for_byte(tmp_path: Path) -> None:
    """Another hash seed, time zone, language and order of creation make no difference."""
    published = []
    for number, (seed, zone, language) in enumerate(
        [
            ("0", "UTC", "C"),
            ("1", "Pacific/Auckland", "C.UTF-8"),
            ("random", "America/St_Johns", "C"),
        ]
    ):
        workshop = Workshop(tmp_path / f"{number}")
        documents(workshop)
        (workshop.root / "feeds.yaml").write_text(CONFIGURATION)
        scramble(workshop, number)
        environment = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language}
        published.append(build_elsewhere(workshop.root, **environment))
    assert len(published[0]) > 30
    assert published[0] == published[1] == published[2]


def scramble(workshop: Workshop, seed: int) -> None:
    """Make a corpus's files anew, in an order and at times of no meaning."""
    texts = {path: (workshop.corpus / path).read_text() for path in workshop.documents}
    for path in texts:
        (workshop.corpus / path).unlink()
    for path in sorted(texts, key=lambda path: sha256(f"{seed} {path}".encode()).digest()):
        workshop.write(path, texts[path])


@pytest.mark.case(42)
@pytest.mark.parametrize("size", [1, 7])
def test_the_order_of_arrival_makes_no_difference(tmp_path: Path, size: int) -> None:
    """A corpus that grows bit by bit, in path order, ends with the bytes of one build."""
    at_once = Workshop(tmp_path / "at-once")
    documents(at_once)
    at_once.configure(CONFIGURATION)
    at_once.build()
    grown = Workshop(tmp_path / "grown")
    grown.configure(CONFIGURATION)
    paths = sorted(at_once.documents)
    for start in range(0, len(paths), size):
        for path in paths[start : start + size]:
            grown.write(path, (at_once.corpus / path).read_text())
        grown.build()
    # The manifest says when bytes appeared.
    made, expected = (
        {path: body for path, body in each.files().items() if path != "manifest.json"}
        for each in (grown, at_once)
    )
    assert made.keys() == expected.keys()
    for path, body in expected.items():
        assert made[path] == body, path


@pytest.mark.case(42)
def test_several_processes_read_what_one_reads(workshop: Workshop) -> None:
    """A pool gives the same readings as a single process, in the same order."""
    for number in range(1_001):
        text = "" if number % 100 == 5 else f"Body {number}"
        date = f"2026-01-01T00:{number % 60:02}:00Z"
        head = f"webUrl: https://a.example/{number}\npublishedDateTime: {date}\ntopics: [A, B]"
        workshop.write(
            f"{number}.md", f"---\ntitle: T{number}\n{head}\n---\n{text}" if text else ""
        )
    known = [(f"{number}.md", "") for number in range(1_001)]
    [corpus] = workshop.plan(NOW).corpora
    alone = list(read_all(corpus, known, pack_reading))
    with Crew(2) as crew:
        assert list(read_all(corpus, known, pack_reading, crew)) == alone
    assert sum(reading.article is None for reading in alone) == 10
