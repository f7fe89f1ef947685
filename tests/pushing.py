"""A folder that is published to a hub, for tests of those who tell it what has changed."""

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from cli_tools import document, feeds_command, manifest
from hub import Hub, listening

BASE = "https://feeds.example"
ONE = sorted(
    f"{BASE}/{stem}.{suffix}"
    for stem in ("all", "topics/rail", "providers/paper.example")
    for suffix in ("atom", "rss", "json")
)
"""The addresses of the feeds of a document."""


@pytest.fixture(scope="session")
def published_to_hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with two documents, which are published for a hub."""
    folder = tmp_path_factory.mktemp("push")
    with listening() as hub:
        configure(folder, hub.url)
        (folder / "port").write_text(str(hub.port), encoding="utf-8")
        document(folder / "corpus", "a.md")
        edit(folder, "First")
        run = feeds_command("build", cwd=folder)
        assert run.returncode == 0, run.stderr
        assert hub.told == []
    return folder


@pytest.fixture
def hub(published_to_hub: Path) -> Iterator[Hub]:
    """Give that hub, which answers well."""
    with listening(port=int((published_to_hub / "port").read_text(encoding="utf-8"))) as hub:
        yield hub


@pytest.fixture
def folder_with_hub(tmp_path: Path, published_to_hub: Path) -> Path:
    """Give such a folder to a test of its own."""
    shutil.copytree(published_to_hub, tmp_path, dirs_exist_ok=True)
    return tmp_path


def configure(folder: Path, *hubs: str, more: str = "") -> None:
    """Write a configuration with these hubs."""
    (folder / "config").mkdir(exist_ok=True)
    text = (
        f"site: {{base_url: '{BASE}', hubs: {json.dumps(hubs)}}}\n"
        f"corpus: ../corpus\noutput: ../output\nhtml: {{pages: false}}\n{more}"
    )
    (folder / "config/feeds.yaml").write_text(text, encoding="utf-8")


def edit(folder: Path, title: str) -> None:
    """Give the other document a title."""
    document(folder / "corpus", "b.md", title=title, topics="[Rail]")


def holds(folder: Path, title: str) -> bool:
    """Whether a title is published, and the manifest lists that."""
    text = (folder / "output/all.json").read_text(encoding="utf-8")
    size = manifest(folder / "output")["all.json"]["size"]
    return title in text and size == len(text.encode())


@contextmanager
def bad_hubs(well: Hub) -> Iterator[tuple[list[Hub], int]]:
    """Give hubs that do wrong in each way, one that listens to nobody, and one that does well.

    Besides, give the port of one that is down.
    """
    with ExitStack() as stack:
        answers = ("500", "later", "elsewhere", "slowly", "404")
        bad = [stack.enter_context(listening(answer)) for answer in answers]
        for each in bad:
            each.retry_after = "1"
        with listening() as gone:
            port = gone.port
        yield [well, *bad], port


def forget(hubs: list[Hub], private: Hub) -> None:
    """Have hubs have been told nothing, and lead to a private address, those that lead."""
    for each in hubs:
        each.told.clear()
        each.target = private.url


def heal(hubs: list[Hub]) -> None:
    """Have hubs be well, and have been told nothing before."""
    for each in hubs[1:]:
        each.answer = "well"
        each.told.clear()
