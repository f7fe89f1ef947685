"""One connection: plain requests are answered from their bytes, all others by h11 and the app."""

import asyncio
import fcntl
import math
import sys
import termios
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol, cast, runtime_checkable

from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol

from feeds.http.head import BAD_REQUEST, MOST_BYTES, Head, read_head
from feeds.http.plain import PlainRequest, plain_request
from feeds.publish.policy import SAFE
from feeds.serve.connections import Connections
from feeds.serve.prepared import Answer

# Requests of one client that are answered without a turn for others.
_MOST_AT_ONCE = 64

FOR_A_HEAD = 7.0
"""Seconds that a client has for a whole head, from its connection or from the answer before."""

FOR_SOME_MORE = 7.0
"""Seconds that it has to take some more of an answer."""

SOME_MORE = 4_096
"""How many bytes some more of an answer is."""

# Seconds that it has to read the last answer, while what it sends is dropped.
_FOR_THE_LAST = 2.0

_REFUSED = b"".join(
    [
        b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n",
        b"cache-control: no-store\r\n",
        *(f"{name}: {value}\r\n".encode() for name, value in SAFE.items()),
        b"connection: close\r\n\r\n%b",
    ]
)


@runtime_checkable
class AtOnce(Protocol):
    """An ASGI application that has some of its answers before it is called.

    `client_field` names the field that says for whom a request is, where one does, in lower case.
    """

    @property
    def client_field(self) -> bytes:
        """Give the name of the field; it is empty where there is none."""

    async def __call__(self, *arguments: Any) -> None:  # noqa: ANN401 - they are ASGI's
        """Answer any request."""

    def answer_at_once(self, request: PlainRequest, client: str) -> Answer | None:
        """Give what a call would answer, or None where it takes a call to know.

        `client` is the address of who is connected.
        """

    def note_refused(self, status: int, sent: int) -> None:
        """Count an answer, with a body of some bytes, to what is no request."""


class PlainFirst(H11Protocol):
    """Answers in one step what asks plainly for what is ready; h11 reads everything else.

    The bytes that are sent are those which h11 and the application would send. h11 is given one
    head at a time, and only such as can be read in one way; the next is looked at when its
    answer is made and the client has taken what it was sent. What asks for the last answer, or
    is refused, is the end: whatever else comes is dropped, for long enough for the client to
    read the answer, since a connection that is closed while something comes is reset.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - they are uvicorn's
        super().__init__(*arguments, **named)
        app = self.config.app
        self._at_once = app if isinstance(app, AtOnce) else None
        self._client = ""
        self._client_field = self._at_once.client_field if self._at_once else b""
        self._held = b""
        self._is_busy = False
        self._is_ended = False
        self._has_all = False
        self._untaken: float | None = None
        self._dated: list[tuple[bytes, bytes]] | None = None
        self._beginnings: dict[int, bytes] = {}
        self._shared = cast("Connections", self.server_state)
        self.deadline = math.inf
        self.kept = 0

    # --- What the event loop calls ----------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, from which a request has to come soon."""
        super().connection_made(transport)
        self._wire = transport
        self._client = self.client[0] if self.client else ""
        self.transport = _Exchanged(transport, self._end)
        # So that we are told whenever a client has not taken all that it was sent.
        transport.set_write_buffer_limits(0)
        self._await_client()
        self._shared.make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Keep nothing for a client that is gone."""
        super().connection_lost(exc)
        self._held = b""
        self._count()

    def data_received(self, data: bytes) -> None:
        """Take what the client has sent."""
        if not self._is_ended:
            self._held = self._held + data if self._held else data
            self._go_on()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Answer what the client has asked before it said that this was all."""
        self._has_all = True
        if self._is_ended:
            self._wire.close()
        else:
            self._go_on()
        return True

    def pause_writing(self) -> None:
        """Wait until the client has taken what it was sent."""
        super().pause_writing()
        self._untaken = math.inf
        self._count()

    def resume_writing(self) -> None:
        """Go on, since the client has taken all."""
        super().resume_writing()
        self._untaken = None
        self._count()
        self._await_client()
        # Whoever closes a transport while it tells this has it closed twice.
        self.loop.call_soon(self._go_on)

    # --- What uvicorn calls -----------------------------------------------------------------

    def on_response_complete(self) -> None:
        """Go on with what the client has asked for in the meantime."""
        self.server_state.total_requests += 1
        if not self._is_ended:
            self._is_busy = False
            self.conn.start_next_cycle()
            self._await_client()
            self._go_on()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - it is uvicorn's
        """Refuse what h11 does not understand."""
        self._refuse(BAD_REQUEST)

    def shutdown(self) -> None:
        """End when what was asked is answered."""
        if self._is_busy:
            self.cycle.keep_alive = False
        else:
            self._wire.close()

    # --- What watches over all connections calls --------------------------------------------

    def is_overdue(self, now: float) -> bool:
        """Whether the client has not done in time what is for it to do."""
        if self._untaken is not None:
            self._count()
            untaken = _untaken(self._wire)
            if untaken <= self._untaken - SOME_MORE:
                self._untaken = untaken
                self.deadline = now + FOR_SOME_MORE
        return self.deadline <= now

    def give_up(self) -> None:
        """Close the connection without a word."""
        self.connections.discard(self)
        self._wire.abort()
        self._held = b""
        self._count()

    # --- Requests, one after another --------------------------------------------------------

    def _go_on(self) -> None:
        """Answer what is held, as long as nobody has to be waited for."""
        done, is_free = 0, self._is_free()
        for _ in range(_MOST_AT_ONCE):
            if not is_free or done == len(self._held):
                break
            taken = self._answer(done) or self._ask(done)
            if not taken:
                break
            done, is_free = done + taken, self._is_free()
        else:
            self.loop.call_soon(self._go_on)
            is_free = False
        self._hold(done)
        if is_free and self._has_all:
            self._wire.close()

    def _is_free(self) -> bool:
        """Whether the next request may be answered."""
        is_waiting = self._is_busy or self._is_ended or self._untaken is not None
        return not (is_waiting or self._wire.is_closing())

    def _answer(self, start: int) -> int:
        """Answer a plain request from its bytes; how many these are."""
        if self._at_once is None:
            return 0
        request = plain_request(self._held, start, self._client_field)
        answer = self._at_once.answer_at_once(request, self._client) if request else None
        if request is None or answer is None:
            return 0
        self._wire.write(b"".join((self._beginning(answer.status), answer.head, answer.body)))
        self.server_state.total_requests += 1
        self.deadline = self.loop.time() + FOR_A_HEAD
        return request.end - start

    def _ask(self, start: int) -> int:
        """Have h11 and the application answer a request; how many bytes its head is."""
        head = read_head(self._held, start)
        if head is None:
            return 0
        if not isinstance(head, Head):
            self._refuse(head.status)
            return 0
        self._is_busy = True
        self._await_client()
        self.conn.receive_data(head.data)
        self.handle_events()
        return head.end - start

    def _hold(self, done: int) -> None:
        """Keep what is not answered yet, and read no more than can be answered soon."""
        if done:
            self._held = self._held[done:]
        if len(self._held) < MOST_BYTES:
            self.flow.resume_reading()
        else:
            self.flow.pause_reading()
        if self._held or self.kept:
            self._count()

    def _count(self) -> None:
        """Have counted what is kept for the client."""
        kept = 0
        if not self._wire.is_closing():
            kept = len(self._held)
            kept += self._wire.get_write_buffer_size() if self._untaken is not None else 0
        more, self.kept = kept - self.kept, kept
        self._shared.keep(more)

    def _refuse(self, status: int) -> None:
        """Answer what is no request, after which nothing can be one."""
        body = STATUS_PHRASES[status].lower() + b"\n"
        if self._at_once is not None:
            self._at_once.note_refused(status, len(body))
        self._wire.write(self._beginning(status) + _REFUSED % (len(body), body))
        self._end()

    def _end(self) -> None:
        """Say no more, and read no more than it takes for the client to have been answered."""
        if not self._is_ended:
            self._is_ended, self._is_busy, self._held = True, False, b""
            self._await_client()
            self.flow.resume_reading()
            if self._has_all:
                self._wire.close()
            else:
                # Who is gone already need not be told that this was all.
                with suppress(OSError):
                    self._wire.write_eof()

    def _await_client(self) -> None:
        """Set the time that the client has for what it is to do next, if anything."""
        seconds = _FOR_THE_LAST if self._is_ended else FOR_A_HEAD
        self.deadline = math.inf if self._is_busy else self.loop.time() + seconds

    def _beginning(self, status: int) -> bytes:
        """Give the status line, and the fields that are the server's: the date of this second."""
        if self._dated is not self.server_state.default_headers:
            self._dated = self.server_state.default_headers
            self._beginnings.clear()
        if status not in self._beginnings:
            lines = [b"%b: %b\r\n" % field for field in self._dated]
            first = b"HTTP/1.1 %d %b\r\n" % (status, STATUS_PHRASES[status])
            self._beginnings[status] = b"".join([first, *lines])
        return self._beginnings[status]


class _Exchanged(asyncio.Transport):
    """What an exchange is written to; to close it is for `end` to do."""

    def __init__(self, transport: asyncio.Transport, end: Callable[[], None]) -> None:
        super().__init__()
        self.close = end  # type: ignore[method-assign]
        self.write = transport.write  # type: ignore[method-assign]
        self.is_closing = transport.is_closing  # type: ignore[method-assign]


def _untaken(transport: asyncio.Transport) -> int:
    """Count the bytes that a client has not taken; the system has some of them, where it tells."""
    size = transport.get_write_buffer_size()
    try:
        queued = fcntl.ioctl(transport.get_extra_info("socket"), termios.TIOCOUTQ, bytes(4))
    except (OSError, ValueError):
        return size
    return size + int.from_bytes(queued, sys.byteorder)
