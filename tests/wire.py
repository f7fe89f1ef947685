"""What tests of the server on the wire share: clients that send bytes, and read what comes."""

import resource
import socket
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

PATIENCE = 20.0

Address = tuple[str, int]


class Said(NamedTuple):
    """An answer; the names of header fields are in lower case, with all values of each."""

    status: int
    headers: dict[str, list[str]]
    body: bytes


def address_of(url: str) -> Address:
    """Give where a server listens."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 0


def connect(address: Address) -> socket.socket:
    """Open a connection."""
    return socket.create_connection(address, PATIENCE)


def rest(client: socket.socket) -> bytes:
    """Read until the server closes."""
    return b"".join(iter(lambda: client.recv(1_048_576), b""))


def exchange(address: Address, parts: Iterable[bytes], pause: float = 0.0) -> bytes:
    """Send some bytes, part by part, and give all that comes back until the server closes."""
    with connect(address) as client:
        for part in parts:
            client.sendall(part)
            time.sleep(pause)
        return rest(client)


def answers(received: bytes, *, is_head: bool = False) -> list[Said]:
    """Tell apart the answers that came one after the other."""
    found = []
    while received:
        head, end, received = received.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        assert end, head
        assert status.startswith("HTTP/1.1 "), head
        headers: dict[str, list[str]] = {}
        for line in lines:
            name, _, value = line.partition(": ")
            headers.setdefault(name.lower(), []).append(value)
        number = int(status[9:12])
        if is_head or number in {204, 304}:
            body = b""
        elif headers.get("transfer-encoding") == ["chunked"]:
            body, received = _from_chunks(received)
        else:
            length = int(headers.get("content-length", [str(len(received))])[0])
            assert len(received) >= length, head
            body, received = received[:length], received[length:]
        found.append(Said(number, headers, body))
    return found


def _from_chunks(received: bytes) -> tuple[bytes, bytes]:
    """Give a body that comes in chunks, and what comes after it."""
    body = b""
    while True:
        size, end, received = received.partition(b"\r\n")
        assert end, size
        chunk, received = received[: int(size, 16)], received[int(size, 16) + 2 :]
        if not chunk:
            return body, received
        body += chunk


def asked(target: str = "/all.atom", *lines: str, method: str = "GET", host: str = "x") -> bytes:
    """Write a request that is its connection's last."""
    fields = [f"Host: {host}", *lines, "Connection: close", "", ""]
    return "\r\n".join([f"{method} {target} HTTP/1.1", *fields]).encode("latin-1")


def processes(process: "subprocess.Popen[str]") -> list[int]:
    """Give the numbers of a program's process and of those that it has started."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [process.pid, *map(int, children.split())]


def resident(process: "subprocess.Popen[str]") -> int:
    """Count the bytes of memory that a program and the processes it has started take."""
    pages = [Path(f"/proc/{each}/statm").read_text().split()[1] for each in processes(process)]
    return sum(map(int, pages)) * resource.getpagesize()
