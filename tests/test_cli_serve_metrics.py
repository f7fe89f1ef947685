"""`/metrics`: for Prometheus, at a port of its own, where the configuration says so."""

import os
import re
import signal
import socket
from pathlib import Path

import pytest
from cli_tools import NOW, Serving, contents, document, eventually, feeds_command, serving
from test_cli_serve_status import ask, configure
from test_cli_serve_workers import children

PLACES = ("--config", "config", "--now", NOW)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a directory with a corpus of one article."""
    document(tmp_path / "corpus", "ebb.md")
    return tmp_path


def place(server: Serving) -> str:
    """Give where the server says that it is measured."""
    server.until("metrics at http://")
    told = re.search(r"^metrics at (http://\S+)/metrics$", server.said, re.MULTILINE)
    assert told
    return told[1]


def test_they_are_at_a_port_of_their_own(folder: Path) -> None:
    """There are the metrics and nothing else, and nowhere else are the metrics."""
    configure(folder, "{status: 0, metrics: 0}")
    with serving(*PLACES, cwd=folder) as server:
        server.until(" documents (")
        server.until("status at ")
        operator = server.said.partition("status at ")[2].partition("/status/")[0]
        assert b"feeds_entries 1.0\n" in ask(place(server), "/metrics").body
        assert ask(place(server), "/all.atom").status == 404
        assert ask(place(server), "/status/").status == 404
        assert server.get("/metrics").status == 404
        assert ask(operator, "/metrics").status == 404
        assert server.stop()[0] == 0
    for path in contents(folder / "output"):
        assert "metrics" not in path


def test_another_address_may_be_named(folder: Path) -> None:
    """Where an address is given besides the port, the metrics are there and not elsewhere."""
    with socket.create_server(("127.0.0.3", 0)) as free:
        port = free.getsockname()[1]
    configure(folder, f"{{metrics: '127.0.0.3:{port}'}}")
    with serving(*PLACES, cwd=folder) as server:
        assert place(server) == f"http://127.0.0.3:{port}"
        assert ask(place(server), "/metrics").status == 200
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), 10)


def test_where_nothing_is_said_there_are_none(folder: Path) -> None:
    """Without `server.metrics`, there is one port, and no process more."""
    configure(folder, "{max_age: 60}")
    with serving(*PLACES, cwd=folder) as server:
        server.until(" documents (")
        assert "metrics at" not in server.said
        assert server.get("/metrics").status == 404
        assert len(children(server.process.pid)) == 2


def test_who_wants_them_must_have_what_writes_them(folder: Path) -> None:
    """Without prometheus-client, the server says what to install, and does not begin."""
    configure(folder, "{metrics: 0}")
    shadow = folder / "shadow/prometheus_client.py"
    shadow.parent.mkdir()
    shadow.write_text("raise ModuleNotFoundError('no prometheus_client')\n", encoding="utf-8")
    run = feeds_command(
        "serve", *PLACES, "--port", 0, cwd=folder, env={"PYTHONPATH": str(shadow.parent)}
    )
    assert run.returncode == 2
    assert run.stderr == (
        "config: server.metrics: needs prometheus-client: pip install 'feeds[metrics]'\n"
    )
    assert not (folder / "output").exists()


def test_a_port_that_is_taken_ends_the_server(folder: Path) -> None:
    """Where somebody else listens at the port of the metrics, the end is 4 with one line."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        configure(folder, f"{{metrics: {port}}}")
        run = feeds_command("serve", *PLACES, "--port", 0, cwd=folder)
    assert run.returncode == 4
    assert run.stderr == f"feeds: cannot listen on 127.0.0.1:{port}: Address already in use\n"
    assert not (folder / "output").exists()


def test_what_measures_may_die(folder: Path) -> None:
    """Another process measures on at the same place, and readers see nothing of that."""
    configure(folder, "{metrics: 0}")
    with serving(*PLACES, cwd=folder) as server:
        server.until(" documents (")
        [measuring] = sorted(children(server.process.pid))[1:2]
        os.kill(measuring, signal.SIGKILL)
        server.until(f"metrics {measuring} ended with -9; another takes its place")
        assert server.get("/all.atom").status == 200
        assert ask(place(server), "/metrics").status == 200
        server.process.kill()
        server.process.wait(10)
        eventually(lambda: is_refused(place(server)), "the end of what measures")


def is_refused(url: str) -> bool:
    """Tell whether nobody listens there."""
    host, _, port = url.rpartition("//")[2].rpartition(":")
    with socket.socket() as client:
        return client.connect_ex((host, int(port))) != 0


def test_a_server_that_rehearses_is_measured_without_counts(folder: Path) -> None:
    """With --dry-run, nothing is counted and nothing is left behind, and the metrics are there."""
    assert feeds_command("build", *PLACES, cwd=configured(folder)).returncode == 0
    with serving(*PLACES, "--dry-run", cwd=folder) as server:
        server.until(" documents (")
        assert server.get("/all.atom").status == 200
        text = ask(place(server), "/metrics").body
        assert b"feeds_entries 1.0\n" in text
        assert b"feeds_answers_total{" not in text
        assert server.stop()[0] == 0
    assert not {"polls", "readers", "runs"} & {each.name for each in folder.glob("*.state/*")}


def configured(folder: Path) -> Path:
    """Have metrics in a directory."""
    configure(folder, "{metrics: 0}")
    return folder


def test_what_is_measured_is_by_the_configuration_of_now(folder: Path) -> None:
    """When another state is configured, it is the one that is measured, from a moment on."""
    configure(folder, "{status: 0, metrics: 0}")
    file = folder / "config/feeds.yaml"
    with serving(*PLACES, cwd=folder) as server:
        server.until(" documents (")
        assert b"feeds_entries 1.0\n" in ask(place(server), "/metrics").body
        assert server.get("/all.atom").status == 200
        document(folder / "corpus", "flow.md")
        text = file.read_text(encoding="utf-8").replace("../output", "../other")
        file.write_text(text, encoding="utf-8")
        server.process.send_signal(signal.SIGHUP)
        server.until(" documents (", 2)
        eventually(
            lambda: b"feeds_entries 2.0\n" in ask(place(server), "/metrics").body, "the other"
        )
        counted = b'feeds_polls_total{format="atom",status="200"} 1.0\n'
        eventually(lambda: counted in ask(place(server), "/metrics").body, "what was counted")
        assert server.stop()[0] == 0
