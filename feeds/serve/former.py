"""What is answered where nothing is published any more: redirects, and that it is gone."""

from collections.abc import Mapping
from typing import Protocol
from urllib.parse import quote

from feeds.model import FormerAddresses, Gone, Published, Redirect
from feeds.publish.policy import Fields
from feeds.serve.prepared import Answer

# RFC 3986, section 3.3.
_PATH = "/-._~!$&'()*+,;=:@"
_TEXT = "text/plain; charset=utf-8"
_MOST_PATH = 4_096


class _Resource(Protocol):
    """What the body of a 410 is taken from."""

    published: Published
    bodies: Mapping[str, bytes]


class FormerAnswers:
    """Answers for former addresses, with these fields; `resources` are by URL path."""

    __slots__ = ("_fields", "_former", "_resources")

    def __init__(
        self, former: FormerAddresses, resources: Mapping[str, _Resource], fields: Fields
    ) -> None:
        self._former = former
        self._resources = resources
        self._fields = fields

    def get(self, url_path: str) -> Answer | None:
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

    def _redirected(self, redirect: Redirect, target: str) -> Answer:
        """Lead to an absolute URL, which means the same whatever stands before us (10.2.2)."""
        word = "permanently" if redirect.status == 301 else "for now"  # noqa: PLR2004 - RFC 9110
        body = f"moved {word} to {target}\n".encode()
        return self._answer(redirect.status, _TEXT, body, {"location": target})

    def _gone(self, gone: Gone) -> Answer:
        """Say that there will be nothing any more, with the last words where there are any."""
        last = self._resources.get(f"/{gone.body}") if gone.body else None
        if last is None:
            return self._answer(410, _TEXT, b"gone\n", {})
        return self._answer(410, last.published.media_type, last.bodies["identity"], {})

    def _answer(
        self, status: int, media_type: str, body: bytes, fields: Mapping[str, str]
    ) -> Answer:
        headers = {
            "content-type": media_type,
            "content-length": str(len(body)),
            **self._fields,
            **fields,
        }
        raw = tuple(
            (name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()
        )
        return Answer(status, raw, body)


NOTHING_FORMER = FormerAnswers(FormerAddresses(), {}, {})
