"""URLs that are safe to emit, the domains they are from, and when two mean one article.

A URL that comes out of `check_url` is ASCII, absolute, `http` or `https`, without credentials,
and cannot break out of a header, an attribute or a line.
"""

import re
from encodings.idna import ToASCII, nameprep
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import Literal
from urllib.parse import urljoin

from feeds.text.clean import decode_entities, shown

UrlCode = Literal["url-invalid", "url-relative", "url-credentials", "url-too-long", "url-scheme"]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_ABSOLUTE = re.compile(r"([Hh][Tt][Tt][Pp][Ss]?)://([^/?#]*)(.*)", re.DOTALL)
_AUTHORITY = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]{0,5}))?")

# RFC 1123, section 2.1, and the underscores and outer hyphens that hosts on the web do have.
_HOST = re.compile(r"(?=.{1,254}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?")
_LABEL = "(?!-)[a-z0-9-]{1,63}+(?<!-)"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
# URL Standard, section 3.5: such a host is an IPv4 address or nothing.
_ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?")

# Nothing to decode, to encode or to look at twice: a shortcut for nine URLs of ten.
_PLAIN = re.compile(
    rf"https?://(?=[^/]{{1,253}}/)(?:{_LABEL}\.)++[a-z]{{2,63}}/[A-Za-z0-9/._~!$()*+,;=:@?#-]*+"
)
# The same of domains.
_PLAIN_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)++[a-z]{{2,63}}")
# An address of which `comparable` leaves out no more than scheme, `www.` and last slash, as of
# most; to find that out otherwise takes twenty times as long.
_COMPARABLE = re.compile(
    rf"https?://((?:{_LABEL}\.)++[a-z]{{2,63}})((?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*+)*+)/?"
)
# U+FFFD stands where a character was lost, so the URL is not the one that was meant.
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")
_UNSAFE = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9/._~!$()*+,;=:@?#&%\[\]-]")
_PASTED = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"

# Characters that IDNA 2008 encodes but the standard library's IDNA 2003 changes or drops, so
# that `faß.de` would become another site's `fass.de` (RFC 5894, section 7.2).
_DEVIATIONS = re.compile("([\u00df\u03c2\u200c\u200d])")
_DOTS = re.compile("[.\u3002\uff0e\uff61]")

_TRACKING = re.compile(
    r"utm_.*|mtm_.*|hsa_.*|_hsenc|_hsmi|__twitter_impression|cmp|cmpid|dclid|fbclid|gbraid"
    r"|gclid|gclsrc|guccounter|guce_referrer|guce_referrer_sig|igsh|igshid|mc_cid|mc_eid"
    r"|mkt_tok|msclkid|ncid|ocid|oly_enc_id|ref_src|ref_url|s_cid|smid|soc_src|soc_trk|srsltid"
    r"|ttclid|twclid|vero_id|wbraid|wt\.mc_id|xtor|yclid"
)


class UrlProblem(ValueError):
    """Why a text is not a URL that may be emitted; its message quotes no credentials."""

    def __init__(self, code: UrlCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def check_url(raw: str, *, base: str | None = None, limit: int = 2000) -> str:
    """Give an absolute http or https URL in ASCII of at most `limit` characters (RFC 3986).

    Entities in it are decoded and what a URL must not hold is percent-encoded; otherwise it
    stays as written, and a checked URL stays the same when it is checked again. One that is
    not absolute is resolved against `base`. Raises `UrlProblem`.
    """
    if len(raw) <= limit and _PLAIN.fullmatch(raw):
        return raw
    url = _decoded(raw, limit)
    if not _SCHEME.match(url):
        url = _decoded(_joined(base, url), limit)
    checked = _absolute(url)
    if len(checked) > limit:
        raise UrlProblem("url-too-long", f"{_shown(url)} has more than {limit} characters")
    return checked


def host_of(url: str) -> str:
    """Give the host of an absolute URL in lower case, without port and `www.`; else nothing.

    The colons of an IPv6 address become hyphens: a host is also the name of a file.
    """
    found = _ABSOLUTE.fullmatch(url)
    authority = _AUTHORITY.fullmatch(found[2].rpartition("@")[2]) if found else None
    host = authority[1].lower().strip("[].").replace(":", "-") if authority else ""
    return _without_www(host)


def check_domain(raw: str) -> str | None:
    """Give the domain that a text names, normalized, or None when it names none.

    It is in lower case and punycode, without `www.`, trailing dot, scheme, port and path,
    of at most 253 characters, and safe as a file's name.
    """
    if _PLAIN_DOMAIN.fullmatch(raw):
        return _without_www(raw)
    text = raw.strip()
    found = _ABSOLUTE.fullmatch(text)
    name, slash, _ = text.partition("/")
    if found is None and slash and "." not in name:
        return None  # `N/A` and `and/or` are no hosts with a path
    authority = _AUTHORITY.fullmatch(found[2] if found else name)
    try:
        host = _host(authority[1]) if authority else ""
    except ValueError:
        return None
    domain = _without_www(host.removesuffix("."))
    return domain if _DOMAIN.fullmatch(domain) else None


@lru_cache(maxsize=16_384)
def comparable(url: str) -> str:
    """Give the key under which two URLs are the same article; it is never emitted.

    Scheme, `www.`, default port, tracking parameters, trailing slash and fragment are left
    out, unless the fragment is the route of a script (`#!/…`, `#/…`); the query is sorted.
    """
    if found := _COMPARABLE.fullmatch(url):
        return f"{_without_www(found[1])}{found[2]}"
    # Loaded for the rare address only: it takes longer to load than a hundred documents to read.
    from w3lib.url import canonicalize_url  # noqa: PLC0415

    try:
        canonical = canonicalize_url(url, keep_fragments=True)
    except ValueError:
        canonical = url
    found = _ABSOLUTE.fullmatch(canonical)
    if found is None:
        return canonical
    address, _, fragment = found[3].partition("#")
    path, _, query = address.partition("?")
    kept = "&".join(pair for pair in query.split("&") if pair and not _is_tracking(pair))
    host = _without_www(found[2].lower().removesuffix(":80").removesuffix(":443"))
    route = f"#{fragment}" if fragment.startswith(("!", "/")) else ""
    return f"{host}{path.rstrip('/')}{'?' if kept else ''}{kept}{route}"


def _decoded(raw: str, limit: int) -> str:
    """Decode entities until none is left, so that checking twice changes nothing."""
    url = raw.strip()
    if len(url) > limit:
        raise UrlProblem("url-too-long", f"{_shown(url)} has more than {limit} characters")
    while (decoded := decode_entities(url)) != url:
        url = decoded
    url = url.strip().strip(_PASTED).strip()
    if not url:
        raise UrlProblem("url-invalid", "an empty text is not a URL")
    if _FORBIDDEN.search(url):
        raise UrlProblem("url-invalid", f"{_shown(url)} has a character that no URL may have")
    return url


def _joined(base: str | None, url: str) -> str:
    if base is None:
        raise UrlProblem("url-relative", f"{_shown(url)} is not an absolute URL")
    try:
        return urljoin(base, url)
    except ValueError:
        raise UrlProblem("url-invalid", f"{_shown(url)} is not a URL") from None


def _absolute(url: str) -> str:
    scheme = _SCHEME.match(url)
    if scheme is None:
        raise UrlProblem("url-relative", f"{_shown(url)} is not an absolute URL")
    if scheme[1].lower() not in {"http", "https"}:
        raise UrlProblem("url-scheme", f"{_shown(url)} is neither http nor https")
    parts = _ABSOLUTE.fullmatch(url)
    if parts is None:
        raise UrlProblem("url-invalid", f"{_shown(url)} names no host")
    if "@" in parts[2]:
        raise UrlProblem("url-credentials", f"{_shown(url)} has a user name or password")
    try:
        authority = _authority(parts[2])
    except ValueError:
        raise UrlProblem("url-invalid", f"{_shown(url)} has no valid host and port") from None
    return f"{parts[1].lower()}://{authority}{_UNSAFE.sub(_percent, parts[3])}"


def _authority(raw: str) -> str:
    """Normalize a host with or without a port; raises ValueError."""
    parts = _AUTHORITY.fullmatch(raw)
    if parts is None or (parts[2] and not 1 <= int(parts[2]) <= 65535):  # noqa: PLR2004
        raise ValueError(raw)
    return _host(parts[1]) + (f":{int(parts[2])}" if parts[2] else "")


def _host(raw: str) -> str:
    """Give a host in lower case and punycode; raises ValueError."""
    if raw.startswith("[") and "%" not in raw:
        return f"[{IPv6Address(raw[1:-1])}]"
    host = raw.lower() if raw.isascii() else _punycode(raw)
    if _ENDS_IN_NUMBER.fullmatch(host):
        host = str(IPv4Address(host))
    if not _HOST.fullmatch(host):
        raise ValueError(raw)
    return host


def _punycode(host: str) -> str:
    if len(host) > 253:  # noqa: PLR2004 - RFC 1035, section 2.3.4; encoding takes quadratic time
        raise ValueError(host)
    return ".".join(_punycode_label(label) for label in _DOTS.split(host)).lower()


def _punycode_label(label: str) -> str:
    if _DEVIATIONS.search(label):
        pieces = _DEVIATIONS.split(label.lower())
        prepared = "".join(p if _DEVIATIONS.match(p) else nameprep(p) for p in pieces)
        return f"xn--{prepared.encode('punycode').decode('ascii')}"
    encoded = ToASCII(label).decode("ascii") if label else ""
    if "." in encoded:
        raise ValueError(label)
    return encoded


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())


def _shown(url: str) -> str:
    """Quote a URL for a message, without anything that may be a password."""
    _, at, rest = url.rpartition("@")
    return shown(f"\u2026@{rest}" if at else url)


def _without_www(host: str) -> str:
    """Drop `www.` where a name with a dot remains: `www.com` is a site of its own."""
    while host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    return host


def _is_tracking(pair: str) -> bool:
    return _TRACKING.fullmatch(pair.partition("=")[0].lower()) is not None
