"""nginx and Caddy, configured by files of the output, answer what the server of ours does."""

import gzip
import http.client
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import pytest
from cli_tools import NOW, ROOT, feeds_command
from conftest import front_matter

from feeds.config.purge import Purge
from feeds.config.types import Configuration
from feeds.formats import feed_formats
from feeds.publish.policy import Policy
from feeds.serve.app import FeedsApp
from feeds.serve.publication import Publication, Terms
from feeds.serve.served import Served
from feeds.serve.server import HttpServer

PATIENCE = 20.0
STRANGE = "old \"feeds\" 'of' $uri {path} `x` 100% ü;.xml"
FOLDER = 'a "strange" {folder} of $uri; 50% (`x`) [y]+'
TEXT = f"""\
site: {{title: Example News, base_url: 'https://feeds.example'}}
corpus: ../corpus
output: ../output
purge: {{tags: true}}
topics: {{machine-learning: {{label: Machine Learning, aliases: [ML]}}}}
moved:
  topics/ml: topics/machine-learning
  feed.xml: {{to: all.rss, temporary: true}}
  feed/: all.rss
  {STRANGE!r}: all.atom
  {FOLDER!r}: topics/machine-learning
  money.xml: 'https://elsewhere.example/$uri?a={{b}}'
""".replace(repr(STRANGE), "'" + STRANGE.replace("'", "''") + "'")
SERVED = (
    "/all.atom",
    "/all.rss",
    "/all.json",
    "/feeds.opml",
    "/",
    "/index.html",
    "/topics/machine-learning/archive/2026-10.atom",
    "/topics/machine-learning/archive/2026-10/",
    "/topics/",
    "/topics/feeds.opml",
    "/search/",
    "/search/feeds.data",
    "/search.js",
    "/lists.css",
)
MISSING = (
    "/none.atom",
    "/none",
    "/topics/none/",
    "/search/feeds.json",
    "/manifest.json",
    "/ALL.ATOM",
    "/FEED.XML",
    "/.staging/0",
    "/_nginx.conf",
    "/_caddy.conf",
    "/_headers",
    "/_redirects",
    "/all.atom.gz",
    "/all.json.br",
    "/topics/machine-learning.rss.gz",
    "/topics/ml",
)
MOVED = (
    "/feed.xml",
    "/feed/",
    "/feed.xml?query=1",
    "/topics/ml.atom",
    "/topics/ml/",
    "/topics/ml/archive/2026-10.atom",
    "/topics/ml/page/2.rss?x=y",
    "/" + quote(STRANGE),
    "/" + quote(FOLDER) + ".json",
    "/" + quote(FOLDER) + "/archive/2026-10.atom",
    "/money.xml",
)
WITHOUT_SLASH = (
    "/all",
    "/topics",
    "/help",
    "/topics/machine-learning",
    "/topics/machine-learning?x=y",
    "/providers/paper.example",
)
GONE = (
    "/topics/rail.atom",
    "/topics/rail.rss",
    "/topics/rail.json",
    "/topics/rail/",
    "/topics/rail/archive/2026-10.atom",
)
SAME = (
    "content-type",
    "cache-control",
    "x-content-type-options",
    "content-security-policy",
    "access-control-allow-origin",
    "cache-tag",
    "surrogate-key",
)

Address = tuple[str, int]
Start = Callable[[Path, Path, Path], AbstractContextManager[Address]]

# Hosts of files know no months, and answer for archives as if none were past.
IN_THE_MONTH = datetime(2026, 10, 31, tzinfo=UTC)
BEFORE = "2026-10-30T00:00:00Z"

OUTPUT = "/srv/feeds/output"
"""Where the recipes say that the output is."""

POLICY = Policy(Configuration(purge=Purge(tags=True)), feed_formats())


class Answer(NamedTuple):
    """What came back, the names of its headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(address: Address, path: str, method: str = "GET", **fields: str) -> Answer:
    connection = http.client.HTTPConnection(*address, timeout=PATIENCE)
    try:
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        names = [name.lower() for name, _ in answer.getheaders()]
        assert len(names) == len(set(names)), names
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a publication in which feeds have moved and one has ended."""
    folder = tmp_path_factory.mktemp("hosting")
    (folder / "corpus").mkdir()
    (folder / "config").mkdir()
    (folder / "config/feeds.yaml").write_text(TEXT, encoding="utf-8")
    fields = {
        "title": "One",
        "excerpt": "Two. " * 100,
        "publishedDateTime": "2026-10-01T08:00:00Z",
        "webUrl": "https://paper.example/one",
        "published": True,
        "provider": {"name": "The Paper", "domain": "paper.example"},
        "topics": ["ML", "Rail"],
    }
    (folder / "corpus/a.md").write_text(front_matter(fields), encoding="utf-8")
    for arguments in (["build"], ["retire", "topics/rail"], ["build"]):
        run = feeds_command(*arguments, "--now", BEFORE, cwd=folder)
        assert run.returncode == 0, run.stderr
    return folder


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def recipe(name: str, output: Path, root: Path) -> str:
    """Give the configuration that the recipe for a server shows, for an output under a root."""
    text = (ROOT / "docs/recipes" / f"{name}.md").read_text(encoding="utf-8")
    shown = text.partition(f"```{name}\n")[2].partition("```")[0]
    shown = shown.replace(f"{OUTPUT}/_", f"{output}/_")
    assert str(output) in shown
    return shown.replace(OUTPUT, str(root))


def workplace(folder: Path, host: str) -> Path:
    """Give a directory for a server's own files."""
    place = folder / host
    place.mkdir()
    return place


@contextmanager
def running(command: list[str], port: int, folder: Path) -> Iterator[Address]:
    """Run a server until the block ends, from when it listens."""
    environment = os.environ | {
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
    )
    try:
        end = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        assert process.poll() is None, process.stdout and process.stdout.read().decode()
        yield "127.0.0.1", port
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@contextmanager
def nginx(folder: Path, output: Path, root: Path) -> Iterator[Address]:
    """Run nginx for an output; `root` is that of the server, where a path is to find it."""
    program, port = _program("nginx"), free_port()
    place = workplace(folder, "nginx")
    server = recipe("nginx", output, root).replace("listen 80;", f"listen 127.0.0.1:{port};")
    user = "user root;" if os.geteuid() == 0 else ""
    places = "".join(
        f"{name}_temp_path {place}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (place / "nginx.conf").write_text(
        f"{user} pid {place}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {places}\n"
        f"{server} }}\n"
    )
    command = [program, "-e", "stderr", "-p", str(place), "-g", "daemon off;"]
    with running([*command, "-c", str(place / "nginx.conf")], port, folder) as address:
        yield address


@contextmanager
def caddy(folder: Path, output: Path, _root: Path) -> Iterator[Address]:
    """Run Caddy for an output, which is always the root of the site."""
    program, port = _program("caddy"), free_port()
    file = workplace(folder, "caddy") / "Caddyfile"
    site = recipe("caddy", output, output).replace("feeds.example.org", f"http://127.0.0.1:{port}")
    file.write_text("{\n admin off\n auto_https off\n}\n" + site)
    command = [program, "run", "--adapter", "caddyfile", "--config", str(file)]
    with running(command, port, folder) as address:
        yield address


def _program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    return found or pytest.skip(f"there is no {name}")


@pytest.fixture(scope="module")
def live(folder: Path) -> Iterator[Address]:
    """Give the address of our own server."""
    server = HttpServer(
        FeedsApp(Served(Publication.load(folder / "output", Terms(POLICY, IN_THE_MONTH)))),
        "127.0.0.1",
        0,
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    parts = urlsplit(server.url)
    try:
        yield parts.hostname or "", parts.port or 0
    finally:
        server.stop()
        thread.join(PATIENCE)


@pytest.fixture(scope="module", params=[nginx, caddy], ids=["nginx", "caddy"])
def static(folder: Path, request: pytest.FixtureRequest) -> Iterator[Address]:
    """Give the address of a static host."""
    start: Start = request.param
    with start(folder, folder / "output", folder / "output") as address:
        yield address


def same(answer: Answer) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name in SAME}


@pytest.mark.parametrize("path", SERVED)
def test_what_is_published_is_the_same(live: Address, static: Address, path: str) -> None:
    """Status, body, type, freshness and policies are those of our server; HEAD is like GET."""
    wanted, got = ask(live, path), ask(static, path)
    assert (got.status, got.body) == (wanted.status, wanted.body) == (200, wanted.body)
    assert same(got) == same(wanted)
    assert got.headers["cache-tag"] == got.headers["surrogate-key"]
    assert got.headers["vary"] == wanted.headers.get("vary", "Accept-Encoding")
    head = ask(static, path, "HEAD")
    assert (head.status, head.body, same(head)) == (200, b"", same(got))
    assert head.headers["etag"] == got.headers["etag"]


@pytest.mark.parametrize("path", ["/all.atom", "/topics/machine-learning.rss", "/all.json?x=y"])
def test_feeds_are_sent_in_the_coding_of_their_files(
    live: Address, static: Address, path: str
) -> None:
    """Who takes gzip gets the bytes that lie beside the feed, whoever answers."""
    wanted, got = (ask(address, path, Accept_Encoding="gzip") for address in (live, static))
    assert (got.status, got.body) == (wanted.status, wanted.body) == (200, wanted.body)
    assert got.headers["content-encoding"] == wanted.headers["content-encoding"] == "gzip"
    assert gzip.decompress(got.body) == ask(live, path).body
    assert same(got) == same(wanted)
    assert got.headers["vary"] == wanted.headers["vary"] == "Accept-Encoding"
    tag = got.headers["etag"]
    again = ask(static, path, If_None_Match=tag, Accept_Encoding="gzip")
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("path", SERVED)
def test_a_second_poll_gets_304(live: Address, static: Address, path: str) -> None:
    """Each host's own validators come back as a 304, and another's as a 200.

    Only the entity tag is its own.
    """
    dates = {ask(address, path).headers["last-modified"] for address in (live, static)}
    assert len(dates) == 1
    for address in (live, static):
        first = ask(address, path)
        tag, date = first.headers["etag"], first.headers["last-modified"]
        for method in ("GET", "HEAD"):
            again = ask(address, path, method, If_None_Match=tag)
            assert (again.status, again.body) == (304, b"")
            assert again.headers["etag"] == tag
            assert again.headers["cache-control"] == first.headers["cache-control"]
            assert again.headers["cache-tag"] == first.headers["cache-tag"]
            assert again.headers.get("vary") == first.headers.get("vary")
        assert ask(address, path, If_Modified_Since=date).status == 304
        assert ask(address, path, If_None_Match='"another"').status == 200
        assert ask(address, path, If_None_Match='"another"', If_Modified_Since=date).status == 200


@pytest.mark.parametrize("path", MISSING)
def test_what_is_not_there_is_the_same(live: Address, static: Address, path: str) -> None:
    """A 404 has the same words, and caches keep it as long."""
    wanted, got = ask(live, path), ask(static, path)
    assert (got.status, got.body) == (wanted.status, wanted.body) == (404, b"not found\n")
    assert same(got) == same(wanted)


@pytest.mark.parametrize("path", MOVED)
def test_what_moved_is_the_same(live: Address, static: Address, path: str) -> None:
    """A redirect has the same status, place and freshness, whatever the path is made of."""
    wanted, got = ask(live, path), ask(static, path)
    assert wanted.status in {301, 302}
    assert got.status == wanted.status
    encoded = {"$": "%24", "{": "%7B", "}": "%7D"}
    location = "".join(encoded.get(char, char) for char in wanted.headers["location"])
    assert got.headers["location"] == location
    assert same(got) | {"content-type": ""} == same(wanted) | {"content-type": ""}
    assert ask(static, path, "HEAD").status == wanted.status


@pytest.mark.parametrize("path", WITHOUT_SLASH)
def test_a_page_without_its_slash_is_the_same(live: Address, static: Address, path: str) -> None:
    """Status, place and freshness of the redirect are those of our server, and it leads there."""
    wanted, got = ask(live, path), ask(static, path)
    assert (got.status, wanted.status) == (308, 308)
    last = path.partition("?")[0].rpartition("/")[2]
    assert got.headers["location"] == wanted.headers["location"] == f"./{last}/"
    assert same(got) | {"content-type": ""} == same(wanted) | {"content-type": ""}
    assert ask(static, path, "HEAD").status == 308
    assert ask(static, path.partition("?")[0] + "/").status == 200


@pytest.mark.parametrize("path", GONE)
def test_what_is_gone_is_the_same(live: Address, static: Address, path: str) -> None:
    """A 410 has the last document of the format asked for, or a line."""
    wanted, got = ask(live, path), ask(static, path)
    assert (got.status, got.body) == (wanted.status, wanted.body) == (410, wanted.body)
    assert got.headers["content-type"] == wanted.headers["content-type"]


@pytest.mark.parametrize("path", ["/topics/ml/%0d%0aX-Y:%20z", "/topics/ml/..%2f..%2fetc"])
def test_nothing_breaks_out_of_a_location(static: Address, path: str) -> None:
    """What is no address of ours is never put into a header field as it is."""
    answer = ask(static, path)
    assert "x-y" not in answer.headers
    assert answer.status in {301, 400, 404}
    assert ".." not in answer.headers.get("location", "")


@pytest.mark.parametrize("start", [nginx, caddy])
def test_a_publication_may_be_below_the_root_of_its_host(
    folder: Path, tmp_path: Path, start: Start
) -> None:
    """With a path in the base URL everything is below it, and nothing beside it is ours."""
    root = tmp_path / "site"
    shutil.copytree(folder / "output", root / "news", symlinks=True)
    (tmp_path / "config").mkdir()
    text = TEXT.replace("https://feeds.example'", "https://feeds.example/news'")
    text = text.replace("../output", "../site/news").replace("../corpus", str(folder / "corpus"))
    (tmp_path / "config/feeds.yaml").write_text(text, encoding="utf-8")
    for arguments in (["build"], ["retire", "topics/rail"], ["build"]):
        run = feeds_command(*arguments, "--now", NOW, cwd=tmp_path)
        assert run.returncode == 0, run.stderr
    with start(tmp_path, root / "news", root) as address:
        for path in SERVED:
            answer = ask(address, f"/news{path}")
            tag = POLICY.tag(path[1:] + "index.html" if path.endswith("/") else path[1:])
            assert (answer.status, answer.headers["cache-tag"]) == (200, tag)
        moved = ask(address, "/news/topics/ml/archive/2026-10.atom")
        place = "https://feeds.example/news/topics/machine-learning/archive/2026-10.atom"
        assert (moved.status, moved.headers["location"]) == (301, place)
        assert ask(address, "/topics/ml.atom").headers.get("location") is None
        page = ask(address, "/news/topics/machine-learning")
        assert (page.status, page.headers["location"]) == (308, "./machine-learning/")
        assert ask(address, "/topics/machine-learning").headers.get("location") is None
        assert ask(address, "/news/none.atom").status == 404
        last = ask(address, "/news/topics/rail.atom")
        assert (last.status, last.headers["content-type"]) == (
            410,
            "application/atom+xml; charset=utf-8",
        )
