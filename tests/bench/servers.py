"""Servers that are measured: ours, and nginx with the files that ours publishes."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from measuring import ENVIRONMENT, NOW, Failed, ended

PATIENCE = 120.0

Found = TypeVar("Found")


@dataclass(frozen=True)
class Running:
    """A server: where it answers, its process, and the file of what it says."""

    url: str
    process: int
    log: Path

    def count(self, text: str) -> int:
        """Count how often it has said something."""
        return self.log.read_text(encoding="utf-8", errors="replace").count(text)

    def refreshes(self) -> int:
        """Count the refreshes that have ended."""
        return self.count(" unchanged, ")


@contextmanager
def ours(config: Path, log: Path, *options: object) -> Iterator[Running]:
    """Run our server on a free port by a configuration."""
    command = [sys.executable, "-m", "feeds", "serve", "--config", config, "--port", 0, *options]
    with log.open("wb") as said, ended(_started(command, said)) as process:

        def announced() -> str | None:
            found = re.search(r"serving at (\S+)", log.read_text(encoding="utf-8"))
            return found and found[1]

        yield Running(eventually(announced, process, log), process.pid, log)


@contextmanager
def watching(config: Path, log: Path) -> Iterator[Running]:
    """Run our server, which refreshes at the instant of all builds, once it has done so first."""
    with ours(config, log, "--now", NOW) as server:
        end = time.monotonic() + PATIENCE
        while not server.refreshes():
            if time.monotonic() > end:
                raise Failed(log.read_text(encoding="utf-8"))
            time.sleep(0.02)
        # The eyes on the corpus are opened beside the first refresh, and tell nobody.
        time.sleep(1)
        yield server


@contextmanager
def nginx(output: Path, folder: Path) -> Iterator[Running]:
    """Run nginx with one worker for an output, by the configuration that this carries."""
    program = find("nginx")
    assert program is not None
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    user = "user root;" if os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"{user} worker_processes 1; daemon off; pid {folder}/pid; error_log stderr;\n"
        "events { worker_connections 1024; }\n"
        "http {\n"
        f"{places} access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;\n"
        f"server {{ listen 127.0.0.1:{port}; root {output}; include {output}/_nginx.conf; }}\n"
        "}\n",
        encoding="utf-8",
    )
    log = folder / "nginx.log"
    command = [program, "-e", "stderr", "-p", folder, "-c", configuration]
    with log.open("wb") as said, ended(_started(command, said)) as process:

        def answers() -> str | None:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                return None
            return f"http://127.0.0.1:{port}"

        yield Running(eventually(answers, process, log), process.pid, log)


def find(program: str) -> str | None:
    """Find a program, those for administrators among them."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def eventually(
    look: Callable[[], Found | None], process: "subprocess.Popen[bytes]", log: Path
) -> Found:
    """Wait until something is there, and give it. Raises `Failed` where it never comes."""
    end = time.monotonic() + PATIENCE
    while (found := look()) is None:
        if process.poll() is not None or time.monotonic() > end:
            raise Failed(log.read_text(encoding="utf-8", errors="replace"))
        time.sleep(0.02)
    return found


def _started(command: list[object], said: object) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*map(str, command)],
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=said,
    )
