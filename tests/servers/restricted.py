"""The program with no more rights than the unit files and the image that we ship leave it.

Units are judged by systemd itself, which need not run for that. What they and containers take
away is then taken away by hand: a file system that cannot be written, a user without a name, no
capability, no new privileges, and for units only the system calls that they allow, without
memory that is written and run. What only a running systemd can do (control groups, its filters
of addresses) is not tried.
"""

import ctypes.util
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cli_tools import ENVIRONMENT, NOW, PATIENCE, ROOT, Serving, document, eventually

UNITS = sorted((ROOT / "docs/systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
USER = 10001
TEMPORARY = "/tmp"  # noqa: S108 - that of a file system of its own
TEXT = """\
site: {title: Example News, base_url: https://feeds.example}
corpus: /srv/feeds/corpus
output: /srv/feeds/output
state: /srv/feeds/state
"""

# What a unit forbids, and then the program in place of this one.
CONFINED = """
import ctypes, os, sys
names, library = sys.argv[1].split(","), ctypes.CDLL(sys.argv[2], use_errno=True)
library.seccomp_init.restype = ctypes.c_void_p
context = ctypes.c_void_p(library.seccomp_init(0x00050001))
for name in names:
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number >= 0:
        assert library.seccomp_rule_add(context, 0x7fff0000, number, 0) == 0, name
PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN = 65, 1
ctypes.CDLL(None).prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0)
assert library.seccomp_load(context) == 0
os.execv(sys.argv[3], sys.argv[3:])
"""

pytestmark = pytest.mark.case(75)


def program(name: str) -> str:
    """Give the path of a program, or skip the test that needs it."""
    return shutil.which(name) or pytest.skip(f"there is no {name}")


# --- What systemd says of the units ------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES, ids=lambda unit: unit.name)
def test_a_unit_is_exposed_to_next_to_nothing(service: Path) -> None:
    """By systemd's own measure, from 0 to 10, a service of ours has 2 at the most."""
    command = [program("systemd-analyze"), "security", "--offline=yes", "--threshold=20"]
    run = subprocess.run(
        [*command, "--no-pager", service], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", run.stdout)
    assert found
    assert float(found[1]) <= 2.0


def test_units_are_understood(tmp_path: Path) -> None:
    """Systemd has no complaint about any line of the units, once the program is where they say."""
    analyze = program("systemd-analyze")
    copies = []
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace(
            "/opt/feeds/bin/feeds", shutil.which("true") or ""
        )
        copies.append(tmp_path / unit.name)
        copies[-1].write_text(text, encoding="utf-8")
    run = subprocess.run(
        [analyze, "verify", *copies], capture_output=True, text=True, timeout=60, check=False
    )
    assert (run.returncode, run.stdout + run.stderr) == (0, "")


# --- What the program can still do -------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a corpus and a configuration, and what our user may write."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    document(tmp_path / "corpus", "ebb.md")
    (tmp_path / "config").mkdir()
    (tmp_path / "config/feeds.yaml").write_text(TEXT, encoding="utf-8")
    for name in ("output", "state"):
        (tmp_path / name).mkdir()
        os.chown(tmp_path / name, USER, USER)
    return tmp_path


def sandbox(folder: Path) -> list[str]:
    """Give what a command begins with that runs in a file system like that of the image."""
    own = (Path("/usr"), Path(sys.base_prefix), Path(sys.prefix), ROOT)
    read = {place: place for place in own} | {
        folder / "config": Path("/etc/feeds"),
        folder / "corpus": Path("/srv/feeds/corpus"),
    }
    written = {folder / name: Path("/srv/feeds", name) for name in ("output", "state")}
    command = [program("bwrap"), "--unshare-pid", "--die-with-parent"]
    command += ["--proc", "/proc", "--dev", "/dev"]
    for link in ("bin", "lib", "lib64"):
        command += ["--symlink", f"usr/{link}", f"/{link}"]
    command += ["--perms", "1777", "--tmpfs", TEMPORARY]
    for binding, places in (("--ro-bind", read), ("--bind", written)):
        for place, there in places.items():
            # What is made on the way to a place would be root's alone.
            for parent in reversed(there.parents):
                command += ["--dir", str(parent)]
            command += [binding, str(place), str(there)]
    return [*command, "--remount-ro", "/"]


def powerless(folder: Path, kind: str) -> list[str]:
    """Give what the command line of `feeds` begins with where it may do next to nothing."""
    become = [program("setpriv"), f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    become += ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"]
    confined = confinement() if kind == "unit" else []
    return [*sandbox(folder), *become, *confined, sys.executable, "-m", "feeds"]


def confinement() -> list[str]:
    """Give the command that allows another one the system calls which our units allow."""
    library = ctypes.util.find_library("seccomp") or pytest.skip("there is no libseccomp")
    allowed = calls("@system-service") - calls("@privileged")
    assert "read" in allowed
    assert "mount" not in allowed
    return [sys.executable, "-c", CONFINED, ",".join(sorted(allowed)), library]


def calls(name: str) -> set[str]:
    """Give the system calls in one of systemd's sets, and in those that are in it."""
    command = [program("systemd-analyze"), "syscall-filter", name, "--no-pager"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    found: set[str] = set()
    for line in run.stdout.splitlines()[1:]:
        word = line.strip()
        if word.startswith("@"):
            found |= calls(word)
        elif word and not word.startswith("#"):
            found.add(word)
    return found


def environment() -> dict[str, str]:
    """Give the environment of a process to which nothing is allowed beforehand."""
    left_out = {"FEEDS_ALLOW_ROOT", "HOME", "USER"}
    return {key: value for key, value in ENVIRONMENT.items() if key not in left_out}


def feeds(folder: Path, kind: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with next to no rights."""
    return subprocess.run(
        [*powerless(folder, kind), *arguments, "--config", "/etc/feeds", "--now", NOW],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def server(folder: Path, kind: str) -> Iterator[Serving]:
    """Run a server with next to no rights, and end it whatever happens."""
    options = ["--config", "/etc/feeds", "--port", "0", "--every", "1", "--now", NOW]
    with subprocess.Popen(
        [*powerless(folder, kind), "serve", *options],
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        running = Serving(process)
        try:
            yield running
        finally:
            # All others of its namespace end with it.
            if process.poll() is None:
                process.kill()
            running.join()


@pytest.mark.parametrize("kind", ["container", "unit"])
def test_a_build_needs_next_to_nothing(folder: Path, kind: str) -> None:
    """It publishes into the two directories that it may write, and is told where it may not."""
    run = feeds(folder, kind, "build")
    assert run.returncode == 0, run.stderr
    assert (folder / "output/all.atom").stat().st_uid == USER
    assert feeds(folder, kind, "check").returncode == 0
    assert feeds(folder, kind, "build", "--dry-run").returncode == 0
    elsewhere = feeds(folder, kind, "build", "--output", "/srv/feeds/elsewhere")
    assert elsewhere.returncode == 4
    assert "cannot write /srv/feeds/elsewhere" in elsewhere.stderr
    assert feeds(folder, kind, "retire", "topics/tides").returncode == 0


@pytest.mark.parametrize("kind", ["container", "unit"])
def test_a_server_needs_next_to_nothing(folder: Path, kind: str) -> None:
    """It answers, follows its corpus and ends as anywhere; none of its processes may do more."""
    with server(folder, kind) as running:
        assert urlsplit(running.url).port
        eventually(lambda: running.get("/all.atom").status == 200, "the first publication")
        document(folder / "corpus", "flow.md")
        eventually(lambda: b"flow" in running.get("/all.atom").body, "what is new")
        family = descendants(running.process.pid)
        assert len(family) >= 3
        for process in family:
            assert_powerless(process, is_confined=kind == "unit")
        os.kill(family[-1], signal.SIGTERM)
        assert running.process.wait(PATIENCE) == 0
        assert "Traceback" not in running.said


def descendants(process: int) -> list[int]:
    """Give the processes of the program that a process has started, the first of them last."""
    found: list[int] = []
    for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
        found += descendants(int(child))
        if Path(f"/proc/{child}/cmdline").read_text().startswith(f"{sys.executable}\0-m\0feeds"):
            found.append(int(child))
    return found


def assert_powerless(process: int, *, is_confined: bool) -> None:
    """See what the kernel says of a process: who it is, and what it may do."""
    status = dict(
        line.split(":\t", 1)
        for line in Path(f"/proc/{process}/status").read_text().splitlines()
        if ":\t" in line
    )
    assert status["Uid"].split() == status["Gid"].split() == [str(USER)] * 4
    assert {status[f"Cap{name}"] for name in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {"0" * 16}
    assert (status["NoNewPrivs"], status["Groups"].strip()) == ("1", "")
    assert status["Seccomp"] == ("2" if is_confined else "0")
