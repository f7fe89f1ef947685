"""What is looked at in a browser: publications at a port of this machine, and who looks."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cli_tools import ROOT, feeds_command, manifest, serving
from conftest import front_matter

HERE = Path(__file__).parent
NOW = "2026-11-29T00:00:00Z"
# A job looks at a few dozen pages, each in four ways, on whatever machine.
PATIENCE = 600

_STORIES = 50
_LONG = "A title that goes on for so long that it has to be broken into lines wherever it is shown"
_UNBROKEN = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft"
_CONFIGURATION = """\
site: {{title: {title}, description: {description}, base_url: 'http://127.0.0.1', language: {tag}}}
corpus: ../corpus
output: ../output
pages: 2
digests: {{all: weekly}}
feeds: {{long: {{title: {long}, where: {{text: Story}}}}}}
html: {{images: {images}}}
"""


class Site(NamedTuple):
    """A publication that is served: where, and the directory of its files."""

    origin: str
    output: Path

    @property
    def pages(self) -> dict[str, int]:
        """The sizes of all pages, by path."""
        return {
            path: int(item["size"])
            for path, item in manifest(self.output).items()
            if path.endswith(".html")
        }

    def url(self, path: str) -> str:
        """Give where a page is."""
        return f"{self.origin}/{path.removesuffix('index.html')}"


Publish = Callable[[Path, str], list[object]]
"""Prepares a folder for a publication at an origin, and gives the options that build it."""

Serve = Callable[[Path, Publish], AbstractContextManager[Site]]


def kinds(pages: Mapping[str, int]) -> dict[str, list[str]]:
    """Group pages by what is the same in the paths of a kind, the smallest of each first.

    The names of topics, providers and feeds are not, nor are numbers.
    """
    found: dict[str, list[str]] = {}
    for path in sorted(pages, key=lambda path: (pages[path], path)):
        kind = re.sub(r"^(topics|providers|feeds)/[^/]+", r"\1/*", path)
        found.setdefault(re.sub(r"\d+", "N", kind), []).append(path)
    return found


# --- What is published ---------------------------------------------------------------------------


def sample(_folder: Path, origin: str) -> list[object]:
    """Publish the corpus that comes with the program, as it is configured there."""
    return ["--config", ROOT / "config", "--base-url", origin]


def own(folder: Path, origin: str, *, language: str = "en", images: bool = True) -> list[object]:
    """Publish what is hard to show: fifty stories and more, long words, and a topic without any."""
    arabic = language == "ar"
    text = _CONFIGURATION.format(
        title="أخبار الميناء" if arabic else "Harbour News",
        description="كل ما يحدث في الميناء" if arabic else "What happens in the harbour",
        tag=language,
        long=_UNBROKEN,
        images=str(images).lower(),
    )
    for name in ("config", "corpus"):
        (folder / name).mkdir()
    (folder / "config/feeds.yaml").write_text(text, encoding="utf-8")
    for number in range(_STORIES + 5):
        _write(folder, number, is_arabic=arabic)
    options: list[object] = ["--base-url", origin]
    _write(folder, 0, is_arabic=arabic, topics=["Emptied"])
    _build(folder, *options)
    _write(folder, 0, is_arabic=arabic)
    return options


def _write(folder: Path, number: int, *, is_arabic: bool, **changes: object) -> None:
    title = f"ميناء {number} يفتح أبوابه" if is_arabic else f"Story {number} of the harbour"
    if number % 7 == 0:
        title = f"{_LONG}, {number} and {_UNBROKEN if number % 2 else _LONG.lower()}"
    fields: dict[str, object] = {
        "title": title,
        "excerpt": "" if number % 5 == 0 else f"What became of it, {number} times over. " * 4,
        "publishedDateTime": f"2026-11-{number % 28 + 1:02}T{number % 24:02}:00:00Z",
        "webUrl": f"https://paper.example/2026/11/a-story-with-a-usual-name-{number}",
        "published": True,
        "provider": {"name": "The Harbour Paper", "domain": f"paper{number % 3}.example"},
        "topics": ["Harbour", "Ships" if number % 2 else "Tides", _UNBROKEN][: number % 3 + 1],
    }
    if number % 2:
        fields["images"] = [{"url": f"https://images.example/2026/11/{number}/picture.jpg"}]
    text = front_matter(fields | changes)
    (folder / f"corpus/{number:02}.md").write_text(text, encoding="utf-8")


def _build(folder: Path, *options: object) -> None:
    run = feeds_command("build", *options, "--now", NOW, cwd=folder)
    assert run.returncode == 0, run.stderr


# --- Who serves it -------------------------------------------------------------------------------


@contextmanager
def by_feeds(folder: Path, publish: Publish) -> Iterator[Site]:
    """Have `feeds serve` publish and serve."""
    port = _free_port()
    origin = f"http://127.0.0.1:{port}"
    output = folder / "output"
    options = ["--now", NOW, "--no-reload", "--output", output, "--port", port]
    with serving(*publish(folder, origin), *options, cwd=folder) as server:
        assert server.url == origin
        yield Site(origin, output)


@contextmanager
def as_files(folder: Path, publish: Publish) -> Iterator[Site]:
    """Serve the output of `feeds build` as any web server does."""
    handler = partial(_Silent, directory=str(folder / "output"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        origin = f"http://127.0.0.1:{server.server_port}"
        _build(folder, *publish(folder, origin), "--output", folder / "output")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Site(origin, folder / "output")
        finally:
            server.shutdown()
            thread.join()


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Say nothing of requests."""


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


# --- Who looks at it -----------------------------------------------------------------------------


def look(script: str, job: Mapping[str, object]) -> Any:  # noqa: ANN401 - what the script says
    """Run one of the scripts here on a job, and give what it found; all it started ends."""
    chromium = shutil.which("chromium") or pytest.skip("there is no chromium")
    if not (HERE / "node_modules").is_dir():
        pytest.skip("there is no playwright-core: .ci/browser installs it")
    with subprocess.Popen(
        ["node", HERE / f"{script}.mjs"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        process_group=0,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            answer, complaint = process.communicate(
                json.dumps({**job, "chromium": chromium}), PATIENCE
            )
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 0, complaint
    return json.loads(answer)
