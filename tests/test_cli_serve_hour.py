"""A server's hour in half a minute: what it says that happened is what a script did to it."""

import http.client
import json
import os
import re
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cli_tools import PATIENCE, Reply, Serving, document, eventually, serving
from prometheus_client.parser import text_string_to_metric_families
from test_cli_serve_workers import children
from test_serve_wire import exchange

import feeds

CONFIGURATION = """\
site: {title: The Tides, base_url: 'https://feeds.example.org', hubs: []}
corpus: ../corpus
output: ../output
moved: {feed.xml: all.rss}
server: {status: 0, metrics: 0, client_address: X-Real-IP}
reload: {every: 86400}
"""
FEEDBIN = "Feedbin feed-id:7 - 102 subscribers"
FEEDLY = "Feedly/1.0 (+http://www.feedly.com/fetcher.html; %d subscribers; like FeedFetcher-Google)"
NEWSBOAT = "newsboat/2.40 (Linux x86_64)"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
CURL = "curl/8.5.0"
POLLS = ("sent", "unchanged", "sent_bytes", "saved_bytes")


@dataclass
class Script:
    """What was done to a server, as it has to be told: counted from what it answered."""

    server: Serving
    output: Path
    answers: dict[tuple[str, str, str], Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    readers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    feeds: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    clients: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))

    def ask(
        self,
        kind: str,
        path: str,
        expected: int = 200,
        *,
        method: str = "GET",
        saved: int = 0,
        **headers: str,
    ) -> Reply:
        """Ask for a path, which must be answered so, and count it."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        reply = self.server.get(path, method, fields)
        assert reply.status == expected, (path, fields)
        self.count(kind, path, reply, saved)
        return reply

    def count(self, kind: str, path: str, reply: Reply, saved: int = 0) -> None:
        """Count an answer."""
        file = Path(urlsplit(path).path)
        form = file.suffix[1:] if kind in {"feed", "archive", "live"} else ""
        number = Counter(answers=1, sent_bytes=len(reply.body), saved_bytes=saved)
        self.answers[kind, form, str(reply.status)] += number

    def poll(self, reader: str, agent: str, address: str, path: str, tag: str = "") -> Reply:
        """Poll a feed, with a validator perhaps, as a reader, and count it."""
        fields = {"User_Agent": agent, "X_Real_IP": address}
        if tag:
            fields["If_None_Match"] = tag
        whole = len(self.body(path))
        is_current = bool(tag) and tag == self.tag(path)
        reply = self.ask(
            "feed",
            path,
            304 if is_current else 200,
            saved=whole if is_current else 0,
            **fields,
        )
        for counts in (self.readers[reader], self.feeds[path]):
            name = "unchanged" if is_current else "sent"
            counts.update({name: 1, "sent_bytes": len(reply.body)})
            counts["saved_bytes"] += whole if is_current else 0
        self.clients[reader].add((agent, address))
        return reply

    def body(self, path: str) -> bytes:
        """Give what is published at a path."""
        return (self.output / path.lstrip("/")).read_bytes()

    def tag(self, path: str) -> str:
        """Give the entity tag of what is published at a path."""
        manifest = json.loads(self.body("manifest.json"))["resources"]
        return str(next(each["etag"] for each in manifest if f"/{each['path']}" == path))


@dataclass(frozen=True)
class Watch:
    """Where a server tells what happened."""

    status: str
    metrics: str

    def told(self) -> dict[str, Any]:
        """Give what `/status.json` says."""
        told: dict[str, Any] = json.loads(fetch(self.status, "/status.json"))
        return told

    def measured(self) -> dict[str, dict[tuple[str, ...], float]]:
        """Give what `/metrics` says: a value by values of labels, in their order, by name."""
        found: dict[str, dict[tuple[str, ...], float]] = defaultdict(dict)
        for family in text_string_to_metric_families(fetch(self.metrics, "/metrics").decode()):
            for sample in family.samples:
                found[sample.name][tuple(sample.labels.values())] = sample.value
        return found


def fetch(url: str, path: str) -> bytes:
    """Fetch what is at a path."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 200
        return answer.read()
    finally:
        connection.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a directory with a corpus, of which two documents are wrong and one is held back."""
    for number in range(8):
        date = f"2026-05-0{1 + number}T10:00:00Z"
        document(tmp_path / "corpus", f"ebb-{number}.md", publishedDateTime=date)
    document(tmp_path / "corpus", "bad.md", publishedDateTime="soon")
    document(tmp_path / "corpus", "worse.md", publishedDateTime="later", topics="[Tides, Tides]")
    document(tmp_path / "corpus", "held-back.md", published="false")
    (tmp_path / "config").mkdir()
    (tmp_path / "config/feeds.yaml").write_text(CONFIGURATION, encoding="utf-8")
    return tmp_path


@pytest.fixture
def watched(folder: Path) -> Iterator[tuple[Script, Watch]]:
    """Give a server of two workers that has published once, and where it tells what happens."""
    while (datetime.now(UTC) + timedelta(minutes=2)).date() != datetime.now(UTC).date():
        # Clients are others when a day has ended.
        time.sleep(1)
    with serving("--config", "config", "--workers", 2, cwd=folder) as server:
        server.until(" documents (")
        server.until("metrics at ")
        at = dict(re.findall(r"^(status|metrics) at (http://[^/]+)/", server.said, re.MULTILINE))
        yield Script(server, folder / "output"), Watch(at["status"], at["metrics"])
        assert server.stop()[0] == 0


def refresh(server: Serving, said: str) -> None:
    """Have the server refresh, and wait for what it says then."""
    before = server.said.count(said)
    server.process.send_signal(signal.SIGHUP)
    server.until(said, before + 1)


def first_half(script: Script) -> None:
    """Do what readers, browsers and others do, in formats of all kinds."""
    for address in ("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"):
        for _ in range(3):
            script.poll("newsboat", NEWSBOAT, address, "/all.atom", script.tag("/all.atom"))
    for subscribers in (40, 41):
        script.poll("Feedly", FEEDLY % subscribers, "198.51.100.1", "/all.atom")
    for path in ("/all.atom", "/topics/tides.rss", "/topics/tides.rss"):
        script.poll("Feedbin", FEEDBIN, "198.51.100.7", path, script.tag(path))
    script.poll("curl", CURL, "192.0.2.9", "/all.json")
    script.poll("a browser", BROWSER, "192.0.2.9", "/all.json", '"old"')
    page = {"User_Agent": BROWSER}
    script.ask("page", "/", **page)
    script.ask("page", "/topics/tides/", **page)
    script.ask("page", "/", 304, saved=len(script.body("index.html")),
               If_None_Match=script.tag("/index.html"))  # fmt: skip
    script.ask("list", "/feeds.opml")
    script.ask("live", "/search/?q=tides")
    found = script.ask("live", "/search.atom?q=story")
    script.ask("live", "/search.atom?q=story", 304, saved=len(found.body),
               If_None_Match=found.headers["etag"])  # fmt: skip
    script.ask("live", "/search.rss?q=story")
    script.ask("other", "/search.atom?q=Story", 301)
    script.ask("other", "/search.atom?q=story&page=2", 400)
    script.ask("other", "/topics/nothing+tides.atom", 404)
    script.ask("other", "/style.css")
    for number in range(5):
        script.ask("other", f"/made-up-{number}.atom", 404)
    script.ask("other", "/made-up", 404, method="HEAD")
    script.ask("other", "/feed.xml", 301)
    script.ask("other", "/all.atom", 405, method="POST")
    script.ask("other", "/healthz")
    too_long = b"GET /%b HTTP/1.1\r\n" % (b"a" * 9_000)
    for nonsense, status in ((b"NONSENSE\r\n", 400), (too_long, 414)):
        head, _, body = exchange(script.server.url, nonsense + b"\r\n").partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 %d " % status)
        script.count("other", "", Reply(status, {}, body))


def second_half(script: Script, old: str) -> None:
    """Do some of it again, after an edit and with another worker."""
    script.poll("newsboat", NEWSBOAT, "192.0.2.1", "/all.atom", old)
    script.poll("newsboat", NEWSBOAT, "192.0.2.3", "/all.atom", script.tag("/all.atom"))
    head = script.ask("feed", "/all.atom", method="HEAD",
                      User_Agent=NEWSBOAT, X_Real_IP="192.0.2.1")  # fmt: skip
    assert head.body == b""
    for counts in (script.readers["newsboat"], script.feeds["/all.atom"]):
        counts["sent"] += 1
    whole = len(script.body("/all.atom"))
    part = script.ask("feed", "/all.atom", 226, User_Agent=NEWSBOAT, X_Real_IP="192.0.2.1",
                      A_IM="feed", If_None_Match=old.rstrip('"') + '-im"')  # fmt: skip
    script.answers["feed", "atom", "226"]["saved_bytes"] += whole - len(part.body)
    for counts in (script.readers["newsboat"], script.feeds["/all.atom"]):
        counts.update({"sent": 1, "sent_bytes": len(part.body)})
        counts["saved_bytes"] += whole - len(part.body)
    script.ask("archive", "/all/archive/2026-05.atom", User_Agent=NEWSBOAT)
    script.ask("page", "/all/")
    script.ask("other", "/nothing", 404)


def kill_a_worker(server: Serving) -> None:
    """Kill the first of those that answer, and wait until another has taken its place."""
    worker = min(children(server.process.pid))
    os.kill(worker, signal.SIGKILL)
    server.until(f"worker {worker} ended with -9; another takes its place")
    eventually(lambda: len(children(server.process.pid)) == 4, "the other worker")


def trouble(folder: Path, server: Serving) -> None:
    """Have a refresh refused, one fail, and the configuration read while it is broken."""
    (folder / "corpus").rename(folder / "elsewhere")
    (folder / "corpus").mkdir()
    refresh(server, "refresh failed, the last publication stands")
    (folder / "corpus").rmdir()
    (folder / "elsewhere").rename(folder / "corpus")
    file = folder / "config/feeds.yaml"
    file.write_text(f"{CONFIGURATION}colour: blue\n", encoding="utf-8")
    refresh(server, " documents (")
    file.write_text(CONFIGURATION, encoding="utf-8")
    (folder / "corpus").rename(folder / "elsewhere")
    refresh(server, "refresh failed, the last publication stands")


def by(script: Script, value: str, *labels: str) -> dict[tuple[str, ...], float]:
    """Add up what the script had answered, by some of kind, format and status."""
    found: Counter[tuple[str, ...]] = Counter()
    for key, counts in script.answers.items():
        known = dict(zip(("kind", "format", "status"), key, strict=True))
        if known["format"] or "format" not in labels:
            found[tuple(known[label] for label in labels)] += counts[value]
    return dict(found)


def is_all_told(script: Script, watch: Watch) -> bool:
    """Tell whether as many answers are told of as were given."""
    answers = watch.told()["run"]["answers"]
    return sum(each["answers"] for each in answers) == sum(by(script, "answers").values())


def check_answers(script: Script, told: Mapping[str, Any]) -> None:
    """See that all answers are told of, and polls by feeds and hours."""
    answers = {
        (each["kind"], each["format"], str(each["status"])): (
            *(each["answers"], each["sent_bytes"], each["saved_bytes"]),
        )
        for each in told["run"]["answers"]
    }
    assert answers == {
        key: (counts["answers"], counts["sent_bytes"], counts["saved_bytes"])
        for key, counts in script.answers.items()
    }
    channels: dict[str, Counter[str]] = defaultdict(Counter)
    for path, counts in script.feeds.items():
        channels[f"{path[1:].partition('.')[0]}/"].update(counts)
    assert {feed["path"]: feed["polls"] for feed in told["feeds"]} == {
        path: {name: channels[path][name] for name in POLLS}
        for path in ("all/", "topics/tides/", "providers/paper.example/")
    }
    archive = script.answers["archive", "atom", "200"]
    hours = {name: sum(hour[name] for hour in told["polls"]) for name in POLLS}
    polled = sum(script.feeds.values(), Counter(sent=1, sent_bytes=archive["sent_bytes"]))
    # All queries are polls of one feed.
    polled += Counter(
        sent=script.answers["live", "atom", "200"]["answers"]
        + script.answers["live", "rss", "200"]["answers"],
        unchanged=script.answers["live", "atom", "304"]["answers"],
        sent_bytes=script.answers["live", "atom", "200"]["sent_bytes"]
        + script.answers["live", "rss", "200"]["sent_bytes"],
        saved_bytes=script.answers["live", "atom", "304"]["saved_bytes"],
    )
    assert hours == {name: polled[name] for name in POLLS}


def check_readers(script: Script, told: Mapping[str, Any]) -> None:
    """See that of each reader it is told how it polled, with how many clients, and for whom."""
    readers = {reader["name"]: reader for reader in told["readers"]}
    assert {name: reader["polls"] for name, reader in readers.items()} == {
        name: {key: counts[key] for key in POLLS} for name, counts in script.readers.items()
    }
    assert {
        name: (reader["kind"], reader["clients"], reader["claimed"], reader["low"], reader["high"])
        for name, reader in readers.items()
    } == {
        # Two of its addresses are of one host.
        "newsboat": ("person", 4, 0, 4, 4),
        "Feedbin": ("service", 1, 2 * 102, 2, 2 * 102),
        "Feedly": ("service", 1, 41, 1, 41),
        "curl": ("program", 1, 0, 0, 1),
        "a browser": ("browser", 1, 0, 0, 0),
    }
    assert readers["curl"]["interval"] is None
    assert 0 <= readers["newsboat"]["interval"] < 60
    assert told["subscribers"][-1] == 2 * 102 + 41


def check_the_rest(told: Mapping[str, Any]) -> None:
    """See that refreshes, documents, findings and processes are told of."""
    run = told["run"]
    assert run["refreshes"]["begun"] == 5
    assert run["refreshes"]["ended"] == {"succeeded": 3, "failed": 1, "refused": 1, "locked": 0}
    assert run["refreshes"]["within"]["900"] == 5
    assert run["rereads"] == {"followed": 3, "broken": 1}
    assert run["started"] == {"refresher": 1, "worker": 3}
    assert run["workers"] == 2
    assert told["documents"] == {"held": 1, "kept": 1, "listed": 7, "skipped": 2}
    assert [(each["code"], each["number"]) for each in told["findings"]] == [("date-invalid", 3)]
    assert {finding["path"] for finding in told["findings"][0]["shown"]} == {
        *("bad.md", "worse.md", "ebb-2.md")
    }
    assert told["contents"]["entries"] == 8
    assert told["refresh"]["failure"]
    assert told["refresh"]["succeeded"] < told["now"]


def check_measures(
    script: Script, told: Mapping[str, Any], measured: Mapping[str, Mapping[tuple[str, ...], float]]
) -> None:
    """See that the measures are those of the script, and of what is told besides."""
    run = told["run"]
    expected: dict[str, Mapping[tuple[str, ...], float]] = {
        "feeds_answers_total": by(script, "answers", "kind", "status"),
        "feeds_polls_total": by(script, "answers", "format", "status"),
        "feeds_sent_bytes_total": by(script, "sent_bytes", "kind"),
        "feeds_saved_bytes_total": by(script, "saved_bytes", "kind"),
        "feeds_refreshes_begun_total": {(): 5},
        "feeds_refreshes_total": {
            ("succeeded",): 3,
            ("failed",): 1,
            ("refused",): 1,
            ("locked",): 0,
        },
        "feeds_refresh_duration_seconds_bucket": {
            **{(limit,): number for limit, number in run["refreshes"]["within"].items()},
            ("+Inf",): 5,
        },
        "feeds_refresh_duration_seconds_count": {(): 5},
        "feeds_refresh_duration_seconds_sum": {(): run["refreshes"]["seconds"]},
        "feeds_configuration_reads_total": {("followed",): 3, ("broken",): 1},
        "feeds_last_refresh_timestamp_seconds": {(): moment(told["refresh"]["at"])},
        "feeds_last_success_timestamp_seconds": {(): moment(told["refresh"]["succeeded"])},
        "feeds_last_refresh_failed": {(): 1},
        "feeds_last_refresh_costs": {(): 0},
        "feeds_catalog_readable": {(): 1},
        "feeds_documents": {("held",): 1, ("kept",): 1, ("listed",): 7, ("skipped",): 2},
        "feeds_findings": {("date-invalid", "error"): 3},
        "feeds_entries": {(): 8},
        "feeds_channels": {(): 3},
        "feeds_resources": {(): len(files(script.output))},
        "feeds_newest_change_timestamp_seconds": {
            (): max(moment(feed["updated"]) for feed in told["feeds"])
        },
        "feeds_claimed_subscribers": {(): 245},
        "feeds_subscribers": {("low",): 7, ("high",): 250},
        "feeds_readers": {("person",): 1, ("service",): 2, ("browser",): 1, ("program",): 1},
        "feeds_workers": {(): 2},
        "feeds_processes_started_total": {("refresher",): 1, ("worker",): 3},
        "feeds_build_info": {(feeds.__version__,): 1},
    }
    start = measured["feeds_start_timestamp_seconds"][()]
    assert int(start) == moment(run["since"])
    assert {**measured, "feeds_start_timestamp_seconds": None} == {
        **expected,
        "feeds_start_timestamp_seconds": None,
    }


def moment(told: str) -> float:
    """Give an instant in seconds since 1970."""
    return datetime.fromisoformat(told).timestamp()


def files(output: Path) -> list[Path]:
    """Give what is published, its list aside."""
    return [file for file in output.rglob("*") if file.is_file() and file.name != "manifest.json"]


def test_an_hour_is_told_number_by_number(folder: Path, watched: tuple[Script, Watch]) -> None:
    """Answers, polls, readers, bytes, refreshes, documents and deaths are those of the script.

    Polls come by several readers, with validators and without, and so do pages, errors and what is
    no request; documents are edited and broken, refreshes fail, and a worker is killed when what
    it counted is known of.
    """
    script, watch = watched
    first_half(script)
    eventually(lambda: is_all_told(script, watch), "the first half")
    kill_a_worker(script.server)
    old = script.tag("/all.atom")
    document(folder / "corpus", "ebb-1.md", title='"Another title"')
    document(folder / "corpus", "ebb-2.md", publishedDateTime="whenever")
    refresh(script.server, " documents (")
    # Whoever answers takes over what is published within a second.
    time.sleep(1)
    second_half(script, old)
    trouble(folder, script.server)
    eventually(lambda: is_all_told(script, watch), "the second half")
    told = watch.told()
    check_answers(script, told)
    check_readers(script, told)
    check_the_rest(told)
    check_measures(script, told, watch.measured())
