"""`feeds serve --watch`: pages say at their top that the last refresh failed, until one is good."""

import re
from pathlib import Path

import pytest
from cli_tools import BASE_URL, Serving, document, eventually, feeds_command, serving

pytest.importorskip("watchfiles")

PLACES = ("--corpus", "corpus", "--output", "output", "--base-url", BASE_URL, "--every", 3600)
PAGES = ("/", "/topics/tides/", "/help/", "/index.html")
ALERT = re.compile(r'<div class="banner" role="alert".*?</div>\n', re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a directory with a corpus of one article."""
    document(tmp_path / "corpus", "ebb.md")
    return tmp_path


def published(folder: Path, path: str) -> bytes:
    """Give what is published as a page."""
    return (
        folder / "output" / f"{path[1:]}index.html".replace("index.htmlindex", "index")
    ).read_bytes()


def alerts(server: Serving, path: str = "/") -> list[str]:
    """Give the banners of a page, in one line each."""
    page = server.get(path).body.decode()
    return [" ".join(re.sub(r"<[^>]+>", "", found).split()) for found in ALERT.findall(page)]


def touched_until(server: Serving, file: Path, *, is_told: bool) -> None:
    """Wait until an edit is told of or not; what changes before the watcher is there is unseen."""

    def is_so() -> bool:
        file.touch()
        return bool(alerts(server)) is is_told

    eventually(is_so, f"the banner of {file.name}")


def test_an_error_is_told_on_every_page_until_it_is_mended(folder: Path) -> None:
    """Each page begins with file, line and what is wrong, is not kept, and then is as published."""
    bad = folder / "corpus/ebb.md"
    with serving(*PLACES, "--watch", "--workers", 2, cwd=folder) as server:
        server.until(" documents (")
        eventually(lambda: server.get("/").status == 200, "the page")
        tag = server.get("/").headers["etag"]
        document(folder / "corpus", "ebb.md", publishedDateTime="soon")
        touched_until(server, bad, is_told=True)
        eventually(lambda: all(len(alerts(server)) == 1 for _ in range(9)), "both workers")
        for path in PAGES:
            told = "The last refresh found an error, and what was published before stands."
            (alert,) = alerts(server, path)
            assert alert.startswith(f"{told} ebb.md:3:20: date-invalid: publishedDateTime: ")
            reply = server.get(path, headers={"If-None-Match": tag, "Accept-Encoding": "gzip"})
            assert (reply.status, reply.headers["cache-control"]) == (200, "no-store")
            assert not {"etag", "last-modified", "content-encoding"} & set(reply.headers)
            page = reply.body.decode()
            assert re.search(r'<body[^>]*>\n<div class="banner"', page)
            assert ALERT.sub("", page).encode() == published(folder, path)
            head = server.get(path, "HEAD")
            assert (head.body, head.headers["content-length"]) == (b"", str(len(reply.body)))
        found = server.get("/search/?q=tides")
        assert len(alerts(server, "/search/?q=tides")) == 1
        assert found.headers["content-length"] == str(len(found.body))
        assert server.get("/all.atom").body == (folder / "output/all.atom").read_bytes()
        assert server.get("/style.css").body == (folder / "output/style.css").read_bytes()
        document(folder / "corpus", "ebb.md")
        touched_until(server, bad, is_told=False)
        eventually(lambda: not any(alerts(server) for _ in range(9)), "both workers")
        for path in PAGES:
            reply = server.get(path)
            assert reply.body == published(folder, path)
            assert reply.headers["etag"]
        assert server.stop()[0] == 0


def test_a_refresh_that_fails_is_told_until_one_is_good(folder: Path) -> None:
    """What a guard refuses is told, that the last publication stands, and is gone with the next."""
    article = (folder / "corpus/ebb.md").read_text(encoding="utf-8")
    with serving(*PLACES, "--watch", "--every", 0.2, cwd=folder) as server:
        server.until(" documents (")
        eventually(lambda: server.get("/").status == 200, "the page")
        (folder / "corpus/ebb.md").unlink()
        eventually(lambda: alerts(server), "the banner")
        (alert,) = alerts(server, "/topics/tides/")
        assert alert.startswith(
            "The last refresh failed, and the last publication stands. there are no documents in "
        )
        (folder / "corpus/ebb.md").write_text(article, encoding="utf-8")
        eventually(lambda: not alerts(server), "the next good refresh")


def test_nobody_is_told_without_watch(folder: Path) -> None:
    """Without --watch, pages are byte for byte what is published, whatever is wrong."""
    document(folder / "corpus", "bad.md", publishedDateTime="soon")
    # What is wrong is known before anything is answered.
    assert feeds_command("build", *PLACES[:-2], cwd=folder).returncode == 0
    with serving(*PLACES, cwd=folder) as server:
        server.until(" documents (")
        for path in PAGES:
            assert server.get(path).body == published(folder, path)
