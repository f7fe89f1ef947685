"""PostgreSQL that tests start: a cluster of its own in a folder, on loopback only.

`.ci/servers` installs it. It does not run as root, so that it gets a user of its own there.
"""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Self

import psycopg
import pytest
from daemons import PATIENCE, Daemon, free_port

USER = "postgres"


class PostgreSQL(Daemon):
    """A cluster with one database; whoever asks as `feeds` may do everything.

    With `fsync=False`, what was written may be lost when the machine loses its power, but not
    when processes are killed.
    """

    def __init__(self, *, fsync: bool = False, **settings: object) -> None:
        self._programs = _programs()
        # Folders of tests can be entered by nobody but who runs them.
        self.folder = Path(mkdtemp(prefix="postgresql-"))
        self.port = free_port()
        self._settings = {"fsync": "on" if fsync else "off", **settings}
        super().__init__(
            [self._programs / "postgres", "-D", self.folder / "data", *self._options()],
            self.folder / "log",
            self._is_ready,
            user=USER if os.geteuid() == 0 else None,
            ends_at=signal.SIGINT,
        )

    @property
    def url(self) -> str:
        """The address of its database, as `state` takes it."""
        return f"postgresql://feeds@127.0.0.1:{self.port}/feeds"

    def environment(self) -> dict[str, str]:
        """Give what programs have in their environment to use it."""
        return {"PGCONNECT_TIMEOUT": "5"}

    def create(self) -> None:
        """Make the cluster and, in it, the database; it runs after that."""
        if self.user:
            shutil.chown(self.folder, self.user, self.user)
        options = ["-D", self.folder / "data", "-U", "feeds", "-A", "trust", "-E", "UTF8"]
        self._run("initdb", *options, "--locale", "C.UTF-8", "--no-sync")
        self.start()
        self.make("feeds")

    def make(self, database: str) -> str:
        """Make a further, empty database, and give its address."""
        self._run("createdb", *self._at(), "-U", "feeds", database)
        return f"{self.url.rpartition('/')[0]}/{database}"

    def end_sessions(self) -> None:
        """End those that hold an advisory lock, as it does whose client cannot be reached."""
        held = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        with psycopg.connect(self.url, connect_timeout=int(PATIENCE)) as connection:
            connection.execute(held)

    def __enter__(self) -> Self:
        """Make the cluster, and start it."""
        try:
            self.create()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it, and delete all that it had."""
        super().__exit__(kind, failure, trace)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _options(self) -> list[str]:
        said = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": 60,
            "shared_buffers": "64MB",
            # It writes and forgets the more readily, the fewer it is asked to remember.
            "max_wal_size": "256MB",
            **self._settings,
        }
        return [f"--{name}={value}" for name, value in said.items()]

    def _at(self) -> list[object]:
        return ["-h", "127.0.0.1", "-p", self.port]

    def _is_ready(self) -> bool:
        # One that was killed leaves what it shared with its children until they are gone.
        with suppress(subprocess.CalledProcessError):
            self._run("pg_isready", *self._at(), "-t", 1)
            return True
        return False

    def _run(self, name: str, *arguments: object) -> None:
        subprocess.run(
            [self._programs / name, *map(str, arguments)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            user=self.user,
            group=self.user,
            extra_groups=[] if self.user else None,
            cwd=self.folder,
            timeout=PATIENCE,
            check=True,
        )


def _programs() -> Path:
    """Find where the newest of what is installed is, or skip the test."""
    # Debian has each version in a folder of its own, where no path leads.
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=_version)
    if not found and (elsewhere := shutil.which("postgres")):
        found = [Path(elsewhere)]
    if not found:
        pytest.skip("PostgreSQL is not installed (.ci/servers does that)")
    return found[-1].parent


def _version(file: Path) -> int:
    return int(file.parts[-3])
