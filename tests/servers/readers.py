"""What feed readers that people use make of our feeds, and of a second poll.

Run by `make servers`: each reader that is installed polls a real server twice. It must find every
entry of the feed, in every format that it knows, and its second poll must be answered with 304.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from test_refresh_replay import Site, serving

SAMPLE = Path(__file__).parents[2] / "feeds" / "sample"
NOW = "2026-11-20T00:00:00Z"
PATIENCE = 60


@dataclass(frozen=True)
class Hosted:
    """A site that serves the sample corpus."""

    site: Site
    output: Path

    def url(self, path: str) -> str:
        """Give the address of a path."""
        return f"{self.site.url}/{path}"

    def titles(self) -> set[str]:
        """Give the titles of all entries."""
        items = json.loads((self.output / "all.json").read_bytes())["items"]
        return {item["title"] for item in items}

    def statuses(self, *paths: str) -> set[int]:
        """Give the statuses with which some paths were answered last."""
        return {self.site.recorder.answers[f"/{path}"][0] for path in paths}


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """Give a server of the sample corpus."""
    output = tmp_path_factory.mktemp("readers") / "output"
    with serving() as site:
        command = [sys.executable, "-m", "feeds", "build", "--corpus", str(SAMPLE), "--now", NOW]
        command += ["--output", str(output), "--base-url", site.url]
        subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
        site.load(output, output.with_name("output.state"))
        yield Hosted(site, output)


def run(*command: object, folder: Path, **given: object) -> str:
    """Run a program to its end in a home of its own, and give what it says."""
    words = [str(word) for word in command]
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed")
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    environment |= {"NO_PROXY": "*", "no_proxy": "*"}
    done = subprocess.run(
        words,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        **given,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def polls_twice(hosted: Hosted, poll: Callable[[], object], *paths: str) -> None:
    """Let a reader poll, and poll again: whole answers first, then none."""
    poll()
    assert hosted.statuses(*paths) == {200}
    poll()
    assert hosted.statuses(*paths) == {304}


@pytest.mark.parametrize("path", ["all.atom", "all.rss"])
def test_newsboat(hosted: Hosted, tmp_path: Path, path: str) -> None:
    """Newsboat has every entry of Atom and RSS.

    Version 2.21 keeps the validators of a feed only when it has polled it before, so that its
    third poll is the first that it could have answered with 304.
    """
    (tmp_path / "urls").write_text(f"{hosted.url(path)}\n")
    (tmp_path / "config").write_text("use-proxy no\n")
    cache = tmp_path / "cache.db"
    command = ("newsboat", "-u", "urls", "-C", "config", "-c", cache, "-x", "reload")
    run(*command, folder=tmp_path)
    polls_twice(hosted, lambda: run(*command, folder=tmp_path), path)
    connection = sqlite3.connect(cache)
    found = {row[0] for row in connection.execute("SELECT title FROM rss_item")}
    connection.close()
    assert found == hosted.titles()


def test_sfeed(hosted: Hosted, tmp_path: Path) -> None:
    """Sfeed has every entry of Atom and RSS; its manual asks for entity tags in this way."""
    paths = ["all.atom", "all.rss"]
    feeds = "".join(f'feed "{path}" "{hosted.url(path)}"\n' for path in paths)
    (tmp_path / "sfeedrc").write_text(
        f'sfeedpath="{tmp_path}/feeds"\nmkdir -p "$sfeedpath"\n'
        'fetch() { curl -s -f --etag-save "$sfeedpath/$1.etag" --etag-compare "$sfeedpath/$1.etag"'
        f' "$2"; }}\nfeeds() {{\n{feeds}}}\n'
    )
    polls_twice(hosted, lambda: run("sfeed_update", "sfeedrc", folder=tmp_path), *paths)
    for path in paths:
        lines = (tmp_path / "feeds" / path).read_text(encoding="utf-8").splitlines()
        assert {line.split("\t")[1] for line in lines} == hosted.titles()


def test_rss2email(hosted: Hosted, tmp_path: Path) -> None:
    """The reader rss2email has seen every entry of Atom and RSS."""
    paths = ["all.atom", "all.rss"]
    files = ("--config", tmp_path / "config", "--data", tmp_path / "data.json")
    run("r2e", *files, "new", "reader@reader.example", folder=tmp_path)
    for path in paths:
        run("r2e", *files, "add", path.replace(".", "-"), hosted.url(path), folder=tmp_path)
    polls_twice(hosted, lambda: run("r2e", *files, "run", "--no-send", folder=tmp_path), *paths)
    known = json.loads((tmp_path / "data.json").read_bytes())["feeds"]
    assert [len(feed["seen"]) for feed in known] == [len(hosted.titles())] * len(paths)


def test_feed2exec(hosted: Hosted, tmp_path: Path) -> None:
    """The reader feed2exec hands every entry of Atom and RSS to its plugin."""
    paths = ["all.atom", "all.rss"]
    files = ("--config", tmp_path / "config.ini", "--database", tmp_path / "feeds.db")
    for path in paths:
        words = ("add", path, hosted.url(path), "--output", "echo", "--args", "{item.title}")
        run("feed2exec", *files, *words, folder=tmp_path)
    said: list[str] = []
    polls_twice(
        hosted, lambda: said.append(run("feed2exec", *files, "fetch", folder=tmp_path)), *paths
    )
    assert all(said[0].count(title) >= len(paths) for title in hosted.titles())
