"""`feeds serve --workers N`: several processes at one port, and one that refreshes."""

import os
import signal
import time
from pathlib import Path

import pytest
from cli_tools import BASE_URL, Serving, document, eventually, serving

PLACES = ("--corpus", "corpus", "--output", "output", "--base-url", BASE_URL)
WORKERS = ("--workers", "3")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a directory with a corpus of one article."""
    document(tmp_path / "corpus", "ebb.md")
    return tmp_path


def children(process: int) -> set[int]:
    """Give the processes that another has started and that have not ended."""
    tasks = Path(f"/proc/{process}/task/{process}/children")
    return {int(text) for text in tasks.read_text(encoding="utf-8").split()}


def refresher(server: Serving) -> int:
    """Give the process that refreshes, which leaves the processor to the others."""
    known = children(server.process.pid)
    [found] = [process for process in known if os.getpriority(os.PRIO_PROCESS, process) > 0]
    return found


def everywhere(server: Serving, what: bytes, times: int = 30) -> bool:
    """Whether so many connections, each answered by whoever takes it, all see something."""
    return all(what in server.get("/all.atom").body for _ in range(times))


def test_one_refreshes_and_all_serve_what_is_new(folder: Path) -> None:
    """Of three workers one says what it did; within a second all answer with what is new."""
    with serving(*PLACES, *WORKERS, "--every", "0.5", cwd=folder) as server:
        server.until(" documents (")
        assert len(children(server.process.pid)) == 4
        document(folder / "corpus", "flow.md")
        eventually(lambda: b"flow.md" in server.get("/all.atom").body, "the new article")
        time.sleep(1)
        assert everywhere(server, b"flow.md")
        begun, said = time.monotonic(), server.said.count(" documents (")
        server.until(" documents (", said + 4)
        assert time.monotonic() - begun > 1, "more than one refreshes"
        assert server.said.count("serving at") == 1
        assert "another publisher" not in server.said
        workers = children(server.process.pid)
        code, seconds = server.stop()
        assert (code, seconds < 10) == (0, True)
        assert not [worker for worker in workers if Path(f"/proc/{worker}").exists()]
        assert "Traceback" not in server.said


@pytest.mark.case(48)
def test_another_goes_on_where_the_refresher_dies(folder: Path) -> None:
    """When the one that refreshes is killed, another does; so it is with those that answer."""
    with serving(*PLACES, *WORKERS, "--every", "0.5", cwd=folder) as server:
        server.until(" documents (")
        first = refresher(server)
        os.kill(first, signal.SIGKILL)
        document(folder / "corpus", "flow.md")
        eventually(lambda: everywhere(server, b"flow.md", 5), "what the next one publishes")
        server.until(f"ERROR refresher {first} ended with -9; another takes its place")
        assert refresher(server) != first
        worker = min(children(server.process.pid) - {refresher(server)})
        os.kill(worker, signal.SIGKILL)
        server.until(f"ERROR worker {worker} ended with -9; another takes its place")
        eventually(lambda: len(children(server.process.pid)) == 4, "the third worker")
        assert everywhere(server, b"flow.md", 10)
        assert server.stop(signal.SIGINT)[0] == 0


@pytest.mark.case(48)
def test_a_refresh_that_hangs_is_ended_and_another_begins(folder: Path) -> None:
    """What is published is served while a refresh hangs, and after its limit another publishes."""
    (folder / "config").mkdir()
    places = "corpus: ../corpus\noutput: ../output\n"
    (folder / "config/feeds.yaml").write_text(
        f"{places}site: {{base_url: {BASE_URL}}}\nreload: {{every: 1, limit: 8}}\n",
        encoding="utf-8",
    )
    with serving(cwd=folder) as server:
        server.until(" documents (")
        hung, strange = refresher(server), folder / "output/topics/tides.rss"
        strange.unlink()
        # Whoever reads this waits until somebody writes it.
        os.mkfifo(strange)
        document(folder / "corpus", "flow.md")
        server.until(f"refresher {hung} took longer than it may and was ended; another takes its")
        assert b"ebb.md" in server.get("/all.atom").body
        assert b"flow.md" not in server.get("/all.atom").body
        strange.unlink()
        eventually(lambda: b"flow.md" in server.get("/all.atom").body, "the new article")
        assert server.stop()[0] == 0


@pytest.mark.case(45)
def test_all_reread_the_configuration(folder: Path) -> None:
    """SIGHUP to the first process has every worker answer by what is configured now.

    So does one that takes the place of another later.
    """
    (folder / "config").mkdir()
    file = folder / "config/feeds.yaml"
    text = f"corpus: ../corpus\noutput: ../output\nsite: {{base_url: {BASE_URL}}}\n"
    file.write_text(text, encoding="utf-8")
    with serving(*WORKERS, cwd=folder) as server:
        server.until(" documents (")
        file.write_text(text + "server: {max_age: 77}\n", encoding="utf-8")
        server.process.send_signal(signal.SIGHUP)
        server.until("INFO the configuration was read again")
        worker = min(children(server.process.pid) - {refresher(server)})
        os.kill(worker, signal.SIGKILL)
        server.until(f"ERROR worker {worker} ended with -9; another takes its place")
        eventually(lambda: len(children(server.process.pid)) == 4, "the third worker")
        time.sleep(1)
        for _ in range(30):
            assert "max-age=77," in server.get("/all.atom").headers["cache-control"]
        assert server.stop()[0] == 0


@pytest.mark.parametrize(("options", "number"), [(["--no-reload"], 3), ([], 4)])
def test_workers_end_with_the_first_process(folder: Path, options: list[str], number: int) -> None:
    """Workers whose first process was killed hold its port no longer than a moment."""
    with serving(*PLACES, *WORKERS, *options, cwd=folder) as server:
        eventually(lambda: len(children(server.process.pid)) == number, "all workers")
        eventually(lambda: server.get("/all.atom").status == 200, "the publication")
        workers = children(server.process.pid)
        server.process.kill()
        server.process.wait(10)
        eventually(
            lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers), "their end", 10
        )
