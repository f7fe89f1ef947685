"""Who reads documents, as a configuration says it, and workers that have nobody to read for."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cli_tools import ENVIRONMENT, PATIENCE, command, document, feeds_command

NOWHERE = "state: postgresql://127.0.0.1:1/none"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a directory with a corpus of two documents."""
    for name in ("ebb.md", "flow.md"):
        document(tmp_path / "corpus", name)
    return tmp_path


def configure(folder: Path, *lines: str) -> None:
    text = "\n".join(["corpus: corpus", "output: output", *lines, ""])
    (folder / "feeds.yaml").write_text(text, encoding="utf-8")


@contextmanager
def worker(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """Run a worker that is to wait for PostgreSQL."""
    with subprocess.Popen(
        command("worker", "--config", folder, "--concurrency", 1),
        cwd=folder,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


@pytest.mark.parametrize("name", ["build", "serve", "worker"])
def test_workers_need_a_database(folder: Path, name: str) -> None:
    """Where the state is a directory, who would have workers read is told so in one line."""
    configure(folder, "reading: workers")
    run = feeds_command(name, "--config", folder, cwd=folder)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == (
        "config: reading: workers needs state: postgresql://…, where jobs are kept\n"
    )
    assert not (folder / "output").exists()


def test_workers_need_what_keeps_jobs(folder: Path) -> None:
    """Without procrastinate, it is said what to install."""
    configure(folder, "reading: workers", NOWHERE)
    shadow = folder / "shadow/procrastinate.py"
    shadow.parent.mkdir()
    shadow.write_text("raise ModuleNotFoundError('no procrastinate')\n", encoding="utf-8")
    environment = {"PYTHONPATH": str(shadow.parent)}
    run = feeds_command("worker", "--config", folder, cwd=folder, env=environment)
    assert run.returncode == 2
    assert run.stderr == (
        "config: reading: workers needs procrastinate: pip install 'feeds[scale]'\n"
    )


def test_there_are_two_who_may_read(folder: Path) -> None:
    """Anybody else is refused."""
    configure(folder, "reading: everybody")
    run = feeds_command("build", "--config", folder, cwd=folder)
    assert run.returncode == 2
    assert 'reading: must be here or workers, not "everybody"' in run.stderr


def test_a_worker_waits_for_postgresql_and_ends_when_it_is_told_to(folder: Path) -> None:
    """It says a line for each attempt, and at a first signal ends well."""
    configure(folder, "reading: workers", NOWHERE)
    with worker(folder) as process:
        assert process.stderr
        line = process.stderr.readline()
        assert "PostgreSQL is gone: " in line
        assert "; trying again in " in line
        process.send_signal(signal.SIGTERM)
        said = process.stderr.read()
        assert process.wait(PATIENCE) == 0
    lines = [line for line in said.splitlines() if "PostgreSQL is gone" not in line]
    assert lines == [
        "stopping when what is begun is read; a second signal ends it now",
        "read 0 documents in 0 jobs",
    ]


def test_where_nothing_is_said_this_machine_reads(folder: Path) -> None:
    """The default needs nothing that has to be installed, and loads nothing of it."""
    configure(folder)
    shadow = folder / "shadow/procrastinate.py"
    shadow.parent.mkdir()
    shadow.write_text("raise RuntimeError('was loaded')\n", encoding="utf-8")
    environment = {"PYTHONPATH": str(shadow.parent)}
    run = feeds_command("build", "--config", folder, cwd=folder, env=environment)
    assert run.returncode == 0, run.stderr
    assert json.loads((folder / "output/manifest.json").read_text())
