"""Canaries: what is not for readers is in nothing that they get, and what is secured nowhere.

A corpus has them wherever something private can stand; then everything that the program writes,
says or answers is searched for them in whatever dress.
"""

import os
import re
import shutil
import socket
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import pytest
from canaries import INNER, UNTOLD, traces
from casebook import Attempts
from cli_tools import NOW, ROOT, Serving, contents, eventually, feeds_command, manifest, serving
from private_documents import DEFECTS, DIALECTS, SECURED
from test_cli_serve_status import ask

PATIENCE = 10.0
# Seconds for a refresh, on a machine with much else to do.
LONG = 90.0
TEXT = f"""\
# {UNTOLD}
site:
  title: Example News
  base_url: https://feeds.example
  id_authority: feeds.example,2026
  hubs: https://hub.example/
corpus: ../corpus
output: ../output
state: ../state
pages: 2
limit: 30
digests: {{all: daily}}
stories: {{providers: true}}
moved: {{topics/old: topics/tides}}
limits: {{nodes: 400, front_matter_bytes: 8192, file_bytes: 32768}}
server: {{status: 0, metrics: 0}}
feeds:
  best: {{title: Best, where: {{text: [{INNER}, tide]}}, order: added, digest: weekly}}
"""
PRIVATE = {"FEEDS_PRIVATE": UNTOLD, "EMAIL": f"{UNTOLD}@feeds.example"}
CODINGS = ("identity", "gzip", "br", "zstd", "*;q=0")
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PROPFIND")
BROKEN = (
    b"GET\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET /all.atom HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01",
)


class Said(NamedTuple):
    """Some bytes that left the program, and where."""

    where: str
    data: bytes
    coding: str = ""


@dataclass
class House:
    """A publication, and all that was said on the way to it."""

    folder: Path
    talk: list[Said] = field(default_factory=list)
    answers: list[Said] = field(default_factory=list)

    @property
    def corpus(self) -> Path:
        """The documents, and what is among them and is none."""
        return self.folder / "corpus"

    def run(self, *arguments: object, ends: int = 0) -> None:
        """Run a command and keep what it says."""
        run = feeds_command(*arguments, cwd=self.folder, env=PRIVATE)
        assert run.returncode == ends, run.stderr
        self.talk.append(Said(f"feeds {arguments[0]}", (run.stdout + run.stderr).encode()))

    def build(self, *options: object, now: str = NOW) -> None:
        """Build by the configuration."""
        self.run("build", "--config", "config", "--now", now, *options)

    def files(self, name: str) -> list[Said]:
        """Give what there is in a directory of ours."""
        return [Said(path, data, path) for path, data in contents(self.folder / name).items()]

    def write(self, path: str, text: str | bytes) -> None:
        """Write a file of the corpus."""
        file = self.corpus / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def news(self, path: str, body: str = "", **fields: str) -> None:
        """Write a document of the news dialect; `fields` are YAML as it stands."""
        self.write(path, DIALECTS["news"].document(fields, name=Path(path).stem, body=body))


def hold_back(house: House) -> None:
    """Write documents that are held back, for each reason that there is, with all that they say."""
    everything = {
        "title": INNER,
        "excerpt": f"{INNER} and more",
        "webUrl": f"https://{INNER}.example/{INNER}",
        "originalUrl": f"https://{INNER}.example/original",
        "provider": f"{{name: {INNER}, domain: {INNER}.example}}",
        "topics": f"[{INNER}, Tides]",
        "category": INNER,
        "author": f"{{name: {INNER}, email: {INNER}@paper.example}}",
        "images": f"[{{url: 'https://{INNER}.example/i.png', alt: {INNER}}}]",
        "related": f"[{{title: {INNER}, webUrl: 'https://{INNER}.example/r'}}]",
        "rights": INNER,
    }
    for name, reason in {
        "published": {"published": "false"},
        "quoted": {"published": '"false"'},
        "listed": {"published": "[x]"},
        "removed": {"removed": "true"},
        "soon": {"publishedDateTime": "2026-11-02T08:00:00Z"},
        "skipped": {"publishedDateTime": "never"},
        "unlinked": {"webUrl": f"javascript:{INNER}", "originalUrl": ""},
        "credentials": {"webUrl": f"https://me:{INNER}@paper.example/", "originalUrl": ""},
    }.items():
        house.news(f"held/{INNER}-{name}.md", f"{INNER}\n", **everything | reason)
    for name in ("curated", "hugo", "hugo toml", "jekyll", "eleventy"):
        dialect = DIALECTS[name]
        quoted = f'"{INNER}"'
        fields = {"title": quoted, dialect.topics: f"[{quoted}]", "draft": "true"}
        house.write(dialect.path(f"{INNER}-draft"), dialect.document(fields, body=INNER))
    # Its address is in a list of another, and its own words are not.
    house.news("held/known.md", published="false", title=INNER, webUrl="https://paper.example/k")
    house.news("lists.md", related="[{title: Tide tables, webUrl: 'https://paper.example/k'}]")


def leave_outside(house: House) -> None:
    """Put beside and among documents what is none: hidden, a draft, linked from elsewhere."""
    secret = DIALECTS["news"].document({"title": UNTOLD, "topics": f"[{UNTOLD}]"}, body=UNTOLD)
    for path in (".env", ".hidden.md", ".git/a.md", "x/.b/c.md", "drafts/a.md", "_drafts/b.md"):
        house.write(path, secret)
    for path in ("notes.txt", "a.md~", "a.md.swp", "feeds.yaml", "private.key"):
        house.write(path, secret)
    outside = house.folder / "outside"
    outside.mkdir()
    (outside / "a.md").write_text(secret, encoding="utf-8")
    (house.corpus / "link.md").symlink_to(outside / "a.md")
    (house.corpus / "linked").symlink_to(outside)
    os.mkfifo(house.corpus / "pipe.md")


def secure(house: House) -> None:
    """Write documents of each dialect with each shape of `secured`, and with each defect at it."""
    for name, dialect in DIALECTS.items():
        shapes = SECURED["toml" if dialect.is_toml else "yaml"]
        for number, lines in enumerate(shapes):
            house.write(dialect.path(f"s{number}"), dialect.document({}, lines, name=f"s{number}"))
        defects = DEFECTS["toml" if dialect.is_toml else "yaml"]
        for number, lines in enumerate(defects):
            text = dialect.document({}, lines, name=f"d{number}")
            house.write(dialect.path(f"d{number}"), text.encode("utf-8", "surrogateescape"))
        assert len(shapes) + len(defects) > 20, name


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Build the corpus, publish it, take something back, and ask for everything."""
    house = House(tmp_path_factory.mktemp(INNER))
    (house.folder / "config/dialects").mkdir(parents=True)
    (house.folder / "config/feeds.yaml").write_text(TEXT, encoding="utf-8")
    shutil.copy(ROOT / "config/dialects/eleventy.yaml", house.folder / "config/dialects")
    secure(house)
    hold_back(house)
    leave_outside(house)
    house.news("withdrawn.md", INNER, title=INNER, topics="[Tides]", excerpt=INNER)
    house.news("deleted.md", INNER, title=INNER, author=f"{{name: {INNER}}}")
    house.build("--timings")
    tags = {path: item["etag"] for path, item in manifest(house.folder / "output").items()}
    shown = [said for said in house.files("output") if traces(INNER, said.data, said.coding)]
    # Who could not see it come could not see it go.
    assert len(shown) > 10
    take_back(house)
    ask_for_everything(house, tags)
    return house


def take_back(house: House) -> None:
    """Withdraw and delete documents, and have every command say what it has to say."""
    house.news("withdrawn.md", INNER, title=INNER, excerpt=INNER, published="false")
    house.news("new.md", publishedDateTime="2026-10-31T08:00:00Z")
    (house.corpus / "deleted.md").unlink()
    house.run("check", "--config", "config", "--now", NOW, ends=1)
    house.run("check", "--config", "config", "--now", NOW, *house.corpus.glob("*.md"), ends=1)
    for option in ("--diff", "--output-format=json", "--output-format=sarif"):
        house.run("check", "--config", "config", "--now", NOW, option, ends=1)
    house.run("build", "--config", "config", "--now", NOW, "--strict", ends=1)
    house.build("--dry-run", "--timings")
    house.build("--timings")
    house.run("retire", "--config", "config", "--now", NOW, "topics/tides")
    house.build("--force")
    house.run("config", "schema")
    house.run("build", "--help")


def ask_for_everything(house: House, tags: Mapping[str, str]) -> None:
    """Ask a server for all that is published, and for all that is not, in every way."""
    before = ("--config", "config", "--output", "nothing", "--state", "none", "--corpus", "no")
    with serving(*before, "--now", NOW, cwd=house.folder, env=PRIVATE) as server:
        for path in ("/all.atom", "/readyz", "/healthz", f"/{INNER}"):
            keep(house, server, path, "GET", {})
        server.stop()
        house.talk.append(Said("a server of nothing", server.said.encode()))
    with serving("--config", "config", "--now", NOW, cwd=house.folder, env=PRIVATE) as server:
        eventually(lambda: "documents (" in server.said, "the first refresh", LONG)
        for path in published(house):
            for method in METHODS:
                keep(house, server, path, method, {})
            for coding in CODINGS:
                keep(house, server, path, "GET", {"Accept-Encoding": coding})
        for path in unpublished(house):
            keep(house, server, path, "GET", {})
        for path, tag in tags.items():
            own = tag.removesuffix('"') + '-im"'
            keep(house, server, f"/{path}", "GET", {"A-IM": "feed", "If-None-Match": own})
        for request in BROKEN:
            house.answers.append(Said(repr(request[:40]), exchange(server, request)))
        at = dict(re.findall(r"^(status|metrics) at (http://[^/]+)", server.said, re.MULTILINE))
        house.answers.append(Said("/metrics", ask(at["metrics"], "/metrics").body))
        # What is wrong with which document is for whoever runs the server, as its talk is.
        for path in ("/status/", "/status.json"):
            house.talk.append(Said(path, ask(at["status"], path).body))
        server.stop()
        house.talk.append(Said("a server", server.said.encode()))


def published(house: House) -> Iterator[str]:
    """Give the paths at which there is something for readers, and what web servers read."""
    yield from (f"/{quote(path)}" for path in contents(house.folder / "output"))
    yield from ("/", "/healthz", "/readyz", "/topics/old.atom", "/all.atom?x=y")


def unpublished(house: House) -> Iterator[str]:
    """Give the paths of files that are ours alone, in some ways to write them, and of nothing."""
    for folder in ("state", "corpus", "config"):
        for path in contents(house.folder / folder):
            if path.startswith(tuple(f"{dialect.place[:4]}" for dialect in DIALECTS.values())):
                continue
            yield f"/{quote(path)}"
            yield f"/{folder}/{quote(path)}"
            yield f"/..%2f{folder}%2f{quote(path, safe='')}"
    yield from ("/metrics", "/admin", "/reload", "/.staging", "/%2e%2e/outside/a.md", "/linked/")


def keep(house: House, server: Serving, path: str, method: str, headers: Mapping[str, str]) -> None:
    """Ask and keep the answer, status and headers among it."""
    answer = server.get(path, method, headers)
    where = f"{method} {path} {dict(headers)} {answer.status}"
    coding = answer.headers.get("content-encoding", "")
    house.answers.append(Said(where, answer.body, coding))
    house.answers.append(Said(where, repr(answer.headers).encode()))


def exchange(server: Serving, request: bytes) -> bytes:
    """Send bytes and give what comes back until the other side ends it."""
    place = urlsplit(server.url)
    with socket.create_connection((str(place.hostname), int(place.port or 0)), PATIENCE) as client:
        client.sendall(request)
        client.shutdown(socket.SHUT_WR)
        received = b""
        try:
            while chunk := client.recv(65536):
                received += chunk
        except ConnectionResetError:
            pass  # It did not read all that we sent.
        return received


# --- What is in none of it -----------------------------------------------------------------


def assert_free(said: list[Said], words: tuple[str, ...], attempts: Attempts) -> None:
    """See that none of some words is in any of what was said, in any dress."""
    assert said
    for where, data, coding in said:
        attempts.count(len(words))
        for word in words:
            if found := traces(word, data, coding):
                attempts.lose(f"{word} is in {where}: {found}")


@pytest.mark.case(32, 33, 130)
def test_nothing_private_is_published(house: House, attempts: Attempts) -> None:
    """No file of the output has a word that is not for readers, compressed ones among them."""
    assert_free(house.files("output"), (UNTOLD, INNER), attempts)


@pytest.mark.case(32, 33, 130)
def test_nothing_private_is_answered(house: House, attempts: Attempts) -> None:
    """No answer has one: body or header, whatever is asked for, in whatever way."""
    statuses = {said.where.split()[-1] for said in house.answers if said.where[0] != "b"}
    assert statuses >= {"200", "204", "226", "404", "405", "406", "410", "301", "503"}
    assert_free(house.answers, (UNTOLD, INNER), attempts)


@pytest.mark.case(32, 130)
def test_nothing_secured_is_said(house: House, attempts: Attempts) -> None:
    """No command says it of any document, whatever is wrong at it; nor does a server's log."""
    assert b": yaml-alias: secured: is not allowed" in house.talk[0].data
    assert_free(house.talk, (UNTOLD,), attempts)


@pytest.mark.case(32, 130)
def test_nothing_secured_is_kept(house: House, attempts: Attempts) -> None:
    """The catalog knows nothing of it, nor of what is no document of the corpus."""
    assert_free(house.files("state"), (UNTOLD,), attempts)


@pytest.mark.case(134)
def test_the_catalog_is_for_its_owner_alone(house: House) -> None:
    """It knows what documents say that are held back, and no other user may look into it."""
    (catalog,) = [said for said in house.files("state") if said.where == "catalog.sqlite"]
    assert traces(INNER, catalog.data)
    assert stat.S_IMODE((house.folder / "state").stat().st_mode) == 0o700
    assert stat.S_IMODE((house.folder / "output").stat().st_mode) & 0o055 == 0o055
