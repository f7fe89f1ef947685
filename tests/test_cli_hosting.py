"""`feeds hosting` prints what a static host is configured with, and nothing else."""

from pathlib import Path

import pytest
from cli_tools import NOW, feeds_command
from click.testing import CliRunner
from conftest import front_matter

from feeds.cli import main
from feeds.publish.hosting import hosts

TEXT = "corpus: ../corpus\noutput: ../output\nmoved: {feed.xml: all.rss}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a document and a configuration."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "config").mkdir()
    (tmp_path / "config/feeds.yaml").write_text(TEXT, encoding="utf-8")
    fields = {
        "title": "One",
        "excerpt": "Two.",
        "publishedDateTime": "2026-10-01T08:00:00Z",
        "webUrl": "https://paper.example/one",
        "published": True,
        "provider": {"name": "The Paper", "domain": "paper.example"},
        "topics": ["Energy"],
    }
    (tmp_path / "corpus/a.md").write_text(front_matter(fields), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("host", sorted(hosts()))
def test_every_host_is_printed_to_standard_output(folder: Path, host: str) -> None:
    """What is published is described with the types and the freshness that the server gives."""
    assert feeds_command("build", "--now", NOW, cwd=folder).returncode == 0
    run = feeds_command("hosting", host, cwd=folder)
    assert (run.returncode, run.stderr) == (0, "")
    wanted = "feed" if host == "redirects" else "application/atom+xml; charset=utf-8"
    assert wanted in run.stdout
    assert ("max-age=300" in run.stdout) == (host != "redirects")


def test_nothing_published_is_nothing_to_host(folder: Path) -> None:
    """Before the first build the command says so in one line."""
    run = feeds_command("hosting", "nginx", cwd=folder)
    assert (run.returncode, run.stdout) == (1, "")
    assert "no publication in " in run.stderr
    assert run.stderr.count("\n") == 1


def test_the_hosts_that_can_be_named_are_those_that_there_are() -> None:
    """Help names every host, and another one is refused."""
    help_text = CliRunner().invoke(main, ["hosting", "--help"]).output
    assert all(name in help_text for name in hosts())
    assert "|".join(sorted(hosts())) in help_text
    assert CliRunner().invoke(main, ["hosting", "apache"]).exit_code == 2
