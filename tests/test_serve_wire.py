"""Every sentence about delivery as bytes on a socket, since clients repair what they get."""

import hashlib
import re
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from feeds.config import Configuration, parse_configuration
from feeds.formats import feed_formats
from feeds.http.coding import CODINGS
from feeds.http.compression import COMPRESS, LEAST_BYTES
from feeds.model import Published
from feeds.publish.manifest import dump_manifest, entity_tag
from feeds.publish.policy import Policy
from feeds.serve.app import FeedsApp
from feeds.serve.publication import Publication, Terms
from feeds.serve.served import Served
from feeds.serve.server import HttpServer

PATIENCE = 10.0
SINCE = datetime(2026, 10, 9, 8, 7, 6, tzinfo=UTC)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
DATE = "Fri, 09 Oct 2026 08:07:06 GMT"
LATER = "Tue, 09 Nov 2027 08:07:06 GMT"
EARLIER = "Fri, 09 Oct 2026 08:07:05 GMT"

FEED = b"<entry>again and again</entry>\n" * 100
SMALL = b"<feed/>\n"
PAGE = b"<p>again and again</p>\n" * 100
RESOURCES = {
    "all.atom": (FEED, "application/atom+xml; charset=utf-8"),
    "small.atom": (SMALL, "application/atom+xml; charset=utf-8"),
    "all/archive/2026-09.atom": (SMALL, "application/atom+xml; charset=utf-8"),
    "index.html": (PAGE, "text/html; charset=utf-8"),
}
CONFIGURATION = """
site: {base_url: https://x.example, hubs: https://hub.example/}
freshness: {feeds: {shared_max_age: 60}, pages: {max_age: 30, stale_if_error: 0}}
"""


def opaque(body: bytes) -> str:
    """Give the inside of the entity tag of a body."""
    return entity_tag(hashlib.sha256(body).hexdigest()).strip('"')


TAG, SMALL_TAG = opaque(FEED), opaque(SMALL)


def publish(root: Path, resources: dict[str, tuple[bytes, str]], since: datetime) -> None:
    """Write resources and their manifest."""
    entries: list[Published] = []
    for path, (body, media_type) in resources.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(body)
        sha256 = hashlib.sha256(body).hexdigest()
        entries.append(Published(path, media_type, sha256, len(body), entity_tag(sha256), since))
    (root / "manifest.json").write_bytes(dump_manifest(entries))


@contextmanager
def serving(served: Served) -> Iterator[str]:
    """Serve at a free port of loopback."""
    server = HttpServer(FeedsApp(served), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.url
    finally:
        server.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a publication of a feed, a small one, an archive and a page."""
    root = tmp_path_factory.mktemp("publication")
    publish(root, RESOURCES, SINCE)
    configuration = parse_configuration(CONFIGURATION, origin="feeds.yaml", folder=root)
    with serving(
        Served(Publication.load(root, Terms(Policy(configuration, feed_formats()), NOW)))
    ) as address:
        yield address


def exchange(url: str, request: bytes) -> bytes:
    """Give all that comes back until the server closes, the date made the same for all."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), PATIENCE) as client:
        client.sendall(request)
        received = bytearray()
        while chunk := client.recv(65_536):
            received += chunk
    return re.sub(rb"^date: [^\r]+ GMT\r\n", b"", bytes(received), count=1, flags=re.MULTILINE)


def ask(url: str, line: str, fields: Sequence[str]) -> bytes:
    """Send a request line and fields, and give what comes back."""
    head = "\r\n".join((f"{line} HTTP/1.1", "Host: x", *fields, "Connection: close", "", ""))
    return exchange(url, head.encode("latin-1"))


def answer(status: str, *lines: str, body: bytes = b"") -> bytes:
    """Write the answer that is expected."""
    head = "\r\n".join((f"HTTP/1.1 {status}", *lines, "Connection: close", "", ""))
    return head.encode() + body


SHARED = (
    "access-control-allow-origin: *",
    "access-control-expose-headers: ETag, Last-Modified, Link",
)
STALE = "stale-while-revalidate=60, stale-if-error=86400"
ALTERNATE = '<https://x.example/%s>; rel="alternate"; type="text/html"'
SAFE = ("x-content-type-options: nosniff", "content-security-policy: default-src 'none'; sandbox")


def unchanged(tag: str, cache_control: str) -> tuple[str, ...]:
    """Give what a 304 about a feed says, and a 200 says too."""
    return (
        f'etag: "{tag}"',
        f"last-modified: {DATE}",
        f"cache-control: {cache_control}",
        "vary: Accept-Encoding",
        *SHARED,
    )


FRESH = f"max-age=300, s-maxage=60, {STALE}"


def feed_200(path: str, body: bytes, coding: str = "identity", *, head: bool = False) -> bytes:
    """Write a 200 with a feed in a coding, for HEAD without the body."""
    sent = body if coding == "identity" else COMPRESS[coding](body)
    suffix = "" if coding == "identity" else f"-{coding}"
    content = [
        "content-type: application/atom+xml; charset=utf-8",
        f"content-length: {len(sent)}",
        *SAFE,
    ]
    if coding != "identity":
        content.append(f"content-encoding: {coding}")
    alternate = ALTERNATE % ("all/" if path.startswith("all") else "")
    hub = "" if "archive" in path else '<https://hub.example/>; rel="hub", '
    content.append(f'link: <https://x.example/{path}>; rel="self", {hub}{alternate}')
    fresh = f"max-age=3600, {STALE}" if "archive" in path else FRESH
    lines = (*content, *unchanged(opaque(body) + suffix, fresh))
    return answer("200 OK", *lines, body=b"" if head else sent)


def feed_304(suffix: str = "") -> bytes:
    """Write a 304 about the feed in a coding."""
    return answer("304 Not Modified", *unchanged(TAG + suffix, FRESH))


def plain(status: str, text: str, *lines: str, cache_control: str = "no-store") -> bytes:
    """Write an error."""
    body = f"{text}\n".encode()
    content = (
        f"cache-control: {cache_control}",
        *SAFE,
        *lines,
        f"content-length: {len(body)}",
        "content-type: text/plain; charset=utf-8",
    )
    return answer(status, *content, body=body)


PAGE_POLICY = (
    "default-src 'none'; img-src https: http:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def page_200(coding: str) -> bytes:
    """Write a 200 with the page."""
    sent = PAGE if coding == "identity" else COMPRESS[coding](PAGE)
    lines = [
        "content-type: text/html; charset=utf-8",
        f"content-length: {len(sent)}",
        "x-content-type-options: nosniff",
        f"content-security-policy: {PAGE_POLICY}",
        *([f"content-encoding: {coding}"] if coding != "identity" else []),
        f'etag: "{opaque(PAGE)}{"" if coding == "identity" else f"-{coding}"}"',
        f"last-modified: {DATE}",
        "cache-control: max-age=30, stale-while-revalidate=60",
        "vary: Accept-Encoding",
    ]
    return answer("200 OK", *lines, body=sent)


PLAIN, GZIP = feed_200("all.atom", FEED), feed_200("all.atom", FEED, "gzip")
BEST = next(coding for coding in CODINGS if coding in COMPRESS)
NOT_ACCEPTABLE = plain(
    "406 Not Acceptable",
    "no acceptable content coding: br, zstd, gzip, identity",
    "vary: Accept-Encoding",
)
NOT_ALLOWED = plain("405 Method Not Allowed", "method not allowed", "allow: GET, HEAD, OPTIONS")
PREFLIGHT = answer(
    "204 No Content",
    "allow: GET, HEAD, OPTIONS",
    *SAFE,
    "access-control-allow-origin: *",
    "access-control-allow-methods: GET, HEAD, OPTIONS",
    "access-control-allow-headers: If-None-Match, If-Modified-Since, A-IM",
    "access-control-max-age: 86400",
)
ACCEPT_GZIP = "Accept-Encoding: gzip"

ROWS: list[tuple[str, str, list[str], bytes]] = [
    # --- Content coding ---
    ("without a field nothing is coded", "GET /all.atom", [], PLAIN),
    ("gzip for whoever takes it", "GET /all.atom", [ACCEPT_GZIP], GZIP),
    ("HEAD is GET without a body", "HEAD /all.atom", [], feed_200("all.atom", FEED, head=True)),
    (
        "HEAD of a coding has its length",
        "HEAD /all.atom",
        [ACCEPT_GZIP],
        feed_200("all.atom", FEED, "gzip", head=True),
    ),
    ("x-gzip is gzip", "GET /all.atom", ["Accept-Encoding: x-gzip"], GZIP),
    ("a refused gzip is not sent", "GET /all.atom", ["Accept-Encoding: gzip;q=0"], PLAIN),
    ("an empty field asks for none", "GET /all.atom", ["Accept-Encoding:"], PLAIN),
    ("an unknown coding is nothing", "GET /all.atom", ["Accept-Encoding: compress"], PLAIN),
    ("a malformed field is none", "GET /all.atom", ["Accept-Encoding: gzip;q=9"], PLAIN),
    ("weights are obeyed", "GET /all.atom", ["Accept-Encoding: gzip;q=0.1, identity"], PLAIN),
    ("two lines are one", "GET /all.atom", ["Accept-Encoding: x", ACCEPT_GZIP], GZIP),
    (
        "without the identity, gzip",
        "GET /all.atom",
        ["Accept-Encoding: identity;q=0, gzip;q=0.1"],
        GZIP,
    ),
    ("with nothing else, gzip", "GET /all.atom", ["Accept-Encoding: *;q=0, gzip"], GZIP),
    (
        "anything is the best",
        "GET /all.atom",
        ["Accept-Encoding: *"],
        feed_200("all.atom", FEED, BEST),
    ),
    ("nothing is nothing", "GET /all.atom", ["Accept-Encoding: *;q=0"], NOT_ACCEPTABLE),
    (
        "what is not named is not sent",
        "GET /all.atom",
        ["Accept-Encoding: identity;q=0, compress"],
        NOT_ACCEPTABLE,
    ),
    (
        "an error comes before a condition",
        "GET /all.atom",
        ["Accept-Encoding: *;q=0", "If-None-Match: *"],
        NOT_ACCEPTABLE,
    ),
    ("what is small stays", "GET /small.atom", [ACCEPT_GZIP], feed_200("small.atom", SMALL)),
    (
        "what is there in one coding is not negotiated",
        "GET /small.atom",
        ["Accept-Encoding: *;q=0"],
        feed_200("small.atom", SMALL),
    ),
    ("a page is coded too", "GET /", [ACCEPT_GZIP], page_200("gzip")),
    ("a page is no feed", "GET /index.html", [], page_200("identity")),
    # --- Conditional requests ---
    ("an exact tag", "GET /all.atom", [f'If-None-Match: "{TAG}"'], feed_304()),
    ("a weak tag", "GET /all.atom", [f'If-None-Match: W/"{TAG}"'], feed_304()),
    ("a tag in a list", "GET /all.atom", [f'If-None-Match: "x", "{TAG}"'], feed_304()),
    (
        "a tag on a second line",
        "GET /all.atom",
        ['If-None-Match: "x"', f'If-None-Match: "{TAG}"'],
        feed_304(),
    ),
    ("any tag", "GET /all.atom", ["If-None-Match: *"], feed_304()),
    ("a malformed tag", "GET /all.atom", [f"If-None-Match: {TAG}"], PLAIN),
    ("another tag", "GET /all.atom", ['If-None-Match: "x"'], PLAIN),
    ("HEAD has conditions", "HEAD /all.atom", [f'If-None-Match: "{TAG}"'], feed_304()),
    (
        "the tag of gzip is repeated",
        "GET /all.atom",
        [ACCEPT_GZIP, f'If-None-Match: "{TAG}-gzip"'],
        feed_304("-gzip"),
    ),
    (
        "the tag of the identity means gzip too",
        "GET /all.atom",
        [ACCEPT_GZIP, f'If-None-Match: "{TAG}"'],
        feed_304("-gzip"),
    ),
    (
        "the tag of gzip means the identity too",
        "GET /all.atom",
        [f'If-None-Match: "{TAG}-gzip"'],
        feed_304(),
    ),
    ("what Jetty does", "GET /all.atom", [f'If-None-Match: "{TAG}--gzip"'], feed_304()),
    ("after a semicolon", "GET /all.atom", [f'If-None-Match: "{TAG};gzip"'], feed_304()),
    ("what nginx does", "GET /all.atom", [f'If-None-Match: W/"{TAG}-gzip"'], feed_304()),
    ("a tag that ends otherwise", "GET /all.atom", [f'If-None-Match: "{TAG}-x"'], PLAIN),
    ("the same date", "GET /all.atom", [f"If-Modified-Since: {DATE}"], feed_304()),
    ("an earlier date", "GET /all.atom", [f"If-Modified-Since: {EARLIER}"], PLAIN),
    ("no date", "GET /all.atom", ["If-Modified-Since: today"], PLAIN),
    (
        "a tag wins over a date",
        "GET /all.atom",
        ['If-None-Match: "x"', f"If-Modified-Since: {DATE}"],
        PLAIN,
    ),
    (
        "and so when it matches",
        "GET /all.atom",
        [f'If-None-Match: "{TAG}"', f"If-Modified-Since: {EARLIER}"],
        feed_304(),
    ),
    # --- Methods and ranges ---
    ("a preflight of a feed", "OPTIONS /all.atom", ["Origin: https://y.example"], PREFLIGHT),
    (
        "no script fetches a page",
        "OPTIONS /",
        [],
        answer("204 No Content", "allow: GET, HEAD, OPTIONS", *SAFE),
    ),
    ("nothing is posted", "POST /all.atom", ["Content-Length: 0"], NOT_ALLOWED),
    ("nothing is put", "PUT /all.atom", ["Content-Length: 0"], NOT_ALLOWED),
    ("nothing is deleted", "DELETE /all.atom", [], NOT_ALLOWED),
    ("nothing is traced", "TRACE /all.atom", [], NOT_ALLOWED),
    ("methods have their case", "get /all.atom", [], NOT_ALLOWED),
    ("a range is ignored", "GET /all.atom", ["Range: bytes=0-1"], PLAIN),
    ("a range of a coding is too", "GET /all.atom", ["Range: bytes=0-1", ACCEPT_GZIP], GZIP),
    (
        "a range with a condition is too",
        "GET /all.atom",
        ["Range: bytes=0-1", f'If-Range: "{TAG}"'],
        PLAIN,
    ),
    (
        "what is not there may be there in a minute",
        "GET /none.atom",
        [ACCEPT_GZIP],
        plain("404 Not Found", "not found", cache_control="max-age=60"),
    ),
    # --- Freshness and links ---
    (
        "an archive is fresh for longer, and no hub tells of it",
        "GET /all/archive/2026-09.atom",
        [],
        feed_200("all/archive/2026-09.atom", SMALL),
    ),
]


def canonical(received: bytes) -> tuple[bytes, list[bytes], bytes]:
    """Give the status line, the fields in an order of their own, and the body."""
    head, _, body = received.partition(b"\r\n\r\n")
    status, *fields = head.split(b"\r\n")
    return status.rstrip(), sorted(fields), body


OF_CODINGS, OF_CONDITIONS = pytest.mark.case(58), pytest.mark.case(57)
OF_RANGES, OF_METHODS = pytest.mark.case(59), pytest.mark.case(60)


def case_of(line: str, fields: list[str]) -> pytest.MarkDecorator:
    """Tell which case a row is of."""
    said = "\n".join(fields)
    if "Range:" in said:
        return OF_RANGES
    if "If-" in said:
        return OF_CONDITIONS
    return OF_CODINGS if line.startswith("GET ") else OF_METHODS


@pytest.mark.parametrize(
    ("line", "fields", "expected"),
    [pytest.param(*row[1:], id=row[0], marks=case_of(*row[1:3])) for row in ROWS],
)
def test_every_sentence_holds_on_the_wire(
    url: str, line: str, fields: list[str], expected: bytes
) -> None:
    """The bytes of the answer are these, whatever the order of its fields."""
    assert canonical(ask(url, line, fields)) == canonical(expected)


@pytest.mark.case(58)
@pytest.mark.parametrize("coding", CODINGS)
def test_every_coding_is_sent_with_a_tag_of_its_own(url: str, coding: str) -> None:
    """A coding that is installed is sent to whoever takes no other."""
    if coding not in COMPRESS:
        pytest.skip(f"{coding} is not installed")
    received = ask(url, "GET /all.atom", [f"Accept-Encoding: {coding}"])
    assert canonical(received) == canonical(feed_200("all.atom", FEED, coding))
    again = [f"Accept-Encoding: {coding}", f'If-None-Match: "{TAG}-{coding}"']
    assert canonical(ask(url, "GET /all.atom", again)) == canonical(feed_304(f"-{coding}"))


def test_the_sample_is_as_the_rows_suppose() -> None:
    """One feed is worth coding and the other is not."""
    assert len(SMALL) < LEAST_BYTES < len(FEED)


@pytest.mark.case(47)
def test_nothing_was_modified_in_the_future(tmp_path: Path) -> None:
    """Where the manifest is ahead of the clock, there is no Last-Modified until it has come."""
    policy, ahead = Policy(Configuration(), feed_formats()), NOW + timedelta(days=1)
    publish(tmp_path, {"a.atom": (FEED, "application/atom+xml")}, ahead)
    served = Served(Publication.load(tmp_path, Terms(policy, NOW)))
    with serving(served) as url:
        for now in (NOW, NOW + timedelta(hours=1), ahead):
            before = served.publication
            assert before is not None
            assert not before.is_due(before.terms.now)
            served.swap(Publication.load(tmp_path, Terms(policy, now), before))
            answer = ask(url, "GET /a.atom", [f"If-Modified-Since: {LATER}"])
            assert answer.startswith(b"HTTP/1.1 304 " if now == ahead else b"HTTP/1.1 200 ")
            assert (b"last-modified" in answer) == (now == ahead)
            assert served.publication is not None
            assert served.publication.is_due(ahead) == (now != ahead)


@pytest.mark.case(58)
def test_what_is_asked_for_is_coded_once(tmp_path: Path) -> None:
    """The bytes of a coding stay while the resource does, whatever else changes."""
    publish(tmp_path, RESOURCES, SINCE)
    terms = Terms(Policy(Configuration(), feed_formats()), NOW)
    served = Served(Publication.load(tmp_path, terms))
    with serving(served) as url:
        first = ask(url, "GET /all.atom", [ACCEPT_GZIP])
        changed = RESOURCES | {"small.atom": (FEED * 2, "application/atom+xml")}
        publish(tmp_path, changed, SINCE)
        (tmp_path / "all.atom").unlink()
        served.swap(Publication.load(tmp_path, terms, served.publication))
        assert ask(url, "GET /all.atom", [ACCEPT_GZIP]) == first
        assert ask(url, "GET /small.atom", []).endswith(FEED * 2)
