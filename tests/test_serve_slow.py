"""Clients that keep a real `feeds serve` waiting, and many of them at once."""

import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from cli_tools import BASE_URL, NOW, Serving, build, document, eventually, serving
from wire import Address, address_of, answers, asked, connect, exchange, processes, resident, rest

PLACES = ("--corpus", "corpus", "--output", "output", "--base-url", BASE_URL, "--now", NOW)
LONGEST = 10.0
"""Seconds after which nobody keeps the server waiting any more."""

SOON = 5.0
"""Seconds in which honest clients are answered, also where other tests run beside this one."""

PLAIN = b"GET /all.atom HTTP/1.1\r\nHost: x\r\n\r\n"
NOT_PLAIN = b"GET /all.atom?x HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /all.atom HTTP/1.1\r\nHost: x\r\n"

# More than sockets hold of answers, and than may be waiting of requests.
MANY = 3_000

# How many connections are held: HELD=10000 where files may be open that are as many and more.
HELD = int(os.environ.get("HELD", "500"))

# What clients send at first, and then again and again, a little at a time.
TRICKLES = {
    "nothing": (b"", b""),
    "half a request line": (b"GET /all.at", b""),
    "half a head": (PLAIN[:-2], b""),
    "a head, by and by": (PLAIN[:-2] + b"X: ", b"y"),
    "a request line, by and by": (b"GET /", b"a"),
    "lines, by and by": (PLAIN[:-2], b"X: y\r\n"),
    "one request": (PLAIN, b""),
    "one request that is not plain": (NOT_PLAIN, b""),
    "one request, and another by and by": (PLAIN + PLAIN[:-2] + b"X: ", b"y"),
    "a body, by and by": (POST + b"Content-Length: 1000\r\n\r\n", b"y"),
    "chunks, by and by": (POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\ny\r\n"),
    "something after the last request": (asked(), b"y"),
    "something after what is refused": (b"nonsense\r\n\r\n", b"y"),
}
# What clients ask for who do not take the answers, or one byte of them at a time.
UNTAKEN = {
    "what is plain": PLAIN * MANY,
    "what is not plain": NOT_PLAIN * MANY,
    "both": (PLAIN + NOT_PLAIN) * (MANY // 2),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a directory with a publication, of which a feed is some ten kilobytes."""
    folder = tmp_path_factory.mktemp("slow")
    for number in range(20):
        document(folder / "corpus", f"{number}.md")
    assert build(folder).returncode == 0
    return folder


@contextmanager
def served(folder: Path, files: int | None = None) -> Iterator[Serving]:
    """Serve it; nothing that clients do is worth a word."""
    with serving(*PLACES, "--no-reload", cwd=folder, files=files) as server:
        server.until("serving at ")
        yield server
        assert server.said == f"serving at {server.url}\n"


def descriptors(server: Serving) -> int:
    """Count the files and sockets that are open in all processes of a server."""
    return sum(open_files(process) for process in processes(server.process))


def open_files(process: int) -> int:
    """Count the files and sockets that are open in a process."""
    return len([*Path(f"/proc/{process}/fd").iterdir()])


def send_some(client: socket.socket, data: bytes) -> None:
    """Send what the other side takes at once, if it takes anything."""
    client.setblocking(False)  # noqa: FBT003 - it is the library's
    with suppress(OSError):
        client.sendall(data)


def seconds_of_an_answer(address: Address) -> float:
    """Ask as honest clients do, and tell how long the answer takes."""
    begin = time.monotonic()
    assert answers(exchange(address, [asked()]))[0].status == 200
    return time.monotonic() - begin


@pytest.mark.case(52, 117, 118, 119)
def test_nobody_keeps_the_server_waiting(folder: Path) -> None:
    """Whoever sends nothing, or a byte at a time, or reads as slowly, is closed within 10 s."""
    with served(folder) as server, ExitStack() as opened:
        address = address_of(server.url)
        seconds_of_an_answer(address)
        time.sleep(0.5)
        before = descriptors(server)
        begin = time.monotonic()
        trickling = [
            (opened.enter_context(connect(address)), again) for _, again in TRICKLES.values()
        ]
        for (client, _), (first, _) in zip(trickling, TRICKLES.values(), strict=True):
            send_some(client, first)
        untaken = [opened.enter_context(connect(address)) for _ in range(2 * len(UNTAKEN))]
        for client, requests in zip(untaken, [*UNTAKEN.values()] * 2, strict=True):
            send_some(client, requests)
        eventually(lambda: descriptors(server) > before, "the first of them")
        while descriptors(server) > before:
            assert time.monotonic() - begin < LONGEST
            assert seconds_of_an_answer(address) < SOON
            time.sleep(0.5)
            for client, again in trickling:
                send_some(client, again)
            for client in untaken[: len(UNTAKEN)]:
                with suppress(OSError):
                    client.recv(1)
        assert time.monotonic() - begin > 5, "some time is for honest clients"


@pytest.mark.case(117)
def test_who_reads_slowly_but_reads_has_all(folder: Path) -> None:
    """A client on a bad line takes longer than any limit, and is not cut off."""
    with served(folder) as server, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        client.connect(address_of(server.url))
        asking = threading.Thread(target=client.sendall, args=(PLAIN * 999 + asked(),))
        asking.start()
        taken = b""
        begin = time.monotonic()
        while time.monotonic() - begin < LONGEST + 1:
            taken += client.recv(16_384)
            time.sleep(0.25)
        taken += rest(client)
        asking.join(LONGEST)
    assert len(answers(taken)) == 1_000


@pytest.mark.case(116)
def test_who_says_that_this_was_all_is_answered(folder: Path) -> None:
    """A client that ends its side when it has asked has all its answers, and then the end."""
    with served(folder) as server:
        for requests in (PLAIN, NOT_PLAIN, NOT_PLAIN + PLAIN, PLAIN * 200):
            for late in (b"", PLAIN[:-2]):
                with connect(address_of(server.url)) as client:
                    client.sendall(requests + late)
                    client.shutdown(socket.SHUT_WR)
                    begin = time.monotonic()
                    received = answers(rest(client))
                assert len(received) == requests.count(b"GET")
                assert time.monotonic() - begin < 5


@pytest.mark.case(53)
def test_honest_clients_are_answered_beside_many_silent_ones(folder: Path) -> None:
    """While very many connections are held, each request is answered soon, with little memory."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < HELD + 512:
        pytest.skip(f"no process may have more than {hard} files open here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, HELD + 512), hard))
    try:
        with served(folder) as server:
            hold_many(server, HELD)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.case(53)
def test_honest_clients_are_answered_where_more_come_than_may_be_held(folder: Path) -> None:
    """Where few files may be open, those who came first and ask nothing make room."""
    with served(folder, files=400) as server:
        hold_many(server, 1_000)
        address = address_of(server.url)
        for process in processes(server.process):
            assert open_files(process) < 400
        assert seconds_of_an_answer(address) < SOON


def hold_many(server: Serving, count: int) -> None:
    """Open connections and send nothing, or half a head, and ask as others do all the while."""
    address = address_of(server.url)
    before = resident(server.process)
    with ExitStack() as opened:
        for number in range(count):
            client = opened.enter_context(connect(address))
            if number % 2:
                send_some(client, PLAIN[:-2])
            if number % (count // 20) == 0:
                assert seconds_of_an_answer(address) < SOON
        for _ in range(10):
            assert seconds_of_an_answer(address) < SOON
        assert resident(server.process) - before < 16_777_216 + count * 16_384


@pytest.mark.case(117, 120)
def test_what_is_kept_for_many_is_bounded(tmp_path: Path) -> None:
    """However many take none of a large feed, or send half of a long head, memory is left."""
    for number in range(20):
        file = document(tmp_path / "corpus", f"{number}.md")
        file.write_text(file.read_text() + "again and again\n" * 2_800)
    assert build(tmp_path).returncode == 0
    with served(tmp_path) as server:
        address = address_of(server.url)
        assert len(exchange(address, [asked()])) > 800_000
        before = resident(server.process)
        for sent in (PLAIN * 9, PLAIN[:-2] + b"X: " + b"a" * 60_000):
            with ExitStack() as opened:
                for _ in range(400):
                    client = opened.enter_context(socket.socket())
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
                    client.connect(address)
                    send_some(client, sent)
                # The system, too, has a limit to what it holds for all sockets together.
                assert seconds_of_an_answer(address) < SOON
                assert resident(server.process) - before < 256 * 1_048_576


@pytest.mark.case(62, 124)
def test_a_signal_ends_all_of_them(folder: Path) -> None:
    """With 500 idle, trickling and unreading clients, SIGTERM twice is exit 0 within 10 s."""
    with served(folder) as server, ExitStack() as opened:
        address = address_of(server.url)
        clients = [opened.enter_context(connect(address)) for _ in range(500)]
        kinds = [b"", PLAIN[:-2], PLAIN, POST + b"Content-Length: 9\r\n\r\n", NOT_PLAIN * MANY]
        for number, client in enumerate(clients):
            # Those who do not read are few: what they do not take is memory of the system.
            send_some(client, kinds[number % 4 if number >= 5 else 4])
        eventually(lambda: descriptors(server) >= 500, "all connections")
        # Until nothing more can be sent to those who do not read.
        time.sleep(1.5)
        in_flight = opened.enter_context(connect(address))
        in_flight.sendall(asked("/all.rss"))
        assert rest(in_flight).startswith(b"HTTP/1.1 200 ")
        begin = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        is_over = threading.Event()
        trickling = threading.Thread(target=trickle, args=(clients[6], is_over.is_set))
        trickling.start()
        time.sleep(1)
        code, _ = server.stop()
        is_over.set()
        trickling.join()
        assert code == 0
        assert time.monotonic() - begin < LONGEST


def trickle(client: socket.socket, is_over: Callable[[], bool]) -> None:
    """Send a byte again and again."""
    while not is_over():
        send_some(client, b"y")
        time.sleep(0.1)
