"""What we ship for Compose and Kubernetes is what these take: all keys are known to them."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cli_tools import ROOT

PYTHON = ROOT / ".venv-deploy/bin/python"
PROGRAM = ROOT / "tests/servers/programs/deployment.py"
PATIENCE = 120.0

if not PYTHON.exists():
    pytest.skip("no schemas are installed (.ci/servers does that)", allow_module_level=True)


def read(folder: Path) -> "subprocess.CompletedProcess[str]":
    """Have what is in a folder be read by the schemas of Compose and Kubernetes."""
    manifests = sorted((folder / "kubernetes").glob("*.yaml"))
    return subprocess.run(
        [PYTHON, PROGRAM, folder / "compose.yaml", *manifests],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_what_is_shipped_is_taken() -> None:
    """All services and all objects are read, by the schemas of the newest versions."""
    run = read(ROOT / "deploy")
    assert run.returncode == 0, run.stderr
    services, *objects = run.stdout.splitlines()
    assert services == "['builder', 'cache', 'postgresql', 'server', 'worker']"
    assert len(objects) == 6


@pytest.mark.parametrize(
    ("name", "given", "wrong"),
    [
        ("compose.yaml", "pids_limit: 256", "pids_limit: many"),
        ("compose.yaml", "healthcheck: {disable: true}", "heathcheck: {disable: true}"),
        ("kubernetes/server.yaml", "readinessProbe:", "readynessProbe:"),
        ("kubernetes/worker.yaml", "replicas: 4", "replicas: four"),
    ],
)
def test_what_is_wrong_is_seen(name: str, given: str, wrong: str, tmp_path: Path) -> None:
    """A key that nobody knows, and a value of another kind, are refused."""
    folder = tmp_path / "deploy"
    shutil.copytree(ROOT / "deploy", folder)
    text = (folder / name).read_text(encoding="utf-8")
    assert given in text
    (folder / name).write_text(text.replace(given, wrong), encoding="utf-8")
    assert read(folder).returncode
