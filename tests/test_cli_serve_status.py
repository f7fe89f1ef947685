"""`/status/`: for whoever runs a server, where the configuration says so, and for nobody else."""

import http.client
import os
import re
import signal
import socket
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
from cli_tools import (
    NOW,
    PATIENCE,
    Reply,
    Serving,
    contents,
    document,
    eventually,
    feeds_command,
    serving,
)
from test_serve_protocol import listening

import feeds
from feeds.cli.counting import begin
from feeds.cli.options import Settings
from feeds.cli.settings import load_settings
from feeds.cli.takeover import Takeover
from feeds.model import Contained, Status

PLACES = ("--config", "config", "--now", NOW)
PATHS = ("/status/", "/status.json")
SECRETS = ("bad.md", "date-invalid", "held-back.md")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a directory with a corpus, in which one document is wrong and one is held back."""
    document(tmp_path / "corpus", "ebb.md")
    document(tmp_path / "corpus", "bad.md", publishedDateTime="soon")
    document(tmp_path / "corpus", "held-back.md", published="false", language="12")
    return tmp_path


def configure(folder: Path, server: str) -> None:
    """Write a configuration with these settings of the server."""
    (folder / "config").mkdir()
    (folder / "config/feeds.yaml").write_text(
        "site: {title: The Tides, base_url: 'https://feeds.example.org'}\n"
        f"corpus: ../corpus\noutput: ../output\nserver: {server}\n",
        encoding="utf-8",
    )


def operator(server: Serving) -> str:
    """Give where the server says that its status is."""
    server.until("status at http://127.0.0.1:")
    told = re.search(r"^status at (http://127\.0\.0\.1:\d+)/status/$", server.said, re.MULTILINE)
    assert told
    return told[1]


def ask(
    url: str, path: str, method: str = "GET", headers: Mapping[str, str] | None = None
) -> Reply:
    """Ask for a path at an address."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    try:
        connection.request(method, path, headers=dict(headers or {}))
        answer = connection.getresponse()
        fields = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, fields, answer.read())
    finally:
        connection.close()


def without_date(reply: Reply) -> Reply:
    return reply._replace(headers={**reply.headers, "date": ""})


def test_the_status_is_at_a_port_of_its_own(folder: Path) -> None:
    """There, what is wrong and how feeds are polled is told, beside all that is published."""
    configure(folder, "{status: 0}")
    with serving(*PLACES, "--workers", 2, cwd=folder) as server:
        url = operator(server)
        server.until(" documents (")
        for _ in range(9):
            assert server.get("/all.atom").status == 200
        reply = ask(url, "/status/")
        assert reply.status == 200
        assert {name: reply.headers[name] for name in ("cache-control", "x-robots-tag")} == {
            "cache-control": "no-store",
            "x-robots-tag": "noindex",
        }
        published = ask(url, "/")
        for name in ("content-type", "content-security-policy", "x-content-type-options"):
            assert reply.headers[name] == published.headers[name]
        assert "etag" not in reply.headers
        page = reply.body.decode()
        assert "<code>bad.md:3:20</code>: date-invalid: publishedDateTime: " in page
        assert "3 documents: 1 held, 1 listed, 1 skipped." in page
        assert 'href="../topics/tides/"' in page
        eventually(lambda: b"9 in 48 hours" in ask(url, "/status/").body, "the polls")
        told = ask(url, "/status.json")
        assert {name: told.headers[name] for name in ("cache-control", "content-type")} == {
            "cache-control": "no-store",
            "content-type": "application/json",
        }
        status = msgspec.json.decode(told.body, type=Status)
        assert status.documents == {"held": 1, "listed": 1, "skipped": 1}
        assert [group.number for group in status.findings] == [1, 1]
        assert status.findings[0].shown[0].line == 3
        assert sum(polls.all for polls in status.polls) == status.feeds[0].polls.all == 9
        assert (status.feeds[0].path, len(status.feeds)) == ("all/", 3)
        assert status.contents == Contained(1, len(contents(folder / "output")) - 1)
        assert status.run is not None
        assert (status.run.version, status.run.workers) == (feeds.__version__, 2)
        assert status.run.since < status.now
        assert ask(url, "/status.json", "HEAD").body == b""
        head = ask(url, "/status/", "HEAD")
        assert (head.status, head.body) == (200, b"")
        assert ask(url, "/style.css").status == ask(url, "/topics/tides/").status == 200
        assert server.stop()[0] == 0
    for path, body in contents(folder / "output").items():
        assert not any(secret.encode() in body for secret in SECRETS), path
        assert not path.startswith("status"), path


def test_nobody_else_is_answered(folder: Path) -> None:
    """At the port for everybody, and under names that are not ours, it is what is not there."""
    configure(folder, "{status: 0}")
    with serving(*PLACES, cwd=folder) as server:
        url = operator(server)
        server.until(" documents (")
        port = urlsplit(url).port
        missing = without_date(server.get("/nothing/"))
        assert missing.status == 404
        for headers in (
            {},
            {"Host": f"127.0.0.1:{port}"},
            {"Host": "localhost", "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Port": f"{port}"},
        ):
            for path in (*PATHS, "/status", "/status/index.html", "/STATUS/", "//status/"):
                assert without_date(server.get(path, headers=headers)) == missing, (path, headers)
        for host in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "[::2]", ""):
            for path in PATHS:
                assert without_date(ask(url, path, headers={"Host": host})) == missing, host
        for host in ("localhost", f"127.0.0.1:{port}", "[::1]:1", "feeds.example.org", "LOCALHOST"):
            for path in PATHS:
                assert ask(url, path, headers={"Host": host}).status == 200, host
        for path in ("/status", "/status/index.html", "/status.json/", "/status/.json"):
            assert without_date(ask(url, path)) == missing, path
        assert ask(url, "/status/", "POST").status == ask(url, "/nothing/", "POST").status
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port or 0), 10)


def test_where_nothing_is_said_there_is_none(folder: Path) -> None:
    """Without `server.status`, there is one port, and nothing at it."""
    configure(folder, "{max_age: 60}")
    with serving(*PLACES, cwd=folder) as server:
        server.until(" documents (")
        assert "status at" not in server.said
        assert server.get("/status/").status == 404


def test_the_status_is_there_before_anything_is_published(folder: Path) -> None:
    """Where the first refresh is refused, the page says why, though there is nothing to serve."""
    configure(folder, "{status: 0}")
    with serving(*PLACES, "--strict", cwd=folder) as server:
        url = operator(server)
        server.until("refresh failed")
        assert server.get("/all.atom").status == 503
        assert server.get("/status/").status == 503
        page = ask(url, "/status/").body.decode()
        assert "documents with errors: 1; nothing was published" in page
        assert "None has ended well yet." in page
        assert "bad.md:3:20" in page


def test_a_port_that_is_taken_ends_the_server(folder: Path) -> None:
    """Where somebody else listens at the port of the status, the end is 4 with one line."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        configure(folder, f"{{status: {port}}}")
        run = feeds_command("serve", *PLACES, "--port", 0, cwd=folder)
    assert run.returncode == 4
    assert run.stderr == f"feeds: cannot listen on 127.0.0.1:{port}: Address already in use\n"
    assert not (folder / "output").exists()


def test_another_port_needs_another_start(folder: Path) -> None:
    """Who names a port while the server runs is told that it listens there when it is restarted."""
    configure(folder, "{max_age: 60}")
    with serving(*PLACES, cwd=folder) as server:
        server.until(" documents (")
        file = folder / "config/feeds.yaml"
        file.write_text(file.read_text().replace("max_age: 60", "status: 0"), encoding="utf-8")
        server.process.send_signal(signal.SIGHUP)
        server.until(
            "WARNING server.host, port, status and metrics take effect when the server is restarted"
        )


def test_a_catalog_that_is_harmed_costs_its_part_of_the_page(folder: Path) -> None:
    """What cannot be read is said to be so; what else there is to tell is told."""
    configure(folder, "{status: 0}")
    assert feeds_command("build", *PLACES, cwd=folder).returncode == 0
    os.truncate(folder / "output.state/catalog.sqlite", 100)
    with serving(*PLACES, "--no-reload", cwd=folder) as server:
        url = operator(server)
        page = ask(url, "/status/").body.decode()
        status = msgspec.json.decode(ask(url, "/status.json").body, type=Status)
    assert "Nothing is known of them: " in page
    assert "It ended well." in page
    assert status.problem
    assert status.contents is None
    assert status.refresh is not None


def test_who_asks_takes_nothing_up(folder: Path) -> None:
    """Whoever looks at the status while a configuration is to be read keeps nobody from it."""
    configure(folder, "{max_age: 60}")
    assert feeds_command("build", *PLACES, cwd=folder).returncode == 0
    settings = Settings(config=folder / "config")
    takeover = Takeover(load_settings(settings), settings, begin(1, None))
    takeover.look()
    file = folder / "config/feeds.yaml"
    file.write_text(file.read_text().replace("max_age: 60", "max_age: 77"), encoding="utf-8")
    takeover.reread()
    assert takeover.status().documents == {"held": 1, "listed": 1, "skipped": 1}
    takeover.look()
    with listening(takeover.app) as (host, port):
        reply = ask(f"http://{host}:{port}", "/all.atom")
    assert "max-age=77," in reply.headers["cache-control"]
