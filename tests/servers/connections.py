"""What the kernel is asked for: no process of the program ever opens a connection."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from cli_tools import ENVIRONMENT, NOW, PATIENCE, Serving, command, document, eventually

pytestmark = [
    pytest.mark.case(66, 67),
    pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace"),
]
TEXT = """\
site: {title: Example News, base_url: https://feeds.example, hubs: https://hub.example/}
corpus: ../corpus
output: ../output
"""
CALLS = "connect,sendto,sendmsg,sendmmsg,socket,bind,execve"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a corpus that leads everywhere, and a configuration."""
    document(
        tmp_path / "corpus",
        "a.md",
        webUrl="http://localhost:9/a",
        images="[{url: https://images.example/a.png}]",
        related="[{title: Other, webUrl: http://127.0.0.1:9/}]",
    )
    (tmp_path / "config").mkdir()
    (tmp_path / "config/feeds.yaml").write_text(TEXT, encoding="utf-8")
    return tmp_path


def traced(folder: Path, *arguments: object) -> list[str]:
    """Give the command line that runs the program and notes what it asks of the network."""
    return ["strace", "-f", "-qq", "-e", f"trace={CALLS}", "-o", str(folder / "trace"), *arguments]


def calls(folder: Path) -> set[tuple[str, str]]:
    """Give which calls were made, and the family of addresses of each that names one."""
    text = (folder / "trace").read_text(encoding="utf-8")
    found = re.findall(r"^\d+ +(\w+)\((.*)", text, re.MULTILINE)
    return {(name, (re.findall(r"AF_\w+", rest) or [""])[0]) for name, rest in found}


def test_a_build_opens_no_connection(folder: Path) -> None:
    """Of all calls of a build, none makes a socket that leads to another machine."""
    run = subprocess.run(
        traced(folder, *command("build", "--now", NOW)),
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert ("execve", "") in calls(folder)
    assert not {call for call in calls(folder) if call[1] in {"AF_INET", "AF_INET6", "AF_NETLINK"}}


def test_a_server_waits_and_asks_nobody(folder: Path) -> None:
    """A server makes sockets to listen at, and connects none, while it builds, answers and ends."""
    with subprocess.Popen(
        traced(folder, *command("serve", "--port", 0, "--every", 1, "--now", NOW)),
        cwd=folder,
        env=ENVIRONMENT,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        server = Serving(process)
        try:
            eventually(lambda: server.get("/all.atom").status == 200, "the first publication")
            document(folder / "corpus", "b.md")
            eventually(lambda: b"story b" in server.get("/all.atom").body, "what is new")
        finally:
            # Whoever traces heeds no signal, and ends with what is traced.
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
            os.kill(int(children.split()[0]), signal.SIGTERM)
            process.wait(PATIENCE)
            server.join()
    assert ("bind", "AF_INET") in calls(folder)
    assert not {call for call in calls(folder) if call[0] == "connect" and call[1] != "AF_UNIX"}
    # What is sent goes to who has connected, and so names no address.
    assert not {call for call in calls(folder) if call[0].startswith("send") and call[1]}


def test_who_connects_is_noted(folder: Path) -> None:
    """The trace shows what a program does that asks others."""
    line = "import socket; socket.socket().connect_ex(('127.0.0.1', 9))"
    python = command()[0]
    subprocess.run(traced(folder, python, "-c", line), timeout=60, check=True)
    assert ("connect", "AF_INET") in calls(folder)
