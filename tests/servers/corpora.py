"""Commands over documents in a bucket: what they say, and what they do when the store is away."""

import json
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from between import Between, Request
from cli_tools import (
    BASE_URL,
    ENVIRONMENT,
    NOW,
    Run,
    command,
    contents,
    document,
    eventually,
    feeds_command,
    serving,
)
from databases import PostgreSQL
from rooms import Bucket, used
from stores import SECRET, Ceph, Moto

from feeds.corpus.sources import source_at

REFUSED = 400


class Office:
    """A configuration for documents in a bucket, which are written in a directory first."""

    def __init__(self, folder: Path, bucket: Bucket, environment: dict[str, str]) -> None:
        self.folder = folder
        self.bucket = bucket
        self.environment = environment
        self.drafts = folder / "written"
        self.configure()

    def configure(self, *lines: str) -> None:
        """Write the configuration, with some lines more."""
        (self.folder / "config").mkdir(exist_ok=True)
        said = [
            f"corpus: {self.bucket.address}",
            "output: ../output",
            f"site: {{base_url: {BASE_URL}}}",
        ]
        text = "\n".join([*said, *lines])
        (self.folder / "config/feeds.yaml").write_text(f"{text}\n", encoding="utf-8")

    def send(self, name: str, **fields: str) -> None:
        """Write a document, and put it into the bucket."""
        document(self.drafts, name, **fields)
        self.bucket.put_all(self.drafts, [name])

    def run(self, *arguments: object) -> Run:
        """Run a command."""
        return feeds_command(*arguments, cwd=self.folder, env=self.environment)

    def build(self, *options: object) -> Run:
        """Build at an instant that never changes."""
        return self.run("build", "--now", NOW, *options)

    def titles(self) -> set[str]:
        """Give the titles that are published."""
        feed = json.loads((self.folder / "output/all.json").read_bytes())
        return {item["title"] for item in feed["items"]}


@pytest.fixture
def between(moto: Moto, monkeypatch: pytest.MonkeyPatch) -> Iterator[Between]:
    """Give what is between the commands and moto, which this process asks without it."""
    used(monkeypatch, moto)
    with Between(moto.port) as found:
        yield found


@pytest.fixture
def office(tmp_path: Path, moto: Moto, between: Between) -> Office:
    """Give a configuration for two documents in a bucket."""
    found = Office(tmp_path, Bucket(), moto.environment(between.url))
    found.send("a.md", title="Alpha")
    found.send("sub/b.md", title="Beta")
    return found


def test_a_build_is_that_of_a_directory(office: Office, tmp_path: Path) -> None:
    """Every file is the same, whether processes begin before the store is asked or after."""
    (office.drafts / "bad.md").write_text("---\ntitle: [\n---\n", encoding="utf-8")
    office.bucket.put_all(office.drafts)
    run = office.build()
    assert run.returncode == 0, run.stderr
    (tmp_path / "other").mkdir()
    options = ("--corpus", office.drafts, "--output", "../expected", "--base-url", BASE_URL)
    expected = feeds_command("build", "--now", NOW, *options, cwd=tmp_path / "other")
    assert expected.returncode == 0, expected.stderr
    assert contents(tmp_path / "output") == contents(tmp_path / "expected")
    assert run.stderr.splitlines()[0] == expected.stderr.splitlines()[0]
    office.send("c.md", title="Gamma")
    assert office.build("-q").returncode == 0
    assert office.titles() == {"Alpha", "Beta", "Gamma"}


def test_an_address_is_an_option_too(office: Office, tmp_path: Path) -> None:
    """`--corpus` takes the address of a bucket, and no address of anything else."""
    shutil.rmtree(tmp_path / "config")
    options = ("--corpus", f"{office.bucket.address}/sub/", "--output", "output")
    run = office.build(*options, "--base-url", BASE_URL)
    assert run.returncode == 0, run.stderr
    assert office.titles() == {"Beta"}
    for wrong, said in {
        "http://feeds/sub": '"http://feeds/sub" is no place in a bucket; there are s3://',
        "s3://": '"s3://" names no bucket',
        f"s3://feeds/x?secret={SECRET}": "has more than a bucket and a prefix; ",
    }.items():
        run = office.build("--corpus", wrong, "--output", "output")
        assert run.returncode == 2
        assert said in run.stderr
        assert SECRET not in run.stderr


def test_many_documents_are_read_by_several_processes(office: Office) -> None:
    """So many that a directory's would be: each is published, and nobody complains."""
    body = (office.drafts / "a.md").read_text(encoding="utf-8")
    for number in range(1_001):
        text = body.replace("paper.example/a", f"paper.example/{number}")
        office.bucket.put(f"many/{number}.md", text.encode())
    run = office.build()
    assert run.returncode == 0, run.stderr
    assert "1003 documents" in run.stderr.splitlines()[-1]
    assert "a process" not in run.stderr


def test_questions_are_answered_from_a_bucket(office: Office) -> None:
    """A document is known by its path and by its address, and read as it is now."""
    assert office.build().returncode == 0
    for asked in ("sub/b.md", f"{office.bucket.address}/sub/b.md"):
        run = office.run("why", asked)
        assert run.returncode == 0, run.stderr
        assert run.stdout.startswith("sub/b.md: Beta\n  is published\n")
    assert office.run("show", "all").returncode == 0
    assert office.run("list").returncode == 0
    office.send("sub/b.md", title="[")
    run = office.run("why", "sub/b.md")
    assert "has changed since the last build" in run.stdout
    assert "now sub/b.md:4:7: yaml-syntax: " in run.stdout


def test_a_store_that_is_away_is_not_taken_for_an_answer(office: Office, between: Between) -> None:
    """Whether a document is there is not said where nobody knows."""
    assert office.build().returncode == 0
    between.spoil = lambda _request: REFUSED
    run = office.run("why", "sub/b.md")
    assert (run.returncode, run.stdout) == (3, "")
    assert re.fullmatch(rf"feeds: cannot read the corpus {office.bucket.address}: .*\n", run.stderr)


def test_findings_name_their_objects(office: Office) -> None:
    """What is wrong is told as of files: for people by path, for programs by address."""
    office.send("bad.md", title="[")
    office.send("slip.md", topics="", topcis="[Tides]")
    run = office.run("check", "--now", NOW)
    assert (run.returncode, len(run.stdout.splitlines())) == (1, 2)
    assert run.stdout.startswith("bad.md:4:7: yaml-syntax: ")
    run = office.run("check", "--now", NOW, "--output-format", "json")
    address = office.bucket.address
    assert {each["path"] for each in json.loads(run.stdout)} == {
        f"{address}/bad.md",
        f"{address}/slip.md",
    }
    run = office.run("check", "--output-format", "sarif")
    assert f'"uri": "{address}/bad.md"' in run.stdout
    for path, found in (("bad.md", 1), ("a.md", 0), ("sub", 0), ("", 2)):
        run = office.run("check", "--now", NOW, f"{address}/{path}".rstrip("/"))
        assert (run.returncode, len(run.stdout.splitlines())) == (min(found, 1), found), run.stderr


def test_what_needs_files_says_so(office: Office) -> None:
    """To mend documents, and to watch them, takes a directory: one line says that."""
    address = office.bucket.address
    for option in ("--fix", "--diff"):
        run = office.run("check", option)
        assert (run.returncode, run.stdout) == (2, "")
        assert run.stderr == f"{option}: needs files, and {address} has none\n"
    assert office.run("check", "--fix", "written").returncode == 0
    for options, wish in ((("--watch",), "--watch"), ((), "config: reload.watch")):
        office.configure(*([] if options else ["reload: {watch: true}"]))
        run = office.run("serve", "--port", 0, *options)
        assert run.returncode == 2
        assert run.stderr.splitlines()[-1] == (
            f"{wish}: can only watch directories, and {address} is none"
        )


def test_a_server_follows_a_bucket(office: Office, between: Between) -> None:
    """What changes there is served; while the store is away, what was published is."""
    office.configure("reload: {every: 1}")
    with serving("--config", "config", cwd=office.folder, env=office.environment) as server:
        eventually(lambda: b"Beta" in server.get("/all.json").body, "the first feed")
        office.send("sub/b.md", title="Second")
        eventually(lambda: b"Second" in server.get("/all.json").body, "the second feed")
        between.spoil = lambda _request: REFUSED
        server.until("refresh failed, the last publication stands: cannot read the corpus s3://")
        assert b"Second" in server.get("/all.json").body
        office.send("sub/b.md", title="Third")
        between.spoil = lambda request: REFUSED if request.path.endswith("b.md") else None
        server.until("b.md in ")
        assert b"Second" in server.get("/all.json").body
        between.spoil = lambda _request: None
        eventually(lambda: b"Third" in server.get("/all.json").body, "the third feed")
        assert server.stop()[0] == 0
    assert "Traceback" not in server.said


def test_a_store_that_ends_in_the_middle_ends_a_build(
    office: Office, between: Between, tmp_path: Path
) -> None:
    """One line says so after some attempts, what is published stays, and a later build makes it."""
    assert office.build().returncode == 0
    before = contents(tmp_path / "output")
    office.send("a.md", title="Another")
    asked: list[Request] = []

    def spoil(request: Request) -> int | None:
        asked.append(request)
        return 500 if "list-type" not in request.query else None

    between.spoil = spoil
    run = office.build()
    assert run.returncode == 3
    assert len(asked) > 5
    (line,) = [line for line in run.stderr.splitlines() if line.startswith("feeds: ")]
    assert line.startswith(f"feeds: cannot read the corpus {office.bucket.address}: ")
    assert contents(tmp_path / "output") == before
    between.spoil = lambda _request: None
    assert office.build().returncode == 0
    assert office.titles() == {"Another", "Beta"}


@pytest.mark.parametrize("is_away", [False, True])
def test_workers_read_a_bucket(
    office: Office, between: Between, postgresql: PostgreSQL, *, is_away: bool
) -> None:
    """Each document is fetched once, by a worker; one that finds the store away waits for it.

    What it does not bring is read by the builder.
    """
    for number in range(500):
        document(office.drafts, f"many/{number}.md", title=f"Number {number}")
    office.bucket.put_all(office.drafts)
    office.configure(f"state: {postgresql.make(f'bucket{uuid4().hex}')}", "reading: workers")
    refused = [REFUSED] if is_away else []

    def spoil(request: Request) -> int | None:
        return refused.pop() if refused and request.path.endswith("/77.md") else None

    between.spoil = spoil
    between.take()
    with working(office) as worker:
        run = office.build()
        worker.send_signal(signal.SIGTERM)
        said = worker.communicate(timeout=30)[1]
    assert run.returncode == 0, run.stderr
    assert "502 documents (502 read" in run.stderr
    assert "Traceback" not in said + run.stderr
    assert ("a worker failed" in run.stderr) == is_away
    assert ("cannot read the corpus s3://" in said) == is_away
    read = [each.path for each in between.take() if each.path.endswith(".md")]
    assert len(set(read)) == 502
    assert is_away or len(read) == 502


@contextmanager
def working(office: Office) -> "Iterator[subprocess.Popen[str]]":
    """Run a worker, once it has begun."""
    with subprocess.Popen(
        command("worker", "--config", "config", "--concurrency", 2),
        cwd=office.folder,
        env=ENVIRONMENT | office.environment,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stderr
            assert "reading for" in process.stderr.readline()
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def test_keys_that_are_wrong_are_not_shown(
    ceph: Ceph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is not let in is told that, and neither name nor key is said, nor what was signed."""
    used(monkeypatch, ceph)
    office = Office(tmp_path, Bucket("private"), ceph.environment())
    ceph.bucket("private")
    office.bucket.put("a.md", b"")
    secret, unknown = "guessed-and-wrong", "nobody-at-all"
    for wrong in (
        {"AWS_SECRET_ACCESS_KEY": secret},
        {"AWS_SECRET_ACCESS_KEY": secret, "AWS_ACCESS_KEY_ID": unknown},
    ):
        run = feeds_command("build", cwd=tmp_path, env=ceph.environment() | wrong)
        assert run.returncode == 3
        (line,) = run.stderr.splitlines()
        assert line.startswith(f"feeds: cannot read the corpus {office.bucket.address}: ")
        assert "403 Forbidden" in line
        assert secret not in line
        assert unknown not in line
    assert not (tmp_path / "output").exists()


def test_a_bucket_that_is_not_there_is_told(office: Office, tmp_path: Path) -> None:
    """Where there is no such bucket nothing is published, whatever is forced."""
    assert source_at("s3://feeds-none/x").directory is None
    options = ("--corpus", "s3://feeds-none/x", "--output", "output", "--base-url", BASE_URL)
    run = office.build(*options, "--force")
    assert run.returncode == 3
    assert "NoSuchBucket" in run.stderr
    assert not (tmp_path / "output").exists()
