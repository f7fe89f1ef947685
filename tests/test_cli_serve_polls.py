"""`feeds serve` counts polls, in as many processes as there are, and `feeds stats` tells them."""

import json
import re
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from cli_tools import BASE_URL, build, contents, document, eventually, feeds_here, serving

PLACES = ("--corpus", "corpus", "--output", "output", "--base-url", BASE_URL)
FEEDBIN = {"User-Agent": "Feedbin feed-id:1 - 102 subscribers"}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """Give a directory with a corpus of an article and its publication."""
    document(tmp_path / "corpus", "ebb.md")
    assert build(tmp_path).returncode == 0
    return tmp_path


def counted(folder: Path) -> dict[str, Any]:
    """Give what `feeds stats` tells."""
    told: dict[str, Any] = json.loads(feeds_here("stats", *PLACES, "--json", cwd=folder).stdout)
    return told


def test_polls_of_all_processes_and_of_those_before_are_counted(built: Path) -> None:
    """Two workers' polls are added up, while they run and after them, and a restart adds more."""
    size = (built / "output/all.atom").stat().st_size
    for round_ in (1, 2):
        with serving(*PLACES, "--no-reload", "--workers", 2, cwd=built) as server:
            tag = server.get("/all.atom").headers["etag"]
            for _ in range(9):
                headers = FEEDBIN | {"If-None-Match": tag}
                assert server.get("/all.atom", headers=headers).status == 304
            if round_ == 1:
                eventually(lambda: counted(built)["polls"]["unchanged"] == 9, "the counts")
            assert server.stop()[0] == 0
        told = counted(built)
        assert told["polls"] == {
            "sent": round_,
            "unchanged": 9 * round_,
            "sent_bytes": size * round_,
            "saved_bytes": 9 * size * round_,
        }
        assert told["subscribers"] == 102
    kept = b"".join(contents(built / "output.state/polls").values())
    assert b"127.0.0.1" not in kept
    lines = feeds_here("stats", *PLACES, cwd=built).stdout.splitlines()
    assert "polls       20 in 48 hours, 90 % unchanged (304)" in lines
    assert "subscribers 102, as those claim who fetch feeds for others" in lines
    assert "readers     2 since yesterday began in UTC" in lines
    [reader] = told["readers"][:1]
    assert (reader["name"], reader["polls"]["unchanged"]) == ("Feedbin", 18)
    assert (reader["claimed"], reader["low"], reader["high"]) == (102, 1, 102)
    assert any(
        re.fullmatch(
            r" {12}    18 Feedbin \(service\): 100 % unchanged, clients 1, every \d+ s,"
            r" subscribers 1-102",
            line,
        )
        for line in lines
    )


def test_where_nothing_can_be_counted_all_is_answered(built: Path) -> None:
    """Without a state directory, or with something in the way, feeds are served, and no more."""
    shutil.rmtree(built / "output.state")
    with serving(*PLACES, "--no-reload", cwd=built) as server:
        assert server.get("/all.atom").status == 200
        assert server.stop()[0] == 0
    assert not (built / "output.state").exists()
    (built / "output.state").mkdir()
    (built / "output.state/polls").write_text("in the way")
    with serving(*PLACES, "--no-reload", cwd=built) as server:
        assert server.get("/all.atom").status == 200
        assert server.stop()[0] == 0
        assert server.said.count("\n") == 1
    assert (built / "output.state/polls").read_text() == "in the way"


def test_a_rehearsing_server_counts_nothing(built: Path) -> None:
    """With --dry-run, polls leave nothing behind."""
    with serving(*PLACES, "--dry-run", cwd=built) as server:
        assert server.get("/all.atom").status == 200
        server.until(" documents (")
        assert server.stop()[0] == 0
    assert not (built / "output.state/polls").exists()


def test_whose_polls_are_is_told_by_the_configuration_of_now(built: Path) -> None:
    """Clients are told by a field from the moment on at which the configuration says so."""
    (built / "config").mkdir()
    file = built / "config/feeds.yaml"
    text = "corpus: ../corpus\noutput: ../output\nserver: {%s}\n"
    file.write_text(text % "max_age: 60", encoding="utf-8")
    with serving(cwd=built) as server:
        server.until(" documents (")
        for client_field in ("X-Real-IP", "X-Client"):
            for number in range(3):
                headers = {"User-Agent": f"{client_field}/1", "X-Client": f"192.0.2.{number}"}
                assert server.get("/all.atom", headers=headers).status == 200
            file.write_text(text % "client_address: X-Client", encoding="utf-8")
            server.process.send_signal(signal.SIGHUP)
            server.until("the configuration was read again")
            # A worker looks four times a second.
            time.sleep(1)
        assert server.stop()[0] == 0
    told = json.loads(feeds_here("stats", "--config", "config", "--json", cwd=built).stdout)
    assert {reader["name"]: reader["clients"] for reader in told["readers"]} == {
        "X-Real-IP": 1,
        "X-Client": 3,
    }
