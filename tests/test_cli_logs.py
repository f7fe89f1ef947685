"""`feeds stats FILE…`: who reads which feed, from access logs."""

import gzip
import json
import os
import pty
import signal
import subprocess
import sys
import tracemalloc
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from cli_tools import ENVIRONMENT, ROOT, Run, command, document, feeds_command, feeds_here, stamps
from generated_logs import CLAIMED, FEEDS, generate, size_of

from feeds.http.compression import COMPRESS

LOGS = ROOT / "tests/data/logs"
COMBINED = LOGS / "nginx-combined.log"


def stats(folder: Path, *arguments: object) -> Run:
    """Count logs in a folder, and see that nothing is written."""
    before = stamps(folder)
    run = feeds_here("stats", *arguments, cwd=folder)
    assert stamps(folder) == before
    return run


def numbers(folder: Path, *arguments: object) -> dict[str, Any]:
    """Count logs, in JSON."""
    run = stats(folder, "--json", *arguments)
    assert run.returncode == 0, run.stderr
    told: dict[str, Any] = json.loads(run.stdout)
    return told


def test_a_log_is_told(tmp_path: Path) -> None:
    """Without a configuration, feeds and readers are told in tables, and no address is."""
    run = stats(tmp_path, COMBINED)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.splitlines() == [
        "read        4 lines of 1 file, 500 bytes",
        "from        2026-11-29T10:00:00Z to 2026-11-29T10:45:05Z",
        "polls       3 of 2 feeds, 33 % unchanged (304); 1 error",
        "            5.6 KiB sent, 4.9 KiB saved",
        "interval    30 min, the median of a client",
        "subscribers 2-103: 1 counted, 102 claimed by 1 service",
        "",
        "feed           polls   304  errors       sent    saved  interval  subscribers",
        "all.atom           2  50 %       0    4.9 KiB  4.9 KiB    30 min            1",
        "topics/ai.rss      1   0 %       0  700 bytes  0 bytes         -        1-102",
        "",
        "reader       polls   304  errors       sent    saved  interval  subscribers",
        "Feedbin          1   0 %       0  700 bytes  0 bytes         -        1-102",
        "NetNewsWire      2  50 %       0    4.9 KiB  4.9 KiB    30 min            1",
    ]


@pytest.mark.parametrize("file", sorted(LOGS.glob("[!b]*")), ids=lambda file: file.name)
def test_each_form_is_found(tmp_path: Path, file: Path) -> None:
    """Whatever is written by whichever server or CDN, the same polls are told of it."""
    told = numbers(tmp_path, file)
    assert told["read"]["unread"] == 0
    assert [(feed["name"], feed["polls"]["sent"]) for feed in told["feeds"]] == [
        ("all.atom", 1),
        ("topics/ai.rss", 1),
    ]
    assert told["all"]["errors"] == 1
    if "common" not in file.name:
        assert [reader["name"] for reader in told["readers"]] == ["Feedbin", "NetNewsWire"]
        assert told["all"]["subscribers"]["high"] == 103


def test_files_are_read_in_their_order_and_however_they_are_packed(tmp_path: Path) -> None:
    """Plain, gzip in several members, zstd and standard input are one log, whatever their names."""
    lines = COMBINED.read_bytes().splitlines(keepends=True)
    (tmp_path / "1.log").write_bytes(lines[0])
    (tmp_path / "2.log").write_bytes(gzip.compress(lines[1]) + gzip.compress(lines[2]))
    pack = COMPRESS.get("zstd", gzip.compress)
    (tmp_path / "3").write_bytes(pack(b"\n") + pack(lines[3]))
    told = numbers(tmp_path, "1.log", "2.log", "3")
    assert told["all"] == numbers(tmp_path, COMBINED)["all"]
    assert told["read"]["files"] == 3
    assert told["read"]["lines"] == 5
    assert told["read"]["bytes"] == sum(file.stat().st_size for file in tmp_path.iterdir())


def test_standard_input_is_read(tmp_path: Path) -> None:
    """What comes through a pipe is a log, too, packed or not, and is read once."""
    for data in (COMBINED.read_bytes(), gzip.compress(COMBINED.read_bytes())):
        run = subprocess.run(
            command("stats", "-", "--json"),
            cwd=tmp_path,
            env=ENVIRONMENT,
            input=data,
            capture_output=True,
            timeout=60,
            check=True,
        )
        told = json.loads(run.stdout)
        assert told["all"] == numbers(tmp_path, COMBINED)["all"]
        assert told["read"]["bytes"] == len(data)


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Lines of no form are counted with the place of the first, and files that are cut off told."""
    run = stats(tmp_path, COMBINED, LOGS / "broken.log")
    assert run.returncode == 0
    assert f"5 of no known form, first {LOGS / 'broken.log'}:3" in run.stdout
    half = gzip.compress(COMBINED.read_bytes())[:-40]
    (tmp_path / "half.gz").write_bytes(half)
    run = stats(tmp_path, "half.gz", COMBINED)
    assert run.returncode == 1
    assert run.stderr.startswith("half.gz: cannot be read further: ")
    assert "of 2 files" in run.stdout


def test_a_line_without_end_takes_no_room(tmp_path: Path) -> None:
    """A file that has no ends of lines is one line of no form, and is never in memory."""
    (tmp_path / "log").write_bytes(b"x" * (32 << 20))
    assert numbers(tmp_path, COMBINED)["read"]["unread"] == 0
    tracemalloc.start()
    told = numbers(tmp_path, "log")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (told["read"]["lines"], told["read"]["unread"]) == (1, 1)
    assert peak < 4 << 20


def test_what_is_no_log_is_told(tmp_path: Path) -> None:
    """An empty file and one without polls have none, and one that is not there is misuse."""
    (tmp_path / "empty").touch()
    assert "polls       none of a feed" in stats(tmp_path, "empty").stdout
    assert stats(tmp_path, "none").returncode == 2
    run = stats(tmp_path, "--feed", "all.atom")
    assert (run.returncode, "--feed is about logs" in run.stderr) == (2, True)


def test_one_feed_is_told(tmp_path: Path) -> None:
    """--feed counts one feed only, with or without a slash before it."""
    for path in ("topics/ai.rss", "/topics/ai.rss"):
        told = numbers(tmp_path, COMBINED, "--feed", path)
        assert [feed["name"] for feed in told["feeds"]] == ["topics/ai.rss"]
        assert told["all"]["polls"]["sent"] == 1
    run = stats(tmp_path, COMBINED, "--feed", "all.atom")
    assert "polls       2, 50 % unchanged (304); 0 errors" in run.stdout.splitlines()
    assert "feed  " not in run.stdout


def test_so_many_rows_are_shown(tmp_path: Path) -> None:
    """--top says how many feeds and readers a table has, and it is told how many are left."""
    run = stats(tmp_path, COMBINED, "--top", "1")
    assert run.stdout.count("and 1 more; --top N shows more, --json all") == 2
    assert stats(tmp_path, COMBINED, "--top", "0").returncode == 2


def test_a_configuration_says_where_feeds_are(tmp_path: Path) -> None:
    """Below a base URL with a path feeds are known by what is after it, and others are none."""
    log = tmp_path / "log"
    log.write_text(COMBINED.read_text().replace("/all.atom", "/news/all.atom") * 2)
    document(tmp_path / "corpus", "a.md")
    (tmp_path / "config").mkdir()
    configuration = tmp_path / "config/feeds.yaml"
    configuration.write_text(
        "site: {base_url: https://a.example/news}\ncorpus: [{path: ../corpus}]\n"
    )
    assert {feed["name"] for feed in numbers(tmp_path, log)["feeds"]} == {
        "all.atom",
        "topics/ai.rss",
    }
    configuration.write_text("sites: {}\n")
    assert stats(tmp_path, log).returncode == 2
    elsewhere = ("--base-url", "https://a.example/news")
    configuration.unlink()
    assert numbers(tmp_path, log, *elsewhere)["feeds"][0]["name"] == "all.atom"
    assert numbers(tmp_path, log)["feeds"][0]["name"] == "news/all.atom"


def test_lies_are_told_apart(tmp_path: Path) -> None:
    """A million claimed is told as what it is, and counts nowhere."""
    with (tmp_path / "log").open("w") as file:
        truth = generate(file, 8_000)
    told = numbers(tmp_path, "log")
    assert told["all"]["subscribers"]["claimed"] == CLAIMED * len(FEEDS)
    assert told["all"]["polls"]["saved_bytes"] == sum(
        number * size_of(feed) for feed, number in truth.unchanged.items()
    )
    assert told["unbelieved"][0] == {
        "feed": "all.atom",
        "reader": "Feedly",
        "subscribers": 1_000_000,
    }
    lines = stats(tmp_path, "log").stdout.splitlines()
    assert "  Feedly: 1000000 of all.atom" in lines[lines.index("not believed, and not counted") :]


def test_no_address_is_told(tmp_path: Path) -> None:
    """Whatever is asked for, nothing that is printed has an address of the log."""
    for arguments in ((), ("--json",), ("--feed", "all.atom")):
        run = stats(tmp_path, COMBINED, *arguments)
        assert not any(part in run.stdout for part in ("203.0.113", "2001:db8", "198.51.100"))


def test_strange_names_forge_no_line(tmp_path: Path) -> None:
    """Control characters in what clients say are escaped on a terminal."""
    line = COMBINED.read_text().splitlines()[0]
    (tmp_path / "log").write_text(line.replace("/all.atom", "/a%0Ab%1B[31m.atom") + "\n")
    run = stats(tmp_path, "log")
    assert "a\\nb\\x1b[31m.atom" in run.stdout
    assert "\x1b" not in run.stdout


def test_a_long_log_shows_how_far_it_is(tmp_path: Path) -> None:
    """On a terminal there is a bar while a log is read that takes long, and it ends at 100%."""
    with (tmp_path / "log").open("w") as file:
        generate(file, 200_000)
    ours, theirs = pty.openpty()
    run = subprocess.Popen(
        command("stats", "log"),
        cwd=tmp_path,
        env=ENVIRONMENT | {"TERM": "xterm"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65_536):
            shown += part
    except OSError:
        pass  # the other side is closed
    finally:
        out, _ = run.communicate(timeout=60)
        os.close(ours)
    assert run.returncode == 0
    assert b"reading logs" in shown
    assert b"100%" in shown
    assert out.startswith(b"read ")


# As in a shell, also where the tests run in the background, which ignores what Ctrl-C sends.
HEEDING = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from feeds.cli import main
main(["stats", "-", "--json"])
"""


def test_an_interrupt_tells_what_was_read(tmp_path: Path) -> None:
    """Ctrl-C ends it with 130, and what was read until then is told."""
    run = subprocess.Popen(
        [sys.executable, "-c", HEEDING],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    killer = Timer(60, run.kill)
    killer.start()
    try:
        assert run.stdin is not None
        # Much more than a pipe takes: nearly all of it is read when all is written.
        run.stdin.write(COMBINED.read_bytes() * 2_000)
        run.stdin.flush()
        run.send_signal(signal.SIGINT)
        # Its end of the pipe stays open: nothing else ends it.
        assert run.stdout is not None
        out = run.stdout.read()
        _, error = run.communicate()
    finally:
        run.kill()
        killer.cancel()
    assert run.returncode == 130
    assert error.decode() == "feeds: interrupted; this is what was read until then\n"
    told = json.loads(out)
    assert told["read"]["is_whole"] is False
    assert 0 < told["read"]["lines"] <= 8_000


def test_help_names_logs() -> None:
    """What can be given is told by the help."""
    assert "access logs" in feeds_command("stats", "--help").stdout
