"""`feeds serve`: a real process that serves what is published and keeps it current."""

import hashlib
import html.parser
import math
import shutil
import signal
import socket
import threading
import time
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from cli_tools import (
    BASE_URL,
    NOW,
    build,
    contents,
    document,
    eventually,
    feeds_command,
    is_for_readers,
    manifest,
    serving,
    stamps,
)
from click.testing import CliRunner
from filelock import FileLock

from feeds.cli import main
from feeds.schedule import Every, start_schedule
from feeds.text.dates import parse_instant

PLACES = ("--corpus", "corpus", "--output", "output", "--base-url", BASE_URL, "--now", NOW)
OFTEN = ("--every", "0.2")
# Long enough for several refreshes at that pace.
A_WHILE = 1.0
# Archives are linked from feeds, and the week's best belong to topics.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a directory with a corpus of two articles."""
    document(tmp_path / "corpus", "ebb.md")
    document(tmp_path / "corpus", "flow.md", topics="[Tides, Moon]")
    return tmp_path


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a directory with such a corpus and its publication, for all tests to copy."""
    folder = tmp_path_factory.mktemp("publication")
    document(folder / "corpus", "ebb.md")
    document(folder / "corpus", "flow.md", topics="[Tides, Moon]")
    assert build(folder).returncode == 0
    return folder


@pytest.fixture
def built(publication: Path, tmp_path: Path) -> Path:
    """Give a directory with a corpus of two articles and its publication."""
    shutil.copytree(publication, tmp_path, dirs_exist_ok=True)
    return tmp_path


# --- What is served -----------------------------------------------------------------------


def test_a_reader_is_sent_what_is_new_also_after_a_restart(built: Path) -> None:
    """Who has had a state of a feed by one server is sent the entries since by another."""
    reader = {"A-IM": "feed"}
    with serving(*PLACES, "--no-reload", cwd=built) as server:
        first = server.get("/all.atom", headers=reader)
    document(built / "corpus", "moon.md")
    assert build(built).returncode == 0
    with serving(*PLACES, "--no-reload", cwd=built) as server:
        second = server.get("/all.atom", headers=reader | {"If-None-Match": first.headers["etag"]})
        whole = server.get("/all.atom")
        last = server.get("/all.atom", headers=reader | {"If-None-Match": second.headers["etag"]})
    assert (first.status, second.status, whole.status, last.status) == (200, 226, 200, 304)
    assert (second.body.count(b"<entry>"), whole.body.count(b"<entry>")) == (1, 3)
    assert b"The story moon" in second.body


def test_parts_can_be_turned_off(folder: Path) -> None:
    """With `server.delta: false`, every reader is sent whole feeds, with the tag that all get."""
    (folder / "config").mkdir()
    settings = f"site: {{base_url: '{BASE_URL}'}}\ncorpus: ../corpus\noutput: ../output\n"
    (folder / "config" / "feeds.yaml").write_text(settings + "server: {delta: false}\n")
    with serving("--config", "config", "--now", NOW, "--no-reload", cwd=folder) as server:
        answer = server.get("/all.atom", headers={"A-IM": "feed"})
        assert not answer.headers["etag"].endswith('-im"')
        assert "private" not in answer.headers["cache-control"]


def test_every_resource_is_served_as_the_manifest_says(built: Path) -> None:
    """Bytes, ETag, media type and Last-Modified are the manifest's, for GET, HEAD and again."""
    with serving(*PLACES, "--no-reload", cwd=built) as server:
        for path, entry in manifest(built / "output").items():
            if not is_for_readers(path):
                assert server.get(f"/{quote(path)}").status == 404
                continue
            reply = server.get(f"/{quote(path)}")
            modified = parse_instant(entry["last_modified"]).moment
            assert reply.status == 200
            assert reply.body == (built / "output" / path).read_bytes()
            assert hashlib.sha256(reply.body).hexdigest() == entry["sha256"]
            assert reply.headers["etag"] == entry["etag"]
            assert reply.headers["content-type"] == entry["media_type"]
            assert reply.headers["last-modified"] == format_datetime(modified, usegmt=True)
            seconds = 3600 if "/archive/" in path and path.endswith(".atom") else 300
            assert reply.headers["cache-control"].startswith(f"max-age={seconds},")
            head = server.get(f"/{quote(path)}", "HEAD")
            assert (head.status, head.body) == (200, b"")
            assert without_date(head.headers) == without_date(reply.headers)
            for condition in (
                {"If-None-Match": entry["etag"]},
                {"If-None-Match": f'"other", W/{entry["etag"]}'},
                {"If-Modified-Since": reply.headers["last-modified"]},
            ):
                again = server.get(f"/{quote(path)}", headers=condition)
                assert (again.status, again.body) == (304, b"")
                assert again.headers["etag"] == entry["etag"]
            changed = server.get(f"/{quote(path)}", headers={"If-None-Match": '"other"'})
            assert (changed.status, changed.body) == (200, reply.body)


def without_date(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "date"}


@pytest.mark.case(60, 61)
def test_everything_else_is_not_found_or_not_allowed(built: Path) -> None:
    """What is not published is 404, whatever is asked of feeds but reading is 405 with Allow."""
    with serving(*PLACES, "--no-reload", cwd=built) as server:
        for path in (
            "/none",
            "/al",
            "/topics/none/",
            "/../corpus/ebb.md",
            "/ebb.md",
            "/.staging/0",
        ):
            reply = server.get(path)
            assert (reply.status, reply.body) == (404, b"not found\n")
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            reply = server.get("/all.atom", method)
            assert reply.status == 405
            assert {"GET", "HEAD"} <= set(reply.headers["allow"].split(", "))
        assert server.get("/healthz").body == b"alive\n"
        assert server.get("/readyz").status == 200


class Links(html.parser.HTMLParser):
    """The autodiscovery links of a page, and all else that it refers to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.alternates: list[dict[str, str]] = []
        self.addresses: list[str] = []
        self.anchors: set[str] = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where a tag leads."""
        found = {name: value or "" for name, value in attrs}
        if tag == "link" and found.get("rel") == "alternate":
            self.alternates.append(found)
        elif tag in {"a", "link", "img", "script"}:
            self.addresses.append(found.get("href") or found.get("src") or "")
        self.anchors |= {found["id"]} if "id" in found else set()


def test_the_page_leads_to_the_feeds(built: Path) -> None:
    """`/` has autodiscovery links of the media types, and leads to what is published only."""
    with serving(*PLACES, "--no-reload", cwd=built) as server:
        reply = server.get("/")
        assert reply.headers["content-type"] == "text/html; charset=utf-8"
        assert server.get("/index.html") == reply
    links = Links(reply.body.decode())
    listed = manifest(built / "output")
    paths = {link["href"].removeprefix(f"{BASE_URL}/"): link for link in links.alternates}
    assert {"all.atom", "all.rss", "all.json", "topics/moon.atom", "topics/tides.atom"} <= set(
        paths
    )
    for path, link in paths.items():
        assert listed[path]["media_type"].partition(";")[0] == link["type"]
        assert link["title"]
    for address in links.addresses:
        path = address.removeprefix(f"{BASE_URL}/")
        if address.startswith("#"):
            assert address[1:] in links.anchors
        elif "://" not in path:
            # Between pages, addresses are relative.
            assert (f"{path}index.html" if path.endswith("/") or not path else path) in listed
    paths = {path for path in listed if is_for_readers(path) and path.endswith("index.html")}
    stems = [path.removesuffix("index.html") for path in paths if path.count("/") < 3]
    pages = {stem for stem in stems if "/archive/" not in stem and not stem.endswith("/top/")}
    assert pages - set(links.addresses) == {"", "search/"}
    assert {"help/", "style.css"} < set(links.addresses)


# --- Keeping it current ------------------------------------------------------------------------


@pytest.mark.case(34)
def test_an_edit_is_served_and_until_then_the_old_is_whole(built: Path) -> None:
    """Every answer is the old publication or the new, whole and under its own ETag."""
    with serving(*PLACES, *OFTEN, cwd=built) as server:
        before = server.get("/all.atom")
        server.until(" documents (")
        old_moon = server.get("/topics/moon.atom")
        document(built / "corpus", "ebb.md", title="Quite another tide")
        bodies = {before.body}

        def is_new() -> bool:
            reply = server.get("/all.atom")
            assert reply.status == 200
            assert reply.headers["etag"] == f'"{hashlib.sha256(reply.body).hexdigest()[:32]}"'
            bodies.add(reply.body)
            return b"Quite another tide" in reply.body

        eventually(is_new, "the new title")
        after = server.get("/all.atom")
        assert after.headers["etag"] != before.headers["etag"]
        assert len(bodies) == 2
        assert server.get("/topics/moon.atom").body == old_moon.body
        assert after.body == (built / "output/all.atom").read_bytes()
        stale = server.get("/all.atom", headers={"If-None-Match": before.headers["etag"]})
        assert stale.status == 200
        assert server.stop()[0] == 0


@pytest.mark.case(63)
def test_what_is_published_is_served_at_once(built: Path) -> None:
    """While no refresh is possible, what was published before is served from the start."""
    with (
        FileLock(built / "output.state/lock"),
        serving(*PLACES, *OFTEN, cwd=built) as server,
    ):
        assert server.get("/all.atom").body == (built / "output/all.atom").read_bytes()
        assert server.get("/readyz").status == 200
        server.until("refresh failed, the last publication stands: another publisher is at work")


@pytest.mark.case(63)
def test_without_a_publication_feeds_come_later(folder: Path) -> None:
    """Until the first publication, answers are 503 with Retry-After; then they are 200."""
    (folder / "output.state").mkdir()
    lock = FileLock(folder / "output.state/lock")
    with lock, serving(*PLACES, *OFTEN, cwd=folder) as server:
        for path in ("/", "/all.atom", "/readyz"):
            reply = server.get(path)
            assert reply.status == 503
            assert int(reply.headers["retry-after"]) > 0
        assert server.get("/healthz").status == 200
        server.until("another publisher is at work")
        lock.release()
        eventually(lambda: server.get("/all.atom").status == 200, "the first publication")
        assert server.get("/readyz").status == 200


@pytest.mark.case(38, 63)
def test_a_failed_refresh_leaves_the_publication(built: Path) -> None:
    """With the corpus gone from the start, or emptied later, what was published is served on."""
    shutil.move(built / "corpus", built / "away")
    with serving(*PLACES, *OFTEN, cwd=built) as server:
        before = server.get("/all.atom")
        assert before.body == (built / "output/all.atom").read_bytes()
        server.until("refresh failed, the last publication stands: cannot read the corpus", 2)
        shutil.move(built / "away", built / "corpus")
        server.until(" documents (")
        for name in ("ebb.md", "flow.md"):
            (built / "corpus" / name).unlink()
        server.until("refresh failed, the last publication stands: there are no documents in")
        assert server.get("/all.atom").body == before.body
        document(built / "corpus", "ebb.md", title="Back again")
        eventually(lambda: b"Back again" in server.get("/all.atom").body, "the corpus again")
        assert "Traceback" not in server.said
        assert server.stop()[0] == 0


def test_a_withdrawn_article_is_gone(built: Path) -> None:
    """What is published no longer is out of the feeds after the next refresh."""
    with serving(*PLACES, *OFTEN, cwd=built) as server:
        assert b"flow.md</id>" in server.get("/all.atom").body
        document(built / "corpus", "flow.md", published="false", topics="[Tides, Moon]")
        eventually(lambda: b"flow.md</id>" not in server.get("/all.atom").body, "the withdrawal")
        assert b"<entry>" not in server.get("/topics/moon.atom").body


def test_without_reloading_nothing_is_built_again(built: Path) -> None:
    """With --no-reload, what is published is served as it is, whatever becomes of the corpus."""
    before = stamps(built / "output")
    with serving(*PLACES, *OFTEN, "--no-reload", cwd=built) as server:
        served = server.get("/all.atom")
        document(built / "corpus", "ebb.md", title="Too late")
        time.sleep(A_WHILE)
        assert server.get("/all.atom").body == served.body
        assert server.said == f"serving at {server.url}\n"
        assert server.stop()[0] == 0
    assert stamps(built / "output") == before


def test_without_reloading_what_is_missing_is_built(folder: Path) -> None:
    """With --no-reload and no publication, one is built, once, before anything is answered."""
    with serving(*PLACES, *OFTEN, "--no-reload", cwd=folder) as server:
        assert server.get("/all.atom").status == 200
        document(folder / "corpus", "ebb.md", title="Too late")
        time.sleep(A_WHILE)
        assert b"Too late" not in server.get("/all.atom").body
        assert server.said.count(" documents (") == 1


def test_without_reloading_what_is_damaged_is_built(built: Path) -> None:
    """With --no-reload, a publication of which a file is gone is made whole."""
    whole = contents(built / "output")
    (built / "output/topics/moon.atom").unlink()
    with serving(*PLACES, "--no-reload", cwd=built) as server:
        assert server.get("/topics/moon.atom").status == 200
    assert contents(built / "output") == whole


@pytest.mark.case(43)
def test_without_reloading_what_another_publishes_is_waited_for_by_nobody(built: Path) -> None:
    """With --no-reload, a server that begins while another publisher is at work serves what is."""
    (built / "output/topics/moon.atom").unlink()
    with (
        FileLock(built / "output.state/lock"),
        serving(*PLACES, "--no-reload", cwd=built) as server,
    ):
        assert server.get("/all.atom").status == 200
        assert "the last publication stands: another publisher is at work" in server.said


def test_without_reloading_a_refusal_ends_it(folder: Path) -> None:
    """With --no-reload and nothing to serve, what a build cannot do ends the server."""
    shutil.rmtree(folder / "corpus")
    run = feeds_command("serve", *PLACES, "--port", 0, "--no-reload", cwd=folder)
    assert run.returncode == 3
    assert run.stderr.startswith("feeds: cannot read the corpus ")


def test_a_bad_document_is_told_once(built: Path) -> None:
    """What costs a document is logged when it comes, not with every refresh."""
    document(built / "corpus", "bad.md", publishedDateTime="soon")
    with serving(*PLACES, *OFTEN, cwd=built) as server:
        server.until(" documents (", 3)
        assert server.said.count("WARNING bad.md:3:20: date-invalid: publishedDateTime: ") == 1
        document(built / "corpus", "worse.md", publishedDateTime="never")
        server.until("WARNING worse.md:3:20: ")
        assert server.said.count("WARNING bad.md:") == 1


def test_a_strict_server_names_what_it_refuses(built: Path) -> None:
    """With --strict, a skipped document is named, and what was published stands."""
    with serving(*PLACES, *OFTEN, "--strict", cwd=built) as server:
        server.until(" documents (")
        before = server.get("/all.atom")
        document(built / "corpus", "bad.md", publishedDateTime="soon")
        document(built / "corpus", "ebb.md", title="Not yet")
        server.until("refresh failed, the last publication stands: ", 2)
        assert server.said.count("WARNING bad.md:3:20: date-invalid: publishedDateTime: ") == 1
        assert server.get("/all.atom").body == before.body


def test_a_rehearsing_server_writes_nothing(built: Path) -> None:
    """With --dry-run, refreshes say what they would write, and nothing changes."""
    before = stamps(built)
    document(built / "corpus", "new.md")
    new = stamps(built / "corpus")
    with serving(*PLACES, *OFTEN, "--dry-run", cwd=built) as server:
        server.until(" files to be written, ")
        assert b"new.md" not in server.get("/all.atom").body
    assert stamps(built) == before | new


# --- Beginnings and ends -------------------------------------------------------------------------


@pytest.mark.case(62)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_a_good_end(built: Path, number: signal.Signals) -> None:
    """SIGTERM and SIGINT end the server with 0, without delay and without a word."""
    with serving(*PLACES, cwd=built) as server:
        server.until(" documents (")
        said = server.said
        code, seconds = server.stop(number)
        assert (code, server.said) == (0, said)
        assert seconds < 10


@pytest.mark.case(62)
def test_a_signal_does_not_wait_for_a_refresh(tmp_path: Path) -> None:
    """While several processes begin, or read a large corpus, a signal to all ends all soon.

    None of them complains, whatever it was about to do.
    """
    for name in range(3_000):
        document(tmp_path / "corpus", f"{name % 30}/{name}.md")
    for number, after in (
        *((signal.SIGTERM, 0.1), (signal.SIGTERM, 0.3)),
        *((signal.SIGINT, 0.1), (signal.SIGINT, 0.2)),
    ):
        with serving(*PLACES, cwd=tmp_path) as server:
            assert server.url
            time.sleep(after)
            code, seconds = server.stop(number, as_terminal=number == signal.SIGINT)
            assert code == 0, server.said
            assert seconds < 10
            assert "Traceback" not in server.said
            assert " documents (" not in server.said
    # Whatever was cut short, the next build makes it whole.
    assert build(tmp_path).returncode == 0
    assert b"<entry>" in (tmp_path / "output/all.atom").read_bytes()


@pytest.mark.case(62)
def test_a_request_in_flight_is_answered(built: Path) -> None:
    """Who has asked when SIGTERM comes is answered, who comes later is refused."""
    with serving(*PLACES, cwd=built) as server:
        host, port = server.url.removeprefix("http://").split(":")
        server.until(" documents (")
        with socket.create_connection((host, int(port)), 10) as client:
            client.sendall(b"GET /all.atom HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            ended = threading.Thread(target=server.stop)
            ended.start()
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        ended.join(10)
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert answer.endswith((built / "output/all.atom").read_bytes())
        assert server.process.returncode == 0
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, int(port)), 10)


@pytest.mark.parametrize("options", [[], ["--no-reload"]])
def test_a_port_in_use_is_one_line(folder: Path, options: list[str]) -> None:
    """Where somebody else listens, the end is 4 with one line, and nothing was built."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = feeds_command("serve", *PLACES, "--port", port, *options, cwd=folder)
    assert (run.returncode, run.stdout) == (4, "")
    assert run.stderr == f"feeds: cannot listen on 127.0.0.1:{port}: Address already in use\n"
    assert [path.name for path in folder.iterdir()] == ["corpus"]


@pytest.mark.parametrize("host", ["203.0.113.1", "é..", "a b", "::x"])
def test_an_address_that_is_not_ours_is_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """Where nobody can listen, the end is 4 with one line."""
    monkeypatch.chdir(folder)
    run = CliRunner().invoke(main, ["serve", *PLACES, "--port", "0", "--host", host])
    assert run.exit_code == 4
    assert run.stderr.startswith("feeds: cannot listen on ")
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "options",
    [
        ["--every", "0"],
        ["--every", "-1"],
        ["--every", "often"],
        ["--port", "65536"],
        ["--now", "x"],
    ],
)
def test_wrong_usage_serves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    """What cannot be meant ends with 2 before anything is touched."""
    monkeypatch.chdir(folder)
    run = CliRunner().invoke(main, ["serve", *PLACES, *options])
    assert run.exit_code == 2
    assert options[0] in run.stderr
    assert [path.name for path in folder.iterdir()] == ["corpus"]


@pytest.mark.parametrize("every", [math.inf, math.nan, 1e300, 1e-300])
def test_no_interval_is_too_strange(every: float) -> None:
    """Whatever number an interval is, the first run comes and the schedule can be stopped."""
    ran = threading.Event()
    schedule = start_schedule(lambda _: ran.set(), Every(every), first_now=True)
    assert ran.wait(10)
    assert schedule.stop(10)


@pytest.mark.case(45)
def test_a_broken_configuration_serves_nothing(folder: Path) -> None:
    """At the start, a broken configuration is told whole and ends with 2."""
    (folder / "config").mkdir()
    file = folder / "config/feeds.yaml"
    file.write_text("server: {port: eighty}\nreload: {evry: 5}\n", encoding="utf-8")
    run = feeds_command("serve", cwd=folder)
    assert run.returncode == 2
    assert [line.split(": ")[0] for line in run.stderr.splitlines()] == [
        "config/feeds.yaml:1:16",
        "config/feeds.yaml:2:10",
    ]


@pytest.mark.case(45)
def test_a_configuration_that_breaks_later_is_not_looked_at(folder: Path) -> None:
    """While the server runs, what becomes of its configuration changes nothing."""
    (folder / "config").mkdir()
    file = folder / "config/feeds.yaml"
    text = "corpus: ../corpus\noutput: ../output\nreload: {every: 1}\n"
    file.write_text(text, encoding="utf-8")
    with serving("--every", "0.2", cwd=folder) as server:
        server.until(" documents (")
        file.write_text("[", encoding="utf-8")
        document(folder / "corpus", "ebb.md", title="Still here")
        eventually(lambda: b"Still here" in server.get("/all.atom").body, "the edit")
        assert server.stop()[0] == 0


@pytest.mark.case(43)
def test_a_publisher_beside_a_server_is_seen(built: Path) -> None:
    """What another process publishes is served after a refresh, even one that writes nothing."""
    with serving(*PLACES, *OFTEN, "--dry-run", cwd=built) as server:
        server.until(" documents (")
        document(built / "corpus", "beside.md")
        assert build(built).returncode == 0
        eventually(lambda: b"beside.md" in server.get("/all.atom").body, "the other's work")
