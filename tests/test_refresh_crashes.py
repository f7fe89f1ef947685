"""What a document that does harm to the process which reads it costs: itself, and nothing else."""

import os
import signal
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
from cli_tools import (
    ROOT,
    build,
    closing_line,
    contents,
    document,
    eventually,
    feeds_command,
    serving,
)
from conftest import Workshop
from test_cli_serve_workers import refresher
from test_corpus_bad import CRASHED
from test_corpus_reading import is_running

DEADLY = Path(__file__).parent / "data" / "deadly"
ENVIRONMENT = {"PYTHONPATH": f"{DEADLY}{os.pathsep}{ROOT}"}

# What the harm is, and how it is told.
HARM = {
    "segmentation fault": "the process that read it was ended by SIGSEGV",
    "out of memory": "the process that read it was ended by SIGKILL",
    "exit": "the process that read it ended with status 0",
    "hang": "the process that read it took longer than it may",
    "exception": "raised KeyError at sitecustomize.py:",
}
IMPATIENT = "limits: {seconds: 1}\n"


def poison(folder: Path, name: str, harm: str) -> Path:
    """Write a document that does harm, as long as its text says so."""
    file = folder / name
    head = f"title: Of {name}\ndate: 2026-05-01\narchetype: x\nhref: https://deadly.example/{name}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"---\n{head}\n---\n<p>{harm}</p>\n", encoding="utf-8")
    return file


def publication(folder: Path) -> Mapping[str, bytes]:
    """Give the feeds that are published."""
    files = contents(folder / "output")
    return {path: body for path, body in files.items() if path.endswith(".atom")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a directory with a corpus of some articles that do no harm."""
    for name in ("ebb.md", "flow.md", "neap.md"):
        document(tmp_path / "corpus", name)
    (tmp_path / "feeds.yaml").write_text(IMPATIENT, encoding="utf-8")
    return tmp_path


@pytest.mark.case(90)
@pytest.mark.parametrize("harm", HARM)
def test_a_document_that_does_harm_costs_itself(folder: Path, harm: str) -> None:
    """All others are published, the build says which it was and ends well, and so does a check."""
    poison(folder / "corpus", "foul.md", harm)
    run = build(folder, "--config", folder, env=ENVIRONMENT)
    assert run.returncode == 0, run.stderr
    told = f"foul.md: document-crash: {HARM[harm]}"
    assert run.stderr.startswith(told)
    assert "; document skipped" in run.stderr
    assert "1 skipped (1 document-crash); 3 articles" in closing_line(run)
    files = ("--config", folder, folder / "corpus" / "foul.md", folder / "corpus" / "ebb.md")
    if harm == "segmentation fault":
        assert CRASHED.replace("x.md", "foul.md") in run.stderr.splitlines()
    check = feeds_command("check", *files, cwd=folder, env=ENVIRONMENT)
    assert check.returncode == 1
    assert check.stdout.startswith(told)
    assert closing_line(check) == "1 finding"


@pytest.mark.case(91)
def test_of_many_documents_each_that_does_harm_costs_itself(tmp_path: Path) -> None:
    """Where several processes read, what they had read and had still to read is not lost."""
    corpus = tmp_path / "corpus"
    (tmp_path / "feeds.yaml").write_text(IMPATIENT, encoding="utf-8")
    for number in range(1_200):
        document(corpus, f"{number:04}.md", topics="")
    deadly = {
        f"{number:04}.md": harm for number, harm in zip((0, 7, 8, 650, 1_199), HARM, strict=True)
    }
    for name, harm in deadly.items():
        poison(corpus, name, harm)
    options = ("--config", tmp_path, "--timings")
    run = build(tmp_path, *options, env=ENVIRONMENT)
    assert run.returncode == 0, run.stderr
    told = [line for line in run.stderr.splitlines() if ": document-crash: " in line]
    assert [line.partition(":")[0] for line in told] == sorted(deadly)
    for line, harm in zip(told, deadly.values(), strict=True):
        assert HARM[harm] in line
    assert "1195 articles" in closing_line(run)


@pytest.mark.case(92)
def test_the_last_good_state_of_it_stays(folder: Path) -> None:
    """An article whose document comes to do harm stays as it was until it is whole again."""
    deadly = poison(folder / "corpus", "foul.md", "harmless")
    options = ("--config", folder)
    assert build(folder, *options, env=ENVIRONMENT).returncode == 0
    before = publication(folder)
    assert b"harmless" in before["all.atom"]
    poison(folder / "corpus", "foul.md", "segmentation fault")
    run = build(folder, *options, env=ENVIRONMENT)
    assert (run.returncode, publication(folder)) == (0, before)
    assert "1 kept at the last good version (1 document-crash); 4 articles" in closing_line(run)
    deadly.unlink()
    assert build(folder, *options, "--force", env=ENVIRONMENT).returncode == 0
    assert b"harmless" not in publication(folder)["all.atom"]


@pytest.mark.case(92)
def test_it_is_tried_three_times(folder: Path) -> None:
    """A document that does harm again and again is left alone, and told, until it changes."""
    poison(folder / "corpus", "foul.md", "segmentation fault")
    gone = poison(folder / "corpus", "gone.md", "exit")
    for tried in (5, 2, 2, 0):
        run = build(folder, "--config", folder, env=ENVIRONMENT)
        assert run.stderr.startswith("foul.md: document-crash: ")
        assert f"({tried} read, " in closing_line(run)
        assert "2 skipped (2 document-crash); 3 articles" in closing_line(run)
    gone.unlink()
    poison(folder / "corpus", "foul.md", "out of memory")
    run = build(folder, "--config", folder, env=ENVIRONMENT)
    assert run.stderr.startswith(f"foul.md: document-crash: {HARM['out of memory']}")
    assert "(1 read, 0 held back); 1 skipped" in closing_line(run)
    poison(folder / "corpus", "foul.md", "mended")
    run = build(folder, "--config", folder, env=ENVIRONMENT)
    assert "(1 read, 0 held back); 0 skipped; 4 articles" in closing_line(run)


@pytest.mark.case(92)
def test_what_is_kept_of_it_may_be_damaged(workshop: Workshop) -> None:
    """A catalog in which that cannot be read is made anew."""
    workshop.news("ebb.md")
    workshop.build()
    with closing(sqlite3.connect(workshop.catalog)) as connection, connection:
        connection.execute("INSERT INTO settings VALUES ('crashes', '[[')")
    assert workshop.build().visible == 1
    assert (workshop.state / "catalog.unusable.sqlite").exists()


@pytest.mark.case(93)
def test_an_edit_that_does_harm_leaves_a_server_as_it_is(folder: Path) -> None:
    """Who refreshes goes on, tells of it, and publishes the edits that come after."""
    pytest.importorskip("watchfiles")
    text = f"{IMPATIENT}reload: {{every: 3600, watch: true}}\n"
    (folder / "feeds.yaml").write_text(text, encoding="utf-8")
    corpus = folder / "corpus"
    places = ("--config", folder, "--corpus", corpus, "--output", folder / "output")
    with serving(*places, cwd=folder, env=ENVIRONMENT) as server:
        server.until(" documents (")
        upkeep = refresher(server)
        for number, (harm, told) in enumerate(HARM.items()):
            poison(corpus, f"{number}.md", harm)
            server.until(f"{number}.md: document-crash: {told}")
            document(corpus, "ebb.md", title=f"Edited after {number}")
            what = f"Edited after {number}".encode()
            eventually(lambda what=what: what in server.get("/all.atom").body, "the edit")
        assert refresher(server) == upkeep
        assert "Traceback" not in server.said
        assert server.stop()[0] == 0


@pytest.mark.case(95, 97)
def test_a_reader_that_is_killed_is_followed_by_another(folder: Path) -> None:
    """Who ends a process that waits for edits costs nobody anything, and no document is blamed.

    It ends with the one that it waits for, however that ends.
    """
    pytest.importorskip("watchfiles")
    (folder / "feeds.yaml").write_text("reload: {every: 3600, watch: true}\n", encoding="utf-8")
    corpus = folder / "corpus"
    places = ("--config", folder, "--corpus", corpus, "--output", folder / "output")
    with serving(*places, cwd=folder) as server:
        server.until(" documents (")
        for number in range(3):
            [reader] = readers(refresher(server))
            os.kill(reader, signal.SIGKILL)
            document(corpus, "ebb.md", title=f"Edited after {number}")
            what = f"Edited after {number}".encode()
            eventually(lambda what=what: what in server.get("/all.atom").body, "the edit")
        assert "document-crash" not in server.said
        [reader] = readers(upkeep := refresher(server))
        os.kill(upkeep, signal.SIGKILL)
        eventually(lambda: not is_running(reader), "the end of who reads")
        server.until("another takes its place")
        server.until(" documents (", server.said.count(" documents (") + 1)
        [reader] = readers(refresher(server))
        assert server.stop()[0] == 0
        eventually(lambda: not is_running(reader), "the end of who reads")


def readers(refresher: int) -> set[int]:
    """Give the processes that read for one; what Python begins to look after these is none."""
    return {
        process
        for thread in Path(f"/proc/{refresher}/task").iterdir()
        for process in map(int, (thread / "children").read_text().split())
        if "resource_tracker" not in Path(f"/proc/{process}/cmdline").read_text()
    }
