"""Requests that mean no good, as bytes to a real `feeds serve`, and what all its answers say."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from cli_tools import BASE_URL, NOW, Serving, document, feeds_command, serving
from wire import Address, address_of, answers, asked, connect, exchange, resident

from feeds.http.head import MOST_BYTES, MOST_FIELDS, MOST_LINE

PLAIN = b"GET /all.atom HTTP/1.1\r\nHost: x\r\n\r\n"
"""What is hidden: nobody may ever be answered this where it is not a request of his own."""

START = b"GET /all.atom HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /all.atom HTTP/1.1\r\nHost: x\r\n"

TWO_LENGTHS = {
    "a length and chunks": POST
    + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and a length": POST
    + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "a GET with both": START + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 1\r\nContent-Length: 40\r\n\r\n",
    "two lengths that are the same": POST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
    "a list of lengths": POST + b"Content-Length: 1, 1\r\n\r\n",
    "a length with a sign": POST + b"Content-Length: +1\r\n\r\n",
    "a negative length": POST + b"Content-Length: -1\r\n\r\n",
    "a hexadecimal length": POST + b"Content-Length: 0x1\r\n\r\n",
    "a length with a fraction": POST + b"Content-Length: 1.0\r\n\r\n",
    "a length without digits": POST + b"Content-Length: \r\n\r\n",
    "a length of four thousand digits": POST + b"Content-Length: " + b"1" * 4_000 + b"\r\n\r\n",
    "chunks twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    "chunks in a list": POST + b"Transfer-Encoding: identity, chunked\r\n\r\n",
    "another coding": POST + b"Transfer-Encoding: gzip\r\n\r\n",
    "nearly chunked": POST + b"Transfer-Encoding: xchunked\r\n\r\n",
    "chunked with a vertical tab": POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n",
    "chunked in quotes": POST + b'Transfer-Encoding: "chunked"\r\n\r\n',
    "chunks of an old version": b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
}
LINES = {
    "lines that end with LF": b"GET /all.atom HTTP/1.1\nHost: x\n\n",
    "one line that ends with LF": b"GET /all.atom HTTP/1.1\r\nHost: x\nX: y\r\n\r\n",
    "an empty line that is LF": START + b"\n",
    "lines that end with CR": b"GET /all.atom HTTP/1.1\rHost: x\r\r",
    "CR in a value": START + b"X: a\rb\r\n\r\n",
    "CR CR LF": START + b"X: a\r\r\n\r\n",
    "NUL in a value": START + b"X: a\x00b\r\n\r\n",
    "NUL in a name": START + b"X\x00: a\r\n\r\n",
    "a folded line": START + b"X: a\r\n b\r\n\r\n",
    "a folded length": POST + b"Content-Length:\r\n 5\r\n\r\n",
    "a first line that is folded": b"GET /all.atom HTTP/1.1\r\n Host: x\r\n\r\n",
    "a space before the colon": POST + b"Content-Length : 5\r\n\r\n",
    "a tab before the colon": POST + b"Transfer-Encoding\t: chunked\r\n\r\n",
    "a space in a name": START + b"X Y: z\r\n\r\n",
    "no name": START + b": z\r\n\r\n",
    "no colon": START + b"nothing\r\n\r\n",
    "a name that is not ASCII": START + b"\xc3\xbc: z\r\n\r\n",
}
OTHER = {
    "HTTP/0.9": b"GET /all.atom\r\n",
    "no version": b"GET /all.atom \r\n\r\n",
    "a version in lower case": b"GET /all.atom http/1.1\r\nHost: x\r\n\r\n",
    "a version of three digits": b"GET /all.atom HTTP/1.10\r\nHost: x\r\n\r\n",
    "two spaces": b"GET  /all.atom HTTP/1.1\r\nHost: x\r\n\r\n",
    "a tab for a space": b"GET\t/all.atom HTTP/1.1\r\nHost: x\r\n\r\n",
    "a space before the method": b" GET /all.atom HTTP/1.1\r\nHost: x\r\n\r\n",
    "a space in the target": b"GET /all atom HTTP/1.1\r\nHost: x\r\n\r\n",
    "a target that is not ASCII": b"GET /\xc3\xbc HTTP/1.1\r\nHost: x\r\n\r\n",
    "a target with NUL": b"GET /all.atom\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    "a method that is none": b"G@T /all.atom HTTP/1.1\r\nHost: x\r\n\r\n",
    "the beginning of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "NUL alone": b"\x00",
}
TARGETS = {
    "another host": b"GET http://evil.example/all.atom HTTP/1.1\r\nHost: x\r\n\r\n",
    "a name before the host": b"GET http://a@x/all.atom HTTP/1.1\r\nHost: x\r\n\r\n",
    "another protocol": b"GET ftp://x/all.atom HTTP/1.1\r\nHost: x\r\n\r\n",
    "a path without a slash": b"GET all.atom HTTP/1.1\r\nHost: x\r\n\r\n",
    "a tunnel": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
    "a star": b"GET * HTTP/1.1\r\nHost: x\r\n\r\n",
}
HOSTS = {
    "no Host": b"GET /all.atom HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET /all.atom HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
    "two Hosts in an old version": b"GET /all.atom HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n",
    "a Host with all that ends one": b"GET /all.atom HTTP/1.1\r\nHost: a/b?c#d@e\r\n\r\n",
    "a Host with a path": b"GET /all.atom HTTP/1.1\r\nHost: x/y\r\n\r\n",
    "a Host with a name before": b"GET /all.atom HTTP/1.1\r\nHost: a@x\r\n\r\n",
    "a Host with a space": b"GET /all.atom HTTP/1.1\r\nHost: x y\r\n\r\n",
    "a Host with a port that is none": b"GET /all.atom HTTP/1.1\r\nHost: x:y\r\n\r\n",
    "a Host with quotes": b'GET /all.atom HTTP/1.1\r\nHost: x"><script>\r\n\r\n',
    "a Host that is not ASCII": b"GET /all.atom HTTP/1.1\r\nHost: \xc3\xbc\r\n\r\n",
}
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
BODIES = {
    "a length that ends before": POST + b"Content-Length: 0000000000000000001\r\n\r\nx",
    "a request in a body": POST + b"Content-Length: %d\r\n\r\n" % len(PLAIN),
    "a body of a GET": START + b"Content-Length: %d\r\n\r\n" % len(PLAIN),
    "a body of a HEAD": b"HEAD" + START[3:] + b"Content-Length: 4\r\n\r\n",
    "chunks": CHUNKED + b"5\r\nhello\r\n0\r\n\r\n",
    "chunks of a GET": START + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "a chunk's size that is none": CHUNKED + b"x\r\nhello\r\n0\r\n\r\n",
    "a chunk's size with a sign": CHUNKED + b"+5\r\nhello\r\n0\r\n\r\n",
    "a chunk's size without end": CHUNKED + b"f" * 40 + b"\r\n",
    "a chunk's size and LF": CHUNKED + b"5\nhello\n0\n\n",
    "CR in a chunk's extension": CHUNKED + b"5;a\rb\r\nhello\r\n0\r\n\r\n",
    "a chunk that is longer than it says": CHUNKED + b"1\r\nhello\r\n0\r\n\r\n",
    "a trailer": CHUNKED + b"0\r\nContent-Length: 5\r\n\r\n",
    "a trailer that ends with LF": CHUNKED + b"0\r\n\n",
    "a body that is waited for": POST + b"Content-Length: 4\r\nExpect: 100-continue\r\n\r\n",
}
MEGABYTE = 1_048_576
FIELDS = {
    "64 KiB in a field": START + b"X: " + b"a" * MOST_BYTES + b"\r\n\r\n",
    "1 MiB in a field": START + b"X: " + b"a" * MEGABYTE + b"\r\n\r\n",
    "20 MiB in a field": START + b"X: " + b"a" * 20 * MEGABYTE + b"\r\n\r\n",
    "a field without end": START + b"X: " + b"a" * 20 * MEGABYTE,
    "a hundred thousand fields": START + b"a: b\r\n" * 100_000 + b"\r\n",
    "fields without end": START + b"a: b\r\n" * 100_000,
    "one field too many": START + b"a: b\r\n" * MOST_FIELDS + b"\r\n",
    "tags beyond measure": START + b"If-None-Match: " + b'"%d",' * 20_000 + b"\r\n\r\n",
}
LONG_LINES = {
    "a path of 8 KiB": b"GET /" + b"a" * MOST_LINE + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a path of 1 MiB": b"GET /" + b"a" * MEGABYTE + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a query without end": b"GET /?" + b"a" * 20 * MEGABYTE,
    "a method without end": b"G" * MEGABYTE,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Serve a publication in which a feed has moved and one has ended, in a real process."""
    folder = tmp_path_factory.mktemp("refused")
    document(folder / "corpus", "ebb.md")
    document(folder / "corpus", "flow.md", topics="[Rail]")
    (folder / "config").mkdir()
    (folder / "config/feeds.yaml").write_text(
        f"site: {{base_url: '{BASE_URL}'}}\ncorpus: ../corpus\noutput: ../output\n"
        "moved: {feed.xml: all.rss}\n",
        encoding="utf-8",
    )
    for arguments in (["build"], ["retire", "topics/rail"], ["build"]):
        run = feeds_command(*arguments, "--now", NOW, cwd=folder)
        assert run.returncode == 0, run.stderr
    with serving("--now", NOW, "--no-reload", cwd=folder) as process:
        process.until("serving at ")
        yield process
        # Whatever anybody sent, there is nothing to say about it.
        assert process.said == f"serving at {process.url}\n"
        assert process.stop()[0] == 0


@pytest.fixture(scope="module")
def address(server: Serving) -> Address:
    """Give where it is served."""
    return address_of(server.url)


def only_answer(address: Address, request: bytes, pause: float = 0.0) -> int:
    """Send a request and one more; give the status of the one answer that comes back."""
    is_head = request.startswith(b"HEAD")
    received = exchange(address, [request, PLAIN], pause)
    (answer,) = answers(received, is_head=is_head and received.startswith(b"HTTP/1.1 200 "))
    assert answer.headers["connection"] in (["close"], ["Close"])
    return answer.status


def rows(*tables: dict[str, bytes]) -> dict[str, list[object]]:
    """Make the parameters of a test of tables."""
    together = {name: value for table in tables for name, value in table.items()}
    return {"argvalues": [*together.values()], "ids": [*together]}


@pytest.mark.case(110)
@pytest.mark.parametrize("request_bytes", **rows(TWO_LENGTHS))
def test_a_body_whose_length_can_be_read_in_two_ways_is_refused(
    address: Address, request_bytes: bytes
) -> None:
    """Where a body ends is told once and plainly, or nothing after it is a request."""
    assert only_answer(address, request_bytes) == 400


@pytest.mark.case(111)
@pytest.mark.parametrize("request_bytes", **rows(LINES))
def test_lines_that_can_be_read_in_two_ways_are_refused(
    address: Address, request_bytes: bytes
) -> None:
    """A line ends with CR LF and is one field; whatever else is 400, and the end."""
    assert only_answer(address, request_bytes) == 400


@pytest.mark.case(112)
@pytest.mark.parametrize("request_bytes", **rows(OTHER))
def test_what_is_no_request_of_this_version_is_refused(
    address: Address, request_bytes: bytes
) -> None:
    """What is no request line is 400 at once, also where more of it could come."""
    assert only_answer(address, request_bytes, 0.05) == 400


@pytest.mark.case(112)
@pytest.mark.parametrize("version", ["HTTP/0.9", "HTTP/2.0", "HTTP/3.0", "HTTP/9.9"])
def test_other_versions_are_not_supported(address: Address, version: str) -> None:
    """A whole request of another version is 505 (RFC 9110, section 15.6.6)."""
    assert only_answer(address, f"GET / {version}\r\nHost: x\r\n\r\n".encode()) == 505


@pytest.mark.case(112)
def test_the_beginning_of_http_2_is_refused(address: Address) -> None:
    """Who speaks HTTP/2 without being asked is told that nobody does (RFC 9113, section 3.4)."""
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
    assert only_answer(address, preface) == 505


@pytest.mark.case(112)
@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/1.2", "HTTP/1.9"])
def test_later_versions_are_answered_as_this_one(address: Address, version: str) -> None:
    """A higher minor version is the one that we know (RFC 9110, section 2.5)."""
    request = f"GET /all.atom {version}\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert only_answer(address, request.encode()) == 200


@pytest.mark.case(113)
@pytest.mark.parametrize("request_bytes", **rows(TARGETS))
def test_targets_that_are_not_here_are_refused(address: Address, request_bytes: bytes) -> None:
    """A target that names another place than Host does, or no path, is 400."""
    assert only_answer(address, request_bytes) == 400


@pytest.mark.case(113)
@pytest.mark.parametrize(
    "target", ["http://x/all.atom", "HTTP://X/all.atom?y", "https://x/%61ll.atom"]
)
def test_an_absolute_target_is_its_path(address: Address, target: str) -> None:
    """Who writes the whole URL is answered as who writes its path (RFC 9112, section 3.2.2)."""
    assert exchange(address, [asked(target)])[30:] == exchange(address, [asked()])[30:]
    assert only_answer(address, asked("http://x")) == 200
    assert only_answer(address, asked("http://x?y")) == 200


@pytest.mark.case(55)
@pytest.mark.parametrize("request_bytes", **rows(HOSTS))
def test_a_host_that_is_none_is_refused(address: Address, request_bytes: bytes) -> None:
    """There is one Host, and it is one (RFC 9112, section 3.2)."""
    assert only_answer(address, request_bytes) == 400


@pytest.mark.case(55)
@pytest.mark.parametrize("host", ["evil.example", "evil.example:1", "[::1]", "192.0.2.1", ""])
def test_any_other_host_has_no_effect(address: Address, host: str) -> None:
    """Whatever a client calls us, what it gets is the same."""
    (usual,) = answers(exchange(address, [asked()]))
    (answer,) = answers(exchange(address, [asked(host=host)]))
    assert answer._replace(headers={}) == usual._replace(headers={})
    assert answer.headers | {"date": []} == usual.headers | {"date": []}


@pytest.mark.case(60, 114)
@pytest.mark.parametrize("request_bytes", **rows(BODIES))
def test_nothing_in_a_body_is_answered(address: Address, request_bytes: bytes) -> None:
    """A request with a body is answered as without, and is the last, whatever is in it."""
    expected = 405 if request_bytes.startswith(b"POST") else 200
    assert only_answer(address, request_bytes) == expected


@pytest.mark.case(114)
@pytest.mark.parametrize("line", ["Upgrade: websocket", "Upgrade: h2c", "Expect: 100-continue"])
def test_nothing_else_is_spoken(address: Address, line: str) -> None:
    """No other protocol is begun, and nobody is told to go on: there is one answer, the usual."""
    request = asked("/all.atom", line, "Connection: upgrade")
    assert only_answer(address, request) == 200


@pytest.mark.case(115)
@pytest.mark.parametrize("pause", [0.0, 0.001, 0.05])
@pytest.mark.parametrize("after", [PLAIN * 50, b"nonsense\r\n\r\n" * 1_000, b"\x00" * 300_000])
@pytest.mark.parametrize(
    "last", [asked(), asked("/none"), b"GET /all.atom HTTP/1.0\r\n\r\n", asked("/all.atom?x")]
)
def test_what_comes_after_the_last_request_is_dropped(
    address: Address, last: bytes, after: bytes, pause: float
) -> None:
    """Who goes on after a request that was to be his last has its answer, whole and alone."""
    (expected,) = answers(exchange(address, [last]))
    (answer,) = answers(exchange(address, [last, after], pause))
    assert answer.headers | {"date": []} == expected.headers | {"date": []}
    assert (answer.status, answer.body) == (expected.status, expected.body)


@pytest.mark.case(54)
@pytest.mark.parametrize("request_bytes", **rows(FIELDS, LONG_LINES))
def test_a_head_beyond_measure_is_refused(address: Address, request_bytes: bytes) -> None:
    """More than 64 KiB of head, 8 KiB of request line or 100 fields is refused, and the end."""
    expected = 414 if request_bytes in LONG_LINES.values() else 431
    assert only_answer(address, request_bytes) == expected


@pytest.mark.case(54)
def test_a_head_within_measure_is_answered(address: Address) -> None:
    """What is just within all limits is answered, by whatever way it is read."""
    line = b"GET /all.atom?" + b"a" * (MOST_LINE - 23) + b" HTTP/1.1\r\n"
    fields = [b"Host: x", *(b"X: %d" % n for n in range(MOST_FIELDS - 3)), b"Connection: close"]
    head = line + b"\r\n".join([*fields, b"Y: "])
    filler = b"y" * (MOST_BYTES - len(head) - 4)
    assert answers(exchange(address, [head + filler + b"\r\n\r\n"]))[0].status == 200
    assert answers(exchange(address, [head + filler + b"y\r\n\r\n"]))[0].status == 431
    many = [b"Host: x", *[b"X: y"] * (MOST_FIELDS - 2), b"Connection: close", b"", b""]
    assert answers(exchange(address, [START[:24] + b"\r\n".join(many)]))[0].status == 200
    for count, status in ((MOST_FIELDS - 1, 200), (MOST_FIELDS, 431)):
        with connect(address) as client:
            client.sendall(START + b"X: y\r\n" * count + b"\r\n")
            assert client.recv(12) == b"HTTP/1.1 %d" % status


@pytest.mark.case(54)
def test_memory_is_bounded_whatever_is_sent(server: Serving, address: Address) -> None:
    """Clients that send 20 MB each, of heads, lines, bodies and requests, cost little."""
    kinds = [START + b"X: ", b"GET /", POST + b"Content-Length: 99999999\r\n\r\n", PLAIN * 500]
    before = resident(server.process)
    clients = [connect(address) for _ in kinds * 2]
    for client, kind in zip(clients, kinds * 2, strict=True):
        # What is not read is not waited for.
        client.settimeout(0.1)
        with client, suppress(OSError):
            client.sendall(kind + b"a" * 20 * 1_048_576)
    assert resident(server.process) - before < 32 * 1_048_576
    assert answers(exchange(address, [asked()]))[0].status == 200


# --- What every answer says -----------------------------------------------------------------

EVERY = {
    "a feed": (200, asked()),
    "a page": (200, asked("/")),
    "a list": (200, asked("/feeds.opml")),
    "its health": (200, asked("/healthz")),
    "its readiness": (200, asked("/readyz")),
    "what is allowed": (204, asked(method="OPTIONS")),
    "what has moved": (301, asked("/feed.xml")),
    "no request": (400, asked("/ x")),
    "nothing": (404, asked("/none")),
    "nothing by a method": (404, asked("/none", method="POST")),
    "another method": (405, asked(method="POST")),
    "another method of its health": (405, asked("/healthz", method="POST")),
    "a method of nobody": (405, asked(method="FROBNICATE")),
    "no coding": (406, asked("/all.atom", "Accept-Encoding: *;q=0")),
    "what has ended": (410, asked("/topics/rail.atom")),
    "a long path": (414, LONG_LINES["a path of 8 KiB"]),
    "many fields": (431, FIELDS["one field too many"]),
    "another version": (505, b"GET / HTTP/2.0\r\nHost: x\r\n\r\n"),
}
EVIL = "evil.example"
FORWARDED = [
    f"X-Forwarded-Host: {EVIL}",
    f"X-Forwarded-For: {EVIL}, 6.6.6.6",
    "X-Forwarded-Proto: gopher",
    f"X-Forwarded-Prefix: /{EVIL}",
    f"X-Original-URL: /{EVIL}",
    f"X-Rewrite-URL: /{EVIL}",
    f'Forwarded: for=6.6.6.6;host="{EVIL}";proto=gopher',
    f"X-Real-IP: {EVIL}",
    f"Origin: https://{EVIL}",
    f"Referer: https://{EVIL}/",
]


@pytest.mark.case(64)
@pytest.mark.parametrize(("status", "request_bytes"), EVERY.values(), ids=EVERY)
def test_every_answer_is_safe_and_says_nothing_of_us(
    address: Address, status: int, request_bytes: bytes
) -> None:
    """No answer is to be guessed, run or kept in error; none tells what made it."""
    (answer,) = answers(exchange(address, [request_bytes]))
    assert answer.status == status
    assert {name: values for name, values in answer.headers.items() if len(values) > 1} == {}
    said = {name: values[0] for name, values in answer.headers.items()}
    assert said["x-content-type-options"] == "nosniff"
    assert said["content-security-policy"].startswith("default-src 'none'; ")
    assert said["date"].endswith(" GMT")
    assert said.keys().isdisjoint(["server", "set-cookie", "x-powered-by", "accept-ranges"])
    assert answer.body == b"" or "; charset=" in said["content-type"]
    if status >= 400 and status not in {404, 410}:
        assert said["cache-control"] == "no-store"
    if status == 404:
        assert said["cache-control"] == "max-age=60"
    lowered = answer.body.lower()
    assert not any(word in lowered for word in (b"traceback", b"uvicorn", b"h11", b".py"))


@pytest.mark.case(55, 56, 121)
@pytest.mark.parametrize(("status", "request_bytes"), EVERY.values(), ids=EVERY)
def test_every_answer_says_where_we_are_by_the_configuration_alone(
    address: Address, status: int, request_bytes: bytes
) -> None:
    """Whatever host and way here a client claims, what it gets has the configured ones."""
    (usual,) = answers(exchange(address, [request_bytes]))
    lines = b"".join(f"\r\n{line}".encode() for line in FORWARDED)
    evil = request_bytes.replace(b"Host: x", b"Host: evil.example" + lines, 1)
    received = exchange(address, [evil])
    (answer,) = answers(received)
    assert answer.status == status
    assert EVIL.encode() not in received
    assert b"6.6.6.6" not in received
    assert answer.body == usual.body
    assert answer.headers | {"date": []} == usual.headers | {"date": []}
    assert b"127.0.0.1" not in received
    for line in answer.headers.get("location", []) + answer.headers.get("link", []):
        assert line.removeprefix("<").startswith(f"{BASE_URL}/")
