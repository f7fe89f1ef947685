"""What tests of the commands share: real processes, small corpora, and a look at what came out."""

import contextlib
import http.client
import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from click.testing import CliRunner

import feeds
from feeds.cli import main
from feeds.http.compression import COMPRESS, LEAST_BYTES
from feeds.publish.hosting import hosts
from feeds.publish.unserved import CODED_FILES

ROOT = Path(feeds.__file__).parent.parent
BASE_URL = "https://feeds.example.org"
NOW = "2026-11-01T00:00:00Z"
PATIENCE = 20.0

# Subprocesses run the package that is tested, wherever they are started.
ENVIRONMENT = os.environ | {
    "PYTHONPATH": str(ROOT),
    "PYTHONWARNINGS": "error",
    "PYTHONUTF8": "1",
    "NO_COLOR": "1",
}

OF_HOSTS = frozenset(host.file for host in hosts().values())
"""The files of the output that configure hosts."""

CODED = tuple(suffix for coding, (suffix, _) in CODED_FILES.items() if coding in COMPRESS)
"""What the paths of the files beside feeds end with, in the codings that are installed."""

Run = subprocess.CompletedProcess[str]


def command(*arguments: object) -> list[str]:
    """Give the command line that runs `feeds` with these arguments."""
    return [sys.executable, "-m", "feeds", *map(str, arguments)]


def feeds_command(
    *arguments: object, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Run:
    """Run `python -m feeds …` to its end in a process of its own."""
    return subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=ENVIRONMENT | dict(env or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def feeds_here(*arguments: object, cwd: Path, env: Mapping[str, str] | None = None) -> Run:
    """Run `feeds …` to its end in this process, which has loaded it already."""
    with contextlib.chdir(cwd):
        run = CliRunner(env=ENVIRONMENT | dict(env or {})).invoke(main, [*map(str, arguments)])
    return Run(arguments, run.exit_code, run.stdout, run.stderr)


def on_a_terminal(folder: Path, *arguments: object) -> str:
    """Give what `feeds …` writes to a terminal, colours and all; it must not end with more than 1.

    What it writes must find room in the terminal's buffer.
    """
    ours, theirs = pty.openpty()
    try:
        colourful = {key: value for key, value in ENVIRONMENT.items() if key != "NO_COLOR"}
        run = subprocess.run(
            command(*arguments),
            cwd=folder,
            env=colourful | {"TERM": "xterm"},
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        assert run.returncode in {0, 1}
        os.write(theirs, b"\0")
        told = b""
        while not told.endswith(b"\0"):
            told += os.read(ours, 65_536)
    finally:
        os.close(theirs)
        os.close(ours)
    return told.removesuffix(b"\0").decode().replace("\r\n", "\n")


def build(folder: Path, *options: object, env: Mapping[str, str] | None = None) -> Run:
    """Build the corpus of a folder into its `output`, at an instant that never changes."""
    places = ("--corpus", folder / "corpus", "--output", folder / "output")
    return feeds_command(
        "build", *places, "--base-url", BASE_URL, "--now", NOW, *options, cwd=folder, env=env
    )


def closing_line(run: Run) -> str:
    """Give the last line that was said."""
    return run.stderr.splitlines()[-1]


def document(folder: Path, name: str, /, **fields: str) -> Path:
    """Write a document of the news dialect; `fields` are YAML as it stands, "" leaves one out."""
    stem = Path(name).stem
    known = {
        "title": f'"The story {stem}"',
        "publishedDateTime": "2026-05-01T10:00:00Z",
        "webUrl": f"https://paper.example/{quote(stem)}",
        "published": "true",
        "provider": "{name: The Paper, domain: paper.example}",
        "topics": "[Tides]",
    }
    lines = [f"{key}: {value}" for key, value in (known | fields).items() if value]
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(["---", *lines, "---", ""]), encoding="utf-8")
    return file


def contents(folder: Path) -> dict[str, bytes]:
    """Map the paths of all files below a folder to their bytes."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """Map the paths of all files below a folder to what changes when they are written."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {str(file): (file.stat().st_mtime_ns, file.stat().st_ino) for file in files}


def manifest(output: Path) -> dict[str, dict[str, str]]:
    """Map the paths of all published resources to what the manifest says of them."""
    listed = json.loads((output / "manifest.json").read_bytes())["resources"]
    return {entry["path"]: entry for entry in listed}


def eventually(condition: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Wait until a condition holds, and fail if it never does."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(0.02)


def is_for_readers(path: str) -> bool:
    """Tell whether a resource is for readers, and not for web servers only."""
    return path not in OF_HOSTS and not path.endswith((".gz", ".br"))


def beside(files: Mapping[str, bytes], feeds: Iterable[str]) -> set[str]:
    """Give what must be beside feeds for web servers; small ones are not coded."""
    return {path + end for path in feeds if len(files[path]) >= LEAST_BYTES for end in CODED}


class Reply(NamedTuple):
    """What a server answered; the names of header fields are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Serving:
    """A running `feeds serve`, and all that it has said."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def said(self) -> str:
        """Everything on standard error until now."""
        return "".join(self.lines)

    @property
    def url(self) -> str:
        """Where it listens; waits until it has said so."""
        eventually(lambda: self._announced() or self.process.poll() is not None, "serving at")
        assert self._announced(), self.said
        return self._announced()[0].split()[-1]

    def get(
        self, path: str, method: str = "GET", headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Ask for a path in a connection of its own."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE)
        try:
            connection.request(method, path, headers=dict(headers or {}))
            answer = connection.getresponse()
            fields = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, fields, answer.read())
        finally:
            connection.close()

    def until(self, text: str, times: int = 1) -> None:
        """Wait until a text has been said so often."""
        eventually(lambda: self.said.count(text) >= times, f"{text!r} in {self.said!r}")

    def stop(
        self, number: signal.Signals = signal.SIGTERM, *, as_terminal: bool = False
    ) -> tuple[int, float]:
        """Send a signal; gives the exit code and the seconds that the end took.

        As a terminal does, or a service manager, it is sent to all processes, not to the first.
        """
        begin = time.monotonic()
        if as_terminal:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self.join()
        return code, time.monotonic() - begin

    def join(self) -> None:
        """Wait until nobody can say anything more."""
        self._reader.join(PATIENCE)

    def _announced(self) -> list[str]:
        return [line for line in self.lines if line.startswith("serving at ")]

    def _read(self) -> None:
        assert self.process.stderr is not None
        self.lines.extend(iter(self.process.stderr.readline, ""))


@contextmanager
def serving(
    *arguments: object,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    files: int | None = None,
) -> Iterator[Serving]:
    """Run `feeds serve` on a free port, and end it whatever happens.

    Its processes are a group of their own. With `files`, they may have so many open each.
    """
    limited = ["sh", "-c", f'ulimit -n {files} && exec "$@"', "sh"] if files else []
    with subprocess.Popen(
        [*limited, *command("serve", "--port", 0, *arguments)],
        cwd=cwd,
        env=ENVIRONMENT | dict(env or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        process_group=0,
        text=True,
        encoding="utf-8",
    ) as process:
        server = Serving(process)
        try:
            yield server
        finally:
            if process.poll() is None:
                process.kill()
            # What it has started ends on its own, and has its standard error until then.
            server.join()
