"""Prometheus's own tool finds nothing wrong with what it is told, and alarms when it should."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from cli_tools import ROOT, document, serving
from test_cli_serve_metrics import PLACES, place
from test_cli_serve_status import ask, configure

FOLDER = ROOT / "docs/prometheus"

pytestmark = pytest.mark.skipif(not shutil.which("promtool"), reason="prometheus is not installed")

# What is measured minute by minute, when it is asked, and the alarms that there are then.
STORIES = {
    "all is well": (
        {"feeds_last_success_timestamp_seconds": "0+60x120", "feeds_last_refresh_failed": "0x120"},
        "90m",
        set(),
    ),
    "no refresh ends well": (
        {"feeds_last_success_timestamp_seconds": "0x120", "feeds_last_refresh_failed": "1x120"},
        "90m",
        {"FeedsStale", "FeedsRefreshFails"},
    ),
    "nothing is there": ({'up{job="feeds"}': "0x30"}, "10m", {"FeedsNotThere"}),
    "documents are wrong": (
        {'feeds_documents{state="skipped"}': "1x120", 'feeds_documents{state="kept"}': "2x120"},
        "90m",
        {"FeedsDocumentsWrong"},
    ),
    "workers die": (
        {'feeds_processes_started_total{process="worker"}': "2+1x60"},
        "30m",
        {"FeedsProcessesDie"},
    ),
    "errors are answered": (
        {'feeds_answers_total{kind="other",status="503"}': "0+10x60"},
        "30m",
        {"FeedsAnswersFail"},
    ),
    "validators are dropped": (
        {
            'feeds_polls_total{format="atom",status="200"}': "0+9x3000",
            'feeds_polls_total{format="atom",status="304"}': "0+1x3000",
        },
        "49h",
        {"FeedsPolledInVain"},
    ),
}


def promtool(*arguments: object, told: bytes = b"") -> str:
    """Run it, which must find nothing wrong."""
    run = subprocess.run(
        ["promtool", *map(str, arguments)], input=told, capture_output=True, timeout=60, check=False
    )
    said = (run.stdout + run.stderr).decode()
    assert run.returncode == 0, said
    return said


def test_what_is_measured_is_well_written(tmp_path: Path) -> None:
    """Names, types, units and help of all metrics of a server are as Prometheus wants them."""
    document(tmp_path / "corpus", "ebb.md")
    document(tmp_path / "corpus", "bad.md", publishedDateTime="soon")
    configure(tmp_path, "{metrics: 0}")
    with serving(*PLACES, cwd=tmp_path) as server:
        server.until(" documents (")
        text = ask(place(server), "/metrics").body
    assert b"feeds_findings{" in text
    assert promtool("check", "metrics", told=text) == ""


def test_what_prometheus_is_told_is_valid() -> None:
    """The configuration and the rules that the documentation shows are read without a word."""
    assert "SUCCESS" in promtool("check", "config", FOLDER / "prometheus.yml")
    assert "rules found" in promtool("check", "rules", FOLDER / "alerts.yml")


@pytest.mark.parametrize("story", STORIES)
def test_alarms_come_when_they_should(tmp_path: Path, story: str) -> None:
    """With what is measured in a story, there are these alarms and no others."""
    series, moment, expected = STORIES[story]
    named = [rule["alert"] for rule in alerts()]
    test = {
        "rule_files": [str(FOLDER / "alerts.yml")],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": v} for name, v in series.items()],
                "alert_rule_test": [
                    {"eval_time": moment, "alertname": name, "exp_alerts": fired(name, expected)}
                    for name in named
                ],
            }
        ],
    }
    file = tmp_path / "test.yml"
    file.write_text(yaml.safe_dump(test), encoding="utf-8")
    assert "SUCCESS" in promtool("test", "rules", file)


def alerts() -> list[dict[str, object]]:
    """Give the rules for alarms."""
    text = (FOLDER / "alerts.yml").read_text(encoding="utf-8")
    [group] = yaml.safe_load(text)["groups"]
    rules: list[dict[str, object]] = group["rules"]
    return rules


def fired(name: str, expected: set[str]) -> list[dict[str, object]]:
    """Give the alarms of a rule as they are expected."""
    if name not in expected:
        return []
    [rule] = [rule for rule in alerts() if rule["alert"] == name]
    annotations = {
        key: str(text).replace("{{ $value }}", "3")
        for key, text in rule["annotations"].items()  # type: ignore[attr-defined]
    }
    labels = {"job": "feeds"} if name == "FeedsNotThere" else {}
    return [{"exp_labels": labels, "exp_annotations": annotations}]
