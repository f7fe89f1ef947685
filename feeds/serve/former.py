"""What is answered where nothing is published: redirects, and that it is gone."""

from collections.abc import Mapping
from urllib.parse import quote

from feeds.http.coding import IDENTITY
from feeds.model import Gone, Redirect
from feeds.publish.policy import Fields
from feeds.serve.prepared import Answer, Prepared

# RFC 3986, section 3.3.
_PATH = "/-._~!$&'()*+,;=:@"
_TEXT = "text/plain; charset=utf-8"


def former_answer(
    former: Redirect | Gone, path: str, last: Prepared | None, fields: Fields
) -> Answer:
    """Give what is answered under a former path, with these fields.

    `last` has the last words of what is gone in memory, where there are any.
    """
    if isinstance(former, Redirect):
        below = path[len(former.path) - 1 :] if former.path.endswith("/*") else ""
        return _redirected(former.status, former.target + quote(below, safe=_PATH), fields)
    body = last.body(IDENTITY) if last else None
    if last is None or body is None:
        return _answer(410, _TEXT, b"gone\n", fields)
    return _answer(410, last.published.media_type, body, fields)


def folder_answer(path: str, fields: Fields) -> Answer:
    """Lead from a path to the page that is there with a slash at its end.

    The reference is relative: what is before the last part, and on which host, is nothing that
    counts (RFC 9110, 10.2.2).
    """
    return _redirected(308, f"./{quote(path.rpartition('/')[2], safe=_PATH)}/", fields)


def redirect_answer(target: str, fields: Fields) -> Answer:
    """Lead to the one address of what was asked for, by a reference relative to its own."""
    return _redirected(301, target, fields)


def text_answer(status: int, text: str, fields: Fields) -> Answer:
    """Give a short answer to whoever asked, with these fields."""
    return _answer(status, _TEXT, f"{text}\n".encode(), fields)


def _redirected(status: int, target: str, fields: Fields) -> Answer:
    """Lead to a URL, or a reference, that means the same whatever stands before us."""
    word = "for now" if status == 302 else "permanently"  # noqa: PLR2004 - RFC 9110
    body = f"moved {word} to {target}\n".encode()
    return _answer(status, _TEXT, body, {**fields, "location": target})


def _answer(status: int, media_type: str, body: bytes, fields: Mapping[str, str]) -> Answer:
    headers = {"content-type": media_type, "content-length": str(len(body)), **fields}
    raw = tuple((name.encode("ascii"), value.encode("ascii")) for name, value in headers.items())
    return Answer(status, raw, body)
