import hashlib
import http.client
import socket
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from test_serve_wire import publish, serving

from feeds.config import Configuration
from feeds.formats import feed_formats
from feeds.publish.manifest import entity_tag
from feeds.publish.policy import Policy
from feeds.serve.publication import Publication, Terms
from feeds.serve.served import Served

PATIENCE = 10.0
FEED = b"<feed/>"
PAGE = b"<p>page</p>"
RESOURCES = {
    "all.atom": (FEED, "application/atom+xml"),
    "index.html": (PAGE, "text/html; charset=utf-8"),
}
DATE = "Fri, 09 Oct 2026 08:07:06 GMT"
EARLIER = "Fri, 09 Oct 2026 08:07:05 GMT"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
POLICY = Policy(Configuration(), feed_formats())
SANDBOX = "default-src 'none'; sandbox"


class Answer(NamedTuple):
    """What came back, the names of its headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def tag(body: bytes) -> str:
    return entity_tag(hashlib.sha256(body).hexdigest())


def publication(
    root: Path, resources: Mapping[str, tuple[bytes, str]] = MappingProxyType(RESOURCES)
) -> Publication:
    """Publish resources, by their paths, below a directory of their own."""
    publish(root, dict(resources), datetime(2026, 10, 9, 8, 7, 6, tzinfo=UTC))
    return Publication.load(root, Terms(POLICY, NOW))


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(Served(publication(tmp_path_factory.mktemp("output")))) as address:
        yield address


@pytest.fixture
def empty() -> Iterator[tuple[str, Served]]:
    served = Served()
    with serving(served) as address:
        yield address, served


def send(url: str, raw: bytes) -> bytes:
    """All that comes back for these bytes until the server closes."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), PATIENCE) as client:
        client.sendall(raw)
        received = bytearray()
        while chunk := client.recv(65_536):
            received += chunk
    return bytes(received)


def ask(url: str, target: str = "/all.atom", *lines: str, method: str = "GET") -> Answer:
    fields = "".join(f"{line}\r\n" for line in ("Host: localhost", *lines))
    request = f"{method} {target} HTTP/1.1\r\n{fields}Connection: close\r\n\r\n"
    head, _, body = send(url, request.encode("latin-1")).partition(b"\r\n\r\n")
    status, *rest = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in rest)
    # What was lower-cased with the names is set right where case matters.
    headers |= {
        name: line.split(": ", 1)[1]
        for line in rest
        if (name := line.split(":")[0].lower()) in {"etag", "last-modified", "allow", "date"}
    }
    assert len(headers) == len(rest), "no header comes twice"
    return Answer(int(status.split()[1]), headers, body)


@pytest.mark.case(64)
def test_a_feed_has_its_headers_and_nothing_more(url: str) -> None:
    """A 200 carries the prepared headers, the date, and no sign of who we are."""
    answer = ask(url)
    assert (answer.status, answer.body) == (200, FEED)
    assert answer.headers.pop("date").endswith("GMT")
    assert answer.headers == {
        "connection": "close",
        "content-type": "application/atom+xml",
        "content-length": str(len(FEED)),
        "etag": tag(FEED),
        "last-modified": DATE,
        "cache-control": "max-age=300, stale-while-revalidate=60, stale-if-error=86400",
        "x-content-type-options": "nosniff",
        "content-security-policy": SANDBOX,
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "etag, last-modified, link",
        "vary": "accept-encoding",
        "link": '<http://127.0.0.1:8000/all.atom>; rel="self", '
        '<http://127.0.0.1:8000/all/>; rel="alternate"; type="text/html"',
    }


@pytest.mark.case(57)
def test_a_304_repeats_validators_and_freshness_only(url: str) -> None:
    """A 304 has no body, none of the fields that describe one, and leave for scripts to see it."""
    answer = ask(url, "/all.atom", f"If-None-Match: {tag(FEED)}")
    assert (answer.status, answer.body) == (304, b"")
    assert set(answer.headers) == {
        "date",
        "connection",
        "etag",
        "last-modified",
        "cache-control",
        "vary",
        "access-control-allow-origin",
        "access-control-expose-headers",
    }
    assert answer.headers["etag"] == tag(FEED)


@pytest.mark.case(57)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([f"If-None-Match: {tag(FEED)}"], 304),
        ([f"If-None-Match: W/{tag(FEED)}"], 304),
        ([f'IF-NONE-MATCH: "x",{tag(FEED)}'], 304),
        ([f'If-None-Match: "{"x" * 4_000}"', f"If-None-Match: {tag(FEED)}"], 304),
        (["If-None-Match: *"], 304),
        ([f"If-None-Match: {tag(PAGE)}"], 200),
        ([f'If-None-Match: {tag(FEED)[:-1]}-gzip"'], 304),
        (["If-None-Match: malformed"], 200),
        (["If-None-Match:"], 200),
        (["If-None-Match: \xff\xfe"], 200),
        ([f"If-Modified-Since: {DATE}"], 304),
        ([f"If-Modified-Since: {EARLIER}"], 200),
        (["If-Modified-Since: never"], 200),
        ([f"If-Modified-Since: {DATE}", f"If-Modified-Since: {DATE}"], 200),
        ([f"If-None-Match: {tag(FEED)}", f"If-Modified-Since: {EARLIER}"], 304),
        ([f"If-None-Match: {tag(PAGE)}", f"If-Modified-Since: {DATE}"], 200),
        (["If-Match: *", "If-Unmodified-Since: never", "If-Range: x"], 200),
    ],
)
def test_a_condition_is_decided(url: str, method: str, lines: list[str], status: int) -> None:
    """GET and HEAD are decided alike, tags before dates, several lines as one."""
    answer = ask(url, "/all.atom", *lines, method=method)
    assert answer.status == status
    assert answer.body == (FEED if (method, status) == ("GET", 200) else b"")


@pytest.mark.case(57)
def test_ten_thousand_tags_are_decided_or_refused(url: str) -> None:
    """A head that is too long is the server's to refuse, and costs nobody else anything."""
    tags = ", ".join(f'"{number}"' for number in range(10_000))
    assert ask(url, "/all.atom", f"If-None-Match: {tags}").status in {200, 400, 431}
    assert ask(url).status == 200


@pytest.mark.case(60)
def test_head_is_get_without_a_body(url: str) -> None:
    """HEAD has exactly the headers of GET."""
    for target in ("/all.atom", "/", "/missing", "/healthz"):
        got, headed = ask(url, target), ask(url, target, method="HEAD")
        assert headed.body == b""
        assert headed.status == got.status
        assert headed.headers | {"date": ""} == got.headers | {"date": ""}


@pytest.mark.case(60)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PURGE", "get"])
def test_other_methods_are_refused(url: str, method: str) -> None:
    """What is not GET, HEAD or OPTIONS is told what it may be, whatever its condition."""
    answer = ask(url, "/all.atom", "If-None-Match: *", "Content-Length: 0", method=method)
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert FEED not in answer.body


@pytest.mark.case(60)
def test_options_says_what_is_allowed(url: str) -> None:
    """OPTIONS on what is published has no content, and Allow."""
    answer = ask(url, method="OPTIONS")
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert "content-length" not in answer.headers


@pytest.mark.case(60)
@pytest.mark.parametrize("length", [0, 7, 200_000])
def test_a_body_is_never_waited_for(url: str, length: int) -> None:
    """A request with a body has the same answer as one without."""
    request = f"GET /all.atom HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname or "", parts.port or 0), PATIENCE)
    with connection as client:
        client.sendall(request.encode())
        assert client.recv(65_536).startswith(b"HTTP/1.1 200 ")


@pytest.mark.case(61)
@pytest.mark.parametrize(
    "target",
    [
        "/missing",
        "/all.atom/",
        "/ALL.atom",
        "/All.Atom",
        "//all.atom",
        "//evil.example/all.atom",
        "/./all.atom",
        "/x/../all.atom",
        "/..",
        "/../",
        "/../../../../etc/passwd",
        "/%2e%2e/all.atom",
        "/%2e%2e%2fall.atom",
        "/%252e%252e/all.atom",
        "/..%5call.atom",
        "/all.atom%00",
        "/%00",
        "/%ff",
        "/%",
        "/%zz",
        "/all.atom%20",
        "/all.atom%0d%0aSet-Cookie:%20a=b",
        "/all.atom;x",
        "/all.atom#x",
        "/manifest.json",
        "/healthz/",
        "/readyz/",
        "/" + "a" * 8_000,
    ],
)
def test_what_is_not_published_is_not_found(url: str, target: str) -> None:
    """A path is looked up, never resolved; what is not there may be there in a minute."""
    answer = ask(url, target)
    assert (answer.status, answer.body) == (404, b"not found\n")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "max-age=60"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == SANDBOX
    assert not {"location", "server", "set-cookie"} & set(answer.headers)


@pytest.mark.case(60)
@pytest.mark.parametrize("method", ["POST", "OPTIONS", "DELETE"])
def test_what_is_not_published_is_not_found_by_any_method(url: str, method: str) -> None:
    """There is nothing to be refused where there is nothing."""
    assert ask(url, "/missing", "Content-Length: 0", method=method).status == 404


@pytest.mark.case(61)
@pytest.mark.parametrize("target", ["/all.atom?", "/all.atom?x=1", "/%61ll.atom", "/?utm=a"])
def test_a_query_has_no_effect_and_percent_signs_are_decoded(url: str, target: str) -> None:
    """Equivalent targets have the same answer."""
    assert ask(url, target).body == (PAGE if target.startswith("/?") else FEED)


OF_RANGES, OF_CODINGS = pytest.mark.case(59), pytest.mark.case(58)
OF_PROXIES, OF_PROTOCOLS = pytest.mark.case(56), pytest.mark.case(114)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("Range: bytes=0-1", marks=OF_RANGES),
        pytest.param("Range: bytes=-1", marks=OF_RANGES),
        pytest.param("Range: bytes=9-0", marks=OF_RANGES),
        pytest.param("Range: bytes=" + "0-1," * 10_000, marks=OF_RANGES),
        pytest.param("Range: nonsense", marks=OF_RANGES),
        pytest.param("Accept: text/html", marks=OF_CODINGS),
        pytest.param("Accept-Encoding: gzip, br", marks=OF_CODINGS),
        pytest.param("X-Forwarded-Host: evil.example", marks=OF_PROXIES),
        pytest.param("X-Forwarded-For: 6.6.6.6", marks=OF_PROXIES),
        pytest.param("Origin: https://evil.example", marks=OF_PROXIES),
        pytest.param("Cookie: a=b", marks=OF_PROXIES),
        pytest.param("Upgrade: websocket", marks=OF_PROTOCOLS),
        pytest.param("Expect: 100-continue", marks=OF_PROTOCOLS),
    ],
    ids=lambda line: line[:20],
)
def test_other_fields_have_no_effect(url: str, line: str) -> None:
    """Ranges, negotiation and what proxies say change neither status nor headers."""
    plain, answer = ask(url), ask(url, "/all.atom", line)
    assert answer.status == 200
    assert answer.body == FEED
    assert answer.headers | {"date": ""} == plain.headers | {"date": ""}
    assert "accept-ranges" not in answer.headers


@pytest.mark.case(55)
@pytest.mark.parametrize("host", [b"evil.example", b"a/b?c#d@e", b"localhost:99999", b"[::1]"])
@pytest.mark.parametrize("target", [b"/all.atom", b"/healthz/", b"/missing"])
def test_the_host_has_no_effect(url: str, host: bytes, target: bytes) -> None:
    """Nothing of what the client calls us comes back."""
    request = b"GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % (target, host)
    assert host not in send(url, request)


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /all.atom HTTP/1.1\r\n\r\n",
        b"GET /all.atom HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"POST /all.atom HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    ],
)
def test_what_is_not_http_is_refused(url: str, request_bytes: bytes) -> None:
    """A request without one Host, with two lengths, or that is none, is a 400."""
    answer = send(url, request_bytes)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"Traceback" not in answer


@pytest.mark.case(63)
def test_health_tells_of_the_server_and_readiness_of_the_publication(
    empty: tuple[str, Served], tmp_path: Path
) -> None:
    """A server without a publication is alive and not ready, and ready with its first one."""
    url, served = empty
    assert ask(url, "/healthz")[::2] == (200, b"alive\n")
    assert ask(url, "/readyz").status == 503
    served.swap(publication(tmp_path))
    assert ask(url, "/readyz")[::2] == (200, b"ready\n")
    for target in ("/healthz", "/readyz"):
        assert ask(url, target).headers["cache-control"] == "no-store"
        refused = ask(url, target, method="POST")
        assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.case(63)
@pytest.mark.parametrize("target", ["/all.atom", "/", "/missing", "/readyz"])
def test_without_a_publication_everything_is_to_be_asked_for_again(
    empty: tuple[str, Served], tmp_path: Path, target: str
) -> None:
    """Before the first publication nobody is told that a feed does not exist."""
    url, served = empty
    answer = ask(url, target)
    assert answer.status == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.headers["cache-control"] == "no-store"
    served.swap(publication(tmp_path))
    assert ask(url, target).status in {200, 404}


def test_publications_are_swapped_whole(empty: tuple[str, Served], tmp_path: Path) -> None:
    """While publications change, each answer's bytes are those of its tag and its length."""
    url, served = empty
    bodies = [b"%d" % number * (number + 1) * 4_000 for number in range(4)]
    publications = [
        publication(tmp_path / f"{number}", {"f": (body, "application/atom+xml")})
        for number, body in enumerate(bodies)
    ]
    served.swap(publications[0])
    seen: set[str] = set()
    failures: list[object] = []

    def read() -> None:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
        for _ in range(150):
            connection.request("GET", "/f")
            response = connection.getresponse()
            body = response.read()
            seen.add(response.headers["ETag"])
            if response.status != 200 or response.headers["ETag"] != tag(body):
                failures.append((response.status, response.headers.items()))
        connection.close()

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    turn = 0
    while any(reader.is_alive() for reader in readers):
        turn += 1
        served.swap(publications[turn % len(publications)])
        readers[0].join(0.001)
    assert not failures
    assert len(seen) > 1


@pytest.mark.case(64, 122)
def test_a_failure_of_ours_says_nothing_of_us(caplog: pytest.LogCaptureFixture) -> None:
    """Where an answer cannot be found, it is a 500 like any other error, and the log says why."""

    def fail() -> None:
        raise RuntimeError("the secret of the house")

    with serving(Served(renew=fail)) as url:
        answers = [ask(url), ask(url, "/healthz"), ask(url, method="HEAD")]
    for answer in answers:
        assert answer.status == 500
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == SANDBOX
        assert answer.body in {b"not to be answered\n", b""}
    assert caplog.text.count("a request could not be answered") == len(answers)
    assert "the secret of the house" in caplog.text
