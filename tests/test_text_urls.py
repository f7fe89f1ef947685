"""Which URLs are emitted, and which domains and addresses are the same."""

import re
from urllib.parse import urlsplit

import pytest
from casebook import trying
from hypothesis import given, settings, strategies as st
from w3lib.url import canonicalize_url

from feeds.text.urls import UrlProblem, check_domain, check_url, comparable, host_of

# RFC 3986, section 2: what a URL is written with, `'` left out for attributes in such quotes.
SAFE = re.compile(r"https?://(?:[A-Za-z0-9._~:/?#\[\]@!$&()*+,;=-]|%[0-9A-Fa-f]{2})*")
DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
SCHEMES = ["http", "https", "HTTP", "javascript", "data", "www.", "//", "http://a.example/"]
DELIMITERS = [":", "/", "\\", "?", "#", "@", "&", "%", "%41", "[", "]", ".", "..", "'", '"', "<"]
HOSTS = ["a.example", "m\u00fcnchen.de", "fa\u00df", "::1", "8080", ":99999", "1", "0x7"]
ENTITIES = ["&amp;", "&#38;", "&#x3A;", "&colon;", "amp;", "#38;", "&Tab;", "&#8;", "&num;"]
ODDITIES = ["\u3002", "\uff0e", "\u2488", "\u2100", "\u200b", "\ud800", " ", "\n", "\0"]
PIECES = st.lists(
    st.one_of(*map(st.sampled_from, (SCHEMES, DELIMITERS, HOSTS, ENTITIES, ODDITIES))), max_size=12
).map("".join)
ANYTHING = st.text(alphabet=st.characters() | st.characters(categories=["Cs", "Cc", "Lo", "Mn"]))
URLISH = ANYTHING | PIECES | st.builds("http://{}".format, PIECES | ANYTHING)
modest = settings(max_examples=300, deadline=None)


@pytest.mark.parametrize(
    "url",
    [
        "https://medicalxpress.com/news/2021-06-machine-immunotherapy-effective.html",
        "https://assets.tue.nl/_processed_/0/4/csm_RNAsequencing%20Eduati%20paper.jpeg",
        "https://www.news-medical.net/image.axd?picture=2014%2f7%2f174318220-620x480.jpg",
        "http://example.org",
        "http://example.org?x=1",
        "http://example.org/a/../b/./c/",
        "http://example.org/?b=2&a=1&copy=1&lt=3#fragment",
        "http://example.org/?",
        "http://example.org/a[0]@x:y;z=(1)*!$,+~",
        "http://example.org./",
        "http://my_blog.example.org:8080/",
        "http://-dash.example.org/",
        "http://127.0.0.1/",
        "http://[::1]:80/",
        "http://localhost/",
        "http://xn--mnchen-3ya.de/",
    ],
)
def test_a_good_url_stays_as_written(url: str) -> None:
    """Nothing is reordered, resolved or decoded in a URL that is good."""
    assert check_url(url) == url


@pytest.mark.parametrize(
    ("raw", "url"),
    [
        (" https://a.example/x\u00a0\n", "https://a.example/x"),
        ("\u200ehttps://a.example/x\u200b", "https://a.example/x"),
        ("HTTPS://WWW.A.Example/Path", "https://www.a.example/Path"),
        ("http://a.example/?x=1&#038;y=2&amp;z=3", "http://a.example/?x=1&y=2&z=3"),
        ("http://a.example/?x=1&amp;amp;copy=1", "http://a.example/?x=1&copy=1"),
        *trying(
            pytest.mark.case(25),
            ("http://a.example/a b", "http://a.example/a%20b"),
            ("http://a.example/\"'<>{}|\\^`", "http://a.example/%22%27%3C%3E%7B%7D%7C%5C%5E%60"),
        ),
        ("http://a.example/\u00e9?\u00e9#\u00e9", "http://a.example/%C3%A9?%C3%A9#%C3%A9"),
        ("http://a.example/%C3%A9\u00e9", "http://a.example/%C3%A9%C3%A9"),
        ("http://a.example/100%/%zz/%%41", "http://a.example/100%25/%25zz/%25%41"),
        ("http://a.example:/", "http://a.example/"),
        ("http://a.example:080/", "http://a.example:80/"),
        *trying(
            pytest.mark.case(26),
            ("http://m\u00fcnchen.de/", "http://xn--mnchen-3ya.de/"),
            ("http://M\u00dcNCHEN\u3002DE/", "http://xn--mnchen-3ya.de/"),
            ("http://fa\u00df.de/", "http://xn--fa-hia.de/"),
            ("http://i\u2764.ws/", "http://xn--i-7iq.ws/"),
            ("http://\u0430pple.com/", "http://xn--pple-43d.com/"),
            ("http://\uff11\uff12\uff17.0.0.1/", "http://127.0.0.1/"),
            ("http://[0:0::1]/", "http://[::1]/"),
        ),
    ],
)
def test_a_url_is_made_safe_to_emit(raw: str, url: str) -> None:
    """Space around it, entities, unsafe characters and names in other scripts are repaired."""
    assert check_url(raw) == url


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        *trying(
            pytest.mark.case(24),
            ("", "url-invalid"),
            (" \u200b ", "url-invalid"),
            ("javascript:alert(1)", "url-scheme"),
            (" JaVaScRiPt:alert(1)", "url-scheme"),
            ("&#106;avascript&colon;alert(1)", "url-scheme"),
            ("java\tscript:alert(1)", "url-invalid"),
            ("\x01javascript:alert(1)", "url-invalid"),
            ("vbscript:x", "url-scheme"),
            ("data:text/html,x", "url-scheme"),
            ("file:///etc/passwd", "url-scheme"),
            ("ftp://a.example/", "url-scheme"),
            ("mailto:a@a.example", "url-scheme"),
            ("localhost:8000/x", "url-scheme"),
            ("//a.example/x", "url-relative"),
            ("/offering/aria", "url-relative"),
            ("x.html", "url-relative"),
            ("#x", "url-relative"),
            ("http\u017f://a.example/", "url-relative"),
            ("http:", "url-invalid"),
            ("http:x", "url-invalid"),
            ("http:/a.example/", "url-invalid"),
            ("http://", "url-invalid"),
            ("http:///x", "url-invalid"),
            ("http://?x", "url-invalid"),
        ),
        *trying(
            pytest.mark.case(25),
            ("http://a b/", "url-invalid"),
            ("http://a.example/x\ny", "url-invalid"),
            ("http://a.example/x\ty", "url-invalid"),
            ("http://a.example/\r\nSet-Cookie: x=1", "url-invalid"),
            ("http://a.example/&#13;&#10;Set-Cookie: x=1", "url-invalid"),
            ("http://a.example/\0", "url-invalid"),
            ("http://a.example/\x85x", "url-invalid"),
            ("http://a.example/\ud800", "url-invalid"),
            ("http://a.example/lost\ufffd", "url-invalid"),
        ),
        *trying(
            pytest.mark.case(26),
            ("http://user:pass@a.example/", "url-credentials"),
            ("http://@a.example/", "url-credentials"),
            ("http://a.example\\@b.example/", "url-credentials"),
            ("http://a.example\\b.example/", "url-invalid"),
            ("http://a.example:99999/", "url-invalid"),
            ("http://a.example:0/", "url-invalid"),
            ("http://a.example:80:80/", "url-invalid"),
            ("http://a.example:\uff18\uff10/", "url-invalid"),
            ("http://[::1/", "url-invalid"),
            ("http://[zz]/", "url-invalid"),
            ("http://[fe80::1%25eth0]/", "url-invalid"),
            ("http://::1/", "url-invalid"),
            ("http://a..b/", "url-invalid"),
            ("http://.a/", "url-invalid"),
            ("http://ex%61mple.org/", "url-invalid"),
            ("http://999.1.1.1/", "url-invalid"),
            ("http://2130706433/", "url-invalid"),
            ("http://0x7f.1/", "url-invalid"),
            ("http://a\u2100b.example/", "url-invalid"),
            ("http://a\u2488example/", "url-invalid"),
            (f"http://{'a' * 64}.example/", "url-invalid"),
            ("http://" + "\u00fc" * 60 + ".example/", "url-invalid"),
            ("http://" + "\u00fc." * 900 + "/", "url-invalid"),
            (f"http://{'a.' * 200}example/", "url-invalid"),
            (f"http://a.example/{'x' * 2000}", "url-too-long"),
            (f"http://a.example/{'x' * 10_000}", "url-too-long"),
            ("http://a.example/" + "\u00e9" * 400, "url-too-long"),
            ("x" * 100_000, "url-too-long"),
        ),
    ],
)
def test_a_bad_url_is_refused(raw: str, code: str) -> None:
    """What is no absolute URL of the web, or hides something, has a code that says why."""
    with pytest.raises(UrlProblem) as caught:
        check_url(raw)
    assert caught.value.code == code
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 200


@pytest.mark.case(26)
@pytest.mark.parametrize(
    "raw",
    [
        "http://user:secret@a.example/",
        "http://user:sec/ret@a.example/",
        "http://user:secret@a.example:0/\n",
        "ftp://user:secret@a.example/",
        "user:secret@a.example/",
        "//user:secret@a.example/",
        f"http://user:secret@a.example/{'x' * 2000}",
    ],
)
def test_no_message_tells_a_password(raw: str) -> None:
    """Whatever is wrong with a URL that has credentials, they are not in the message."""
    with pytest.raises(UrlProblem) as caught:
        check_url(raw)
    assert "sec" not in caught.value.message


@pytest.mark.case(24)
@pytest.mark.parametrize(
    ("raw", "url"),
    [
        ("/offering/aria", "https://b.example/offering/aria"),
        ("x y", "https://b.example/d/x%20y"),
        ("../z/./w", "https://b.example/z/w"),
        ("?q=1", "https://b.example/d/e?q=1"),
        ("#f", "https://b.example/d/e#f"),
        ("//c.example/", "https://c.example/"),
        ("http://c.example/../x", "http://c.example/../x"),
        ("\\\\c.example\\x", "https://b.example/d/%5C%5Cc.example%5Cx"),
    ],
)
def test_a_relative_url_is_resolved_against_a_base(raw: str, url: str) -> None:
    """With a base, relative references are resolved as RFC 3986, section 5, says."""
    assert check_url(raw, base="https://b.example/d/e") == url


@pytest.mark.case(24)
@pytest.mark.parametrize(
    ("raw", "base", "code"),
    [
        ("", "https://b.example/", "url-invalid"),
        ("javascript:x", "https://b.example/", "url-scheme"),
        ("http:x", "https://b.example/", "url-invalid"),
        ("//u:p@c.example/", "https://b.example/", "url-credentials"),
        ("//[", "https://b.example/", "url-invalid"),
        ("x", "file:///etc/", "url-scheme"),
        ("x", "/etc/", "url-relative"),
        ("x" * 1990, "https://b.example/", "url-too-long"),
    ],
)
def test_a_base_makes_nothing_bad_good(raw: str, base: str, code: str) -> None:
    """What comes out of resolving is checked like any other URL."""
    with pytest.raises(UrlProblem) as caught:
        check_url(raw, base=base)
    assert caught.value.code == code


@pytest.mark.case(26)
def test_the_limit_holds_for_what_comes_out() -> None:
    """A URL may have as many characters as the limit says, and not one more."""
    assert len(check_url("http://a.example/\u00e9", limit=23)) == 23
    with pytest.raises(UrlProblem, match="more than 22 characters"):
        check_url("http://a.example/\u00e9", limit=22)


@pytest.mark.case(24, 25, 26)
@given(URLISH, st.sampled_from([None, "https://b.example/d/e?q&x=1"]))
@modest
def test_every_checked_url_is_safe_and_stays(raw: str, base: str | None) -> None:
    """Any text is refused with a problem, or gives a safe URL that a second check leaves alone."""
    try:
        url = check_url(raw, base=base)
    except UrlProblem:
        return
    assert SAFE.fullmatch(url)
    assert len(url) <= 2000
    parts = urlsplit(url)
    assert parts.scheme in {"http", "https"}
    assert parts.hostname
    assert parts.username is None
    assert parts.port is None or parts.port > 0
    assert check_url(url) == url
    assert host_of(url)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.News.example/x", "news.example"),
        ("http://a.example:8080", "a.example"),
        ("http://a.example.?x", "a.example"),
        ("http://[::1]:80/", "--1"),
        ("http://www.com/", "www.com"),
        ("http://www.www.a.example/", "a.example"),
        ("/relative", ""),
        ("", ""),
    ],
)
def test_the_host_of_a_url(url: str, host: str) -> None:
    """The host is in lower case, without port and `www.`, and nothing where there is none."""
    assert host_of(url) == host


@pytest.mark.case(27)
@pytest.mark.parametrize(
    ("raw", "domain"),
    [
        ("medicalxpress.com", "medicalxpress.com"),
        (" WWW.MedicalXpress.COM. ", "medicalxpress.com"),
        ("https://www.example.org/path?x", "example.org"),
        ("example.org:8080", "example.org"),
        ("example.org/path", "example.org"),
        ("m\u00fcnchen.de", "xn--mnchen-3ya.de"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("www.com", "www.com"),
        ("..", None),
        ("../x", None),
        ("/etc", None),
        ("a/b", None),
        ("N/A", None),
        ("a\\b", None),
        ("", None),
        (".", None),
        ("-", None),
        ("\0", None),
        ("%2e%2e", None),
        ("a..b", None),
        ("-a.example", None),
        ("a-.example", None),
        ("a_b.example", None),
        ("a b.example", None),
        ("user@a.example", None),
        ("https://user:pass@a.example/", None),
        ("1.5", None),
        ("[::1]", None),
        ("x" * 300, None),
        ("a." * 130 + "example", None),
        ("Armed robbery in Revesby", None),
    ],
)
def test_a_domain_is_a_name_or_nothing(raw: str, domain: str | None) -> None:
    """A domain comes out normalized and fit to be a file's name, or not at all."""
    assert check_domain(raw) == domain


@pytest.mark.case(27)
@given(URLISH)
@modest
def test_every_domain_is_safe_and_stays(raw: str) -> None:
    """Any text gives None or a domain that a second check leaves alone."""
    domain = check_domain(raw)
    if domain is not None:
        assert DOMAIN.fullmatch(domain)
        assert len(domain) <= 253
        assert check_domain(domain) == domain


@pytest.mark.case(31)
@pytest.mark.parametrize(
    "urls",
    [
        ("http://a.example/x", "https://www.A.example:443/x/", "https://a.example/x#comments"),
        ("http://a.example", "http://a.example/", "http://a.example/?"),
        ("http://a.example/?b=2&a=1", "http://a.example/?a=1&b=2&utm_source=x&UTM_Medium=y"),
        ("http://a.example/x", "http://a.example/x?fbclid=1&gclid=2&mc_cid=3&ref_src=4&cmpid=5"),
        ("http://a.example/~x", "http://a.example/%7Ex", "http://a.example/%7ex"),
        ("http://a.example/?q=a+b", "http://a.example/?q=a%20b"),
    ],
)
def test_addresses_of_one_article_are_comparable(urls: tuple[str, ...]) -> None:
    """Scheme, `www.`, order, tracking, slash and fragment make no other article."""
    assert len({comparable(url) for url in urls}) == 1


@pytest.mark.case(31)
@pytest.mark.parametrize(
    "urls",
    [
        ("http://a.example/x", "http://b.example/x", "http://a.example/y"),
        ("http://a.example/?id=1", "http://a.example/?id=2", "http://a.example/"),
        ("http://a.example/x", "http://a.example:8080/x"),
        ("http://a.example/a%2Fb", "http://a.example/a/b"),
        ("http://a.example/#!/a", "http://a.example/#!/b"),
    ],
)
def test_addresses_of_other_articles_are_not(urls: tuple[str, ...]) -> None:
    """Host, port, path, other parameters and a script's route do make another article."""
    assert len({comparable(url) for url in urls}) == len(urls)


PLAIN_ADDRESSES = st.from_regex(
    r"https?://([a-z0-9-]{1,4}\.|www\.|xn--[a-z]{1,5}\.){1,3}[a-z]{2,5}"
    r"(/[A-Za-z0-9._~-]{0,4}|/\.\.?){0,4}",
    fullmatch=True,
)


@given(PLAIN_ADDRESSES)
@modest
def test_plain_domains_are_read_as_all_are(url: str) -> None:
    """The short way for domains that are plain gives what the long one gives."""
    domain = url.split("/")[2]
    assert check_domain(domain) == check_domain(f" {domain}")


@given(PLAIN_ADDRESSES)
@modest
def test_plain_addresses_are_compared_as_all_are(url: str) -> None:
    """The short way for addresses that are plain gives what the long one gives."""
    assert comparable(url) == comparable(f"{url}?utm_source=x") == comparable(f"{url}#y")


@given(URLISH)
@modest
def test_anything_can_be_compared(raw: str) -> None:
    """Comparing and asking for a host never fail, whatever the text."""
    assert comparable(raw) == comparable(raw)
    assert isinstance(host_of(raw), str)


@given(
    st.from_regex(
        r"https?://([a-zA-Z0-9-]{1,8}\.){1,3}[a-z]{2,4}(:[0-9]{1,3})?(/[A-Za-z0-9._~%-]{0,4}){0,4}"
        r"/?(\?[a-z=&]{0,5})?(#[a-z!/]{0,4})?",
        fullmatch=True,
    )
)
def test_what_is_canonical_already_has_the_key_that_canonical_form_gives(url: str) -> None:
    """No URL gets another key by being found canonical at a glance."""
    assert comparable(url) == comparable(canonicalize_url(url, keep_fragments=True))
    # A query that says nothing keeps it from being found so.
    if "?" not in url and "#" not in url:
        assert comparable(url) == comparable(f"{url}?utm_source=x")
