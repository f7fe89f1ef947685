"""`feeds serve` and its schedule: real processes, real corpora, bounded waiting."""

import os
import signal
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
    """An article due in six seconds appears then, though the next scan is an hour away."""
    moment = (datetime.now(UTC) + timedelta(seconds=6)).replace(microsecond=0)
    document(folder / "corpus", "soon.md", publishedDateTime=moment.isoformat())
    with serving(cwd=folder) as server:
        server.until(" documents (")
        assert b"soon.md" not in server.get("/all.atom").body
        document(folder / "corpus", "ebb.md", title="Edited meanwhile")
        eventually(lambda: b"soon.md" in server.get("/all.atom").body, "what fell due")
        assert timedelta(0) <= datetime.now(UTC) - moment < timedelta(seconds=3)
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


@pytest.mark.case(48)
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


# --- Watching ---------------------------------------------------------------------------


def test_what_is_changed_is_read_at_once(folder: Path) -> None:
    """With an hour's interval, an edit is served in seconds; what scans pass over wakes nobody."""
    pytest.importorskip("watchfiles")
    configure(folder, "reload: {every: 3600, watch: true}\nstate: ../corpus/state\n")
    with serving(cwd=folder) as server:
        server.until(" documents (")
        # Whether eyes are open cannot be seen; the second edit finds them so.
        time.sleep(0.5)
        for number, name in enumerate(("flow.md", "deep/er/tide.md"), start=2):
            document(folder / "corpus", name)
            eventually(
                lambda name=name: name.encode() in server.get("/all.atom").body, "the edit", 8
            )
            server.until(" documents (", number)
        time.sleep(0.5)
        count = server.said.count(" documents (")
        document(folder / "corpus", ".git/objects.md")
        document(folder / "corpus", ".flow.md.swp")
        time.sleep(1.5)
        assert server.said.count(" documents (") == count
        assert server.stop()[0] == 0


@pytest.mark.case(39)
def test_what_is_half_written_is_looked_at_again(folder: Path) -> None:
    """With an hour's interval, an unclosed file is looked at again until it is whole or old."""
    pytest.importorskip("watchfiles")
    configure(folder, "reload: {every: 3600, watch: true}\n")
    with serving(cwd=folder) as server:
        server.until(" documents (")
        time.sleep(0.5)
        file = folder / "corpus/flow.md"
        file.write_text("---\ntitle: Half", encoding="utf-8")
        # A time that is young for long, however busy the machine is.
        os.utime(file, (time.time() + 40,) * 2)
        server.until("; 1 being written; ", 2)
        assert "flow.md" not in server.said
        os.utime(file, (time.time() - 40,) * 2)
        server.until("flow.md:1:1: front-matter-unclosed: ")
        document(folder / "corpus", "flow.md")
        eventually(lambda: b"flow.md" in server.get("/all.atom").body, "what is whole")


def test_many_changes_are_one_refresh(folder: Path) -> None:
    """A checkout that writes many files one after the other is read once or twice."""
    pytest.importorskip("watchfiles")
    configure(folder, "reload: {every: 3600, watch: true}\n")
    with serving(cwd=folder) as server:
        server.until(" documents (")
        time.sleep(0.5)
        for number in range(40):
            document(folder / "corpus", f"{number}.md")
            time.sleep(0.01)
        eventually(lambda: b"39.md" in server.get("/all.atom").body, "the last")
        time.sleep(1)
        assert server.said.count(" documents (") <= 3


def test_another_directory_in_the_place_is_watched(folder: Path) -> None:
    """A corpus that is replaced as a whole, as by a deployment, is read and watched again."""
    pytest.importorskip("watchfiles")
    configure(folder, "reload: {every: 3600, watch: true}\n")
    document(folder / "next", "flow.md")
    document(folder / "next", "ebb.md")
    with serving(cwd=folder) as server:
        server.until(" documents (")
        time.sleep(0.5)
        (folder / "corpus").rename(folder / "last")
        (folder / "next").rename(folder / "corpus")
        eventually(lambda: b"flow.md" in server.get("/all.atom").body, "the other directory")
        time.sleep(6)
        document(folder / "corpus", "later.md")
        eventually(lambda: b"later.md" in server.get("/all.atom").body, "the edit", 8)


def test_what_is_not_installed_is_named(folder: Path) -> None:
    """Who wants the corpus watched without watchfiles is told what to install."""
    configure(folder, "reload: {watch: true}\n")
    shadow = folder / "shadow/watchfiles.py"
    shadow.parent.mkdir()
    shadow.write_text("raise ModuleNotFoundError('no watchfiles')\n", encoding="utf-8")
    path = {"PYTHONPATH": f"{shadow.parent}:{ENVIRONMENT['PYTHONPATH']}"}
    ended = feeds_command("serve", "--port", 0, cwd=folder, env=path)
    assert ended.returncode == 2
    assert ended.stderr == "config: reload.watch: needs watchfiles: pip install 'feeds[watch]'\n"
    assert feeds_command("build", cwd=folder, env=path).returncode == 0


# --- SIGHUP ---------------------------------------------------------------------------------


@pytest.mark.case(45)
def test_a_new_configuration_is_followed(folder: Path) -> None:
    """SIGHUP has the title, the freshness, the rhythm and the corpus go by what is written now."""
    document(folder / "other", "flow.md")
    with serving(cwd=folder) as server:
        server.until(" documents (")
        assert "max-age=300," in server.get("/all.atom").headers["cache-control"]
        text = "reload: {every: 1}\nserver: {max_age: 77, port: 1}\nlimit: 20\n"
        configure(folder, text)
        replaced = (folder / "config/feeds.yaml").read_text(encoding="utf-8")
        replaced = replaced.replace("../corpus", "../other")
        (folder / "config/feeds.yaml").write_text(replaced, encoding="utf-8")
        server.process.send_signal(signal.SIGHUP)
        server.until("INFO the configuration was read again")
        server.until("WARNING server.host, port, status and metrics take effect when the server")
        eventually(
            lambda: "max-age=77," in server.get("/all.atom").headers["cache-control"], "freshness"
        )
        eventually(lambda: b"flow.md" in server.get("/all.atom").body, "the other corpus")
        server.until(" documents (", 4)
        assert server.stop()[0] == 0


@pytest.mark.case(45)
def test_a_broken_configuration_is_told_and_not_followed(folder: Path) -> None:
    """SIGHUP with a configuration that is wrong names its problems as at the start; all goes on."""
    with serving(cwd=folder) as server:
        server.until(" documents (")
        for text, problem in (
            ("reload: {evry: 1}\n", "feeds.yaml:4:10: config: reload.evry: unknown key"),
            ("[", "feeds.yaml:4:"),
            ("state: ../output/state", "feeds.yaml:4:8: config: state: is inside the output"),
        ):
            configure(folder, text)
            count = server.said.count(" documents (")
            server.process.send_signal(signal.SIGHUP)
            server.until(f" WARNING config/{problem}")
            server.until("ERROR the configuration is wrong, the one before stands")
            server.until(" documents (", count + 1)
        document(folder / "corpus", "flow.md")
        configure(folder, "reload: {every: 3600}\n")
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: b"flow.md" in server.get("/all.atom").body, "what was mended")
        assert server.stop()[0] == 0


@pytest.mark.case(45)
def test_a_hail_of_signals_is_survived(folder: Path) -> None:
    """Whatever is going on, SIGHUP ends nothing."""
    with serving(cwd=folder) as server:
        assert server.url
        for _ in range(200):
            server.process.send_signal(signal.SIGHUP)
            time.sleep(0.002)
        server.until("INFO the configuration was read again")
        assert server.get("/healthz").status == 200
        assert server.stop()[0] == 0
