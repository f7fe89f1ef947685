"""What REDbot and httplint find in our answers: nothing that is bad, and nothing to be warned of.

Run by `make servers`. httplint reads every kind of answer for every kind of resource in every
coding; REDbot makes its own requests, of all kinds that it knows.
"""

import json
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_tools import document
from test_refresh_replay import Site, serving

from feeds.config.state import State

SAMPLE = Path(__file__).parents[2] / "feeds" / "sample"
NOW = "2026-11-20T00:00:00Z"
PATIENCE = 60.0
TROUBLE = re.compile(r"^\* \[(?:BAD|WARN)\].*", re.MULTILINE)

RESOURCES = [
    *("/", "/all.atom", "/all.rss", "/all.json", "/feeds.opml"),
    *("/topics/c-plus-plus.atom", "/all/archive/2026-10.atom", "/topics/open-web/top.json"),
]
CODINGS = ["", "gzip", "br", "zstd", "identity", "gzip;q=0", "*;q=0, identity"]
MISSING = "/nothing-is-here"
MOVED = "moved: {feed.xml: all.rss, topics/gone: topics/open-web}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give a server of the sample corpus."""
    folder = tmp_path_factory.mktemp("lint")
    shutil.copytree(SAMPLE, folder / "corpus")
    with serving() as site:
        build(folder, site.url, MOVED)
        site.load(folder / "output", State(folder / "output.state"))
        yield site


def build(folder: Path, url: str, *lines: str) -> None:
    """Publish the corpus in a directory, as it is configured."""
    settings = (f"site: {{base_url: '{url}'}}", "corpus: corpus", "output: output", *lines)
    (folder / "feeds.yaml").write_text("\n".join(settings))
    command = [sys.executable, "-m", "feeds", "build", "--config", str(folder), "--now", NOW]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)


def exchange(site: Site, method: str, path: str, *fields: str) -> bytes:
    """Send a request, and give the answer as it came."""
    host, _, port = site.url.removeprefix("http://").strip("/").partition(":")
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}:{port}", "Connection: close", *fields]
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def trouble(answer: bytes) -> list[str]:
    """Give what httplint says against an answer."""
    if shutil.which("httplint") is None:
        pytest.skip("httplint is not installed")
    done = subprocess.run(
        ["httplint", "-n"], input=answer, capture_output=True, timeout=PATIENCE, check=True
    )
    assert b"[GOOD]" in done.stdout, done.stdout
    return TROUBLE.findall(done.stdout.decode())


def validator(answer: bytes) -> str:
    """Give the entity tag of an answer."""
    [tag] = re.findall(rb"(?i)\r\netag: ([^\r]+)", answer)
    return bytes(tag).decode()


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("path", RESOURCES)
def test_nothing_is_wrong_with_an_answer(site: Site, path: str, coding: str) -> None:
    """Neither with a whole one, nor with one that nothing changed."""
    fields = [f"Accept-Encoding: {coding}"] if coding else []
    whole = exchange(site, "GET", path, *fields)
    assert whole.startswith(b"HTTP/1.1 200 ")
    assert trouble(whole) == []
    unchanged = exchange(site, "GET", path, *fields, f"If-None-Match: {validator(whole)}")
    assert unchanged.startswith(b"HTTP/1.1 304 ")
    assert trouble(unchanged) == []


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("suffix", ["atom", "rss", "json"])
def test_nothing_is_wrong_with_what_readers_of_parts_are_sent(
    tmp_path: Path, suffix: str, coding: str
) -> None:
    """Neither with the whole feed, nor with what is new in it, nor with that it is the same."""
    shutil.copytree(SAMPLE, tmp_path / "corpus")
    output, state = tmp_path / "output", tmp_path / "output.state"
    fields = ["A-IM: feed", *([f"Accept-Encoding: {coding}"] if coding else [])]
    with serving() as site:
        tag = '"none"'
        for status in (b"200", b"226", b"304"):
            if status != b"304":
                document(tmp_path / "corpus", f"{status.decode()}.md")
                build(tmp_path, site.url)
                site.load(output, State(state))
            answer = exchange(site, "GET", f"/all.{suffix}", *fields, f"If-None-Match: {tag}")
            assert answer.startswith(b"HTTP/1.1 " + status)
            assert trouble(answer) == []
            tag = validator(answer)


@pytest.mark.parametrize("path", ["/feed.xml", "/topics/gone.atom"])
def test_nothing_is_wrong_with_a_redirect(site: Site, path: str) -> None:
    """What is elsewhere is said properly."""
    answer = exchange(site, "GET", path)
    assert answer.startswith(b"HTTP/1.1 301 ")
    assert trouble(answer) == []


@pytest.mark.parametrize(
    ("method", "path"), [("GET", MISSING), ("POST", "/all.atom"), ("DELETE", MISSING)]
)
def test_nothing_is_wrong_with_an_error(site: Site, method: str, path: str) -> None:
    """What is not there, and what cannot be done, is said properly."""
    assert trouble(exchange(site, method, path, "Content-Length: 0")) == []


@pytest.mark.parametrize("path", RESOURCES)
def test_redbot_has_nothing_to_say(site: Site, path: str) -> None:
    """Its conditional, partial and negotiated requests are answered as they should be."""
    if shutil.which("redbot") is None:
        pytest.skip("redbot is not installed")
    done = subprocess.run(
        ["redbot", "-o", "har", site.url.rstrip("/") + path],
        capture_output=True,
        timeout=PATIENCE,
        check=True,
    )
    entries = json.loads(done.stdout)["log"]["entries"]
    notes = [note for entry in entries for note in entry["_red_messages"]]
    assert len(notes) > 5
    assert [note for note in notes if note["level"] in {"BAD", "WARN"}] == []
