"""Whatever addresses documents and configuration have, nobody asks there but at hubs."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from cli_tools import (
    ENVIRONMENT,
    NOW,
    PATIENCE,
    build,
    document,
    eventually,
    feeds_command,
    serving,
    stamps,
)

from feeds.processes import available

# Each process of the program tells that it has begun, and whatever leads out of the machine.
WATCH = """
import os, sys

def note(line):
    with open(os.environ["WATCHED"], "a") as file:
        file.write(f"{os.getpid()} {line}\\n")

def watch(event, arguments):
    is_inner = event == "socket.connect" and isinstance(arguments[1], (str, bytes))
    if event in EVENTS and not is_inner:
        note(f"{event} {arguments!r}")

EVENTS = {
    "socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo",
    "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo", "urllib.Request",
    "http.client.connect", "ftplib.connect", "smtplib.connect",
}
sys.addaudithook(watch)
os.register_at_fork(after_in_child=lambda: note("begun"))
note("begun")
"""
# Seconds for a thousand documents, on a machine with much else to do.
LONG = 90.0
CONFIGURATION = """\
site:
  title: Example News
  base_url: https://feeds.example
  icon: https://icons.example/a.png
  logo: https://icons.example/b.png
  author: {name: Desk, url: https://desk.example/}
  hubs: [https://hub.example/, https://hub2.example/]
corpus: [{path: ../corpus, base_url: https://www.example/}]
output: ../output
moved: {money.xml: https://elsewhere.example/}
related: {unpublished: true}
"""
HUBS = ("hub.example", "hub2.example")
ASKING = """
import multiprocessing, socket
def ask():
    socket.getaddrinfo("localhost", 80)
"""
ADMIN = ("/metrics", "/admin", "/reload", "/debug", "/status", "/config", "/shutdown", "/-/reload")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with documents full of addresses, enough for several processes to read."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config/feeds.yaml").write_text(CONFIGURATION, encoding="utf-8")
    for number in range(1_000):
        document(
            tmp_path / "corpus",
            f"{number}.md",
            originalUrl=f"https://original{number}.example/",
            images="[{url: https://images.example/a.png}, {url: /b.png}]",
            enclosures="[{url: https://media.example/a.mp3, type: audio/mpeg}]",
            featuredContent="https://video.example/watch?v=1",
            related="[{title: Other, webUrl: https://other.example/}]",
            author="{name: A, email: a@mail.example, url: https://a.example/}",
        )
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch/sitecustomize.py").write_text(WATCH, encoding="utf-8")
    return tmp_path


def watched(folder: Path) -> Mapping[str, str]:
    """Give the environment in which all that Python does outside of its process is noted."""
    return {
        "PYTHONPATH": f"{folder / 'watch'}:{ENVIRONMENT['PYTHONPATH']}",
        "WATCHED": str(folder / "watched"),
    }


def noted(folder: Path) -> tuple[int, list[str]]:
    """Give how many processes there were, and what they asked of others."""
    lines = (folder / "watched").read_text(encoding="utf-8").splitlines()
    begun = {line for line in lines if re.fullmatch(r"\d+ begun", line)}
    return len(begun), [line for line in lines if line not in begun]


@pytest.mark.case(66)
def test_a_build_asks_nobody(folder: Path) -> None:
    """No process of a build looks up a name or opens a connection, wherever documents lead."""
    run = feeds_command("build", "--now", NOW, cwd=folder, env=watched(folder))
    assert run.returncode == 0, run.stderr
    text = (folder / "output/all.atom").read_text(encoding="utf-8")
    assert {"https://hub.example/", "https://images.example/a.png"} <= set(
        re.findall('"(.*?)"', text)
    )
    processes, asked = noted(folder)
    assert processes > 1 or available() == 1
    assert asked == []


@pytest.mark.case(66)
def test_a_server_asks_nobody(folder: Path) -> None:
    """No process of a server does, when it first builds, reads its corpus again, or is asked.

    But hubs are told of what has changed since.
    """
    with serving("--every", 1, "--now", NOW, cwd=folder, env=watched(folder)) as server:
        eventually(lambda: "1000 documents (1000 read" in server.said, "the first refresh", LONG)
        newest = {"publishedDateTime": "2026-05-02T10:00:00Z", "webUrl": "https://another.example/"}
        document(folder / "corpus", "another.md", **newest)
        eventually(lambda: "1001 documents (1 read" in server.said, "another refresh", LONG)
        assert server.get("/all.atom", headers={"Host": "evil.example"}).status == 200
        eventually(lambda: len(noted(folder)[1]) >= len(HUBS), "a look for each hub")
    processes, asked = noted(folder)
    assert processes > 2
    for line in asked:
        assert any(f"socket.getaddrinfo (b'{hub}', 443" in line for hub in HUBS), line


@pytest.mark.case(66)
def test_there_is_nothing_to_administer(tmp_path: Path) -> None:
    """What other servers have for administration is not found here, and nothing changes by it."""
    document(tmp_path / "corpus", "a.md")
    assert build(tmp_path).returncode == 0
    with serving("--corpus", "corpus", "--no-reload", "--now", NOW, cwd=tmp_path) as server:
        assert server.get("/readyz").status == 200
        before = stamps(tmp_path)
        for path in ADMIN:
            assert server.get(path).status == 404, path
            for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE"):
                assert server.get(path, method).status in {404, 405}, path
        for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE"):
            assert server.get("/all.atom", method).status == 405
        assert stamps(tmp_path) == before


@pytest.mark.parametrize(
    "line",
    [
        "socket.getaddrinfo('localhost', 80)",
        "socket.gethostbyname('localhost')",
        "socket.socket().connect_ex(('127.0.0.1', 9))",
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('127.0.0.1', 9))",
        "multiprocessing.Process(target=ask).start()",
        "multiprocessing.get_context('spawn').Process(target=ask).start()",
    ],
)
def test_who_asks_is_noted(tmp_path: Path, line: str) -> None:
    """Whatever process asks for a name or an address, it is noted."""
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch/sitecustomize.py").write_text(WATCH, encoding="utf-8")
    script = tmp_path / "asking.py"
    guarded = f"{ASKING}\nif __name__ == '__main__':\n    {line}\n"
    script.write_text(guarded, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-W", "ignore", script],
        env=ENVIRONMENT | watched(tmp_path),
        check=True,
        timeout=PATIENCE,
    )
    assert len(noted(tmp_path)[1]) == 1
