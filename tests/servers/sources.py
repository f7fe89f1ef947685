"""Documents in a bucket, as a source and in cycles: what is asked, and what goes wrong."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest
from between import Between, Request
from cli_tools import ENVIRONMENT
from conftest import DAY, Workshop, files_of
from rooms import Bucket, used
from stores import Moto, Server
from test_corpus_golden import rules
from test_corpus_sources import Contract, fill
from test_refresh_golden import GOLDEN, NOW, published

from feeds.corpus.packing import unpack_findings
from feeds.corpus.reading import Corpus
from feeds.corpus.scanned import ReadersHere
from feeds.corpus.source import CorpusUnreachable
from feeds.corpus.sources import source_at
from feeds.errors import ConfigurationError, Refused
from feeds.model import FileStamp, Finding
from feeds.processes import Crew
from feeds.refresh import Report

# What a store answers whom it does not let in, and whoever asks again.
DENIED, UNAVAILABLE, UNKNOWN = 403, 503, 400


@pytest.fixture(params=["moto", "ceph"])
def room(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """Give an empty prefix in each server."""
    server: Server = request.getfixturevalue(request.param)
    used(monkeypatch, server)
    return Bucket()


@pytest.fixture
def between(moto: Moto, monkeypatch: pytest.MonkeyPatch) -> Iterator[Between]:
    """Give what is between this process and moto."""
    with Between(moto.port) as found:
        used(monkeypatch, moto, found.url)
        yield found


@pytest.fixture
def bucket(between: Between) -> Bucket:
    """Give an empty prefix, of which all that is asked is counted."""
    assert between.url
    return Bucket()


class TestBucket(Contract):
    """A prefix in a bucket is a source."""


class Publisher:
    """Publishes what a workshop has written, once it is in a bucket."""

    def __init__(self, workshop: Workshop, bucket: Bucket) -> None:
        self.workshop = workshop
        self.bucket = bucket

    def build(self, now: Any = NOW, **changes: Any) -> Report:  # noqa: ANN401 - as a workshop's
        """Run a cycle over what is in the bucket."""
        (corpus,) = self.workshop.plan(now).corpora
        corpora = (replace(corpus, source=self.bucket.source),)
        return self.workshop.build(now, corpora=corpora, **changes)

    def send(self, *paths: str) -> None:
        """Put documents into the bucket, all of them where none is named."""
        self.bucket.put_all(self.workshop.corpus, paths)


@pytest.fixture
def publisher(workshop: Workshop, bucket: Bucket, between: Between) -> Publisher:
    """Give a publisher of three documents, and forget what was asked for that."""
    found = Publisher(workshop, bucket)
    for name in ("a", "b", "c"):
        workshop.news(f"{name}.md", title=name)
    found.send()
    found.build()
    between.take()
    return found


def asked(between: Between) -> list[tuple[str, str]]:
    """Give what was asked since the last time: LIST, or a method and the name of an object."""
    found = between.take()
    return sorted(
        ("LIST", "") if "list-type" in each.query else (each.method, Path(each.path).name)
        for each in found
    )


# --- What is published -----------------------------------------------------------------


def test_a_bucket_publishes_what_a_directory_does(tmp_path: Path, bucket: Bucket) -> None:
    """The golden corpus in a bucket gives every byte that it gives in a directory."""
    workshop = Workshop(tmp_path)
    workshop.configure((GOLDEN / "feeds.yaml").read_text(encoding="utf-8"))
    bucket.put_all(GOLDEN / "corpus")
    Publisher(workshop, bucket).build()
    expected, found = files_of(GOLDEN / "output"), published(workshop)
    assert found.keys() == expected.keys()
    assert [path for path in expected if expected[path] != found[path]] == []


def test_a_corpus_that_moves_into_a_bucket_is_not_parsed_again(
    publisher: Publisher, between: Between
) -> None:
    """Where the bytes are those that are known, nothing that is published becomes another."""
    workshop = publisher.workshop
    before = workshop.files()
    workshop.build(NOW + DAY)
    between.take()
    report = publisher.build(NOW + DAY)
    assert (report.read, workshop.files()) == (3, before)
    assert len(asked(between)) == 4


# --- What is asked of the store --------------------------------------------------------


def test_only_what_changed_is_read(publisher: Publisher, between: Between) -> None:
    """A cycle costs a listing, and a request for each object whose entity tag is another."""
    publisher.build()
    assert asked(between) == [("LIST", "")]
    publisher.workshop.edit("b.md", title="other")
    publisher.workshop.news("d.md", title="new")
    publisher.send("b.md", "d.md")
    between.take()
    report = publisher.build(NOW + DAY)
    assert asked(between) == [("GET", "b.md"), ("GET", "d.md"), ("LIST", "")]
    assert (report.read, set(publisher.workshop.titles())) == (2, {"a", "c", "other", "new"})


def test_what_is_sent_anew_as_it_was_is_not_read(publisher: Publisher, between: Between) -> None:
    """A copy of a whole corpus over itself, as tools make one, costs a listing and no more."""
    time.sleep(1.1)
    publisher.send()
    between.take()
    assert publisher.build().read == 0
    assert asked(between) == [("LIST", "")]


def test_a_listing_has_many_objects_in_an_answer(bucket: Bucket, between: Between) -> None:
    """More documents than an answer has are listed by as few requests as the store allows."""
    names = [f"{number:04}.md" for number in range(2_001)]
    fill(bucket, names)
    between.take()
    assert [each.path for each in bucket.source.scan()] == names
    assert asked(between) == [("LIST", "")] * 3


LISTING = """
import sys
from pathlib import Path
from feeds.corpus.sources import source_at
from feeds.processes import forked

if __name__ == "__main__":
    print(len(list(source_at(sys.argv[1]).scan())), len(list(Path("/proc/self/task").iterdir())))
    with forked(print, 1) as submit:
        print(submit is not None)
"""


def test_who_has_listed_a_bucket_may_fork(bucket: Bucket) -> None:
    """The library that asks stores has threads, which a process that can do without never gets."""
    fill(bucket, ["a.md", "b.md"])
    run = subprocess.run(
        [sys.executable, "-c", LISTING, bucket.address],
        env=ENVIRONMENT | {name: os.environ[name] for name in os.environ if name[:4] == "AWS_"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert run.stdout.split() == ["2", "1", "True"]


def test_documents_are_fetched_ahead_within_bounds(bucket: Bucket, between: Between) -> None:
    """Some are asked for at once, and no more than a limit of them, or of their bytes, allows."""
    names = [f"{number}.md" for number in range(64)]
    fill(bucket, names)
    between.spoil = slowly
    for limit, least, most in ((1_000, 8, 32), (8 * 2**20, 4, 8), (2**30, 1, 1)):
        between.most_at_once = 0
        with bucket.source.open("", limit, names) as files:
            assert [files.read(name)[0] for name in names] == [name.encode() for name in names]
        assert least <= between.most_at_once <= most, limit


def slowly(_request: Request) -> None:
    """Take a time for an answer, as a store far away does."""
    time.sleep(0.02)


def test_no_more_is_read_of_a_large_object_than_its_limit(bucket: Bucket, between: Between) -> None:
    """The rest stays at the store, but for what is on its way."""
    bucket.put("large.md", b"x" * 50_000_000)
    with bucket.source.open("", 1_000) as files:
        body, stamp = files.read("large.md")
    assert (body, stamp.size) == (b"x" * 1_000, 50_000_000)
    assert between.bytes_sent < 25_000_000


def test_documents_are_read_by_several_processes_that_die(bucket: Bucket, between: Between) -> None:
    """Each has its one reading, in order, whoever has to read it again."""
    names = [f"{number:04}.md" for number in range(1_001)]
    fill(bucket, names)
    readers: list[int] = []

    def kill() -> None:
        for reader in readers:
            os.kill(reader, signal.SIGKILL)

    between.spoil = once(kill, "/0700.md")
    between.take()
    with Crew(2) as crew:
        readings = ReadersHere(crew).read(
            Corpus(bucket.source, "", rules()), [(name, "") for name in names]
        )
        found = [next(readings)]
        readers += [child.pid for child in active_children() if child.pid]
        found += readings
    assert len(readers) == 2
    assert [reading.path for reading in found] == names
    assert {each.code for item in found for each in unpack_findings(item.findings)} == {
        "front-matter-missing"
    }
    read = Counter(Path(each.path).name for each in between.take() if each.method == "GET")
    assert read.keys() == set(names)
    assert read["0700.md"] > 1


# --- What changes meanwhile ------------------------------------------------------------


def once(change: Callable[[], None], name: str) -> Callable[[Request], None]:
    """Have something happen when an object is first asked for, before it is answered."""
    left = [change]

    def spoil(request: Request) -> None:
        if request.method == "GET" and request.path.endswith(name) and left:
            left.pop()()

    return spoil


def test_what_changes_before_it_is_read_is_looked_at_again(
    publisher: Publisher, between: Between
) -> None:
    """A document that became another one after the listing stays as it was until the next look."""
    workshop = publisher.workshop
    workshop.edit("b.md", title="second")
    publisher.send("b.md")
    workshop.edit("b.md", title="the third one")
    between.spoil = once(lambda: publisher.send("b.md"), "b.md")
    report = publisher.build(NOW + DAY)
    assert report.unsettled == (f"{publisher.bucket.address}/b.md",)
    assert set(workshop.titles()) == {"a", "b", "c"}
    report = publisher.build(NOW + DAY, looks_at=frozenset(report.unsettled))
    assert (report.read, report.unsettled) == (1, ())
    assert set(workshop.titles()) == {"a", "the third one", "c"}


def test_what_goes_before_it_is_read_was_never_there(
    publisher: Publisher, between: Between
) -> None:
    """An object that is deleted after the listing is not published, and hinders nothing."""
    publisher.workshop.news("d.md", title="d")
    publisher.send("d.md")
    between.spoil = once(lambda: publisher.bucket.remove("d.md"), "d.md")
    report = publisher.build()
    assert (report.documents, set(publisher.workshop.titles())) == (3, {"a", "b", "c"})


# --- What goes wrong at the store ------------------------------------------------------


def test_a_store_that_is_busy_is_asked_again(publisher: Publisher, between: Between) -> None:
    """Answers that a store is busy, or none at all, cost time and nothing else."""
    publisher.workshop.edit("b.md", title="other")
    publisher.send("b.md")
    seen: list[Request] = []

    def spoil(request: Request) -> int | None:
        seen.append(request)
        return UNAVAILABLE if len(seen) % 3 else None

    between.spoil = spoil
    assert publisher.build(NOW + DAY).read == 1
    assert set(publisher.workshop.titles()) == {"a", "other", "c"}
    assert len(seen) == 6


def test_a_store_that_fails_in_the_middle_ends_the_cycle(
    publisher: Publisher, between: Between
) -> None:
    """What is published stays as it was, no document is to blame, and the next one reads all."""
    workshop = publisher.workshop
    for name in ("a", "b", "c"):
        workshop.edit(f"{name}.md", title=f"{name} anew")
    publisher.send()
    before = workshop.stamps()
    between.spoil = lambda request: UNKNOWN if request.path.endswith("c.md") else None
    with pytest.raises(CorpusUnreachable, match=r"c\.md.* 400 Bad Request"):
        publisher.build(NOW + DAY)
    assert workshop.stamps() == before
    between.spoil = lambda _request: None
    assert publisher.build(NOW + DAY).read == 3
    assert set(workshop.titles()) == {"a anew", "b anew", "c anew"}


def test_a_failure_comes_back_from_another_process(bucket: Bucket, between: Between) -> None:
    """A store that fails for who reads for us fails for us, in the same words."""
    fill(bucket, ["a.md", "b.md"])
    corpus = Corpus(bucket.source, "", rules())
    between.spoil = lambda request: UNKNOWN if request.path.endswith("b.md") else None
    said = rf"^cannot read the corpus {bucket.address}: .*/b\.md "
    with Crew(1) as crew, pytest.raises(CorpusUnreachable, match=said) as caught:
        list(ReadersHere(crew).read(corpus, [("a.md", ""), ("b.md", "")]))
    assert caught.value.exit_code == 3


def test_a_document_that_nobody_may_read_costs_itself(
    publisher: Publisher, between: Between
) -> None:
    """It stays as it was, with a finding; others are published as they are."""
    workshop = publisher.workshop
    for name in ("b", "c"):
        workshop.edit(f"{name}.md", title=f"{name} anew")
    publisher.send("b.md", "c.md")
    between.spoil = lambda request: DENIED if request.path.endswith("b.md") else None
    (finding,) = publisher.build(NOW + DAY).findings
    assert (finding.path, finding.code) == ("b.md", "file-unreadable")
    assert finding.message.startswith("Permission denied; ")
    assert set(workshop.titles()) == {"a", "b", "c anew"}


def test_a_bucket_that_cannot_be_listed_is_no_empty_one(
    publisher: Publisher, between: Between
) -> None:
    """Who may not list it publishes nothing, and is told why in one line without any key."""
    before = publisher.workshop.stamps()
    between.spoil = lambda request: DENIED if "list-type" in request.query else None
    between.said = b"<Error><Code>NotYou</Code><AWSAccessKeyId>feeds-1</AWSAccessKeyId></Error>"
    with pytest.raises(CorpusUnreachable) as caught:
        publisher.build(force=True)
    said = str(caught.value)
    assert said.startswith(f"cannot read the corpus {publisher.bucket.address}: ")
    assert said.endswith("403 Forbidden: NotYou")
    assert "\n" not in said
    assert publisher.workshop.stamps() == before


@pytest.mark.parametrize(
    ("address", "environment", "path"),
    [
        (
            "az://container/news/a b",
            {
                "AZURE_STORAGE_ACCOUNT_NAME": "account",
                "AZURE_STORAGE_ACCOUNT_KEY": "c2VjcmV0",
                "AZURE_STORAGE_ENDPOINT": "{url}",
                "AZURE_ALLOW_HTTP": "true",
            },
            "/container",
        ),
        (
            "gs://bucket/news/a b",
            {
                "GOOGLE_SERVICE_ACCOUNT_KEY": '{{"gcs_base_url": "{url}", "disable_oauth": true,'
                ' "client_email": "", "private_key": "", "private_key_id": ""}}',
                "GOOGLE_ALLOW_HTTP": "true",
            },
            "/bucket",
        ),
    ],
)
def test_each_scheme_asks_its_own_store(
    between: Between,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    environment: dict[str, str],
    path: str,
) -> None:
    """What is said of a store in the environment, as its own tools have it, leads to it."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value.format(url=between.url))
    between.spoil = lambda _request: DENIED
    with pytest.raises(CorpusUnreachable, match=f"^cannot read the corpus {address}: .* 403 Forb"):
        list(source_at(address).scan())
    (request,) = between.take()
    assert (request.method, request.path) == ("GET", path)
    assert "prefix=news%2Fa+b%2F" in request.query


@pytest.mark.case(38)
def test_a_prefix_without_objects_is_empty(publisher: Publisher) -> None:
    """It is listed, and has nothing: the guard refuses, unless that is meant."""
    workshop = publisher.workshop
    publisher.bucket.remove("a.md", "b.md", "c.md")
    before = workshop.stamps()
    with pytest.raises(Refused, match=f"there are no documents in {publisher.bucket.address}; "):
        publisher.build()
    assert workshop.stamps() == before
    publisher.build(force=True)
    assert workshop.titles() == []


# --- Keys that are no paths ------------------------------------------------------------

ODD = ["sub//x.md", "sub/../x.md", "sub/./x.md", "sub/\0.md", "sub/\x1b.md", "sub/\x7f.md"]


@pytest.mark.case(30)
@pytest.mark.parametrize("key", ODD, ids=repr)
def test_a_key_that_is_no_path_costs_its_folder(publisher: Publisher, moto: Moto, key: str) -> None:
    """What is published of that folder stays, nothing else is touched, and a finding says why."""
    workshop = publisher.workshop
    for path in ("sub/d.md", "sub/in/e.md", "subs/f.md"):
        workshop.news(path, title=path)
    publisher.send()
    publisher.build()
    everything = set(workshop.titles())
    publisher.bucket.put_anything(moto, key)
    workshop.edit("a.md", title="a anew")
    publisher.send("a.md")
    (finding,) = publisher.build(NOW + DAY).findings
    assert (finding.path, finding.code, finding.severity) == ("sub", "file-unreadable", "error")
    assert finding.message.startswith("Encountered object with invalid path: ")
    assert set(workshop.titles()) == (everything - {"a"}) | {"a anew"}
    found = list(publisher.bucket.source.look(["sub", "subs"]))
    assert [type(each) for each in found] == [Finding, FileStamp]


@pytest.mark.case(30)
def test_a_key_that_is_no_path_beside_all_others_is_told(publisher: Publisher, moto: Moto) -> None:
    """Where nothing at all can be listed, nothing is published, and the key is named."""
    publisher.bucket.put_anything(moto, "/x.md")
    before = publisher.workshop.stamps()
    with pytest.raises(CorpusUnreachable, match=f'Path "{publisher.bucket.prefix}//" contained'):
        publisher.build(force=True)
    assert publisher.workshop.stamps() == before


def test_a_folder_that_is_an_object_is_no_document(bucket: Bucket, moto: Moto) -> None:
    """What consoles make for an empty folder is none of ours, unless it is called a document."""
    bucket.put_anything(moto, "folder/")
    bucket.put("folder/a.md", b"")
    bucket.put_anything(moto, "b.md/")
    assert [each.path for each in bucket.source.scan()] == ["b.md", "folder/a.md"]


def test_names_of_two_corpora_are_told_apart(tmp_path: Path, bucket: Bucket) -> None:
    """A folder of the first corpus that has the name of another one is found by the scan."""
    workshop = Workshop(tmp_path)
    workshop.news("a.md")
    bucket.put("corpus/b.md", b"")
    (corpus,) = workshop.plan().corpora
    first = replace(corpus, source=bucket.source)
    second = replace(corpus, prefix="corpus/", source=source_at(workshop.corpus))
    with pytest.raises(ConfigurationError, match="the name corpus is that of a directory in s3:"):
        workshop.build(corpora=(first, second))
    shutil.rmtree(workshop.root / "state")
