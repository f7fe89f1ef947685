"""Any text as the address of an article, a picture or a file."""

from collections.abc import Iterable
from urllib.parse import urlsplit

import test_text_urls
from fuzz.kept import text_of, tried_in
from test_text_urls import DELIMITERS, ENTITIES, HOSTS, SAFE, SCHEMES

from feeds.text.urls import UrlProblem, check_domain, check_url, comparable, host_of

LONGEST = 400
WORDS = [*SCHEMES, *DELIMITERS, *HOSTS, *ENTITIES, "utm_source=", "#!/", "\u3002", "\u200b"]
BASE = "https://b.example/d/e"


def seeds() -> Iterable[bytes]:
    """Give addresses of all kinds."""
    yield from tried_in(test_text_urls)
    yield b"https://a.example/b?c=1&amp;utm_source=x#!/d"
    yield b"HTTP://user:secret@a.example:80/"
    yield "//m\u00fcnchen.de/\u00fc%zz".encode()
    yield b"http://[::1]:8080/../x"
    yield b"../y?z"


def check(data: bytes) -> None:
    """See that a checked URL is of the web, stays the same, and splits as it was checked."""
    text = text_of(data)
    for base in (None, BASE):
        try:
            url = check_url(text, base=base)
        except UrlProblem as problem:
            assert problem.message.isprintable()
            continue
        assert SAFE.fullmatch(url), url
        assert check_url(url) == check_url(f" {url} ", base=BASE) == url
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.port != 0
        assert parts.username is parts.password is None
        assert host_of(url)
        assert comparable(url) == comparable(url + ("" if parts.fragment else "#x"))
    assert comparable(text) == comparable(text)
    domain = check_domain(text)
    assert domain is None or check_domain(domain) == check_domain(f"https://{domain}/") == domain
