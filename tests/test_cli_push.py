"""`feeds push`, and what a server and a build tell hubs: real processes, and hubs of all kinds."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from cli_tools import ENVIRONMENT, PATIENCE, command, eventually, feeds_command, serving
from hub import Hub, listening
from pushing import ONE, bad_hubs, configure, edit, forget, heal, holds

NOBODY = "no hub and no purge is configured; there is nobody to tell\n"


# --- Builds -------------------------------------------------------------------------------


def test_a_build_tells_what_it_changed(folder_with_hub: Path, hub: Hub) -> None:
    """After all is published and told."""
    folder = folder_with_hub
    edit(folder, "Second")
    run = feeds_command("build", cwd=folder)
    assert run.returncode == 0
    assert hub.pinged == ONE
    lines = run.stderr.splitlines()
    assert " files written" in lines[-2]
    assert lines[-1].endswith(f"INFO told {hub.url} of 9 changes")


@pytest.mark.case(67)
def test_no_hub_fails_a_build(folder_with_hub: Path, hub: Hub) -> None:
    """All is in place before hubs are asked, the build ends as it would, and soon.

    Once they are well they are all told, and nobody is asked to whom one of them led.
    """
    folder = folder_with_hub
    with bad_hubs(hub) as (hubs, port), listening() as private:
        urls = [each.url for each in hubs]
        configure(folder, *urls, f"http://127.0.0.1:{port}/")
        assert feeds_command("build", "-q", cwd=folder).returncode == 0
        forget(hubs, private)
        edit(folder, "Second")
        begun = time.monotonic()
        run = feeds_command("build", "-q", cwd=folder)
        assert time.monotonic() - begun < PATIENCE / 2
        assert run.returncode == 0
        assert holds(folder, "Second")
        assert hub.pinged == ONE
        heal(hubs)
        with listening(port=port) as gone:
            run = feeds_command("push", "-q", "--wait", 60, cwd=folder)
            assert (run.returncode, run.stderr) == (0, "")
            assert all(f"{each.url}: " in run.stdout for each in (*hubs, gone))
            assert [set(each.pinged) for each in (*hubs, gone)] == [set(ONE)] * (len(hubs) + 1)
        assert private.told == []


@pytest.mark.case(67)
def test_a_hub_delays_no_publication(folder_with_hub: Path, hub: Hub) -> None:
    """While it is asked, and drips, all is published already."""
    folder = folder_with_hub
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
    folder_with_hub: Path, hub: Hub
) -> None:
    """It is killed with all its processes while a hub keeps it; a later one tells that hub."""
    folder = folder_with_hub
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


# --- The command --------------------------------------------------------------------------


def test_what_is_left_is_told_with_the_reason(folder_with_hub: Path, hub: Hub) -> None:
    """It exits with 1, and says in text and in JSON what waits, why and until when."""
    folder = folder_with_hub
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


def test_where_nobody_is_told_that_is_said(folder_with_hub: Path, hub: Hub) -> None:
    """Without hubs and purges nothing is looked at, and nothing is kept."""
    folder = folder_with_hub
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


# --- Servers ------------------------------------------------------------------------------


def test_a_server_tells_what_it_changed(folder_with_hub: Path, hub: Hub) -> None:
    """A process of its own does, and what it is told by others' builds it tells, too."""
    folder = folder_with_hub
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
