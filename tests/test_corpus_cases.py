"""What would end a process, or cost one document's neighbours, tried in processes of their own."""

import subprocess
import sys
from pathlib import Path

import feedparser
import pytest
from casebook import trying
from cli_tools import ENVIRONMENT, ROOT, build, closing_line, contents, document
from lxml import etree
from test_corpus_bad import DEFECTS, HUNDRED, ROWS, bomb, yaml

BAD = ROOT / "tests" / "data" / "bad"

# Reads a document three times, and says what was found and how many milliseconds that took.
READER = """
import sys, time
from test_corpus_bad import lines_of
data = sys.stdin.buffer.read()
lines_of("warm.md", b"")
taken = []
for _ in range(3):
    begin = time.process_time()
    [line] = lines_of("x.md", data)
    taken.append(time.process_time() - begin)
print(line.split(": ")[1], int(1_000 * min(taken)))
"""


@pytest.mark.parametrize(
    ("data", "code"),
    [
        *trying(
            pytest.mark.case(1),
            (yaml("a: " + "[" * 30_000), "yaml-depth"),
            (yaml("a: " + "[" * 60_000), "yaml-depth"),
            (yaml("a:\n" + "".join(" " * n + "- \n" for n in range(300))), "yaml-depth"),
            (yaml("{a: " * 15_000), "yaml-depth"),
            (yaml("? " * 30_000), "yaml-key-not-text"),
        ),
        *trying(
            pytest.mark.case(2),
            (bomb("a{number}: &a{number}\n  <<: [{names}]\n" + HUNDRED), "yaml-alias"),
            (bomb("a{number}: &a{number}\n  <<: [{names}]\n"), "yaml-alias"),
        ),
        *trying(
            pytest.mark.case(3),
            (bomb("a{number}: &a{number} [{names}]\n"), "yaml-alias"),
            (yaml("a: &a [*a]"), "yaml-alias"),
        ),
    ],
)
def test_what_kills_other_readers_is_refused_in_a_moment(data: bytes, code: str) -> None:
    """The process lives, and has found what is wrong in less than 50 ms."""
    run = subprocess.run(
        [sys.executable, "-c", READER],
        cwd=ROOT / "tests",
        env=ENVIRONMENT,
        input=data,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found, taken = run.stdout.decode().split()
    assert found == code
    assert int(taken) < 50


@pytest.mark.case(1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 13, 14, 15, 17, 19, 20, 22, 23, 24, 25, 26)
def test_what_is_wrong_with_some_documents_costs_no_other(tmp_path: Path) -> None:
    """Of a corpus with every defect there is, all that is good is published, and well-formed."""
    corpus = tmp_path / "corpus"
    for name in ("ebb.md", "flow.md"):
        document(corpus, name, topics="[Tides, '<b>&amp; \"x\"']")
    for name in DEFECTS:
        (corpus / f"{name}.md").write_bytes((BAD / f"{name}.md").read_bytes())
    for number, row in enumerate(ROWS):
        (corpus / f"row-{number}.md").write_bytes(row.data)
    run = build(tmp_path)
    assert run.returncode == 0, run.stderr
    assert f"{2 + len(DEFECTS) + len(ROWS)} documents (" in closing_line(run)
    told = {place_and_code(line) for line in run.stderr.splitlines()}
    for name in DEFECTS:
        lines = (BAD / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        skipped = [line for line in lines if line.endswith("; document skipped")]
        assert told >= {*map(place_and_code, skipped)}
    files = contents(tmp_path / "output")
    for ebb in ("all.atom", "topics/tides.atom", "providers/paper.example.rss"):
        assert b"The story ebb" in files[ebb]
    feeds = [path for path in files if path.endswith((".atom", ".rss"))]
    for path in feeds:
        etree.fromstring(files[path])
        assert not feedparser.parse(files[path]).bozo, path
    assert len(feeds) > 20


def place_and_code(line: str) -> str:
    """Give what a line says before its message."""
    return ": ".join(line.split(": ")[:2])
