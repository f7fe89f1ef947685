"""The ASGI application: one look-up among prepared answers, before any routing."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from feeds.catalog import Unsearchable
from feeds.http.coding import IDENTITY
from feeds.http.delta import takes_delta
from feeds.http.heeded import heeded
from feeds.http.plain import PlainRequest
from feeds.publish.destination import OutOfReach
from feeds.publish.policy import NOT_FOUND, SAFE
from feeds.serve.answering import answered, send_answer
from feeds.serve.asking import Asking
from feeds.serve.delta import has_parts, own
from feeds.serve.files import Unmatched
from feeds.serve.operator import private_page
from feeds.serve.parts import new_part
from feeds.serve.prepared import Answer, Cold, Prepared
from feeds.serve.publication import LastWords, Publication
from feeds.serve.queried import Queried, queried
from feeds.serve.queries import Asked
from feeds.serve.served import Served
from feeds.serve.tally import Poll

_log = logging.getLogger("feeds")

_RETRY_SECONDS, _PREFLIGHT_SECONDS = 5, 86_400

# Seconds between looks for the next publication where files are not what this one says: on file
# systems without hard links it may take a moment, and some tools copy files in any order.
_PAUSES = (0.0, *([0.05] * 40))


class FeedsApp:
    """The ASGI 3 application that answers from what `served` holds.

    Some `readers` are threads that wait for what is not in memory.
    """

    __slots__ = (
        "_asking",
        "_before",
        "_beside",
        "_queried",
        "_reader",
        "_served",
        "_tally",
        "_warming",
    )

    def __init__(self, served: Served, readers: int = 1) -> None:
        self._served = served
        self._tally = served.tally
        self._asking = Asking()
        self._before = _elsewhere(_NOT_READY, _NOT_READY)
        self._beside = _elsewhere(_READY, _NOT_FOUND)
        self._reader = ThreadPoolExecutor(readers, "reading")
        # What many ask for at once is read, and coded, once.
        self._warming: dict[tuple[Prepared, str], asyncio.Future[None]] = {}
        self._queried = Queried()

    @property
    def client_field(self) -> bytes:
        """Give the name of the field that says for whom a request is, in lower case."""
        return self._served.client_field

    def answer_at_once(self, request: PlainRequest, client: str) -> Answer | None:
        """Give the answer to a plain request where there is nothing to wait for, else None.

        It is the one that a call gives; where there is none, the request is for a call.
        """
        publication = self._served.publication if self._served.is_sure else None
        prepared = publication.ready(request.path) if publication else None
        answer = answered(prepared, request.asked, is_head=request.is_head) if prepared else None
        if not isinstance(answer, Answer):
            return None
        if answer.poll is not None:
            self._tally.note(answer.poll, request.agent, request.client or client)
        return answer

    def note_refused(self, status: int, sent: int) -> None:
        """Count an answer to what is no request."""
        self._tally.note(Poll("", status, sent, 0, "other"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; its Host has no effect, and few queries have any."""
        try:
            answer = await self._answer(scope)
        except Unsearchable:
            answer = _UNREADABLE
        except Exception:  # noqa: BLE001 - whatever it is, who asks is told no more than that
            _log.exception("a request could not be answered")
            answer = _FAILED
        if isinstance(answer, Answer):
            self._note(answer, scope)
            await send_answer(answer, scope, send)
        else:
            await answer(scope, receive, self._noting(scope, send))

    def _note(self, answer: Answer, scope: Scope) -> None:
        """Count an answer that was made for who asks, or before."""
        poll = answer.poll
        if poll is not None:
            fields = dict(scope["headers"])
            told = fields.get(self.client_field, b"").decode("latin-1")
            client = told or (scope["client"] or ("",))[0]
            self._tally.note(poll, fields.get(b"user-agent", b""), client)
        elif answer.kind:
            sent = 0 if scope["method"] == "HEAD" else len(answer.body)
            self._tally.note(Poll("", answer.status, sent, 0, answer.kind))

    def _noting(self, scope: Scope, send: Send) -> Send:
        """Count an answer of starlette's when its body is sent, all of it at once."""
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                sent = 0 if scope["method"] == "HEAD" else len(message.get("body", b""))
                self._tally.note(Poll("", status, sent, 0, "other"))
            await send(message)

        return noting

    async def _answer(self, scope: Scope) -> Answer | ASGIApp:
        """Find what to answer, by the next publication where this one is not what it says."""
        operator = self._served.operator
        if operator is not None and operator.is_asked(scope):
            return await operator.answer(scope["path"])
        if self._served.publication is None:
            # The first one is not to be waited for a moment longer than need be.
            await self._read(self._served.renew)
        elif not self._served.is_sure:
            await self._served.look(self._read(self._served.renew))
        publication = self._served.publication
        if publication is None or scope["type"] != "http":
            return self._before
        response = await self._answer_by(publication, scope)
        for pause in _PAUSES:
            if response is not None:
                break
            await asyncio.sleep(pause)
            await self._read(self._served.renew)
            publication = self._served.publication or publication
            response = await self._answer_by(publication, scope)
        return response or _UNREADABLE

    async def _answer_by(self, publication: Publication, scope: Scope) -> Answer | ASGIApp | None:
        """Find what to answer; None where files are not what this publication says."""
        try:
            found = await self._find(publication, scope["path"])
            if found is None:
                return self._beside
            if scope["method"] == "OPTIONS":
                is_feed = isinstance(found, Asked) or (
                    isinstance(found, Prepared) and found.said.is_feed
                )
                return _PREFLIGHT if is_feed else _OPTIONS
            if scope["method"] not in {"GET", "HEAD"}:
                return _NOT_ALLOWED
            return await self._about(found, publication, scope)
        except Unmatched:
            return None
        except OutOfReach:
            return _UNREADABLE

    async def _find(self, publication: Publication, path: str) -> Prepared | Answer | Asked | None:
        """Look up what is answered under a path."""
        while True:
            try:
                return publication.find(path) or queried(publication, path)
            except LastWords as words:
                await self._warm(publication, words.last, IDENTITY)

    async def _about(
        self, found: Prepared | Answer | Asked, publication: Publication, scope: Scope
    ) -> Answer | ASGIApp:
        """Answer a GET or HEAD of what was found."""
        if isinstance(found, Answer):
            return found
        if isinstance(found, Asked):
            return await self._queried.answer(found, publication, scope) or _NOT_ACCEPTABLE
        return await self._about_published(found, publication, scope)

    async def _about_published(
        self, prepared: Prepared, publication: Publication, scope: Scope
    ) -> Answer | ASGIApp:
        """Answer a GET or HEAD of what is published, reading what is not in memory."""
        is_bannered = publication.is_bannered(prepared)
        query = scope["path"], scope["query_string"]
        if self._asking.is_asked(*query):
            made = await self._queried.do(self._asking.answer, publication, *query)
            if made is not None:
                if not is_bannered:
                    return made
                return private_page(publication.with_banner(made.body), made.kind)
        if is_bannered:
            return private_page(await self._read(publication.page_with_banner, prepared))
        asked, is_head = heeded(scope["headers"]), scope["method"] == "HEAD"
        while isinstance(answer := answered(prepared, asked, is_head=is_head), Cold):
            await self._warm(publication, prepared, answer.coding)
            publication.shelf.weigh(prepared.published.path, prepared)
        if answer is None:
            return _NOT_ACCEPTABLE
        histories = publication.terms.histories
        if histories is None or not has_parts(prepared) or not takes_delta(scope["headers"]):
            return answer
        part = None
        if answer.body and asked.if_none_match is not None:
            least = len(answer.body)
            part = await self._read(new_part, publication, prepared, asked, least)
            publication.shelf.weigh(prepared.published.path, prepared)
        return part or Answer(answer.status, own(answer.headers), answer.body, answer.poll)

    async def _warm(self, publication: Publication, prepared: Prepared, coding: str) -> None:
        """Have a resource's bytes in a coding in memory, which are read once for all who wait."""
        key = prepared, coding
        warming = self._warming.get(key)
        if warming is None:
            warming = asyncio.ensure_future(self._read(publication.warm, prepared, coding))
            warming.add_done_callback(lambda _: self._warming.pop(key, None))
            self._warming[key] = warming
        # Who goes away leaves it to the others.
        await asyncio.shield(warming)

    async def _read(self, work: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401
        """Have work done that waits for the disk or takes long."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reader, work, *arguments)


def _plain(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    """Make a short answer that no cache keeps unless `headers` say otherwise."""
    fields = {"cache-control": "no-store", **SAFE, **(headers or {})}
    return PlainTextResponse(text + "\n", status, fields)


_ALLOW = {"allow": "GET, HEAD, OPTIONS"}
_OPTIONS = Response(status_code=204, headers={**_ALLOW, **SAFE})

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
_UNREADABLE = _plain(503, "not to be read at present", {"retry-after": str(_RETRY_SECONDS)})
_NOT_READY = _plain(503, "no publication yet", {"retry-after": str(_RETRY_SECONDS)})
_FAILED = _plain(500, "not to be answered")
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
