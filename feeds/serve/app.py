"""The ASGI application: one look-up among prepared answers, before any routing."""

from collections.abc import Mapping, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from feeds.http.coding import accepted_codings
from feeds.http.conditional import is_not_modified
from feeds.http.delta import takes_delta
from feeds.publish.policy import NOT_FOUND, SAFE
from feeds.serve.delta import Deltas, has_parts, own
from feeds.serve.prepared import Answer, Prepared, Variant
from feeds.serve.publication import Publication

_RETRY_SECONDS = 5
_PREFLIGHT_SECONDS = 86_400

RawHeaders = list[tuple[bytes, bytes]]


class Served:
    """What is served now; every request reads `publication` once, so that none sees two."""

    __slots__ = ("publication",)

    def __init__(self, publication: Publication | None = None) -> None:
        self.publication = publication

    def swap(self, publication: Publication) -> None:
        """Serve this publication from the next request on, from whatever thread."""
        self.publication = publication


class FeedsApp:
    """The ASGI 3 application that answers from what `served` holds."""

    __slots__ = ("_before", "_beside", "_served")

    def __init__(self, served: Served) -> None:
        self._served = served
        self._before = _elsewhere(_NOT_READY, _NOT_READY)
        self._beside = _elsewhere(_READY, _NOT_FOUND)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; neither its query nor its Host has any effect."""
        publication = self._served.publication
        if publication is None or scope["type"] != "http":
            await self._before(scope, receive, send)
        elif (prepared := publication.find(scope["path"])) is None:
            await self._beside(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await (_PREFLIGHT if _is_feed(prepared) else _OPTIONS)(scope, receive, send)
        elif scope["method"] not in {"GET", "HEAD"}:
            await _NOT_ALLOWED(scope, receive, send)
        elif isinstance(prepared, Answer):
            await _send(prepared, scope, send)
        else:
            await _send_prepared(prepared, publication.deltas, scope, receive, send)


def _is_feed(answer: Prepared | Answer) -> bool:
    return isinstance(answer, Prepared) and answer.said.is_feed


async def _send(answer: Answer, scope: Scope, send: Send) -> None:
    body = b"" if scope["method"] == "HEAD" else answer.body
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": body})


async def _send_prepared(
    prepared: Prepared, deltas: Deltas | None, scope: Scope, receive: Receive, send: Send
) -> None:
    headers: RawHeaders = scope["headers"]
    accepted = accepted_codings(_lines(headers, b"accept-encoding"))
    variant = prepared.choose(accepted)
    if variant is None:
        # Before any condition: there is nothing that could be unmodified (RFC 9110, 13.2.1).
        await _NOT_ACCEPTABLE(scope, receive, send)
        return
    answer = _answer(prepared, variant, headers)
    if deltas and has_parts(prepared) and takes_delta(headers):
        answer = _answer_to_reader(answer, prepared, deltas, scope, accepted)
    await _send(answer, scope, send)


def _answer(prepared: Prepared, variant: Variant, headers: RawHeaders) -> Answer:
    if _is_not_modified(prepared, headers):
        return Answer(304, variant.unchanged_headers, b"")
    return Answer(200, variant.headers, variant.body)


def _answer_to_reader(
    answer: Answer, prepared: Prepared, deltas: Deltas, scope: Scope, codings: Sequence[str]
) -> Answer:
    """Answer a reader that takes new entries alone: with these, or so that he can be next time."""
    part = None
    if answer.body and scope["method"] == "GET":
        tags = _joined(_lines(scope["headers"], b"if-none-match"))
        part = deltas.find(prepared, tags, codings, len(answer.body))
    return part or answer._replace(headers=own(answer.headers))


def _is_not_modified(prepared: Prepared, headers: RawHeaders) -> bool:
    tags = _lines(headers, b"if-none-match")
    dates = _lines(headers, b"if-modified-since")
    if not tags and not dates:
        return False
    return is_not_modified(
        if_none_match=_joined(tags),
        if_modified_since=_joined(dates),
        etag=prepared.etag,
        last_modified=prepared.last_modified,
    )


def _lines(headers: RawHeaders, wanted: bytes) -> list[bytes]:
    return [value for name, value in headers if name == wanted]


def _joined(lines: list[bytes]) -> str | None:
    """Join a field that may stand on several lines (RFC 9110, section 5.3)."""
    return b", ".join(lines).decode("latin-1") if lines else None


def _plain(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    """Make a short answer that no cache keeps unless `headers` say otherwise."""
    fields = {"cache-control": "no-store", **SAFE, **(headers or {})}
    return PlainTextResponse(text + "\n", status, fields)


_ALLOW = {"allow": "GET, HEAD, OPTIONS"}
_OPTIONS = Response(status_code=204, headers=_ALLOW | {"x-content-type-options": "nosniff"})

# A script that asks with a condition is asked for first whether it may. What negotiates a
# coding is the browser's own and needs no leave; A-IM is how feed readers ask for what is new
# (RFC 3229), and may be there whether or not it has an effect.
_PREFLIGHT = Response(
    status_code=204,
    headers={
        **_OPTIONS.headers,
        "access-control-allow-origin": "*",
        "access-control-allow-methods": _ALLOW["allow"],
        "access-control-allow-headers": "If-None-Match, If-Modified-Since, A-IM",
        "access-control-max-age": str(_PREFLIGHT_SECONDS),
    },
)
_NOT_ALLOWED = _plain(405, "method not allowed", _ALLOW)
_NOT_ALLOWED_HERE = _plain(405, "method not allowed", {"allow": "GET, HEAD"})
_NOT_FOUND = _plain(404, "not found", NOT_FOUND)
_NOT_ACCEPTABLE = _plain(
    406, "no acceptable content coding: br, zstd, gzip, identity", {"vary": "Accept-Encoding"}
)
_NOT_READY = _plain(503, "no publication yet", {"retry-after": str(_RETRY_SECONDS)})
_READY = _plain(200, "ready")
_ALIVE = _plain(200, "alive")


def _elsewhere(readiness: Response, missing: Response) -> Starlette:
    """Make what answers where nothing is published: the health of the server, and errors."""

    async def alive(_request: Request) -> Response:
        return _ALIVE

    async def ready(_request: Request) -> Response:
        return readiness

    async def not_found(_request: Request, _error: Exception) -> Response:
        return missing

    async def not_allowed(_request: Request, _error: Exception) -> Response:
        return _NOT_ALLOWED_HERE

    app = Starlette(
        routes=[Route("/healthz", alive), Route("/readyz", ready)],
        exception_handlers={404: not_found, 405: not_allowed},
    )
    # A redirect to the path without its slash would be made from the Host that the client sent.
    app.router.redirect_slashes = False
    return app
