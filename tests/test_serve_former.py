"""What the server answers where something was published once, or a slash is missing."""

import hashlib
import http.client
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from feeds.config.moved import FEED_SUFFIXES
from feeds.config.types import Configuration
from feeds.formats import feed_formats
from feeds.model import FormerAddresses, Gone, Published, Redirect
from feeds.publish.manifest import dump_manifest, entity_tag
from feeds.publish.policy import Policy
from feeds.serve.app import FeedsApp
from feeds.serve.publication import NoPublication, Publication, Terms
from feeds.serve.served import Served
from feeds.serve.server import HttpServer

PATIENCE = 10.0
LAST = b"<feed>the last</feed>"
PAGES = ("help/index.html", "topics/a: b%/index.html", "topics/ml/2/index.html")
ATOM = "application/atom+xml; charset=utf-8"
FORMER = FormerAddresses(
    (
        Redirect("feed.xml", "https://feeds.example/all.rss", 302),
        Redirect("topics/ml/*", "https://feeds.example/topics/machine-learning/", 301),
        Redirect("topics/ml/top.atom", "https://feeds.example/all.atom", 301),
    ),
    (Gone("topics/x.atom", "gone/topics/x.atom"), Gone("topics/x/*"), Gone("topics/y.rss")),
)


def publish(root: Path, former: FormerAddresses) -> None:
    """Publish the body of a 410, some pages, and a manifest with former addresses."""
    sha256 = hashlib.sha256(LAST).hexdigest()
    since = datetime(2026, 10, 9, tzinfo=UTC)
    entries = []
    for path in ("gone/topics/x.atom", *PAGES):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(LAST)
        entries.append(Published(path, ATOM, sha256, len(LAST), entity_tag(sha256), since))
    (root / "manifest.json").write_bytes(dump_manifest(entries, former))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    root = tmp_path_factory.mktemp("output")
    publish(root, FORMER)
    server = HttpServer(
        FeedsApp(
            Served(
                Publication.load(
                    root, Terms(Policy(Configuration(), feed_formats()), datetime.now(UTC))
                )
            )
        ),
        "127.0.0.1",
        0,
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    parts = urlsplit(server.url)
    try:
        yield parts.hostname or "", parts.port or 0
    finally:
        server.stop()
        thread.join(PATIENCE)


def ask(
    address: tuple[str, int], path: str, method: str = "GET"
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(*address, timeout=PATIENCE)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/feed.xml", 302, "https://feeds.example/all.rss"),
        ("/feed.xml?x=y", 302, "https://feeds.example/all.rss"),
        ("/topics/ml/", 301, "https://feeds.example/topics/machine-learning/"),
        ("/topics/ml/a%20b%25", 301, "https://feeds.example/topics/machine-learning/a%20b%25"),
        ("/topics/ml/%0d%0ax", 301, "https://feeds.example/topics/machine-learning/%0D%0Ax"),
        ("/topics/ml/%C3%BC", 301, "https://feeds.example/topics/machine-learning/%C3%BC"),
        ("/topics/ml/top.atom", 301, "https://feeds.example/all.atom"),
    ],
)
def test_a_redirect_leads_to_an_absolute_url(
    address: tuple[str, int], path: str, status: int, location: str
) -> None:
    """The Location is absolute and in ASCII, the body a line, and caches forget both in time."""
    found, headers, body = ask(address, path)
    assert (found, headers["location"]) == (status, location)
    assert body.startswith(b"moved ")
    assert location.encode() in body
    assert headers["cache-control"] == "max-age=300"
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["access-control-allow-origin"] == "*"
    assert "etag" not in headers


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/help", "./help/"),
        ("/help?x=y", "./help/"),
        ("/topics/a:%20b%25", "./a:%20b%25/"),
        ("/%74opics/a: b%25".replace(" ", "%20"), "./a:%20b%25/"),
    ],
)
def test_a_page_without_its_slash_is_led_to(
    address: tuple[str, int], path: str, location: str
) -> None:
    """The reference is relative, so that no Host counts, and caches forget it in time."""
    status, headers, body = ask(address, path)
    assert (status, headers["location"]) == (308, location)
    assert body == f"moved permanently to {location}\n".encode()
    assert headers["cache-control"] == "max-age=300"
    assert headers["access-control-allow-origin"] == "*"
    assert "etag" not in headers
    there = urljoin(f"http://proxy.example/below{path}", location)
    assert there.startswith("http://proxy.example/below/")
    assert ask(address, there.removeprefix("http://proxy.example/below"))[0] == 200


def test_what_moved_comes_before_pages(address: tuple[str, int]) -> None:
    """A page that is where a feed was is not led to."""
    assert ask(address, "/topics/ml/2")[0] == 301


@pytest.mark.parametrize("path", ["/topics/ml", "/topics/ml.atom", "/topics/mlx/", "/gone", "/"])
def test_what_never_was_is_not_found(address: tuple[str, int], path: str) -> None:
    """What only looks like a former address is a 404 as ever."""
    assert ask(address, path)[0] == 404


@pytest.mark.parametrize("path", ["/feed.xml", "/topics/x.atom", "/topics/x/top.rss", "/help"])
def test_other_methods_are_answered_as_ever(address: tuple[str, int], path: str) -> None:
    """HEAD says what GET does, OPTIONS what is allowed, and nothing else is."""
    status, headers, body = ask(address, path)
    assert body
    again, same, nothing = ask(address, path, "HEAD")
    for fields in (headers, same):
        fields.pop("date")
    assert (again, same, nothing) == (status, headers, b"")
    assert ask(address, path, "OPTIONS")[0] == 204
    refused, why, _ = ask(address, path, "POST")
    assert (refused, why["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_what_is_gone_says_so_in_the_format_asked_for(address: tuple[str, int]) -> None:
    """A 410 has the last document for its body where there is one, else a line."""
    status, headers, body = ask(address, "/topics/x.atom")
    assert (status, headers["content-type"], body) == (410, ATOM, LAST)
    for path in ("/topics/x/", "/topics/x/archive/2026-10.atom", "/topics/y.rss"):
        status, headers, body = ask(address, path)
        assert (status, body) == (410, b"gone\n")
        assert headers["content-type"] == "text/plain; charset=utf-8"


def test_a_manifest_with_a_bad_redirect_is_none(tmp_path: Path) -> None:
    """A manifest that redirects to what is no URL is not served from."""
    publish(tmp_path, FormerAddresses((Redirect("a", "javascript:x", 301),)))
    with pytest.raises(NoPublication, match="target of the manifest"):
        Publication.load(
            tmp_path, Terms(Policy(Configuration(), feed_formats()), datetime.now(UTC))
        )


def test_every_format_moves_with_its_channel() -> None:
    """What a channel's feeds end with is what the formats say."""
    assert sorted(FEED_SUFFIXES) == sorted(form.suffix for form in feed_formats())
