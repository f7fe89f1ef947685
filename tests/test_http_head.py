import pytest
from hypothesis import example, given, strategies as st

from feeds.http.head import MOST_BYTES, MOST_LINE, Head, Refusal, is_host, read_head

LINE = b"GET /all.atom HTTP/1.1\r\n"
PLAIN = LINE + b"Host: x\r\n\r\n"

# What heads are made of, and what breaks them.
PIECES = st.sampled_from(
    [
        *(b"GET", b"POST", b" ", b"/all.atom", b"http://x/", b"*", b" HTTP/1.1", b" HTTP/1.0"),
        *(b"\r\n", b"\r\n\r\n", b"\n", b"\r", b"\x00", b"\t", b":", b": ", b",", b"\xff"),
        *(b"Host: x", b"Host: ", b"Content-Length: 5", b"Transfer-Encoding: chunked", b"X: y"),
        *(b"Connection: close", b"Upgrade: h2c", b"Expect: 100-continue", LINE, PLAIN),
    ]
)
STREAMS = st.lists(PIECES, max_size=12).map(b"".join)


@pytest.mark.parametrize(
    ("head", "handed_on"),
    [
        (PLAIN, b"GET /all.atom HTTP/1.1\r\nhost: x\r\n\r\n"),
        (b"\r\n" + PLAIN, b"GET /all.atom HTTP/1.1\r\nhost: x\r\n\r\n"),
        (b"GET / HTTP/1.0\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n"),
        (b"GET / HTTP/1.1\r\nHost:\r\n\r\n", b"GET / HTTP/1.1\r\nhost: \r\n\r\n"),
        (
            b"GET http://X:80/a?b HTTP/1.1\r\nHost: x:80\r\n\r\n",
            b"GET /a?b HTTP/1.1\r\nhost: x:80\r\n\r\n",
        ),
        (b"GET http://x?b HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /?b HTTP/1.1\r\nhost: x\r\n\r\n"),
        (b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", b"OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n"),
        (
            LINE + b"Host:\tx \r\nUpgrade: a\r\nExpect: b\r\nContent-Length: 00\r\nX:  y\t\r\n\r\n",
            LINE + b"host: x\r\nx: y\r\n\r\n",
        ),
        (
            LINE + b"Host: x\r\nContent-Length: 5\r\nConnection: a\r\n\r\nhello",
            LINE + b"host: x\r\nconnection: a\r\nconnection: close\r\n\r\n",
        ),
    ],
)
def test_what_is_handed_on_can_be_read_in_one_way(head: bytes, handed_on: bytes) -> None:
    """A target is a path, a field one line, and there is no body and no other protocol."""
    read = read_head(head)
    assert isinstance(read, Head)
    assert read.data == handed_on
    assert read.end == head.index(b"\r\n\r\n", 2) + 4


@pytest.mark.parametrize(
    ("part", "status"),
    [
        (b"GET / HTTP/1.1\nHost: x\n\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\r", 400),
        (b"GET /\r\n", 400),
        (b"\x16\x03\x01", 400),
        (b"GET / HTTP/1.1 \r", 400),
        (b"G" * (MOST_LINE + 1), 414),
        (LINE + b"a" * (MOST_BYTES - len(LINE)), 431),
    ],
)
def test_what_is_wrong_already_is_not_waited_for(part: bytes, status: int) -> None:
    """Half a head that cannot become a whole one is refused."""
    assert read_head(part) == Refusal(status)


@pytest.mark.parametrize("value", [b"a\x0b", b"\x0ca", b"a\x0bb", b"a\x00b", b"a\nb"])
def test_what_no_parser_takes_in_a_field_is_refused(value: bytes) -> None:
    """A field that has what some take for white space, and others for none, is none."""
    assert read_head(LINE + b"Host: x\r\nX: %b\r\n\r\n" % value) == Refusal(400)


@pytest.mark.parametrize("part", [b"", b"\r", b"\r\n", b"G", PLAIN[:-1], PLAIN[:-2], PLAIN[:-3]])
def test_half_a_head_is_waited_for(part: bytes) -> None:
    """What can still become a request is no answer yet."""
    assert read_head(part) is None


@pytest.mark.case(110, 111)
@given(STREAMS)
@example(PLAIN)
@example(b"\r\n" + PLAIN)
def test_any_bytes_are_read_in_the_same_way_in_parts(stream: bytes) -> None:
    """What is a request as a whole is one however it comes, and what was refused stays so."""
    whole = read_head(stream)
    for end in range(len(stream)):
        part = read_head(stream[:end])
        if isinstance(whole, Head) and end < whole.end:
            assert part is None
        elif part is not None:
            assert part == whole


@pytest.mark.case(110, 111)
@given(STREAMS, STREAMS)
@example(PLAIN, PLAIN)
def test_what_is_handed_on_is_its_own_end(before: bytes, stream: bytes) -> None:
    """A head that is handed on is read as itself, whatever came before it or comes after."""
    read = read_head(before + stream, len(before))
    if isinstance(read, Head):
        again = read_head(read.data + PLAIN)
        assert isinstance(again, Head)
        assert (again.data, again.end) == (read.data, len(read.data))
        assert read_head(stream) == read._replace(end=read.end - len(before))


@pytest.mark.parametrize(
    "host", [b"", b"x", b"X-1.example:80", b"[::1]", b"[::1]:8", b"[fe80::1%25a]", b"a_b:", b"%C3"]
)
def test_a_host_may_be_a_name_or_an_address(host: bytes) -> None:
    """What RFC 3986 calls a host and a port is one."""
    assert is_host(host)


@pytest.mark.parametrize(
    "host", [b"a/b", b"a?", b"a#", b"a@b", b"a b", b"a:b", b"a:1:2", b"[a", b'"']
)
def test_whatever_ends_a_host_is_in_none(host: bytes) -> None:
    """Nothing that means more in a URL stands in a Host."""
    assert not is_host(host)
