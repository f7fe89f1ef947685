"""nginx and Varnish in front of `feeds serve`, with the configurations that the recipes show."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

import pytest
from cli_tools import BASE_URL, NOW, ROOT, Serving, document, eventually, feeds_command, serving
from test_serve_hostile import (
    BODIES,
    EVERY,
    EVIL,
    FIELDS,
    FORWARDED,
    HOSTS,
    LINES,
    LONG_LINES,
    OTHER,
    PLAIN,
    TARGETS,
    TWO_LENGTHS,
    rows,
)
from test_serve_slow import LONGEST, TRICKLES, send_some
from wire import Address, Said, address_of, answers, asked, connect, exchange

PATIENCE = 20.0
FRESH_SECONDS = 2

# What is refused is refused by whoever sees it first, and in his words. Varnish says less by
# itself than an answer should say, but then nothing else either.
REFUSALS = {400, 405, 413, 414, 431, 501, 505}

# Varnish has the identity of all that it stores.
TAKEN = {406: 200, 431: 200}

Start = Callable[[Path, Address], AbstractContextManager[tuple[Address, int]]]


class Front(NamedTuple):
    """What is in front, its process, and what is behind."""

    address: Address
    process: int
    server: Serving
    folder: Path


def shown(recipe: str, language: str) -> str:
    """Give the configuration that a recipe shows."""
    text = (ROOT / "docs/recipes" / recipe).read_text(encoding="utf-8")
    found = text.partition(f"```{language}\n")[2].partition("```")[0]
    assert found
    return found


def program(name: str) -> str:
    """Find a program, or skip the test."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    return found or pytest.skip(f"there is no {name}")


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], port: int) -> Iterator[tuple[Address, int]]:
    """Run a program until the block ends, from when it listens."""
    address = ("127.0.0.1", port)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def is_listening() -> bool:
        assert process.poll() is None, process.communicate()[0]
        try:
            connect(address).close()
        except OSError:
            return False
        return True

    try:
        eventually(is_listening, "somebody who listens")
        yield address, process.pid
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@contextmanager
def nginx(folder: Path, origin: Address) -> Iterator[tuple[Address, int]]:
    """Run nginx as its recipe says."""
    name, port = program("nginx"), free_port()
    file = folder / "nginx.conf"
    site = shown("behind-nginx.md", "nginx").replace("/var/cache/nginx/feeds", f"{folder}/cache")
    site = site.replace("127.0.0.1:8000", f"{origin[0]}:{origin[1]}")
    site = site.replace("listen 80;", f"listen 127.0.0.1:{port};")
    user = "user root;" if os.geteuid() == 0 else ""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    file.write_text(
        f"{user} daemon off; master_process off; pid {folder}/pid; error_log {folder}/log;\n"
        f"events {{ worker_connections 2048; }}\nhttp {{ access_log off; {places}\n{site} }}\n"
    )
    with running([name, "-e", "stderr", "-p", str(folder), "-c", str(file)], port) as started:
        yield started


@contextmanager
def varnish(folder: Path, origin: Address) -> Iterator[tuple[Address, int]]:
    """Run Varnish as its recipe says."""
    name, port = program("varnishd"), free_port()
    file = folder / "feeds.vcl"
    file.write_text(shown("behind-varnish.md", "vcl").replace('"8000"', f'"{origin[1]}"'))
    line = shown("behind-varnish.md", "sh").replace("/etc/varnish/feeds.vcl", str(file))
    arguments = line.replace(":80 ", f"127.0.0.1:{port} ").split()[1:]
    own = [name, "-j", "none", "-F", "-n", str(folder / "work")]
    with running([*own, *arguments], port) as started:
        yield started


@pytest.fixture(scope="module", params=[nginx, varnish], ids=["nginx", "varnish"])
def front(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    """Give each, in front of a server of a publication that is fresh for a moment."""
    start: Start = request.param
    folder = tmp_path_factory.mktemp("fronts")
    document(folder / "corpus", "ebb.md")
    document(folder / "corpus", "flow.md", topics="[Rail]")
    document(folder / "corpus", "tide.md", topics="[Sea, Energy]")
    (folder / "config").mkdir()
    (folder / "config/feeds.yaml").write_text(
        f"site: {{base_url: '{BASE_URL}'}}\ncorpus: ../corpus\noutput: ../output\n"
        f"moved: {{feed.xml: all.rss}}\nserver: {{max_age: {FRESH_SECONDS}}}\n",
        encoding="utf-8",
    )
    for arguments in (["build"], ["retire", "topics/rail"], ["build"]):
        run = feeds_command(*arguments, "--now", NOW, cwd=folder)
        assert run.returncode == 0, run.stderr
    with (
        serving("--now", NOW, "--no-reload", cwd=folder) as server,
        start(folder, address_of(server.url)) as (address, process),
    ):
        yield Front(address, process, server, folder)


def ask(front: Front, request: bytes) -> Said:
    """Give the one answer to a request that is its connection's last."""
    (answer,) = answers(exchange(front.address, [request]), is_head=request.startswith(b"HEAD"))
    return answer


def feed(front: Front) -> bytes:
    """Give the bytes of the feed that all ask for."""
    return (front.folder / "output/all.atom").read_bytes()


@pytest.mark.case(123)
@pytest.mark.parametrize(
    "request_bytes",
    **rows(TWO_LENGTHS, LINES, OTHER, TARGETS, HOSTS, BODIES, FIELDS, LONG_LINES),
)
def test_nobody_gets_what_another_has_hidden(front: Front, request_bytes: bytes) -> None:
    """Whatever one sends, with a request hidden after it, who asks next gets what he asked for."""
    hidden = PLAIN.replace(b"all.atom", b"feeds.opml")
    with connect(front.address) as client:
        client.settimeout(0.2)
        send_some(client, request_bytes + hidden)
        for _ in range(4):
            answer = ask(front, asked())
            assert (answer.status, answer.body) == (200, feed(front))
            # What is stored is asked for once; what is not goes behind each time.
            assert ask(front, asked("/healthz")).body == b"alive\n"


@pytest.mark.case(123)
@pytest.mark.parametrize(("status", "request_bytes"), EVERY.values(), ids=EVERY)
def test_every_answer_is_safe_also_through_it(
    front: Front, status: int, request_bytes: bytes
) -> None:
    """Nothing is to be guessed, run or kept in error, whoever says it, nor is it a client's."""
    lines = b"".join(f"\r\n{line}".encode() for line in FORWARDED)
    evil = request_bytes.replace(b"Host: x", b"Host: evil.example" + lines, 1)
    received = exchange(front.address, [evil])
    (answer,) = answers(received)
    assert answer.status in {status, TAKEN.get(status)} or {answer.status, status} <= REFUSALS
    assert EVIL.encode() not in received
    if answer.body or answer.headers:
        assert answer.headers["x-content-type-options"] == ["nosniff"]
        assert len(answer.headers["content-security-policy"]) == 1
        if answer.status >= 400 and status not in {404, 410}:
            assert answer.headers["cache-control"] == ["no-store"]
    assert not any(digit.isdigit() for digit in "".join(answer.headers.get("server", [])))


@pytest.mark.case(123)
@pytest.mark.parametrize(
    "target", ["/all.atom?x=1", "/all.atom?", "/all.atom?%00", "http://x/all.atom"]
)
def test_a_query_is_not_in_the_key(front: Front, target: str) -> None:
    """One feed is stored once, whatever is asked of it."""
    assert ask(front, asked(target)).body == feed(front)


WAYS = {
    "/search.atom?q=ebb": [
        "?q=Ebb",
        "?q=%65bb",
        "?q=+ebb++EBB",
        "?q=%22ebb%22",
        "?min_quality=&q=ebb",
    ],
    "/topics/energy,sea.atom": ["/topics/sea,energy.atom", "/topics/sea%2Cenergy.atom"],
    "/topics/energy+sea.atom": ["/topics/sea+energy.atom", "/topics/SEA%2benergy.atom"],
    "/topics/energy,sea.atom?min_quality=1": ["/topics/sea%2cenergy.atom?min_quality=01"],
}


@pytest.mark.parametrize("target", WAYS)
def test_a_query_is_stored_once_however_it_is_asked(front: Front, target: str) -> None:
    """All ways to ask lead to one address, of which the cache asks the server once."""
    first = ask(front, asked(target))
    assert first.status == 200
    for way in WAYS[target]:
        written = way if way.startswith("/") else f"/search.atom{way}"
        led = ask(front, asked(written))
        assert led.status == 301
        assert urljoin(written, led.headers["location"][0]) == target
    # Varnish tells the age of what it stores, in whole seconds, and nginx is configured to tell.
    time.sleep(1.1)
    again = ask(front, asked(target))
    assert again.body == first.body
    assert again.headers.get("x-cache") == ["HIT"] or int(again.headers["age"][0]) > 0


def test_queries_are_told_apart(front: Front) -> None:
    """What is found by one is never given to who asks for another, nor is an error."""
    for target, title in (("/search.atom?q=ebb", b"ebb"), ("/search.atom?q=flow", b"flow")):
        for _ in range(2):
            body = ask(front, asked(target)).body
            assert body.count(b"<entry>") == 1
            assert title in body
    assert ask(front, asked("/search.atom")).status == 400
    assert ask(front, asked("/search.atom?q=ebb&x=1")).status == 400
    assert ask(front, asked("/search.atom?q=ebb")).status == 200
    assert b"<article" in ask(front, asked("/search/?q=ebb")).body
    assert b"<article" not in ask(front, asked("/search/?q=nothing")).body
    assert b"<article" not in ask(front, asked("/search/")).body


@pytest.mark.case(123)
@pytest.mark.parametrize(
    "target",
    ["//all.atom", "/./all.atom", "/x/../all.atom", "/%2e/all.atom", "/all.atom/", "/ALL.atom"],
)
def test_nothing_is_stored_under_another_path(front: Front, target: str) -> None:
    """What is not there by its own path is not, whether or not what it is like is stored."""
    for _ in range(2):
        assert ask(front, asked(target)).status == 404
        assert ask(front, asked()).status == 200


@pytest.mark.case(123)
@pytest.mark.parametrize("line", ["Range: bytes=0-1", "Range: bytes=0-1,3-4", "Cookie: a=b"])
def test_other_fields_have_no_effect_through_it(front: Front, line: str) -> None:
    """Ranges and cookies change nothing, and are no way past the cache."""
    answer = ask(front, asked("/all.atom", line))
    assert (answer.status, answer.body) == (200, feed(front))


@pytest.mark.case(123)
def test_a_condition_holds_through_it(front: Front) -> None:
    """What a client has already is not sent again."""
    tag = ask(front, asked()).headers["etag"][0].removeprefix("W/")
    # Varnish knows no lists.
    for value in (tag, f"W/{tag}"):
        assert ask(front, asked("/all.atom", f"If-None-Match: {value}")).status == 304
    assert ask(front, asked("/all.atom", 'If-None-Match: "x"')).status == 200


@pytest.mark.case(123)
def test_nobody_keeps_it_waiting(front: Front) -> None:
    """Whoever sends nothing, or a byte at a time, is closed within 10 s or has been answered."""
    with ExitStack() as opened:
        clients = []
        for first, again in TRICKLES.values():
            client = opened.enter_context(connect(front.address))
            send_some(client, first)
            clients.append((client, again))
        begin = time.monotonic()
        while clients:
            assert time.monotonic() - begin < LONGEST
            time.sleep(0.5)
            clients = [(client, again) for client, again in clients if is_open(client, again)]
            assert ask(front, asked()).status == 200


def is_open(client: socket.socket, again: bytes) -> bool:
    """Send some more, and tell whether the other side has not closed yet."""
    try:
        client.setblocking(False)  # noqa: FBT003 - it is the library's
        if again:
            client.send(again)
        return client.recv(1_048_576) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


@pytest.mark.case(65, 123)
def test_what_is_stored_is_given_while_the_server_is_dead(front: Front) -> None:
    """With the server killed, and what is stored no longer fresh, it is what is answered."""
    assert ask(front, asked()).body == feed(front)
    os.kill(front.server.process.pid, signal.SIGKILL)

    def is_down() -> bool:
        try:
            connect(address_of(front.server.url)).close()
        except OSError:
            return True
        return False

    eventually(is_down, "the end of the server")
    time.sleep(FRESH_SECONDS + 1)
    for _ in range(5):
        answer = ask(front, asked("/all.atom?again"))
        assert (answer.status, answer.body) == (200, feed(front))
        time.sleep(0.5)
    unknown = ask(front, asked("/never-asked-for.atom"))
    assert unknown.status == 503
    assert unknown.headers["cache-control"] == ["no-store"]
    assert unknown.headers["x-content-type-options"] == ["nosniff"]
