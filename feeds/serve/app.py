"""The ASGI application: one look-up among prepared answers, before any routing."""

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from feeds.http.coding import accepted_codings
from feeds.http.conditional import is_not_modified
from feeds.http.delta import takes_delta
from feeds.http.heeded import Heeded, heeded
from feeds.http.plain import PlainRequest
from feeds.publish.policy import NOT_FOUND, SAFE
from feeds.serve.delta import Deltas, has_parts, own
from feeds.serve.prepared import Answer, Prepared
from feeds.serve.publication import Publication

_RETRY_SECONDS = 5
_PREFLIGHT_SECONDS = 86_400


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

    def answer_at_once(self, request: PlainRequest) -> Answer | None:
        """Give the answer to a plain request where there is nothing to wait for, else None.

        It is the one that a call gives; where there is none, the request is for a call.
        """
        publication = self._served.publication
        prepared = publication.get(request.path) if publication else None
        return answered(prepared, request.asked) if prepared else None

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
    asked = heeded(scope["headers"])
    answer = answered(prepared, asked)
    if answer is None:
        await _NOT_ACCEPTABLE(scope, receive, send)
        return
    if deltas and has_parts(prepared) and takes_delta(scope["headers"]):
        answer = _answer_to_reader(answer, prepared, deltas, scope["method"], asked)
    await _send(answer, scope, send)


def answered(prepared: Prepared, asked: Heeded) -> Answer | None:
    """Choose the answer to a GET or HEAD with these fields; None where none is acceptable.

    That comes before any condition: there is nothing then that could be unmodified (RFC 9110,
    13.2.1).
    """
    variant = prepared.choose(accepted_codings(asked.accept_encoding))
    if variant is None:
        return None
    is_unchanged = is_not_modified(
        if_none_match=asked.if_none_match,
        if_modified_since=asked.if_modified_since,
        etag=prepared.etag,
        last_modified=prepared.last_modified,
    )
    return variant.unchanged if is_unchanged else variant.whole


def _answer_to_reader(
    answer: Answer, prepared: Prepared, deltas: Deltas, method: str, asked: Heeded
) -> Answer:
    """Answer a reader that takes new entries alone: with these, or so that he can be next time."""
    part = None
    if answer.body and method == "GET":
        codings = accepted_codings(asked.accept_encoding)
        part = deltas.find(prepared, asked.if_none_match, codings, len(answer.body))
    return part or Answer(answer.status, own(answer.headers), answer.body)


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
