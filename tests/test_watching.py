"""What the documentation shows for Prometheus names metrics that there are, with their labels."""

import re
from collections.abc import Iterator

import pytest
import yaml
from cli_tools import ROOT
from test_walks import block, text_of

from feeds.config import parse_configuration
from feeds.serve.measures import MEASURES

ALERTS = ROOT / "docs/prometheus/alerts.yml"
CONFIGURATION = ROOT / "docs/prometheus/prometheus.yml"
LABELS = {measure.name: set(measure.labels) for measure in MEASURES}
# What Prometheus puts on what it was told, and what has a name of each measure.
OF_PROMETHEUS = {"up": {"job"}}
SUFFIXES = ("_bucket", "_sum", "_count")
NAME = re.compile(r"\b(feeds_[a-z_]+|up)\b(?:\{([^}]*)\})?")
GROUPED = re.compile(r"by \(([a-z, ]+)\)")


def rules() -> list[dict[str, str]]:
    """Give the rules for alarms."""
    [group] = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    found: list[dict[str, str]] = group["rules"]
    return found


def expressions() -> Iterator[str]:
    """Give all that Prometheus is shown to be asked."""
    yield from (rule["expr"] for rule in rules())
    table = text_of("watching.md").partition("| question | expression |")[2]
    for row in table.strip().splitlines()[1:]:
        if not row.startswith("|"):
            return
        yield row.split("|", 2)[2].strip(" |`")


@pytest.mark.parametrize("expression", list(expressions()))
def test_an_expression_names_what_there_is(expression: str) -> None:
    """Each metric is one that is measured, and each label one that it has."""
    named = NAME.findall(expression)
    assert named
    labels: set[str] = set()
    for name, matchers in named:
        known = LABELS | OF_PROMETHEUS
        metric = next((name.removesuffix(end) for end in SUFFIXES if name.endswith(end)), name)
        assert metric in known, name
        labels |= known[metric]
        assert set(re.findall(r"([a-z]+)=~?\"", matchers)) <= known[metric], name
    for group in GROUPED.findall(expression):
        assert set(group.split(", ")) <= labels


def test_alarms_say_what_they_mean() -> None:
    """Each alarm has a name of its own and a sentence for who is woken by it."""
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names) > 5
    for rule in rules():
        assert re.fullmatch(r"Feeds[A-Za-z]+", rule["alert"])
        assert rule["annotations"]["summary"].endswith((".", "?"))  # type: ignore[index]


def test_prometheus_asks_where_the_metrics_are() -> None:
    """The port that Prometheus is told is that of the example, and the rules lie beside."""
    told = yaml.safe_load(CONFIGURATION.read_text(encoding="utf-8"))
    assert told["rule_files"] == [ALERTS.name]
    [job] = told["scrape_configs"]
    [target] = job["static_configs"][0]["targets"]
    shown = parse_configuration(block("watching.md", "yaml"), origin="feeds.yaml", folder=ROOT)
    assert shown.server.metrics_at == ("127.0.0.1", int(target.rpartition(":")[2]))
    assert f'up{{job="{job["job_name"]}"}}' in rules()[0]["expr"]
    assert str(shown.server.status) in block("watching.md", "sh")
