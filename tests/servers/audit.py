"""The audit of what is locked tells a known fault from none, and either from not knowing."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cli_tools import ENVIRONMENT, PATIENCE, ROOT

pytestmark = [
    pytest.mark.case(74),
    pytest.mark.skipif(
        not (ROOT / ".venv-audit/bin/pip-audit").exists(), reason="make audit installs pip-audit"
    ),
]
FAULT = {"id": "PYSEC-2026-1", "summary": "made up", "affected": []}


@contextmanager
def knowing(faults: Mapping[str, object], status: int = 200) -> Iterator[str]:
    """Run a service that knows of faults, by package; gives its address."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fault = faults.get(asked["package"]["name"])
            body = json.dumps({"vulns": [fault]} if fault else {}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v1/query"
        finally:
            server.shutdown()
            thread.join(PATIENCE)


def audit(address: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Ask a service of what is locked, and have it listed in a folder."""
    return subprocess.run(
        [ROOT / ".ci/audit", "--vulnerability-service", "osv", "--osv-url", address],
        capture_output=True,
        text=True,
        env=ENVIRONMENT | {"SBOM": str(folder / "sbom.json")},
        timeout=120,
        check=False,
    )


def test_a_known_fault_fails(tmp_path: Path) -> None:
    """Where a package that is locked is vulnerable, the audit ends with 1 and names it."""
    with knowing({"starlette": FAULT}) as address:
        run = audit(address, tmp_path)
    assert run.returncode == 1, run.stdout + run.stderr
    assert re.search(r"^starlette +[0-9.]+ +PYSEC-2026-1", run.stdout, re.MULTILINE)


def test_no_known_fault_is_told(tmp_path: Path) -> None:
    """Where none is known, it ends with 0."""
    with knowing({"another": FAULT}) as address:
        run = audit(address, tmp_path)
    assert (run.returncode, run.stdout.splitlines()[-1]) == (
        0,
        "audit: nothing that is locked is known to be vulnerable",
    ), run.stderr


@pytest.mark.parametrize("fault", ["refuses", "is gone"])
def test_not_to_know_is_not_to_be_safe(fault: str, tmp_path: Path) -> None:
    """Where nobody who knows answers, it ends with 75 and says that it does not know."""
    with knowing({}, status=500) as address:
        run = audit(address, tmp_path) if fault == "refuses" else None
    run = run or audit(address, tmp_path)
    assert run.returncode == 75, run.stdout + run.stderr
    assert run.stdout.splitlines()[-1].endswith(
        "whether anything locked is vulnerable is not known"
    )


def test_the_list_of_parts_has_all_that_is_locked(tmp_path: Path) -> None:
    """The software bill of materials is one of CycloneDX, with a digest for each package."""
    with knowing({}) as address:
        assert audit(address, tmp_path).returncode == 0
    told = json.loads((tmp_path / "sbom.json").read_bytes())
    locked = re.findall(
        r"^([a-z0-9._-]+)==", (ROOT / "requirements-scale.lock").read_text(), re.MULTILINE
    )
    assert told["bomFormat"] == "CycloneDX"
    assert sorted(part["name"] for part in told["components"]) == sorted(locked)
    for part in told["components"]:
        assert any(place.get("hashes") for place in part["externalReferences"]), part["name"]
