"""Many files to readings, by the rules of a corpus, in one process or in several."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

import pytest
from conftest import read_one
from test_corpus_golden import DATA, rules

from feeds.corpus.reading import Corpus, read_all, read_source
from feeds.corpus.rooms import load_dialects
from feeds.corpus.sources.directory import DirectorySource
from feeds.errors import ConfigurationError
from feeds.model import Reading, SourceFile
from feeds.processes import Crew

GOOD = "---\ntitle: Number {0}\npublishedDateTime: 2026-03-04\nwebUrl: https://harbour.example/{0}\n---\n"
BAD = "---\ntitle: Number {0}\npublishedDateTime: 2026-13-45\nwebUrl: https://harbour.example/{0}\n---\n"


def fill(root: Path, count: int) -> Corpus:
    """Make a corpus in which every tenth document is bad."""
    for number in range(count):
        text = GOOD if number % 10 else BAD
        (root / f"{number:04}.md").write_text(text.format(number))
    return Corpus(DirectorySource(root), "", rules())


def itself(reading: Reading) -> Reading:
    """Leave a reading as it is."""
    return reading


def everything(corpus: Corpus) -> list[tuple[str, str]]:
    return [(path.name, "") for path in sorted(Path(str(corpus.source)).iterdir())]


# --- In order, in one process or in several ------------------------------------------


def test_several_processes_read_the_same(tmp_path: Path) -> None:
    """What is read, and in which order, does not depend on how many processes do it."""
    corpus = fill(tmp_path, 1_001)
    known = everything(corpus)
    alone = list(read_all(corpus, known, itself))
    with Crew(2) as crew:
        shared = list(read_all(corpus, known, itself, crew))
        few = list(read_all(corpus, known[:30], itself, crew))
    assert (shared, few) == (alone, alone[:30])
    assert [reading.path for reading in shared] == [path for path, _ in known]
    assert sum(reading.article is None for reading in shared) == 101


def test_processes_begin_before_all_files_are_known(tmp_path: Path) -> None:
    """Whoever looks for files need not have found them all until the first are read."""
    corpus = fill(tmp_path, 1_300)
    known = everything(corpus)
    beginning: list[bool] = []

    def found() -> Iterator[tuple[str, str]]:
        yield from known[:1_250]
        beginning.append(bool(active_children()))
        yield from known[1_250:]

    with Crew(2) as crew:
        readings = list(read_all(corpus, found(), itself, crew))
    assert beginning == [True]
    assert readings == list(read_all(corpus, known, itself))


ORPHANS = """
import sys
from multiprocessing import active_children
from pathlib import Path
from feeds.corpus.reading import read_all
from feeds.processes import Crew
from test_corpus_reading import everything, fill, itself

if __name__ == "__main__":
    corpus = fill(Path(sys.argv[1]), 1_001)
    readings = read_all(corpus, everything(corpus), itself, Crew(2))
    next(readings)
    print(*(child.pid for child in active_children()), flush=True)
    sys.stdin.read()
"""


@pytest.mark.case(95)
def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """No process that shares in reading outlives the one it reads for, even if that is killed."""
    script, corpus = tmp_path / "orphans.py", tmp_path / "corpus"
    script.write_text(ORPHANS)
    corpus.mkdir()
    parent = subprocess.Popen(
        [sys.executable, str(script), str(corpus)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout
        workers = [int(pid) for pid in parent.stdout.readline().split()]
        parent.kill()
    assert len(workers) == 2
    deadline = time.monotonic() + 10
    while (left := [pid for pid in workers if is_running(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []


def is_running(pid: int) -> bool:
    """Whether a process is there and not merely waiting for someone to ask how it ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def test_reading_nothing_gives_nothing(tmp_path: Path) -> None:
    """Without files there are no readings, and no process either."""
    with Crew(8) as crew:
        assert (
            list(read_all(Corpus(DirectorySource(tmp_path), "", rules()), [], itself, crew)) == []
        )
        assert not active_children()


# --- Known files ---------------------------------------------------------------------


def test_a_known_digest_is_unchanged(tmp_path: Path) -> None:
    """A file whose bytes are those known is not parsed; other bytes are read anew."""
    corpus = fill(tmp_path, 2)
    first = read_one(corpus, "0001.md")
    assert first.article
    again = read_one(corpus, "0001.md", first.digest)
    assert again == Reading("0001.md", None, (), first.digest, unchanged=True)
    (tmp_path / "0001.md").write_text(GOOD.format(7))
    changed = read_one(corpus, "0001.md", first.digest)
    assert changed.article
    assert changed.article.title == "Number 7"
    assert changed.digest != first.digest


def test_a_bad_document_has_a_digest_too(tmp_path: Path) -> None:
    """A document that is skipped is known by its bytes, so that it is not read every time."""
    corpus = fill(tmp_path, 1)
    bad = read_one(corpus, "0000.md")
    assert (bad.article, bad.unchanged) == (None, False)
    assert read_one(corpus, "0000.md", bad.digest).unchanged


def test_a_file_that_is_gone_is_a_finding(tmp_path: Path) -> None:
    """A file removed since the scan costs itself: it has a finding and no digest."""
    corpus = fill(tmp_path, 3)
    known = everything(corpus)
    (tmp_path / "0001.md").unlink()
    readings = list(read_all(corpus, known, itself))
    assert [reading.path for reading in readings] == ["0000.md", "0001.md", "0002.md"]
    assert [finding.code for finding in readings[1].findings] == ["file-unreadable"]
    assert not readings[1].digest
    assert readings[2].article


@pytest.mark.case(30)
def test_a_file_that_may_not_be_read_is_a_finding(tmp_path: Path) -> None:
    """A file without permission costs itself: it has a finding and no digest."""
    corpus = fill(tmp_path, 1)
    (tmp_path / "0000.md").chmod(0)
    if os.access(tmp_path / "0000.md", os.R_OK):
        pytest.skip("who runs this may read every file, as root does")
    (finding,) = read_one(corpus, "0000.md").findings
    assert (finding.code, finding.message) == (
        "file-unreadable",
        "Permission denied; document skipped",
    )


# --- Rules of a corpus ---------------------------------------------------------------


def posted(text: str, corpus: Corpus, path: str) -> Reading:
    return read_source(SourceFile(path, text.encode()), corpus.rules, corpus.prefix)


def test_the_name_of_a_corpus_is_no_part_of_an_address(tmp_path: Path) -> None:
    """A page's address comes from its path below its corpus, a reading's path has all of it."""
    corpus = Corpus(DirectorySource(tmp_path), "second/", rules())
    reading = posted("---\ntitle: A\ndate: 2026-03-04\n---\n", corpus, "second/posts/a.md")
    assert reading.article
    assert reading.path == reading.article.path == "second/posts/a.md"
    assert reading.article.url == "https://site.example/posts/a/"


def test_relative_addresses_are_those_of_the_corpus(tmp_path: Path) -> None:
    """With a base of its own, a corpus of any dialect may have relative addresses."""
    own = replace(rules(), base_url="https://base.example/blog/")
    text = "---\ntitle: A\npublishedDateTime: 2026-03-04\nwebUrl: a.html\nimages: /i.png\n---\n"
    reading = posted(text, Corpus(DirectorySource(tmp_path), "", own), "a.md")
    assert reading.article
    assert reading.article.url == "https://base.example/blog/a.html"
    assert reading.article.images[0].url == "https://base.example/i.png"
    assert not reading.findings


BODY = """---
title: A
date: 2026-03-04
{0}
---
<p><a href="b">b</a> <a href="/c">c</a> <a href="#d">d</a> <img src="//e.example/e.png"></p>
"""


@pytest.mark.parametrize(
    ("key", "base", "expected"),
    [
        # A page of the site itself, at its own address below the base.
        (
            "url: /posts/a/",
            None,
            ("site.example/posts/a/b", "site.example/c", "site.example/posts/a/"),
        ),
        (
            "url: posts/a/",
            "https://base.example/blog/",
            ("base.example/blog/posts/a/b", "base.example/c", "base.example/blog/posts/a/"),
        ),
        # An article elsewhere: what its document says is where the corpus has it, if that is known.
        (
            "archetype: x\nhref: https://a.example/news/a",
            None,
            ("a.example/news/b", "a.example/c", "a.example/news/a"),
        ),
        (
            "archetype: x\nhref: https://a.example/news/a",
            "https://base.example/blog/",
            ("base.example/blog/b", "base.example/c", "a.example/news/a"),
        ),
    ],
)
def test_relative_links_in_content_have_a_base(
    tmp_path: Path, key: str, base: str | None, expected: tuple[str, str, str]
) -> None:
    """Links in a page are relative to the page, in a curated text to the corpus's own base."""
    corpus = Corpus(DirectorySource(tmp_path), "", replace(rules(), base_url=base))
    reading = posted(BODY.format(key), corpus, "a.md")
    assert reading.article
    below, rooted, page = expected
    assert reading.article.content == (
        f'<p><a href="https://{below}">b</a> <a href="https://{rooted}">c</a>'
        f' <a href="https://{page}#d">d</a> <img src="https://e.example/e.png"></p>'
    )


WRONG = """---
title: Itâ€™s
excerpt: Donâ€™t
publishedDateTime: 2026-03-04
webUrl: https://harbour.example/cafÃ©
author: [JosÃ©, Ada]
provider: {name: "CafÃ©"}
topics: FranÃ§ais
rights: Â© CafÃ©
related:
  - {title: "Lampâ„¢", webUrl: "https://coast.example/1"}
  - {title: "Lightâ„¢", webUrl: "https://coast.example/2"}
images: {url: "https://cdn.example/a.png", alt: "PÃ¶p"}
---

A naïve line.
It isnâ€™t “ordinary”.
Nor is cafÃ©.
"""


@pytest.mark.case(18)
def test_mojibake_is_repaired_only_where_the_corpus_says_so(tmp_path: Path) -> None:
    """Without its rule a corpus is published as it is; with it as meant, and told in both cases."""
    as_it_is = posted(WRONG, Corpus(DirectorySource(tmp_path), "", rules()), "a.md")
    own = replace(rules(), repair_mojibake=True)
    repaired = posted(WRONG, Corpus(DirectorySource(tmp_path), "", own), "a.md")
    assert as_it_is.article
    assert repaired.article
    assert as_it_is.article.title == "Itâ€™s"
    assert as_it_is.article.related[1].title == "Lightâ„¢"
    assert "isnâ€™t “ordinary”" in as_it_is.article.content
    article = repaired.article
    assert (article.title, article.summary, article.rights) == ("It\u2019s", "Don\u2019t", "© Café")
    assert [person.name for person in article.authors] == ["José", "Ada"]
    assert (article.provider.name, article.topics) == ("Café", ("Français",))
    assert [item.title for item in article.related] == ["Lamp™", "Light™"]
    assert article.content == "<p>A naïve line.\nIt isn\u2019t “ordinary”.\nNor is café.</p>"
    assert article.url == as_it_is.article.url  # an address is what it is
    for reading, outcome in ((as_it_is, "left as it is"), (repaired, "repaired")):
        found = [finding for finding in reading.findings if finding.code == "text-mojibake"]
        assert [(finding.line, finding.column, finding.key) for finding in found] == [
            (2, 8, "title"),
            (3, 10, "excerpt"),
            (6, 10, "author[0]"),
            (7, 18, "provider.name"),
            (8, 9, "topics"),
            (9, 9, "rights"),
            (11, 13, "related[0].title"),
            (13, 49, "images.alt"),
            (17, 7, ""),
        ]
        assert all(finding.message.endswith(f"is meant; {outcome}") for finding in found)


@pytest.mark.case(7)
def test_dates_without_a_zone_are_those_of_the_configured_one(tmp_path: Path) -> None:
    """A time without a zone is local time of the corpus, daylight saving time included."""
    own = replace(rules(), time_zone="America/New_York")
    text = GOOD.replace("2026-03-04", "2026-07-04 08:00")
    reading = posted(text.format(1), Corpus(DirectorySource(tmp_path), "", own), "a.md")
    assert reading.article
    assert reading.article.published.hour == 12
    assert "America/New_York is assumed" in reading.findings[0].message


def test_the_day_of_an_address_is_the_one_that_is_written(tmp_path: Path) -> None:
    """The day in a page's address is the author's, whatever day it is in UTC."""
    corpus = Corpus(DirectorySource(tmp_path), "", rules())
    for date in ("2026-03-04 23:30:00 -0700", "2026-03-04", "Wed, 04 Mar 2026 12:00:00 GMT"):
        reading = posted(f"---\nlayout: post\ndate: {date}\n---\n", corpus, "2020-01-01-a.md")
        assert reading.article
        assert reading.article.url == "https://site.example/2026/03/04/a.html"


def test_a_corpus_of_one_dialect_needs_no_recognition(tmp_path: Path) -> None:
    """Where the dialect is settled, a document that lacks a key is told which one."""
    (news,) = (dialect for dialect in rules().dialects if dialect.name == "news")
    corpus = Corpus(DirectorySource(tmp_path), "", replace(rules(), dialects=(news,)))
    (finding,) = posted("---\ntitle: A\n---\n", corpus, "a.md").findings
    assert (finding.code, finding.key) == ("date-missing", "publishedDateTime")


# --- Dialects ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> list[str]:
    return [dialect.name for dialect in load_dialects()]


def test_dialects_are_tried_by_rank(shipped: list[str]) -> None:
    """Those that ship are tried in the order of their ranks, the most telling keys first."""
    assert shipped == ["news", "curated", "jekyll", "hugo"]


def test_no_folder_of_dialects_is_none(tmp_path: Path, shipped: list[str]) -> None:
    """A folder that is not there adds nothing."""
    assert [dialect.name for dialect in load_dialects(tmp_path / "none")] == shipped


def test_a_dialect_of_the_users_joins_in_by_its_rank(shipped: list[str]) -> None:
    """A mapping file is a dialect more, where its rank puts it."""
    names = [dialect.name for dialect in load_dialects(DATA / "dialects")]
    assert names == [shipped[0], "eleventy", *shipped[1:]]


def test_a_dialect_of_the_users_replaces_a_shipped_one(tmp_path: Path, shipped: list[str]) -> None:
    """A mapping file with the name of one that ships stands in its place."""
    (tmp_path / "news.yaml").write_text(
        "recognised_by: [webUrl]\nrank: 99\n"
        "fields: {title: headline, published: when, url: webUrl}\n"
    )
    dialects = load_dialects(tmp_path)
    assert [dialect.name for dialect in dialects] == [*shipped[1:], "news"]
    corpus = Corpus(DirectorySource(tmp_path), "", replace(rules(), dialects=dialects))
    text = "---\nheadline: Ours\nwhen: 2026-03-04\nwebUrl: https://harbour.example/\n---\n"
    reading = posted(text, corpus, "a.md")
    assert reading.article
    assert reading.article.title == "Ours"


def test_all_broken_dialects_are_told_at_once(tmp_path: Path) -> None:
    """Each mapping file that is none has a line with its place; the run ends with exit code 2."""
    (tmp_path / "one.yaml").write_text("recognised_by: [title]\nfields:\n  titel: title\n")
    (tmp_path / "three.yaml").mkdir()
    (tmp_path / "two.yaml").write_text("fields: [\n")
    with pytest.raises(ConfigurationError) as caught:
        load_dialects(tmp_path)
    assert caught.value.exit_code == 2
    one, three, two = caught.value.problems
    start = f"{tmp_path}/"
    assert one.startswith(f"{start}one.yaml:3:10: dialect-invalid: unknown key fields.titel; ")
    assert three == f"{start}three.yaml:1:1: config: cannot be read: Is a directory"
    assert two.startswith(f"{start}two.yaml:2:1: yaml-syntax: did not find expected node content")
