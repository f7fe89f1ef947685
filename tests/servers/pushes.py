"""What takes longer of telling hubs: servers that are told anew, processes that are killed."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from cli_tools import ENVIRONMENT, PATIENCE, command, eventually, feeds_command, serving
from hub import Hub, listening
from pushing import ONE, bad_hubs, configure, edit, forget, heal


def test_a_rehearsal_tells_nobody(folder_with_hub: Path, hub: Hub) -> None:
    """A build or a push that writes nothing tells nobody of anything."""
    folder = folder_with_hub
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


def test_it_goes_on_until_nothing_is_left(folder_with_hub: Path, hub: Hub) -> None:
    """A hub that answers well after a while is asked again when it is time."""
    folder = folder_with_hub
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


def test_a_purge_that_hangs_ends_with_the_build(folder_with_hub: Path) -> None:
    """Its command is killed with all it started once a build has waited for long enough."""
    folder = folder_with_hub
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


def test_a_server_is_told_of_hubs_anew(folder_with_hub: Path, hub: Hub) -> None:
    """After SIGHUP, another hub is told of what changes from then on."""
    folder = folder_with_hub
    with listening() as other, serving("--every", 3_600, cwd=folder) as server:
        server.until("0 files written")
        configure(folder, other.url)
        server.process.send_signal(signal.SIGHUP)
        server.until("files written", 2)
        edit(folder, "Second")
        eventually(lambda: hubs_in_queue(folder) == {other.url}, "another hub in the queue")
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: set(ONE) <= set(other.pinged), "pings")
        assert hub.told == []


def test_first_hubs_need_a_restart(folder_with_hub: Path, hub: Hub) -> None:
    """A server that began without any has no process that tells them, and says so after SIGHUP."""
    folder = folder_with_hub
    configure(folder)
    with serving("--every", 3_600, cwd=folder) as server:
        server.until("files written")
        configure(folder, hub.url)
        server.process.send_signal(signal.SIGHUP)
        server.until("hubs and caches are told of changes when the server is restarted")
        server.until("files written", 2)
    assert hub.told == []


def test_what_tells_is_started_again(folder_with_hub: Path, hub: Hub) -> None:
    """A process that is killed is followed by another, and the server goes on."""
    folder = folder_with_hub
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


def who_holds(lock: Path) -> int:
    """Give the process that holds a lock."""
    inode = str(lock.stat().st_ino)
    for line in Path("/proc/locks").read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if fields[5].rpartition(":")[2] == inode:
            return int(fields[4])
    raise AssertionError(lock)


@pytest.mark.case(67)
def test_what_was_not_told_is_told_after_a_restart(folder_with_hub: Path, hub: Hub) -> None:
    """Hubs that are down, slow, lead elsewhere or fail delay nothing; a later server tells them."""
    folder = folder_with_hub
    with bad_hubs(hub) as (hubs, port), listening() as private:
        down = f"http://127.0.0.1:{port}/"
        configure(folder, *(each.url for each in hubs), down)
        with serving("--every", 3_600, cwd=folder) as server:
            server.until("files written")
            eventually(lambda: hubs_in_queue(folder) == {down, *(each.url for each in hubs)}, "all")
            eventually(lambda: set(ONE) <= set(hub.pinged), "pings of the other configuration")
            server.process.kill()
        forget(hubs, private)
        with serving("--every", 3_600, cwd=folder) as server:
            server.until("0 files written")
            edit(folder, "Second")
            server.process.send_signal(signal.SIGHUP)
            server.until("files written", 2)
            assert b"Second" in server.get("/all.json").body
            eventually(lambda: hub.pinged == ONE, "pings of the one that is well")
            server.process.kill()
        heal(hubs)
        with listening(port=port) as gone, serving(cwd=folder):
            for each in (*hubs, gone):
                eventually(lambda each=each: set(ONE) <= set(each.pinged), "pings", 3 * PATIENCE)
        assert private.told == []


def hubs_in_queue(folder: Path) -> set[str]:
    """Give the hubs that are told."""
    file = folder / "output.state/push/queue.json"
    return set(json.loads(file.read_bytes())["hubs"])
