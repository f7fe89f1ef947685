"""A folder that is published to a hub, for tests of those who tell it what has changed."""

import json
import shutil
from collections.abc import Iterator
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
