"""What values look like in feeds."""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from urllib.parse import urlsplit

IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%\xa0-\U0010fffd-]+")
_TOKEN = r"[A-Za-z0-9!#$&^_.+-]+"  # noqa: S105
_MEDIA_TYPE = re.compile(rf"{_TOKEN}/{_TOKEN}(\s*;\s*{_TOKEN}=({_TOKEN}|\"[^\"]*\"))*")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_RFC_822 = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")
ADDRESS_OF_MAIL = r"[^\s@()<>]+@[^\s@()<>]+\.[^\s@()<>]+"
MAILBOX = re.compile(rf"{ADDRESS_OF_MAIL} \(.+\)", re.DOTALL)


def is_address(text: str | None) -> bool:
    """Tell whether a text is an absolute http(s) address with a host."""
    if not text or not IRI.fullmatch(text):
        return False
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def is_canonical(iri: str | None) -> bool:
    """Tell whether an IRI is absolute and in its canonical form (RFC 4287, section 4.2.6.1)."""
    if not iri or not IRI.fullmatch(iri) or any(not _is_canonical(x) for x in _escapes(iri)):
        return False
    scheme = iri.partition(":")[0]
    if scheme not in ("http", "https"):
        return scheme == scheme.lower()
    parts = urlsplit(iri)
    host = parts.netloc.rpartition("@")[2]
    ports = {"http": ":80", "https": ":443"}
    dotted = {".", ".."} & set(parts.path.split("/"))
    plain = host == host.lower() and not host.endswith((ports[scheme], ":"))
    return plain and parts.path.startswith("/") and not dotted


def _escapes(iri: str) -> list[str]:
    return re.findall(r"%(.{0,2})", iri)


def _is_canonical(escape: str) -> bool:
    if not re.fullmatch(r"[0-9A-F]{2}", escape):
        return False
    return not re.fullmatch(r"[A-Za-z0-9._~-]", chr(int(escape, 16)))


def is_media_type(text: str | None) -> bool:
    """Tell whether a text is a media type, with or without parameters."""
    return bool(text and _MEDIA_TYPE.fullmatch(text))


def is_language(text: str | None) -> bool:
    """Tell whether a text looks like a tag of BCP 47."""
    return bool(text and _LANGUAGE.fullmatch(text))


def is_number(text: str | None, least: int = 0) -> bool:
    """Tell whether a text is a whole number that is large enough."""
    return bool(text and re.fullmatch(r"[0-9]+", text)) and int(text or 0) >= least


def is_rfc_3339(text: str | None) -> bool:
    """Tell whether a text is a date that exists, as RFC 3339 writes it."""
    if not text or not _RFC_3339.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_rfc_822(text: str | None) -> bool:
    """Tell whether a text is a date in GMT, as RFC 822 writes it, on the right day of the week."""
    if not text or not _RFC_822.fullmatch(text):
        return False
    try:
        return f"{parsedate_to_datetime(text):%a}" == text[:3]
    except ValueError:
        return False


_REFERENCES = frozenset({"href", "src", "cite", "poster", "data", "action", "background"})
_UNSAFE = frozenset({
    "script", "style", "iframe", "frame", "frameset", "form", "input", "button", "textarea",
    "select", "object", "embed", "applet", "base", "link", "meta",
})  # fmt: skip


class _Markup(HTMLParser):
    """Collects what is wrong with HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSAFE:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.found.append(f"{tag} {name}")
            if name in _REFERENCES and not (is_address(value) or str(value).startswith("mailto:")):
                self.found.append(f"{tag} {name}={value!r}")


def wrong_in_html(html: str | None) -> list[str]:
    """Give the elements, attributes and relative references that content must not have."""
    markup = _Markup()
    markup.feed(html or "")
    markup.close()
    return markup.found
