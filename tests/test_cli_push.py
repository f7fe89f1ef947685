"""`feeds push`, and what a server and a build tell hubs: real processes, and hubs of all kinds."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_tools import (
    ENVIRONMENT,
    PATIENCE,
    command,
    document,
    eventually,
    feeds_command,
    manifest,
    serving,
)
from conftest import in_formats
from hub import Hub, listening

BASE = "https://feeds.example"
NOBODY = "no hub and no purge is configured; there is nobody to tell\n"
ONE = sorted(
    f"{BASE}/{path}" for path in in_formats("all", "topics/rail", "providers/paper.example")
)
"""The addresses of the feeds of a document."""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with two documents, which are published for a hub."""
    folder = tmp_path_factory.mktemp("push")
    with listening() as hub:
        configure(folder, hub.url)
        (folder / "port").write_text(str(hub.port), encoding="utf-8")
        document(folder / "corpus", "a.md")
        edit(folder, "First")
        run = feeds_command("build", cwd=folder)
        assert run.returncode == 0, run.stderr
        assert hub.told == []
    return folder


@pytest.fixture
def hub(published: Path) -> Iterator[Hub]:
    """Give that hub, which answers well."""
    with listening(port=int((published / "port").read_text(encoding="utf-8"))) as hub:
        yield hub


@pytest.fixture
def folder(tmp_path: Path, published: Path) -> Path:
    """Give such a folder to a test of its own."""
    shutil.copytree(published, tmp_path, dirs_exist_ok=True)
    return tmp_path


def configure(folder: Path, *hubs: str, more: str = "") -> None:
    """Write a configuration with these hubs."""
    (folder / "config").mkdir(exist_ok=True)
    text = (
        f"site: {{base_url: '{BASE}', hubs: {json.dumps(hubs)}}}\n"
        f"corpus: ../corpus\noutput: ../output\nhtml: {{pages: false}}\n{more}"
    )
    (folder / "config/feeds.yaml").write_text(text, encoding="utf-8")


def edit(folder: Path, title: str) -> None:
    """Give the other document a title."""
    document(folder / "corpus", "b.md", title=title, topics="[Rail]")


def holds(folder: Path, title: str) -> bool:
    """Whether a title is published, and the manifest lists that."""
    text = (folder / "output/all.json").read_text(encoding="utf-8")
    size = manifest(folder / "output")["all.json"]["size"]
    return title in text and size == len(text.encode())


# --- Builds -------------------------------------------------------------------------------


def test_a_build_tells_what_it_changed(folder: Path, hub: Hub) -> None:
    """After all is published and told."""
    edit(folder, "Second")
    run = feeds_command("build", cwd=folder)
    assert run.returncode == 0
    assert hub.pinged == ONE
    lines = run.stderr.splitlines()
    assert " files written" in lines[-2]
    assert lines[-1].endswith(f"INFO told {hub.url} of 9 changes")


@pytest.mark.case(67)
@pytest.mark.parametrize("answer", ["500", "elsewhere", "slowly"])
def test_no_hub_fails_a_build(folder: Path, hub: Hub, answer: str) -> None:
    """All is in place before a hub is asked, the build ends as it would, and soon."""
    hub.answer, hub.target = answer, hub.url
    edit(folder, "Second")
    begun = time.monotonic()
    run = feeds_command("build", "--quiet", cwd=folder)
    assert time.monotonic() - begun < PATIENCE / 2
    assert run.returncode == 0
    assert holds(folder, "Second")
    hub.answer = "well"
    hub.told.clear()
    run = feeds_command("push", "-q", cwd=folder)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == f"{hub.url}: 9 told, 0 waiting\n"
    assert hub.pinged == ONE


@pytest.mark.case(67)
def test_a_hub_delays_no_publication(folder: Path, hub: Hub) -> None:
    """While it is asked, and drips, all is published already."""
    hub.answer = "slowly"
    edit(folder, "Second")
    build = subprocess.Popen(command("build", "-q"), cwd=folder, env=ENVIRONMENT)
    try:
        eventually(lambda: hub.told, "a ping")
        assert holds(folder, "Second")
        assert build.poll() is None
    finally:
        build.wait(PATIENCE)
    assert build.returncode == 0


@pytest.mark.case(67)
def test_a_build_that_is_killed_between_publishing_and_telling_loses_nothing(
    folder: Path, hub: Hub
) -> None:
    """It is killed with all its processes while a hub keeps it; a later one tells that hub."""
    hub.answer = "slowly"
    edit(folder, "Second")
    build = subprocess.Popen(
        command("build", "-q"), cwd=folder, env=ENVIRONMENT, start_new_session=True
    )
    eventually(lambda: hub.told, "a ping")
    os.killpg(build.pid, signal.SIGKILL)
    assert build.wait(PATIENCE) == -signal.SIGKILL
    assert holds(folder, "Second")
    hub.answer = "well"
    hub.told.clear()
    assert feeds_command("build", cwd=folder).returncode == 0
    assert hub.pinged == ONE


def test_a_rehearsal_tells_nobody(folder: Path, hub: Hub) -> None:
    """A build or a push that writes nothing tells nobody of anything."""
    edit(folder, "Second")
    assert feeds_command("build", "--dry-run", cwd=folder).returncode == 0
    hub.answer = "500"
    assert feeds_command("build", "-q", cwd=folder).returncode == 0
    assert len(hub.told) == 1
    run = feeds_command("push", "--dry-run", cwd=folder)
    assert run.returncode == 1
    lines = [line.rpartition(" since ")[0] for line in run.stdout.splitlines()]
    assert lines == [f"{hub.url} {address}" for address in ONE]
    kept = folder / "output.state/push/queue.json"
    told = json.loads(kept.read_bytes())
    told["hubs"][hub.url]["not_before"] = None
    kept.write_text(json.dumps(told), encoding="utf-8")
    assert feeds_command("build", "--dry-run", cwd=folder).returncode == 0
    assert len(hub.told) == 1
    assert feeds_command("build", cwd=folder).returncode == 0
    assert len(hub.told) == 2


# --- The command --------------------------------------------------------------------------


def test_what_is_left_is_told_with_the_reason(folder: Path, hub: Hub) -> None:
    """It exits with 1, and says in text and in JSON what waits, why and until when."""
    hub.answer = "500"
    edit(folder, "Second")
    assert feeds_command("build", "-q", cwd=folder).returncode == 0
    run = feeds_command("push", "--wait", 3, "-q", cwd=folder)
    assert run.returncode == 1
    text = f'{hub.url}: 0 told, 9 waiting; answered 500: "out of order"; next try at 20'
    assert run.stdout.startswith(text)
    assert len(hub.told) == 2
    run = feeds_command("push", "--wait", 0, "--json", "-q", cwd=folder)
    assert run.returncode == 1
    told = json.loads(run.stdout)
    assert (told["waiting"], told["purge"]) == (9, None)
    [one] = told["hubs"]
    assert (one["name"], one["waiting"], one["sent"], one["given_up"]) == (hub.url, 9, 0, 0)
    assert one["last_problem"] == 'answered 500: "out of order"'
    assert one["last_failure"] < one["not_before"]
    assert one["last_success"] is None


def test_it_goes_on_until_nothing_is_left(folder: Path, hub: Hub) -> None:
    """A hub that answers well after a while is asked again when it is time."""
    hub.answer = "500"
    edit(folder, "Second")
    assert feeds_command("build", "-q", cwd=folder).returncode == 0
    push = subprocess.Popen(
        command("push", "--wait", 60), cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL
    )
    eventually(lambda: len(hub.told) == 2, "a try at once")
    hub.answer = "well"
    assert push.wait(60) == 0
    assert sorted({told.form["hub.url"][0] for told in hub.told}) == ONE


def test_where_nobody_is_told_that_is_said(folder: Path, hub: Hub) -> None:
    """Without hubs and purges nothing is looked at, and nothing is kept."""
    configure(folder)
    edit(folder, "Second")
    kept = folder / "output.state/push"
    before = {file: file.read_bytes() for file in kept.iterdir()}
    assert feeds_command("build", "-q", cwd=folder).returncode == 0
    run = feeds_command("push", cwd=folder)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", NOBODY)
    run = feeds_command("push", "--json", "-q", cwd=folder)
    assert json.loads(run.stdout) == {"waiting": 0, "hubs": [], "purge": None}
    assert {file: file.read_bytes() for file in kept.iterdir()} == before
    assert hub.told == []


def test_a_purge_that_hangs_ends_with_the_build(folder: Path) -> None:
    """Its command is killed with all it started once a build has waited for long enough."""
    script = folder / "config/purge.sh"
    script.write_text("#!/bin/sh\necho $$ > purging\ncat > /dev/null\nsleep 60\n", encoding="utf-8")
    script.chmod(0o755)
    configure(folder, more="purge: {command: ./purge.sh}\n")
    assert feeds_command("build", "-q", cwd=folder).returncode == 0
    edit(folder, "Second")
    assert feeds_command("build", "-q", cwd=folder).returncode == 0
    process = int((folder / "config/purging").read_text(encoding="utf-8"))
    eventually(lambda: has_ended(process), "the end of the command")
    assert feeds_command("push", "--dry-run", cwd=folder).returncode == 1


def has_ended(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").split()[2] == "Z"
    except FileNotFoundError:
        return True


# --- Servers ------------------------------------------------------------------------------


def test_a_server_tells_what_it_changed(folder: Path, hub: Hub) -> None:
    """A process of its own does, and what it is told by others' builds it tells, too."""
    with serving("--every", 3_600, cwd=folder) as server:
        server.until("0 files written")
        edit(folder, "Second")
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: hub.pinged == ONE, "pings")
        assert holds(folder, "Second")
        # Its refresh goes on for a moment after what it has published.
        server.until(" unchanged, ", 2)
        hub.told.clear()
        edit(folder, "Third")
        run = feeds_command("build", cwd=folder)
        assert run.returncode == 0
        assert "another process is telling hubs and caches" in run.stderr
        eventually(lambda: hub.pinged == ONE, "pings of a build beside it")
        run = feeds_command("push", "-q", cwd=folder)
        assert (run.returncode, run.stdout) == (0, f"{hub.url}: 18 told, 0 waiting\n")
        code, seconds = server.stop()
    assert (code, seconds < 10) == (0, True)


@pytest.mark.case(67)
@pytest.mark.parametrize("answer", ["500", "slowly", "elsewhere", None])
def test_what_was_not_told_is_told_after_a_restart(
    folder: Path, hub: Hub, answer: str | None
) -> None:
    """A hub that is down, slow or leads elsewhere delays nothing; a later server tells it."""
    with listening() as private:
        if answer is None:
            hub.close()
        else:
            hub.answer, hub.target = answer, private.url
        with serving("--every", 3_600, cwd=folder) as server:
            server.until("0 files written")
            edit(folder, "Second")
            server.process.send_signal(signal.SIGHUP)
            server.until("files written", 2)
            assert b"Second" in server.get("/all.json").body
            eventually(lambda: hub.told or "changes wait" in server.said, "a try")
            server.process.kill()
        if answer is None:
            with listening(port=hub.port) as again, serving(cwd=folder):
                eventually(lambda: again.pinged == ONE, "pings after a restart")
            return
        hub.answer = "well"
        hub.told.clear()
        with serving(cwd=folder):
            eventually(lambda: hub.pinged == ONE, "pings after a restart")
        assert private.told == []


def test_a_server_is_told_of_hubs_anew(folder: Path, hub: Hub) -> None:
    """After SIGHUP, another hub is told of what changes from then on."""
    with listening() as other, serving("--every", 3_600, cwd=folder) as server:
        server.until("0 files written")
        configure(folder, other.url)
        server.process.send_signal(signal.SIGHUP)
        server.until("files written", 2)
        edit(folder, "Second")
        eventually(lambda: queue(folder) == {other.url}, "another hub in the queue")
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: set(ONE) <= set(other.pinged), "pings")
        assert hub.told == []


def test_what_tells_is_started_again(folder: Path, hub: Hub) -> None:
    """A process that is killed is followed by another, and the server goes on."""
    with serving("--every", 3_600, cwd=folder) as server:
        server.until("0 files written")
        hub.answer = "slowly"
        edit(folder, "Second")
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: hub.told, "a try")
        hub.answer = "well"
        os.kill(who_holds(folder / "output.state/push/lock"), signal.SIGKILL)
        hub.told.clear()
        server.until("; another takes its place")
        eventually(lambda: hub.pinged == ONE, "pings by the next one")
        assert server.get("/readyz").status == 200


def queue(folder: Path) -> set[str]:
    """Give the hubs that are told."""
    return set(json.loads((folder / "output.state/push/queue.json").read_bytes())["hubs"])


def who_holds(lock: Path) -> int:
    """Give the process that holds a lock."""
    inode = str(lock.stat().st_ino)
    for line in Path("/proc/locks").read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if fields[5].rpartition(":")[2] == inode:
            return int(fields[4])
    raise AssertionError(lock)
