"""Stores of objects that tests start: Ceph's gateway with all of Ceph behind it, moto and rclone.

`.ci/servers` installs them. Each listens on loopback only and keeps what it has in a folder.
"""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from uuid import uuid4

import pytest
from cli_tools import ROOT, eventually
from daemons import PATIENCE, Daemon, free_port, listens, program

TOOLS = ROOT / ".venv-stores/bin"
BUCKET_MAKER = ROOT / "tests/servers/programs/buckets.py"
# What asks a monitor before it knows of which cluster that is, is refused.
# Nothing was done then, and it may ask again.
TOO_SOON, ATTEMPTS = "problem getting command descriptions", 20
KEY, SECRET, REGION = "feeds", "known-to-all-tests", "us-east-1"


class Server(Daemon):
    """A server of objects at an address of its own, as S3 is asked."""

    def __init__(self, command: Sequence[object], log: Path, port: int) -> None:
        super().__init__(command, log, lambda: listens(port))
        self.port = port

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self, url: str | None = None) -> dict[str, str]:
        """Give what programs have in their environment to use it, also through another address."""
        return {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": url or self.url,
            "AWS_ALLOW_HTTP": "true",
        }

    def bucket(self, name: str, *options: str) -> None:
        """Make a bucket; with `--readable`, everybody may read its objects."""
        subprocess.run(
            [_tool("python"), BUCKET_MAKER, self.url, name, *options],
            env=os.environ | self.environment() | {"AWS_DEFAULT_REGION": REGION},
            timeout=PATIENCE,
            check=True,
        )


class Moto(Server):
    """moto, which keeps objects in its memory and nothing when it is stopped."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        command = [_tool("moto_server"), "-H", "127.0.0.1", "-p", port]
        super().__init__(command, folder / "moto.log", port)


class Rclone(Server):
    """rclone's server, which keeps objects as files and ignores the conditions of a request."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.folder = folder / "rclone"
        self.folder.mkdir()
        # In the environment is how rclone is told that it needs no file of a configuration.
        command = [_tool("rclone"), "serve", "s3", "--addr", f"127.0.0.1:{port}"]
        options = ["--config", os.devnull, "--auth-key", f"{KEY},{SECRET}", self.folder]
        super().__init__([*command, *options], folder / "rclone.log", port)

    def bucket(self, name: str, *_options: str) -> None:
        """Make a bucket, which is a folder."""
        (self.folder / name).mkdir()


class Ceph(Server):
    """Ceph's gateway with a cluster of one: a monitor and a store of objects in memory.

    What is killed, paused and started again is the gateway; the cluster keeps the objects.
    """

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.folder = folder / "ceph"
        self.cluster: list[Daemon] = []
        self._conf = self.folder / "ceph.conf"
        command = [program("radosgw"), *self._options, "-n", "client.rgw", "-f"]
        super().__init__(command, folder / "radosgw.log", port)

    def start(self) -> None:
        """Start the gateway, and before it, the first time, all that is behind."""
        if not self.cluster:
            try:
                self._found()
            except BaseException:
                self._end_cluster()
                raise
        super().start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the gateway and the cluster."""
        super().__exit__(kind, failure, trace)
        self._end_cluster()

    @property
    def _options(self) -> list[str]:
        return ["-c", str(self._conf)]

    def _found(self) -> None:
        for name in ("mon", "osd", "run", "log"):
            (self.folder / name).mkdir(parents=True)
        cluster, store, port = str(uuid4()), str(uuid4()), free_port()
        address = f"v1:127.0.0.1:{port}"
        self._conf.write_text(self._configuration(cluster, address), encoding="utf-8")
        monitors = self.folder / "monmap"
        self._run(
            "monmaptool", "--create", "--fsid", cluster, "--addv", "a", f"[{address}]", monitors
        )
        self._run("ceph-mon", *self._options, "--mkfs", "-i", "a", "--monmap", monitors)
        self._join("ceph-mon", "a")
        self._ask("osd", "new", store)
        self._ask("osd", "crush", "add", "osd.0", 1.0, "root=default")
        self._run("ceph-osd", *self._options, "-i", 0, "--mkfs", "--osd-uuid", store)
        self._join("ceph-osd", "0")
        # Where pools are made before it is there, it may never take part.
        eventually(lambda: "1 up" in self._ask("osd", "stat"), "its store")
        user = ["--uid", "feeds", "--display-name", "feeds"]
        keys = ["--access-key", KEY, "--secret-key", SECRET]
        name = ["-n", "client.rgw"]
        self._run("radosgw-admin", *self._options, *name, "user", "create", *user, *keys)

    def _join(self, name: str, number: str) -> None:
        """Start a part of the cluster; who uses it waits for it by itself."""
        command = [program(name), *self._options, "-i", number, "-f"]
        daemon = Daemon(command, self.folder / f"{name}.log", lambda: True)
        self.cluster.append(daemon)
        daemon.start()

    def _end_cluster(self) -> None:
        for daemon in reversed(self.cluster):
            daemon.kill()
        self.cluster.clear()

    def _ask(self, *arguments: object) -> str:
        """Have the monitor do something, and give what it says."""
        for _ in range(ATTEMPTS):
            run = self._tried("ceph", *self._options, *arguments)
            if TOO_SOON not in run.stdout:
                break
        assert run.returncode == 0, run.stdout
        return run.stdout

    def _run(self, name: str, *arguments: object) -> None:
        run = self._tried(name, *arguments)
        assert run.returncode == 0, run.stdout

    def _tried(self, name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program(name), *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def _configuration(self, cluster: str, address: str) -> str:
        # One of each is enough, nobody but the tests can reach it, and what is decided is not
        # collected for a second. A store that says by itself where it is may say it too soon.
        return f"""
[global]
fsid = {cluster}
mon host = {address}
public network = 127.0.0.0/8
auth cluster required = none
auth service required = none
auth client required = none
run dir = {self.folder}/run
admin socket = {self.folder}/run/$name.$pid.asok
log file = {self.folder}/log/$name.log
keyring = {self.folder}/keyring
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 8589934592
[mon]
mon data = {self.folder}/mon
mon data avail crit = 1
mon allow pool size one = true
paxos propose interval = 0.05
paxos min wait = 0.01
[osd]
osd data = {self.folder}/osd
osd crush update on start = false
osd class update on start = false
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:{self.port} tcp_nodelay=1
rgw dns name = 127.0.0.1
rgw enable usage log = false
"""


def _tool(name: str) -> str:
    found = TOOLS / name
    if not found.exists():
        pytest.skip("moto and rclone are not installed (.ci/servers does that)")
    return str(found)
