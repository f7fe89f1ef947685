"""`feeds config`: the JSON Schema of the configuration, and what is in force."""

import json
from pathlib import Path

import pytest
import yaml
from cli_tools import ROOT, feeds_command
from click.testing import CliRunner

from feeds.cli import main
from feeds.config.writing import file_text, written


def test_the_schema_is_the_one_that_ships() -> None:
    """What is printed is the file that editors use, byte for byte, and nothing else is said."""
    run = feeds_command("config", "schema")
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == (ROOT / "config/feeds.schema.json").read_text(encoding="utf-8")
    schema = json.loads(run.stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False
    assert {"site", "corpus", "output", "state", "limit", "reload", "server"} <= set(
        schema["properties"]
    )


def test_the_schema_needs_no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A configuration that is broken does not keep its own schema from whoever mends it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    (tmp_path / "config/feeds.yaml").write_text("[", encoding="utf-8")
    assert CliRunner().invoke(main, ["config", "schema"]).exit_code == 0


# --- What is in force -------------------------------------------------------------------------

CONFIGURATION = """\
site:
  title: Tides
  base_url: https://tides.example
corpus: ../corpus
topics:
  moon: {label: "The Moon", aliases: Luna}
providers:
  www.Paper.example:
    name: The Paper
feeds:
  best:
    title: Best
    where:
      not: {quality: {min: 10}}
limit:
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a directory with a configuration."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config/feeds.yaml").write_text(CONFIGURATION, encoding="utf-8")
    return tmp_path


def origins(folder: Path, *options: object) -> dict[str, tuple[str, str]]:
    """Give the value of each key and where it comes from."""
    run = feeds_command("config", "show", "--origin", *options, cwd=folder)
    assert (run.returncode, run.stderr) == (0, "")
    found = {}
    for line in run.stdout.splitlines():
        origin, _, setting = line.partition("\t")
        key, _, value = setting.partition(": ")
        found[key] = (value, origin)
    return found


def test_each_value_in_force_is_shown(folder: Path) -> None:
    """A value of the file is shown as it is understood, others with their defaults, all as YAML."""
    run = feeds_command("config", "show", cwd=folder)
    assert run.returncode == 0
    lines = run.stdout.splitlines()
    assert "site.title: Tides" in lines
    assert "limit: 50" in lines
    assert f"state: {folder}/config/output.state" in lines
    values = {line: yaml.safe_load(line.partition(": ")[2]) for line in lines}
    assert values["topics.moon.aliases: [Luna]"] == ["Luna"]
    assert values["site.author: null"] is None


def test_no_password_is_shown(folder: Path) -> None:
    """Of the URL of a database all else is."""
    url = "postgresql://feeds:s3cr3t@db.example/feeds"
    run = feeds_command("config", "show", "--state", url, cwd=folder)
    assert "state: postgresql://feeds@db.example/feeds" in run.stdout.splitlines()
    assert "s3cr3t" not in run.stdout + run.stderr


def test_a_database_needs_what_speaks_with_it(folder: Path) -> None:
    """Without psycopg, it is said what to install."""
    shadow = folder / "shadow/psycopg.py"
    shadow.parent.mkdir()
    shadow.write_text("raise ModuleNotFoundError('no psycopg')\n", encoding="utf-8")
    options = ("build", "--state", "postgresql://db.example/feeds")
    run = feeds_command(*options, cwd=folder, env={"PYTHONPATH": str(shadow.parent)})
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "config: state: needs psycopg: pip install 'feeds[scale]'\n"


def test_each_value_has_an_origin(folder: Path) -> None:
    """What the file says has its line and column, however it is written; what it leaves out not."""
    found = origins(folder)
    here = "config/feeds.yaml"
    assert found["site.title"] == ("Tides", f"{here}:2:10")
    assert found["corpus[0].path"] == (f"{folder}/corpus", f"{here}:4:9")
    assert found["corpus[0].name"] == ("null", "default")
    assert found["topics.moon.label"] == ("The Moon", f"{here}:6:17")
    assert found["topics.moon.aliases"] == ("[Luna]", f"{here}:6:38")
    assert found["providers.paper.example.name"] == ("The Paper", f"{here}:9:11")
    assert found["feeds.best.where.not.quality.min"] == ("10", f"{here}:14:28")
    assert found["feeds.best.order"] == ("published", "default")
    assert found["limit"] == ("50", "default")


def test_options_overrule_the_file(folder: Path) -> None:
    """What the command line says is in force, and is named by its option."""
    options = ("--base-url", "https://x.example", "--limit", 7, "--output", "out", "--state", "s")
    found = origins(folder, "--config", "config", "--corpus", "more", *options)
    assert found["site.base_url"] == ("https://x.example", "--base-url")
    assert found["limit"] == ("7", "--limit")
    assert found["output"] == (f"{folder}/out", "--output")
    assert found["state"] == (f"{folder}/s", "--state")
    assert found["corpus[0].path"] == (f"{folder}/more", "--corpus")
    assert found["site.title"][1] == "config/feeds.yaml:2:10"


def test_without_a_file_all_is_default(tmp_path: Path) -> None:
    """Where there is no configuration, every key has its default."""
    assert {origin for _, origin in origins(tmp_path).values()} == {"default"}


def test_a_broken_file_is_told(folder: Path) -> None:
    """What cannot be in force is not shown: each mistake is a line, and the end is 2."""
    (folder / "config/feeds.yaml").write_text("limit: many\n", encoding="utf-8")
    run = feeds_command("config", "show", cwd=folder)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("config/feeds.yaml:1:8: config: limit: ")


@pytest.mark.parametrize(
    "text",
    ["yes", "1.5", "a: b", "# c", "a #b", "- a", "", "é", "a,b", "~", "2026-01-01", "a:", '"'],
)
def test_what_is_written_is_read_as_it_was(text: str) -> None:
    """A text comes back from YAML as it went in, wherever it stands."""
    for value in (text, [text], {"key": [text, {"within": text}]}, {text: text}):
        assert yaml.safe_load(written(value)) == value
    assert yaml.safe_load(file_text({"a": {"b": text}, text: 1})) == {"a": {"b": text}, text: 1}


def test_what_a_variable_stands_for_is_not_shown(tmp_path: Path) -> None:
    """A field of purges is shown as it is written, whatever the environment has."""
    (tmp_path / "feeds.yaml").write_text(
        "corpus: .\noutput: /o\npurge:\n  url: https://api.example.org/\n"
        '  headers: {Authorization: "Bearer ${TOKEN}"}\n',
        encoding="utf-8",
    )
    run = feeds_command("config", "show", "--config", tmp_path, env={"TOKEN": "canary"})
    assert run.returncode == 0, run.stderr
    assert 'purge.headers.Authorization: "Bearer ${TOKEN}"\n' in run.stdout
    assert "canary" not in run.stdout + run.stderr
