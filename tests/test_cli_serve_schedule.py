"""`feeds serve` and its schedule: real processes, real corpora, bounded waiting."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import run

import pytest
from cli_tools import BASE_URL, ENVIRONMENT, document, eventually, feeds_command, serving


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a directory with a corpus of one article and a configuration."""
    document(tmp_path / "corpus", "ebb.md")
    configure(tmp_path, "reload: {every: 3600}\n")
    return tmp_path


def configure(folder: Path, text: str) -> None:
    """Write the configuration."""
    file = folder / "config/feeds.yaml"
    file.parent.mkdir(exist_ok=True)
    places = "corpus: ../corpus\noutput: ../output\n"
    file.write_text(f"{places}site: {{base_url: {BASE_URL}}}\n{text}", encoding="utf-8")


# --- What falls due ---------------------------------------------------------------------


def test_an_article_appears_when_it_falls_due(folder: Path) -> None:
    """An article due in three seconds appears then, though the next scan is an hour away."""
    moment = (datetime.now(UTC) + timedelta(seconds=3)).replace(microsecond=0)
    document(folder / "corpus", "soon.md", publishedDateTime=moment.isoformat())
    with serving(cwd=folder) as server:
        server.until(" documents (")
        assert b"soon.md" not in server.get("/all.atom").body
        document(folder / "corpus", "ebb.md", title="Edited meanwhile")
        eventually(lambda: b"soon.md" in server.get("/all.atom").body, "what fell due")
        assert timedelta(0) <= datetime.now(UTC) - moment < timedelta(seconds=2)
        server.until(" documents (", 2)
        assert " (0 read, " in server.lines[-1]
        assert b"Edited meanwhile" not in server.get("/all.atom").body
        time.sleep(0.5)
        assert server.said.count(" documents (") == 2


def test_an_instant_that_is_given_stands_still(folder: Path) -> None:
    """With --now, nothing ever falls due, however near it is by the given clock."""
    moment = datetime(2026, 10, 9, 8, tzinfo=UTC)
    document(folder / "corpus", "soon.md", publishedDateTime=moment.isoformat())
    with serving("--now", "2026-10-09T07:59:59Z", cwd=folder) as server:
        server.until(" documents (")
        time.sleep(1)
        assert server.said.count(" documents (") == 1
        assert b"soon.md" not in server.get("/all.atom").body


# --- A command before each scan -------------------------------------------------------------


def git(folder: Path, *words: str) -> None:
    """Run git without the configuration of this machine."""
    run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@b.example", *words],
        cwd=folder,
        check=True,
        capture_output=True,
        env=ENVIRONMENT | {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"},
    )


def commit(origin: Path, name: str) -> None:
    """Commit a document to a repository."""
    document(origin, name)
    git(origin, "add", ".")
    git(origin, "commit", "--message", name)


def test_a_checkout_is_pulled_before_each_scan(tmp_path: Path) -> None:
    """What is committed elsewhere is served after a scan; a pull that fails is told once."""
    origin, checkout = tmp_path / "origin", tmp_path / "site"
    origin.mkdir()
    git(origin, "init", "--quiet")
    commit(origin, "corpus/ebb.md")
    git(tmp_path, "clone", "--quiet", "origin", "site")
    configure(checkout, "reload: {every: 1, command: git pull --ff-only, timeout: 20}\n")
    with serving(cwd=checkout) as server:
        server.until(" documents (")
        commit(origin, "corpus/flow.md")
        eventually(lambda: b"flow.md" in server.get("/all.atom").body, "what was pulled")
        assert "command-failed" not in server.said
        origin.rename(tmp_path / "away")
        told = 'WARNING feeds.yaml: command-failed: reload.command: "git" ended with status 1 ("'
        server.until(told)
        document(checkout / "corpus", "ours.md")
        eventually(lambda: b"ours.md" in server.get("/all.atom").body, "the corpus as it is")
        server.until(" documents (", server.said.count(" documents (") + 2)
        assert server.said.count("command-failed") == 1
        assert server.stop()[0] == 0


def test_a_command_that_hangs_ends_with_its_time_or_with_the_server(folder: Path) -> None:
    """It is killed when its time is over; when the server is stopped, at once."""
    configure(folder, 'reload: {every: 1, timeout: 2, command: [sh, -c, "echo $$ >> p; sleep 60"]}')
    with serving(cwd=folder) as server:
        server.until("took longer than 2 seconds and was killed; the corpus is read as it is")
        server.until(" documents (")
        assert b"ebb.md" in server.get("/all.atom").body
        pids = folder / "config/p"
        eventually(lambda: len(pids.read_text(encoding="utf-8").split()) >= 2, "the next one")
        code, seconds = server.stop()
        assert (code, seconds < 5) == (0, True)
    last = Path("/proc", pids.read_text(encoding="utf-8").split()[-1])
    eventually(lambda: not last.exists(), "the end of what hung")


def test_a_build_and_a_rehearsal_run_no_command(folder: Path) -> None:
    """Only a server that keeps its feeds current pulls; a rehearsal changes nothing."""
    configure(folder, "reload: {every: 1, command: [touch, ran]}")
    assert feeds_command("build", cwd=folder).returncode == 0
    with serving("--dry-run", cwd=folder) as server:
        server.until(" documents (")
    with serving("--no-reload", cwd=folder) as server:
        assert server.get("/all.atom").status == 200
    assert not (folder / "config/ran").exists()
