"""What is answered where nothing is published any more: redirects, and that it is gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from feeds.model import FormerAddresses, Gone, Published, Redirect

# RFC 3986, section 3.3.
_PATH = "/-._~!$&'()*+,;=:@"
_TEXT = "text/plain; charset=utf-8"
_MOST_PATH = 4_096


@dataclass(frozen=True, slots=True)
class FormerAnswer:
    """An answer that is no resource's: status, headers as ASGI wants them, and body."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class _Resource(Protocol):
    """What the body of a 410 is taken from."""

    published: Published
    bodies: Mapping[str, bytes]


class FormerAnswers:
    """Answers for former addresses; `resources` are by URL path, `max_age` is in seconds."""

    __slots__ = ("_former", "_max_age", "_resources")

    def __init__(
        self, former: FormerAddresses, resources: Mapping[str, _Resource], max_age: int
    ) -> None:
        self._former = former
        self._resources = resources
        self._max_age = max_age

    def get(self, url_path: str) -> FormerAnswer | None:
        """Give what is answered under a path, its percent signs decoded; None if nothing is."""
        path = url_path.removeprefix("/")
        if len(path) > _MOST_PATH:
            return None
        match self._former.find(path):
            case Redirect() as redirect:
                below = path[len(redirect.path) - 1 :] if redirect.path.endswith("/*") else ""
                return self._redirected(redirect, redirect.target + quote(below, safe=_PATH))
            case Gone() as gone:
                return self._gone(gone)
            case None:
                return None

    def _redirected(self, redirect: Redirect, target: str) -> FormerAnswer:
        """Lead to an absolute URL, which means the same whatever stands before us (10.2.2)."""
        word = "permanently" if redirect.status == 301 else "for now"  # noqa: PLR2004 - RFC 9110
        body = f"moved {word} to {target}\n".encode()
        return self._answer(redirect.status, _TEXT, body, {"location": target})

    def _gone(self, gone: Gone) -> FormerAnswer:
        """Say that there will be nothing any more, with the last words where there are any."""
        last = self._resources.get(f"/{gone.body}") if gone.body else None
        if last is None:
            return self._answer(410, _TEXT, b"gone\n", {})
        return self._answer(410, last.published.media_type, last.bodies["identity"], {})

    def _answer(
        self, status: int, media_type: str, body: bytes, fields: Mapping[str, str]
    ) -> FormerAnswer:
        # Without a limit caches would keep a 301 or 410 as long as they like (RFC 9110, 15.4.2),
        # and a mistake in the configuration would be for good.
        headers = {
            "content-type": media_type,
            "content-length": str(len(body)),
            "cache-control": f"max-age={self._max_age}",
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'; sandbox",
            "access-control-allow-origin": "*",
            **fields,
        }
        raw = tuple(
            (name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()
        )
        return FormerAnswer(status, raw, body)


NOTHING_FORMER = FormerAnswers(FormerAddresses(), {}, 0)
