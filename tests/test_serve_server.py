import hashlib
import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from feeds.errors import FeedsError
from feeds.serve.app import FeedsApp
from feeds.serve.served import Served
from feeds.serve.server import CannotListen, HttpServer

PATIENCE = 10.0
SIZE = 16 * 1024 * 1024
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

# Answers at once with what no socket buffers whole, or late with little.
PROGRAM = f"""
import asyncio, sys
from feeds.serve.server import HttpServer

async def app(scope, receive, send):
    if sys.argv[1] == "late":
        print("asked", flush=True)
        await asyncio.sleep(1)
    body = b"late" if sys.argv[1] == "late" else bytes({SIZE})
    length = str(len(body)).encode()
    await send({{"type": "http.response.start", "status": 200,
                "headers": [(b"content-length", length)]}})
    await send({{"type": "http.response.body", "body": body}})

HttpServer(app, "127.0.0.1", 0, on_started=lambda url: print(url, flush=True)).run()
print("ended", flush=True)
"""


@contextmanager
def program(kind: str) -> Iterator[tuple[subprocess.Popen[str], tuple[str, int]]]:
    """Run a server in a process of its own; gives where it listens."""
    command = [sys.executable, "-W", "error", "-c", PROGRAM, kind]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            parts = urlsplit(process.stdout.readline().strip())
            yield process, (parts.hostname or "", parts.port or 0)
        finally:
            process.kill()


def receive_all(client: socket.socket) -> bytes:
    received = bytearray()
    while chunk := client.recv(1024 * 1024):
        received += chunk
    return bytes(received)


def is_refused(address: tuple[str, int]) -> bool:
    """Whether nobody listens any more, within a second."""
    for _ in range(100):
        try:
            socket.create_connection(address, PATIENCE).close()
        except ConnectionRefusedError:
            return True
        time.sleep(0.01)
    return False


@pytest.mark.case(62)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_a_request_finish(number: signal.Signals) -> None:
    """After a signal, who has asked is answered, who comes is refused, and all ends well."""
    with program("late") as (process, address):
        assert process.stdout is not None
        with socket.create_connection(address, PATIENCE) as client:
            client.sendall(REQUEST)
            assert process.stdout.readline() == "asked\n"
            begin = time.monotonic()
            process.send_signal(number)
            assert is_refused(address)
            process.send_signal(signal.SIGTERM)
            assert receive_all(client).endswith(b"\r\n\r\nlate")
        out, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, out, err) == (0, "ended\n", "")
        assert time.monotonic() - begin < PATIENCE


@pytest.mark.case(62)
def test_a_signal_lets_a_long_answer_be_read_to_its_end() -> None:
    """What the server has written but the client has not read yet is not cut off."""
    with program("long") as (process, address):
        with socket.create_connection(address, PATIENCE) as client:
            client.sendall(REQUEST)
            head = client.recv(64)
            process.send_signal(signal.SIGTERM)
            assert is_refused(address)
            _, _, body = (head + receive_all(client)).partition(b"\r\n\r\n")
        assert hashlib.sha256(body).digest() == hashlib.sha256(bytes(SIZE)).digest()
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 0


@pytest.mark.case(62)
def test_silent_connections_do_not_hold_the_server() -> None:
    """Connections without a request, or with half of one, are closed when the server stops."""
    with program("late") as (process, address):
        clients = [socket.create_connection(address, PATIENCE) for _ in range(3)]
        clients[0].sendall(b"GET / HT")
        time.sleep(0.1)
        begin = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
        assert time.monotonic() - begin < 5
        for client in clients:
            client.close()


def test_the_url_is_told_once_the_server_listens() -> None:
    """With port 0 the real port is told, and it answers."""
    told: list[str] = []
    started = threading.Event()

    def on_started(url: str) -> None:
        told.append(url)
        started.set()

    server = HttpServer(FeedsApp(Served()), "127.0.0.1", 0, on_started=on_started)
    thread = threading.Thread(target=server.run)
    thread.start()
    assert started.wait(PATIENCE)
    parts = urlsplit(told[0])
    assert (parts.scheme, parts.hostname, told) == ("http", "127.0.0.1", [server.url])
    with socket.create_connection((parts.hostname or "", parts.port or 0), PATIENCE) as client:
        client.sendall(REQUEST)
        assert client.recv(64).startswith(b"HTTP/1.1 503 ")
    server.stop()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_small_answers_are_sent_without_delay() -> None:
    """No answer waits for the client to acknowledge its head, which would take 40 ms each."""
    server = HttpServer(FeedsApp(Served()), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=PATIENCE)
    begin = time.monotonic()
    for _ in range(50):
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b"alive\n"
    assert time.monotonic() - begin < 50 * 0.04
    connection.close()
    server.stop()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_server_that_was_stopped_before_it_ran_ends_at_once() -> None:
    """A stop is not lost when it comes too early."""
    server = HttpServer(FeedsApp(Served()), "127.0.0.1", 0)
    server.stop()
    server.run()


def test_signal_handlers_are_put_back() -> None:
    """What signals did before the server, they do after it."""
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    server = HttpServer(FeedsApp(Served()), "127.0.0.1", 0)
    server.stop()
    server.run()
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_an_ipv6_address_is_written_in_brackets() -> None:
    """A URL with an IPv6 address can be followed."""
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        server = HttpServer(FeedsApp(Served()), "::1", 0)
    except CannotListen:
        pytest.skip("no IPv6 loopback here")
    server.stop()
    server.run()
    assert server.url.startswith("http://[::1]:")


def test_a_port_in_use_is_one_line() -> None:
    """Who cannot listen is told where and why, and exits with 4."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen) as raised:
            HttpServer(FeedsApp(Served()), "127.0.0.1", port).run()
    assert str(raised.value) == f"cannot listen on 127.0.0.1:{port}: Address already in use"
    assert isinstance(raised.value, FeedsError)
    assert raised.value.exit_code == 4


@pytest.mark.parametrize(
    ("host", "port"),
    [("127.0.0.1", 65_536), ("127.0.0.1", -1), ("203.0.113.1", 0), ("a..b", 0), ("::x", 0)],
)
def test_an_address_that_is_not_ours_is_one_line(host: str, port: int) -> None:
    """Wrong ports and strange hosts are told like a port in use."""
    with pytest.raises(CannotListen, match=r"^cannot listen on [^\n]+: [^\n]+$"):
        HttpServer(FeedsApp(Served()), host, port)
