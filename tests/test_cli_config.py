"""`feeds config schema`: the JSON Schema of the configuration."""

import json
from pathlib import Path

import pytest
from cli_tools import ROOT, feeds_command
from click.testing import CliRunner

from feeds.cli import main


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
