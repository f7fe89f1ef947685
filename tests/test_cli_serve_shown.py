"""`feeds serve --watch --open`: an edit is seen at once, and a browser shown where."""

from pathlib import Path

import pytest
from cli_tools import BASE_URL, ENVIRONMENT, document, eventually, feeds_command, serving

PLACES = ("--corpus", "corpus", "--output", "output", "--base-url", BASE_URL, "--every", 3600)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a directory with a corpus of one article."""
    document(tmp_path / "corpus", "ebb.md")
    return tmp_path


def browser(folder: Path) -> Path:
    """Write a program that notes what it is to open, where a browser would show it."""
    program = folder / "browser"
    program.write_text(f'#!/bin/sh\necho "$@" >> {folder}/opened\n', encoding="utf-8")
    program.chmod(0o755)
    return program


def opened(folder: Path) -> list[str]:
    file = folder / "opened"
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def test_an_edit_is_seen_at_once(folder: Path) -> None:
    """With --watch an edit is published long before the next scan, whatever is configured."""
    pytest.importorskip("watchfiles")
    with serving(*PLACES, "--watch", cwd=folder) as server:
        server.until(" documents (")
        eventually(lambda: server.get("/all.atom").status == 200, "the feed")
        document(folder / "corpus", "flow.md")

        def touched() -> bool:
            # What changes before the watcher has begun is not seen by it.
            (folder / "corpus/flow.md").touch()
            return b"flow.md" in server.get("/all.atom").body

        eventually(touched, "the edit")


def test_what_watches_may_have_to_be_installed(folder: Path) -> None:
    """Without watchfiles, --watch ends with 2 and says what to install."""
    shadow = folder / "shadow/watchfiles.py"
    shadow.parent.mkdir()
    shadow.write_text("raise ModuleNotFoundError('no watchfiles')\n", encoding="utf-8")
    path = {"PYTHONPATH": f"{shadow.parent}:{ENVIRONMENT['PYTHONPATH']}"}
    ended = feeds_command("serve", "--port", 0, *PLACES, "--watch", cwd=folder, env=path)
    assert ended.returncode == 2
    assert ended.stderr == "--watch: needs watchfiles: pip install 'feeds[watch]'\n"


def test_what_contradicts_itself_is_refused(folder: Path) -> None:
    """Who wants edits to be seen cannot want none to be read."""
    ended = feeds_command("serve", *PLACES, "--watch", "--no-reload", cwd=folder)
    assert ended.returncode == 2
    assert "--no-reload" in ended.stderr
    assert not (folder / "output").exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - one may want that
def test_a_browser_is_shown_the_page(folder: Path, host: str) -> None:
    """--open hands the page's address to the user's browser once, when it answers."""
    env = {"BROWSER": str(browser(folder))}
    with serving(*PLACES, "--host", host, "--workers", 2, "--open", cwd=folder, env=env) as server:
        eventually(lambda: opened(folder), "the browser")
        port = server.url.rpartition(":")[2]
        assert server.get("/").status == 200
    assert opened(folder) == [f"http://127.0.0.1:{port}"]


def test_without_a_browser_it_is_served_all_the_same(folder: Path) -> None:
    """Where there is no browser, one line says so, and what is served is served."""
    env = {"BROWSER": "", "DISPLAY": "", "WAYLAND_DISPLAY": "", "PATH": str(folder)}
    with serving(*PLACES, "--open", cwd=folder, env=env) as server:
        server.until(f"no browser was found to open {server.url}\n")
        assert server.get("/").status == 200


def test_nobody_who_did_not_ask_is_shown_anything(folder: Path) -> None:
    """Without --open no browser is started."""
    with serving(*PLACES, cwd=folder, env={"BROWSER": str(browser(folder))}) as server:
        server.until(" documents (")
        assert server.get("/").status in {200, 503}
    assert not opened(folder)
