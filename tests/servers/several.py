"""Servers without a state of their own, behind nginx, answer as one while others publish."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from cli_tools import BASE_URL, Serving, document, eventually, feeds_command, serving
from polling import Answer, Editions, Judge, Pollers, said_of
from proxies import before_servers, cdn
from stores import Ceph

from feeds.store import Store, open_store

SERVERS = 4
EDITS = 4
TAKEOVER_SECONDS = 2
PATHS = ("all.atom", "all.json", "topics/tides.rss", "topics/rail.atom", "index.html", "feeds.opml")

NEVER = "Thu, 01 Jan 1970 00:00:00 GMT"


class Site:
    """A corpus, who publishes it to a bucket, and the bucket."""

    def __init__(self, folder: Path, ceph: Ceph) -> None:
        self.folder = folder
        self.address = f"s3://feeds/{uuid4().hex}"
        self.environment = ceph.environment()
        for name, topic in (("ebb", "Tides"), ("flow", "Tides"), ("line", "Rail")):
            document(folder / "corpus", f"{name}.md", topics=f"[{topic}]")
        self.configure("publisher")

    def configure(self, name: str) -> Path:
        """Give a folder with a configuration of its own, in which nothing is yet."""
        place = self.folder / name
        (place / "config").mkdir(parents=True)
        (place / "config/feeds.yaml").write_text(
            f"site: {{base_url: '{BASE_URL}', id_authority: 'feeds.example'}}\n"
            f"corpus: ../../corpus\noutput: {self.address}\nstate: ../state\n"
            f"server: {{takeover: {TAKEOVER_SECONDS}, max_age: 1}}\n",
            encoding="utf-8",
        )
        return place

    def edit(self, number: int) -> None:
        """Have something be said anew by a document of all feeds but those of one topic."""
        document(self.folder / "corpus", "ebb.md", title=f'"Edition {number}"', topics="[Tides]")

    def publish(self) -> None:
        """Build in a process of its own."""
        run = feeds_command("build", cwd=self.folder / "publisher", env=self.environment)
        assert run.returncode == 0, run.stderr


@pytest.fixture
def site(tmp_path: Path, ceph: Ceph, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Give a site of three documents."""
    for name, value in ceph.environment().items():
        monkeypatch.setenv(name, value)
    return Site(tmp_path, ceph)


@contextmanager
def servers(site: Site, number: int) -> Iterator[list[Serving]]:
    """Run servers, each in a place of its own where nothing is."""
    with ExitStack() as stack:
        found = []
        for each in range(number):
            place = site.configure(f"server-{each}")
            options = ("--no-reload", "--config", "config")
            found.append(stack.enter_context(serving(*options, cwd=place, env=site.environment)))
        for server in found:
            is_ready = lambda server=server: server.get("/readyz").status == 200  # noqa: E731
            eventually(is_ready, "a server that is ready", 60)
        yield found


def wrong(answers: Iterable[Answer], editions: Editions) -> list[str]:
    """Tell what is wrong with all answers together, whatever was asked for."""
    return Judge(editions.span, lambda _: "all").wrong(answers)


def manifest(store: Store) -> bytes | None:
    return store.get("manifest.json")


def test_they_give_one_answer_throughout_a_publish(site: Site, tmp_path: Path) -> None:
    """Whoever is asked, bytes and validators are those of one edition, and never of an older one.

    Requests go to the servers in turns, so that each is followed by one of another server.
    """
    editions, store = Editions(), open_store(site.address)
    site.publish()
    editions.note(manifest(store))
    with servers(site, SERVERS) as running:
        ports = [urlsplit(server.url).port or 0 for server in running]
        with (
            before_servers(tmp_path / "nginx", ports, caching=False, by_path=False) as nginx,
            Pollers([nginx.url], PATHS, each=4) as pollers,
        ):
            for number in range(EDITS):
                time.sleep(TAKEOVER_SECONDS / 2)
                site.edit(number)
                site.publish()
                editions.note(manifest(store))
            last = f"Edition {EDITS - 1}".encode()

            def is_last() -> bool:
                return all(last in server.get("/all.atom").body for server in running)

            eventually(is_last, "the last edition", 30)
            time.sleep(TAKEOVER_SECONDS)
        answers = pollers.take()
        assert Counter(answer.status for answer in answers).keys() == {200, 304}
        assert not wrong(answers, editions)
        seen = {editions.span(answer) for answer in answers if answer.path == "all.atom"}
        assert seen == {(number, number) for number in range(EDITS + 1)}
        for server in running:
            assert server.said.count("ERROR") == 0
            assert (
                server.get("/all.atom").headers["etag"]
                == editions.manifests[-1]["all.atom"]["etag"]
            )
            assert not list((tmp_path / f"server-{running.index(server)}").rglob("catalog*"))


def test_readers_do_not_notice_that_one_is_killed(site: Site, tmp_path: Path) -> None:
    """With one of four servers killed, everybody is answered, and by what there is."""
    site.publish()
    editions, store = Editions(), open_store(site.address)
    editions.note(manifest(store))
    with servers(site, SERVERS) as running:
        ports = [urlsplit(server.url).port or 0 for server in running]
        with (
            before_servers(tmp_path / "nginx", ports, caching=False) as nginx,
            Pollers([nginx.url], PATHS) as pollers,
        ):
            time.sleep(0.5)
            running[0].process.kill()
            time.sleep(1)
        answers = pollers.take()
        assert {answer.status for answer in answers} == {200, 304}
        assert not wrong(answers, editions)


def test_a_cdn_before_the_bucket_goes_on_throughout(site: Site, ceph: Ceph, tmp_path: Path) -> None:
    """While others publish, and while the gateway is dead, everybody gets whole feeds, none older.

    A CDN takes over each object when what it has is no longer fresh.
    """
    site.publish()
    editions, store = Editions(), open_store(site.address)
    editions.note(manifest(store))
    bucket, _, prefix = site.address.removeprefix("s3://").partition("/")
    paths = [path for path in PATHS if path != "index.html"]
    with (
        cdn(tmp_path / "cdn", f"{ceph.url}/{bucket}", prefix) as nginx,
        Pollers([nginx.url], paths, each=3) as pollers,
    ):
        for number in range(2):
            site.edit(number)
            site.publish()
            editions.note(manifest(store))
        eventually(lambda: pollers.newest("all.atom") == 1, "the last edition")
        ceph.kill()
        time.sleep(2)
        ceph.start()
    answers = pollers.take()
    assert {answer.status for answer in answers} == {200, 304}
    assert not Judge(editions.span_of_bytes, lambda answer: answer.path).wrong(answers)


def test_who_lies_is_found(site: Site) -> None:
    """What is of no edition, or of one before that which was seen, is told."""
    site.publish()
    editions, store = Editions(), open_store(site.address)
    editions.note(manifest(store))
    with servers(site, 1) as (server,), Pollers([server.url], ("all.atom",), each=1) as pollers:
        eventually(lambda: len(pollers) > 3, "answers")
    first = pollers.take()[0]
    site.edit(1)
    site.publish()
    editions.note(manifest(store))
    newer = said_of(editions.manifests[1]["all.atom"])
    later = first._replace(asked=first.came + 1, came=first.came + 2, said=newer)
    assert not wrong([first, later], editions)
    earlier = later._replace(asked=first.asked - 2, came=first.asked - 1)
    assert len(wrong([first, earlier], editions)) == 1
    for fault in ({"sha256": "0"}, {"tag": newer.tag}, {"changed": NEVER}):
        assert len(wrong([first._replace(said=first.said._replace(**fault))], editions)) == 1
