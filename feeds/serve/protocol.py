"""One connection: plain requests are answered from their bytes, all others by h11 and the app."""

from typing import Any, Protocol, runtime_checkable

from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol

from feeds.http.plain import PlainRequest, plain_request
from feeds.serve.prepared import Answer

# Requests of one client that are answered without a turn for others.
_MOST_AT_ONCE = 64


@runtime_checkable
class AtOnce(Protocol):
    """An ASGI application that has some of its answers before it is called."""

    async def __call__(self, *arguments: Any) -> None:  # noqa: ANN401 - they are ASGI's
        """Answer any request."""

    def answer_at_once(self, request: PlainRequest) -> Answer | None:
        """Give what a call would answer, or None where it takes a call to know."""


class PlainFirst(H11Protocol):
    """Answers in one step what asks plainly for what is ready; h11 reads everything else.

    The bytes that are sent are those which h11 and the application would send. Nothing is
    answered in one step while an exchange by h11 is going on, or while the client has not taken
    what it was sent before: the order of answers and their flow are h11's affair then.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - they are uvicorn's
        super().__init__(*arguments, **named)
        app = self.config.app
        self._at_once = app if isinstance(app, AtOnce) else None
        self._idle = self.conn.our_state, self.conn.their_state
        self._is_with_h11 = False
        self._answered = 0.0
        self._dated: list[tuple[bytes, bytes]] | None = None
        self._beginnings: dict[int, bytes] = {}

    def data_received(self, data: bytes) -> None:
        """Take what the client has sent."""
        done = self._answer(data) if self._at_once else 0
        if done < len(data):
            self._is_with_h11 = True
            if self._answered:
                # As h11 would know by now; what it answers to nonsense is framed by that.
                self.conn.their_http_version = b"1.1"
            super().data_received(data[done:] if done else data)

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection, unless something was answered while the time ran.

        The timer is not set anew with each answer: that would cost more than to read a request.
        """
        rest = self._answered + self.timeout_keep_alive - self.loop.time()
        if rest > 0:
            self._close_after(rest)
        else:
            super().timeout_keep_alive_handler()

    def _answer(self, data: bytes) -> int:
        """Answer the plain requests that some bytes begin with; how many bytes these are."""
        done = 0
        for _ in range(_MOST_AT_ONCE):
            if done == len(data) or not self._is_free():
                break
            request = plain_request(data, done)
            answer = self._at_once.answer_at_once(request) if request and self._at_once else None
            if request is None or answer is None:
                break
            parts = self._beginning(answer.status), answer.head, answer.body
            self.transport.write(b"".join(parts))
            done = request.end
            self.server_state.total_requests += 1
            self._answered = self.loop.time()
            if self.timeout_keep_alive_task is None:
                self._close_after(self.timeout_keep_alive)
        return done

    def _is_free(self) -> bool:
        """Whether h11 has nothing to do, and the client has taken all that it was sent."""
        if self.transport.get_write_buffer_size() or self.transport.is_closing():
            return False
        if self._is_with_h11:
            states = self.conn.our_state, self.conn.their_state
            self._is_with_h11 = states != self._idle or self.conn.trailing_data[0] != b""
        return not self._is_with_h11

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

    def _close_after(self, seconds: float) -> None:
        handler = self.timeout_keep_alive_handler
        self.timeout_keep_alive_task = self.loop.call_later(seconds, handler)
