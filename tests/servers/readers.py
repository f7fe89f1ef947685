"""What feed readers that people use make of our feeds, of a second poll, and of a new entry.

Run by `make servers`: each reader that is installed polls a real server. It must find every entry
of the feed, in every format that it knows; its second poll must be answered with 304; and when an
entry came, it must have that and all the others, whether it is sent the feed or what is new.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from cli_tools import document, eventually
from test_refresh_replay import Site, serving

from feeds.config.state import State

SAMPLE = Path(__file__).parents[2] / "feeds" / "sample"
NOW = "2026-11-20T00:00:00Z"
PATIENCE = 60

# Nothing but what is started here is on this bus, so no service of the desktop is called to life.
BUS = """\
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/>
  </policy>
</busconfig>
"""


@dataclass(frozen=True)
class Hosted:
    """A site that serves the sample corpus."""

    site: Site
    corpus: Path
    output: Path

    def build(self) -> None:
        """Publish the corpus as it is, and serve that."""
        command = [sys.executable, "-m", "feeds", "build", "--corpus", str(self.corpus)]
        command += ["--now", NOW, "--output", str(self.output), "--base-url", self.site.url]
        subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
        self.site.load(self.output, State(self.output.with_name("output.state")))

    def grow(self) -> None:
        """Publish one more document, newer than all others."""
        number = len(self.titles())
        moment = f"2026-11-19T00:00:{number:02}Z"
        document(self.corpus, f"later-{number}.md", publishedDateTime=moment)
        self.build()

    def url(self, path: str) -> str:
        """Give the address of a path."""
        return f"{self.site.url}/{path}"

    def titles(self) -> set[str]:
        """Give the titles of all entries."""
        return {item["title"] for item in self._items()}

    def ids(self) -> set[str]:
        """Give the ids of all entries."""
        return {item["id"] for item in self._items()}

    def statuses(self, *paths: str) -> set[int]:
        """Give the statuses with which some paths were answered last."""
        return {self.site.recorder.answers[f"/{path}"][0] for path in paths}

    def forget(self) -> None:
        """Forget what was answered."""
        self.site.recorder.answers.clear()

    def has_answered(self, *paths: str) -> bool:
        """Tell whether all of some paths were asked for."""
        return self.site.recorder.answers.keys() >= {f"/{path}" for path in paths}

    def _items(self) -> list[dict[str, str]]:
        items: list[dict[str, str]] = json.loads((self.output / "all.json").read_bytes())["items"]
        return items


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """Give a server of the sample corpus."""
    folder = tmp_path_factory.mktemp("readers")
    shutil.copytree(SAMPLE, folder / "corpus")
    with serving() as site:
        hosted = Hosted(site, folder / "corpus", folder / "output")
        hosted.build()
        yield hosted


def require(*programs: str) -> None:
    """Skip a test where a program is not installed."""
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")


def surroundings(folder: Path) -> dict[str, str]:
    """Give an environment whose home is a folder."""
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    return environment | {"NO_PROXY": "*", "no_proxy": "*"}


def run(*command: object, folder: Path, **given: object) -> str:
    """Run a program to its end in a home of its own, and give what it says."""
    words = [str(word) for word in command]
    require(words[0])
    done = subprocess.run(
        words,
        cwd=folder,
        env=surroundings(folder),
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


def polls_for_news(
    hosted: Hosted, poll: Callable[[], object], *paths: str, status: int = 200
) -> None:
    """Let a reader poll after one more entry has come, and be sent the feed or a part of it."""
    hosted.grow()
    poll()
    assert hosted.statuses(*paths) == {status}


@pytest.mark.parametrize("path", ["all.atom", "all.rss"])
def test_newsboat(hosted: Hosted, tmp_path: Path, path: str) -> None:
    """Newsboat has every entry of Atom and RSS, and takes what is new alone.

    Version 2.21 keeps the validators of a feed only when it has polled it before, so that its
    third poll is the first that it could have answered with 304.
    """
    (tmp_path / "urls").write_text(f"{hosted.url(path)}\n")
    (tmp_path / "config").write_text("use-proxy no\n")
    cache = tmp_path / "cache.db"
    command = ("newsboat", "-u", "urls", "-C", "config", "-c", cache, "-x", "reload")
    run(*command, folder=tmp_path)

    def found() -> set[str]:
        with closing(sqlite3.connect(cache)) as connection:
            return {row[0] for row in connection.execute("SELECT title FROM rss_item")}

    polls_twice(hosted, lambda: run(*command, folder=tmp_path), path)
    assert found() == hosted.titles()
    polls_for_news(hosted, lambda: run(*command, folder=tmp_path), path, status=226)
    assert found() == hosted.titles()


def test_sfeed(hosted: Hosted, tmp_path: Path) -> None:
    """Sfeed has every entry of Atom and RSS; its manual asks for entity tags in this way."""
    paths = ["all.atom", "all.rss"]
    feeds = "".join(f'feed "{path}" "{hosted.url(path)}"\n' for path in paths)
    (tmp_path / "sfeedrc").write_text(
        f'sfeedpath="{tmp_path}/feeds"\nmkdir -p "$sfeedpath"\n'
        'fetch() { curl -s -f --etag-save "$sfeedpath/$1.etag" --etag-compare "$sfeedpath/$1.etag"'
        f' "$2"; }}\nfeeds() {{\n{feeds}}}\n'
    )

    def poll() -> None:
        run("sfeed_update", "sfeedrc", folder=tmp_path)

    def found(path: str) -> set[str]:
        lines = (tmp_path / "feeds" / path).read_text(encoding="utf-8").splitlines()
        return {line.split("\t")[1] for line in lines}

    polls_twice(hosted, poll, *paths)
    assert [found(path) for path in paths] == [hosted.titles()] * len(paths)
    polls_for_news(hosted, poll, *paths)
    assert [found(path) for path in paths] == [hosted.titles()] * len(paths)


def test_rss2email(hosted: Hosted, tmp_path: Path) -> None:
    """The reader rss2email has seen every entry of Atom and RSS.

    Version 3.14 asks for new entries alone without knowing it, and would take them for an error.
    """
    paths = ["all.atom", "all.rss"]
    files = ("--config", tmp_path / "config", "--data", tmp_path / "data.json")
    run("r2e", *files, "new", "reader@reader.example", folder=tmp_path)
    for path in paths:
        run("r2e", *files, "add", path.replace(".", "-"), hosted.url(path), folder=tmp_path)

    def poll() -> None:
        run("r2e", *files, "run", "--no-send", folder=tmp_path)

    def seen() -> list[int]:
        known = json.loads((tmp_path / "data.json").read_bytes())["feeds"]
        return [len(feed["seen"]) for feed in known]

    polls_twice(hosted, poll, *paths)
    assert seen() == [len(hosted.titles())] * len(paths)
    polls_for_news(hosted, poll, *paths)
    assert seen() == [len(hosted.titles())] * len(paths)


def test_feed2exec(hosted: Hosted, tmp_path: Path) -> None:
    """The reader feed2exec hands every entry of Atom and RSS to its plugin."""
    paths = ["all.atom", "all.rss"]
    files = ("--config", tmp_path / "config.ini", "--database", tmp_path / "feeds.db")
    for path in paths:
        words = ("add", path, hosted.url(path), "--output", "echo", "--args", "{item.title}")
        run("feed2exec", *files, *words, folder=tmp_path)
    said: list[str] = []

    def poll() -> None:
        said.append(run("feed2exec", *files, "fetch", folder=tmp_path))

    before = hosted.titles()
    polls_twice(hosted, poll, *paths)
    assert all(said[0].count(title) >= len(paths) for title in before)
    polls_for_news(hosted, poll, *paths)
    assert all(said[2].count(title) >= len(paths) for title in hosted.titles() - before)


@contextmanager
def started(*command: str, folder: Path, environment: dict[str, str]) -> Iterator[Path]:
    """Run a program until this is left, and give the file of what it says on standard output."""
    said, complaints = folder / f"{command[0]}.out", folder / f"{command[0]}.err"
    with said.open("wb") as output, complaints.open("wb") as errors:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            start_new_session=True,
        )
    try:
        yield said
    finally:
        # The whole group, since a browser has processes of its own.
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE / 6)


@contextmanager
def announced(*command: str, folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """Run a program that says in a line where it is to be found, and give that line."""
    with started(*command, folder=folder, environment=environment) as said:
        eventually(lambda: said.read_text().endswith("\n"), f"{command[0]} being ready", PATIENCE)
        yield said.read_text().strip()


@contextmanager
def liferea(folder: Path) -> Iterator[Callable[[], object]]:
    """Run Liferea on a screen and a bus of its own, and give what tells it to poll all feeds."""
    require("liferea", "Xvfb", "dbus-daemon", "dbus-send")
    bus, environment = folder / "bus.conf", surroundings(folder)
    bus.write_text(BUS)
    environment["GSETTINGS_BACKEND"] = "memory"
    asking = ["dbus-send", "--session", "--print-reply", "--reply-timeout=5000"]
    asking += ["--dest=org.gnome.feed.Reader", "/org/gnome/feed/Reader"]
    asking += ["org.gnome.feed.Reader.Refresh"]

    def is_polling() -> bool:
        done = subprocess.run(
            asking, env=environment, capture_output=True, timeout=PATIENCE, check=False
        )
        return b"boolean true" in done.stdout

    xvfb = ("Xvfb", "-displayfd", "1")
    daemon = ("dbus-daemon", f"--config-file={bus}", "--nofork", "--print-address=1")
    reader = ("liferea", "--mainwindow-state=hidden")
    with (
        announced(*xvfb, folder=folder, environment=environment) as display,
        announced(*daemon, folder=folder, environment=environment) as address,
    ):
        environment |= {"DISPLAY": f":{display}", "DBUS_SESSION_BUS_ADDRESS": address}
        with started(*reader, folder=folder, environment=environment):
            yield lambda: eventually(is_polling, "Liferea polling", PATIENCE)


def kept(database: Path) -> dict[str, set[str]]:
    """Give the ids of the items that Liferea has of each feed."""
    found: dict[str, set[str]] = {}
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        for feed, item in connection.execute("SELECT node_id, source_id FROM items"):
            found.setdefault(feed, set()).add(item)
    return found


def test_liferea(hosted: Hosted, tmp_path: Path) -> None:
    """Liferea has every entry of Atom and RSS, under its id, and takes what is new alone.

    It says that it does only from its second poll on, and keeps what tag it got before; so the
    first news comes with the whole feed.
    Version 1.14 forgets validators when it ends, so that both polls are of one run; it reads no
    JSON Feed. It polls at its start only what has an interval, which these feeds have not.
    """
    paths = ["all.atom", "all.rss"]
    feeds = "".join(
        f'<outline id="{path}" title="{path}" type="rss" xmlUrl="{hosted.url(path)}"/>'
        for path in paths
    )
    settings = tmp_path / ".config/liferea"
    settings.mkdir(parents=True)
    (settings / "feedlist.opml").write_text(f'<opml version="1.0"><body>{feeds}</body></opml>')
    database = tmp_path / ".local/share/liferea/liferea.db"

    with liferea(tmp_path) as refresh:

        def poll() -> None:
            hosted.forget()
            refresh()
            eventually(lambda: hosted.has_answered(*paths), "both feeds being polled", PATIENCE)
            everything = dict.fromkeys(paths, hosted.ids())
            eventually(lambda: kept(database) == everything, "every entry being kept", PATIENCE)

        polls_twice(hosted, poll, *paths)
        polls_for_news(hosted, poll, *paths)
        polls_for_news(hosted, poll, *paths, status=226)
