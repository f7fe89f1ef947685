"""nginx before servers that tests start: as the CDN that docs show, and to count what is asked."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from cli_tools import ROOT
from daemons import Daemon, free_port, listens, program

_KINDS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
_QUIET_SECONDS = 0.1


class Asked(NamedTuple):
    """A request that was answered: its method, path (nothing in it coded), query, and sizes.

    `received` and `sent` are bytes with heads, from and to who asked.
    """

    method: str
    path: str
    query: str
    status: int
    received: int
    sent: int


class Nginx(Daemon):
    """nginx with what an `http` block has, in which a server listens at `port`."""

    def __init__(self, folder: Path, port: int, blocks: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = port
        file = folder / "nginx.conf"
        places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in _KINDS)
        file.write_text(
            f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors;\n"
            f"events {{ worker_connections 2048; }}\n"
            f"http {{\naccess_log off;\n{places}\n{blocks}\n}}\n",
            encoding="utf-8",
        )
        command = [program("nginx"), "-e", "stderr", "-p", folder, "-c", file]
        super().__init__(command, folder / "said", lambda: listens(port))

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"


class Counting(Nginx):
    """A proxy before a server, which changes nothing and writes down what was asked."""

    def __init__(self, folder: Path, url: str) -> None:
        port = free_port()
        self._log = folder / "asked"
        self._seen = 0
        super().__init__(
            folder,
            port,
            f"""
log_format asked escape=none
    "$request_method\\t$request_uri\\t$status\\t$request_length\\t$bytes_sent";
upstream behind {{ server {urlsplit(url).netloc}; keepalive 64; }}
server {{
    listen 127.0.0.1:{port};
    access_log {self._log} asked;
    client_max_body_size 0;
    location / {{
        proxy_pass http://behind;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        # Who asks has signed for what he calls the server.
        proxy_set_header Host $http_host;
        proxy_request_buffering off;
        proxy_buffering off;
        # What is asked is asked once, whatever becomes of it.
        proxy_next_upstream off;
    }}
}}
""",
        )

    def asked(self) -> list[Asked]:
        """Give what was asked since this was called last, in the order of the answers.

        It waits until nothing is added any more: a line is written when an answer was sent.
        """
        known, lines = -1, self._lines()
        while known != len(lines):
            known = len(lines)
            time.sleep(_QUIET_SECONDS)
            lines = self._lines()
        found = [_asked(line) for line in lines[self._seen :]]
        self._seen = len(lines)
        return found

    def _lines(self) -> list[str]:
        return self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []


def _asked(line: str) -> Asked:
    method, target, status, received, sent = line.split("\t")
    path, _, query = target.partition("?")
    return Asked(method, unquote(path), query, int(status), int(received), int(sent))


def shown(page: str, language: str = "nginx") -> str:
    """Give the first block in a language that a page of docs/ shows."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    found = text.partition(f"```{language}\n")[2].partition("```")[0]
    assert found, f"docs/{page} shows no {language}"
    return found


def cdn(folder: Path, bucket: str, prefix: str) -> Nginx:
    """Give nginx as a cache of what is below a prefix of a bucket, as its recipe says."""
    port, parts = free_port(), urlsplit(bucket)
    site = shown("recipes/before-a-bucket.md").replace("/var/cache/nginx/feeds", f"{folder}/cache")
    site = site.replace("store.example:443", parts.netloc).replace("store.example", parts.netloc)
    site = site.replace(
        "https://feeds_bucket/news/feeds", f"http://feeds_bucket{parts.path}/{prefix}"
    )
    return Nginx(folder, port, site.replace("listen 80;", f"listen 127.0.0.1:{port};"))


def before_servers(
    folder: Path, ports: Sequence[int], *, caching: bool = True, by_path: bool = True
) -> Nginx:
    """Give nginx before several of our servers, as its recipe says; with its cache or without.

    What is asked of a path goes to one of them, or else to all in turns.
    """
    port = free_port()
    site = shown("recipes/behind-nginx.md").replace("/var/cache/nginx/feeds", f"{folder}/cache")
    servers = "\n".join(f"    server 127.0.0.1:{each};" for each in ports)
    way = "    hash $feeds_path;\n" if by_path else ""
    site = site.replace("    server 127.0.0.1:8000;", way + servers)
    if not caching:
        site = site.replace("proxy_cache feeds;", "proxy_cache off;")
    return Nginx(folder, port, site.replace("listen 80;", f"listen 127.0.0.1:{port};"))
