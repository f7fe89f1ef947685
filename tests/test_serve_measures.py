"""What is measured has the names, types and units that Prometheus expects, and says what is so."""

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as open_metric_families,
)
from prometheus_client.parser import text_string_to_metric_families
from test_pages_status import STATUS
from test_serve_app import ask

from feeds.model import AnswerCount, ReaderStatus, RefreshCounts, Run, Status, replace
from feeds.serve.exposition import Metrics
from feeds.serve.measures import MEASURES
from feeds.serve.server import HttpServer

START = datetime(2026, 11, 29, 21, tzinfo=UTC)
RUN = Run(
    since=START,
    seconds=60.0,
    version="1.2.3",
    workers=2,
    started={"worker": 3},
    answers=(
        AnswerCount("feed", "atom", 304, 7, 0, 700),
        AnswerCount("feed", "rss", 200, 2, 200, 0),
        AnswerCount("other", "", 404, 5, 50, 0),
    ),
    refreshes=RefreshCounts(4, {"succeeded": 2, "failed": 1}, 1.5, {"0.5": 1, "1": 3}),
    rereads={"followed": 1, "broken": 0},
)
WATCHED = replace(STATUS, run=RUN)
UNITS = r"(?:_seconds|_bytes)?"
OPEN_METRICS = "Accept: application/openmetrics-text; version=1.0.0"


@contextmanager
def measured(status: Status) -> Iterator[str]:
    """Serve the measures of a status at a free port of loopback."""
    server = HttpServer(Metrics(lambda: status), "127.0.0.1", 0)
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield server.url
    finally:
        server.stop()
        thread.join(10)


def samples(text: str) -> dict[str, dict[tuple[str, ...], float]]:
    """Give the values by name and values of labels."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_names_are_as_prometheus_has_them(measure: object) -> None:
    """A name begins with the program's, counters end with _total, and units are base units.

    What a measure says is a sentence, and labels are words; le is that of a histogram.
    """
    (known,) = (each for each in MEASURES if each is measure)
    ends = {"counter": "_total", "gauge": "", "histogram": "_seconds", "info": "_info"}
    assert re.fullmatch(rf"feeds(?:_[a-z]+)+?{UNITS}{ends[known.type]}", known.name)
    if known.type == "gauge":
        assert not known.name.endswith(("_total", "_info", "_count", "_sum", "_bucket"))
    if "timestamp" in known.name:
        assert known.name.endswith("_timestamp_seconds")
    assert re.fullmatch(r"[A-Z0-9].*\.", known.help)
    assert all(re.fullmatch(r"[a-z]+", label) for label in known.labels)
    assert (known.labels == ("le",)) == (known.type == "histogram")


def test_each_measure_has_its_name_alone() -> None:
    """No two measures have one name, whatever stands at its end."""
    names = [measure.name.removesuffix("_total").removesuffix("_info") for measure in MEASURES]
    assert len(set(names)) == len(names)


def test_what_is_so_is_measured() -> None:
    """All that is known of a server is there, with help and type, as either form has it."""
    with measured(WATCHED) as url:
        plain = ask(url, "/metrics")
        opened = ask(url, "/metrics", OPEN_METRICS)
        coded = ask(url, "/metrics", "Accept-Encoding: gzip")
    text = plain.body.decode()
    assert plain.headers["content-type"].startswith("text/plain; version=")
    assert opened.headers["content-type"].startswith("application/openmetrics-text; version=1")
    assert plain.headers["cache-control"] == "no-store"
    assert plain.headers["content-length"] == str(len(plain.body))
    assert gzip.decompress(coded.body) == plain.body
    for measure in MEASURES:
        assert re.search(rf"^# HELP {measure.name} {re.escape(measure.help)}$", text, re.MULTILINE)
    names = {family.name for family in open_metric_families(opened.body.decode())}
    assert len(names) == len(MEASURES)
    found = samples(text)
    assert found["feeds_answers_total"] == {
        ("feed", "304"): 7,
        ("feed", "200"): 2,
        ("other", "404"): 5,
    }
    assert found["feeds_polls_total"] == {("atom", "304"): 7, ("rss", "200"): 2}
    assert found["feeds_saved_bytes_total"] == {("feed",): 700, ("other",): 0}
    assert found["feeds_refresh_duration_seconds_bucket"] == {
        ("0.5",): 1,
        ("1",): 3,
        ("+Inf",): 3,
    }
    assert found["feeds_refresh_duration_seconds_count"] == {(): 3}
    assert found["feeds_refresh_duration_seconds_sum"] == {(): 1.5}
    assert found["feeds_findings"] == {
        ("date-invalid", "error"): 12,
        ("command-failed", "warning"): 1,
    }
    assert found["feeds_subscribers"] == {("low",): 3, ("high",): 103}
    assert found["feeds_start_timestamp_seconds"] == {(): START.timestamp()}
    hub = ("https://hub.example/?<a>",)
    assert found["feeds_changes_told_total"] == {("purge",): 7, hub: 41}
    assert found["feeds_changes_waiting"] == {("purge",): 0, hub: 3}
    assert found["feeds_changes_given_up_total"] == {("purge",): 0, hub: 1}
    assert found["feeds_tellings_failed_total"] == {("purge",): 0, hub: 5}
    assert found["feeds_telling_failures"] == {("purge",): 0, hub: 2}


def test_what_is_not_known_is_not_measured() -> None:
    """Without a catalog, a record and a run, nothing is said of these but that it is so."""
    nothing = replace(
        STATUS, refresh=None, problem="no catalog", contents=None, feeds=(), findings=(),
        documents={}, readers=(), push=None,
    )  # fmt: skip
    with measured(nothing) as url:
        found = samples(ask(url, "/metrics").body.decode())
    assert found == {
        "feeds_catalog_readable": {(): 0},
        "feeds_claimed_subscribers": {(): 9},
        "feeds_subscribers": {("low",): 0, ("high",): 0},
    }


def test_nothing_that_strangers_say_is_there() -> None:
    """Neither the names of readers nor those of files or feeds are labels, or anywhere else."""
    stranger = ReaderStatus("Evil<name>", "program", STATUS.polls[0], 1, None, 0, 0, 1)
    with measured(replace(WATCHED, readers=(stranger,) * 50)) as url:
        text = ask(url, "/metrics").body.decode()
    for strange in ("Evil", "Views", "topics/", ".md", "not a date"):
        assert strange not in text
    assert samples(text)["feeds_readers"] == {("program",): 50}


def test_nothing_else_is_answered() -> None:
    """Other paths are not there, other methods are refused, and HEAD has no body."""
    with measured(WATCHED) as url:
        assert ask(url, "/").status == 404
        assert ask(url, "/metrics/x").status == 404
        assert ask(url, "/metrics", method="POST").status == 405
        head = ask(url, "/metrics", method="HEAD")
    assert (head.status, head.body) == (200, b"")


def test_what_is_read_is_of_this_moment() -> None:
    """Each time that measures are asked for, the status is read again."""
    moments = iter(WATCHED.now + timedelta(seconds=number) for number in range(9))
    server = HttpServer(
        Metrics(lambda: replace(WATCHED, run=replace(RUN, since=next(moments)))), "127.0.0.1", 0
    )
    thread = Thread(target=server.run)
    thread.start()
    try:
        first, second = (samples(ask(server.url, "/metrics").body.decode()) for _ in range(2))
    finally:
        server.stop()
        thread.join(10)
    name = "feeds_start_timestamp_seconds"
    assert second[name][()] == first[name][()] + 1
